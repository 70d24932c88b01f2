#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Library, command and phantom compile without a warning against another C library, musl, and what only Linux or glibc has
# is in one file. docs/portability.md says what a port to macOS would still need. The headers of the libraries that libamos
# uses are copied, because the folder that holds them holds those of glibc too.
set -u
. tests/run/report.sh
: "${BUILD:=build}"
work=$BUILD/musl
rm -rf "$work"
mkdir -p "$work/include/cjson" "$work/include/nifti"
local=/usr/include/$(gcc -print-multiarch)

copy_headers() {
    for name in zlib.h zconf.h lz4.h microhttpd.h; do
        cp "$local/$name" "$work/include" 2>/dev/null || cp "/usr/include/$name" "$work/include" || return
    done
    cp /usr/include/cjson/cJSON.h "$work/include/cjson" && cp /usr/include/nifti/*.h "$work/include/nifti"
}

copy_curl() {
    mkdir -p "$work/curl"
    cp -r "$local/curl" "$work/curl" 2>/dev/null || cp -r /usr/include/curl "$work/curl"
}

sources() { find "$@" -name '*.c' | sort; }

# shellcheck disable=SC2046 # a list of files
compile() { # FOLDER INCLUDE...
    folder=$1
    shift
    musl-gcc -std=c11 -D_FILE_OFFSET_BITS=64 -DAMOS_HAVE_LZ4 -Iinclude "$@" -isystem "$work/include" \
        -isystem "$work/include/nifti" -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -pedantic -Werror \
        -ffp-contract=off -fsyntax-only $(sources "$folder")
}

is_musl() { # musl has no macro of its own
    echo '#include <stdio.h>' | musl-gcc -E -dM - | grep -c __GLIBC__ | grep -qx 0
}

# Extensions that musl declares too.
only_here='_GNU_SOURCE|__GLIBC__|__linux__|sched_[gs]etaffinity|posix_fadvise|sync_file_range|madvise|[a-z]+_np\('
in_one_file() {
    ! grep -rnE "$only_here" --include='*.[ch]' src http cli phantom python/src | grep -v '^src/base/system/platform\.c:'
}

check "the headers of other libraries are copied" copy_headers
check "the headers of libcurl are copied" copy_curl
check "the headers are not those of glibc" is_musl
check "$(sources src | wc -l) sources of the library against musl" compile src -iquote src
check "$(sources cli | wc -l) sources of the command against musl" compile cli -iquote cli -iquote . -iquote src
check "$(sources http | wc -l) sources of libamos-http against musl" compile http -iquote . -isystem "$work/curl"
check "$(sources phantom | wc -l) sources of the phantom against musl" compile phantom -iquote . -iquote src
check "what only Linux or glibc has is in src/base/system/platform.c alone" in_one_file
echo "For a port to macOS:"
awk '/^## macOS/ { here = 1; next } /^## / { here = 0 } here && /^\|/' docs/portability.md
