# SPDX-License-Identifier: BSD-3-Clause
"""Types of voxels, as people name them."""

from __future__ import annotations

from typing import Any

_BUILTIN = {float: "float64", int: "int64"}
_KINDS = {"i": "int", "u": "uint", "f": "float"}


def _from_letters(text: str) -> str:
    """ "<f4" and "f4" as "float32"; other texts unchanged."""
    short = text.lstrip("<=|>")
    if short[:1] not in _KINDS or not short[1:].isdigit():
        return text
    if text[0] == ">" and short[1:] != "1":
        raise ValueError(f"the type {text!r} has the other byte order; {short!r}, this machine's, is possible.")
    return f"{_KINDS[short[0]]}{8 * int(short[1:])}"


def type_name(dtype: Any) -> str:
    """The library's name of a type: of its name ("float32", "f4"), of numpy.float32, numpy.dtype("f4"), torch.float32,
    float or int."""
    if isinstance(dtype, str):
        return _from_letters(dtype)
    if dtype in _BUILTIN:
        return _BUILTIN[dtype]
    if getattr(dtype, "isnative", True) is False:
        raise ValueError(f"the type {dtype!s} has the other byte order; {dtype.name!r}, this machine's, is possible.")
    for name in (getattr(dtype, "name", None), getattr(dtype, "__name__", None)):
        if isinstance(name, str):
            return name
    text = str(dtype)
    if text.startswith("torch."):
        return text[len("torch.") :]
    raise TypeError(f'a type such as "float32" or numpy.float32 is needed, not {dtype!r}.')


def converted(voxels: Any, dtype: Any) -> Any:
    """The voxels as a NumPy array of a type; ValueError if an integer type cannot hold one of them."""
    import numpy

    given = numpy.asarray(voxels)
    with numpy.errstate(invalid="ignore", over="ignore"):
        made = given.astype(type_name(dtype))
        wrong = made != given
    if made.dtype.kind in "iu" and wrong.any():
        first = tuple(int(index) for index in numpy.argwhere(wrong)[0])
        raise ValueError(f"voxel {first} has the value {given[first]!s}, which {made.dtype} cannot hold; scale or round it first.")
    return made
