# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional, Sequence, Union

from . import _amos


@dataclass(frozen=True)
class Geometry:
    """The position of voxels in the patient."""

    shape: tuple[int, int, int]
    spacing: tuple[float, float, float]
    """Millimetres between voxel centres along x, y and z."""
    affine: tuple[tuple[float, ...], ...]
    """4 x 4 matrix from voxel index to millimetres, RAS+."""
    source: str = "sform"
    """Source of the affine: "sform", "qform", or "spacing" if position and orientation are unknown."""
    orientation: str = ""
    """Axis codes: "LAS" means that x grows to the left, y to the front, z to the head."""

    @staticmethod
    def of(shape: Sequence[int], affine: Any) -> Geometry:
        """The geometry with a given affine: 4 rows of 4 numbers of any type."""
        rows = tuple(tuple(float(value) for value in row) for row in affine)
        if len(rows) != 4 or any(len(row) != 4 for row in rows):
            raise ValueError("an affine has 4 rows of 4 numbers.")
        spacing = tuple(sum(rows[i][j] ** 2 for i in range(3)) ** 0.5 for j in range(3))
        return Geometry(tuple(int(n) for n in shape[:3]), spacing, rows)  # type: ignore[arg-type]

    @staticmethod
    def spaced(shape: Sequence[int], spacing: Sequence[float]) -> Geometry:
        """The geometry of voxels whose position and orientation are not known: millimetres along each axis."""
        if not hasattr(spacing, "__iter__"):
            raise ValueError(f"spacing is {spacing!r}; three numbers above 0 were expected, in mm along x, y and z.")
        steps = tuple(float(value) for value in spacing)
        if len(steps) != 3 or not all(0 < value < float("inf") for value in steps):
            raise ValueError(f"spacing is {tuple(spacing)!r}; three numbers above 0 were expected, in mm along x, y and z.")
        rows = tuple(tuple(steps[i] if i == j else 0.0 for j in range(4)) for i in range(3)) + ((0.0, 0.0, 0.0, 1.0),)
        return Geometry(tuple(int(n) for n in shape[:3]), steps, rows, "spacing", "")  # type: ignore[arg-type]

    def reoriented(self, orientation: str) -> Geometry:
        """The geometry of the same voxels with their axes permuted and flipped to an orientation, such as "RAS"."""
        fields = _amos.geometry_reorient(to_c(self), self.orientation, orientation)
        geometry = from_c(fields)
        assert geometry is not None
        return geometry

    def to_mm(self, voxel: Sequence[float]) -> tuple[float, float, float]:
        """The position of a voxel index in millimetres; fractional indices are allowed."""
        x, y, z = voxel
        return tuple(a * x + b * y + c * z + d for a, b, c, d in self.affine[:3])  # type: ignore[return-value]


def from_c(fields: Optional[dict[str, Any]]) -> Optional[Geometry]:
    if fields is None:
        return None
    flat = fields["affine"]
    rows = tuple(tuple(flat[4 * i : 4 * i + 4]) for i in range(4))
    return Geometry(fields["shape"], fields["spacing"], rows, fields["source"], fields["orientation"])


def to_c(geometry: Optional[Geometry]) -> Optional[dict[str, Any]]:
    if geometry is None:
        return None
    return {
        "shape": geometry.shape,
        "spacing": geometry.spacing,
        "affine": tuple(value for row in geometry.affine for value in row),
        "source": geometry.source,
    }


def place_of(where: Union[Geometry, Any, None], voxels: Any) -> Optional[Geometry]:
    """Returns a geometry unchanged, or the geometry of an affine."""
    if where is None or isinstance(where, Geometry):
        return where
    return Geometry.of(shape_of(voxels), where)


def shape_of(voxels: Any) -> Sequence[int]:
    return voxels.shape if hasattr(voxels, "shape") else memoryview(voxels).shape


def _direction(geometry: Geometry, axis: int) -> list[float]:
    column = [geometry.affine[row][axis] for row in range(3)]
    length = sum(value * value for value in column) ** 0.5
    return [value / (length or 1) for value in column]


def check_axes(own: Optional[Geometry], given: Optional[Geometry], name: str) -> None:
    """Raises ValueError if voxels would get another orientation than their own: no axis may point elsewhere by more than
    60 degrees. An unknown position may be replaced by any."""
    if own is None or given is None or "spacing" in (own.source, given.source):
        return
    for axis in range(3):
        if sum(a * b for a, b in zip(_direction(own, axis), _direction(given, axis))) < 0.5:
            raise ValueError(
                f"the voxels are stored {own.orientation or 'in another orientation'} by their own geometry, and {name} "
                f"is {given.orientation or 'not'}; leave it out, or pass an array without a geometry, such as "
                "numpy.asarray(voxels)."
            )
