#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Resampling and components from Python, and amos convert, voxel by voxel beside SciPy's and nibabel's; and entries of the
# cache beside zarr, and the reader of examples/read_cache.py.
set -u
. tests/run/report.sh
: "${BUILD:=build}" "${PYTHON:=/usr/bin/python3}"
build=$(cd "$BUILD" && pwd)
AMOS_COMMAND=$build/amos PYTHONPATH=$build/python $PYTHON tests/python/run.py test_scipy test_scipy_components \
    test_scipy_convert test_scipy_cache_format ||
    fail "tests/python/run.py ended with $?"
