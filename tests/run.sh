#!/bin/sh
# Runs the whole test suite; the last line is "N passed, N failed". `make test` calls it; see tests/suite.sh.
set -u
. tests/suite.sh

: "${MAKE:=make}" "${CC:=cc}" "${CXX:=c++}" "${PKG_CONFIG:=pkg-config}" "${BUILD:=build}" "${LIBOUT:=lib}"
export MAKE CC CXX PKG_CONFIG BUILD LIBOUT
# Tests say how long they may take on an idle machine.
export CK_TIMEOUT_MULTIPLIER=5
processors=$(nproc 2>/dev/null || echo 2)
# The make that called this hands out no places to the makes that are called here.
MAKEFLAGS=$(echo "${MAKEFLAGS-}" | sed 's/ *-j[0-9]*//; s/ *--jobserver-auth=[^ ]*//')
export MAKEFLAGS
passed=0 failed=0

count() { # NAME PASSED FAILED LOG
    passed=$((passed + $2)) failed=$((failed + $3))
    if [ "$3" = 0 ]; then
        printf '%-28s %5d passed\n' "$1" "$2"
        grep '^[Ss]kip' "$4"
    else
        printf '%-28s %5d passed, %d FAILED:\n' "$1" "$2" "$3"
        cat "$4"
    fi
}

# A program that ended badly, or that ran no test, has failed whatever it printed.
count_program() { # NAME LOG EXIT
    # shellcheck disable=SC2046 # three numbers
    set -- "$1" "$2" "$3" $(awk '/%: Checks: / { gsub(",", ""); n += $3; bad += $5 + $7 } END { print n + 0, bad + 0 }' "$2")
    if [ "$4" = 0 ]; then
        count "$1 (exit $3, no test)" 0 1 "$2"
    elif [ "$3" != 0 ] && [ "$5" = 0 ]; then
        count "$1 (exit $3)" "$4" 1 "$2"
    else
        count "$1" $(($4 - $5)) "$5" "$2"
    fi
}

run_one() { # PROGRAM LOG
    timeout 900 "$1" >"$2" 2>&1 </dev/null
    echo $? >"$2.exit"
}

suite() { # BUILD
    mkdir -p "$1/logs"
    running=0
    for source in tests/test_*.c; do
        name=$(basename "$source" .c)
        run_one "$1/tests/$name" "$1/logs/$name.log" &
        running=$((running + 1))
        [ $((running % processors)) = 0 ] && wait
    done
    wait
    for source in tests/test_*.c; do
        name=$(basename "$source" .c)
        count_program "  $name" "$1/logs/$name.log" "$(cat "$1/logs/$name.log.exit")"
    done
}

# A script that ended badly without saying why, or that checked nothing, has failed.
script() { # NAME
    log=$BUILD/logs/$1.log
    timeout 900 sh "tests/install/$1.sh" >"$log" 2>&1 </dev/null
    code=$?
    good=$(grep -c '^ok: ' "$log") bad=$(grep -c '^FAIL: ' "$log")
    if [ "$bad" = 0 ] && { [ "$code" != 0 ] || [ "$good" = 0 ]; }; then
        bad=1
        echo "exit $code" >>"$log"
    fi
    count "  $1" "$good" "$bad" "$log"
}

suite "Tests" "$BUILD"

# A build with other flags, that must give no warning, and its suite.
variant() { # TITLE FOLDER RUN|BUILD MAKE-VARIABLE...
    echo "$1"
    dir=$BUILD/$2 run=$3
    shift 3
    mkdir -p "$dir"
    # shellcheck disable=SC2086 # MAKE may hold words
    if $MAKE --no-print-directory -j"$processors" BUILD="$dir" LIBOUT="$dir/lib" "$@" "$dir/amos" compile-tests compile-examples \
        >"$dir/make.log" 2>&1 && ! grep -q 'warning:' "$dir/make.log"; then
        count "  builds without a warning" 1 0 "$dir/make.log"
        [ "$run" = BUILD ] || suite "$dir"
    else
        count "  builds without a warning" 0 1 "$dir/make.log"
    fi
}

echo "Tests"
suite "$BUILD"
echo "Scripts"
for name in headers symbols abi install readme manual; do
    script "$name"
done
variant "clang" clang BUILD CC=clang CXX=clang++ CFLAGS=-O1
variant "Without ISA-L, libdeflate and libpng" minimal RUN WITH_ISAL=0 WITH_LIBDEFLATE=0 WITH_LIBPNG=0
asan_variant
finish
