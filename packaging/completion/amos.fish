# SPDX-License-Identifier: BSD-3-Clause
# Completion of amos for fish. The candidates come from `amos complete`.
function __amos_complete
    set -l words (commandline -opc)
    set -l last (commandline -ct)
    for line in ($words[1] complete -- $words[2..-1] "$last" 2>/dev/null)
        switch $line
            case ':files'
                __fish_complete_path (string replace -r '^--[^=]*=' '' -- "$last")
            case ':folders'
                __fish_complete_directories (string replace -r '^--[^=]*=' '' -- "$last")
            case '*'
                echo $line
        end
    end
end
complete -c amos -f -a '(__amos_complete)'
