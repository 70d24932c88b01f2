# SPDX-License-Identifier: BSD-3-Clause
"""What a volume can be opened from."""

from __future__ import annotations

import os
from typing import Any, Optional, Union

Path = Union[str, bytes, "os.PathLike[Any]"]

_GZIP = b"\x1f\x8b"


def _read(file: Any) -> bytes:
    content = file.read()
    if isinstance(content, str):
        raise TypeError('the file was opened as text; open it in binary mode: open(path, "rb").')
    return bytes(content)


def content_of(source: Any, memory: bool = False) -> Optional[bytes]:
    """The content of a file that `source` is, or that it can read; None if it is a path. Bytes are a path unless they
    cannot be one: they begin like gzip, or have a NUL, as every header of NIfTI has."""
    if memory or isinstance(source, (bytearray, memoryview)):
        return bytes(source)
    if isinstance(source, bytes):
        return source if source.startswith(_GZIP) or b"\0" in source else None
    if isinstance(source, (str, os.PathLike)):
        return None
    if hasattr(source, "read"):
        return _read(source)
    raise TypeError(
        "a volume is opened from a path, a file in binary mode, or the content of a file as bytes, not from "
        f"{type(source).__name__}; voxels in memory make a label map by LabelMap.make()."
    )


def is_source(given: Any) -> bool:
    """Whether a volume can be opened from it, other than voxels in memory."""
    return isinstance(given, (str, bytes, os.PathLike)) or (
        hasattr(given, "read") and not hasattr(given, "__array__") and not hasattr(given, "__dlpack__")
    )
