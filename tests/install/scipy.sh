#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Resampling from Python, voxel by voxel beside SciPy's.
set -u
. tests/run/report.sh
: "${BUILD:=build}" "${PYTHON:=/usr/bin/python3}"
build=$(cd "$BUILD" && pwd)
AMOS_COMMAND=$build/amos PYTHONPATH=$build/python $PYTHON tests/python/run.py test_scipy ||
    fail "tests/python/run.py ended with $?"
