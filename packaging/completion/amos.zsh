#compdef amos
# SPDX-License-Identifier: BSD-3-Clause
# Completion of amos for zsh. The candidates come from `amos complete`.
_amos() {
    local line name
    local -a candidates
    for line in ${(f)"$(${words[1]} complete -- ${(Q)words[2,CURRENT]} 2>/dev/null)"}; do
        name=${line%%$'\t'*}
        case $line in
        :files) _files ;;
        :folders) _files -/ ;;
        *$'\t'*) candidates+=("${name//:/\\:}:${line#*$'\t'}") ;;
        *) candidates+=("${name//:/\\:}") ;;
        esac
    done
    _describe -V amos candidates
}
compdef _amos amos
