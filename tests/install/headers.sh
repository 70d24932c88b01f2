#!/bin/sh
# Each public header compiles alone, and twice, as C11 and as C++17, with gcc and clang; amos.h includes them all.
set -u
. tests/report.sh

compile() { # HEADER COMPILER LANGUAGE STANDARD
    printf '#include <amos/%s>\n#include <amos/%s>\n' "$1" "$1" |
        "$2" -x "$3" -std="$4" -Iinclude -Wall -Wextra -pedantic -Werror -fsyntax-only -
}

for path in include/amos/*.h; do
    header=$(basename "$path")
    check "$header as C11 by gcc" compile "$header" gcc c c11
    check "$header as C11 by clang" compile "$header" clang c c11
    check "$header as C++17 by g++" compile "$header" g++ c++ c++17
    check "$header as C++17 by clang++" compile "$header" clang++ c++ c++17
    [ "$header" = amos.h ] || check "$header is part of amos.h" grep -qx "#include <amos/$header>" include/amos/amos.h
done
