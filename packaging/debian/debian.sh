#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Makes debian/ of the tree in the folder FOLDER, a copy of the sources: `make deb` calls it.
#
# usage: debian.sh FOLDER VERSION
set -eu
to=$1/debian
mkdir -p "$to"
cp -r packaging/debian/. "$to"
rm "$to/debian.sh" "$to"/*.in
sed "s|@VERSION@|$2|" packaging/debian/changelog.in >"$to/changelog"
overrides() { # FILE PACKAGE...
    file=packaging/debian/$1
    shift
    for package in "$@"; do sed "s|@PACKAGE@|$package|" "$file" >>"$to/$package.lintian-overrides"; done
}
overrides lintian-overrides.in libamos0 libamos-dev amos python3-amos
overrides lintian-overrides-elf.in libamos0 amos python3-amos
# The functions of the version map, each since this version: until 1.0 the package depends on the version built with.
symbols() { # SONAME MAP VERSION
    echo "$1 libamos0 #MINVER#"
    version=$(sed -n 's/^\(AMOS_[A-Z0-9_.]*\) {$/\1/p' "$2")
    echo " $version@$version $3"
    sed -n "s/^    \(amos_[a-z0-9_]*\);\$/ \1@$version $3/p" "$2"
}
{
    symbols libamos-http.so.0 http/libamos-http.map "$2"
    symbols libamos.so.0 src/libamos.map "$2"
} >"$to/libamos0.symbols"
# Packages keep the times of files that are older than the changelog. Here all have its date, so that the same sources give
# the same bytes.
find "$1" -exec touch -d "$(sed -n 's/^ -- .*>  //p' "$to/changelog")" {} +
