#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# `make demo DATA=...` goes on after a bad file, and says at its end which commands found one.
set -u
. tests/run/report.sh
: "${BUILD:=build}"
work=$BUILD/test-demo
rm -rf "$work"
mkdir -p "$work/demo"
ln -s ../amos "$work/amos"

check "a data set is made" "$BUILD/amos" phantom "$work/good" --cases 3 --size 24x20x12
cp -r "$work/good" "$work/bad"
printf 'no image' >"$work/bad/labelsTr/amos_0001.nii.gz"

run_demo() { # DATA
    BUILD=$work DATA=$1 sh examples/demo.sh >"$work/out" 2>"$work/err" </dev/null
}

check "the demo of good data succeeds" run_demo "$work/good"
run_demo "$work/bad"
check "the demo of bad data exits with 1" test $? = 1
for command in list stats check view; do
    check "after a bad file: amos $command" grep -q "^\\$ .*/amos $command " "$work/out"
done
check "the end says so" grep -q '^These commands found problems in the data' "$work/out"
check "the end names the check" sh -c "sed -n '/^These commands/,\$p' '$work/out' | grep -q '/amos check '"
if ! "$BUILD/amos" --version | grep -qx 'libpng off'; then
    drawn=$(find "$work/demo/pictures" -name '*.png' | wc -l)
    check "the other cases are drawn" test "$drawn" -ge 1
fi
