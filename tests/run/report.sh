# SPDX-License-Identifier: BSD-3-Clause
# For test scripts (". tests/run/report.sh"): prints one line per check, counted by tests/run/run.sh.
# shellcheck shell=sh

ok() { echo "ok: $*"; }

fail() { echo "FAIL: $*"; }

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
