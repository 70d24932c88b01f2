# SPDX-License-Identifier: BSD-3-Clause
# For scripts that run the test suite (". tests/run/tsan.sh"): everything with threads, under ThreadSanitizer: the tests
# of threads, and the commands that start some. The other tests use one thread, and would only be many times slower.
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # tests/run/suite.sh has these variables

tsan_command() { # OPERAND...
    log=$dir/logs/amos-$1.log
    if timeout "$longest" "$dir/amos" "$@" >"$log" 2>&1 </dev/null; then
        echo "  amos $1"
        add_result "amos $1" 1 0 "$log"
    else
        echo "  amos $1, FAILED:"
        cat "$log"
        add_result "amos $1" 0 1 "$log"
    fi
}

tsan_commands() {
    rm -rf "$dir/set" "$dir/indexes"
    mkdir -m 700 "$dir/indexes"
    tsan_command phantom "$dir/set" --cases 4 --size 128x96x60 -j 4 --predictions
    tsan_command index "$dir/set" --folder "$dir/indexes" -j 4
    tsan_command cache build "$dir/set" --folder "$dir/indexes" -j 4
    tsan_command cache check --folder "$dir/indexes" -j 4
    tsan_command check "$dir/set" -j 4
    tsan_command stats "$dir/set" -j 4
    tsan_command score -r "$dir/set" -p "$dir/set/predictions" -j 4
    if ! "$dir/amos" --version | grep -qx "libpng off"; then
        tsan_command view "$dir/set" -o "$dir/pictures/" --sheet "$dir/sheet.png" --size 500 -j 4
    fi
}

tsan_variant() {
    CK_TIMEOUT_MULTIPLIER=20 longest=3600 TSAN_OPTIONS=halt_on_error=1
    export TSAN_OPTIONS
    dir=$BUILD/tsan
    whole="test_loader_threads test_process test_stitcher test_workers test_pool test_ahead test_zipped test_components test_http test_cache_stage test_loader_elastic"
    cases="test_handle test_index test_cache test_deflate test_write_index test_shelf test_serve_crowd"
    parts=
    for name in $whole $cases; do
        parts="$parts $dir/tests/$name"
    done
    variant "ThreadSanitizer" tsan BUILD CC=gcc CFLAGS="-w -g1 -O1 -fsanitize=thread"
    # shellcheck disable=SC2046,SC2086 # lists
    run_all "$dir" $whole $(for name in $cases; do echo "$name:threads"; done)
    tsan_commands
}
