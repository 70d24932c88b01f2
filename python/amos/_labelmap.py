# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

from typing import Any, Iterable, Mapping, NamedTuple, Optional, Sequence, Union

from . import _amos, _geometry
from ._geometry import Geometry
from ._organs import MAX_LABEL, label_value
from ._volume import Path, Progress, Volume


class OrganStats(NamedTuple):
    """Statistics of one label of a label map."""

    label: int
    present: bool
    voxels: int
    millilitres: float
    box: tuple[tuple[int, int, int], tuple[int, int, int]]
    """((x0, y0, z0), (x1, y1, z1)): the bounding box; all zero if the label is absent."""
    centroid_voxel: tuple[float, float, float]
    centroid_mm: tuple[float, float, float]
    touches_border: bool


def label_options(
    max_label: int, round_within: float, orientation: Optional[str], stats_only: bool, drop_unlisted: bool, threads: int
) -> dict[str, Any]:
    flags = (_amos.LABEL_STATS_ONLY if stats_only else 0) | (_amos.LABEL_DROP_UNLISTED if drop_unlisted else 0)
    return {
        "flags": flags,
        "max_label": max_label,
        "round_within": round_within,
        "orientation": orientation,
        "threads": threads,
    }


def label_table(table: Optional[Mapping[int, int]]) -> Optional[tuple[tuple[int, int], ...]]:
    return None if table is None else tuple((int(a), int(b)) for a, b in table.items())


class LabelMap:
    """The voxels of a label as integers 0..max_label, each of them checked, with statistics of each organ."""

    _handle: _amos.Handle
    names: Optional[Mapping[int, str]] = None
    """The data set's own names of the labels, if the map is of a Case; None: the names are AMOS's."""

    def __init__(
        self,
        source: Union[Volume, Path],
        *,
        max_label: int = MAX_LABEL,
        orientation: Optional[str] = None,
        table: Optional[Mapping[int, int]] = None,
        drop_unlisted: bool = False,
        round_within: float = 0,
        stats_only: bool = False,
        threads: int = 1,
        progress: Progress = None,
    ) -> None:
        """Loads a file. table: maps other numbers in the file to labels; drop_unlisted: numbers not in it become 0.
        round_within: round values that are this close to an integer. stats_only: keep no voxels.
        threads: used if the volume has an index."""
        volume = source if isinstance(source, Volume) else Volume(source)
        options = label_options(max_label, round_within, orientation, stats_only, drop_unlisted, threads)
        self._take(_amos.labelmap_load(volume._handle, options, label_table(table), progress))

    @classmethod
    def make(
        cls,
        voxels: Any,
        *,
        reference: Union[Volume, Path, None] = None,
        geometry: Union[Geometry, Any, None] = None,
        max_label: int = MAX_LABEL,
    ) -> LabelMap:
        """Creates a label map from voxels in memory, such as a prediction: a NumPy array, a tensor or an Array of an
        integer type, with the axes x, y, z. Their position is that of the reference, or a Geometry or an affine."""
        if reference is not None and not isinstance(reference, Volume):
            reference = Volume(reference)
        if reference is None and geometry is None:
            geometry = getattr(voxels, "geometry", None)
        place = _geometry.to_c(_geometry.place_of(geometry, voxels))
        handle = None if reference is None else reference._handle
        return cls._of(_amos.labelmap_make(voxels, handle, place, max_label))

    @classmethod
    def _of(cls, handle: _amos.Handle) -> LabelMap:
        self = cls.__new__(cls)
        self._take(handle)
        return self

    def _take(self, handle: _amos.Handle) -> None:
        info = _amos.labelmap_info(handle)
        self._handle = handle
        self.shape: tuple[int, int, int] = info["shape"]
        self.geometry: Optional[Geometry] = _geometry.from_c(info["geometry"])
        self.max_label: int = info["max_label"]
        self.warnings: list[tuple[str, str]] = _amos.warnings(info["warnings"])

    @property
    def voxels(self) -> Optional[_amos.Array]:
        """uint8, axes x, y, z, read-only; None with stats_only."""
        array = _amos.labelmap_voxels(self._handle)
        if array is not None:
            array.geometry = self.geometry
        return array

    def __getitem__(self, label: Union[int, str]) -> OrganStats:
        """Statistics of a label or of an organ by name."""
        fields = _amos.labelmap_stats(self._handle, label_value(label, self.names))
        fields["box"] = (fields.pop("start"), fields.pop("stop"))
        fields["present"] = bool(fields["present"])
        fields["touches_border"] = bool(fields["touches_border"])
        return OrganStats(**fields)

    def __len__(self) -> int:
        """The number of possible labels: max_label + 1."""
        return self.max_label + 1

    @property
    def present(self) -> list[int]:
        """The labels above 0 that are present."""
        return [label for label in range(1, self.max_label + 1) if self[label].present]

    def mask(self, label: Union[int, str]) -> _amos.Array:
        """uint8, 1 where the voxel has the label; axes x, y, z."""
        return _amos.labelmap_onehot(self._handle, (label_value(label, self.names),), True)

    def onehot(self, labels: Optional[Iterable[int]] = None) -> _amos.Array:
        """uint8, one mask for each of the labels (None: all, with background); axes label, x, y, z."""
        numbers = tuple(range(self.max_label + 1) if labels is None else labels)
        return _amos.labelmap_onehot(self._handle, numbers, False)

    def renumber(self, table: Sequence[int]) -> LabelMap:
        """Returns a new map in which label n becomes table[n]."""
        return LabelMap._of(_amos.labelmap_renumber(self._handle, bytes(table)))

    def __repr__(self) -> str:
        return f"<amos.LabelMap {self.shape} labels {self.present}>"
