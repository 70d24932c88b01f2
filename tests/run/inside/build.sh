#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# In a bare root, from the source archive in /src: builds without each optional library, by gcc and by clang, without a
# warning, and runs the tests.
# shellcheck disable=SC2086,SC2116 # lists of names without blanks
set -eu
cd /src
. tests/run/inside/apt.sh
jobs=-j$(nproc)

build() { # TITLE MAKE_ARGUMENT...
    echo "-- $1"
    shift
    make "$jobs" "$@" >/tmp/log 2>&1 || { cat /tmp/log && return 1; }
    fails grep -A 5 'warning:' /tmp/log
}
# What this build lacks, as the groups of packages.txt name it: "libcurl off" is curl there, "libpng off" is libpng.
lacks() {
    for group in $optional; do
        if build/amos --version | grep -Eq "^(lib)?$group +off$"; then printf '%s ' "$group"; fi
    done
}
packages_of() { # GROUP...
    for group in "$@"; do awk -v group="$group" '$1 == group { print $2 }' packages.txt; done | sort -u
}
is() { # FOUND EXPECTED
    [ "$1" = "$2" ] || { echo "found: $1" && echo "expected: $2" && return 1; }
}

# The optional libraries: each has a line "WITH_LZ4 ?= auto" in the Makefile and a group of that name in packages.txt.
optional=$(sed -n 's/^WITH_\([A-Z0-9]*\) ?= auto/\1/p' Makefile | tr '[:upper:]' '[:lower:]' | tr '\n' ' ')
wanted=$(packages_of $optional)
[ -n "$wanted" ]

quiet sh packages.sh --install build
gcc --version | head -n 1
build "without the optional libraries, which are not installed"
is "$(sed -n 's/^Building without \([^.]*\)\. .*/\1/p' /tmp/log | sort -u)" "$(echo $wanted)"
is "$(lacks)" "$optional"
fails make WITH_LZ4=1 >/tmp/log 2>&1
grep -q 'Missing: liblz4-dev' /tmp/log
apt_install $wanted
build "with all of them"
is "$(lacks)" ''
for name in $optional; do
    build "without $name alone" "WITH_$(echo $name | tr '[:lower:]' '[:upper:]')=0"
    is "$(lacks)" "$name "
done

quiet sh packages.sh --install test examples python numpy
apt_install clang
clang --version | head -n 1
everything='compile compile-tests compile-python compile-examples'
build "everything by clang" BUILD=build/clang CC=clang CXX=clang++ $everything
build "everything by gcc" $everything
make test </dev/null
