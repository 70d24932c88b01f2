#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# In a bare root of amd64: builds libamos0, libamos-dev and amos for i386 by the cross compiler, installs them beside those
# of amd64 (dpkg refuses files that differ), and runs a 32-bit program against them.
set -eu
# shellcheck source=tests/run/inside/apt.sh
. /src/tests/run/inside/apt.sh
archive=$(ls /given/libamos-*.tar.gz)
version=${archive##*/libamos-} version=${version%.tar.gz}
dpkg --add-architecture i386
quiet apt-get -q update
apt_install crossbuild-essential-i386
mkdir -p /cross/libamos /given/i386
tar -xzf "$archive" -C /cross/libamos --strip-components=1
cd /cross/libamos
sh packaging/debian/debian.sh . "$version"
build_needs /cross/libamos --host-architecture i386 --build-profiles cross,nocheck,nopython
echo "-- dpkg-buildpackage for i386"
quiet env DEB_BUILD_OPTIONS=nocheck dpkg-buildpackage --no-sign --build=any --host-arch=i386 \
    --build-profiles=cross,nocheck,nopython
cp ../*_i386.deb /given/i386/
rm -f /given/i386/*-dbgsym_*
ls /given/i386

echo "-- both architectures side by side"
# libnifti2-dev of Debian cannot be installed for two architectures, so libamos-dev of amd64 goes without it here.
apt_install /given/debs/libamos0_*.deb /given/i386/libamos0_*.deb
quiet dpkg --install --force-depends /given/debs/libamos-dev_*.deb /given/i386/libamos-dev_*.deb
for package in libamos0 libamos-dev; do
    for architecture in amd64 i386; do
        dpkg --verify "$package:$architecture"
        dpkg -L "$package:$architecture" | while read -r path; do [ -d "$path" ] || echo "$path"; done | sort \
            >"/tmp/$package.$architecture"
    done
    comm -12 "/tmp/$package.amd64" "/tmp/$package.i386" >/tmp/shared
    [ -s /tmp/shared ]
    echo "$package: $(wc -l </tmp/shared) files are the same in both," \
        "$(comm -3 "/tmp/$package.amd64" "/tmp/$package.i386" | wc -l) belong to one"
    fails grep "/usr/lib/[a-z0-9_]*-linux-gnu/" /tmp/shared
done

echo "-- a program of 32 bits"
# shellcheck disable=SC2016 # backquotes of Markdown
sed -n '/^```c$/,/^```$/p' /src/README.md | sed '/^```/d' >/tmp/liver.c
# shellcheck disable=SC2046 # flags are words
i686-linux-gnu-gcc -Wall /tmp/liver.c $(i686-linux-gnu-pkg-config --cflags --libs libamos) -o /tmp/liver
/tmp/liver /nowhere.nii.gz >/tmp/out 2>&1 && exit 1
grep nowhere /tmp/out
