# SPDX-License-Identifier: BSD-3-Clause
"""Stand-ins for the classes and functions of Conan 2 that packaging/conan uses, so that its methods can run without Conan:
CMake is called with the variables that the recipe sets, and finds the libraries of this system.

usage: conan_stand_in.py TREE WORK OPTION=VALUE...   builds, packages and prints what package_info() says, as JSON."""
import collections
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import types
from pathlib import Path
from types import SimpleNamespace


class CppInfo(SimpleNamespace):
    def __init__(self):
        super().__init__(properties={})

    def set_property(self, name, value):
        self.properties[name] = value


class PackageInfo(CppInfo):
    def __init__(self):
        super().__init__()
        self.components = collections.defaultdict(CppInfo)


class ConanFile:
    options: dict = {}

    def requires(self, reference, libs=True):
        self.required.append(reference)

    def tool_requires(self, reference):
        self.tools.append(reference)


class CMakeToolchain:
    def __init__(self, recipe):
        self.cache_variables = recipe.cache_variables

    def generate(self):
        pass


class Deps:
    def __init__(self, recipe):
        pass

    def generate(self):
        pass


class CMake:
    def __init__(self, recipe):
        self.recipe = recipe

    def run(self, *arguments):
        subprocess.run(["cmake", *map(str, arguments)], check=True, stdout=sys.stderr)

    def configure(self):
        values = [f"-D{name}={'ON' if value is True else 'OFF' if value is False else value}"
                  for name, value in self.recipe.cache_variables.items()]
        self.run("-S", self.recipe.source_folder, "-B", self.recipe.build_folder, "-DCMAKE_BUILD_TYPE=Release",
                 "-DCMAKE_C_FLAGS_RELEASE=", f"-DCMAKE_INSTALL_PREFIX={self.recipe.package_folder}",
                 "-DCMAKE_INSTALL_LIBDIR=lib", *values)

    def build(self):
        self.run("--build", self.recipe.build_folder, "--parallel", "2")

    def install(self):
        self.run("--install", self.recipe.build_folder)


def modules() -> dict[str, dict]:
    return {
        "conan": {"ConanFile": ConanFile},
        "conan.errors": {"ConanInvalidConfiguration": type("ConanInvalidConfiguration", (Exception,), {})},
        "conan.tools": {},
        "conan.tools.build": {"can_run": lambda recipe: True},
        "conan.tools.cmake": {"CMake": CMake, "CMakeDeps": Deps, "CMakeToolchain": CMakeToolchain,
                              "cmake_layout": lambda recipe, src_folder="": None},
        "conan.tools.files": {
            "copy": lambda recipe, pattern, src, dst: os.makedirs(dst, exist_ok=True) or shutil.copy(Path(src) / pattern, dst),
            "get": lambda recipe, **source: None,
            "rmdir": lambda recipe, path: shutil.rmtree(path),
        },
        "conan.tools.gnu": {"PkgConfigDeps": Deps},
    }


def load(path, options: dict):
    """The recipe of a conanfile.py, with its default options and those that are given."""
    for name, content in modules().items():
        module = types.ModuleType(name)
        module.__dict__.update(content)
        sys.modules[name] = module
    sys.dont_write_bytecode = True
    spec = importlib.util.spec_from_file_location("recipe", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    kind = next(v for v in vars(module).values() if isinstance(v, type) and issubclass(v, ConanFile) and v is not ConanFile)
    recipe = kind()
    unknown = set(options) - set(kind.options)
    if unknown:
        raise SystemExit(f"The recipe has no option {unknown}.")
    recipe.options = SimpleNamespace(**{**getattr(kind, "default_options", {}), **options})
    recipe.settings = SimpleNamespace(os="Linux", arch="x86_64", build_type="Release")
    recipe.conf = SimpleNamespace(get=lambda name, check_type: None)
    recipe.required, recipe.tools, recipe.cache_variables = [], [], {}
    recipe.cpp_info = PackageInfo()
    recipe.ref = "libamos"
    return recipe


def package(tree: str, work: str, options: dict) -> None:
    recipe = load(f"{tree}/packaging/conan/all/conanfile.py", options)
    recipe.source_folder, recipe.build_folder, recipe.package_folder = tree, f"{work}/build", f"{work}/package"
    for method in ("layout", "validate", "requirements", "build_requirements", "generate", "build", "package", "package_info"):
        getattr(recipe, method)()
    json.dump({name: vars(part) for name, part in recipe.cpp_info.components.items()}, sys.stdout)


if __name__ == "__main__":
    given = dict(argument.split("=") for argument in sys.argv[3:])
    package(sys.argv[1], sys.argv[2], {name: value == "True" for name, value in given.items()})
