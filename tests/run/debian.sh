# SPDX-License-Identifier: BSD-3-Clause
# For scripts that need Debian packages without installing them (". tests/run/debian.sh"): an apt of their own below a
# build folder, which ignores this machine's packages and does not change them.
# shellcheck shell=sh
: "${DEBIAN_MIRROR:=http://deb.debian.org/debian}"
debian=

debian_apt() { # ARGUMENT-OF-APT-GET...
    apt-get -q -y -o APT::Architecture="$architecture" -o APT::Architectures::="$architecture" \
        -o Dir::State="$debian/state" -o Dir::State::status="$debian/status" -o Dir::Cache="$debian/cache" \
        -o Dir::Etc::sourcelist="$debian/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::Etc::preferencesparts=/dev/null -o APT::Sandbox::User=root -o Acquire::Languages=none "$@"
}

debian_begin() { # FOLDER ARCHITECTURE deb|deb-src
    debian=$1/apt architecture=$2
    mkdir -p "$debian/state/lists/partial" "$debian/cache/archives/partial"
    : >"$debian/status"
    # shellcheck disable=SC1091 # every Debian has it
    release=$(. /etc/os-release && [ "$ID" = debian ] && echo "$VERSION_CODENAME")
    if [ -z "$release" ]; then
        echo "This needs Debian: it takes packages of this system's own release." >&2
        return 1
    fi
    echo "$3 [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $DEBIAN_MIRROR $release main" \
        >"$debian/sources.list"
    debian_apt update
}

debian_end() { rm -r "$debian"; }

# Unpacks packages of an architecture and all their dependencies into FOLDER/root, once.
debian_root() { # FOLDER ARCHITECTURE PACKAGE...
    root=$1/root
    [ "$(cat "$root.done" 2>/dev/null)" = "$*" ] && return
    arguments=$*
    debian_begin "$1" "$2" deb || return 1
    shift 2
    debian_apt install --download-only --no-install-recommends "$@" || return 1
    mkdir -p "$root"
    for package in "$debian"/cache/archives/*.deb; do
        dpkg-deb -x "$package" "$root" || return 1
    done
    find "$root" -type l -lname '/*' | while read -r link; do
        ln -sfn "$root$(readlink "$link")" "$link"
    done
    debian_end
    echo "$arguments" >"$root.done"
}
