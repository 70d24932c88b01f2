#!/bin/sh
# One thorough check of the test suite each: `make check-asan` and its like call it. See tests/README.md.
set -u
. tests/suite.sh

# Valgrind watches code that is compiled as it is shipped. It is twenty to fifty times slower than the processor, so
# tests that only do the same with more voxels, pictures or seeds are left out; so are those that start the command
# thousands of times, those that measure memory, which would be Valgrind's, and one whose model needs the 64 bits of a
# long double, where Valgrind has 53.
valgrind_leaves_out="test_phantom test_types test_read test_labelmap test_view test_view_file test_backends test_kernels
    test_golden test_large test_malformed_gzip test_malformed_header test_io_faults test_index test_command_faults
    test_command_nomem test_bounds test_read_options"

names_without() { # NAME...
    for source in tests/test_*.c; do
        name=$(basename "$source" .c)
        case " $(echo "$*" | tr '\n' ' ') " in *" $name "*) ;; *) echo "$name" ;; esac
    done
}

case ${1-} in
asan)
    asan_variant
    ;;
tsan)
    . tests/tsan.sh
    CK_TIMEOUT_MULTIPLIER=20 TSAN_OPTIONS=halt_on_error=1
    export TSAN_OPTIONS
    tsan
    ;;
valgrind)
    CK_TIMEOUT_MULTIPLIER=100 longest=1800
    # AddressSanitizer looks for leaks in all of the suite. Here, children that tests fork and that leave by _exit() would
    # seem to leak what their parent releases.
    runner="valgrind --quiet --error-exitcode=99 --leak-check=no --trace-children=yes"
    # shellcheck disable=SC2086 # names
    tests=$(names_without $valgrind_leaves_out)
    parts=compile-tests
    variant "Valgrind" valgrind RUN CFLAGS="-O1 -g"
    ;;
msan)
    . tests/msan.sh
    CK_TIMEOUT_MULTIPLIER=30 longest=1800 parts=compile-tests
    msan_variant
    ;;
coverage)
    . tests/coverage.sh
    CK_TIMEOUT_MULTIPLIER=20 parts=compile-tests
    coverage
    ;;
*)
    echo "usage: $0 asan|tsan|valgrind|msan|coverage" >&2
    exit 2
    ;;
esac
finish
