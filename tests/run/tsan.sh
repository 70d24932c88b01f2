# For tests/run/check.sh: everything that has threads, under ThreadSanitizer: the tests about them, and the commands that
# start some. What else the tests do is done by one thread, many times slower.
# shellcheck shell=sh

# A program that runs no test, because a test case has another name now, has failed.
tsan_tests() { # CASE|"" NAME...
    only=$1
    shift
    for name in "$@"; do
        if [ -n "$only" ]; then export CK_RUN_CASE="$only"; fi
        run_one "$dir/tests/$name" "$dir/logs/$name.log"
        unset CK_RUN_CASE
        count_program "  $name${only:+, $only}" "$dir/logs/$name.log" "$(cat "$dir/logs/$name.log.exit")"
    done
}

tsan_command() { # WORD...
    log=$dir/logs/amos-$1.log
    # shellcheck disable=SC2154 # suite.sh sets it
    if timeout "$longest" "$dir/amos" "$@" >"$log" 2>&1 </dev/null; then
        count "  amos $1" 1 0 "$log"
    else
        count "  amos $1" 0 1 "$log"
    fi
}

tsan() {
    dir=$BUILD/tsan
    mkdir -p "$dir/logs"
    rm -rf "$dir/set" "$dir/indexes"
    mkdir -m 700 "$dir/indexes"
    parts=
    for name in test_workers test_process test_pool test_handle test_index test_cache test_loader_threads; do
        parts="$parts $dir/tests/$name"
    done
    variant "ThreadSanitizer" tsan BUILD CC=gcc CFLAGS="-w -g -O1 -fsanitize=thread"
    tsan_tests "" test_workers test_process test_pool test_loader_threads
    tsan_tests threads test_handle test_index test_cache
    tsan_command phantom "$dir/set" --cases 4 --size 128x96x60 -j 4 --predictions
    tsan_command index "$dir/set" --folder "$dir/indexes" -j 4
    tsan_command cache build "$dir/set" --folder "$dir/indexes" -j 4
    tsan_command cache check --folder "$dir/indexes" -j 4
    tsan_command check "$dir/set" -j 4
    tsan_command stats "$dir/set" -j 4
    tsan_command score -r "$dir/set" -p "$dir/set/predictions" -j 4
}
