# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

from typing import Mapping, NamedTuple, Optional, Union

from . import _amos
from ._errors import ArgumentError


class Organ(NamedTuple):
    """One of the 15 organs, or background."""

    label: int
    name: str
    """For programs: "right_kidney"."""
    title: str
    """For people: "Right kidney"."""
    dataset_name: str
    """As spelled in dataset.json: "arota"."""
    rgb: tuple[int, int, int]


ORGANS: tuple[Organ, ...] = tuple(Organ(*row) for row in _amos.organs())
MAX_LABEL = len(ORGANS) - 1
"""The largest label of AMOS's own table."""


def label_color(label: int) -> tuple[int, int, int]:
    """A display colour for a label of any data set, as red, green and blue: AMOS's for 1..15, a generated one for others.

    >>> label_color(6) == organ("liver").rgb
    True
    """
    return _amos.label_color(label)


def organ(name: Union[str, int]) -> Organ:
    """The organ of a label or of any of its names; case, spaces, '_' and '-' do not matter."""
    return ORGANS[_amos.parse("organ", str(name))]


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter not in " _-/.")


def _meant(name: str) -> Optional[int]:
    """The organ of AMOS that a name means; a name that is a number means none."""
    try:
        return None if name.isdigit() else _amos.parse("organ", name)
    except ArgumentError:
        return None


def label_value(name: Union[int, str], names: Optional[Mapping[int, str]]) -> int:
    """The label of a name. names: the data set's own, whose numbers may not be AMOS's; None: AMOS's."""
    if not isinstance(name, str):
        return name
    if names is None:
        return _amos.parse("organ", name)
    if name.isdigit():
        return int(name)
    for label, own in names.items():
        if _plain(own) == _plain(name):
            return label
    organ = _meant(name)
    for label, own in names.items():
        if organ is not None and _meant(own) == organ:
            return label
    if all(_meant(names.get(o.label, "")) == o.label for o in ORGANS):
        return _amos.parse("organ", name)  # raises, and suggests the nearest name
    raise ValueError(f"the data set has no label {name!r}; use {', '.join(names.values())}.")
