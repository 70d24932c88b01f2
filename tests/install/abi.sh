#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The binary interface of libamos.so is still the one recorded in tests/install/abi/: nothing that existing programs use
# has changed. `make abi-baseline` calls this with "record".
set -u
. tests/run/report.sh
: "${MAKE:=make}" "${BUILD:=build}"
machine=$(uname -m)
baseline=tests/install/abi/$machine.abi
library=$BUILD/abi/lib/libamos.so
# The types are read from the debug information, so this builds the library with it, whatever CFLAGS are.
built() { $MAKE --no-print-directory BUILD="$BUILD/abi" LIBOUT="$BUILD/abi/lib" CFLAGS="-g -O0" "$library"; }

record() {
    abidw --no-show-locs --no-corpus-path --no-comp-dir-path --no-elf-needed --exported-interfaces-only \
        --no-parameter-names --drop-undefined-syms --out-file "$baseline" "$library"
}

# New functions are compatible, so they do not count as a difference.
compared() {
    abidiff --no-added-syms --suppressions tests/install/abi/private.suppr "$baseline" "$library" && return
    cat <<'TEXT'

The binary interface has changed: programs that were linked with the recorded libamos may misbehave with this one.
  - If that was not meant, undo it: add a new function, or a new field at the end of an option struct, instead.
  - A new field at the end of an option struct, or a new value at the end of an enum, is fine by the rules of the
    interface (an option struct says its size). Look at the difference above, and record it: make abi-baseline
  - Anything else needs a release with another SONAME: raise the number of SONAME in the Makefile, give src/libamos.map
    a new node, and then record it: make abi-baseline
Commit the recorded file with the change that it belongs to.
TEXT
    return 1
}

if [ "${1-}" = record ]; then
    built && record && echo "$baseline is the binary interface of this tree; commit it with the change."
    exit
fi
check "libamos.so is built with debug information" built
if [ -e "$baseline" ]; then
    check "the binary interface is the recorded one" compared
else
    echo "Skipped: the binary interface, because none is recorded for $machine (make abi-baseline records one)."
fi
