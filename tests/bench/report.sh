#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Time, memory and size of reports: N cases (default 600) of 256 x 256 x 100 voxels, and FULL (default 20) of 512 x 512 x 120. They
# are links to 20 artificial bodies of each size, three of ten MRI, with predictions. AMOS names the command, THREADS how many
# threads it has (default 2).
#
#   sh tests/bench/report.sh [N] [FULL] [FOLDER]
set -eu
amos=${AMOS:-build/amos}
threads=${THREADS:-2}
count=${1:-600}
full=${2:-20}
folder=${3:-$(mktemp -d)}

# Links the n-th body of a modality to a case of its own.
link_case() { # FROM TO FIRST-ID ID...
    from=$1 to=$2 id=$3
    for part in images:imagesTr labels:labelsTr predictions:predictions; do
        for file in "$from/${part%%:*}"*/"$id.nii.gz"; do
            [ -e "$file" ] && ln -f "$file" "$to/${part##*:}/$4.nii.gz"
        done
    done
}

mkdir -p "$folder"

make_set() { # NAME SIZE CASES
    [ ! -d "$folder/$1" ] || return 0
    "$amos" phantom "$folder/$1-bodies" --cases 20 --size "$2" --predictions -j "$threads" >/dev/null
    mkdir -p "$folder/$1/imagesTr" "$folder/$1/labelsTr" "$folder/$1/predictions"
    n=1
    while [ "$n" -le "$3" ]; do
        for file in "$folder/$1-bodies/predictions"/*.nii.gz; do
            [ "$n" -le "$3" ] || break
            id=$(basename "$file" .nii.gz)
            number=$n
            case $id in amos_05*) number=$((n + 6900)) ;; esac # MRI by its number
            link_case "$folder/$1-bodies" "$folder/$1" "$id" "$(printf 'amos_%04d' "$number")"
            n=$((n + 1))
        done
    done
}

# Prints the seconds and the largest memory of a report, and the size of its files.
measure() { # NAME TEXT
    /usr/bin/time -f "$2: %e s, %U s user, %S s system, %M KiB" "$amos" report "$folder/$1" -p "$folder/$1/predictions" \
        -o "$folder/$1-report" -j "$threads" >/dev/null
    bytes=$(cat "$folder/$1-report"/cases/*.js | wc -c)
    start=$(cat "$folder/$1-report"/index.html "$folder/$1-report"/*.js "$folder/$1-report"/*.css | wc -c)
    files=$(find "$folder/$1-report/cases" -name '*.js' | wc -l)
    echo "  $files cases, $bytes bytes, $((bytes / files)) of each; start page $start bytes"
}

make_set small 256x256x100 "$count"
make_set full 512x512x120 "$full"
for name in small full; do
    rm -rf "$folder/$name-report"
    measure $name "$name"
    measure $name "$name, all kept"
done
rm -rf "$folder/small-report" "$folder/full-report"
