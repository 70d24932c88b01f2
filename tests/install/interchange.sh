#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What is given to other programs follows their published rules: exports to nnU-Net and MONAI, folds, the challenge's archive,
# nnU-Net's summary.json. tests/install/interchange.py checks them with nibabel, scikit-learn, zipfile and unzip.
set -u
. tests/run/report.sh
: "${BUILD:=build}" "${PYTHON:=/usr/bin/python3}"
rm -rf "$BUILD/interchange"
"$PYTHON" tests/install/interchange.py "$BUILD/amos" "$BUILD/interchange" || fail "interchange.py ended with $?"
