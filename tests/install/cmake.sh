#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The CMake package: a C and a C++ program, shared and static, from a prefix that was moved, from a DESTDIR stage, and
# with the sources of libamos inside another project.
set -u
. tests/run/report.sh
: "${MAKE:=make}" "${CC:=cc}" "${CXX:=c++}" "${BUILD:=build}" "${LIBOUT:=lib}"
rm -rf "${BUILD:?}/cmake"
mkdir -p "$BUILD/cmake/consumer"
work=$(cd "$BUILD/cmake" && pwd)
source=$(pwd)
export CC CXX
multiarch=/usr/lib/x86_64-linux-gnu

run_make() { # shellcheck disable=SC2086 # MAKE may hold words
    $MAKE --no-print-directory BUILD="$BUILD" LIBOUT="$LIBOUT" "$@"
}

cp examples/04_threads.c examples/05_cpp.cpp "$work/consumer"
cat >"$work/consumer/CMakeLists.txt" <<'END_OF_FILE'
cmake_minimum_required(VERSION 3.18)
project(consumer C CXX)
set(CMAKE_CXX_STANDARD 17)
if(AMOS_SOURCE)
  add_subdirectory("${AMOS_SOURCE}" amos)
else()
  find_package(amos 0.1 REQUIRED COMPONENTS shared static)
endif()
foreach(way amos amos_static)
  add_executable(threads_${way} 04_threads.c)
  target_link_libraries(threads_${way} PRIVATE amos::${way})
  add_executable(cpp_${way} 05_cpp.cpp)
  target_link_libraries(cpp_${way} PRIVATE amos::${way})
endforeach()
END_OF_FILE

uses_libamos_so() { readelf -d "$1" | grep -q 'NEEDED.*libamos'; }

try_programs() { # FOLDER TITLE
    for program in threads cpp; do
        check "$program finds the shared library, $2" uses_libamos_so "$work/$1/${program}_amos"
        check "$program has libamos inside, $2" sh -c "! readelf -d '$work/$1/${program}_amos_static' | grep -q 'NEEDED.*libamos'"
        for way in amos amos_static; do
            "$work/$1/${program}_$way" "$work/phantom" >"$work/$1/$program.$way.out" 2>&1
            same "$program prints what it should, $way, $2" "$work/expected" "$work/$1/$program.$way.out"
        done
    done
}

build() { # FOLDER TITLE CMAKE_ARGUMENT...
    folder=$1 title=$2
    shift 2
    check "cmake configures, $title" cmake -S "$work/consumer" -B "$work/$folder" "$@"
    check "cmake builds, $title" cmake --build "$work/$folder" -j 2
    try_programs "$folder" "$title"
}

refuses() { # TEXT CMAKE_ARGUMENT...
    text=$1
    shift
    rm -rf "$work/refused"
    ! cmake -S "$work/asks" -B "$work/refused" "$@" >"$work/refused.out" 2>&1 && grep -q -- "$text" "$work/refused.out"
}

# What a build with all that is found links.
optional=$(for name in liblz4 libisal libdeflate; do "${PKG_CONFIG:-pkg-config}" --exists "$name" && "${PKG_CONFIG:-pkg-config}" --libs "$name"; done | tr '\n' ' ')
check "the data for the programs" "$BUILD/amos" phantom "$work/phantom" --cases 3 --size 64x48x32
check "the model prints" sh -c "$CC -std=c11 -Iinclude examples/04_threads.c $LIBOUT/libamos.a -o '$work/model' $optional -lz -lcjson -lnifti2 -lm -pthread &&
    '$work/model' '$work/phantom' >'$work/expected'"

check "make install" run_make install PREFIX="$work/first"
mv "$work/first" "$work/moved"
build prefix "from a moved prefix" -DCMAKE_PREFIX_PATH="$work/moved"

if [ -e "$work/moved/lib/libamos-http.so" ]; then
    mkdir -p "$work/url"
    cat >"$work/url/CMakeLists.txt" <<'END_OF_FILE'
cmake_minimum_required(VERSION 3.18)
project(url C)
if(AMOS_SOURCE)
  add_subdirectory("${AMOS_SOURCE}" amos)
else()
  find_package(amos 0.1 REQUIRED COMPONENTS http OPTIONAL_COMPONENTS static)
endif()
foreach(way amos_http amos_http_static)
  add_executable(url_${way} url.c)
  target_link_libraries(url_${way} PRIVATE amos::${way})
endforeach()
END_OF_FILE
    cat >"$work/url/url.c" <<'END_OF_FILE'
#include <amos/amos.h>
#include <amos/http.h>
int main(void) { amos_error err; return !*amos_version() || amos_http_enable(0, &err) != AMOS_OK; }
END_OF_FILE
fi
# FOLDER TITLE CMAKE_ARGUMENT...
build_for_urls() {
    folder=$work/url/$1 title=$2
    shift 2
    [ -e "$work/url" ] || return 0
    # shellcheck disable=SC2016 # for the inner shell
    check "programs for URLs, $title" sh -c 'folder=$1 && shift && cmake -S "$(dirname "$folder")" -B "$folder" "$@" &&
        cmake --build "$folder" -j 2 --target url_amos_http url_amos_http_static &&
        "$folder/url_amos_http" && "$folder/url_amos_http_static"' sh "$folder" "$@"
}
build_for_urls prefix "from a moved prefix" -DCMAKE_PREFIX_PATH="$work/moved"

check "make install DESTDIR" run_make install DESTDIR="$work/stage" PREFIX=/usr LIBDIR=$multiarch
build stage "from a stage with a folder per machine" -Damos_DIR="$work/stage$multiarch/cmake/amos"

build inside "with the sources inside" -DAMOS_SOURCE="$source" -DCMAKE_EXPORT_COMPILE_COMMANDS=ON -DAMOS_INSTALL=ON \
    -DCMAKE_INSTALL_LIBDIR=lib -DAMOS_WITH_CURL="$([ -e "$work/url" ] && echo ON || echo OFF)"
sed -En 's#^ *"file": "'"$source"'/((src|http)/.*)",*$#\1#p' "$work/inside/compile_commands.json" | sort -u >"$work/found"
# shellcheck disable=SC2046 # a list
printf '%s\n' src/*/*.c src/*/*/*.c $([ ! -e "$work/url" ] || echo http/*.c) | sort >"$work/listed"
same "CMake compiles the sources that make compiles" "$work/listed" "$work/found"
exported() { nm -D --defined-only "$1" | sed -n 's/^[0-9a-f]* T //p' | sort; }
for name in libamos.so $([ ! -e "$work/url" ] || echo libamos-http.so); do
    exported "$work/inside/amos/$name" >"$work/found"
    exported "$LIBOUT/$name" >"$work/listed"
    same "$name of CMake exports the same functions" "$work/listed" "$work/found"
done

files_of_library() { (cd "$1" && find include lib ! -type d | sort); }
check "cmake --install" cmake --install "$work/inside" --prefix "$work/first"
files_of_library "$work/moved" >"$work/listed"
files_of_library "$work/first" >"$work/found"
same "cmake --install puts the files of the library where make install does" "$work/listed" "$work/found"
for folder in include lib/cmake; do
    check "they are the same in $folder" diff -r "$work/moved/$folder" "$work/first/$folder"
done
for name in libamos.pc libamos-static.pc $([ ! -e "$work/url" ] || echo libamos-http.pc); do
    check "$name is the same but for the prefix" sh -c "grep -v ^prefix= '$work/moved/lib/pkgconfig/$name' >'$work/listed' &&
        grep -v ^prefix= '$work/first/lib/pkgconfig/$name' | diff '$work/listed' -"
done
build_for_urls first "from what cmake --install put there" -DCMAKE_PREFIX_PATH="$work/first"
rm "$work/first/lib/libamos.so"* "$work/first/lib/libamos-http.so"*
build_for_urls only "with the static libraries alone" -DCMAKE_PREFIX_PATH="$work/first"
sed 's/ COMPONENTS shared static//; s/foreach(way amos amos_static)/foreach(way amos)/' "$work/consumer/CMakeLists.txt" \
    >"$work/consumer/one.txt" && mv "$work/consumer/one.txt" "$work/consumer/CMakeLists.txt"
check "amos::amos is the static library if there is no other" sh -c "
    cmake -S '$work/consumer' -B '$work/only' -DCMAKE_PREFIX_PATH='$work/first' && cmake --build '$work/only' -j 2 &&
    '$work/only/threads_amos' '$work/phantom' | diff '$work/expected' -"

mkdir "$work/fetch"
cat >"$work/fetch/CMakeLists.txt" <<END
cmake_minimum_required(VERSION 3.18)
project(fetch C)
include(FetchContent)
FetchContent_Declare(amos SOURCE_DIR "$source")
FetchContent_MakeAvailable(amos)
if(NOT TARGET amos::amos OR NOT TARGET amos::amos_static)
  message(FATAL_ERROR "There are no targets.")
endif()
END
check "FetchContent gives the same targets" cmake -S "$work/fetch" -B "$work/fetched"

mkdir -p "$work/asks"
# shellcheck disable=SC2016 # for CMake
printf '%s\n' 'cmake_minimum_required(VERSION 3.18)' 'project(asks C)' \
    'find_package(amos ${ASKED} REQUIRED COMPONENTS ${PARTS})' >"$work/asks/CMakeLists.txt"
prefix=-DCMAKE_PREFIX_PATH=$work/moved
check "another minor version is refused" refuses 'version: 0.1' "$prefix" -DASKED=0.2
check "an older minor version is refused" refuses 'version: 0.1' "$prefix" -DASKED=0.0
check "an unknown component is named" refuses 'but no header' "$prefix" -DASKED=0.1 -DPARTS=header
rm "$work/moved/lib/libamos.a"
check "a static library that is not there is named" refuses 'no component static' "$prefix" -DASKED=0.1 -DPARTS=static
check "a shared library that is not there is named" refuses 'no component shared' -DCMAKE_PREFIX_PATH="$work/first" \
    -DASKED=0.1 -DPARTS=shared
check "the shared one is still found" cmake -S "$work/asks" -B "$work/accepted" "$prefix" -DASKED=0.1 -DPARTS=shared
check "an optional part may be missing" sh -c "sed -i 's/COMPONENTS/OPTIONAL_COMPONENTS/' '$work/asks/CMakeLists.txt' &&
    cmake -S '$work/asks' -B '$work/optional' '$prefix' -DASKED=0.1 -DPARTS=static"
check "a range of versions" cmake -S "$work/asks" -B "$work/range" "$prefix" -DASKED=0.1...0.9
rm -rf "${work:?}"
