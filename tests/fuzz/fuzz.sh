#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Runs the fuzz targets one after the other and stops at the first that fails. `make fuzz` calls it with the variables
# below set. Interesting inputs are stored in $BUILD/corpus, in addition to those in tests/fuzz/corpus.
set -u
: "${BUILD:=build/fuzz}" "${FUZZ_SECONDS:=60}" "${TARGET:=*}"
memory=/tmp
[ -w /dev/shm ] && memory=/dev/shm
# Some targets write files, thousands in a second.
TMPDIR=$(mktemp -d "$memory/amos-fuzz-XXXXXX") || exit 1
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
trap 'exit 1' INT TERM
summary=''

is_found() { # TARGET LOG
    echo "$1 fails; the end of $2:"
    tail -n 40 "$2"
    input=$(sed -n 's/^.*Test unit written to //p' "$2" | tail -n 1)
    if [ -n "$input" ]; then
        echo "The input is $input. Again: $BUILD/fuzz_$1 $input"
        echo "When it is mended, it belongs into tests/fuzz/regressions/$1/."
    fi
}

fuzz() { # TARGET
    mkdir -p "$BUILD/corpus/$1" "$BUILD/logs"
    log=$BUILD/logs/$1.log
    set -- "$1" "$BUILD/corpus/$1"
    for folder in "tests/fuzz/corpus/$1" "tests/fuzz/regressions/$1"; do
        [ ! -d "$folder" ] || set -- "$@" "$folder"
    done
    [ ! -f "tests/fuzz/$1.dict" ] || set -- "$@" "-dict=tests/fuzz/$1.dict"
    target=$1
    shift
    echo "$target, $FUZZ_SECONDS seconds"
    if ! "$BUILD/fuzz_$target" -max_total_time="$FUZZ_SECONDS" -timeout=20 -rss_limit_mb=2048 -max_len=20000 \
        -print_final_stats=1 -artifact_prefix="$BUILD/failed_$target-" "$@" >"$log" 2>&1 </dev/null; then
        is_found "$target" "$log"
        exit 1
    fi
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    summary="$summary$(printf '%-10s %12s executions' "$target" "$runs")
"
}

for source in tests/fuzz/fuzz_$TARGET.c; do
    [ -f "$source" ] || { echo "There is no target $TARGET: tests/fuzz/fuzz_$TARGET.c is missing." && exit 1; }
    name=$(basename "$source" .c)
    fuzz "${name#fuzz_}"
done
printf '%s' "$summary"
