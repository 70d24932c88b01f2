#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What the flags of the build leave in the files: hardening, and nothing of the folder in which they were built.
set -u
. tests/run/report.sh
: "${BUILD:=build}" "${LIBOUT:=lib}" "${CC:=cc}"
so=$(readlink -f "$LIBOUT/libamos.so")
amos=$BUILD/amos
module=$BUILD/python/amos/_amos.abi3.so

has() { # FILE OPTION TEXT
    readelf -W "$2" "$1" | grep -Eq -- "$3"
}
has_not() { ! has "$@"; }
# The tree may be in a folder with a name as short as /src.
names_no_folder() { ! grep -qE "$(pwd)/(src|cli|phantom|python|include)/" "$1"; }

for file in "$so" "$amos" "$module"; do
    name=$(basename "$file")
    check "$name: relocations are read-only" has "$file" -l GNU_RELRO
    check "$name: all symbols are bound at start" has "$file" -d 'BIND_NOW|FLAGS_1.*NOW'
    check "$name: the stack is not executable" has "$file" -l 'GNU_STACK .* RW '
    check "$name: no segment is writable and executable" has_not "$file" -l 'LOAD .* RWE '
    check "$name: no relocations in code" has_not "$file" -d TEXTREL
    check "$name: no folder to search for libraries" has_not "$file" -d 'RPATH|RUNPATH'
    check "$name: stacks are protected" has "$file" -s '__stack_chk_fail'
    check "$name: the C library's calls are checked" has "$file" -s '_chk@'
    check "$name: does not name the folder of the build" names_no_folder "$file"
done
check "amos is at a random address" has "$amos" -d 'FLAGS_1.*PIE'
check "libamos.a does not name the folder of the build" names_no_folder "$LIBOUT/libamos.a"
