# SPDX-License-Identifier: BSD-3-Clause
# A recipe for Conan 2. Not run: there was no Conan to run it. tests/install/recipes.sh runs its methods with stand-ins for
# those of Conan. The versions of the libraries are those that ConanCenter had when this was written.
import os

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, get, rmdir
from conan.tools.gnu import PkgConfigDeps

required_conan_version = ">=2.4"


class LibamosConan(ConanFile):
    name = "libamos"
    description = "Reads, checks, scores and loads the AMOS abdominal CT/MRI data set and other NIfTI volumes"
    license = "BSD-3-Clause"
    url = "https://github.com/conan-io/conan-center-index"
    homepage = "https://github.com/libamos/libamos"
    topics = ("medical-imaging", "nifti", "segmentation", "ct", "mri")
    package_type = "library"
    languages = "C"
    settings = "os", "arch", "compiler", "build_type"
    options = {
        "shared": [True, False],
        "fPIC": [True, False],
        "with_lz4": [True, False],
        "with_isal": [True, False],
        "with_libdeflate": [True, False],
        "with_curl": [True, False],
    }
    default_options = {"shared": False, "fPIC": True, "with_lz4": True, "with_isal": False, "with_libdeflate": False,
                       "with_curl": False}
    implements = ["auto_shared_fpic"]

    def layout(self):
        cmake_layout(self, src_folder="src")

    def requirements(self):
        self.requires("zlib/[>=1.2.11 <2]")
        self.requires("cjson/1.7.18")
        self.requires("nifti_clib/3.0.0")
        if self.options.with_lz4:
            self.requires("lz4/[>=1.9.4 <2]")
        if self.options.with_isal:
            self.requires("isa-l/2.30.0")
        if self.options.with_libdeflate:
            self.requires("libdeflate/[>=1.19 <2]")
        if self.options.with_curl:  # its headers; libamos-http loads libcurl.so.4 when it runs
            self.requires("libcurl/[>=7.85 <9]", libs=False)

    def build_requirements(self):
        self.tool_requires("cmake/[>=3.18]")
        if not self.conf.get("tools.gnu:pkg_config", check_type=str):
            self.tool_requires("pkgconf/[>=2.2 <3]")

    def validate(self):
        if self.settings.os != "Linux":
            raise ConanInvalidConfiguration(f"{self.ref} is for Linux.")

    def source(self):
        get(self, **self.conan_data["sources"][self.version], strip_root=True)

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["AMOS_BUILD_SHARED"] = bool(self.options.shared)
        toolchain.cache_variables["AMOS_BUILD_STATIC"] = not self.options.shared
        for name in "lz4", "isal", "libdeflate", "curl":
            toolchain.cache_variables[f"AMOS_WITH_{name.upper()}"] = "ON" if getattr(self.options, f"with_{name}") else "OFF"
        toolchain.cache_variables["AMOS_INSTALL"] = True
        toolchain.generate()
        CMakeDeps(self).generate()
        PkgConfigDeps(self).generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        CMake(self).install()
        rmdir(self, os.path.join(self.package_folder, "lib", "cmake"))
        rmdir(self, os.path.join(self.package_folder, "lib", "pkgconfig"))

    def package_info(self):
        self.cpp_info.set_property("cmake_file_name", "amos")
        used = ["zlib", "cjson", "nifti_clib", *(["lz4"] if self.options.with_lz4 else []),
                *(["isa-l"] if self.options.with_isal else []), *(["libdeflate"] if self.options.with_libdeflate else [])]
        self.describe("amos", "amos", [f"{name}::{name}" for name in used], ["m", "pthread"])
        if self.options.with_curl:
            self.describe("amos_http", "amos-http", ["amos", "libcurl::libcurl"], ["dl", "pthread"])

    def describe(self, name, library, requires, system_libs):
        part = self.cpp_info.components[name]
        part.set_property("cmake_target_name", f"amos::{name}")
        if not self.options.shared:
            part.set_property("cmake_target_aliases", [f"amos::{name}_static"])
        part.set_property("pkg_config_name", f"lib{library}")
        part.libs = [library]
        part.requires = requires
        part.system_libs = system_libs
