#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The Python package: its tests with the standard library and NumPy, and that Python finds the installed package.
set -u
. tests/run/report.sh
: "${MAKE:=make}" "${BUILD:=build}" "${PYTHON:=/usr/bin/python3}"
build=$(cd "$BUILD" && pwd)
AMOS_COMMAND=$build/amos
export AMOS_COMMAND
work=$build/python-install
rm -rf "$work"

PYTHONPATH=$build/python $PYTHON tests/python/run.py || fail "tests/python/run.py ended with $?"

check "make install-python" "$MAKE" --no-print-directory install-python BUILD="$BUILD" DESTDIR="$work" PYTHONDIR=/site
check "the installed package works" env PYTHONPATH="$work/site" "$PYTHON" -c 'import amos.nnunet; amos.Array; amos.organ("liver")'
check "the package exports nothing but its entry" \
    sh -c "! nm -D --defined-only '$work/site/amos/_amos.abi3.so' | grep -v ' PyInit__amos\$'"
check "make uninstall-python" "$MAKE" --no-print-directory uninstall-python DESTDIR="$work" PYTHONDIR=/site
check "nothing is left" test -z "$(find "$work" -mindepth 1)"
