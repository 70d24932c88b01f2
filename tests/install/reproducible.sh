#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Two builds from the source archive, in different folders and from files of different times, give the same bytes:
# libraries, command, Python module and wheel.
set -u
. tests/run/report.sh
: "${MAKE:=make}" "${BUILD:=build}" "${PYTHON:=/usr/bin/python3}"
rm -rf "${BUILD:?}/twice"
mkdir -p "$BUILD/twice/one" "$BUILD/twice/the other/of/them"
work=$(cd "$BUILD/twice" && pwd)
archive=$(cd "$BUILD" && pwd)/libamos-$(sed -n 's/^#define AMOS_VERSION_STRING "\(.*\)"/\1/p' include/amos/export.h).tar.gz
export GIT_CEILING_DIRECTORIES="$work"

build_in() { # FOLDER DATE
    tar -xzf "$archive" -C "$1" --strip-components=1 &&
        find "$1" -type f -exec touch -d "$2" {} + &&
        (cd "$1" && PYTHONPATH=python "$PYTHON" -c \
            'import amos_build; print(amos_build.build_wheel(".", {"build-folder": "result"}))')
}

check "make dist" "$MAKE" --no-print-directory dist BUILD="$BUILD"
check "a build" build_in "$work/one" 2001-01-01
check "a build elsewhere" build_in "$work/the other/of/them" 2024-02-29
wheel=$(cd "$work/one" && ls libamos-*.whl)
for result in result/lib/libamos.a result/lib/libamos.so result/build/amos result/build/python/amos/_amos.abi3.so "$wheel"; do
    check "$(basename "$result") is the same" cmp "$work/one/$result" "$work/the other/of/them/$result"
done
check "the archive makes itself again" sh -c "cd '$work/one' && rm -r libamos-*.whl result && find python -name __pycache__ -exec rm -r {} + &&
    $MAKE --no-print-directory dist && cmp build/$(basename "$archive") '$archive'"
rm -rf "${work:?}"
