#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Open MPI itself: four processes that mpirun starts, without a line of MPI in amos.
set -u
. tests/run/report.sh
: "${BUILD:=build}"
rm -rf "${BUILD:?}/openmpi"
mkdir -p "$BUILD/openmpi"
work=$(cd "$BUILD/openmpi" && pwd)
amos=$(cd "$BUILD" && pwd)/amos
# Open MPI keeps files of its session here; a path of a socket is short.
TMPDIR=$(mktemp -d) && export TMPDIR || exit 1
trap 'rm -rf "$TMPDIR"' EXIT

in_work() { (cd "$work" && "$@"); }
mpi() { in_work mpirun --allow-run-as-root --oversubscribe -n 4 "$amos" "$@" --shard auto --parts parts -j 1; }
merge() { in_work "$amos" merge parts "$@"; }
make_data() { in_work "$amos" phantom set --cases 12 --size 64x56x24 --predictions -j 2; }
parts_are() { [ "$(in_work ls parts)" = "$(printf '%s\n' "$@")" ]; }
equals() { # FORMAT COMMAND..., where FORMAT is an option
    format=$1
    shift
    rm -rf "$work/parts"
    mpi "$@" && in_work "$amos" "$@" "$format" >"$work/one" && merge "$format" >"$work/all" && in_work cmp one all
}
cached() {
    rm -rf "$work/parts"
    mpi cache build set --folder cache &&
        [ "$(merge)" = "cache build: 4 shards with 12 files or cases: 12 good, 0 failed" ] &&
        in_work "$amos" cache build set --folder cache | grep -q ' 0 built, 0 built again, 12 already there'
}
contradicted() { # torchrun's variables are set too, and say something else
    rm -rf "$work/parts"
    ! (export RANK=0 WORLD_SIZE=2 && mpi check set) >"$work/out" 2>&1 &&
        grep -q 'Open MPI says that this is process . of 4, and torchrun says 1 of 2' "$work/out"
}

check "a data set with predictions" make_data
check "amos stats by four processes: the table" equals -- stats set
check "four parts" parts_are 1-of-4.jsonl 2-of-4.jsonl 3-of-4.jsonl 4-of-4.jsonl
check "amos score by four processes: CSV" equals --csv score -r set -p set/predictions
check "amos check by four processes: JSON" equals --json check set
check "amos cache build by four processes into one folder" cached
check "variables that contradict each other are refused" contradicted
