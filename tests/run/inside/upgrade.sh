#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# In a bare root: installs the packages of /given/debs, uses them as the README says, upgrades to those of /given/next,
# removes and purges them. The root has then the same files as before.
set -eu
# shellcheck source=tests/run/inside/apt.sh
. /src/tests/run/inside/apt.sh
use() { (cd /src && sh packaging/debian/tests/programs); }
version_of() { dpkg-query -W -f '${Version}' "$1"; }
nothing_left() { # WHEN
    files_of_root >/tmp/after
    diff /tmp/before /tmp/after || { echo "$1: these files are left" && return 1; }
}

apt_install gcc libc6-dev pkg-config
# shellcheck disable=SC2046 # a list
apt_install $(needs_of /given/debs/*.deb)
files_of_root >/tmp/before

echo "-- install"
apt_install /given/debs/*.deb
first=$(version_of amos)
use
for file in bash-completion/completions/amos zsh/vendor-completions/_amos fish/vendor_completions.d/amos.fish man/man1/amos.1.gz; do
    [ -s "/usr/share/$file" ]
done
dpkg -L libamos0 libamos-dev amos python3-amos | sort >/tmp/files-first

echo "-- upgrade"
apt_install /given/next/*.deb
for package in $ours; do
    [ "$(version_of "$package")" != "$first" ]
    dpkg --verify "$package"
done
dpkg -L libamos0 libamos-dev amos python3-amos | sort | diff /tmp/files-first -
use

echo "-- remove"
# shellcheck disable=SC2086 # a list
quiet apt-get -q -y remove $ours
nothing_left "after remove"
echo "-- purge"
# shellcheck disable=SC2086 # a list
quiet dpkg --purge $ours
nothing_left "after purge"
dpkg -l >/tmp/packages
fails grep amos /tmp/packages
echo "Installed, used, upgraded, used, removed and purged: the root has the files that it had before."
