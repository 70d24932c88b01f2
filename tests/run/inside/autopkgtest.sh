#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# In a bare root: Debian's autopkgtest installs the packages of /given/debs and runs packaging/debian/tests.
set -eu
# shellcheck source=tests/run/inside/apt.sh
. /src/tests/run/inside/apt.sh
apt_install autopkgtest dpkg-dev
autopkgtest --version 2>/dev/null || dpkg-query -W autopkgtest
autopkgtest --no-built-binaries --summary-file=/tmp/summary /given/debs/*.deb /given/source/ -- null >/tmp/log 2>&1 || {
    cat /tmp/log && exit 1
}
cat /tmp/summary
grep -q '^programs  *PASS' /tmp/summary
