# SPDX-License-Identifier: BSD-3-Clause
"""Verdicts on cases, as the viewer of amos serve and amos report saves them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Iterable, NamedTuple, Optional, Union, overload

from . import _amos
from ._closing import Closing
from ._errors import shown, warn
from ._volume import Path


class Verdict(NamedTuple):
    """One verdict of a file."""

    case: str
    verdict: str
    """"pass", "fail", "unsure", or "none" for one that withdraws the one before."""
    organ: Optional[str]
    """None: the whole case is meant."""
    text: str
    voxel: Optional[tuple[int, int, int]]
    """In the grid of the case's image as it is stored."""
    mm: Optional[tuple[float, float, float]]
    time: str


class Verdicts(Closing, Sequence):
    """The verdicts of a file: JSON, lines of JSON, or CSV. A sequence of Verdict, in the order of the file."""

    def __init__(self, path: Path) -> None:
        self._handle = _amos.verdicts_open(os.fsencode(path))
        self.path: str = os.fsdecode(path)
        self._count, self.passed, self.failed, self.unsure, cut = _amos.verdicts_info(self._handle)
        if cut:
            warn(f"{shown(self.path)}: the last line is cut off and counts as none.")

    def of(self, case: object) -> str:
        """The verdict on a case or its id: "fail" if the last one on the case, or on one of its organs, is; else "unsure" if one
        is, else "pass", else "none"."""
        return _amos.verdicts_of(self._handle, getattr(case, "id", case))

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Verdict: ...
    @overload
    def __getitem__(self, index: slice) -> list[Verdict]: ...
    def __getitem__(self, index: Union[int, slice]) -> Union[Verdict, list[Verdict]]:
        if isinstance(index, slice):
            return [self[n] for n in range(*index.indices(self._count))]
        number = index + self._count if index < 0 else index
        if not 0 <= number < self._count:
            raise IndexError(f"there is no verdict {index}; there are {self._count}.")
        return Verdict(*_amos.verdicts_get(self._handle, number))

    def __reduce__(self) -> tuple:
        """A copy in another process reads the file again."""
        return (Verdicts, (os.path.abspath(self.path),))

    def __repr__(self) -> str:
        return f"<amos.Verdicts {shown(self.path)}: {self.passed} passed, {self.failed} failed, {self.unsure} unsure>"


Only = Union[None, str, Iterable[str]]
Given = Union[None, Path, Verdicts]


def verdict_fields(verdicts: Given, only: Only) -> tuple[Optional[Verdicts], int]:
    """The file, opened, and the bits of the verdicts that are meant. The caller keeps the first as long as the handle is used."""
    if (verdicts is None) != (only is None):
        raise ValueError('verdicts= and only= belong together: verdicts="review.jsonl", only="pass".')
    if verdicts is None:
        return None, 0
    names = (only,) if isinstance(only, str) else tuple(only or ())
    if not names:
        raise ValueError("only= names no verdict; pass, fail, unsure and none are known.")
    bits = 0
    for name in names:
        bits |= 1 << _amos.parse("verdict", name)
    return (verdicts if isinstance(verdicts, Verdicts) else Verdicts(verdicts)), bits
