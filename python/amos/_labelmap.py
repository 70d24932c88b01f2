# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

from typing import IO, Any, Iterable, Mapping, NamedTuple, Optional, Sequence, Union

from . import _amos, _geometry
from ._closing import Closing
from ._components import Components
from ._accept import Accepted, Relabel, Round, accept_fields
from ._geometry import Geometry
from ._organs import label_value
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


class LabelMap(Closing):
    """The voxels of a label as integers 0..max_label, each of them checked, with statistics of each organ.

    numpy.asarray(labels) is a view of them. A copy in another process has the same voxels."""

    names: Optional[Mapping[int, str]] = None
    """The data set's own names of the labels, if the map is of a Case; None: the names are AMOS's."""

    def __init__(
        self,
        source: Union[Volume, Path, bytearray, memoryview, IO[bytes]],
        *,
        max_label: int = 0,
        round_labels: Round = False,
        ignore: Union[None, int, Iterable[int]] = None,
        relabel: Relabel = None,
        frame: Optional[int] = None,
        orientation: Optional[str] = None,
        stats_only: bool = False,
        threads: int = 1,
        progress: Progress = None,
    ) -> None:
        """Loads a file. max_label: the largest label; 0: 15. round_labels: round values that are this close to an
        integer; True: 0.01. ignore: values that become background. relabel: {value in the file: label or organ}, which
        must list every value except 0; {..., "*": "*"} keeps the others, {..., "*": 0} makes them background. frame: of
        a file with several. stats_only: keep no voxels. threads: used if the volume has an index."""
        volume = source if isinstance(source, Volume) else Volume(source)
        options = {
            "flags": _amos.LABEL_STATS_ONLY if stats_only else 0,
            "orientation": orientation,
            "threads": threads,
            "accept": accept_fields(
                max_label=max_label, round_labels=round_labels, ignore=ignore, relabel=relabel, frame=frame
            ),
        }
        self._take(_amos.labelmap_load(volume._handle, options, progress))

    @classmethod
    def make(
        cls,
        voxels: Any,
        *,
        reference: Union[Volume, Path, None] = None,
        geometry: Union[Geometry, Any, None] = None,
        spacing: Optional[Sequence[float]] = None,
        max_label: int = 0,
        round_labels: Round = False,
        ignore: Union[None, int, Iterable[int]] = None,
        relabel: Relabel = None,
        frame: Optional[int] = None,
    ) -> LabelMap:
        """Creates a label map from voxels in memory, such as a prediction: a NumPy array, a tensor or an Array of an
        integer or floating type or bool, with the axes x, y, z. Their position is that of the reference, or a Geometry
        or an affine; spacing: millimetres along the axes, if the position is not known. The rest is as in LabelMap()."""
        if reference is not None and not isinstance(reference, Volume):
            reference = Volume(reference)
        if spacing is not None and (reference is not None or geometry is not None):
            raise ValueError("spacing is for voxels whose position is not known; leave out reference and geometry, or spacing.")
        if spacing is not None:
            geometry = Geometry.spaced(_geometry.shape_of(voxels), spacing)
        own = getattr(voxels, "geometry", None)
        if reference is None and geometry is None:
            geometry = own
        given = _geometry.place_of(geometry, voxels)
        if reference is not None:
            _geometry.check_axes(own, reference.geometry, "the reference")
        elif given is not own:
            _geometry.check_axes(own, given, "geometry")
        place = _geometry.to_c(given)
        handle = None if reference is None else reference._handle
        accept = accept_fields(
            max_label=max_label, round_labels=round_labels, ignore=ignore, relabel=relabel, frame=frame
        )
        return cls._of(_amos.labelmap_make(voxels, handle, place, accept))

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
        self.accepted = Accepted(**info["accepted"])
        """How many voxels were rounded, ignored and relabelled."""
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

    def components(self, connectivity: int = 26, *, holes: bool = False, threads: int = 1) -> Components:
        """The connected components of all labels; connectivity: 6, 18 or 26 neighbours. holes: find the parts of the
        background that one organ encloses, too."""
        return Components(self, connectivity, holes, threads)

    def __array__(self, dtype: Any = None, copy: Optional[bool] = None) -> Any:
        import numpy

        voxels = self.voxels
        if voxels is None:
            raise ValueError("the label map keeps no voxels (stats_only); load it without stats_only.")
        given = numpy.asarray(voxels, dtype=dtype)
        return given.copy(order="K") if copy else given

    def __reduce__(self) -> Any:
        voxels = self.voxels
        if voxels is None:
            raise TypeError("a label map without voxels (stats_only) cannot be copied; send its statistics, labels[n].")
        rest = {name: value for name, value in self.__dict__.items() if name != "_handle"}
        return (_remake, (type(self), voxels, self.max_label), rest)

    def __repr__(self) -> str:
        state = "closed" if isinstance(self._handle, str) else f"labels {self.present}"
        return f"<amos.LabelMap {self.shape} {state}>"


def _remake(kind: type[LabelMap], voxels: _amos.Array, max_label: int) -> LabelMap:
    return kind.make(voxels, max_label=max_label)
