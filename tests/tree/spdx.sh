#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Every source, header, script, Makefile, Python file and manual page names its licence in the first lines.
#
# usage: spdx.sh       checks it
#        spdx.sh add   adds the line to the files that lack it
set -u
. tests/run/report.sh
licence='SPDX-License-Identifier: BSD-3-Clause'

# Without build output and test inputs.
files() {
    find . -type d \( -name .git -o -path ./build -o -path ./lib -o -path './tests/fuzz/corpus' -o \
        -path './tests/fuzz/regressions' -o -name __pycache__ \) -prune -o -type f \( -name '*.[ch]' -o -name '*.cpp' -o \
        -name '*.hpp' -o -name '*.py' -o -name '*.pyi' -o -name '*.sh' -o -name '*.awk' -o -name '*.css' -o -name '*.js' -o -name '*.map' -o \
        -name '*.mk' -o -name '*.yml' -o -name Makefile -o -name Doxyfile -o -path './.ci/run' -o -path './man/*' \) -print | sort
}

# Those of the files whose first three lines do not name it.
# shellcheck disable=SC2016 # a program of awk
without_licence() {
    files | xargs awk -v licence="$licence" 'FNR <= 3 && index($0, licence) { print FILENAME } FNR >= 3 { nextfile }' |
        { cat && files; } | sort | uniq -u
}

# The line as a comment in the syntax of the file.
line_for() { # FILE
    case $1 in
    *.[ch] | *.css | *.map) echo "/* $licence */" ;;
    *.cpp | *.hpp | *.js) echo "// $licence" ;;
    ./man/*) printf '.\\" %s\n' "$licence" ;;
    *) echo "# $licence" ;;
    esac
}

# After "#!", which must stay first.
add() { # FILE
    {
        head -n 1 "$1" | grep '^#!'
        line_for "$1"
        if head -n 1 "$1" | grep -q '^#!'; then tail -n +2 "$1"; else cat "$1"; fi
    } >"$1.spdx" && cat "$1.spdx" >"$1" && rm "$1.spdx"
}

if [ "${1-}" = add ]; then
    without_licence | while read -r file; do add "$file"; done
    exit
fi

check "there are files to look at" test "$(files | wc -l)" -gt 100
missing=$(without_licence)
if [ -z "$missing" ]; then
    ok "all $(files | wc -l) files name their licence"
else
    fail "without '$licence' (sh tests/tree/spdx.sh add):" "$missing"
fi
