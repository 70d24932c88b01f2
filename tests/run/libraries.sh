# SPDX-License-Identifier: BSD-3-Clause
# For scripts that need the libraries which libamos uses, compiled in a way of their own (". tests/run/libraries.sh"): as
# static ones, from Debian's own sources. `compiler` and `flags` say how.
# shellcheck shell=sh
. tests/run/debian.sh

# shellcheck disable=SC2086,SC2154 # flags; set by the script that calls this
compile() { # ARCHIVE FLAGS SOURCE...
    archive=$1 own_flags=$2
    shift 2
    rm -rf objects && mkdir objects
    for source in "$@"; do
        $compiler $flags -w -fPIC $own_flags -c "$source" -o "objects/$(basename "$source" .c).o" || return 1
    done
    rm -f "lib/$archive" && ar rcs "lib/$archive" objects/*.o
}

compile_zlib() {
    cp source/zlib-*/zlib.h source/zlib-*/zconf.h include &&
        compile libz.a "-D_LARGEFILE64_SOURCE=1 -DHAVE_UNISTD_H" source/zlib-*/*.c
}

compile_cjson() {
    cp source/cjson-*/cJSON.h include/cjson && compile libcjson.a "" source/cjson-*/cJSON.c
}

compile_nifticlib() {
    cp source/nifticlib-*/nifti2/*.h source/nifticlib-*/znzlib/*.h include/nifti &&
        compile libnifti2.a "-Iinclude -Iinclude/nifti -DHAVE_ZLIB" source/nifticlib-*/nifti2/nifti2_io.c \
            source/nifticlib-*/znzlib/znzlib.c
}

compile_lz4() {
    cp source/lz4-*/lib/lz4.h include && compile liblz4.a "" source/lz4-*/lib/lz4.c
}

# Unpacks sources into FOLDER/source, and makes FOLDER/include and FOLDER/lib of the libraries among them. Stays in FOLDER.
libraries_begin() { # FOLDER SOURCE-PACKAGE...
    debian_begin "$1" "$(dpkg --print-architecture)" deb-src && cd "$1" || return 1
    shift
    rm -rf source && mkdir -p source include/cjson include/nifti lib
    (cd source && debian_apt source --download-only "$@" &&
        for package in *.dsc; do dpkg-source --no-check -x "$package" || return 1; done) || return 1
    debian_end
    for package in "$@"; do
        case $package in zlib | cjson | nifticlib | lz4) "compile_$package" || return 1 ;; esac
    done
}
