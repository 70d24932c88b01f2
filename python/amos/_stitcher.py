# SPDX-License-Identifier: BSD-3-Clause
"""Labels from the tiles of an inference."""

from __future__ import annotations

from typing import Any, Callable, Optional

from . import _amos
from ._loader import _FLIPS, Tiling


class Stitcher:
    """Joins the network's outputs for the tiles of a volume into labels, without the sum of the whole volume in memory.

    stitcher = amos.Stitcher(tiling, channels), then add() each tile, from 0 to len(tiling) - 1, then `labels`. The labels
    are those of Tiling.add() and Tiling.argmax()."""

    def __init__(
        self,
        tiling: Tiling,
        channels: int,
        *,
        flips: str = "",
        take: Optional[Callable[[_amos.Array, int, int], object]] = None,
    ) -> None:
        """channels: of a tile, 1 to 256; the largest one is the label. flips: axes of test-time mirroring, such as "xy";
        each tile is added once for each combination of them, see `next`. take: a function that gets the labels of
        finished planes, uint8 with the axes x, y, z, and the first and last + 1 of them; then `labels` is None."""
        if set(flips) - set(_FLIPS):
            raise ValueError(f"flips is {flips!r}; only the letters x, y and z are allowed.")
        bits = sum(_FLIPS[axis] for axis in set(flips))
        patch = tiling._options["patch"]
        self.tiling = tiling
        self._handle = _amos.stitcher_make(tiling._handle, tiling.shape, patch, int(channels), bits, take)

    def add(self, tile: Any) -> None:
        """Adds the output for the tile that is next: float32, float16 or bfloat16, with the axes C, D, H, W, in any form
        that has the buffer protocol or DLPack. What the network gave for a mirrored input is added as it is."""
        _amos.stitcher_add(self._handle, tile)

    @property
    def next(self) -> Optional[tuple[int, str]]:
        """The tile to be added next, and the axes along which the network's input is to be mirrored, such as (0, "xy").
        None after the last one."""
        info = _amos.stitcher_info(self._handle)
        axes = "".join(axis for axis, bit in _FLIPS.items() if info["flips"] & bit)
        return (info["tile"], axes) if info["tile"] < len(self.tiling) else None

    @property
    def planes(self) -> int:
        """How many planes have their labels, from z = 0 on."""
        return _amos.stitcher_info(self._handle)["planes"]

    @property
    def nbytes(self) -> int:
        """Bytes of memory that the stitcher has, without `labels`."""
        return _amos.stitcher_info(self._handle)["bytes"]

    @property
    def labels(self) -> Optional[_amos.Array]:
        """uint8 with the axes x, y, z, for the planes that are finished: see `planes`. None with `take`."""
        return _amos.stitcher_labels(self._handle)
