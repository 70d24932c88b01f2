# SPDX-License-Identifier: BSD-3-Clause
"""The command: `python -m amos ARGUMENT...` is `amos ARGUMENT...`."""
from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path


def _command() -> str | None:
    package = Path(__file__).resolve().parent
    # In a wheel; and in the build folder, which `pip install -e` uses.
    for carried in package / "bin" / "amos", package.parent.parent / "amos":
        if carried.is_file() and os.access(carried, os.X_OK):
            return str(carried)
    found = shutil.which("amos")
    # The entry point of a wheel would start itself again.
    return None if found and os.path.samefile(found, sys.argv[0] or os.devnull) else found


def main() -> int:
    command = _command()
    if command is None:
        print(
            "amos: The command is not part of this package and not in PATH; install it by `make install`, or the "
            "package by `pip install`.",
            file=sys.stderr,
        )
        return 2
    os.execv(command, ["amos", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
