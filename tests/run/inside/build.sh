#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# In a bare root, from the source archive in /src: builds without each optional library, by gcc and by clang, without a
# warning, and runs the tests.
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
says() { # LINE-OF-amos---version...
    for line in "$@"; do
        build/amos --version | grep -q "^$line" || { build/amos --version && echo "expected: $line" && return 1; }
    done
}

quiet sh packages.sh --install build
gcc --version | head -n 1
build "without the optional libraries, which are not installed"
grep -q 'Building without libdeflate-dev libisal-dev liblz4-dev libpng-dev' /tmp/log
says 'lz4 *off' 'isal *off' 'libdeflate *off' 'libpng *off'
fails make WITH_LZ4=1 >/tmp/log 2>&1
grep -q 'Missing: liblz4-dev' /tmp/log
apt_install libdeflate-dev libisal-dev liblz4-dev libpng-dev
build "with all of them"
! build/amos --version | grep -w off || exit 1
for name in lz4 isal libdeflate libpng; do
    build "without $name alone" "WITH_$(echo $name | tr '[:lower:]' '[:upper:]')=0"
    [ "$(build/amos --version | sed -n 's/ *off$//p')" = $name ]
done

quiet sh packages.sh --install test examples python numpy
apt_install clang
clang --version | head -n 1
everything='compile compile-tests compile-python compile-examples'
# shellcheck disable=SC2086 # a list
build "everything by clang" BUILD=build/clang CC=clang CXX=clang++ $everything
# shellcheck disable=SC2086 # a list
build "everything by gcc" $everything
make test </dev/null
