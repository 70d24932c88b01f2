#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Installs the Debian packages and the wheel in new Debian roots that have nothing else, uses them as the README says,
# and removes them again. Needs root, debootstrap and the network. `make check-roots` calls it.
#
# usage: roots.sh FOLDER [SUITE]
set -eu
: "${BUILD:=build}"
roots=$1 suite=${2:-bookworm}
tree=$(pwd)
mkdir -p "$roots"

new_root() { # NAME
    umount "$roots/$1/proc" 2>/dev/null || true
    rm -rf "${roots:?}/$1"
    if [ ! -e "$roots/base.tar" ]; then
        debootstrap --variant=minbase "$suite" "$roots/base" http://deb.debian.org/debian >"$roots/debootstrap.log"
        cp /etc/apt/apt.conf.d/* "$roots/base/etc/apt/apt.conf.d/" 2>/dev/null || true
        tar -C "$roots/base" -cf "$roots/base.tar" .
        rm -rf "${roots:?}/base"
    fi
    mkdir "$roots/$1"
    tar -C "$roots/$1" -xf "$roots/base.tar"
    cp /etc/resolv.conf "$roots/$1/etc/"
    mkdir -p "$roots/$1/etc/ssl/certs"
    cp -L /etc/ssl/certs/ca-certificates.crt "$roots/$1/etc/ssl/certs/" 2>/dev/null || true
    mount -t proc proc "$roots/$1/proc"
}
inside() { # NAME COMMAND
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive HOME=/root \
        chroot "$roots/$1" sh -euc "$2"
}
apt='apt-get -q -y -o Dpkg::Use-Pty=0 install --no-install-recommends'

echo "== the packages, in a root that has nothing else"
new_root packages
mkdir "$roots/packages/given"
cp "$BUILD"/deb/*.deb "$tree/README.md" "$roots/packages/given/"
cp "$tree/packaging/debian/tests/programs" "$roots/packages/given/programs"
rm -f "$roots"/packages/given/*-dbgsym_*
inside packages "apt-get -q update >/dev/null; dpkg-query -W -f '\${Package}\n' | sort >/before
    $apt ./given/*.deb gcc libc6-dev pkg-config >/dev/null && cd /given && sh programs
    grep -q amos /usr/share/bash-completion/completions/amos && ls /usr/share/man/man1/amos.1.gz
    apt-get -q -y purge amos libamos0 libamos-dev python3-amos >/dev/null
    dpkg -l | grep amos && exit 1
    find / -xdev -name '*amos*' ! -path '/given/*' ! -path '/proc/*' ! -path '/tmp/*' ! -path '/var/*' | grep . && exit 1
    echo 'The packages were installed, used and removed, and left nothing.'"

echo "== the wheel, in a root with Python alone"
new_root wheel
mkdir "$roots/wheel/given"
cp "$BUILD"/roots-wheel/*.whl "$roots/wheel/given/"
# shellcheck disable=SC2016
sed -n '/^```python$/,/^```$/p' README.md | sed '/^```/d' >"$roots/wheel/given/readme.py"
inside wheel "apt-get -q update >/dev/null; $apt python3 python3-venv python3-numpy >/dev/null
    ! dpkg -l | grep -E 'libnifti2|libcjson|liblz4-dev|zlib1g-dev| gcc '
    python3 -m venv --system-site-packages /env && /env/bin/pip install --no-index /given/*.whl
    cd /given && /env/bin/amos phantom amos22 --cases 6 --size 64x52x30 --predictions && /env/bin/python readme.py
    /env/bin/python -m amos score -r amos22 -p amos22/predictions | tail -n 3
    /env/bin/pip uninstall -q -y libamos && ! find /env -path '*amos*' | grep .
    echo 'The wheel was installed, used and removed, and left nothing.'"

for root in packages wheel; do
    umount "$roots/$root/proc"
    rm -rf "${roots:?}/$root"
done
