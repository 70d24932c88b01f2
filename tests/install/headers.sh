#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Each public header compiles alone, and twice, as C11 and as C++17, with gcc and clang; amos.h includes them all.
set -u
. tests/run/report.sh

compile() { # HEADER COMPILER LANGUAGE STANDARD
    printf '#include <amos/%s>\n#include <amos/%s>\n' "$1" "$1" |
        "$2" -x "$3" -std="$4" -Iinclude -Wall -Wextra -pedantic -Werror -fsyntax-only -
}

all_compile() { # COMPILER LANGUAGE STANDARD
    for path in include/amos/*.h; do
        compile "$(basename "$path")" "$@" || return
    done
}

all_included() {
    for path in include/amos/*.h; do
        [ "$path" = include/amos/amos.h ] || grep -x "#include <amos/$(basename "$path")>" include/amos/amos.h || return
    done
}

check "each header as C11 by gcc" all_compile gcc c c11
check "each header as C11 by clang" all_compile clang c c11
check "each header as C++17 by g++" all_compile g++ c++ c++17
check "each header as C++17 by clang++" all_compile clang++ c++ c++17
check "amos.h includes them all" all_included
