#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# make builds again what other flags or compilers change, and nothing else; and targets that are named in one call do not
# build the same files at once.
set -u
. tests/run/report.sh
: "${MAKE:=make}" "${CC:=cc}" "${BUILD:=build}"
rm -rf "${BUILD:?}/rebuild"
mkdir -p "$BUILD/rebuild"
work=$BUILD/rebuild
one=src/base/math/sort.c
two=src/base/text/utf8.c
echo 'int main(void); int main(void) { return 0; }' >"$work/main.c"

# A library of two files, and one file of the command beside the viewer; libamos-http would need all of the library.
run() { # MAKE_ARGUMENT...
    # shellcheck disable=SC2086 # MAKE may hold words
    $MAKE --no-print-directory BUILD="$work" LIBOUT="$work/lib" LIB_SRC="$one $two" PHANTOM_SRC= CLI_SRC="$work/main.c" \
        PYTHON_SRC= WITH_CURL=0 WITH_MICROHTTPD=0 "$@" >"$work/log" 2>&1
}
parts="$work/lib/libamos.so $work/lib/libamos.a $work/amos"
# The steps of the log as KIND:NAME, sorted, in one line.
steps() { sed -n 's|^  \([A-Z]*\) .*[ /]\([^/ ]*\)$|\1:\2|p' "$work/log" | LC_ALL=C sort | tr '\n' ' '; }
so=$(sed -n 's/^#define AMOS_VERSION_STRING "\(.*\)"/libamos.so.\1/p' include/amos/export.h)
everything="AR:libamos.a CC:main.c CC:${one##*/} CC:${two##*/} CC:viewer_files.c LD:amos LD:$so "

# Runs make and compares the steps.
took() { # EXPECTED MAKE_ARGUMENT...
    expected=$1
    shift
    # shellcheck disable=SC2086 # a list
    run $parts "$@" || { cat "$work/log" && return 1; }
    [ "$(steps)" = "$expected" ] || { echo "steps: $(steps)" && return 1; }
}
makes() { # TEXT EXPECTED MAKE_ARGUMENT...
    what=$1
    shift
    check "$what" took "$@"
}

makes "everything is built" "AR:libamos.a AR:libphantom.a CC:main.c CC:${one##*/} CC:${two##*/} CC:viewer_files.c EMBED:viewer LD:amos LD:$so "
makes "nothing is built twice" ""
makes "other CFLAGS build everything" "$everything" CFLAGS=-O1
makes "with the same ones nothing is built" "" CFLAGS=-O1
makes "back again" "$everything"
makes "another compiler builds everything" "$everything" CC="env $CC"
makes "a flag with quotes" "$everything" CFLAGS="-O1 -DAMOS_WORDS='\"a b\"'"
makes "the same flag with quotes" "" CFLAGS="-O1 -DAMOS_WORDS='\"a b\"'"
makes "back again from quotes" "$everything"
makes "LDFLAGS only link" "LD:amos LD:$so " LDFLAGS=-Wl,-O1
makes "back again to the usual link" "LD:amos LD:$so "
makes "pictures concern the command alone" "CC:main.c CC:viewer_files.c LD:amos " PNG_CFLAGS=-DAMOS_OTHER PNG_LIBS=-lm
makes "back again to the usual pictures" "CC:main.c CC:viewer_files.c LD:amos "
makes "a feature of the library concerns its files" \
    "AR:libamos.a CC:${one##*/} CC:${two##*/} LD:amos LD:$so " FEATURES=-DAMOS_OTHER
makes "back again to the usual features" "AR:libamos.a CC:${one##*/} CC:${two##*/} LD:amos LD:$so "
makes "fewer files of the viewer are embedded again" "CC:viewer_files.c EMBED:viewer LD:amos " VIEWER_SRC=cli/viewer/index.html
makes "back again to the whole viewer" "CC:viewer_files.c EMBED:viewer LD:amos "
makes "a source that is gone leaves the library" "AR:libamos.a LD:amos LD:$so " LIB_SRC="$one"
check "its object is not in the archive" sh -c "! ar t '$work/lib/libamos.a' | grep utf8"

rm -rf "${work:?}/lib" "$work/commands" "$work/src"
check "two targets in one call, with two jobs" run -j2 all python
check "no file is built twice" test -z "$(grep -E '^  (CC|AR|LD) ' "$work/log" | sort | uniq -d)"
check "something is built" test "$(grep -c '^  CC ' "$work/log")" -ge 3
rm -rf "${work:?}"
