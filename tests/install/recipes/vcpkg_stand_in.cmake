# SPDX-License-Identifier: BSD-3-Clause
# Stand-ins for the functions of vcpkg that packaging/vcpkg uses, so that the port can run without vcpkg; it finds the
# libraries of this system.
#
# usage: cmake -DTREE=... -DWORK=... -DLINKAGE=dynamic|static -DFEATURES=lz4 -P vcpkg_stand_in.cmake
# The package comes to WORK/package.
cmake_minimum_required(VERSION 3.18)
set(PORT libamos)
file(READ "${TREE}/packaging/vcpkg/vcpkg.json" manifest)
string(JSON VERSION GET "${manifest}" version-semver)
set(VCPKG_LIBRARY_LINKAGE "${LINKAGE}")
set(CURRENT_PACKAGES_DIR "${WORK}/package")

function(run)
    execute_process(COMMAND ${ARGV} RESULT_VARIABLE code)
    if(code)
        message(FATAL_ERROR "${ARGV} ended with ${code}")
    endif()
endfunction()

function(vcpkg_from_github)
    cmake_parse_arguments(PARSE_ARGV 0 arg "" "OUT_SOURCE_PATH;REPO;REF;SHA512;HEAD_REF" "")
    if(arg_UNPARSED_ARGUMENTS OR NOT arg_REF STREQUAL "v${VERSION}")
        message(FATAL_ERROR "vcpkg_from_github: ${ARGV}")
    endif()
    set(${arg_OUT_SOURCE_PATH} "${TREE}" PARENT_SCOPE)
endfunction()

function(vcpkg_check_features)
    cmake_parse_arguments(PARSE_ARGV 0 arg "" "OUT_FEATURE_OPTIONS" "FEATURES")
    set(options)
    while(arg_FEATURES)
        list(POP_FRONT arg_FEATURES feature variable)
        if(feature IN_LIST FEATURES)
            list(APPEND options "-D${variable}=ON")
        else()
            list(APPEND options "-D${variable}=OFF")
        endif()
    endwhile()
    set(${arg_OUT_FEATURE_OPTIONS} ${options} PARENT_SCOPE)
endfunction()

function(vcpkg_find_acquire_program name)
    find_program(${name} pkg-config REQUIRED)
    set(${name} "${${name}}" PARENT_SCOPE)
endfunction()

# Two builds, as vcpkg makes them: the package, and the libraries for debugging below debug.
function(vcpkg_cmake_configure)
    cmake_parse_arguments(PARSE_ARGV 0 arg "" "SOURCE_PATH" "OPTIONS")
    run(${CMAKE_COMMAND} -S "${arg_SOURCE_PATH}" -B "${WORK}/release" ${arg_OPTIONS} -DCMAKE_BUILD_TYPE=Release
        -DCMAKE_INSTALL_LIBDIR=lib "-DCMAKE_INSTALL_PREFIX=${CURRENT_PACKAGES_DIR}")
    run(${CMAKE_COMMAND} -S "${arg_SOURCE_PATH}" -B "${WORK}/debug" ${arg_OPTIONS} -DCMAKE_BUILD_TYPE=Debug
        -DCMAKE_INSTALL_LIBDIR=lib "-DCMAKE_INSTALL_PREFIX=${CURRENT_PACKAGES_DIR}/debug")
endfunction()
function(vcpkg_cmake_install)
    foreach(kind release debug)
        run(${CMAKE_COMMAND} --build "${WORK}/${kind}" --parallel 2)
        run(${CMAKE_COMMAND} --install "${WORK}/${kind}")
    endforeach()
endfunction()

function(vcpkg_cmake_config_fixup)
    cmake_parse_arguments(PARSE_ARGV 0 arg "" "PACKAGE_NAME" "")
    foreach(folder share debug/share)
        if(NOT EXISTS "${CURRENT_PACKAGES_DIR}/${folder}/${arg_PACKAGE_NAME}/${arg_PACKAGE_NAME}Config.cmake")
            message(FATAL_ERROR "There is no ${folder}/${arg_PACKAGE_NAME}.")
        endif()
    endforeach()
endfunction()
function(vcpkg_fixup_pkgconfig)
    if(NOT EXISTS "${CURRENT_PACKAGES_DIR}/lib/pkgconfig/libamos.pc")
        message(FATAL_ERROR "There is no libamos.pc.")
    endif()
endfunction()
function(vcpkg_install_copyright)
    cmake_parse_arguments(PARSE_ARGV 0 arg "" "" "FILE_LIST")
    file(COPY_FILE "${arg_FILE_LIST}" "${CURRENT_PACKAGES_DIR}/share/${PORT}/copyright")
endfunction()

include("${TREE}/packaging/vcpkg/portfile.cmake")
