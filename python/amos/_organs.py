# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

from typing import NamedTuple, Union

from . import _amos


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
