# SPDX-License-Identifier: BSD-3-Clause
# For test scripts (". tests/run/report.sh"): prints one line per check, counted by tests/run/run.sh.
# shellcheck shell=sh

ok() { echo "ok: $*"; }

fail() { echo "FAIL: $*"; }

# For scripts that build the same sources several times and look at what is installed: compiling is quick, and what was
# compiled with the same flags is not compiled again, if ccache is there. Not for scripts that call make for the build
# of the tree, which would be built again with these flags.
compile_once() {
    mkdir -p "$BUILD/ccache"
    CCACHE_DIR=$(cd "$BUILD/ccache" && pwd) CCACHE_NOHASHDIR=1 PATH=/usr/lib/ccache:$PATH CFLAGS=-O1
    export CCACHE_DIR CCACHE_NOHASHDIR PATH CFLAGS
}

# Runs a command that must succeed; shows its output only if it fails.
check() { # TEXT COMMAND...
    text=$1
    shift
    if output=$("$@" 2>&1 </dev/null); then
        ok "$text"
    else
        fail "$text"
        echo "$*"
        echo "$output"
    fi
}

# Checks that two files are the same, and shows the differences if not.
same() { # TEXT EXPECTED FOUND
    check "$1" diff -u "$2" "$3"
}
