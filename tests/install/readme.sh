#!/bin/sh
# The C program in README.md works as it is pasted: built as the README says against an installed libamos.
set -u
. tests/run/report.sh
: "${MAKE:=make}" "${CC:=cc}" "${PKG_CONFIG:=pkg-config}" "${BUILD:=build}" "${LIBOUT:=lib}"
rm -rf "$BUILD/readme"
mkdir -p "$BUILD/readme/prefix"
work=$(cd "$BUILD/readme" && pwd)

# The first block of a language.
block() { # LANGUAGE
    awk -v fence="\`\`\`$1" '$0 == fence && !done { inside = 1; next } /^```/ { if (inside) done = 1; inside = 0 } inside' README.md
}

# shellcheck disable=SC2046,SC2086 # flags are words
build() {
    export PKG_CONFIG_PATH="$work/prefix/lib/pkgconfig"
    $CC -Wall -Wextra "$work/program.c" $($PKG_CONFIG --cflags --libs libamos) -o "$work/program"
}

# shellcheck disable=SC2086 # MAKE may hold words
check "make install" $MAKE --no-print-directory BUILD="$BUILD" LIBOUT="$LIBOUT" PREFIX="$work/prefix" install
block c >"$work/program.c"
check "README.md holds a C program" test -s "$work/program.c"
check "it is about ten lines long" test "$(wc -l <"$work/program.c")" -le 14
check "it is built by pkg-config" build
check "amos makes a phantom" "$work/prefix/bin/amos" phantom "$work/phantom"
label=$(find "$work/phantom/labelsTr" -name '*.nii.gz' | sort | head -n 1)
export LD_LIBRARY_PATH="$work/prefix/lib"
"$work/program" "$label" >"$work/out" 2>"$work/err"
check "it runs" test $? = 0 -a ! -s "$work/err"
check "it prints the volume of the liver" grep -qx 'liver: [1-9][0-9.]* ml' "$work/out"
"$work/program" "$work/nowhere" >"$work/out" 2>"$work/err"
check "it says that a path is wrong" test $? = 1 -a ! -s "$work/out" -a -s "$work/err"
grep -oE '\]\([A-Za-z0-9_./-]+\)' README.md | sed 's/](\(.*\))/\1/' | while read -r path; do
    check "README.md names $path, which is there" test -e "$path"
done
