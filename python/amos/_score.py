# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

import os
from collections import namedtuple
from typing import TYPE_CHECKING, Any, Iterable, NamedTuple, Optional, Sequence, Union

from . import _amos
from ._accept import Accepted, Relabel, Round, Tolerance, accept_fields
from ._errors import warn_of_guesses
from ._labelmap import LabelMap
from ._volume import Path, Progress, Volume


class Measure(NamedTuple):
    """One of the measures of agreement."""

    name: str
    """The field of OrganScore and the argument of Score.mean(): "nsd"."""
    column: str
    """The column in the command's JSON and CSV, with # for the level: "nsd_#mm"."""
    title: str
    """For people: "NSD # mm"."""
    unit: str
    """"mm", "ml", "mm2", or "" for a ratio."""
    better: int
    """1 if a larger value is better, -1 if a smaller one is, else 0."""
    level: str
    """"none"; or "tolerance" or "percentile": there is a value for each."""
    in_summary: bool
    """Whether summaries show it."""


MEASURES: tuple[Measure, ...] = tuple(Measure(*row) for row in _amos.measures())

_OrganFields = namedtuple(  # type: ignore[misc]
    "_OrganFields", ["label", "voxels_reference", "voxels_prediction", "voxels_both", *(m.name for m in MEASURES)]
)


class OrganScore(_OrganFields):
    """The scores of one organ: its label, its voxels, and each of MEASURES by its name, such as `dice`; amos/score.h
    defines each of them under each convention. Distances are in mm. `nsd` and `hd_percentile` are tuples, with a value
    for each of Score.tolerances and of Score.percentiles."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...


class Mean(NamedTuple):
    """A mean over organs, and how many it leaves out."""

    mean: float
    counted: int
    absent: int
    infinite: int


class Score:
    """The comparison of a prediction with a reference; returned by score()."""

    def __init__(self, handle: _amos.Handle) -> None:
        info = _amos.score_info(handle)
        self._handle = handle
        self.convention: str = info["convention"]
        self.convention_source: str = info["convention_source"]
        self.absent: str = info["absent"]
        self.max_label: int = info["max_label"]
        self.tolerances: tuple[float, ...] = info["tolerances"]
        self.percentiles: tuple[float, ...] = info["percentiles"]
        self.spacing: tuple[float, float, float] = info["spacing"]
        self.displacement_mm: float = info["displacement_mm"]
        self.warnings: list[tuple[str, str]] = _amos.warnings(info["warnings"])
        self.turned_from: Optional[str] = info["turned_from"] or None
        """The stored orientation of the prediction if it was turned to that of the reference (W_TURNED)."""
        self.accepted_reference = Accepted(**info["reference"])
        self.accepted_prediction = Accepted(**info["prediction"])
        self.left_out: int = info["left_out"]
        """Voxels that are in no measure, because the reference has an ignored value there."""

    def __getitem__(self, organ: Union[int, str]) -> OrganScore:
        """The scores of a label 1..max_label, or of an organ by name."""
        number = _amos.parse("organ", organ) if isinstance(organ, str) else organ
        return OrganScore(**_amos.score_organ(self._handle, number))

    def mean(self, measure: str = "dice", index: int = 0) -> Mean:
        """The mean of one of MEASURES, by its name; index selects the tolerance or percentile."""
        return Mean(*_amos.score_mean(self._handle, measure, index))

    @property
    def dice(self) -> float:
        """The mean Dice over the organs."""
        return self.mean("dice").mean

    def __repr__(self) -> str:
        return f"<amos.Score {self.convention}, mean Dice {self.dice:.4f}>"


def _is_file(given: Any) -> bool:
    return isinstance(given, (Volume, str, bytes, os.PathLike))


def _volume(given: Union[Volume, Path], lenient: bool) -> Volume:
    return given if isinstance(given, Volume) else Volume(given, lenient=lenient)


def _labels(given: Any, other: Any, lenient: bool, **options: Any) -> LabelMap:
    if isinstance(given, LabelMap):
        return given
    if _is_file(given):
        return LabelMap(_volume(given, lenient), **options)
    geometry = getattr(given, "geometry", None)
    if geometry is not None:
        return LabelMap.make(given, geometry=geometry, **options)
    place = {"reference": _volume(other, lenient)} if _is_file(other) else {"geometry": getattr(other, "geometry", None)}
    return LabelMap.make(given, **options, **place)


def score(
    reference: Any,
    prediction: Any,
    *,
    convention: str = "deepmind",
    absent: str = "nan",
    tolerances: Optional[Sequence[float]] = None,
    percentiles: Optional[Sequence[float]] = None,
    max_label: int = 0,
    round_labels: Round = False,
    ignore: Union[None, int, Iterable[int]] = None,
    relabel: Relabel = None,
    relabel_prediction: Relabel = None,
    geometry_tolerance: Tolerance = None,
    frame: Optional[int] = None,
    lenient: bool = False,
    threads: int = 1,
    progress: Progress = None,
) -> Score:
    """Scores a prediction: Dice, NSD, HD95 and more, organ by organ.

    Both may be a path, a Volume, a LabelMap, or voxels with the axes x, y, z (an array of NumPy, a tensor), which lie where
    the other one does. convention: "deepmind", "medpy", "monai" or "medpy-0.4" (Score.convention_source names the release).
    absent: what an organ counts that neither has, "nan" or "one". tolerances of NSD in mm (1 and 2); percentiles of the
    Hausdorff distance (95). geometry_tolerance: largest displacement allowed, in units of the smallest spacing, or as
    text "2mm"; None: the default. max_label, round_labels, ignore, relabel and frame are as in LabelMap(), for paths,
    Volumes and voxels; where the reference has an ignored value, no measure counts the voxel. relabel_prediction: a
    table for the prediction alone. lenient: as in Volume(), for paths. The same place stored in another orientation is
    turned (Score.turned_from); a place that is not known gives a GeometryWarning."""
    labels = {
        "max_label": max_label,
        "round_labels": round_labels,
        "ignore": ignore,
        "relabel": relabel,
        "frame": frame,
    }
    predicted = labels if relabel_prediction is None else {**labels, "relabel": relabel_prediction}
    options = {
        "convention": convention,
        "absent": absent,
        "threads": threads,
        "accept": accept_fields(geometry_tolerance=geometry_tolerance, **labels),  # type: ignore[arg-type]
        "accept_prediction": accept_fields(**predicted),  # type: ignore[arg-type]
    }
    levels = [None if numbers is None else tuple(map(float, numbers)) for numbers in (tolerances, percentiles)]
    if _is_file(reference) and _is_file(prediction):
        a, b = _volume(reference, lenient)._handle, _volume(prediction, lenient)._handle
        result = Score(_amos.score_volumes(a, b, options, *levels, progress))
    else:
        r, p = _labels(reference, prediction, lenient, **labels), _labels(prediction, reference, lenient, **predicted)
        result = Score(_amos.score_labelmaps(r._handle, p._handle, options, *levels, progress))
    warn_of_guesses(result.warnings, "score of the prediction", 2)
    return result
