#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Calls and includes run downwards: the folders of the library stand in one order, and a folder uses only itself and those
# before it; no two files call each other, directly or in a circle. What the object files define and want decides. The
# command and the phantom use of the library its public interface and src/base, nothing else. No folder is too full to look through.
set -u
: "${BUILD:=build}"
# From the bottom to the top. A folder that is not listed fails. The command and the phantom stand on the public
# interface and on base.
layers='src/base/math src/base/system src/base/text src/base/error src/base/json src/base/work src/io src/io/inflate src/io/gzip
    src/io/zip src/io/seek src/io/deflate src/nifti src/volume src/masks src/write src/label src/components src/resample src/dataset src/quality src/quality/judge src/score src/prepare src/cache
    src/tiling src/loader'

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# FILE SYMBOL for each symbol that a file defines, and that it wants.
symbols() { # FOLDER...
    find "$@" -name '*.o' | sort | while read -r object; do
        file=${object#"$BUILD"/}
        [ ! -e "${file%.o}.c" ] || echo "$object" # else of a source that is gone
    done | xargs nm -A | awk -v build="$BUILD/" -v defs="$work/defined" -v wants="$work/wanted" '
        { file = $1; sub(/\.o:.*/, "", file); file = substr(file, length(build) + 1) }
        $(NF - 1) ~ /(^|:)U$/ { print file, $NF >>wants }
        $(NF - 1) ~ /^[TDBRVWC]$/ { print file, $NF >>defs }'
}

folders=
for folder in src cli phantom; do
    [ ! -d "$BUILD/$folder" ] || folders="$folders $BUILD/$folder"
done
: >"$work/defined"
: >"$work/wanted"
# shellcheck disable=SC2086 # a list of folders
symbols $folders

# FROM TO SYMBOL, for each call between two files.
awk 'NR == FNR { home[$2] = $1; next } ($2 in home) && home[$2] != $1 { print $1, home[$2], $2 }' \
    "$work/defined" "$work/wanted" >"$work/calls"

# FROM TO HEADER, for each include of the library's own headers.
find src -name '*.[ch]' | sort | xargs grep -H '^#include "' |
    sed 's/^\([^:]*\):#include "\([^"]*\)".*/\1 src\/\2 \2/' >"$work/includes"

# FILE HEADER FOUND for each include that is not public of the command and of the phantom: where make would find it.
find cli phantom -name '*.[ch]' | sort | xargs grep -H '^ *# *include ["<]' |
    sed 's/^\([^:]*\): *# *include ["<]\([^">]*\)[">].*/\1 \2/' | while read -r file header; do
    places='. src'
    case $file in cli/*) places='cli . src' ;; esac
    for place in $places; do
        [ ! -e "$place/$header" ] || { echo "$file $header $place/$header"; break; }
    done
done | sed 's|\([^ ]*\)/\./|\1/|; s| \./| |' >"$work/outer"

report() { # WHAT FILE-OF-FAULTS
    if [ -s "$2" ]; then
        while read -r line; do echo "FAIL: $line"; done <"$2"
    else
        echo "ok: $1"
    fi
}

# A folder below a listed one has its rank, if it has none of its own.
upwards() { # WHAT FILE
    awk -v order="$layers" -v what="$1" '
        function rank(path) {
            while (sub(/\/[^\/]*$/, "", path))
                if (path in place) return place[path]
            return 0
        }
        BEGIN { n = split(order, name); for (i = 1; i <= n; i++) place[name[i]] = i }
        $1 !~ /^src\// || $2 !~ /^src\// { next }
        !rank($1) { print $1 " is in a folder without a layer; add the folder to layers.sh." }
        rank($1) < rank($2) { print $1 " " what " " $3 " of " $2 ", which stands above it." }' "$2"
}

# Of what stands on the library: to its inside.
inwards() {
    awk '$3 ~ /^src\// && $3 !~ /^src\/base\// { print $1 " includes " $2 ", which is the inside of the library." }' "$work/outer"
    awk '$1 !~ /^src\// && $2 ~ /^src\// && $2 !~ /^src\/base\// && $3 !~ /^amos_/ {
        print $1 " calls " $3 " of " $2 ", which is the inside of the library." }' "$work/calls"
    awk '$1 ~ /^phantom\// && $2 ~ /^cli\// || $1 ~ /^phantom\// && $3 ~ /^cli\// {
        print $1 " uses " $2 "; the phantom stands below the command." }' "$work/calls" "$work/outer"
}

# A call from a to b is in a circle if b reaches a.
circles() {
    awk '
        function reaches(at, goal,  k, list, count) {
            if (at == goal) return 1
            if (at in been) return 0
            been[at] = 1
            count = split(calls[at], list)
            for (k = 1; k <= count; k++) if (reaches(list[k], goal)) return 1
            return 0
        }
        !(($1, $2) in seen) { seen[$1, $2] = 1; calls[$1] = calls[$1] " " $2; from[++n] = $1; to[n] = $2; what[n] = $3 }
        END {
            for (i = 1; i <= n; i++) {
                split("", been)
                if (reaches(to[i], from[i]))
                    print from[i] " calls " what[i] " of " to[i] ", which calls it back, directly or through others."
            }
        }' "$work/calls"
}

upwards calls "$work/calls" >"$work/up"
report "calls run downwards between folders ($(wc -l <"$work/calls") calls between files)" "$work/up"
upwards includes "$work/includes" >"$work/up"
report "includes run downwards between folders" "$work/up"
inwards >"$work/inwards"
report "the command and the phantom use the public interface and src/base" "$work/inwards"
grep -rnE '^ *# *include "' http | grep -v '"http/' >"$work/inwards"
report "libamos-http uses the public interface alone" "$work/inwards"
circles >"$work/circles"
report "no circle of files that call each other" "$work/circles"
find src http cli phantom -type f -name '*.[ch]' | sed 's|/[^/]*$||' | sort | uniq -c | awk '
    $1 > 25 { print $2 " holds " $1 " files; divide it by subject." }' >"$work/full"
report "no folder holds more than 25 files" "$work/full"
[ -s "$work/calls" ] || echo "FAIL: no calls were found below $BUILD; is it built?"
