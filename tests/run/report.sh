# SPDX-License-Identifier: BSD-3-Clause
# For test scripts (". tests/run/report.sh"): one line for each check, counted by tests/run/run.sh.
# shellcheck shell=sh

ok() { echo "ok: $*"; }

fail() { echo "FAIL: $*"; }

# Runs a command that is to succeed; its output is shown only where it does not.
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

# Says whether two files are the same, and if not, how they differ.
same() { # TEXT EXPECTED FOUND
    check "$1" diff -u "$2" "$3"
}
