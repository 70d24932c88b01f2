# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Iterable, Mapping, NamedTuple, Optional, Union, overload

from . import _amos
from ._accept import Relabel, Round, Tolerance, accept_fields
from ._dataset import Case, Dataset
from ._errors import ArgumentError
from ._labelmap import LabelMap


class QualityLimit(NamedTuple):
    """One of the limits beyond which a fact becomes a finding."""

    name: str
    unit: str
    meaning: str
    value: float
    """The default."""


QUALITY_LIMITS: dict[str, QualityLimit] = {row[0]: QualityLimit(*row) for row in _amos.quality_limits()}


class QualityFinding(NamedTuple):
    """One thing that looks wrong in a case."""

    kind: str
    """"specks", "missing", "duplicate_image", ...; docs/quality.md describes them."""
    case_id: str
    label: Optional[int]
    """None: the finding concerns no organ."""
    organ: str
    """"left_kidney"; "" if it concerns no organ."""
    voxel: Optional[tuple[int, int, int]]
    """Where to look, in the image as stored; None if the case was not read."""
    mm: Optional[tuple[float, float, float]]
    """The same in mm, RAS+; None without geometry."""
    value: float
    """What was found, in `unit`."""
    low: float
    """What was expected: low <= value <= high; NaN: no such limit."""
    high: float
    unit: str
    expected: str
    """The same for people: "at most 30 mm3"."""
    text: str
    """One sentence."""


def _finding(fields: dict[str, Any]) -> QualityFinding:
    has_place = fields.pop("has_place")
    mm = fields["mm"]
    fields["label"] = fields["label"] or None
    fields["voxel"] = fields["voxel"] if has_place else None
    fields["mm"] = mm if has_place and all(number == number for number in mm) else None
    return QualityFinding(**fields)


def _known_limits(limits: Optional[Mapping[str, float]]) -> dict[str, float]:
    for name in limits or {}:
        if name not in QUALITY_LIMITS:
            raise ArgumentError(f"There is no limit {name!r}; use {', '.join(QUALITY_LIMITS)}.", "E_ARG")
    return {name: float(value) for name, value in (limits or {}).items()}


class Quality(Sequence):
    """What looks wrong in some cases, made by quality() or Quality.of(): a sequence of QualityFinding, in the order of the
    cases, then of kinds."""

    def __init__(self, handles: tuple[_amos.Handle, ...], limits: Optional[Mapping[str, float]]) -> None:
        self._handles = handles
        self.limits: dict[str, float] = _known_limits(limits)
        """Those that are not the defaults."""
        self._findings = [_finding(fields) for fields in _amos.quality_judge(handles, self.limits)]

    @classmethod
    def of(cls, facts: Iterable[Union[str, Mapping[str, Any]]], *, limits: Optional[Mapping[str, float]] = None) -> Quality:
        """Judges facts that were measured before, perhaps of parts of a data set on several machines: the texts of
        Quality.json, or what json.loads() makes of them. The findings are those of one run over all cases."""
        texts = [text if isinstance(text, str) else json.dumps(text) for text in facts]
        return cls(tuple(_amos.quality_parse(text) for text in texts), limits)

    def judge(self, limits: Optional[Mapping[str, float]] = None) -> Quality:
        """The same facts by other limits; nothing is read again."""
        return Quality(self._handles, limits)

    @property
    def json(self) -> list[str]:
        """The facts of each case as JSON, exactly."""
        return [_amos.quality_json(handle) for handle in self._handles]

    @property
    def facts(self) -> list[dict[str, Any]]:
        """The facts of each case as dictionaries; amos/quality.h describes their members."""
        return [json.loads(text) for text in self.json]

    def of_case(self, case_id: str) -> list[QualityFinding]:
        """The findings about one case."""
        return [finding for finding in self._findings if finding.case_id == case_id]

    def __len__(self) -> int:
        return len(self._findings)

    @overload
    def __getitem__(self, index: int) -> QualityFinding: ...
    @overload
    def __getitem__(self, index: slice) -> list[QualityFinding]: ...
    def __getitem__(self, index: Union[int, slice]) -> Union[QualityFinding, list[QualityFinding]]:
        return self._findings[index]

    def __reduce__(self) -> Any:
        return (_again, (self.json, self.limits))

    def __repr__(self) -> str:
        return f"<amos.Quality {len(self)} findings in {len(self._handles)} cases>"


def _again(texts: list[str], limits: dict[str, float]) -> Quality:
    return Quality.of(texts, limits=limits)


def quality(
    given: Union[Dataset, Case, LabelMap, Iterable[Case]],
    image: Any = None,
    *,
    limits: Optional[Mapping[str, float]] = None,
    images: bool = True,
    connectivity: int = 26,
    modality: str = "unknown",
    case_id: str = "",
    max_label: int = 0,
    round_labels: Round = False,
    ignore: Union[None, int, Iterable[int]] = None,
    relabel: Relabel = None,
    geometry_tolerance: Tolerance = None,
    frame: Optional[int] = None,
    threads: int = 0,
) -> Quality:
    """Looks for what can be read but looks wrong: specks, parts and holes of organs, organs that touch or lie where they do
    not in a body, missing organs, labels that are shifted against their image, slices that repeat, outliers and duplicates.

    Of a data set, of a case or of several: their files are read, by several threads (0: one for each processor). images:
    whether images are read too. A case that cannot be read is a finding. max_label, round_labels, ignore, relabel,
    geometry_tolerance and frame are as in Case.load(). Of a LabelMap with voxels: case_id and modality say what it is of;
    image: float32 in its shape, as case.load("float32") gives it. limits: {"speck_mm3": 50}; QUALITY_LIMITS has their
    defaults and docs/quality.md the reasons."""
    _known_limits(limits)
    options = {"connectivity": connectivity, "flags": 0 if images else _amos.QUALITY_NO_IMAGE, "threads": 1}
    if isinstance(given, LabelMap):
        about = {**options, "threads": threads, "case_id": case_id, "modality": modality}
        names = None if given.names is None else tuple(given.names.get(label, "") for label in range(given.max_label + 1))
        return Quality((_amos.quality_labels(given._handle, image, about, names),), limits)
    if image is not None:
        raise ValueError("an image was given with cases, which have their own; it is for a LabelMap.")
    cases = [given] if isinstance(given, Case) else list(given)

    def measure(case: Case) -> _amos.Handle:
        accept = accept_fields(
            max_label=max_label,
            round_labels=round_labels,
            ignore=ignore,
            relabel=relabel,
            geometry_tolerance=geometry_tolerance,
            frame=frame,
            names=case.labels,
        )
        return _amos.quality_case(case._handle, options, accept)

    with ThreadPoolExecutor(threads or len(os.sched_getaffinity(0))) as pool:
        return Quality(tuple(pool.map(measure, cases)), limits)
