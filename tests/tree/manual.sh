#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The manual pages are well formed and complete: every command and option of `amos`, every public function and status.
set -u
. tests/run/report.sh
: "${CC:=cc}" "${BUILD:=build}" "${LIBOUT:=lib}"
work=$BUILD/manual
mkdir -p "$work"

# Reads names from stdin; prints those that the page lacks.
mentions_all() { # PAGE
    missing=
    while read -r name; do
        grep -qE -- "(^|[^A-Za-z0-9_-])$name([^A-Za-z0-9_-]|\$)" "$work/$1" || missing="$missing $name"
    done
    [ -z "$missing" ] || { echo "missing:$missing" && false; }
}

check_names() { # TEXT PAGE NAMES
    check "there are names for: $1" test -s "$3"
    if output=$(mentions_all "$2" <"$3"); then ok "$2 has $1"; else fail "$2 has $1: $output"; fi
}

for page in amos.1 libamos.3; do
    check "$page is well formed" mandoc -T lint -W warning "man/$page"
    mandoc -T ascii "man/$page" | sed 's/.\x08//g' >"$work/$page"
done

"$BUILD/amos" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z-]*\) .*/amos \1/p' >"$work/commands"
check_names "every command" amos.1 "$work/commands"
while read -r _ command; do
    [ "$command" = help ] && continue
    "$BUILD/amos" "$command" --help | grep -oE -- '--[a-z][a-z-]*' | sort -u >"$work/options"
    check_names "every option of amos $command" amos.1 "$work/options"
done <"$work/commands"

# The columns of a score, from the table of measures; the percentile is the command's.
$CC -x c -Iinclude -o "$work/measures" - -L"$LIBOUT" -lamos -Wl,-rpath,"$(cd "$LIBOUT" && pwd)" <<'CODE'
#include <amos/amos.h>
#include <stdio.h>
int main(void)
{
    for (int i = 0; amos_measure_get(i); i++)
        puts(amos_measure_get(i)->column);
    return 0;
}
CODE
"$work/measures" | sed 's/^hd#$/hd95/' >"$work/columns"
check_names "every measure" amos.1 "$work/columns"

sed -n 's/^ *\(amos_[a-z0-9_]*\);$/\1/p' src/libamos.map >"$work/functions"
check_names "every function" libamos.3 "$work/functions"
grep -oE '\bAMOS_(E|W)_[A-Z0-9_]+' include/amos/status.h | sort -u >"$work/statuses"
check_names "every status and warning" libamos.3 "$work/statuses"
