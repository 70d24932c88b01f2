#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The quick half of `make lint`: cppcheck, shellcheck and clang-format.
set -u
. tests/run/report.sh
: "${MAKE:=make}"
check "cppcheck" "$MAKE" --no-print-directory lint-c
check "shellcheck" "$MAKE" --no-print-directory lint-sh
check "clang-format" "$MAKE" --no-print-directory lint-format
