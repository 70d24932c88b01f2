# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

from typing import Any, Optional, Sequence

import numpy

from .._bridges.needed import needed
from .._errors import DataError, warn_of_guesses
from .._geometry import Geometry
from .._labelmap import LabelMap
from .._volume import Volume, write

_base = needed("nnunetv2.imageio.base_reader_writer", "amos.nnunet.AmosIO")

_SPACING_SHARE = 1e-4


def _reversed(values: Sequence[float]) -> list[float]:
    return [float(value) for value in values[::-1]]


def _check_channel(volume: Volume, place: Geometry, first: Volume, where: Geometry) -> None:
    """nnU-Net needs one shape and one spacing of all channels."""
    near = all(abs(a - b) <= _SPACING_SHARE * b for a, b in zip(place.spacing, where.spacing))
    if place.shape != where.shape or not near:
        raise DataError(
            f"{volume.path}: this channel has {place.shape} voxels of {place.spacing} mm, but {first.path} has {where.shape} "
            f"of {where.spacing} mm; the channels of a case must have one shape and one spacing.",
            "E_PAIR_SHAPE",
            volume.path,
        )


class AmosIO(_base.BaseReaderWriter):  # type: ignore[misc, name-defined]
    """Reads and writes for nnU-Net as its NibabelIO does: the axes (c, z, y, x), voxels as stored. Labels are checked: each
    is a whole number from 0 to 255."""

    supported_file_endings = [".nii", ".nii.gz"]
    orientation: Optional[str] = None

    def _place(self, volume: Volume) -> Geometry:
        """Where the voxels of a file lie as they are read."""
        if volume.info.frames != 1:
            raise DataError(
                f"{volume.path}: the volume has {volume.info.frames} frames; nnU-Net takes one, and each channel from a file of "
                "its own.",
                "E_UNSUPPORTED",
                volume.path,
            )
        warn_of_guesses(volume.warnings, volume.path, 4)
        return volume.geometry if self.orientation is None else volume.geometry.reoriented(self.orientation)

    def _properties(self, volume: Volume, place: Geometry) -> dict[str, Any]:
        """What nnU-Net keeps with a case, and gives back to write_seg()."""
        stuff = {"original_affine": numpy.array(volume.geometry.affine, "float64")}
        if self.orientation is not None:
            stuff["reoriented_affine"] = numpy.array(place.affine, "float64")
        return {"spacing": _reversed(place.spacing), "nibabel_stuff": stuff}

    def read_images(self, image_fnames: Sequence[str]) -> tuple[Any, dict[str, Any]]:
        """The channels of a case, float32 (c, z, y, x), and its properties: spacing along z, y, x, and where it lies."""
        volumes = [Volume(name) for name in image_fnames]
        places = [self._place(volume) for volume in volumes]
        for volume, place in zip(volumes[1:], places[1:]):
            _check_channel(volume, place, volumes[0], places[0])
        images = numpy.empty((len(volumes), *places[0].shape[::-1]), "float32")
        for volume, image in zip(volumes, images):
            volume.read_into(image.T, orientation=self.orientation)
        return images, self._properties(volumes[0], places[0])

    def read_seg(self, seg_fname: str) -> tuple[Any, dict[str, Any]]:
        """A label, float32 (1, z, y, x), and its properties."""
        volume = Volume(seg_fname)
        place = self._place(volume)
        labels = LabelMap(volume, max_label=255, orientation=self.orientation)
        return numpy.asarray(labels).T[None].astype("float32"), self._properties(volume, place)

    def write_seg(self, seg: Any, output_fname: str, properties: dict[str, Any]) -> None:
        """Writes a prediction (z, y, x) where the image lies that the properties belong to: uint8, or uint16 if there is a
        label of 255 or more. The file is there whole or not at all."""
        affine = properties["nibabel_stuff"]["original_affine"]
        voxels = numpy.asarray(seg).T
        if self.orientation is not None:
            voxels = _turned_back(voxels, properties["nibabel_stuff"]["reoriented_affine"], affine)
        dtype = "uint8" if voxels.max() < 255 else "uint16"
        write(output_fname, voxels, geometry=Geometry.of(voxels.shape, affine), dtype=dtype)


def _turned_back(voxels: Any, turned: Any, original: Any) -> Any:
    """The voxels with the axes of the original affine, as a view."""
    steps = numpy.rint(numpy.linalg.inv(numpy.asarray(turned)[:3, :3]) @ numpy.asarray(original)[:3, :3])
    if not (numpy.abs(steps).sum(0) == 1).all() or not (numpy.abs(steps).sum(1) == 1).all():
        raise ValueError("the two affines of the properties do not differ by permuted and flipped axes alone.")
    back = voxels.transpose(numpy.abs(steps).argmax(axis=0))
    return back[tuple(slice(None, None, int(step)) for step in steps.sum(axis=0))]


class AmosIOWithReorient(AmosIO):
    """As AmosIO, but turned to RAS, as nnU-Net's NibabelIOWithReorient does; predictions are turned back."""

    orientation = "RAS"
