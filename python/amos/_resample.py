# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

import os
from typing import Any, NamedTuple, Optional, Sequence, Union

from . import _amos, _geometry
from ._errors import warn
from ._geometry import Geometry
from ._labelmap import LabelMap
from ._types import type_name
from ._volume import Path, Progress, Volume, placed

_ORDERS = {0: "nearest", 1: "linear", 3: "bspline"}


class Resampled(NamedTuple):
    """What resampling did to the values, beside the voxels themselves."""

    voxels: Any
    """An Array, with its geometry, or a LabelMap."""
    separable: bool
    """Whether the axes of both grids agree; else the result was computed point by point."""
    rounded: bool
    """Whether values were interpolated and are stored as integers."""
    outside: int
    """Voxels that lie outside the old volume."""
    saturated: int
    """Voxels whose value the type cannot hold: they have its nearest value, 0 for NaN."""
    collapsed: tuple[int, ...]
    """Axes along which one voxel is left of several."""
    lost: tuple[int, ...]
    """Labels that no voxel of the result has."""


def _grid_of(like: Any) -> Optional[Geometry]:
    """The grid of a Geometry, a Volume, a LabelMap, an Array or a file."""
    if like is None or isinstance(like, Geometry):
        return like
    if isinstance(like, (str, bytes, os.PathLike)):
        like = Volume(like)
    grid = getattr(like, "geometry", None)
    if not isinstance(grid, Geometry):
        raise ValueError(f"like is {type(like).__name__}, which has no geometry; use a Geometry, a file or a volume.")
    return grid


def _spacing_of(spacing: Any) -> Optional[tuple[float, ...]]:
    if spacing is None:
        return None
    steps = tuple(spacing) if hasattr(spacing, "__iter__") else (spacing,) * 3
    if len(steps) != 3:
        raise ValueError(f"spacing is {spacing!r}; three numbers were expected, in mm along x, y and z (None keeps one).")
    return tuple(0.0 if step is None else float(step) for step in steps)


def _name_of(order: Union[int, str]) -> str:
    if isinstance(order, str):
        return order
    if order not in _ORDERS:
        raise ValueError(f"order is {order!r}; 0, 1 and 3 are possible, or nearest, linear, cubic and bspline by name.")
    return _ORDERS[order]


def _voxels_of(source: Any) -> tuple[Any, Optional[Geometry]]:
    if isinstance(source, (str, bytes, os.PathLike)):
        source = Volume(source)
    if isinstance(source, Volume):
        scaled = source.info.slope != 1 or source.info.inter != 0
        source = source.read("float32" if scaled else "stored")
    return source, getattr(source, "geometry", None)


def _flags_of(labels: Optional[str], extend: bool) -> int:
    if labels not in (None, "nearest", "majority"):
        raise ValueError(f'labels is {labels!r}; "nearest" and "majority" are possible.')
    return (_amos.RESAMPLE_MAJORITY if labels == "majority" else 0) | (_amos.RESAMPLE_EXTEND if extend else 0)


def _warn(found: Resampled) -> None:
    if found.saturated:
        warn(f"{found.saturated} resampled voxels have values that their type cannot hold; they have the nearest one.")
    if found.lost:
        warn(f"Resampling left no voxel of the labels {', '.join(map(str, found.lost))}.")


def resample(
    voxels: Any,
    *,
    spacing: Union[None, float, Sequence[Optional[float]]] = None,
    like: Union[Geometry, Volume, LabelMap, Path, Any, None] = None,
    order: Union[int, str] = 1,
    labels: Optional[str] = None,
    geometry: Union[Geometry, Any, None] = None,
    dtype: Any = None,
    outside: float = 0,
    extend: bool = False,
    threads: int = 0,
    report: bool = False,
    progress: Progress = None,
) -> Any:
    """Resamples an image to another spacing, or to the grid of another volume, and returns an Array with its geometry; a
    LabelMap becomes a LabelMap.

    voxels: an Array, a Volume or a file; or a NumPy array or tensor with the axes x, y, z, and `geometry`: a Geometry or
    an affine. spacing: mm along x, y, z around the same centre; None keeps an axis. like: a Geometry, or what has one.
    order: 0 nearest, 1 linear, 3 cubic B-spline (as SciPy has it), or "nearest", "linear", "cubic" (Catmull-Rom),
    "bspline". labels: the voxels are labels; "nearest", or "majority": the label with the largest share of the new
    voxel. dtype: of the result; None: that of the voxels, rounded and saturated if it is an integer. outside: the value
    of voxels outside the old volume; extend: they get that of the outermost voxels instead. report: returns a Resampled,
    with what was lost; otherwise a DataWarning says it."""
    grid, steps = _grid_of(like), _spacing_of(spacing)
    options = {
        "flags": _flags_of(labels, extend),
        "interpolation": _name_of(order),
        "type": None if dtype is None else type_name(dtype),
        "spacing": steps,
        "like": _geometry.to_c(grid),
        "outside": float(outside),
        "threads": threads,
    }
    if not isinstance(voxels, LabelMap) and labels is not None:
        voxels = _map_of(voxels, geometry)
    if isinstance(voxels, LabelMap):
        handle, fields = _amos.labelmap_resample(voxels._handle, options, progress)
        result: Any = LabelMap._of(handle)
        result.names = voxels.names
    else:
        voxels, own = _voxels_of(voxels)
        place = _geometry.place_of(geometry, voxels) or own
        loaded, fields = _amos.array_resample(voxels, _geometry.to_c(place), options, progress)
        result = placed(loaded)
    mask = fields["collapsed"]
    found = Resampled(result, bool(fields["separable"]), bool(fields["rounded"]), fields["outside"], fields["saturated"],
                      tuple(axis for axis in range(3) if mask >> axis & 1), fields["lost"])  # fmt: skip
    if report:
        return found
    _warn(found)
    return result


def _map_of(voxels: Any, geometry: Any) -> LabelMap:
    if isinstance(voxels, (str, bytes, os.PathLike, Volume)):
        return LabelMap(voxels)
    return LabelMap.make(voxels, geometry=geometry)
