# SPDX-License-Identifier: BSD-3-Clause
# For tests/run/check.sh: line and branch coverage of the library and the command by the tests.
# shellcheck shell=sh

coverage() {
    dir=$BUILD/coverage
    find "$dir" -name '*.gcda' -delete 2>/dev/null
    # Without optimisation, so that branches match the source. Other builds test inlining and unrolling.
    variant "Coverage" coverage RUN CC=gcc CFLAGS="-O0 -g --coverage -fprofile-update=atomic"
    gcovr --root . --object-directory "$dir" --filter src/ --filter cli/ --filter http/ --filter phantom/ --gcov-executable gcov --exclude-unreachable-branches \
        --print-summary --txt "$dir/files.txt" --json "$dir/lines.json" --html-details "$dir/index.html" || failed=$((failed + 1))
    echo "By file: $dir/files.txt; line by line: $dir/index.html"
}
