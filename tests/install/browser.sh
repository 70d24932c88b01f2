#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The viewer in a real browser, Debian's Chromium: keys, pictures, the way of a reviewer, hostile data sets, 600 cases, and
# accessibility by axe-core of the npm registry, if npm can have it.
set -u
. tests/run/report.sh
: "${BUILD:=build}" "${PYTHON:=/usr/bin/python3}"
axe=4.14.1
mkdir -p "$BUILD/browser/npm"
work=$(cd "$BUILD/browser" && pwd)
rm -rf "$work/work"

for program in chromium chromedriver; do
    command -v "$program" >/dev/null || { fail "$program is missing (make deps GROUPS=check)" && exit 1; }
done

# Installed once for a build folder.
AXE=$work/npm/node_modules/axe-core/axe.min.js
[ -e "$AXE" ] || npm install --prefix "$work/npm" --no-save --no-audit --no-fund --ignore-scripts --fetch-retries=0 \
    --fetch-timeout=20000 "axe-core@$axe" >"$work/npm.log" 2>&1 || AXE=
export AXE

# What the tests open is what the command has.
sh cli/viewer/embed.sh >"$work/viewer_files.c"
check "the build has the viewer's files as they are" cmp "$work/viewer_files.c" "$BUILD/cli/viewer/viewer_files.c"

AMOS_COMMAND=$(cd "$BUILD" && pwd)/amos BROWSER_WORK=$work/work "$PYTHON" tests/browser/all.py || fail "tests/browser/all.py ended with $?"
