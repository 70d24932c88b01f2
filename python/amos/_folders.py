# SPDX-License-Identifier: BSD-3-Clause
"""Scores of many cases: which prediction belongs to which reference, and the means."""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Iterator, Mapping, NamedTuple, Optional

from . import _amos
from ._errors import ArgumentError, CancelledError, Error, FileError, shown, warn
from ._labelmap import LabelMap
from ._score import MEASURES, Mean, OrganScore, Score, score
from ._source import Path
from ._volume import Progress

_MISSING = ("error", "zero", "skip")


class _Pair(NamedTuple):
    id: str
    modality: Optional[str]
    split: Optional[str]
    reference: str
    prediction: Optional[str]


def _value(found: OrganScore, measure: Any, index: int, absent: str) -> float:
    if absent == "nan" and measure.better and not found.voxels_reference and not found.voxels_prediction:
        return math.nan
    value = getattr(found, measure.name)
    return value if measure.level == "none" else value[index]


def _mean(values: list[float]) -> Mean:
    finite = [value for value in values if math.isfinite(value)]
    infinite = sum(math.isinf(value) for value in values)
    mean = math.fsum(finite) / len(finite) if finite else math.nan
    return Mean(mean, len(finite), len(values) - len(finite) - infinite, infinite)


class FolderScores(Mapping[str, Score]):
    """The scores of many cases, by their ids; returned by score_folders()."""

    def __init__(self, pairs: list[_Pair], unused: list[str], max_label: int) -> None:
        self._scores: dict[str, Score] = {}
        self.modality: dict[str, Optional[str]] = {pair.id: pair.modality for pair in pairs}
        """"CT" or "MRI" of each case; None if it is not known."""
        self.missing: list[str] = [pair.id for pair in pairs if pair.prediction is None]
        """The cases without a prediction; see `missing` of score_folders()."""
        self.unused: list[str] = unused
        """The predictions without a reference."""
        self.errors: dict[str, Error] = {}
        """The cases that could not be scored. They are in no mean."""
        self.max_label: int = max_label

    def __getitem__(self, id: str) -> Score:
        return self._scores[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._scores)

    def __len__(self) -> int:
        return len(self._scores)

    def organ(self, label: int, measure: str = "dice", index: int = 0, *, modality: Optional[str] = None) -> Mean:
        """The mean of an organ over the cases; index selects the tolerance or percentile. modality: of these alone."""
        known = MEASURES[_amos.parse("measure", measure)]
        chosen = [s for id, s in self.items() if modality is None or self.modality[id] == modality]
        return _mean([_value(one[label], known, index, one.absent) for one in chosen])

    def mean(self, measure: str = "dice", index: int = 0, *, modality: Optional[str] = None) -> Mean:
        """The mean over the organs of their means over the cases, as `amos score` gives it."""
        organs = [self.organ(label, measure, index, modality=modality).mean for label in range(1, self.max_label + 1)]
        return _mean(organs)

    @property
    def dice(self) -> float:
        return self.mean("dice").mean

    def __repr__(self) -> str:
        left = f", {len(self.missing)} missing" if self.missing else ""
        left += f", {len(self.errors)} not scored" if self.errors else ""
        return f"<amos.FolderScores of {len(self)} cases{left}, mean Dice {self.dice:.4f}>"


def _check_missing(found: FolderScores, missing: str, prediction: Path) -> None:
    if missing not in _MISSING:
        raise ArgumentError(f"missing is {missing!r}; it is one of {', '.join(_MISSING)}.", "E_ARG")
    if found.missing and missing == "error":
        some = ", ".join(map(shown, found.missing[:3])) + (", ..." if len(found.missing) > 3 else "")
        raise FileError(
            f"{shown(os.fsdecode(prediction))}: {len(found.missing)} of {len(found.modality)} predictions are missing "
            f'({some}), so nothing was scored; missing="zero" counts such a case as empty, missing="skip" leaves it out.',
            "E_OPEN",
            os.fsdecode(prediction),
        )


def _score_pair(pair: _Pair, options: dict[str, Any]) -> Score:
    if pair.prediction is not None:
        return score(pair.reference, pair.prediction, **options)
    words = ("max_label", "round_labels", "ignore", "relabel", "frame")
    reference = LabelMap(pair.reference, **{word: options[word] for word in words if word in options})
    return score(reference, reference.renumber([0] * len(reference)), **options)


def _work(pair: _Pair, options: dict[str, Any]) -> Any:
    try:
        return _score_pair(pair, options)
    except Error as error:
        error.case_id = error.case_id or pair.id
        return error


def _run(found: FolderScores, pairs: list[_Pair], options: dict[str, Any], threads: int, progress: Progress) -> None:
    with ThreadPoolExecutor(threads or len(os.sched_getaffinity(0))) as pool:
        try:
            for done, (pair, made) in enumerate(zip(pairs, pool.map(lambda pair: _work(pair, options), pairs)), 1):
                if isinstance(made, Error):
                    found.errors[pair.id] = made
                else:
                    found._scores[pair.id] = made
                if progress is not None and progress(done, len(pairs)):
                    raise CancelledError("The progress function asked to stop.", "E_CANCEL")
        finally:
            pool.shutdown(cancel_futures=True)


def score_folders(
    reference: Path,
    prediction: Path,
    *,
    split: Optional[str] = None,
    modality: Optional[str] = None,
    missing: str = "error",
    threads: int = 0,
    progress: Progress = None,
    **options: Any,
) -> FolderScores:
    """Scores all predictions of a folder against the references of another, matched as by the command `amos score`.

    Each is a data set, whose labels are taken, or a folder or ZIP archive of volumes, directly in it or one level down.
    split and modality: of the references alone.
    missing: what a case without a prediction is: an "error" before anything is scored, "zero", an empty prediction, or
    "skip", left out; it is in FolderScores.missing in any case. A case that cannot be scored gives a warning and is in
    FolderScores.errors. threads: cases at a time; 0: as many as the process may use processors. progress: called with the
    cases done and their number. options: those of score(); max_label is by default that of the references' own table."""
    rows, unused, max_label = _amos.match_folders(os.fsencode(reference), os.fsencode(prediction), split, modality)
    pairs = [_Pair(*row) for row in rows]
    found = FolderScores(pairs, unused, options.get("max_label") or max_label)
    _check_missing(found, missing, prediction)
    chosen = [pair for pair in pairs if pair.prediction is not None or missing == "zero"]
    _run(found, chosen, {**options, "max_label": found.max_label}, threads, progress)
    if found.errors:
        warn(
            f"{len(found.errors)} of {len(chosen)} cases could not be scored and are in no mean; "
            f"FolderScores.errors says why. The first: {next(iter(found.errors.values()))}"
        )
    return found
