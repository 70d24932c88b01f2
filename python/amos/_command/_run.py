# SPDX-License-Identifier: BSD-3-Clause
"""Finding the command, and calling it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from errno import ENOENT
from pathlib import Path
from typing import Any, Optional, Union

from .._dataset import Case, Dataset
from .._errors import ArgumentError, DataError, Error, MissingFileError
from .._words import in_python

Source = Union[str, os.PathLike, Dataset, Case]


def find() -> Optional[str]:
    """The path of the command: that of the wheel, of the build folder, or of PATH."""
    package = Path(__file__).resolve().parent.parent
    # In a wheel; and in the build folder, which `pip install -e` uses.
    for carried in package / "bin" / "amos", package.parent.parent / "amos":
        if carried.is_file() and os.access(carried, os.X_OK):
            return str(carried)
    found = shutil.which("amos")
    # The entry point of a wheel would start itself again.
    return None if found and os.path.samefile(found, sys.argv[0] or os.devnull) else found


def operands(source: Source) -> list[str]:
    """What the command calls a path, a data set or a case."""
    if isinstance(source, Dataset):
        return [source.root]
    if isinstance(source, Case):
        return [source._dataset.root, source.id]
    text = os.fsdecode(os.fspath(source))
    return ["./" + text if text.startswith("-") else text]


def _text(name: str, value: Any) -> str:
    if isinstance(value, dict):
        return ",".join(f"{key}={_text(name, item)}" for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return ",".join(_text(name, item) for item in value)
    if isinstance(value, slice):
        return f"{value.start or 0}:{value.stop}"
    if isinstance(value, (str, bytes, os.PathLike)):
        return os.fsdecode(os.fspath(value))
    if isinstance(value, (int, float)) or hasattr(value, "__float__"):
        return str(value)
    raise ArgumentError(f"{name} cannot be {value!r}; a text, a number, or a list or dict of these was expected.")


def arguments(options: dict[str, Any]) -> list[str]:
    """--drop-specks=20 for drop_specks=20, --force for force=True; None and False are left out."""
    words = []
    for name, value in options.items():
        option = "--" + name.replace("_", "-")
        if value is True:
            words.append(option)
        elif value is not None and value is not False:
            words.append(f"{option}={_text(name, value)}")
    return words


def _refusal(name: str, code: int, report: str) -> Error:
    lines = [line.removeprefix("amos: ") for line in report.splitlines() if line.startswith("amos: ")]
    sentences = [in_python(line.removeprefix(f"{name}: ")) for line in lines]
    kind = ArgumentError if code == 2 else MissingFileError if os.strerror(ENOENT) in report else DataError
    return kind(" ".join(sentences) or f"amos {name} ended with {code}.")


def run(name: str, words: list[str]) -> tuple[str, Optional[Error]]:
    """What the command prints, and the exception for its exit code."""
    command = find()
    if command is None:
        raise MissingFileError(
            "The command amos is not part of this package and not in PATH; install it by `make install`, or the package "
            "by `pip install`."
        )
    done = subprocess.run([command, *name.split(), *words], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    output, report = os.fsdecode(done.stdout), os.fsdecode(done.stderr)
    if done.returncode == 0:
        return output, None
    return output, _refusal(name, done.returncode, report)
