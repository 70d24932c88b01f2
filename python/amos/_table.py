# SPDX-License-Identifier: BSD-3-Clause
"""A data set as columns of equal length, as pandas.DataFrame() takes them."""

from __future__ import annotations

from typing import Any, Iterable, Optional

from ._errors import Error
from ._volume import Volume


def _known(text: str) -> Optional[str]:
    return None if text in ("", "?") else text


def _described(case: Any) -> dict[str, Any]:
    """The facts of a case that need no file."""
    about = case.metadata
    scanner = None if about is None else _known(" ".join(filter(None, (about.maker, about.model))))
    values = (
        case.id,
        case.number,
        case.split,
        case.modality,
        case.image_path if case.has_image else None,
        case.label_path if case.has_label else None,
        None if about is None or about.age_years < 0 else about.age_years,
        None if about is None else _known(about.sex),
        None if about is None else _known(about.site),
        scanner,
    )
    return dict(zip(_ALWAYS, values))


_ALWAYS = ("id", "number", "split", "modality", "image", "label", "age", "sex", "site", "scanner")
_PLACE = (*(f"shape_{axis}" for axis in "xyz"), *(f"spacing_{axis}" for axis in "xyz"), "orientation")


def _placed(case: Any) -> dict[str, Any]:
    """What the header of the image says, or why it says nothing."""
    facts: dict[str, Any] = dict.fromkeys((*_PLACE, "error"))
    try:
        with Volume(case.image_path) as volume:
            facts.update(zip(_PLACE, volume.shape))
            geometry = volume.geometry
            facts.update(zip(_PLACE, (*geometry.shape, *geometry.spacing, geometry.orientation or None)))
    except Error as error:
        facts["error"] = str(error)
    return facts


def columns(cases: Iterable[Any], geometry: bool) -> dict[str, list[Any]]:
    rows = [{**_described(case), **(_placed(case) if geometry else {})} for case in cases]
    names = (*_ALWAYS, *_PLACE, "error") if geometry else _ALWAYS
    return {name: [row[name] for row in rows] for name in names}
