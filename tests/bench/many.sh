#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Time and memory of many tiny cases: N copies (default 9,999) of an artificial case are cached, scored as JSON, and
# the scores compared. Here what every case costs besides its voxels is seen. AMOS names the command.
#
#   sh tests/bench/many.sh [N] [FOLDER]
set -eu
amos=${AMOS:-build/amos}
count=${1:-9999}
folder=${2:-$(mktemp -d)}
set=$folder/many-$count

if [ ! -d "$set" ]; then
    "$amos" phantom "$folder/one" --cases 1 --size 16x14x12 --predictions >/dev/null
    mkdir -p "$set/imagesTr" "$set/labelsTr" "$set/predictions"
    image=$(find "$folder/one/imagesTr" -name '*.nii.gz' | head -n 1)
    label=$folder/one/labelsTr/${image##*/}
    prediction=$(find "$folder/one" -path '*rediction*' -name "${image##*/}" | head -n 1)
    n=1
    while [ "$n" -le "$count" ]; do
        name=$(printf 'amos_%04d.nii.gz' "$n")
        cp "$image" "$set/imagesTr/$name"
        cp "$label" "$set/labelsTr/$name"
        cp "$prediction" "$set/predictions/$name"
        n=$((n + 1))
    done
fi

# Prints the seconds and the largest memory of a command.
measure() {
    /usr/bin/time -f "%e s, %M KiB: $1" "$amos" "$@" >/dev/null
}

rm -rf "$folder/cache"
measure cache build "$set" --folder "$folder/cache"
measure cache build "$set" --folder "$folder/cache"
measure score -r "$set/labelsTr" -p "$set/predictions" --json -o "$folder/scores.json"
measure score -r "$set/labelsTr" -p "$set/predictions" --json
measure score-compare "$folder/scores.json" "$folder/scores.json"
rm -rf "$folder/cache"
