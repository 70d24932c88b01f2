#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What `amos report` writes is what its images, labels and predictions hold: tests/install/report.py reads reports with nibabel
# and NumPy, which share nothing with the command, and compares volumes and scores with `amos stats` and `amos score`.
set -u
. tests/run/report.sh
: "${BUILD:=build}" "${PYTHON:=/usr/bin/python3}"
rm -rf "$BUILD/report"
"$PYTHON" tests/install/report.py "$BUILD/amos" "$BUILD/report" || fail "report.py ended with $?"
