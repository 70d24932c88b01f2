# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING, Any, Iterable, Mapping, NamedTuple, Optional, Sequence, Union

from . import _amos, _geometry
from ._accept import Accepted, Relabel, Round, Tolerance, accept_fields
from ._errors import ArgumentError, warn_of_guesses
from ._geometry import Geometry
from ._labelmap import LabelMap
from ._organs import label_value
from ._source import is_source
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
    """The comparison of a prediction with a reference; returned by score(). A copy in another process has the same numbers."""

    _handle: Optional[_amos.Handle]
    _organs: dict[int, OrganScore]
    _means: dict[tuple[str, int], Mean]

    names: Optional[Mapping[int, str]] = None
    """The names of the labels, as LabelMap.names of the reference."""

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
        number = label_value(organ, self.names)
        if self._handle is not None:
            return OrganScore(**_amos.score_organ(self._handle, number))
        if number not in self._organs:
            raise IndexError(f"there is no organ {number}; they are 1 to {self.max_label}.")
        return self._organs[number]

    def mean(self, measure: str = "dice", index: int = 0) -> Mean:
        """The mean of one of MEASURES, by its name; index selects the tolerance or percentile."""
        if self._handle is not None:
            return Mean(*_amos.score_mean(self._handle, measure, index))
        known = MEASURES[_amos.parse("measure", measure)]
        if (known.name, index) not in self._means:
            raise ArgumentError(f"There is no value {index} of {known.name}; {self._levels(known)} were made.", "E_ARG")
        return self._means[known.name, index]

    def _levels(self, measure: Measure) -> int:
        return {"tolerance": len(self.tolerances), "percentile": len(self.percentiles)}.get(measure.level, 1)

    def __getstate__(self) -> dict[str, Any]:
        organs = {label: tuple(self[label]) for label in range(1, self.max_label + 1)}
        means = {(m.name, i): tuple(self.mean(m.name, i)) for m in MEASURES for i in range(self._levels(m))}
        return {**self.__dict__, "_handle": None, "_organs": organs, "_means": means}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._organs = {label: OrganScore(*values) for label, values in state["_organs"].items()}
        self._means = {key: Mean(*values) for key, values in state["_means"].items()}

    @property
    def dice(self) -> float:
        """The mean Dice over the organs."""
        return self.mean("dice").mean

    def __repr__(self) -> str:
        return f"<amos.Score {self.convention}, mean Dice {self.dice:.4f}>"


def _opened(given: Any, lenient: bool) -> Any:
    """Paths and files as volumes; others as they are."""
    return Volume(given, lenient=lenient) if is_source(given) else given


def _own_geometry(given: Any) -> Optional[Geometry]:
    return getattr(given, "geometry", None)


def _labels(given: Any, geometry: Optional[Geometry], **options: Any) -> LabelMap:
    if isinstance(given, LabelMap):
        return given
    if isinstance(given, Volume):
        return LabelMap(given, **options)
    return LabelMap.make(given, geometry=_own_geometry(given) or geometry, **options)


class _Where(NamedTuple):
    """Where arrays lie, of which neither knows it."""

    spacing: Optional[Sequence[float]]
    geometry: Union[Geometry, Any, None]
    affine: Any

    def check(self) -> bool:
        """Whether it is given."""
        given = [name for name, value in self._asdict().items() if value is not None]
        if len(given) > 1:
            raise ValueError(f"{' and '.join(given)} say the same; one of them was expected.")
        return bool(given)

    def of(self, voxels: Any) -> Optional[Geometry]:
        if self.spacing is not None:
            return Geometry.spaced(_geometry.shape_of(voxels), self.spacing)
        return _geometry.place_of(self.affine if self.geometry is None else self.geometry, voxels)


def _places(where: _Where, reference: Any, prediction: Any) -> tuple[Optional[Geometry], Optional[Geometry]]:
    """The geometries of the arrays among both that have none of their own. Two arrays get one each, as their shapes may
    differ; scoring then says so."""
    arrays = [side for side in (reference, prediction) if not isinstance(side, (Volume, LabelMap)) and not _own_geometry(side)]
    if len(arrays) == 2:
        if not where.check():
            raise ValueError(
                "two arrays do not say how large their voxels are; give spacing=(x, y, z) in mm along their axes, "
                "affine= or geometry=, or a LabelMap or a file for one of them."
            )
        return where.of(reference), where.of(prediction)
    if where.check():
        raise ValueError(
            "spacing, affine and geometry are for two arrays; here "
            + ("an array lies where the other side does" if arrays else "both sides know where they lie")
            + ", so leave them out."
        )
    place = None if not arrays else _own_geometry(prediction if arrays[0] is reference else reference)
    return place, place


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
    spacing: Optional[Sequence[float]] = None,
    affine: Any = None,
    geometry: Union[Geometry, Any, None] = None,
    lenient: bool = False,
    threads: int = 1,
    progress: Progress = None,
) -> Score:
    """Scores a prediction: Dice, NSD, HD95 and more, organ by organ.

    Both may be a path or an open file, a Volume, a LabelMap, or voxels with the axes x, y, z (an array of NumPy, a tensor),
    which lie where the other one does. If both are such voxels, spacing: mm along their axes; or affine: 4 rows of 4
    numbers; or geometry: a Geometry. convention: "deepmind", "medpy", "monai" or "medpy-0.4" (Score.convention_source names
    the release).
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
    reference, prediction = _opened(reference, lenient), _opened(prediction, lenient)
    places = _places(_Where(spacing, geometry, affine), reference, prediction)
    levels = [None if numbers is None else tuple(map(float, numbers)) for numbers in (tolerances, percentiles)]
    if isinstance(reference, Volume) and isinstance(prediction, Volume):
        result = Score(_amos.score_volumes(reference._handle, prediction._handle, options, *levels, progress))
    else:
        r, p = _labels(reference, places[0], **labels), _labels(prediction, places[1], **predicted)
        result = Score(_amos.score_labelmaps(r._handle, p._handle, options, *levels, progress))
        result.names = r.names
    expected = ("W_NOORIENT",) if spacing is not None else ()  # no more than the spacing was to be known
    guesses = [warning for warning in result.warnings if warning[0] not in expected]
    warn_of_guesses(guesses, "score of the prediction", 2)
    return result
