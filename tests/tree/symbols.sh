#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The libraries export exactly what the headers declare, and nothing in them prints, exits or changes the process.
set -u
. tests/run/report.sh
: "${CC:=cc}" "${BUILD:=build}" "${LIBOUT:=lib}"
work=$BUILD/symbols
mkdir -p "$work"

# Declarations marked AMOS_API, one name per line.
declared() {
    $CC -E -P -Iinclude "${1:-include/amos/amos.h}" | tr '\n' ' ' | tr ';' '\n' |
        sed -n 's/.*visibility("default")))[^(]*(*[^(]*\<\(amos_[a-z0-9_]*\)(.*/\1/p' | sort
}

# The same by another method, to check that the first one misses none.
marked() { find include/amos -name '*.h' ! -name http.h -exec cat {} + | grep -c '^AMOS_API'; }

mapped() { sed -n 's/^ *\(amos_[a-z0-9_]*\);$/\1/p' "${1:-src/libamos.map}" | sort; }

exported() { nm -D --defined-only "$LIBOUT/${1:-libamos.so}" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort; }

# Names of other libraries' functions that a library must not call.
forbidden='v?f?printf|puts|fputs|putchar|fputc|fwrite|perror|stdout|stderr|exit|_exit|abort|__assert_fail'
forbidden="$forbidden|setlocale|signal|sigaction|umask|chdir|srand|rand|strtok|localtime|gmtime|setenv|putenv"

declared >"$work/declared"
mapped >"$work/mapped"
exported >"$work/exported"
nm -g --defined-only "$LIBOUT/libamos.a" | awk 'NF == 3 { print $3 }' >"$work/archive"
nm -u "$LIBOUT/libamos.a" | awk '$1 == "U" { print $2 }' | sort -u >"$work/undefined"

check "the headers declare functions" test -s "$work/declared"
check "every AMOS_API declaration was understood" test "$(wc -l <"$work/declared")" = "$(marked)"
same "the map lists what the headers declare" "$work/declared" "$work/mapped"
# The column `after` of docs/interface.md, one function a line.
shown() {
    awk -F'|' '/^\| / && $3 ~ /same/ { print $2 } /^\| / && $3 !~ /same/ && $3 !~ /->/ { print $3 }' docs/interface.md |
        tr -d ' `' | grep '^amos_' | sort -u
}
shown >"$work/shown"
check "docs/interface.md shows every function" sh -c "! grep -vxFf '$work/shown' '$work/declared'"
same "libamos.so exports what the headers declare" "$work/declared" "$work/exported"
check "libamos.a has global names" test -s "$work/archive"
check "every global name of libamos.a begins with amos_ or amosi_" \
    sh -c "! grep -vE '^amosi?_' '$work/archive'"
check "libamos.a calls no function that prints, exits or changes the process" \
    sh -c "! grep -xE '$forbidden' '$work/undefined'"
check "libamos.so is named libamos.so.0" sh -c "readelf -d '$LIBOUT/libamos.so' | grep -q 'soname: \[libamos.so.0\]'"

# libamos-http, a library of its own, is built if libcurl is there.
if [ -e "$LIBOUT/libamos-http.so" ]; then
    declared include/amos/http.h | grep '^amos_http_' >"$work/http"
    mapped http/libamos-http.map >"$work/http.mapped"
    exported libamos-http.so >"$work/http.exported"
    nm -u "$LIBOUT/libamos-http.a" | awk '$1 == "U" { print $2 }' | sort -u >"$work/http.undefined"
    same "the map of libamos-http lists what its header declares" "$work/http" "$work/http.mapped"
    same "libamos-http.so exports what its header declares" "$work/http" "$work/http.exported"
    check "docs/interface.md shows every function of it" sh -c "! grep -vxFf '$work/shown' '$work/http'"
    check "libamos-http calls no function that prints, exits or changes the process" \
        sh -c "! grep -xE '$forbidden' '$work/http.undefined'"
    check "libamos-http and libamos do not link libcurl" \
        sh -c "! readelf -d '$LIBOUT/libamos-http.so' '$LIBOUT/libamos.so' '$BUILD/amos' | grep 'NEEDED.*libcurl'"
fi
