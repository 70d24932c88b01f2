#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Runs one test and prints a line about it; tests/run/suite.sh calls this, several at a time.
#
# usage: one.sh BUILD NAME, where NAME is a test program (test_score), a case of it (test_score:masks), a fuzz target
# with the inputs that are kept for it (fuzz_gzip), or a script of tests/install, tests/engines or tests/tree (symbols).
#
# BUILD/logs/NAME.log has its output, BUILD/logs/NAME.result "PASSED FAILED". $runner is a prefix of the program
# (valgrind, an emulator), $longest its time limit in seconds; $SHOW=1 shows the log even if nothing failed.
set -u
: "${runner:=}" "${longest:=900}"
build=$1 name=$2
logs=$build/logs log=$build/logs/$name.log
begun=$(date +%s%N)
: >"$logs/running/$name"

inputs_of() { # TARGET
    for folder in "tests/fuzz/corpus/$1" "tests/fuzz/regressions/$1"; do
        [ ! -d "$folder" ] || echo "$folder"
    done
}

script_of() { # NAME
    for script in "tests/install/$1.sh" "tests/engines/$1.sh" "tests/tree/$1.sh"; do
        [ ! -e "$script" ] || echo "$script"
    done
}

# shellcheck disable=SC2046,SC2086 # runner is a list, and folders have no blanks
run() {
    case $name in
    test_*:*) CK_RUN_CASE=${name#*:} timeout "$longest" $runner "$build/tests/${name%%:*}" ;;
    test_*) timeout "$longest" $runner "$build/tests/$name" ;;
    fuzz_*) timeout "$longest" $runner "$build/tests/fuzz/$name" $(inputs_of "${name#fuzz_}") ;;
    *) timeout "$longest" sh "$(script_of "$name")" ;;
    esac
}

run >"$log" 2>&1 </dev/null
code=$?

# Programs built with Check print the number of checks, fuzz targets the number of inputs.
case $name in
test_*)
    # shellcheck disable=SC2046 # two numbers
    set -- $(awk '/%: Checks: / { gsub(",", ""); n += $3; bad += $5 + $7 } END { print n - bad, bad + 0 }' "$log")
    good=$1 bad=$2
    ;;
fuzz_*) good=$(sed -n '$s/^\([0-9]*\) passed, .*/\1/p' "$log") bad=$(grep -c '^FAIL: ' "$log") ;;
*) good=$(grep -c '^ok: ' "$log") bad=$(grep -c '^FAIL: ' "$log") ;;
esac
# A program that ended badly without a message, or tested nothing, has failed. A script may skip all its tests.
if [ "$bad" = 0 ] && { [ "$code" != 0 ] || { [ "${good:-0}" = 0 ] && ! grep -q '^Skipped: all' "$log"; }; }; then
    bad=1
    echo "exit $code, ${good:-0} passed" >>"$log"
fi
tenths=$((($(date +%s%N) - begun) / 100000000))
report() {
    if [ "$bad" = 0 ]; then
        printf '  %-40s %5d passed %6d.%d s\n' "$name" "${good:-0}" $((tenths / 10)) $((tenths % 10))
        if [ "${SHOW-}" ]; then cat "$log"; else grep '^[Ss]kip' "$log"; fi
    else
        printf '  %-40s %5d passed %6d.%d s, %d FAILED:\n' "$name" "${good:-0}" $((tenths / 10)) $((tenths % 10)) "$bad"
        cat "$log"
    fi
}
# Printed at once, because others print at the same time.
text=$(report)
printf '%s\n' "$text"
echo "${good:-0} $bad" >"$logs/$name.result"
rm "$logs/running/$name"
