#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# In a bare root: builds the Debian packages twice, in other folders, from files of other times, in another time zone and
# language and with another umask, and compares them byte by byte. Then builds those of the next revision.
#
# /given has the source archive; the packages come to /given/debs and /given/next.
set -eu
# shellcheck source=tests/run/inside/apt.sh
. /src/tests/run/inside/apt.sh
archive=$(ls /given/libamos-*.tar.gz)
version=${archive##*/libamos-} version=${version%.tar.gz}

unpack() { # FOLDER DATE
    mkdir -p "$1/libamos-$version"
    tar -xzf "$archive" -C "$1/libamos-$version" --strip-components=1
    find "$1" -type f -exec touch -d "$2" {} +
    (cd "$1/libamos-$version" && sh packaging/debian/debian.sh . "$version")
}
build() { # FOLDER OPTIONS-OF-BUILD ARGUMENT...
    (cd "$1/libamos-$version" && options=$2 && shift 2 &&
        quiet env DEB_BUILD_OPTIONS="$options" dpkg-buildpackage --no-sign --build=binary "$@")
}

quiet sh -c 'cd /src && sh packages.sh --install build deb'
unpack /one 2001-01-01
build_needs "/one/libamos-$version"
echo "-- dpkg-buildpackage"
build /one nocheck
lintian --version
(cd /one && lintian --fail-on error,warning ./*.changes)
mkdir /given/debs /given/next
cp /one/*.deb /given/debs/
rm -f /given/debs/*-dbgsym_*

echo "-- and once more, elsewhere"
unpack "/another/place/of a name with blanks" 2024-02-29
mv "/another/place/of a name with blanks" /another/place/further
(umask 002 && export TZ=Asia/Tokyo LC_ALL=C && build /another/place/further 'nocheck parallel=1')
count=0
for deb in /one/*.deb; do
    cmp "$deb" "/another/place/further/${deb##*/}" || {
        dpkg-deb --contents "$deb" >/tmp/one
        dpkg-deb --contents "/another/place/further/${deb##*/}" | diff /tmp/one -
        exit 1
    }
    count=$((count + 1))
done
[ "$count" = 7 ] || { echo "There are $count packages, and should be 7." && exit 1; }
echo "$count packages, with those of debugging symbols, are the same byte by byte."

echo "-- the next revision"
(cd "/one/libamos-$version" && sed "s/-1) /-2) /" debian/changelog >/tmp/entry && echo >>/tmp/entry &&
    cat debian/changelog >>/tmp/entry && cp /tmp/entry debian/changelog)
build /one nocheck --no-pre-clean
mv /one/*"$version-2"_*.deb /given/next/
rm -f /given/next/*-dbgsym_*
cp -r "/one/libamos-$version" /given/source
