#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Thorough checks of the test suite: `make check-asan` and similar targets each call one. See docs/testing.md.
set -u
. tests/run/suite.sh
mkdir -p "$BUILD/logs"

# Valgrind runs the code as compiled for release, twenty to fifty times slower than the processor.
leave_out_of_valgrind() {
    leave_out "as they would take too long, and others do the same with fewer voxels, bytes, pictures or rounds" \
        test_phantom test_large test_view test_view_file test_read test_backends test_golden test_index \
        test_malformed_gzip test_malformed_header test_io_faults test_loader_threads
    leave_out "as they start the command hundreds of times" test_command_faults test_command_nomem
    leave_out "as they measure memory, which would be Valgrind's" test_bounds test_write_large
    leave_out "as their models need a long double of 64 bits, where Valgrind has 53" test_types test_labelmap \
        test_read_options
}

case ${1-} in
asan)
    asan_variant
    ;;
tsan)
    . tests/run/tsan.sh
    tsan_variant
    ;;
valgrind)
    CK_TIMEOUT_MULTIPLIER=100 longest=3600
    # AddressSanitizer checks the whole suite for leaks. Here, children that tests fork and that end with _exit() would
    # seem to leak memory that their parent releases.
    # A test with a heap of its own keeps it, before Valgrind's.
    runner="valgrind --quiet --error-exitcode=99 --leak-check=no --trace-children=yes --soname-synonyms=somalloc=nouserintercepts"
    leave_out_of_valgrind
    parts=compile-tests
    variant "Valgrind" valgrind RUN CFLAGS="-O1 -g"
    ;;
msan)
    . tests/run/msan.sh
    CK_TIMEOUT_MULTIPLIER=30 longest=3600 parts=compile-tests
    msan_variant
    ;;
coverage)
    . tests/run/coverage.sh
    CK_TIMEOUT_MULTIPLIER=20 longest=3600 parts=compile-tests
    coverage
    ;;
*)
    echo "usage: $0 asan|tsan|valgrind|msan|coverage" >&2
    exit 2
    ;;
esac
finish
