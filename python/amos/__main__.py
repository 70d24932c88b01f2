# SPDX-License-Identifier: BSD-3-Clause
"""The command: `python -m amos ARGUMENT...` is `amos ARGUMENT...`."""
from __future__ import annotations

import os
import sys

from amos._command import find


def main() -> int:
    command = find()
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
