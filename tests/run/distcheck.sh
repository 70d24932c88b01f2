#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Builds, tests, installs and uninstalls from the archive of `make dist`, in a folder without git.
set -eu
: "${MAKE:=make}" "${BUILD:=build}" "${DIST:?}"
rm -rf "$BUILD/distcheck"
mkdir -p "$BUILD/distcheck"
work=$(cd "$BUILD/distcheck" && pwd)
tar -xzf "$BUILD/$DIST.tar.gz" -C "$work"
cd "$work/$DIST"
export GIT_CEILING_DIRECTORIES="$work"
$MAKE
$MAKE test
$MAKE install PREFIX="$work/prefix"
"$work/prefix/bin/amos" --version
$MAKE uninstall PREFIX="$work/prefix"
[ -z "$(find "$work/prefix" -mindepth 1)" ]
$MAKE dist
cmp "build/$DIST.tar.gz" "$work/../$DIST.tar.gz"
echo "The archive builds, passes its tests, installs, uninstalls, and makes itself again."
