#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# amos.hpp compiles alone and without warnings as C++17 and C++20 by g++ and clang++, and does what it promises.
set -u
. tests/run/report.sh
: "${CXX:=c++}" "${PKG_CONFIG:=pkg-config}" "${BUILD:=build}" "${LIBOUT:=lib}"
work=$BUILD/hpp
rm -rf "$work"
mkdir -p "$work/out"

compile_alone() { # COMPILER STANDARD
    printf '#include <amos/amos.hpp>\n#include <amos/amos.hpp>\n' |
        "$1" -x c++ -std="$2" -Iinclude -Wall -Wextra -Wshadow -pedantic -Werror -fsyntax-only -
}
for compiler in g++ clang++; do
    for standard in c++17 c++20; do
        check "amos.hpp as $standard by $compiler" compile_alone "$compiler" "$standard"
    done
done

build_test() {
    # shellcheck disable=SC2046 # flags are words
    "$CXX" -std=c++17 -Iinclude -Wall -Wextra -Wshadow -pedantic -Werror tests/install/hpp.cpp "$LIBOUT/libamos.a" \
        $("$PKG_CONFIG" --libs zlib libcjson $(for name in liblz4 libisal libdeflate; do
            "$PKG_CONFIG" --exists "$name" && echo "$name"; done)) -lnifti2 -lm -pthread \
        -o "$work/hpp"
}
check "the test of amos.hpp builds" build_test
check "a small data set is there" "$BUILD/amos" phantom "$work/phantom" --cases 4 --size 64x56x32
"$work/hpp" "$work/phantom" "$work/out"
