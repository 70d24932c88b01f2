from __future__ import annotations

import os
from typing import Any, NamedTuple, Optional, Sequence, Union

from . import _amos
from ._labelmap import LabelMap
from ._organs import MAX_LABEL
from ._volume import Path, Progress, Volume

_MEASURES = {"dice": 0, "jaccard": 1, "nsd": 2, "hd": 3, "hd_percentile": 4, "assd": 5}


class OrganScore(NamedTuple):
    """How well one organ agrees; see amos/score.h for every measure under each convention. Distances are in mm."""

    label: int
    voxels_reference: int
    voxels_prediction: int
    voxels_both: int
    millilitres_reference: float
    millilitres_prediction: float
    dice: float
    jaccard: float
    volume_difference: float
    sensitivity: float
    precision: float
    surface_reference: float
    surface_prediction: float
    hd: float
    assd: float
    mean_reference_to_prediction: float
    mean_prediction_to_reference: float
    nsd: tuple[float, ...]
    """One for each of Score.tolerances."""
    hd_percentile: tuple[float, ...]
    """One for each of Score.percentiles."""


class Mean(NamedTuple):
    """A mean over organs, with how many it leaves out."""

    mean: float
    counted: int
    absent: int
    infinite: int


class Score:
    """A prediction held against a reference; made by score()."""

    def __init__(self, handle: _amos.Handle) -> None:
        info = _amos.score_info(handle)
        self._handle = handle
        self.convention: str = info["convention"]
        self.absent: str = info["absent"]
        self.max_label: int = info["max_label"]
        self.tolerances: tuple[float, ...] = info["tolerances"]
        self.percentiles: tuple[float, ...] = info["percentiles"]
        self.spacing: tuple[float, float, float] = info["spacing"]
        self.displacement_mm: float = info["displacement_mm"]
        self.warnings: list[tuple[str, str]] = _amos.warnings(info["warnings"])

    def __getitem__(self, organ: Union[int, str]) -> OrganScore:
        """Of a label 1..max_label, or of an organ's name."""
        number = _amos.parse("organ", organ) if isinstance(organ, str) else organ
        return OrganScore(**_amos.score_organ(self._handle, number))

    def mean(self, measure: str = "dice", index: int = 0) -> Mean:
        """Of "dice", "jaccard", "nsd", "hd", "hd_percentile" or "assd"; index chooses the tolerance or percentile."""
        if measure not in _MEASURES:
            raise ValueError(f"measure is {measure!r}; it must be one of {', '.join(_MEASURES)}.")
        return Mean(*_amos.score_mean(self._handle, _MEASURES[measure], index))

    @property
    def dice(self) -> float:
        """The mean Dice over the organs."""
        return self.mean("dice").mean

    def __repr__(self) -> str:
        return f"<amos.Score {self.convention}, mean Dice {self.dice:.4f}>"


def _is_file(given: Any) -> bool:
    return isinstance(given, (Volume, str, bytes, os.PathLike))


def _volume(given: Union[Volume, Path]) -> Volume:
    return given if isinstance(given, Volume) else Volume(given)


def _labels(given: Any, other: Any, max_label: int) -> LabelMap:
    if isinstance(given, LabelMap):
        return given
    if _is_file(given):
        return LabelMap(given, max_label=max_label)
    geometry = getattr(given, "geometry", None)
    if geometry is not None:
        return LabelMap.make(given, geometry=geometry, max_label=max_label)
    place = {"reference": _volume(other)} if _is_file(other) else {"geometry": getattr(other, "geometry", None)}
    return LabelMap.make(given, max_label=max_label, **place)


def score(
    reference: Any,
    prediction: Any,
    *,
    convention: str = "deepmind",
    absent: str = "nan",
    tolerances: Optional[Sequence[float]] = None,
    percentiles: Optional[Sequence[float]] = None,
    max_label: int = 0,
    geometry_tolerance: float = 0,
    threads: int = 1,
    progress: Progress = None,
) -> Score:
    """Scores a prediction: Dice, NSD, HD95 and more, organ by organ.

    Both may be a path, a Volume, a LabelMap, or voxels with the axes x, y, z (an array of NumPy, a tensor), which lie where
    the other one does. convention: "deepmind", "medpy" or "monai". absent: what an organ counts that neither has, "nan" or
    "one". tolerances of NSD in mm (1 and 2); percentiles of the Hausdorff distance (95)."""
    options = {
        "convention": convention,
        "absent": absent,
        "max_label": max_label,
        "geometry_tolerance": geometry_tolerance,
        "threads": threads,
    }
    levels = [None if numbers is None else tuple(map(float, numbers)) for numbers in (tolerances, percentiles)]
    if _is_file(reference) and _is_file(prediction):
        a, b = _volume(reference)._handle, _volume(prediction)._handle
        return Score(_amos.score_volumes(a, b, options, *levels, progress))
    maps = _labels(reference, prediction, max_label or MAX_LABEL), _labels(prediction, reference, max_label or MAX_LABEL)
    return Score(_amos.score_labelmaps(maps[0]._handle, maps[1]._handle, options, *levels, progress))
