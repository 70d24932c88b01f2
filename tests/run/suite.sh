# SPDX-License-Identifier: BSD-3-Clause
# For scripts that run tests (". tests/run/suite.sh"): builds them, runs them and counts. `make` sets the variables.
# One test is run by tests/run/one.sh. The logs stay in $BUILD/logs, or in the logs of a variant's own folder.
# shellcheck shell=sh
: "${MAKE:=make}" "${CC:=cc}" "${CXX:=c++}" "${PKG_CONFIG:=pkg-config}" "${BUILD:=build}" "${LIBOUT:=lib}" "${PYTHON:=/usr/bin/python3}"
export MAKE CC CXX PKG_CONFIG BUILD LIBOUT PYTHON
# Tests state their time limits for an idle machine.
export CK_TIMEOUT_MULTIPLIER=5
# Name, seconds and reason of the tests that `make test` leaves to `make check`, longest first.
table=tests/run/check-only.txt
# The longest of the others: started first, so that no processor is idle at the end.
first='test_index test_view test_malformed_gzip python test_loader_cases test_fetch test_deflate'
# The prefix of programs: empty, or valgrind or an emulator with its options.
runner=
# The time limit of a program or script, in seconds.
longest=900
export longest runner
processors=$(nproc 2>/dev/null || echo 2)
# The calling make shares no job slots with the makes called here.
MAKEFLAGS=$(echo "${MAKEFLAGS-}" | sed 's/ *-j[0-9]*//; s/ *--jobserver-auth=[^ ]*//')
export MAKEFLAGS
passed=0 failed=0 left_out=0
# The current suite, and its failures, which are repeated at the end.
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
all_scripts() { names_of tests/install/*.sh tests/engines/*.sh tests/tree/*.sh; }

# The names of the table, one a line.
check_only() { sed -n 's/^\([a-z][a-z_0-9]*\) .*/\1/p' "$table"; }

# Lines of stdin that are not in the list.
without() { # LIST
    while read -r name; do
        case " $1 " in *" $name "*) ;; *) echo "$name" ;; esac
    done
}

# The members of a suite: programs, and fuzz targets with their kept inputs. T='test_score fuzz_gzip' selects some.
tests=$({
    all_programs
    all_targets
} | tr '\n' ' ')

# Removes programs from the list, and reports it.
leave_out() { # WHY NAME...
    why=$1
    shift
    tests=$(for name in $tests; do echo "$name"; done | without "$*" | tr '\n' ' ')
    left_out=$((left_out + $#))
    echo "Skipped, $why:" "$@"
}

# ---- messages during long work ----

# Calls a function every few seconds, until quiet() is called.
speak_up() { # FUNCTION ARGUMENT
    while sleep 7 >/dev/null 2>&1; do "$@"; done &
    speaking=$!
}

quiet() {
    kill "$speaking" 2>/dev/null
    wait "$speaking" 2>/dev/null
}

# Prints what is running if nothing has ended since the last call.
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

# Runs the tests, one per processor at a time.
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

# Prints the list, longest first.
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

# The targets of a variant: RUN needs the tests, and the examples must compile too.
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

# gcc's warnings are checked without sanitizers, which cause false ones. The code shared by test programs is linked
# once, because it is large with sanitizers. Thorough cases repeat others, and have run without sanitizers.
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
