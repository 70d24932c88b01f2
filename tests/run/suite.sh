# For scripts that run the test suite (". tests/run/suite.sh"): builds it, runs it and counts. `make` sets the variables.
# Programs built with Check are counted by what they say, scripts by their "ok:" and "FAIL:" lines. What failed is shown
# in full, with the log of its program; the logs stay in $BUILD/logs.
# shellcheck shell=sh
: "${MAKE:=make}" "${CC:=cc}" "${CXX:=c++}" "${PKG_CONFIG:=pkg-config}" "${BUILD:=build}" "${LIBOUT:=lib}"
export MAKE CC CXX PKG_CONFIG BUILD LIBOUT
# Tests say how long they may take on an idle machine.
export CK_TIMEOUT_MULTIPLIER=5
# The test programs, all of them.
tests=$(for source in tests/*/test_*.c tests/*/*/test_*.c; do basename "$source" .c; done | tr '\n' ' ')
# Those of them that take longest, the longest first.
slow='test_command_faults test_command_nomem test_loader_threads test_nomem test_large test_io_faults test_read'
# What they are started with: nothing, or valgrind or an emulator with its options.
runner=
# How many seconds one program may take.
longest=900
processors=$(nproc 2>/dev/null || echo 2)
# The make that called this hands out no places to the makes that are called here.
MAKEFLAGS=$(echo "${MAKEFLAGS-}" | sed 's/ *-j[0-9]*//; s/ *--jobserver-auth=[^ ]*//')
export MAKEFLAGS
passed=0 failed=0 left_out=0
# What is being run, and what of it failed: said again at the end, where it is seen.
title='' failures=''

count() { # NAME PASSED FAILED LOG
    passed=$((passed + $2)) failed=$((failed + $3))
    left_out=$((left_out + $(grep -c '^[Ss]kip' "$4")))
    if [ "$3" = 0 ]; then
        printf '%-28s %5d passed\n' "$1" "$2"
        grep '^[Ss]kip' "$4"
    else
        printf '%-28s %5d passed, %d FAILED:\n' "$1" "$2" "$3"
        cat "$4"
        failures="$failures$title, ${1#  }:
$(grep -E ':[FE]:|^FAIL: |^exit |warning:|error:' "$4" | head -n 20)
"
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

# Takes programs from the list, and says so.
leave_out() { # WHY NAME...
    why=$1
    shift
    kept=''
    for name in $tests; do
        case " $* " in *" $name "*) ;; *) kept="$kept $name" ;; esac
    done
    tests=$kept
    left_out=$((left_out + $#))
    echo "Skipped, $why:" "$@"
}

run_one() { # PROGRAM LOG
    # shellcheck disable=SC2086 # runner may hold words
    timeout "$longest" $runner "$1" >"$2" 2>&1 </dev/null
    echo $? >"$2.exit"
}

# The inputs that fuzzers found interesting, through the targets as plain programs.
replay() { # BUILD
    for source in tests/fuzz/fuzz_*.c; do
        name=$(basename "$source" .c) inputs=''
        for folder in "tests/fuzz/corpus/${name#fuzz_}" "tests/fuzz/regressions/${name#fuzz_}"; do
            [ ! -d "$folder" ] || inputs="$inputs $folder"
        done
        log=$1/logs/$name.log
        # shellcheck disable=SC2086 # words, and folders without blanks
        timeout "$longest" $runner "$1/tests/fuzz/$name" $inputs >"$log" 2>&1 </dev/null
        code=$?
        good=$(sed -n '$s/^\([0-9]*\) passed, .*/\1/p' "$log") bad=$(grep -c '^FAIL: ' "$log")
        if [ "$bad" = 0 ] && { [ "$code" != 0 ] || [ -z "$good" ]; }; then
            bad=1
            echo "exit $code" >>"$log"
        fi
        count "  $name" "${good:-0}" "$bad" "$log"
    done
}

# As many programs at a time as there are processors, those that take long first.
suite() { # BUILD
    mkdir -p "$1/logs"
    export longest runner
    # shellcheck disable=SC2016 # it is the shell that xargs starts which expands this
    for name in $slow $tests; do
        case " $tests " in *" $name "*) echo "$name" ;; esac
    done | awk '!seen[$0]++' | xargs -P "$processors" -I{} sh -c \
        'timeout "$longest" $runner "$1/tests/$2" >"$1/logs/$2.log" 2>&1 </dev/null; echo $? >"$1/logs/$2.log.exit"' \
        sh "$1" {}
    for name in $tests; do
        count_program "  $name" "$1/logs/$name.log" "$(cat "$1/logs/$name.log.exit")"
    done
    replay "$1"
}

# What is built for a variant: RUN needs the tests, and the examples are to compile too.
parts="compile-tests compile-examples"

# A build with other flags, that must give no warning, and its suite.
variant() { # TITLE FOLDER RUN|BUILD MAKE-VARIABLE...
    title=$1 dir=$BUILD/$2 run=$3
    shift 3
    mkdir -p "$dir"
    echo "$title"
    # shellcheck disable=SC2086 # words
    if $MAKE --no-print-directory -j"$processors" BUILD="$dir" LIBOUT="$dir/lib" "$@" "$dir/amos" $parts \
        >"$dir/make.log" 2>&1 && ! grep -q 'warning:' "$dir/make.log"; then
        count "  builds without a warning" 1 0 "$dir/make.log"
        [ "$run" = BUILD ] || suite "$dir"
    else
        count "  builds without a warning" 0 1 "$dir/make.log"
    fi
}

# What gcc warns of is seen without sanitizers; they make it see more that is not there.
asan_variant() {
    CK_TIMEOUT_MULTIPLIER=20 ASAN_OPTIONS=detect_leaks=1
    export ASAN_OPTIONS
    variant "AddressSanitizer and UndefinedBehaviorSanitizer" asan RUN CC=gcc CXX=g++ \
        CFLAGS="-w -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer" \
        CXXFLAGS="-fsanitize=address,undefined"
}

finish() {
    [ -z "$failures" ] || printf 'FAILED, in short:\n%s' "$failures"
    [ "$left_out" = 0 ] || echo "Not run, and not counted as passed: $left_out, as the lines with Skipped say"
    echo "$passed passed, $failed failed"
    [ "$failed" = 0 ]
}
