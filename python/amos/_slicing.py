# SPDX-License-Identifier: BSD-3-Clause
"""NumPy's basic indices, as boxes that are read."""

from __future__ import annotations

import operator
from itertools import product
from math import prod
from typing import Any, Optional, Sequence


def _number(item: Any, size: int, axis: int) -> int:
    """An index of one axis, counted from its start."""
    try:
        if isinstance(item, bool) or getattr(getattr(item, "dtype", None), "kind", "") == "b":
            raise TypeError  # NumPy takes it as a mask
        index = operator.index(item)
    except TypeError:
        raise IndexError(
            "voxels are chosen by whole numbers, slices, ... and None, of which a box can be made; read them all for "
            f"indices like {type(item).__name__}: numpy.asarray(volume)[...]."
        ) from None
    if not -size <= index < size:
        raise IndexError(f"index {index} is outside of axis {axis}, which has {size} voxels.")
    return index + size if index < 0 else index


def slice_of(item: Any) -> slice:
    """The slice of one position, which keeps its axis."""
    index = operator.index(item)
    return slice(index, index + 1 if index != -1 else None)


def ends_of(axis: range) -> tuple[int, Optional[int], int]:
    """Start, stop and step of the slice of these positions."""
    return (axis.start, axis.stop if axis.stop >= 0 else None, axis.step)


def _whole(key: Any, ndim: int) -> list[Any]:
    """The items of an index, with ... where NumPy adds it."""
    items = list(key) if isinstance(key, tuple) else [key]
    dots = sum(item is Ellipsis for item in items)
    used = sum(item is not None and item is not Ellipsis for item in items)
    if dots > 1:
        raise IndexError("an index has at most one '...'.")
    if used > ndim:
        raise IndexError(f"there are {used} indices, but the volume has {ndim} axes.")
    return items if dots or used == ndim else items + [Ellipsis]


class Plan:
    """What an index chooses: `ranges`, the positions along each axis, and `local`, the index of what is read: along x, y
    and z from the first to the last of the positions, and along the other axes the positions themselves."""

    def __init__(self, key: Any, shape: Sequence[int]) -> None:
        self.ranges: list[range] = []
        self._local: list[Any] = []
        items = _whole(key, len(shape))
        skipped = len(shape) - sum(item is not None and item is not Ellipsis for item in items)
        for item in items:
            axis = len(self.ranges)
            if item is None:
                self._local.append(None)
            elif item is Ellipsis:
                self.ranges += [range(size) for size in shape[axis : axis + skipped]]
                self._local.append(Ellipsis)
            elif isinstance(item, slice):
                self.ranges.append(range(*item.indices(shape[axis])))
                self._local.append(slice(None, None, self.ranges[-1].step if axis < 3 else None))
            else:
                number = _number(item, shape[axis], axis)
                self.ranges.append(range(number, number + 1))
                self._local.append(0)
        self.local = tuple(self._local)
        self.empty = not all(self.ranges)

    @property
    def box(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The smallest box along x, y and z that holds all positions."""
        axes = (self.ranges + [range(1)] * 3)[:3]
        return tuple(min(axis[0], axis[-1]) for axis in axes), tuple(max(axis[0], axis[-1]) + 1 for axis in axes)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of what is read."""
        hulls = (abs(axis[-1] - axis[0]) + 1 if axis else 0 for axis in self.ranges[:3])
        return (*hulls, *(len(axis) for axis in self.ranges[3:]))


def _frames(ranges: Sequence[range], sizes: Sequence[int]) -> list[int]:
    """The numbers of the frames, the first axis fastest."""
    steps = [prod(sizes[:axis]) for axis in range(len(sizes))]
    return [sum(a * b for a, b in zip(reversed(place), steps)) for place in product(*reversed(ranges))]


def _loaded(volume: Any, plan: Plan, frame: Any, dtype: Any, threads: int) -> Any:
    """A box of a frame, or of all of them, as NumPy's array; voxels that are no numbers as their bytes, in front."""
    import numpy

    return numpy.asarray(volume.read(dtype, box=plan.box, frame=frame, threads=threads))


def _as_items(voxels: Any, kind: Any) -> Any:
    """Voxels, or the bytes of colours and complex numbers along the first axis, as items of NumPy's type."""
    return voxels if voxels.dtype == kind else voxels.T.view(kind)[..., 0].T


def read(volume: Any, shape: Sequence[int], key: Any, kind: Any, dtype: Any = "stored", threads: int = 1) -> Any:
    """What NumPy's index `key` gives of an array of this shape, in which frames may have several axes. Only the box
    around it is read. kind: the numpy.dtype that a read as `dtype` gives."""
    import numpy

    plan = Plan(key, shape)
    if plan.empty:
        return numpy.empty(plan.shape, kind, order="F")[plan.local]
    frames = _frames(plan.ranges[3:], shape[3:])
    if len(frames) == 1 or frames == list(range(prod(shape[3:]))):
        given = _loaded(volume, plan, frames[0] if len(frames) == 1 else None, dtype, threads)
        voxels = _as_items(given, kind).reshape(plan.shape, order="F")
    else:
        voxels = numpy.empty((*plan.shape[:3], len(frames)), kind, order="F")
        for number, frame in enumerate(frames):
            voxels[..., number] = _as_items(_loaded(volume, plan, frame, dtype, threads), kind)
        voxels = voxels.reshape(plan.shape, order="F")
    chosen = voxels[plan.local]
    if isinstance(chosen, numpy.ndarray) and 2 * chosen.size < voxels.size:
        return chosen.copy(order="K")  # so that the rest of the box can be released
    return chosen
