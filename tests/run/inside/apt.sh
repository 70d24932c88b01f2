# SPDX-License-Identifier: BSD-3-Clause
# For the scripts that tests/run/roots.sh runs inside a bare root of Debian (". /src/tests/run/inside/apt.sh"): installing
# packages in few words, and the list of files of the root.
# shellcheck shell=sh
ours='libamos0 libamos-dev amos python3-amos'

# Prints what apt says only if it fails.
quiet() { # COMMAND...
    "$@" >/tmp/said 2>&1 || { cat /tmp/said && return 1; }
}
apt_install() { # PACKAGE...
    quiet apt-get -q -y -o Dpkg::Use-Pty=0 install --no-install-recommends "$@"
}
# What debian/control of a source package names.
build_needs() { # FOLDER OPTION...
    folder=$1
    shift
    quiet apt-get -q -y -o Dpkg::Use-Pty=0 build-dep --no-install-recommends "$@" "$folder"
}

# set -e does not see "! command".
fails() { # COMMAND...
    if "$@"; then return 1; fi
}

# Every file, but not those of the kernel, of apt and of the test itself.
files_of_root() {
    find / -xdev \( -path /proc -o -path /dev -o -path /tmp -o -path /given -o -path /src -o -path /var/cache -o \
        -path /var/lib/apt -o -path /var/log -o -path /var/lib/dpkg/triggers \) -prune -o -print | sort
}

# What the packages need and the root does not have, without our packages.
needs_of() { # FILE...
    apt-get -q -y -s install --no-install-recommends "$@" | sed -n 's/^Inst \([^ ]*\) .*/\1/p' |
        while read -r package; do
            case " $ours " in *" ${package%%:*} "*) ;; *) echo "$package" ;; esac
        done
}
