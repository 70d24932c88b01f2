#!/bin/sh
# The manual pages are well formed and complete: every command and option of `amos`, every public function and status.
set -u
. tests/report.sh
: "${BUILD:=build}"
work=$BUILD/manual
mkdir -p "$work"

mentions() { # PAGE WORD
    grep -qE "(^|[^A-Za-z0-9_-])$2([^A-Za-z0-9_-]|\$)" "$work/$1"
}

for page in amos.1 libamos.3; do
    check "$page is well formed" mandoc -T lint -W warning "man/$page"
    mandoc -T ascii "man/$page" | sed 's/.\x08//g' >"$work/$page"
done

"$BUILD/amos" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z]*\) .*/\1/p' >"$work/commands"
check "amos --help lists commands" test -s "$work/commands"
while read -r command; do
    check "amos.1 explains amos $command" grep -qE "^ +amos $command( |\$)" "$work/amos.1"
    [ "$command" = help ] || "$BUILD/amos" "$command" --help | grep -oE -- '--[a-z][a-z-]*' | sort -u >"$work/options"
    while read -r option; do
        check "amos.1 explains $option of amos $command" mentions amos.1 "$option"
    done <"$work/options"
done <"$work/commands"

grep -ohE '\bamos_[a-z0-9_]+;' src/libamos.map | tr -d ';' | while read -r name; do
    check "libamos.3 names $name" mentions libamos.3 "$name"
done
grep -oE '\bAMOS_(E|W)_[A-Z0-9_]+' include/amos/status.h | sort -u | while read -r name; do
    check "libamos.3 explains $name" mentions libamos.3 "$name"
done
