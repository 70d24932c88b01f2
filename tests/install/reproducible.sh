#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Two builds, in different folders and from files of different times, give the same bytes.
set -u
. tests/run/report.sh
: "${MAKE:=make}" "${BUILD:=build}"
rm -rf "${BUILD:?}/twice"
mkdir -p "$BUILD/twice/one" "$BUILD/twice/the other/of/them"
work=$(cd "$BUILD/twice" && pwd)
results='lib/libamos.a lib/libamos.so build/amos build/python/amos/_amos.abi3.so'

build_in() { # FOLDER DATE
    cp -r Makefile packages.sh packages.txt include src cli phantom python pkgconfig packaging man "$1"
    find "$1" -type f -exec touch -d "$2" {} +
    (cd "$1" && $MAKE --no-print-directory BUILD=build LIBOUT=lib -j2 compile compile-python)
}

check "a build" build_in "$work/one" 2001-01-01
check "a build elsewhere" build_in "$work/the other/of/them" 2024-02-29
for result in $results; do
    check "$result is the same" cmp "$work/one/$result" "$work/the other/of/them/$result"
done
rm -rf "${work:?}"
