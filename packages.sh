#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Checks whether the packages of some groups of packages.txt are installed. With --install it installs missing ones, if
# it has the rights.
#
# usage: packages.sh [--install] GROUP... [-- GROUP...]
#
# The groups after "--" are optional: if they are unavailable, a message says so and the build continues without them.
# CC, PKG_CONFIG and NIFTI_CFLAGS come from the environment. Package names contain no blanks, so lists are split.
# shellcheck disable=SC2086
set -u
list=$(dirname "$0")/packages.txt
cc=${CC:-cc}
nifti_cflags=${NIFTI_CFLAGS:--isystem /usr/include/nifti}

is_there() { # KIND NAME
    case $1:$2 in
    command:cc) command -v "${cc%% *}" ;;
    command:*) command -v "$2" ;;
    pkg-config:*) ${PKG_CONFIG:-pkg-config} --exists "$2" ;;
    file:*) [ -e "$2" ] ;;
    python3:*) /usr/bin/python3 -c "import $2" ;;
    header:*)
        if command -v "${cc%% *}"; then
            echo "#include <$2>" | $cc $nifti_cflags -E -x c -
        else
            [ -e "/usr/include/$2" ] || [ -e "/usr/include/nifti/$2" ]
        fi
        ;;
    sanitizer:*) echo 'int LLVMFuzzerTestOneInput(void); int LLVMFuzzerTestOneInput(void) { return 0; }' |
        clang -x c "-fsanitize=$2" -o /dev/null - ;;
    esac >/dev/null 2>&1
}

missing_in() { # GROUP...
    for group in "$@"; do
        while read -r of package kind name; do
            [ "$of" = "$group" ] && ! is_there "$kind" "$name" && echo "$package"
        done <"$list"
    done
}

may_install() {
    command -v apt-get >/dev/null 2>&1 || return 1
    as_root=
    [ "$(id -u)" = 0 ] && return 0
    as_root="sudo -n"
    sudo -n true 2>/dev/null
}

apt() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" </dev/null >&2
}

install() { # PACKAGE...
    echo "Installing the Debian packages" "$@" >&2
    apt install --no-install-recommends "$@" || { apt update && apt install --no-install-recommends "$@"; }
}

installing=
[ "${1-}" = --install ] && installing=1 && shift
needed='' wished=''
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    needed="$needed $1"
    shift
done
[ $# -gt 0 ] && shift && wished=$*

missing=$(missing_in $needed $wished | sort -u)
[ -z "$missing" ] && exit 0
[ "$installing" ] && may_install && install $missing
missing=$(missing_in $needed | sort -u)
optional=$(missing_in $wished | sort -u)
groups=$(echo $needed | sed 's/^build *//')
if [ "$installing" ]; then
    how="sudo apt-get install --no-install-recommends $(echo $missing $optional | tr '\n' ' ')"
else
    how="make deps"
    command -v make >/dev/null 2>&1 || how="sh packages.sh --install$needed"
    [ -z "$groups" ] || how="make deps GROUPS='$groups'"
fi
case $cc in cc | gcc | "cc "* | "gcc "*) ;; *)
    if ! is_there command cc; then
        echo "There is no compiler $cc; choose another by CC=." >&2
        exit 1
    fi
    ;;
esac
if [ -n "$missing" ]; then
    echo "Missing:" $missing". To install: $how" >&2
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "These are Debian's names; docs/installing.md has those of other systems, and what to do without root." >&2
    elif [ "$(id -u)" != 0 ]; then
        echo "docs/installing.md says what to do without root." >&2
    fi
    exit 1
fi
[ -z "$optional" ] || echo "Building without" $optional". To install: $how" >&2
