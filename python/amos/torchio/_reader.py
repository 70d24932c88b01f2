# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

from typing import Any, Optional

import numpy

from .. import _slicing
from .._bridges.lazy import LazyFile
from .._bridges.needed import needed
from .._errors import DataError
from .._volume import Path

torch = needed("torch", "amos.torchio", "torch")

_WIDER = {"uint16": "int32", "uint32": "int64", "uint64": "int64"}
"""Types that PyTorch lacks, or has for storage only. TorchIO widens them in the same way."""


def _tensor(voxels: Any) -> Any:
    """A tensor of its own memory, packed with the last axis fastest."""
    wider = _WIDER.get(str(voxels.dtype))
    if voxels.dtype == "uint64" and voxels.size and voxels.max() > numpy.iinfo("int64").max:
        raise ValueError(f"the value {voxels.max()} is beyond the whole numbers that a tensor holds.")
    return torch.from_numpy(numpy.array(voxels, wider, order="C"))


def _sliced(index: Any) -> tuple[Any, ...]:
    """A whole number as the slice that keeps its axis."""
    items = index if isinstance(index, tuple) else (index,)
    if any(item is None for item in items):
        raise TypeError("an image of TorchIO has the axes C, I, J, K; None would add another.")
    whole = [item if isinstance(item, slice) or item is Ellipsis else _slicing.slice_of(item) for item in items]
    return tuple(whole)


class AmosBackend:
    """The voxels of a file as TorchIO 2 wants to see them: shape (C, I, J, K), parts as tensors of four axes."""

    def __init__(self, file: LazyFile, affine: Optional[Any] = None, threads: int = 1) -> None:
        """affine: in place of that of the file."""
        info = file.info
        if info.ndim > 5 or (info.ndim == 5 and info.dim[3] != 1):
            raise DataError(
                f"{file.path}: the volume has {info.ndim} axes of {info.dim[: info.ndim]} voxels; TorchIO takes three, and one "
                "for channels.",
                "E_UNSUPPORTED",
                file.path,
            )
        self._file = file
        self._threads = threads
        self._affine = file.volume().geometry.affine if affine is None else affine

    @property
    def shape(self) -> tuple[int, int, int, int]:
        return (self._file.info.frames, *self._file.info.shape)

    @property
    def affine(self) -> Any:
        """float64, 4 x 4, from voxel index to millimetres, RAS+."""
        return torch.as_tensor(self._affine, dtype=torch.float64)

    @property
    def dtype(self) -> numpy.dtype[Any]:
        """The type of the file's voxels."""
        return numpy.dtype(self._file.info.dtype)

    def __getitem__(self, index: Any) -> Any:
        """A part as a tensor; whole numbers keep their axis. Only the box around it is decoded."""
        return _tensor(self._read(_sliced(index)))

    def _read(self, index: tuple[Any, ...]) -> Any:
        """Channels are in front in the index, and behind in the file."""
        plan = _slicing.Plan(index, self.shape)
        channels, *place = (slice(*_slicing.ends_of(axis)) for axis in plan.ranges)
        volume, kind = self._file.volume(), self._file.volume().value_type
        stored = self.dtype if kind == "stored" else numpy.dtype(kind)
        shape = (*self.shape[1:], self.shape[0])
        voxels = _slicing.read(volume, shape, (*place, channels), stored, kind, self._threads)
        return numpy.moveaxis(voxels, -1, 0)

    def to_tensor(self) -> Any:
        return self[...]


class AmosReader:
    """A reader for torchio.ScalarImage(path, reader=AmosReader()) and LabelMap.

    A file that libamos refuses is an amos.Error when the image is read, or, in TorchIO 2, when its shape is asked for."""

    def __init__(self, *, index: str = "build", index_folder: Optional[Path] = None, threads: int = 1, **options: Any) -> None:
        """index: "build" makes the seek index of a file that is read in parts, "use" takes one that is there, "never"
        none. options: lenient and strict of amos.Volume()."""
        self._options = {"index": index, "index_folder": index_folder, **options}
        self._threads = threads

    def __call__(self, path: Path, **options: Any) -> tuple[Any, Any]:
        """The whole image, (C, I, J, K), and its affine, as TorchIO 1 asks for them."""
        backend = AmosBackend(LazyFile(path, **{**self._options, **options}), None, self._threads)
        return backend.to_tensor(), backend.affine.numpy()

    def create_backend(self, request: Any) -> AmosBackend:
        """The lazy access of TorchIO 2."""
        file = LazyFile(request.path, **{**self._options, **request.reader_kwargs})
        return AmosBackend(file, request.affine, self._threads)
