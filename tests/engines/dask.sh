#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Dask's distributed on loopback, by the example that the docs show.
set -u
. tests/run/report.sh
: "${BUILD:=build}" "${PYTHON:=/usr/bin/python3}"
rm -rf "${BUILD:?}/dask"
mkdir -p "$BUILD/dask"
PYTHONPATH=$(cd "$BUILD" && pwd)/python && export PYTHONPATH
PYTHONDONTWRITEBYTECODE=1 && export PYTHONDONTWRITEBYTECODE
# Dask keeps the files of its workers here.
DASK_TEMPORARY_DIRECTORY=$(cd "$BUILD/dask" && pwd)/workers && export DASK_TEMPORARY_DIRECTORY
if ! "$PYTHON" tests/engines/dask_scores.py "$BUILD/amos" "$BUILD/dask" 2>"$BUILD/dask/errors"; then
    fail "dask_scores.py ended badly"
    tail -n 40 "$BUILD/dask/errors"
fi
