# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

import os
from typing import Any, Iterable, NamedTuple, Optional, Sequence, Union

from . import _amos
from ._closing import Closing
from ._accept import Accepted, Relabel, Round, Tolerance, accept_fields
from ._dataset import Case, Dataset, filter_options
from ._errors import Error, warn
from ._verdicts import Given, Only
from ._volume import Path, Progress, open_options


class Built(NamedTuple):
    """The outcome of Cache.build() for one case."""

    case_id: str
    outcome: str
    """"kept", "built", "rebuilt", "staged" (copied from upstream), "failed", or "no_image" or "no_label" if that file is
    missing."""
    error: Optional[Error]
    has_labels: bool = False
    lost_labels: tuple[int, ...] = ()
    """Labels that the case had before it was cropped or resampled, and has no longer."""
    collapsed_axes: str = ""
    """Those of "xyz" along which resampling left one voxel."""
    not_finite: int = 0
    """Voxels of the image that are NaN or infinite."""
    accepted: Optional[Accepted] = None
    """What was accepted in its label; None without a label or an entry."""


def _built(
    case_id: str,
    outcome: str,
    error: Optional[Error],
    has_labels: bool,
    lost: tuple[int, ...],
    axes: int,
    odd: int,
    found: Optional[dict[str, Any]],
) -> Built:
    collapsed = "".join(axis for bit, axis in enumerate("xyz") if axes & 1 << bit)
    accepted = None if found is None else Accepted(**found)
    return Built(case_id, outcome, error, has_labels, lost, collapsed, odd, accepted)


class Intensity(NamedTuple):
    """Intensity statistics of a set of voxels (scaled values)."""

    voxels: int
    min: float
    max: float
    mean: float
    std: float
    percentile_00_5: float
    median: float
    percentile_99_5: float


class Fingerprint(NamedTuple):
    """Typical values of a data set; every case has the same weight."""

    cases: int
    median_spacing: tuple[float, float, float]
    median_shape: tuple[float, float, float]
    foreground: Intensity
    """Of voxels with a label above 0."""
    left_out: int
    """Cases with image and label that have no entry, or no voxel with a label above 0."""


class Cache(Closing):
    """A folder of decoded cases, from which a Loader reads patches.

    Each case is one Zarr 2 store in a ZIP archive. Each set of settings has its own entries."""

    def __init__(
        self,
        folder: Optional[Path] = None,
        *,
        orientation: Optional[str] = None,
        spacing: Sequence[float] = (0, 0, 0),
        interpolation: str = "linear",
        crop_body: bool = False,
        allow_missing_labels: bool = False,
        chunk: Sequence[int] = (0, 0, 0),
        positions: int = 0,
        max_label: int = 0,
        round_labels: Round = False,
        ignore: Union[None, int, Iterable[int]] = None,
        relabel: Relabel = None,
        geometry_tolerance: Tolerance = None,
        frame: Optional[int] = None,
        lenient: bool = False,
        upstream: Optional[Path] = None,
        max_bytes: int = 0,
    ) -> None:
        """folder: None means $XDG_CACHE_HOME/amos or ~/.cache/amos. spacing: resample images to this spacing in mm
        along x, y, z; 0 keeps that of the axis. crop_body: keep only the bounding box of the body.
        allow_missing_labels: a case whose label file is missing is cached without labels, instead of left out.
        max_label 0: that of the data set. The other options of labels, and lenient, are those of Case.load().
        upstream: a folder of entries, such as one on a file server, or its URL. An entry that the folder lacks is copied
        from there when it is first needed, and a Loader copies those that it will need next. max_bytes: with upstream,
        the entries in the folder have at most as many bytes; those that were opened longest ago make room, never one
        that is open. 0: no limit."""
        options = {
            "flags": (_amos.CACHE_CROP_BODY if crop_body else 0)
            | (_amos.CACHE_ALLOW_MISSING_LABELS if allow_missing_labels else 0),
            "orientation": orientation,
            "spacing": spacing,
            "interpolation": interpolation,
            "chunk": chunk,
            "positions": positions,
            "upstream": None if upstream is None else os.fsencode(upstream),
            "max_bytes": max_bytes,
            "accept": accept_fields(
                max_label=max_label,
                round_labels=round_labels,
                ignore=ignore,
                relabel=relabel,
                geometry_tolerance=geometry_tolerance,
                frame=frame,
            ),
            "volume": open_options(False, lenient, "auto", "never", None),
        }
        path = None if folder is None else os.fsencode(folder)
        self._made_with = ({"folder": None if folder is None else os.path.abspath(folder)}, options)
        self._handle = _amos.cache_open(path, options)
        self.folder: str = _amos.cache_folder(self._handle)

    def build(
        self,
        dataset: Dataset,
        *,
        split: Optional[str] = None,
        modality: Optional[str] = None,
        has_label: Optional[bool] = None,
        verdicts: Given = None,
        only: Only = None,
        threads: int = 0,
        progress: Progress = None,
        shard: int = 0,
        shards: int = 0,
    ) -> list[Built]:
        """Ensures that each case has a good entry: checks existing entries and builds the others. A case whose image or
        label file is missing is in the result, with its error. shard and shards: of the selected cases the shard-th, the
        (shard + shards)-th, ... alone, with shard from 1 to shards, for several jobs that fill one folder; shards=0: all
        of them."""
        filters = filter_options(split, modality, has_label, None, verdicts, only)
        found = _amos.cache_build(self._handle, dataset._handle, threads, filters, progress, shard, shards)
        return [_built(*fields) for fields in found]

    def stage(self, case: Case) -> str:
        """Copies the entry of a case from upstream, unless the folder has it, and builds none. Returns "kept" or
        "staged"; raises FileNotFoundError if upstream has none either."""
        return _amos.cache_stage(self._handle, case._handle)

    def fingerprint(
        self,
        dataset: Dataset,
        *,
        split: Optional[str] = None,
        modality: Optional[str] = None,
        verdicts: Given = None,
        only: Only = None,
    ) -> Fingerprint:
        """Typical values of the cases that have an entry with labels, for Scaling("zscore", ...)."""
        filters = filter_options(split, modality, None, None, verdicts, only)
        fields = _amos.cache_fingerprint(self._handle, dataset._handle, filters)
        fields["foreground"] = Intensity(**fields["foreground"])
        found = Fingerprint(**fields)
        if found.left_out:
            warn(f"{found.left_out} of {found.left_out + found.cases} labelled cases are not in the fingerprint: the cache "
                 "has no entry of them, or they have no voxel with a label above 0.")
        return found

    @property
    def entries(self) -> list[tuple[str, int]]:
        """Names and bytes of all files in the folder, whatever their settings."""
        return _amos.cache_list(self._handle)

    def prune(self, max_bytes: int) -> list[tuple[str, int]]:
        """Removes the least recently used entries until at most max_bytes are left. Returns the removed files."""
        return _amos.cache_prune(self._handle, max_bytes)

    def __reduce__(self) -> Any:
        """A copy in another process opens the folder again."""
        return (_reopen, self._made_with)

    def __repr__(self) -> str:
        return f"<amos.Cache {self.folder!r}>"


def _reopen(where: dict[str, Optional[str]], options: dict[str, Any]) -> Cache:
    self = Cache.__new__(Cache)
    folder = where["folder"]
    self._made_with = (where, options)
    self._handle = _amos.cache_open(None if folder is None else os.fsencode(folder), options)
    self.folder = _amos.cache_folder(self._handle)
    return self
