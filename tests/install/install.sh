#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Installs into an empty folder, builds the examples by pkg-config alone, shared and static, runs them on a phantom,
# uninstalls, and checks that nothing is left.
set -u
. tests/run/report.sh
: "${MAKE:=make}" "${CC:=cc}" "${CXX:=c++}" "${PKG_CONFIG:=pkg-config}" "${BUILD:=build}" "${LIBOUT:=lib}"
rm -rf "$BUILD/install"
mkdir -p "$BUILD/install/programs"
work=$(cd "$BUILD/install" && pwd)
prefix=$work/prefix
phantom=$work/phantom
multiarch=/usr/lib/x86_64-linux-gnu

run_make() { # shellcheck disable=SC2086 # MAKE may hold words
    $MAKE --no-print-directory BUILD="$BUILD" LIBOUT="$LIBOUT" "$@"
}

# Only the installed files may be found.
pkg() { PKG_CONFIG_PATH=$prefix/lib/pkgconfig $PKG_CONFIG "$@"; }

expected_files() { # LIBDIR
    version=$(sed -n 's/^#define AMOS_VERSION_STRING "\(.*\)"/\1/p' include/amos/export.h)
    {
        (cd include && printf 'include/%s\n' amos/*.h amos/*.hpp)
        printf '%s\n' bin/amos share/man/man1/amos.1 share/man/man3/libamos.3 \
            share/bash-completion/completions/amos share/zsh/site-functions/_amos \
            share/fish/vendor_completions.d/amos.fish "$1/pkgconfig/libamos.pc" \
            "$1/pkgconfig/libamos-static.pc" "$1/cmake/amos/amosConfig.cmake" "$1/cmake/amos/amosConfigVersion.cmake" \
            "$1/cmake/amos/amosTargets.cmake" "$1/pkgconfig/libamos-http.pc" "$1/libamos-http.a" \
            "$1/libamos-http.so" "$1/libamos-http.so.0" "$1/libamos-http.so.$version" "$1/libamos.a" "$1/libamos.so" "$1/libamos.so.0" "$1/libamos.so.$version"
    } | sort
}

files_below() { (cd "$1" && find . ! -type d | sed 's|^\./||' | sort); }

# The static library needs libraries of the system, which may be shared.
module() { [ "$1" = shared ] && echo libamos || echo libamos-static; }

# Runs in a folder of its own, so that no file of the project is found by a relative path.
build() { # SOURCE PROGRAM WAY
    case $1 in
    *.cpp) compiler="$CXX -std=c++17" ;;
    *) compiler="$CC -std=c11" ;;
    esac
    # shellcheck disable=SC2046,SC2086 # flags are words
    (cd "$work/programs" && $compiler -Wall -Wextra -pedantic -Werror "$1" $(pkg --cflags --libs "$(module "$3")") -o "$2")
}

uses_libamos_so() { readelf -d "$1" | grep -q 'NEEDED.*libamos'; }
uses_no_libamos_so() { ! uses_libamos_so "$1"; }

# Prints one line to stderr, nothing to stdout, and exits with 1.
fails_politely() { # PROGRAM
    "$1" "$work/nowhere" >"$1.none" 2>"$1.err"
    [ $? = 1 ] && [ ! -s "$1.none" ] && [ "$(wc -l <"$1.err")" = 1 ] && grep -q nowhere "$1.err"
}

try_example() { # NAME EXTENSION ARGUMENT TEXT
    for way in shared static; do
        program=$work/programs/$1.$way
        if [ $way = shared ]; then
            uses=uses_libamos_so
            export LD_LIBRARY_PATH="$prefix/lib"
        else
            uses=uses_no_libamos_so
            unset LD_LIBRARY_PATH
        fi
        cp "examples/$1$2" "$work/programs/"
        check "$1 is built by pkg-config, $way" build "$1$2" "$1.$way" $way
        check "$1 is linked as asked, $way" $uses "$program"
        "$program" "$3" >"$program.out" 2>"$program.err"
        check "$1 runs, $way" test $? = 0 -a ! -s "$program.err"
        check "$1 prints what it should, $way" grep -q -- "$4" "$program.out"
        check "$1 says that a path is wrong, $way" fails_politely "$program"
    done
    unset LD_LIBRARY_PATH
    same "$1 prints the same shared and static" "$work/programs/$1.shared.out" "$work/programs/$1.static.out"
}

# The loader draws training cases, and nothing is odd about them.
try_loader() {
    program=$work/programs/06_loader.shared
    export LD_LIBRARY_PATH="$prefix/lib"
    cp examples/06_loader.c "$work/programs/"
    check "06_loader is built by pkg-config" build 06_loader.c 06_loader.shared shared
    "$program" "$phantom" 20 >"$program.out" 2>"$program.err"
    check "06_loader runs, and warns of nothing" test $? = 0 -a ! -s "$program.err"
    check "06_loader draws training cases" test "$(sed -n 's/^epoch.*: \(amos_[0-9]*\) .*/\1/p' "$program.out" |
        sort -u | while read -r id; do ls "$phantom/imagesTr/$id.nii.gz"; done | wc -l)" -gt 1
    check "06_loader draws no others" sh -c "! grep -oE 'amos_[0-9]+' '$program.out' | sort -u |
        while read -r id; do [ -e '$phantom/imagesTr/'\$id.nii.gz ] || echo \$id; done | grep ."
    unset LD_LIBRARY_PATH
}

# The tiles of an image become a file of labels.
try_stitch() {
    program=$work/programs/07_stitch.shared
    export LD_LIBRARY_PATH="$prefix/lib"
    cp examples/07_stitch.c "$work/programs/"
    check "07_stitch is built by pkg-config" build 07_stitch.c 07_stitch.shared shared
    "$program" "$image" "$work/programs/stitched.nii.gz" >"$program.out" 2>"$program.err"
    check "07_stitch runs, and warns of nothing" test $? = 0 -a ! -s "$program.err"
    check "07_stitch writes labels" "$prefix/bin/amos" check --labels "$work/programs/stitched.nii.gz"
    unset LD_LIBRARY_PATH
}

mkdir -p "$prefix"
check "make install" run_make install PREFIX="$prefix"
expected_files lib >"$work/expected"
files_below "$prefix" >"$work/found"
same "make install puts these files there" "$work/expected" "$work/found"
check "pkg-config knows the version" test "$(pkg --modversion libamos)" = "$("$prefix/bin/amos" --version | sed -n '1s/^amos //p')"
check "the installed amos makes a phantom" "$prefix/bin/amos" phantom "$phantom"
image=$(find "$phantom/imagesTr" -name '*.nii.gz' | sort | head -n 1)
try_example 01_read_volume .c "$image" '^middle .* of the RAS volume$'
try_example 02_iterate_cases .c "$phantom" 'cases of .* are labelled CT scans$'
try_example 03_organ_volumes_csv .c "$phantom" '^amos_[0-9]*,CT,[1-9][0-9.]*,'
try_example 04_threads .c "$phantom" '^amos_[0-9]*  CT   liver  *[1-9][0-9.]* ml, mean'
try_example 05_cpp .cpp "$phantom" '^amos_[0-9]*  CT   liver  *[1-9][0-9.]* ml, mean'
try_loader
try_stitch
same "C and C++ print the same" "$work/programs/04_threads.shared.out" "$work/programs/05_cpp.shared.out"

mkdir -p "$prefix/share/other"
echo kept >"$prefix/lib/other.txt"
check "make uninstall" run_make uninstall PREFIX="$prefix"
printf '%s\n' ./lib ./lib/other.txt ./share ./share/other >"$work/expected"
(cd "$prefix" && find . -mindepth 1 | sort) >"$work/found"
same "make uninstall leaves only what others put there" "$work/expected" "$work/found"

mkdir -p "$work/stage"
check "make install DESTDIR" run_make install DESTDIR="$work/stage" PREFIX=/usr LIBDIR=$multiarch
expected_files ${multiarch#/usr/} | sed 's|^|usr/|' >"$work/expected"
files_below "$work/stage" >"$work/found"
same "make install DESTDIR puts these files there" "$work/expected" "$work/found"
check "libamos.pc does not name the staging folder" sh -c "! grep -r stage '$work/stage$multiarch/pkgconfig'"
check "libamos.pc names LIBDIR" test "$(PKG_CONFIG_PATH=$work/stage$multiarch/pkgconfig $PKG_CONFIG --variable=libdir libamos)" = $multiarch
check "make uninstall DESTDIR" run_make uninstall DESTDIR="$work/stage" PREFIX=/usr LIBDIR=$multiarch
check "make uninstall DESTDIR leaves nothing" test -z "$(find "$work/stage" -mindepth 1)"

# Refuses a folder with one sentence, before anything is written.
refuses() { # TEXT ASSIGNMENT
    ! run_make install "$2" >"$work/refused.out" 2>&1 && [ "$(wc -l <"$work/refused.out")" = 1 ] && grep -q -- "$1" "$work/refused.out"
}
cannot_write() { # TEXT MAKE_ARGUMENT...
    text=$1
    shift
    # shellcheck disable=SC2086 # MAKE may hold words
    ! $MAKE --no-print-directory "$@" >"$work/refused.out" 2>&1 &&
        [ "$(grep -vc '^make' "$work/refused.out")" = 1 ] && grep -q -- "$text" "$work/refused.out"
}
check "a PREFIX with a blank is refused" refuses 'blanks and shell characters' "PREFIX=$work/a b"
check "a DESTDIR with a quote is refused" refuses 'blanks and shell characters' "DESTDIR=$work/a'b"
check "a PREFIX that begins with ~ is refused, with the path to use" refuses "Use PREFIX=$HOME/there" "PREFIX=~/there"
check "a relative PREFIX is refused, with the path to use" refuses "Use PREFIX=$(pwd)/there" PREFIX=there
check "a relative LIBDIR is refused" refuses "LIBDIR is \"lib64\", but must be an absolute path" LIBDIR=lib64
check "a PREFIX that cannot be written is refused" cannot_write '^/proc/amos/bin cannot be written; use sudo' BUILD="$BUILD" LIBOUT="$LIBOUT" install PREFIX=/proc/amos
check "a build folder that cannot be written is refused" cannot_write 'cannot be written; choose others: make BUILD=' BUILD=/proc/amos all
for target in dist test python; do
    check "a build folder that cannot be written is refused by make $target" cannot_write \
        'cannot be written; choose others: make BUILD=' BUILD=/proc/amos $target
done
check "a compiler that is not there is named" cannot_write '^There is no compiler none; choose another by CC=' \
    BUILD="$BUILD" LIBOUT="$LIBOUT" CC=none all
check "nothing was written" test ! -e "$work/a b" -a ! -e "$work/a" -a ! -e "there"
