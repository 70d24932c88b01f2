#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# GNU parallel itself: shards as its jobs, one that is killed, and again what is missing.
set -u
. tests/run/report.sh
: "${BUILD:=build}"
rm -rf "${BUILD:?}/parallel"
mkdir -p "$BUILD/parallel"
work=$(cd "$BUILD/parallel" && pwd)
amos=$(cd "$BUILD" && pwd)/amos
HOME=$work && export HOME # parallel keeps files there

in_work() { (cd "$work" && "$@"); }
shards() { in_work parallel --will-cite -j 2 "'$amos' score -r set -p set/predictions --shard {}/6 --parts parts --resume" ::: "$@"; }
make_data() { in_work "$amos" phantom set --cases 12 --size 64x56x24 --predictions -j 2; }
some() { shards 1 2 4 6; }
missing() { [ "$(in_work "$amos" merge parts --missing)" = --array=3,5 ]; }
rest() { shards 1 2 3 4 5 6 >"$work/out" && [ "$(grep -c 'is whole, nothing to do' "$work/out")" = 4 ]; }
equals() {
    in_work "$amos" score -r set -p set/predictions --json >"$work/one" &&
        in_work "$amos" merge parts --json >"$work/all" && in_work cmp one all
}

check "a data set with predictions" make_data
check "four of six shards" some
check "the two others are missing" missing
check "all six with --resume: four have nothing to do" rest
check "the whole is that of one run" equals
