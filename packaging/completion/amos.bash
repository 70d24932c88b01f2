# SPDX-License-Identifier: BSD-3-Clause
# Completion of amos for bash. The candidates come from `amos complete`.
_amos() {
    local IFS=$'\n' line word words=() last before=
    # bash splits words at "=": "--split=tr" comes as three.
    for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
        if ((${#words[@]})) && { [ "$word" = = ] || [[ ${words[-1]} == --*= ]]; }; then
            words[-1]+=$word
        else
            words+=("$word")
        fi
    done
    ((${#words[@]})) || words=('')
    last=${words[-1]}
    [[ $last == --*=* ]] && before=${last%%=*}= && last=${last#*=}
    COMPREPLY=()
    while read -r line; do
        line=${line%%$'\t'*}
        case $line in
        :files) compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen -f -- "$last")) ;;
        :folders) compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen -d -- "$last")) ;;
        ?*) COMPREPLY+=("${line#"$before"}") ;;
        esac
    done < <("$1" complete -- "${words[@]}" 2>/dev/null)
}
complete -F _amos amos
