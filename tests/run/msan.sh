# SPDX-License-Identifier: BSD-3-Clause
# For tests/run/check.sh: the tests under MemorySanitizer, which finds decisions that depend on uninitialised memory.
#
# It must see every write, including those of other libraries: zlib, cJSON, nifti_clib and Check are compiled with it
# from Debian's sources. LZ4 and libpng are left out. So it covers libamos, the command without pictures, and zlib on
# every file.
# shellcheck shell=sh
. tests/run/debian.sh
instrumented="-g -O1 -fsanitize=memory -fsanitize-memory-track-origins -fno-omit-frame-pointer"

# shellcheck disable=SC2086 # flags
compile() { # ARCHIVE FLAGS SOURCE...
    archive=$1 flags=$2
    shift 2
    rm -rf objects && mkdir objects
    for source in "$@"; do
        clang $instrumented -w -fPIC $flags -c "$source" -o "objects/$(basename "$source" .c).o" || return 1
    done
    ar rcs "lib/$archive" objects/*.o
}

msan_libraries() ( # FOLDER
    debian_begin "$1" "$(dpkg --print-architecture)" deb-src && cd "$1" || return 1
    rm -rf source && mkdir -p source include/cjson include/nifti lib
    (cd source && debian_apt source --download-only zlib cjson nifticlib check &&
        for package in *.dsc; do dpkg-source --no-check -x "$package" || return 1; done) || return 1
    cp source/zlib-*/zlib.h source/zlib-*/zconf.h include
    cp source/cjson-*/cJSON.h include/cjson
    cp source/nifticlib-*/nifti2/*.h source/nifticlib-*/niftilib/*.h source/nifticlib-*/znzlib/*.h include/nifti
    compile libz.a "-D_LARGEFILE64_SOURCE=1 -DHAVE_UNISTD_H" source/zlib-*/*.c &&
        compile libcjson.a "" source/cjson-*/cJSON.c &&
        compile libnifti2.a "-Iinclude -Iinclude/nifti -DHAVE_ZLIB" source/nifticlib-*/nifti2/nifti2_io.c \
            source/nifticlib-*/znzlib/znzlib.c || return 1
    cd source/check-* &&
        ./configure --disable-subunit --disable-shared --disable-build-docs CC=clang CFLAGS="$instrumented -w" &&
        make -C lib && make -C src libcheck.la || return 1
    cp src/check.h check_stdint.h ../../include
    cp src/.libs/libcheck.a ../../lib
    debian_end
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
    leave_out "as they only have more voxels or rounds than others" test_large test_loader_threads
    # Memory that libc allocates, as in strdup(), is from MemorySanitizer's heap and would be released to theirs.
    leave_out "as their own heap cannot stand before MemorySanitizer's" test_nomem test_bounds test_command_nomem
    # It knows stat() and similar functions, but not their 64-bit variants, which are the same on a 64-bit machine.
    # The sanitizer itself is in the programs, not in libamos.so: its names stay undefined there.
    variant "MemorySanitizer" msan RUN CC=clang WITH_LZ4=0 WITH_LIBPNG=0 CFLAGS="$instrumented -U_FILE_OFFSET_BITS" \
        DEP_CFLAGS="-isystem $include -isystem $include/cjson -isystem $include/nifti" CHECK_CFLAGS= \
        DEP_LIBS="-Wl,-z,undefs -L$libraries/lib -lcjson -lnifti2 -lz -lm -pthread" CHECK_LIBS="-lcheck -lrt"
}
