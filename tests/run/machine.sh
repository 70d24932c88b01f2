#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Builds libamos for another architecture, with that architecture's Debian packages, and runs the test programs: 32-bit
# x86 directly on the processor, the others by qemu-user. `make check-m32` and similar targets call it.
set -u
. tests/run/suite.sh
. tests/run/debian.sh
mkdir -p "$BUILD/logs"
parts=compile-tests # C++ compilers for each machine would test little more
packages="libc6-dev zlib1g-dev libcjson-dev libnifti2-dev liblz4-dev libdeflate-dev libpng-dev check"
flags=
case $1 in
m32)
    architecture=i386 triple=i686-linux-gnu folder=i386-linux-gnu
    # The x87 would round twice; every 32-bit x86 that Debian 12 runs well on has SSE2.
    flags="-msse2 -mfpmath=sse"
    ;;
s390x) architecture=s390x triple=s390x-linux-gnu folder=$triple emulator=qemu-s390x ;;
arm64) architecture=arm64 triple=aarch64-linux-gnu folder=$triple emulator=qemu-aarch64 ;;
*)
    echo "usage: $0 m32|s390x|arm64" >&2
    exit 2
    ;;
esac
place=$(pwd)/$BUILD/machines/$1
case $BUILD in /*) place=$BUILD/machines/$1 ;; esac
root=$place/root
mkdir -p "$place"
# shellcheck disable=SC2086 # a list
if ! debian_root "$place" "$architecture" $packages >"$place.log" 2>&1; then
    cat "$place.log" >&2
    exit 1
fi

export PKG_CONFIG_SYSROOT_DIR="$root" PKG_CONFIG_LIBDIR="$root/usr/lib/$folder/pkgconfig:$root/usr/share/pkgconfig"
loader=
if [ "$1" = m32 ]; then
    loader="-Wl,--dynamic-linker=$root/lib/ld-linux.so.2"
    runner="env LD_LIBRARY_PATH=$root/lib/$folder:$root/usr/lib/$folder"
else
    runner="$emulator -L $root"
    # A library that a test preloads is for that machine, not for the shell and the emulator.
    # shellcheck disable=SC2016 # for that shell
    printf '#!/bin/sh\nexec %s ${AMOS_PRELOAD:+-E LD_PRELOAD="$AMOS_PRELOAD"} %s "$@"\n' "$runner" "$place/amos" \
        >"$place/amos-emulated"
    chmod +x "$place/amos-emulated"
    export AMOS_COMMAND="$place/amos-emulated" AMOS_PRELOAD_NAME=AMOS_PRELOAD AMOS_EMULATOR="$emulator"
    CK_TIMEOUT_MULTIPLIER=60
    longest=3600
    # These take more than half of the time of a whole run. Pictures are drawn from arrays in memory, by arithmetic that
    # other tests run there too. The command under faults starts an emulator 700 times, and without memory thousands of
    # times, for calls that test_io_faults and test_nomem also let fail. Large files have four GiB to inflate, and their
    # 64-bit sizes are like those of the host processor.
    leave_out "as an emulator takes too long" test_view test_view_file test_command_faults test_command_nomem test_large test_write_large
fi
variant "On $1, $(uname -m) underneath" "machines/$1" RUN CC="$triple-gcc --sysroot=$root" AR="$triple-ar" \
    WITH_LZ4=1 WITH_LIBDEFLATE=1 WITH_LIBPNG=1 WITH_CURL=0 WITH_MICROHTTPD=0 NIFTI_CFLAGS="-isystem $root/usr/include/nifti" \
    CFLAGS="-O2 -g $flags" LDFLAGS="$loader"
finish
