#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# `make test` and `make check` call this; the last line is "N passed, N failed". See docs/testing.md.
#
# usage: run.sh test    the quick tests; or the tests that T names, and of those only the test case CASE
#        run.sh check   everything; with AFTER=test, what `make test` has passed in this tree is not run again
set -u
. tests/run/suite.sh
mkdir -p "$BUILD/logs"

# ---- T and CASE ----

# The names of a program's test cases: those added one by one, and rows of a table such as G13.
cases_of() { # PROGRAM
    cat "tests/$1.c" tests/*/"$1.c" tests/*/*/"$1.c" 2>/dev/null |
        sed -n 's/.*add_[a-z_]*case(suite, "\([^"]*\)".*/\1/p; s/^    {"\([A-Z][0-9][0-9][-A-Za-z0-9]*\)", .*/\1/p'
}

known_names() {
    all_programs
    all_targets
    all_scripts
}

run_some() {
    names=
    for name in $T; do
        if ! known_names | grep -qx "$name"; then
            echo "There is no test $name. There are:" >&2
            known_names | tr '\n' ' ' | fold -s -w 100 >&2
            echo >&2
            exit 2
        fi
        names="$names $name${CASE:+:$CASE}"
    done
    title=Test SHOW=1
    export SHOW
    # shellcheck disable=SC2086 # a list
    run_all "$BUILD" $names
    if [ "${CASE-}" ] && grep -q 'Checks: 0,' "$BUILD/logs/$T:$CASE.log"; then
        echo "$T has no case \"$CASE\". It has:"
        cases_of "$T" | tr '\n' ' ' | fold -s -w 100
        echo
    fi
}

# ---- make test ----

# The Python package is tested if the packages that it needs are installed; `make check` requires them.
has_python() { sh packages.sh python numpy >/dev/null 2>&1; }

# shellcheck disable=SC2046 # lists
run_quick() {
    title=Tests
    left=$(check_only | tr '\n' ' ')
    has_python || left="$left python"
    export CK_EXCLUDE_TAGS=thorough
    run_all "$BUILD" $(in_order $(known_names | without "$left"))
    echo "Left to make check, with sanitizers, other compilers and other builds:"
    echo "  $left$(sed -n 's/^Left to make check: //p' "$BUILD"/logs/test_*.log | tr '\n' ' ')" | fold -s -w 100 | sed '2,$s/^/  /'
}

# ---- make check ----

# Whether `make test` passed it, with the command and the program as they are now.
has_passed() { # NAME
    result=$BUILD/logs/$1.result program=$BUILD/tests/$1
    [ -e "$program" ] || program=$BUILD/amos
    [ "$(find "$result" -newer "$BUILD/amos" -newer "$program" 2>/dev/null)" ] && read -r good bad <"$result" &&
        [ "$good" -gt 0 ] && [ "$bad" = 0 ]
}

# Of a list of names, the others.
not_passed() { # NAME...
    for name in "$@"; do has_passed "$name" || echo "$name"; done
}

# The thorough cases of programs whose other cases `make test` has run.
with_thorough_cases() { grep -l '^Left to make check: ' "$BUILD"/logs/test_*.log | sed 's|.*/||; s|\.log$||'; }

# shellcheck disable=SC2046 # lists
run_what_is_left() {
    thorough=$(with_thorough_cases)
    rm -f $(check_only | sed "s|.*|$BUILD/logs/&.result|")
    run_all "$BUILD" $(in_order $(not_passed $(known_names)))
    export CK_INCLUDE_TAGS=thorough
    run_all "$BUILD" $(in_order $(echo "$thorough" | without "$(check_only | tr '\n' ' ')"))
    unset CK_INCLUDE_TAGS
}

without_optional_libraries() {
    whole=$tests
    # Slow tests that do not depend on these libraries have already run.
    leave_out "as they would do the same without these libraries" \
        test_command_nomem test_command_faults test_loader_threads test_large test_write_large test_score_oracle test_score_far
    leave_out "as nothing is left of them without these libraries" test_proxy test_serve_crowd
    export CK_EXCLUDE_TAGS=thorough
    variant "Without optional libraries" minimal RUN CFLAGS="-O1 -g1" \
        WITH_LZ4=0 WITH_LIBPNG=0 WITH_CURL=0 WITH_MICROHTTPD=0 WITH_ISAL=0 WITH_LIBDEFLATE=0
    unset CK_EXCLUDE_TAGS
    tests=$whole
}

# shellcheck disable=SC2046 # lists
run_everything() {
    title=Tests
    echo "$title"
    if [ "${AFTER-}" = test ]; then run_what_is_left; else run_all "$BUILD" $(in_order $(known_names)); fi
    linked=$parts parts="compile-test-objects compile-examples"
    variant "clang" clang BUILD CC=clang CXX=clang++ CFLAGS=-O1
    parts=$linked
    without_optional_libraries
    asan_variant
    . tests/run/tsan.sh
    tsan_variant
}

case ${1-} in
test) if [ "${T-}" ]; then run_some; else run_quick; fi ;;
check) run_everything ;;
*)
    echo "usage: $0 test|check" >&2
    exit 2
    ;;
esac
finish
