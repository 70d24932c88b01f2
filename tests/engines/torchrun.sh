#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# torchrun itself, which starts three processes of amos and numbers them.
set -u
. tests/run/report.sh
: "${BUILD:=build}"
rm -rf "${BUILD:?}/torchrun"
mkdir -p "$BUILD/torchrun"
work=$(cd "$BUILD/torchrun" && pwd)
amos=$(cd "$BUILD" && pwd)/amos

in_work() { (cd "$work" && "$@"); }
make_data() { in_work "$amos" phantom set --cases 6 --size 48x40x24; }
# The redirects are those that PyTorch 1.13 can parse in Python 3.11; its default is not.
start() {
    in_work torchrun --standalone --nproc_per_node 3 --redirects 1 --tee 1 --log_dir log \
        --no_python "$amos" stats set --shard auto --parts parts -j 1
}
equals() {
    in_work "$amos" stats set --json >"$work/one" && in_work "$amos" merge parts --json >"$work/all" && in_work cmp one all
}

check "a data set" make_data
check "torchrun starts three shards" start
check "the whole is that of one run" equals
