#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# `make static`: a command that needs no library of the system, $BUILD/static/amos, with musl by default. If the compiler
# has no static libraries of what libamos uses, they are compiled from Debian's sources. Pictures (libpng) are left out.
# In the end the command is run, and its results are compared with those of the ordinary one.
# shellcheck disable=SC2317 # functions that check() calls
set -u
. tests/run/report.sh
. tests/run/libraries.sh
fail() {
    echo "FAIL: $*"
    failed=1
}
# The make that called this hands out no places to the make that is called here.
MAKEFLAGS=$(echo "${MAKEFLAGS-}" | sed 's/ *-j[0-9]*//; s/ *--jobserver-auth=[^ ]*//')
export MAKEFLAGS
: "${MAKE:=make}" "${BUILD:=build}" "${STATIC_CC:=musl-gcc}"
place=$(pwd)/$BUILD/static
case $BUILD in /*) place=$BUILD/static ;; esac
libraries=$place/libraries
libs="-llz4 -lcjson -lnifti2 -lz -lm"
mkdir -p "$place" "$libraries"

has_libraries() {
    # shellcheck disable=SC2086 # flags
    printf '#include <lz4.h>\n#include <zlib.h>\n#include <cjson/cJSON.h>\n#include <nifti2_io.h>\nint main(void) { return 0; }\n' |
        $STATIC_CC -static -isystem /usr/include/nifti -x c - -o "$place/probe" $libs 2>/dev/null
}

build_libraries() (
    # shellcheck disable=SC2034 # for compile()
    compiler=$STATIC_CC flags="-O2"
    libraries_begin "$libraries" zlib cjson nifticlib lz4 || return 1
    echo "$STATIC_CC" >"$libraries/done"
)

build() { # MAKE-VARIABLE...
    "$MAKE" --no-print-directory -j"$(nproc 2>/dev/null || echo 2)" BUILD="$place" LIBOUT="$place/lib" CC="$STATIC_CC" \
        WITH_LZ4=1 WITH_LIBPNG=0 WITH_CURL=0 WITH_MICROHTTPD=0 WITH_ISAL=0 WITH_LIBDEFLATE=0 LDFLAGS=-static DEP_LIBS="-L$libraries/lib $libs -pthread" "$@" "$place/amos"
}

build_command() {
    if has_libraries; then
        build
    else
        [ "$(cat "$libraries/done" 2>/dev/null)" = "$STATIC_CC" ] || build_libraries >"$place/libraries.log" 2>&1 || {
            cat "$place/libraries.log"
            return 1
        }
        build DEP_CFLAGS= CPPFLAGS="-isystem $libraries/include -isystem $libraries/include/nifti"
    fi
}

is_static() {
    ldd "$place/amos" 2>&1 | grep -qE 'not a dynamic executable|statically linked' &&
        ! readelf -d "$place/amos" | grep -q NEEDED
}

no_warning() { ! grep 'warning:' "$place/build.log"; }

if build_command >"$place/build.log" 2>&1; then
    ok "$place/amos is built"
else
    fail "$place/amos is built"
    cat "$place/build.log"
    exit 1
fi
check "without a warning" no_warning
check "it is static" is_static
work=$place/check
rm -rf "$work" && mkdir -p "$work"
results() { # COMMAND NAME: a data set, what stats says of it, a cache, and a score
    "$1" phantom "$work/$2" --cases 2 --size 96x80x40 --predictions >/dev/null &&
        (cd "$work/$2" && "$1" stats . --threads 2 && "$1" check . --threads 2 && "$1" index . --folder index &&
            "$1" cache build . --folder cache --threads 2 && "$1" score -r labelsTr -p predictions) >"$work/$2.out"
}
files() { (cd "$work/$1" && find . -name '*.nii.gz' -exec cksum {} + | sort -k3); }
check "it makes a data set, and runs stats, check, index, cache and score" results "$place/amos" static
if [ -x "$BUILD/amos" ]; then
    case $BUILD in /*) ordinary=$BUILD/amos ;; *) ordinary=$(pwd)/$BUILD/amos ;; esac
    check "so does the ordinary command" results "$ordinary" ordinary
    files static >"$work/static.files"
    files ordinary >"$work/ordinary.files"
    same "they write the same files" "$work/ordinary.files" "$work/static.files"
    same "they print the same" "$work/ordinary.out" "$work/static.out"
fi
cp "$place/amos" "$place/stripped" && strip "$place/stripped"
echo "$place/amos: $(wc -c <"$place/amos") bytes, $(wc -c <"$place/stripped") without debugging information"
exit "${failed:-0}"
