# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

import os
from typing import Any, Optional, Sequence, Union

import numpy

from .._bridges.needed import needed
from .._errors import DataError, warn_of_guesses
from .._volume import Volume

_image_reader = needed("monai.data.image_reader", "amos.monai", "monai")

_ENDINGS = (".nii", ".nii.gz", ".hdr", ".hdr.gz")


def _paths(data: Any) -> list[Any]:
    return [data] if isinstance(data, (str, bytes, os.PathLike)) else list(data)


class _Opened:
    """What read() gives to get_data(): the volumes, or the error. If read() raised it, LoadImage would go on to its next
    reader, and say so only in a log."""

    def __init__(self, paths: Sequence[Any], options: dict[str, Any]) -> None:
        self._volumes: list[Volume] = []
        self._error: Optional[Exception] = None
        try:
            self._volumes = [Volume(path, **options) for path in paths]
        except Exception as error:
            self._error = error

    def volumes(self) -> list[Volume]:
        if self._error is not None:
            raise self._error
        return self._volumes


class AmosReader(_image_reader.ImageReader):  # type: ignore[misc, name-defined]
    """An ImageReader of NIfTI files: LoadImaged(keys=["image", "label"], reader=AmosReader), or
    reader="amos.monai.AmosReader".

    Arrays have the axes x, y, z, and frames behind them if there are several, as those of MONAI's NibabelReader."""

    def __init__(self, *, dtype: Any = None, orientation: Optional[str] = None, threads: int = 1, **options: Any) -> None:
        """dtype: decodes into this type, such as "float32"; None: into the type of the file, or float64 if it scales its
        values; MONAI converts to its own type. orientation: such as "RAS", in place of Orientationd. options: those of
        amos.Volume(), such as lenient=True or index="use"; threads: used if there is an index."""
        super().__init__()
        self._dtype = dtype
        self._orientation = orientation
        self._threads = threads
        self._options = options

    def verify_suffix(self, filename: Union[Sequence[Any], Any]) -> bool:
        return all(os.fsdecode(path).lower().endswith(_ENDINGS) for path in _paths(filename))

    def read(self, data: Union[Sequence[Any], Any], **options: Any) -> _Opened:
        """Opens a file, or the files of several channels; what is wrong with them is raised by get_data()."""
        return _Opened(_paths(data), {**self._options, **options})

    def _one(self, volume: Volume) -> tuple[Any, dict[str, Any]]:
        """The voxels of a file, and what MONAI keeps about them."""
        warn_of_guesses(volume.warnings, volume.path, 4)
        dtype = volume.value_type if self._dtype is None else self._dtype
        array = volume.read(dtype, orientation=self._orientation, frame=None, threads=self._threads)
        if array.geometry is None:
            array.geometry = volume.geometry  # raises what is wrong with it
        voxels = numpy.asarray(array)
        return voxels, {
            "affine": numpy.array(array.geometry.affine, "float64"),
            "original_affine": numpy.array(volume.geometry.affine, "float64"),
            "spatial_shape": numpy.array(array.geometry.shape),
            "space": "RAS",
            "original_channel_dim": float("nan") if voxels.ndim == 3 else -1,
        }

    def get_data(self, img: _Opened) -> tuple[Any, dict[str, Any]]:
        """The array and its dictionary: affine, original_affine, spatial_shape, space and original_channel_dim. Several
        files are channels in front."""
        volumes = img.volumes()
        (voxels, about), *others = [self._one(volume) for volume in volumes]
        if not others:
            return voxels, about
        for volume, (more, place) in zip(volumes[1:], others):
            if more.shape != voxels.shape or not numpy.allclose(place["affine"], about["affine"], rtol=0, atol=1e-3):
                raise DataError(
                    f"{volume.path}: this channel has the shape {more.shape} and another position than {volumes[0].path}, "
                    f"which has {voxels.shape}; channels of one image must lie at one place.",
                    "E_PAIR_GEOM",
                    volume.path,
                )
        about["original_channel_dim"] = 0
        return numpy.stack([voxels, *(more for more, _ in others)]), about
