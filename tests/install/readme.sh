#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The examples in the texts work when pasted. In README.md and docs/, a block of C is saved under the name in its first
# line (/* name.c */), and blocks of Python and of shell commands are run, in the order of the page and in one folder
# per page, against an installed libamos. Blocks that are only indented are not run.
set -u
. tests/run/report.sh
: "${MAKE:=make}" "${CC:=cc}" "${PKG_CONFIG:=pkg-config}" "${PYTHON:=/usr/bin/python3}" "${BUILD:=build}" "${LIBOUT:=lib}"
rm -rf "$BUILD/readme"
mkdir -p "$BUILD/readme/prefix" "$BUILD/readme/bin"
work=$(cd "$BUILD/readme" && pwd)
PYTHONPATH=$(cd "$BUILD/python" && pwd)

# Cuts a page into files of blocks and prints a line for each: its first line's number, its language, its file.
blocks() { # PAGE FOLDER
    awk -v folder="$2" '
        /^```/ && file { close(file); file = ""; next }
        /^```[a-z]+$/ { language = substr($0, 4); file = folder "/block" NR "." language; printf "" >file
                        print NR, language, file; next }
        file { print >file }' "$1"
}

# The compiler and pkg-config of this build under the names that the texts use. PATH stays otherwise the same, because
# ccache looks for the next program of its name.
tool() { # NAME COMMAND
    printf '#!/bin/sh\nPATH="%s"\nexec %s "$@"\n' "$PATH" "$2" >"$work/bin/$1"
    chmod +x "$work/bin/$1"
}

save_program() { # BLOCK
    name=$(sed -n '1s|^/\* \([a-z0-9_]*\.c\) \*/$|\1|p' "$1")
    [ -n "$name" ] || [ "$page" != README.md ] || name=liver.c
    [ -n "$name" ] && cp "$1" "$name"
}

# A project with the lines of a page and one program, and the installed libamos or its sources.
configure() { # BLOCK
    folder_of_it=$work/cmake-$(basename "$1")
    mkdir -p "$folder_of_it"
    echo 'int main(void) { return 0; }' >"$folder_of_it/liver.c"
    {
        echo 'cmake_minimum_required(VERSION 3.18)' && echo 'project(liver C)' && echo 'add_executable(liver liver.c)'
        sed "s|/path/to/libamos|$root|" "$1"
    } >"$folder_of_it/CMakeLists.txt"
    cmake -S "$folder_of_it" -B "$folder_of_it/build" -DCMAKE_PREFIX_PATH="$work/prefix" >&2
}

run_block() { # LANGUAGE BLOCK
    case $1 in
    c) save_program "$2" ;;
    python) "$PYTHON" "$root/tests/python/bridges/stand_ins.py" "$2" ;; # for programs that Debian lacks
    sh) sh -eu "$2" ;;
    cmake) configure "$2" ;;
    *) echo "nothing runs blocks of $1" && false ;;
    esac
}

# The package that a block needs and that is not installed.
lacking() { # LANGUAGE BLOCK
    [ "$1" = python ] || return 0
    for package in torch nibabel; do
        ! grep -q "$package" "$2" || "$PYTHON" -c "import $package" 2>/dev/null || echo $package
    done
}

# Each page has a small data set, as amos22 and at the place of `make demo`.
try_page() { # PAGE
    page=$1
    root=$PWD
    folder=$work/$(echo "$page" | tr '/' '-')
    mkdir -p "$folder/build/demo"
    ln -s "$work/phantom" "$folder/amos22"
    ln -s "$work/phantom" "$folder/build/demo/phantom"
    blocks "$page" "$folder" >"$folder/blocks"
    while read -r line language file; do
        lacks=$(lacking "$language" "$file")
        if [ -n "$lacks" ]; then
            echo "Skipped, as there is no $lacks: $page, line $line"
        else
            cd "$folder" || return
            check "$page, line $line: $language" run_block "$language" "$file"
            cd "$root" || return
        fi
    done <"$folder/blocks"
    for source in "$folder"/*.c; do
        case $source in */block* | */\*.c) continue ;; esac
        check "$page builds $(basename "$source")" test -x "${source%.c}"
    done
}

# The program of the first page is short and reports errors.
try_liver() {
    liver=$work/README.md/liver label=$work/phantom/labelsTr/amos_0001.nii.gz
    check "it is about ten lines long" test "$(wc -l <"$liver.c")" -le 14
    check "it compiles without a warning" warns_of_nothing "$liver.c"
    "$liver" "$label" >"$work/out" 2>"$work/err"
    check "it runs" test $? = 0 -a ! -s "$work/err"
    check "it prints the volume of the liver" grep -qx 'liver: [1-9][0-9.]* ml' "$work/out"
    "$liver" "$work/nowhere" >"$work/out" 2>"$work/err"
    check "it says that a path is wrong" test $? = 1 -a ! -s "$work/out" -a -s "$work/err"
}

# shellcheck disable=SC2046,SC2086 # flags are words
warns_of_nothing() { # SOURCE
    $CC -Wall -Wextra -Werror -fsyntax-only "$1" $($PKG_CONFIG --cflags libamos)
}

# shellcheck disable=SC2086 # MAKE may hold words
check "make install" $MAKE --no-print-directory BUILD="$BUILD" LIBOUT="$LIBOUT" PREFIX="$work/prefix" install
tool cc "$CC"
tool pkg-config "$PKG_CONFIG"
export PATH="$work/bin:$work/prefix/bin:$PATH" LD_LIBRARY_PATH="$work/prefix/lib" PYTHONPATH
export PKG_CONFIG_PATH="$work/prefix/lib/pkgconfig" XDG_CACHE_HOME="$work/cache"
check "amos makes a phantom" amos phantom "$work/phantom" --cases 6 --size 96x80x40 --predictions
for page in README.md docs/*.md; do
    try_page "$page"
done
try_liver
