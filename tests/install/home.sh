#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Without root, libraries are installed below a folder of the user's own. The flags that pkg-config gives for it reach
# every file that includes such a library: the compiler's dependency files name the headers that were used.
set -u
. tests/run/report.sh
: "${MAKE:=make}" "${PKG_CONFIG:=pkg-config}" "${BUILD:=build}" "${PYTHON:=/usr/bin/python3}"
rm -rf "${BUILD:?}/home"
mkdir -p "$BUILD/home/prefix/include" "$BUILD/home/prefix/lib/pkgconfig"
work=$(cd "$BUILD/home" && pwd)
prefix=$work/prefix

cp -rL "$($PKG_CONFIG --variable=includedir libcjson)/cjson" "$prefix/include"
cat >"$prefix/lib/pkgconfig/libcjson.pc" <<END
Name: libcjson
Description: a copy
Version: $($PKG_CONFIG --modversion libcjson)
Libs: -L$prefix/lib -lcjson
Cflags: -I$prefix/include -I$prefix/include/cjson
END

# shellcheck disable=SC2046 # objects are words
check "everything that uses cJSON is compiled" env PKG_CONFIG_PATH="$prefix/lib/pkgconfig" "$MAKE" --no-print-directory \
    BUILD="$work/build" LIBOUT="$work/lib" $(grep -rl cJSON src cli --include='*.c' | sed "s|\(.*\)\.c\$|$work/build/\1.o|")
grep -rhoE '[^ ]*cJSON\.h' "$work/build" --include='*.d' | tr -d ':' | sort -u >"$work/used"
echo "$prefix/include/cjson/cJSON.h" >"$work/expected"
same "only the header of the prefix was used" "$work/expected" "$work/used"

# Another interpreter than Debian's is asked for its own headers.
says() { # TEXT COMMAND...
    text=$1
    shift
    ! "$@" >"$work/said" 2>&1 && grep -q -- "$text" "$work/said"
}
cat >"$work/python" <<END
#!/bin/sh
exec $PYTHON -c 'print("/nowhere/include")'
END
chmod +x "$work/python"
check "an interpreter without C headers is named" says "there is no /nowhere/include/Python.h" \
    "$MAKE" --no-print-directory python BUILD="$work/build" LIBOUT="$work/lib" PYTHON="$work/python"
cat >"$work/old" <<END
#!/bin/sh
case \$2 in *version_info*) exit 1 ;; esac
END
chmod +x "$work/old"
check "an interpreter that is too old is named" says "older than Python 3.11" \
    "$MAKE" --no-print-directory python BUILD="$work/build" LIBOUT="$work/lib" PYTHON="$work/old"
check "an interpreter that is not there is named" says "no interpreter $work/none" \
    "$MAKE" --no-print-directory python BUILD="$work/build" LIBOUT="$work/lib" PYTHON="$work/none"

# Somebody who cannot become root is told where the way without is described.
mkdir "$work/user"
printf '#!/bin/sh\necho 1000\n' >"$work/user/id"
printf '#!/bin/sh\nexit 1\n' | tee "$work/user/sudo" >"$work/user/apt-get"
chmod +x "$work/user/"*
check "the way without root is named" says "docs/installing.md says what to do without root" \
    env PATH="$work/user:$PATH" PKG_CONFIG=false sh packages.sh --install build
rm -rf "${work:?}"
