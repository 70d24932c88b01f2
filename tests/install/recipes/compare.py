# SPDX-License-Identifier: BSD-3-Clause
"""Compares the recipes for conda-forge, vcpkg and Conan with the build: syntax, version, licence, libraries, options.

Prints "ok: ..." or "FAIL: ..." for each check, as tests/run/report.sh does. Run in the top folder of the tree."""
import json
import re
import sys
from pathlib import Path

import yaml

sys.path[:0] = ["python", "tests/install/recipes"]
import amos_build
import conan_stand_in

# Names of the libraries of packages.txt elsewhere. A library that is added there must be added here.
NAMES = {  # Debian: conda-forge, vcpkg, Conan
    "zlib1g-dev": ("zlib", "zlib", "zlib"),
    "libnifti2-dev": ("nifti_clib", "nifticlib", "nifti_clib"),
    "libcjson-dev": ("cjson", "cjson", "cjson"),
    "liblz4-dev": ("lz4-c", "lz4", "lz4"),
    "libisal-dev": ("isa-l", "isal", "isa-l"),
    "libdeflate-dev": ("libdeflate", "libdeflate", "libdeflate"),
    "libcurl4-openssl-dev": ("libcurl", "curl", "libcurl"),
    "libpng-dev": ("libpng", None, None),  # of the command, which only the recipe for conda-forge builds
}
OPTIONAL = ("curl", "isal", "libdeflate", "lz4")  # groups of packages.txt, features of vcpkg, with_... of Conan
NO_LIBRARIES = {"gcc", "libc6-dev", "make", "pkg-config"}


def report(text: str, found, expected) -> None:
    if found == expected:
        print(f"ok: {text}")
    else:
        print(f"FAIL: {text}\n  expected {expected}\n  found    {found}")


def libraries(groups: set[str]) -> set[str]:
    rows = [line.split() for line in Path("packages.txt").read_text("utf-8").splitlines() if line and line[0] != "#"]
    return {row[1] for row in rows if row[0] in groups} - NO_LIBRARIES


def named(debian: set[str], column: int) -> list[str]:
    return sorted(name for package in debian if (name := NAMES[package][column]))


def cmake_options() -> set[str]:
    text = "".join(Path(p).read_text("utf-8") for p in ("CMakeLists.txt", "packaging/cmake/install.cmake"))
    return set(re.findall(r"^(?:option|set)\((AMOS_\w+) .*(?:ON|ALONE}|CACHE STRING)", text, re.MULTILINE))


def make_variables() -> set[str]:
    return set(re.findall(r"^(\w+) \?=", Path("Makefile").read_text("utf-8"), re.MULTILINE))


def compare_project(recipe: str, found: dict) -> None:
    expected = {"version": amos_build.version(), "license": amos_build.project()["license"],
                "description": amos_build.project()["description"]}
    for key, value in expected.items():
        report(f"{recipe}: {key}", found[key], value)


def compare_conda() -> None:
    recipe = yaml.safe_load(Path("packaging/conda/recipe.yaml").read_text("utf-8"))
    about = recipe["about"]
    compare_project("conda", {"version": recipe["context"]["version"], "license": about["license"], "description": about["summary"]})
    report("conda: the licence is a file", Path(about["license_file"]).is_file(), True)
    everything = libraries({"build", "libpng", *OPTIONAL})
    for output in recipe["outputs"]:
        name = output["package"]["name"]
        report(f"conda, {name}: libraries", sorted(set(output["requirements"]["host"]) - {"python"}), named(everything, 0))
        script = "\n".join(output["build"]["script"])
        given = set(re.findall(r"\b([A-Z][A-Z0-9_]+)=", script))
        report(f"conda, {name}: variables that the Makefile has", sorted(given - make_variables()), [])
        report(f"conda, {name}: no tests of the project", re.findall(r"\bmake\b.*\b(test|check)\b", script), [])
    contents = next(t["package_contents"] for t in recipe["outputs"][0]["tests"] if "package_contents" in t)
    report("conda: headers that the tree has", [h for h in contents["include"] if not Path("include", h).is_file()], [])


def compare_vcpkg() -> None:
    port = json.loads(Path("packaging/vcpkg/vcpkg.json").read_text("utf-8"))
    compare_project("vcpkg", {"version": port["version-semver"], "license": port["license"], "description": port["description"]})
    name = lambda dependency: dependency if isinstance(dependency, str) else dependency["name"]
    names = [name(d) for d in port["dependencies"] if isinstance(d, str) or not d.get("host")]
    report("vcpkg: libraries", sorted(names), named(libraries({"build"}), 1))
    features = {key: [name(d) for d in feature["dependencies"]] for key, feature in port["features"].items()}
    report("vcpkg: optional libraries", features, {key: named(libraries({key}), 1) for key in OPTIONAL})
    report("vcpkg: the default has the cache, and nothing else that is optional", port["default-features"], ["lz4"])
    portfile = Path("packaging/vcpkg/portfile.cmake").read_text("utf-8")
    given = set(re.findall(r"\b(AMOS_\w+)", portfile))
    report("vcpkg: options that CMakeLists.txt has", sorted(given - cmake_options()), [])
    report("vcpkg: the licence is installed", 'vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")' in portfile, True)


def compare_conan() -> None:
    folder = Path("packaging/conan/all")
    for chosen in ((), *((name,) for name in OPTIONAL), OPTIONAL):
        recipe = conan_stand_in.load(folder / "conanfile.py", {f"with_{name}": name in chosen for name in OPTIONAL})
        recipe.requirements()
        debian = libraries({"build", *chosen})
        report(f"conan: libraries with {', '.join(chosen) or 'no option'}", sorted(r.split("/")[0] for r in recipe.required), named(debian, 2))
    sources = yaml.safe_load((folder / "conandata.yml").read_text("utf-8"))["sources"]
    versions = yaml.safe_load(Path("packaging/conan/config.yml").read_text("utf-8"))["versions"]
    compare_project("conan", {"version": max(sources), "license": recipe.license, "description": recipe.description})
    report("conan: config.yml has the versions of conandata.yml", versions, {v: {"folder": "all"} for v in sources})
    recipe.generate()
    report("conan: options that CMakeLists.txt has", sorted(set(recipe.cache_variables) - cmake_options()), [])
    conan_stand_in.load(folder / "test_package/conanfile.py", {})
    for shared in (True, False):
        recipe = conan_stand_in.load(folder / "conanfile.py", {"shared": shared, "with_curl": True})
        recipe.generate()
        recipe.package_info()
        report(f"conan: what is built, shared={shared}", (recipe.cache_variables["AMOS_BUILD_SHARED"],
               recipe.cache_variables["AMOS_BUILD_STATIC"]), (shared, not shared))
        parts = recipe.cpp_info.components
        names = [name for part in parts.values()
                 for name in (part.properties["cmake_target_name"], *part.properties.get("cmake_target_aliases", []))]
        report(f"conan: targets as those of make install, shared={shared}", names, [
            name + kind for name in ("amos::amos", "amos::amos_http") for kind in ("", "_static")[:1 if shared else 2]])
        used = {name.split("::")[0] for part in parts.values() for name in part.requires if "::" in name}
        recipe.requirements()
        report(f"conan: each library belongs to a part, shared={shared}", used, {r.split("/")[0] for r in recipe.required})


def says_not_run() -> None:
    for folder in ("conda", "vcpkg", "conan"):
        silent = [str(p) for p in sorted(Path("packaging", folder).rglob("*")) if p.is_file()
                  and p.name in ("recipe.yaml", "vcpkg.json", "portfile.cmake", "config.yml", "conanfile.py")
                  and "Not run" not in p.read_text("utf-8")]
        report(f"{folder}: its files say that they were not run", silent, [])


compare_conda()
compare_vcpkg()
compare_conan()
says_not_run()
