# SPDX-License-Identifier: BSD-3-Clause
# For tests/run/check.sh: the tests under MemorySanitizer, which finds decisions that depend on uninitialised memory.
#
# It must see every write, including those of other libraries: zlib, cJSON, nifti_clib and Check are compiled with it
# from Debian's sources. LZ4 and libpng are left out. So it covers libamos, the command without pictures, and zlib on
# every file.
# shellcheck shell=sh
. tests/run/libraries.sh
instrumented="-g -O1 -fsanitize=memory -fsanitize-memory-track-origins -fno-omit-frame-pointer"

msan_libraries() ( # FOLDER
    compiler=clang flags=$instrumented
    libraries_begin "$1" zlib cjson nifticlib check || return 1
    cd source/check-* &&
        ./configure --disable-subunit --disable-shared --disable-build-docs CC=clang CFLAGS="$instrumented -w" &&
        make -C lib && make -C src libcheck.la || return 1
    cp src/check.h check_stdint.h ../../include
    cp src/.libs/libcheck.a ../../lib
    : >../../done
)

msan_variant() {
    libraries=$(pwd)/$BUILD/msan/libraries
    case $BUILD in /*) libraries=$BUILD/msan/libraries ;; esac
    mkdir -p "$libraries"
    [ -e "$libraries/done" ] || msan_libraries "$libraries" >"$libraries/log" 2>&1 || {
        cat "$libraries/log"
        add_result "libraries with MemorySanitizer" 0 1 "$libraries/log"
        return
    }
    include=$libraries/include
    leave_out "as they only have more voxels or rounds than others" test_large test_write_large test_loader_threads
    # Memory that libc allocates, as in strdup(), is from MemorySanitizer's heap and would be released to theirs.
    leave_out "as their own heap cannot stand before MemorySanitizer's" test_nomem test_bounds test_command_nomem
    # It knows stat() and similar functions, but not their 64-bit variants, which are the same on a 64-bit machine.
    # The sanitizer itself is in the programs, not in libamos.so: its names stay undefined there.
    variant "MemorySanitizer" msan RUN CC=clang WITH_LZ4=0 WITH_LIBPNG=0 WITH_CURL=0 WITH_MICROHTTPD=0 WITH_ISAL=0 WITH_LIBDEFLATE=0 CFLAGS="$instrumented -U_FILE_OFFSET_BITS" \
        DEP_CFLAGS="-isystem $include -isystem $include/cjson -isystem $include/nifti" CHECK_CFLAGS= \
        DEP_LIBS="-Wl,-z,undefs -L$libraries/lib -lcjson -lnifti2 -lz -lm -pthread" CHECK_LIBS="-lcheck -lrt"
}
