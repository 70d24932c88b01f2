# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Iterator, NamedTuple, Union, overload

from . import _amos
from ._closing import Closing
from ._organs import label_value


class Component(NamedTuple):
    """A connected component of one label, or a hole in it."""

    label: int
    """Of a hole: the label that encloses it."""
    voxels: int
    mm3: float
    """0 without geometry."""
    millilitres: float
    box: tuple[tuple[int, int, int], tuple[int, int, int]]
    """((x0, y0, z0), (x1, y1, z1)): the bounding box."""
    centroid_voxel: tuple[float, float, float]
    centroid_mm: tuple[float, float, float]
    first: tuple[int, int, int]
    """Its first voxel in memory; the centroid may lie outside of the component."""
    touches_border: bool


class OrganComponents(NamedTuple):
    """The components of one label."""

    label: int
    first: int
    """The number of its largest component; the others follow it."""
    count: int
    voxels: int
    largest: int
    """Voxels of the largest component."""
    holes: int


class _Parts(Sequence):
    """Components or holes, made when they are asked for."""

    def __init__(self, handle: _amos.Handle, count: int, holes: bool) -> None:
        self._handle, self._count, self._holes = handle, count, holes

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Component: ...
    @overload
    def __getitem__(self, index: slice) -> list[Component]: ...
    def __getitem__(self, index: Union[int, slice]) -> Union[Component, list[Component]]:
        if isinstance(index, slice):
            return [self._make(n) for n in range(*index.indices(self._count))]
        number = index + self._count if index < 0 else index
        if not 0 <= number < self._count:
            raise IndexError(f"there is no number {index}; there are {self._count}.")
        return self._make(number)

    def _make(self, number: int) -> Component:
        fields = _amos.components_get(self._handle, number, self._holes)
        fields["box"] = (fields.pop("start"), fields.pop("stop"))
        fields["touches_border"] = bool(fields["touches_border"])
        return Component(**fields)


class Components(Closing):
    """The connected components of a label map, made by LabelMap.components(): a sequence of Component, smaller labels
    first, within a label the largest first."""

    def __init__(self, labels: Any, connectivity: int, holes: bool, threads: int) -> None:
        options = {
            "connectivity": connectivity,
            "flags": _amos.COMPONENTS_HOLES if holes else 0,
            "threads": threads,
        }
        self._handle = _amos.components_find(labels._handle, options)
        self._labels = labels
        info = _amos.components_info(self._handle)
        self.connectivity: int = info["connectivity"]
        self._parts = _Parts(self._handle, info["count"], False)
        self.holes: Sequence[Component] = _Parts(self._handle, info["holes"], True)
        """Parts of the background that one organ encloses; empty unless asked for."""

    def __len__(self) -> int:
        return len(self._parts)

    @overload
    def __getitem__(self, index: int) -> Component: ...
    @overload
    def __getitem__(self, index: slice) -> list[Component]: ...
    def __getitem__(self, index: Union[int, slice]) -> Union[Component, list[Component]]:
        return self._parts[index]

    def __iter__(self) -> Iterator[Component]:
        return iter(self._parts)

    def organ(self, label: Union[int, str]) -> OrganComponents:
        """How many components a label or an organ by name has, and how large the largest is."""
        return OrganComponents(**_amos.components_organ(self._handle, label_value(label, self._labels.names)))

    def of(self, label: Union[int, str]) -> list[Component]:
        """The components of a label or of an organ by name, the largest first."""
        organ = self.organ(label)
        return self._parts[organ.first : organ.first + organ.count]

    @property
    def numbers(self) -> _amos.Array:
        """uint32, axes x, y, z: for each voxel 1 + the number of its component, 0 for background."""
        return _amos.components_numbers(self._handle)

    def drop(
        self, *, min_voxels: int = 0, min_mm3: float = 0.0, all_but_largest: bool = False
    ) -> tuple[Any, Dropped]:
        """Returns a new label map without components that are smaller than min_voxels or min_mm3, or without all but
        the largest of each organ, and what was dropped. The largest component of an organ always stays."""
        options = {
            "min_voxels": min_voxels,
            "min_mm3": min_mm3,
            "flags": _amos.DROP_ALL_BUT_LARGEST if all_but_largest else 0,
        }
        handle, *dropped = _amos.components_drop(self._handle, self._labels._handle, options)
        clean = type(self._labels)._of(handle)
        if self._labels.names is not None:
            clean.names = self._labels.names
        return clean, Dropped(*dropped)

    def __repr__(self) -> str:
        return f"<amos.Components {len(self)} of {self._labels!r}, {self.connectivity} neighbours>"


class Dropped(NamedTuple):
    """What was dropped from a label map."""

    components: int
    voxels: int
    labels: int
    """Of how many labels."""
