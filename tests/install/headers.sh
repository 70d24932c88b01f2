#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Each public header compiles alone, and twice, as C11 and as C++17, with gcc and clang; amos.h includes them all.
set -u
. tests/run/report.sh
: "${BUILD:=build}" "${LIBOUT:=lib}"
work=$BUILD/headers
mkdir -p "$work"

compile() { # HEADER COMPILER LANGUAGE STANDARD
    printf '#include <amos/%s>\n#include <amos/%s>\n' "$1" "$1" |
        "$2" -x "$3" -std="$4" -Iinclude -Wall -Wextra -pedantic -Werror -fsyntax-only -
}

all_compile() { # COMPILER LANGUAGE STANDARD
    for path in include/amos/*.h; do
        compile "$(basename "$path")" "$@" || return
    done
}

# A program that starts a struct from each _INIT macro of the headers: AMOS_READ_OPTIONS_INIT is for amos_read_options.
use_inits() {
    printf '#include <amos/amos.h>\n#include <amos/http.h>\n'
    inits=$(sed -n 's/^#define AMOS_\([A-Z_]*\)_INIT .*/\1/p' include/amos/*.h | tr '[:upper:]' '[:lower:]')
    for name in $inits; do
        macro=AMOS_$(echo "$name" | tr '[:lower:]' '[:upper:]')_INIT
        echo "static int $name(void) { amos_$name o = $macro; return o.size == sizeof o && o.size == sizeof(amos_$name); }"
    done
    echo 'int main(void) { return'
    for name in $inits; do echo "$name() &&"; done
    echo '1 ? 0 : 1; }'
}

inits_work() { # COMPILER LANGUAGE STANDARD
    use_inits | grep -q '^static int tiling_options' &&
        use_inits | "$1" -x "$2" -std="$3" -Iinclude -Wall -Wextra -pedantic -Werror -o "$programs/inits" - &&
        "$programs/inits"
}

all_included() {
    for path in include/amos/*.h; do
        case $path in include/amos/amos.h | include/amos/http.h) continue ;; esac # http.h: another library
        grep -x "#include <amos/$(basename "$path")>" include/amos/amos.h || return
    done
}

# The defaults that are not zero.
defaults_right() {
    cat >"$programs/defaults.c" <<'END'
#include <amos/amos.h>
int main(void)
{
    amos_accept accept = AMOS_ACCEPT_INIT;
    amos_tiling_options tiling = AMOS_TILING_OPTIONS_INIT;
    amos_loader_options loader = AMOS_LOADER_OPTIONS_INIT;
    return !(accept.tolerance_voxels == 0.2 && accept.frame == AMOS_FRAME_ONLY && tiling.overlap == 0.5 &&
             tiling.sigma == 0.125 && loader.overlap == 0.5);
}
END
    gcc -std=c11 -Iinclude -Wall -Wextra -Werror -o "$programs/defaults" "$programs/defaults.c" && "$programs/defaults"
}

check "each header as C11 by gcc" all_compile gcc c c11
check "each header as C11 by clang" all_compile clang c c11
check "each header as C++17 by g++" all_compile g++ c++ c++17
check "each header as C++17 by clang++" all_compile clang++ c++ c++17
programs=$(mktemp -d)
trap 'rm -rf "$programs"' EXIT
check "each _INIT macro as C11 by gcc" inits_work gcc c c11
check "each _INIT macro as C11 by clang" inits_work clang c c11
check "each _INIT macro as C++17 by g++" inits_work g++ c++ c++17
check "each _INIT macro as C++17 by clang++" inits_work clang++ c++ c++17
check "amos.h includes them all, but http.h" all_included
check "the defaults of tolerances and overlaps" defaults_right
