#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Builds, packages and uses libamos in new Debian roots that have nothing else, of each release that is named. Needs root,
# debootstrap and the network. `make check-roots` calls it. What runs inside a root is in tests/run/inside.
#
# usage: roots.sh FOLDER [RELEASE...]
#
# STEPS='build packages upgrade autopkgtest multiarch wheel' selects some. FOLDER/given has what the roots are given:
# the source archive and the wheel. A release that the mirror does not have is left out, and the last lines say so.
set -eu
. tests/run/debian.sh
: "${BUILD:=build}" "${STEPS:=build packages upgrade autopkgtest multiarch wheel}"
roots=$1
shift
[ $# -gt 0 ] || set -- bookworm trixie
mkdir -p "$roots"
roots=$(cd "$roots" && pwd)
archive=$(ls "$BUILD"/libamos-*.tar.gz)

is_served() { # RELEASE
    [ -e "/usr/share/debootstrap/scripts/$1" ] &&
        /usr/lib/apt/apt-helper download-file "$DEBIAN_MIRROR/dists/$1/Release" "$roots/Release" >/dev/null 2>&1
}

# The base system of a release, once.
base_of() { # RELEASE
    [ ! -e "$roots/$1.tar" ] || return 0
    rm -rf "${roots:?}/$1"
    debootstrap --variant=minbase "$1" "$roots/$1" "$DEBIAN_MIRROR" >"$roots/$1.log" || { cat "$roots/$1.log" && return 1; }
    cp /etc/apt/apt.conf.d/* "$roots/$1/etc/apt/apt.conf.d/" 2>/dev/null || true
    tar -C "$roots/$1" -cf "$roots/$1.tar.new" .
    mv "$roots/$1.tar.new" "$roots/$1.tar"
    rm -rf "${roots:?}/$1"
}

leave() {
    for folder in dev/pts proc; do umount "$roots/root/$folder" 2>/dev/null || true; done
    rm -rf "${roots:?}/root"
}

# A new root with the sources in /src, and the folder of what is given to it and what it gives back in /given.
enter() { # RELEASE
    leave
    mkdir "$roots/root"
    tar -C "$roots/root" -xf "$roots/$1.tar"
    mkdir -p "$roots/root/src" "$roots/root/etc/ssl/certs"
    cp /etc/resolv.conf "$roots/root/etc/"
    cp -L /etc/ssl/certs/ca-certificates.crt "$roots/root/etc/ssl/certs/" 2>/dev/null || true
    tar -xzf "$archive" -C "$roots/root/src" --strip-components=1
    cp -r "$roots/given" "$roots/root/given"
    mount -t proc proc "$roots/root/proc"
    mkdir -p "$roots/root/dev/pts"
    mount -t devpts -o ptmxmode=0666 devpts "$roots/root/dev/pts" # a terminal of its own, for tests
}

inside() { # COMMAND...
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive HOME=/root \
        chroot "$roots/root" "$@"
}

step() { # RELEASE NAME
    echo "== $1: $2"
    enter "$1"
    inside sh -c 'apt-get -q update >/dev/null'
    inside sh "/src/tests/run/inside/$2.sh"
    rm -rf "$roots/given"
    mv "$roots/root/given" "$roots/given"
    leave
}

trap leave EXIT
done_in='' left=''
for release in "$@"; do
    if ! is_served "$release"; then
        echo "Skipped: $DEBIAN_MIRROR has no $release, or this debootstrap does not know it."
        left="$left $release"
        continue
    fi
    base_of "$release"
    rm -rf "$roots/given"
    mkdir "$roots/given"
    cp "$archive" "$BUILD"/roots-wheel/*.whl "$roots/given/"
    for name in $STEPS; do step "$release" "$name"; done
    done_in="$done_in $release"
done
[ -n "$done_in" ] || { echo "No release could be had." && exit 1; }
echo "All steps ($STEPS) passed in:$done_in.${left:+ Not tried:$left.}"
