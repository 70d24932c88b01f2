# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

from importlib import import_module
from typing import Any


def needed(name: str, bridge: str, extra: str = "") -> Any:
    """Imports what a bridge leads to; ImportError with the way on if it is not there."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        package = name.split(".")[0]
        if error.name is None or error.name.split(".")[0] != package:
            raise
        way = f"pip install libamos[{extra}]" if extra else f"see the instructions of {package}"
        raise ImportError(f"{bridge} needs {package}, which is not installed ({way}).", name=package) from None
