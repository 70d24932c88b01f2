#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The recipes for conda-forge, vcpkg and Conan against the build, as far as that goes without these programs: their texts
# are compared with the build, and their steps are run with stand-ins for the functions of these programs. What they
# install is used by a program.
set -u
. tests/run/report.sh
: "${CC:=cc}" "${BUILD:=build}" "${PYTHON:=/usr/bin/python3}" "${MAKE:=make}"
rm -rf "${BUILD:?}/recipes"
mkdir -p "$BUILD/recipes"
work=$(cd "$BUILD/recipes" && pwd)
tree=$(pwd)
compile_once
export CC
stand_ins=$tree/tests/install/recipes

"$PYTHON" -B "$stand_ins/compare.py" || fail "tests/install/recipes/compare.py ended with $?"

files_below() { (cd "$1" && find . ! -type d | sed 's|^\./||' | sort); }
# Those that are installed; URLS is set where libamos-http is built.
URLS=
headers() { (cd include && printf 'include/%s\n' amos/*) | if [ "$URLS" ]; then cat; else grep -v '/http\.h$'; fi; }
version=$(sed -n 's/^#define AMOS_VERSION_STRING "\(.*\)"/\1/p' include/amos/export.h)
http="lib/libamos-http.so lib/libamos-http.so.0 lib/libamos-http.so.$version"
shared="lib/libamos.so lib/libamos.so.0 lib/libamos.so.$version"

# Compares the files of a package with the headers and the files that are named.
holds() { # TEXT FOLDER FILE...
    text=$1 folder=$2
    shift 2
    { headers && printf '%s\n' "$@"; } | sort >"$work/expected"
    files_below "$folder" >"$work/found"
    same "$text" "$work/expected" "$work/found"
}

# The program of the recipe for Conan, by find_package(amos).
builds_program() { # PREFIX CMAKE_BUILD_TYPE LIBRARY
    rm -rf "$work/program"
    cmake -S packaging/conan/all/test_package -B "$work/program" -DCMAKE_PREFIX_PATH="$1" -DCMAKE_BUILD_TYPE="$2" &&
        cmake --build "$work/program" --verbose >"$work/program.log" && grep -qF "$3" "$work/program.log" &&
        "$work/program/test_package" | grep -x "libamos $version"
}

# ---- vcpkg ----

port() { # LINKAGE FEATURES
    cmake -DTREE="$tree" -DWORK="$work/vcpkg-$1" -DLINKAGE="$1" -DFEATURES="$2" -P "$stand_ins/vcpkg_stand_in.cmake"
}
config="share/amos/amosConfig.cmake share/amos/amosConfigVersion.cmake share/amos/amosTargets.cmake"
texts="share/libamos/copyright share/libamos/usage"
static="lib/libamos.a lib/pkgconfig/libamos-static.pc lib/pkgconfig/libamos.pc"
# shellcheck disable=SC2046,SC2086 # lists
for linkage in dynamic static; do
    [ $linkage = dynamic ] && libraries="$shared $http lib/pkgconfig/libamos.pc lib/pkgconfig/libamos-http.pc" || libraries=$static
    [ $linkage = dynamic ] && features='lz4;curl' URLS=1 || features='' URLS=
    check "vcpkg: the port builds, $linkage" port $linkage "$features"
    package=$work/vcpkg-$linkage/package
    holds "vcpkg: these files, $linkage" "$package" $config $texts $libraries \
        $(for library in $libraries; do echo "debug/$library"; done)
    name=$([ $linkage = dynamic ] && echo "libamos.so.$version" || echo libamos.a)
    check "vcpkg: a program, $linkage" builds_program "$package" Release "$package/lib/$name"
    check "vcpkg: a program for debugging, $linkage" builds_program "$package" Debug "debug/lib/$name"
done
check "vcpkg: with the feature lz4" sh -c "readelf -d '$work/vcpkg-dynamic/package/lib/libamos.so' | grep liblz4"
check "vcpkg: without it" sh -c "[ -s '$work/vcpkg-static/package/lib/libamos.a' ] && ! nm '$work/vcpkg-static/package/lib/libamos.a' | grep LZ4_"

# ---- Conan ----

check "Conan: the recipe builds" "$PYTHON" -B "$stand_ins/conan_stand_in.py" "$tree" "$work/conan" shared=True with_lz4=True with_curl=True
URLS=1
# shellcheck disable=SC2086 # a list
holds "Conan: these files" "$work/conan/package" licenses/LICENSE $shared $http

# ---- conda-forge ----

# A PREFIX in which nifti_clib seems to be installed.
script_of() { # OUTPUT
    "$PYTHON" -c 'import sys, yaml
recipe = yaml.safe_load(open("packaging/conda/recipe.yaml"))
print("\n".join(next(o for o in recipe["outputs"] if o["package"]["name"] == sys.argv[1])["build"]["script"]))' "$1"
}
conda() { # OUTPUT SCRIPT
    mkdir -p "$work/$1/include" && ln -s /usr/include/nifti "$work/$1/include/nifti" &&
        (cd "$work/source" && PREFIX="$work/$1" SP_DIR="$work/$1/site-packages" PYTHON="$PYTHON" \
            sh -euxc "$2")
}
mkdir "$work/source"
cp -r Makefile packages.sh packages.txt include src http cli phantom man pkgconfig packaging python "$work/source"
check "conda: libamos is built" conda libamos "$(script_of libamos)"
rm "$work/libamos/include/nifti"
# shellcheck disable=SC2046,SC2086 # lists
holds "conda: these files" "$work/libamos" bin/amos $shared $http lib/pkgconfig/libamos.pc lib/pkgconfig/libamos-http.pc $(echo $config | sed 's|share/|lib/cmake/|g') \
    share/bash-completion/completions/amos share/fish/vendor_completions.d/amos.fish share/zsh/site-functions/_amos \
    share/man/man1/amos.1 share/man/man3/libamos.3
check "conda: a program" builds_program "$work/libamos" Release "libamos.so.$version"
check "conda: python-amos is built" conda python-amos "$(script_of python-amos)"
check "conda: the package is imported" env PYTHONPATH="$work/python-amos/site-packages" "$PYTHON" -B -c 'import amos; amos.organ("liver")'
rm -rf "${work:?}"
