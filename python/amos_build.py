# SPDX-License-Identifier: BSD-3-Clause
"""The PEP 517 back end of libamos: builds wheels and source archives by the Makefile, without other packages.

A wheel has the Python package, its C half, the command, and the shared libraries that both need, in amos/lib. They are
found by $ORIGIN; libnifti2 of Debian looks for its own in $ORIGIN/../lib, which is the same folder. The same sources
give the same bytes.
"""
from __future__ import annotations

import base64
import gzip
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import time
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# What every system that can run the wheel has.
SYSTEM = re.compile(r"^(linux-vdso|ld-linux|lib(c|m|pthread|dl|rt|gcc_s)\.)")

# The libraries that a wheel may carry, and their licences. A library that is not listed here is an error, so that no
# wheel carries one without its licence.
CARRIED = {
    "libz": "Zlib",
    "libcjson": "MIT",
    "libnifti2": "LicenseRef-public-domain",
    "libznz": "LicenseRef-public-domain",
    "liblz4": "BSD-2-Clause",
    "libisal": "BSD-3-Clause",
    "libdeflate": "MIT",
    "libpng16": "libpng-2.0",
}

# Never part of a source archive.
LEFT_OUT = {"build", "lib", ".git", "__pycache__", ".cache"}


# ---- the project ----


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def version() -> str:
    header = (ROOT / "include/amos/export.h").read_text("utf-8")
    return re.search(r'^#define AMOS_VERSION_STRING "(.*)"', header, re.MULTILINE)[1]


def metadata() -> str:
    p = project()
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {p['name']}",
        f"Version: {version()}",
        f"Summary: {p['description']}",
        f"License: {p['license']}",
        f"Keywords: {','.join(p['keywords'])}",
        f"Requires-Python: {p['requires-python']}",
        *(f"Classifier: {c}" for c in p["classifiers"]),
    ]
    for extra, needs in p["optional-dependencies"].items():
        lines.append(f"Provides-Extra: {extra}")
        lines += [f'Requires-Dist: {need}; extra == "{extra}"' for need in needs]
    lines += ["Description-Content-Type: text/markdown", "", (ROOT / p["readme"]).read_text("utf-8")]
    return "\n".join(lines)


def platform() -> str:
    return sysconfig.get_platform().replace("-", "_").replace(".", "_")


def tag() -> str:
    return f"cp311-abi3-{platform()}"


# ---- building ----


def make(*arguments: str) -> None:
    """Runs make. Its messages, such as that of missing packages, are those of the build."""
    program = shutil.which(os.environ.get("MAKE", "make"))
    if program is None:
        raise SystemExit("libamos: The program make is missing; install it (in Debian: apt-get install make).")
    done = subprocess.run([program, "--no-print-directory", "-C", str(ROOT), *arguments], check=False)
    if done.returncode != 0:
        raise SystemExit("libamos: The package cannot be built; the lines above say why.")


def needed(file: Path) -> dict[str, Path]:
    """The shared libraries that a file loads, directly or not, but not those of the system: name -> file."""
    found = {}
    for line in subprocess.run(["ldd", file], check=True, capture_output=True, text=True).stdout.splitlines():
        match = re.match(r"\s*(\S+) => (\S+)", line)
        if match and not SYSTEM.match(match[1]):
            found[match[1]] = Path(match[2]).resolve()
    return found


def licence_of(name: str, file: Path) -> tuple[str, bytes]:
    """The name and the text for the licences of the wheel."""
    stem = name.split(".so")[0]
    if stem not in CARRIED:
        raise SystemExit(f"libamos: {name} would be carried by the wheel, but python/amos_build.py has no licence of it.")
    owner = ""
    if shutil.which("dpkg"):
        asked = subprocess.run(["dpkg", "-S", f"*/{file.name}"], check=False, capture_output=True, text=True)
        owner = asked.stdout.split(":")[0] if asked.returncode == 0 else ""
    places = [Path("/usr/share/doc") / (owner or "-") / "copyright"]
    places += sorted(Path("/usr/share/licenses").glob(f"*{stem.removeprefix('lib')}*/*"))
    text = next((place.read_bytes() for place in places if place.is_file()), b"")
    if not text:
        print(f"libamos: The licence of {name} ({CARRIED[stem]}) was not found on this system. The wheel works, but add "
              "the text before it is passed on.", file=sys.stderr)
    return f"{stem}.txt", f"{name}: {CARRIED[stem]}\n\n".encode() + text


def build(folder: Path) -> None:
    """Builds the package and the command in a folder, with the run path of the wheel."""
    run_path = "-Wl,--disable-new-dtags,-rpath,'$$ORIGIN/lib:$$ORIGIN/../lib',--strip-debug"
    results = os.path.relpath(folder, ROOT)  # make takes no blanks, which the path of the tree may have
    make(
        f"BUILD={results}/build",
        f"LIBOUT={results}/lib",
        f"PYTHON={sys.executable}",
        f"LDFLAGS={os.environ.get('LDFLAGS', '')} {run_path}",
        "all",
        "python",
    )


def wheel_files(folder: Path) -> dict[str, tuple[bytes, int]]:
    """The files of the wheel but those of its description: name -> content and mode."""
    package = folder / "build/python/amos"
    command = folder / "build/amos"
    parts = [p for p in sorted(package.rglob("*")) if p.is_file() and "__pycache__" not in p.parts]
    files = {f"amos/{p.relative_to(package)}": (p.read_bytes(), 0o644) for p in parts}
    files["amos/_amos.abi3.so"] = (files["amos/_amos.abi3.so"][0], 0o755)
    files["amos/bin/amos"] = (command.read_bytes(), 0o755)
    info = f"libamos-{version()}.dist-info"
    files[f"{info}/licenses/LICENSE"] = ((ROOT / "LICENSE").read_bytes(), 0o644)
    for name, file in sorted((needed(package / "_amos.abi3.so") | needed(command)).items()):
        files[f"amos/lib/{name}"] = (file.read_bytes(), 0o755)
        title, text = licence_of(name, file)
        files[f"{info}/licenses/{title}"] = (text, 0o644)
    return files


# ---- archives ----


def epoch() -> int:
    return max(int(os.environ.get("SOURCE_DATE_EPOCH", "315532800")), 315532800)  # ZIP begins in 1980


def write_wheel(path: Path, files: dict[str, tuple[bytes, int]]) -> None:
    p = project()
    info = f"libamos-{version()}.dist-info"
    scripts = "".join(f"{name} = {target}\n" for name, target in p["scripts"].items())
    wheel = f"Wheel-Version: 1.0\nGenerator: libamos\nRoot-Is-Purelib: false\nTag: {tag()}\n"
    files = dict(files)
    for name, text in {"METADATA": metadata(), "WHEEL": wheel, "entry_points.txt": f"[console_scripts]\n{scripts}"}.items():
        files[f"{info}/{name}"] = (text.encode(), 0o644)
    record = ""
    for name, (content, _) in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        record += f"{name},sha256={digest},{len(content)}\n"
    files[f"{info}/RECORD"] = (f"{record}{info}/RECORD,,\n".encode(), 0o644)
    date = time.gmtime(epoch())[:6]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (content, mode) in files.items():
            entry = zipfile.ZipInfo(name, date)
            entry.external_attr = (0o100000 | mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content, compresslevel=9)


def sources() -> list[str]:
    """The files of the source archive: those that git knows, or without git all that are no results."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z"], check=False, capture_output=True, text=True) \
        if (ROOT / ".git").exists() and shutil.which("git") else None
    if listed and listed.returncode == 0:
        return sorted(name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file())
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(f for f in folders if f not in LEFT_OUT)
        found += [os.path.relpath(os.path.join(folder, name), ROOT) for name in names if not name.endswith(".pyc")]
    return sorted(name for name in found if name != "PKG-INFO")


# ---- the hooks of PEP 517 and PEP 660 ----


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """The setting build-folder names a folder for the results of the build, which then stay."""
    name = f"libamos-{version()}-{tag()}.whl"
    with tempfile.TemporaryDirectory(prefix="libamos-") as temporary:
        folder = Path((config_settings or {}).get("build-folder", temporary)).resolve()
        build(folder)
        write_wheel(Path(wheel_directory) / name, wheel_files(folder))
    return name


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    """The package stays in build/python of the source tree; `make python` renews it."""
    make(f"PYTHON={sys.executable}", "all", "python")
    name = f"libamos-{version()}-{tag()}.whl"
    write_wheel(Path(wheel_directory) / name, {"libamos.pth": (f"{ROOT}/build/python\n".encode(), 0o644)})
    return name


def build_sdist(sdist_directory, config_settings=None):
    stem = f"libamos-{version()}"
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name in [*sources(), "PKG-INFO"]:
            content = metadata().encode() if name == "PKG-INFO" else (ROOT / name).read_bytes()
            entry = tarfile.TarInfo(f"{stem}/{name}")
            entry.size, entry.mtime = len(content), epoch()
            entry.mode = 0o755 if name != "PKG-INFO" and os.access(ROOT / name, os.X_OK) else 0o644
            archive.addfile(entry, io.BytesIO(content))
    (Path(sdist_directory) / f"{stem}.tar.gz").write_bytes(gzip.compress(packed.getvalue(), 9, mtime=0))
    return f"{stem}.tar.gz"
