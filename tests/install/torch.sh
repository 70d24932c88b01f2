#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The parts of the Python package that need PyTorch: tensors, workers of a DataLoader, ranks of
# torch.distributed, and TorchIO.
set -u
. tests/run/report.sh
: "${BUILD:=build}" "${PYTHON:=/usr/bin/python3}"
build=$(cd "$BUILD" && pwd)
AMOS_COMMAND=$build/amos PYTHONPATH=$build/python $PYTHON tests/python/run.py test_torch test_torch_ranks test_torch_torchio ||
    fail "tests/python/run.py ended with $?"
