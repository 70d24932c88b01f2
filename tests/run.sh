#!/bin/sh
# Runs the whole test suite; the last line is "N passed, N failed". `make test` calls it; see tests/suite.sh.
set -u
. tests/suite.sh

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

title=Tests
echo "$title"
suite "$BUILD"
title=Scripts
echo "$title"
for name in catalogue headers symbols abi install readme manual python; do
    script "$name"
done
variant "clang" clang BUILD CC=clang CXX=clang++ CFLAGS=-O1
# What has nothing to do with these libraries, and takes long, has run above.
whole=$tests
leave_out "as they would do the same without these libraries" \
    test_command_nomem test_command_faults test_loader_threads test_large test_score_oracle test_score_far
variant "Without LZ4 and libpng" minimal RUN WITH_LZ4=0 WITH_LIBPNG=0
tests=$whole
asan_variant
finish
