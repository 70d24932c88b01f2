# SPDX-License-Identifier: BSD-3-Clause
# For scripts that run tests (". tests/run/suite.sh"): builds them, runs them and counts. `make` sets the variables.
# One test is run by tests/run/one.sh. The logs stay in $BUILD/logs, or in the logs of a variant's own folder.
# shellcheck shell=sh
: "${MAKE:=make}" "${CC:=cc}" "${CXX:=c++}" "${PKG_CONFIG:=pkg-config}" "${BUILD:=build}" "${LIBOUT:=lib}" "${PYTHON:=/usr/bin/python3}"
export MAKE CC CXX PKG_CONFIG BUILD LIBOUT PYTHON
# Tests say how long they may take on an idle machine.
export CK_TIMEOUT_MULTIPLIER=5
# Name, seconds and reason of what `make test` leaves to `make check`; what takes longest comes first.
table=tests/run/check-only.txt
# What takes longest of the others: started first, so that no processor waits at the end.
first='test_index test_malformed_gzip test_bounds test_loader_cases'
# What programs are started with: nothing, or valgrind or an emulator with its options.
runner=
# How many seconds a program or script may take.
longest=900
export longest runner
processors=$(nproc 2>/dev/null || echo 2)
# The make that called this hands out no places to the makes that are called here.
MAKEFLAGS=$(echo "${MAKEFLAGS-}" | sed 's/ *-j[0-9]*//; s/ *--jobserver-auth=[^ ]*//')
export MAKEFLAGS
passed=0 failed=0 left_out=0
# What is being run, and what of it failed: said again at the end, where it is seen.
title='' failures=''

# ---- which tests ----

names_of() { # FILE...: their names without folder and ending
    for file in "$@"; do
        name=${file##*/}
        [ ! -e "$file" ] || echo "${name%.*}"
    done
}

all_programs() { names_of tests/test_*.c tests/*/test_*.c tests/*/*/test_*.c; }
all_targets() { names_of tests/fuzz/fuzz_*.c; }
all_scripts() { names_of tests/install/*.sh; }

# The names of the table, one a line.
check_only() { sed -n 's/^\([a-z][a-z_0-9]*\) .*/\1/p' "$table"; }

# Lines of stdin that are not in the list.
without() { # LIST
    while read -r name; do
        case " $1 " in *" $name "*) ;; *) echo "$name" ;; esac
    done
}

# What a suite runs: programs, and fuzz targets with the inputs that are kept. T='test_score fuzz_gzip' narrows it.
tests=$({
    all_programs
    all_targets
} | tr '\n' ' ')

# Takes programs from the list, and says so.
leave_out() { # WHY NAME...
    why=$1
    shift
    tests=$(for name in $tests; do echo "$name"; done | without "$*" | tr '\n' ' ')
    left_out=$((left_out + $#))
    echo "Skipped, $why:" "$@"
}

# ---- while something takes long ----

# Calls a function every few seconds, until quiet() is called.
speak_up() { # FUNCTION ARGUMENT
    while sleep 7 >/dev/null 2>&1; do "$@"; done &
    speaking=$!
}

quiet() {
    kill "$speaking" 2>/dev/null
    wait "$speaking" 2>/dev/null
}

# If nothing has ended since the last time: what is running.
still_running() { # FOLDER-OF-LOGS
    ended=$(find "$1" -name '*.result' | wc -l)
    [ "$ended" != "${ended_before-}" ] || echo "  ... running:" "$(cd "$1/running" && echo ./* | sed 's|\./||g')"
    ended_before=$ended
}

still_building() { echo "  ... built $(grep -cE '^  (CC|CXX|LD|AR) ' "$1") files"; } # LOG

# ---- running and counting ----

add_result() { # NAME PASSED FAILED LOG
    passed=$((passed + $2)) failed=$((failed + $3))
    left_out=$((left_out + $(grep -c '^[Ss]kip' "$4")))
    [ "$3" = 0 ] || failures="$failures$title, $1:
$(grep -E ':[FE]:|^FAIL: |^exit |warning:|error:' "$4" | head -n 20)
"
}

# Runs them, as many at a time as there are processors.
run_all() { # BUILD NAME...
    logs=$1/logs
    rm -rf "$logs/running" && mkdir -p "$logs/running"
    dir_of_all=$1
    shift
    for name in "$@"; do rm -f "$logs/$name.result"; done
    speak_up still_running "$logs"
    printf '%s\n' "$@" | xargs -P "$processors" -I{} sh tests/run/one.sh "$dir_of_all" {}
    quiet
    for name in "$@"; do
        # shellcheck disable=SC2046 # two numbers
        add_result "$name" $(cat "$logs/$name.result" || echo 0 1) "$logs/$name.log"
    done
}

# The list, what takes longest first.
in_order() { # NAME...
    for name in $(check_only) $first; do
        case " $* " in *" $name "*) echo "$name" ;; esac
    done
    printf '%s\n' "$@" | without "$(check_only | tr '\n' ' ') $first"
}

# shellcheck disable=SC2046,SC2086 # lists
suite() { # BUILD
    run_all "$1" $(in_order ${T:-$tests})
}

# What is built for a variant: RUN needs the tests, and the examples are to compile too.
parts="compile-tests compile-examples"

# A build with other flags, that must give no warning, and its suite.
variant() { # TITLE FOLDER RUN|BUILD MAKE-VARIABLE...
    title=$1 dir=$BUILD/$2 run=$3
    shift 3
    mkdir -p "$dir/logs"
    log=$dir/logs/build.log
    echo "$title"
    : >"$log"
    speak_up still_building "$log"
    # shellcheck disable=SC2086 # a list
    $MAKE --no-print-directory -j"$processors" BUILD="$dir" LIBOUT="$dir/lib" "$@" "$dir/amos" $parts >"$log" 2>&1
    code=$?
    quiet
    if [ "$code" = 0 ] && ! grep -q 'warning:' "$log"; then
        echo "  it builds without a warning"
        add_result build 1 0 "$log"
        [ "$run" = BUILD ] || suite "$dir"
    else
        echo "  it does not build without a warning, FAILED:"
        cat "$log"
        add_result build 0 1 "$log"
    fi
}

# What gcc warns of is seen without sanitizers; they make it see more that is not there. What the test programs share is
# linked once: with the sanitizers in it it is large. Thorough cases repeat what others do, and have run without them.
asan_variant() {
    CK_TIMEOUT_MULTIPLIER=20 ASAN_OPTIONS=detect_leaks=1 CK_EXCLUDE_TAGS=thorough
    export ASAN_OPTIONS CK_EXCLUDE_TAGS
    variant "AddressSanitizer and UndefinedBehaviorSanitizer" asan RUN CC=gcc CXX=g++ SHARED_TESTS=1 \
        CFLAGS="-w -g1 -O1 -fPIC -fvisibility=default -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer" \
        CXXFLAGS="-fsanitize=address,undefined"
    unset CK_EXCLUDE_TAGS
}

finish() {
    [ -z "$failures" ] || printf 'FAILED, in short:\n%s' "$failures"
    [ "$left_out" = 0 ] || echo "Not run, and not counted as passed: $left_out, as the lines with Skipped say"
    echo "$passed $failed" >"$BUILD/logs/total"
    echo "$passed passed, $failed failed"
    [ "$failed" = 0 ]
}
