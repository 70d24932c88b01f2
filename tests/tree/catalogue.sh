#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Every row of docs/catalogue.md has a test that names its id, and every id that a test names has a row there. A test's
# name is that of its START_TEST, or of the table row that it runs. The number of rows in the first line is right.
set -u
cd "$(dirname "$0")/../.." || exit 1

# One id per line, in the order of the tables.
rows=$(sed -n 's/^| \([A-Z][0-9][0-9]\) |.*/\1/p' docs/catalogue.md)
twice=$(echo "$rows" | sort | uniq -d)
# The ids of each letter count from 01 without a gap.
gaps=$(echo "$rows" | sort -u | awk '{ letter = substr($0, 1, 1); n[letter]++; if (substr($0, 2) + 0 != n[letter]) print }')

# One id per line; a row "H39-H42" means all four.
tested=$({
    find tests -name 'test_*.c' -exec sed -n 's/^START_TEST(\([A-Za-z0-9_]*\).*/\1/p' {} + | tr 'a-z_' 'A-Z\n'
    find tests -name 'test_*.c' -exec grep -oh '"[GHPJNFCUMVS][0-9][0-9]\(-[GHPJNFCUMVS][0-9][0-9]\)\{0,1\}["_ -]' {} + |
        tr -d '"_ ' | sed 's/-$//'
} | awk -F- '/^[GHPJNFCUMVS][0-9][0-9]$/ || /^[GHPJNFCUMVS][0-9][0-9]-[GHPJNFCUMVS][0-9][0-9]$/ {
    for (n = substr($1, 2); n <= substr($NF, 2) + 0; n++) printf "%s%02d\n", substr($1, 1, 1), n
}' | sort -u)

# F26, closing a handle that another thread still uses, is the caller's mistake; a test can only check that the header
# says so.
if grep -q 'only amos_volume_free() must be alone' include/amos/volume.h; then
    tested="$tested
F26"
fi

# shellcheck disable=SC2086 # lists
printf '%s\n' $tested - $rows | awk '
    $0 == "-" { known = 1; next }
    !known { tested[$0]; next }
    { rows[$0]; print ($0 in tested ? "ok: " : "FAIL: no test names ") $0 }
    END { for (id in tested) if (!(id in rows)) print "FAIL: a test names " id ", which docs/catalogue.md does not have" }'
if [ -n "$rows" ] && [ -z "$twice$gaps" ]; then
    echo "ok: docs/catalogue.md has each row once"
else
    echo "FAIL: rows of docs/catalogue.md that are there twice, or follow a gap:" "$twice" "$gaps"
fi

# The page's first line has the number of its rows. Two branches that add rows merge without a conflict there.
has_its_count() {
    awk '/^[0-9]+ odd, broken or hostile inputs/ { said = $1 } /^\| [A-Z][0-9][0-9] \|/ { rows++ } END { exit said + 0 != rows }'
}
if has_its_count <docs/catalogue.md; then
    echo "ok: the first line of docs/catalogue.md has the number of rows"
else
    echo "FAIL: docs/catalogue.md has $(echo "$rows" | wc -l) rows, and its first line says otherwise"
fi
if printf '2 odd, broken or hostile inputs\n| G01 | one | OK |\n' | has_its_count; then
    echo "FAIL: a wrong number of rows is not found"
else
    echo "ok: a wrong number of rows would be found"
fi
