#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Builds, tests, installs and uninstalls from the archive of `make dist`, in a folder without git. Nothing is left of the
# installation, and `make clean` leaves the files of the archive.
set -eu
: "${MAKE:=make}" "${BUILD:=build}" "${DIST:?}"
rm -rf "${BUILD:?}/distcheck"
mkdir -p "$BUILD/distcheck"
work=$(cd "$BUILD/distcheck" && pwd)
tar -xzf "$BUILD/$DIST.tar.gz" -C "$work"
cd "$work/$DIST"
export GIT_CEILING_DIRECTORIES="$work"
# The make that called this has variables and jobs of its own.
unset MAKEFLAGS MFLAGS MAKELEVEL BUILD LIBOUT
everything_below() { (cd "$1" && find . | sort); }

everything_below . >"$work/archive"
$MAKE
$MAKE test
mkdir -p "$work/prefix/share/man" "$work/stage"
echo kept >"$work/prefix/share/man/other.txt"
everything_below "$work/prefix" >"$work/before"
for target in install install-python; do
    $MAKE $target PREFIX="$work/prefix"
    $MAKE $target PREFIX=/usr DESTDIR="$work/stage"
done
"$work/prefix/bin/amos" --version
for target in uninstall-python uninstall; do
    $MAKE $target PREFIX="$work/prefix"
    $MAKE $target PREFIX=/usr DESTDIR="$work/stage"
done
everything_below "$work/prefix" | diff "$work/before" -
[ "$(everything_below "$work/stage")" = . ]
$MAKE dist
cmp "build/$DIST.tar.gz" "$work/../$DIST.tar.gz"
$MAKE clean
find . -name __pycache__ -prune -exec rm -rf {} +
everything_below . | diff "$work/archive" -
echo "The archive builds, passes its tests, installs, uninstalls without a trace, and makes itself again."
