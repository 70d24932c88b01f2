# SPDX-License-Identifier: BSD-3-Clause
"""What unusual input is accepted: one set of keywords, with one meaning everywhere."""
from __future__ import annotations

from typing import Any, Iterable, Mapping, NamedTuple, Optional, Union

from . import _amos
from ._organs import label_value

Round = Union[bool, float]
Relabel = Optional[Mapping[Union[int, str], Union[int, str]]]
Tolerance = Union[None, float, str]

_ROUND_WITHIN = 0.01
_UNLISTED = {"*": _amos.ACCEPT_KEEP_UNLISTED, 0: _amos.ACCEPT_DROP_UNLISTED}


class Accepted(NamedTuple):
    """What was accepted in the voxels of a label."""

    rounded: int
    """Voxels whose value was no integer and was rounded."""
    ignored: int
    """Voxels with an ignored value."""
    relabelled: int
    """Voxels that the table gave another label."""
    largest_rounding: float


def relabel_numbers(relabel: Relabel, names: Optional[Mapping[int, str]]) -> Relabel:
    """The same table, in which the names of a data set's labels are their numbers."""
    if relabel is None:
        return None
    return {value: label if value == "*" else label_value(label, names) for value, label in relabel.items()}


def _table(relabel: Mapping[Union[int, str], Union[int, str]], names: Optional[Mapping[int, str]]) -> dict[str, Any]:
    rows = []
    flags = 0
    for value, label in relabel.items():
        if value == "*":
            if label not in _UNLISTED:
                raise ValueError(f'relabel["*"] is {label!r}; "*" keeps values that are not listed, 0 drops them.')
            flags = _UNLISTED[label]
            continue
        rows.append((int(value), int(label_value(label, names))))
    return {"table": tuple(rows), "flags": flags}


def _tolerance(given: Tolerance) -> dict[str, float]:
    if given is None:
        return {}
    if not isinstance(given, str):
        return {"tolerance_voxels": float(given)}
    for unit, field, other in (("mm", "tolerance_mm", "tolerance_voxels"), ("voxels", "tolerance_voxels", "tolerance_mm")):
        if given.endswith(unit):
            return {field: float(given[: -len(unit)]), other: 0.0}
    return {"tolerance_voxels": float(given)}


def accept_fields(
    *,
    round_labels: Round = False,
    max_label: int = 0,
    ignore: Union[None, int, Iterable[int]] = None,
    relabel: Relabel = None,
    geometry_tolerance: Tolerance = None,
    frame: Optional[int] = None,
    names: Optional[Mapping[int, str]] = None,
) -> dict[str, Any]:
    """The fields of amos_accept (amos/accept.h). names: the data set's own names of labels, which relabel may use."""
    fields: dict[str, Any] = {"max_label": int(max_label)}
    fields["round_within"] = _ROUND_WITHIN if round_labels is True else float(round_labels)
    if ignore is not None:
        fields["ignore"] = tuple(int(value) for value in ([ignore] if isinstance(ignore, int) else ignore))
    if relabel is not None:
        fields.update(_table(relabel, names))
    if frame is not None:
        fields["frame"] = int(frame)
    fields.update(_tolerance(geometry_tolerance))
    return fields
