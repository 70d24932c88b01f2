# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

from typing import Any

from . import _amos


def restore(data: bytearray, format: str, shape: tuple[int, ...], first: int, readonly: int, geometry: Any) -> _amos.Array:
    """An Array that comes from another process, or from a file of pickle."""
    array = _amos.array_make(data, format, shape, first, readonly)
    array.geometry = geometry
    return array
