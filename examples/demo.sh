#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# `make demo` runs this: the main commands on a data set of artificial bodies, or on the data set in DATA. DATA is only
# read; all output is written to $BUILD/demo. A bad file stops no later step; the end says which steps found one.
set -u
: "${BUILD:=build}" "${DATA:=}"
amos=$BUILD/amos
out=$BUILD/demo
data=${DATA:-$out/phantom}
mkdir -p "$out" || exit

wrong=
note() { # STEP
    wrong="$wrong
  $*"
}

step() { # COMMAND...
    printf '\n$ %s\n' "$*"
    "$@" || note "$*"
}

if [ -z "$DATA" ]; then
    rm -rf "$data"
    step "$amos" phantom "$data" --predictions
fi
step "$amos" list "$data"
step "$amos" stats "$data"
step "$amos" check "$data"

pictures=
if "$amos" --version | grep -qx 'libpng off'; then
    printf '\nThis build has no libpng, so it draws no pictures.\n'
else
    pictures=$out/pictures
    rm -rf "$pictures"
    step "$amos" view "$data" -o "$pictures/" --sheet "$out/sheet.png"
fi

if [ -z "$DATA" ]; then
    rm -rf "$out/worst"
    step "$amos" score --reference "$data" --prediction "$data/predictions" --tolerance 1 \
        ${pictures:+--worst 2 --pictures "$out/worst"}
fi

printf '\n'
[ -z "$pictures" ] || printf 'The pictures are in %s, and on one sheet in %s\n' "$pictures" "$out/sheet.png"
[ -z "$pictures" ] || [ -n "$DATA" ] || printf 'Those of the worst predictions are in %s\n' "$out/worst"
printf 'Next commands to try:\n'
printf '  %s info FILE.nii.gz              the header and geometry of a volume\n' "$amos"
printf '  %s view FILE.nii.gz -o OUT.png   a picture of a volume\n' "$amos"
printf '  %s report DIR -o OUT             pages of a data set for a browser\n' "$amos"
printf '  %s --help                        everything else\n' "$amos"
[ -n "$DATA" ] || printf '  make demo DATA=/path/to/amos22           the same on your copy of AMOS\n'
[ -z "$wrong" ] && exit
printf '\nThese commands found problems in the data, or failed; their messages are above:%s\n' "$wrong"
exit 1
