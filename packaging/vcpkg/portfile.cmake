# SPDX-License-Identifier: BSD-3-Clause
# A port for vcpkg. Not run: see vcpkg.json. To do at a release: the address and SHA512, the checksum of the archive.
vcpkg_from_github(
    OUT_SOURCE_PATH SOURCE_PATH
    REPO libamos/libamos
    REF "v${VERSION}"
    SHA512 0
    HEAD_REF main
)

string(COMPARE EQUAL "${VCPKG_LIBRARY_LINKAGE}" "dynamic" BUILD_SHARED)
string(COMPARE EQUAL "${VCPKG_LIBRARY_LINKAGE}" "static" BUILD_STATIC)
vcpkg_check_features(OUT_FEATURE_OPTIONS FEATURE_OPTIONS
    FEATURES
        curl AMOS_WITH_CURL
        isal AMOS_WITH_ISAL
        libdeflate AMOS_WITH_LIBDEFLATE
        lz4 AMOS_WITH_LZ4
)
vcpkg_find_acquire_program(PKGCONFIG)

vcpkg_cmake_configure(
    SOURCE_PATH "${SOURCE_PATH}"
    OPTIONS
        ${FEATURE_OPTIONS}
        -DAMOS_BUILD_SHARED=${BUILD_SHARED}
        -DAMOS_BUILD_STATIC=${BUILD_STATIC}
        -DAMOS_INSTALL=ON
        -DAMOS_INSTALL_CMAKEDIR=share/amos
        "-DPKG_CONFIG_EXECUTABLE=${PKGCONFIG}"
)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(PACKAGE_NAME amos)
vcpkg_fixup_pkgconfig()

# amosTargets.cmake names one library of a kind; a program for debugging takes that of debug/lib.
if(NOT DEFINED VCPKG_BUILD_TYPE)
    set(pairs amos libamos)
    if("curl" IN_LIST FEATURES)
        list(APPEND pairs amos_http libamos-http)
    endif()
    while(pairs)
        list(POP_FRONT pairs target library)
        if(BUILD_SHARED)
            string(APPEND library ".so.${VERSION}")
        else()
            string(APPEND target _static)
            string(APPEND library .a)
        endif()
        file(APPEND "${CURRENT_PACKAGES_DIR}/share/amos/amosTargets.cmake"
            "set_target_properties(amos::${target} PROPERTIES IMPORTED_LOCATION_DEBUG \"\${CMAKE_CURRENT_LIST_DIR}/../../debug/lib/${library}\")\n")
    endwhile()
endif()

file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug/include" "${CURRENT_PACKAGES_DIR}/debug/share")
file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
