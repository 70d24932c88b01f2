# SPDX-License-Identifier: BSD-3-Clause
"""volume[...]: the same as NumPy's basic indices, with only the box around it read."""

import random
import struct
import unittest

import numpy

import amos
from common import SIZE, Test, in_folder, phantom

KINDS = {"u1": 2, "i2": 4, "i4": 8, "f4": 16, "f8": 64, "c8": 32, "i1": 256, "u2": 512, "u4": 768, "i8": 1024, "u8": 1280}


def nifti(name, voxels, order="<", slope=1.0, inter=0.0):
    """The path of a .nii with these voxels, of one to seven axes."""
    header = bytearray(352)
    sizes = [voxels.ndim, *voxels.shape] + [1] * (7 - voxels.ndim)
    struct.pack_into(order + "i", header, 0, 348)
    struct.pack_into(order + "8h", header, 40, *sizes)
    struct.pack_into(order + "2h", header, 70, KINDS[voxels.dtype.str[1:]], 8 * voxels.itemsize)
    struct.pack_into(order + "8f", header, 76, *[1] * 8)
    struct.pack_into(order + "3f", header, 108, 352, slope, inter)
    struct.pack_into(order + "2h", header, 252, 1, 1)
    struct.pack_into(order + "12f", header, 280, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0)
    header[344:348] = b"n+1\0"
    path = in_folder(name)
    with open(path, "wb") as file:
        file.write(bytes(header) + voxels.astype(voxels.dtype.newbyteorder(order)).tobytes(order="F"))
    return path


def some_index(chance, shape):
    """A random basic index: numbers, slices with steps of both signs, an ellipsis, new axes, too few or all axes."""
    items = []
    for size in shape[: chance.randint(0, len(shape))]:
        end = lambda: chance.choice([None, chance.randint(-size - 2, size + 2)])  # noqa: E731
        kind = chance.random()
        if kind < 0.35:
            items.append(chance.choice([int, numpy.int16, numpy.int64])(chance.randint(-size, size - 1)))
        else:
            items.append(slice(end(), end(), chance.choice([None, 1, 1, 2, 3, -1, -2, -7])))
    if chance.random() < 0.4:
        items.insert(chance.randint(0, len(items)), Ellipsis)
    for _ in range(chance.choice([0, 0, 0, 1, 2])):
        items.insert(chance.randint(0, len(items)), None)
    return items[0] if len(items) == 1 and chance.random() < 0.5 else tuple(items)


class Watched(amos.Volume):
    """A volume that notes the boxes that are read."""

    boxes = ()

    def read(self, *arguments, **options):
        self.boxes = (*self.boxes, (options["box"], options["frame"]))
        return super().read(*arguments, **options)


class Slicing(Test):
    def check(self, volume, expected, key):
        try:
            wanted = expected[key]
        except IndexError:
            self.assertRaises(IndexError, volume.__getitem__, key)
            return
        got = volume[key]
        self.assertIs(type(got), type(wanted), key)
        self.assertEqual((got.dtype, got.shape), (wanted.dtype, wanted.shape), key)
        self.assertEqual(got.tobytes(), wanted.tobytes(), key)

    def test_it_is_numpy(self):
        chance = random.Random(5)
        shapes = [(9,), (7, 5), (6, 5, 4), (4, 3, 5, 6), (3, 4, 5, 1)]
        kinds = ["u1", "i2", "f4", "f8", "i8", "u8", "c8", "u2", "i1", "i4", "u4"]
        for number in range(60):
            shape, kind = shapes[number % 5], kinds[number % 11]
            voxels = numpy.random.default_rng(number).integers(0, 100, shape).astype(kind)
            slope, inter = [(1, 0), (2.5, -3), (0.1, 7)][number % 3 if kind != "c8" else 0]
            volume = amos.Volume(nifti("sliced.nii", voxels, "<>"[number % 2], slope, inter))
            expected = numpy.asarray(volume)
            for _ in range(40):
                self.check(volume, expected, some_index(chance, expected.shape))

    def test_the_example(self):
        case = amos.Dataset(phantom())["amos_0001"]
        folder = in_folder("slicing-indexes")
        for volume in (case.image(), case.image(index="build", index_folder=folder), case.image(index="use", index_folder=folder)):
            self.check(volume, numpy.asarray(volume), (slice(10, 20), slice(None), 3))
            self.check(volume, numpy.asarray(volume), numpy.s_[::-1, 5, ..., None, ::-5])

    def test_only_the_box_is_read(self):
        volume = Watched(nifti("box.nii", numpy.zeros((9, 8, 7, 6), "i2")))
        for key, box, frames in (
            (numpy.s_[2:5, ::-3, 4, 1], ((2, 1, 4), (5, 8, 5)), [1]),
            (numpy.s_[..., -1], ((0, 0, 0), (9, 8, 7)), [5]),
            (numpy.s_[0, 0, 0], ((0, 0, 0), (1, 1, 1)), [None]),
            (numpy.s_[8:1:-3, :, 2:3, ::4], ((2, 0, 2), (9, 8, 3)), [0, 4]),
        ):
            volume.boxes = ()
            volume[key]
            self.assertEqual(volume.boxes, tuple((box, frame) for frame in frames))
        volume.boxes = ()
        self.assertEqual(volume[3:3].shape, (0, 8, 7, 6))
        self.assertEqual(volume.boxes, ())

    def test_a_step_keeps_no_box(self):
        volume = amos.Volume(nifti("steps.nii", numpy.zeros((90, 80, 70), "i2")))
        thin = volume[::10, ::10, ::10]
        self.assertEqual(thin.shape, (9, 8, 7))
        self.assertIsNone(thin.base)

    def test_damage_beyond_the_box_does_not_matter(self):
        path = nifti("short.nii", numpy.arange(1000, dtype="i2").reshape(10, 10, 10))
        with open(path, "rb") as file:
            content = file.read()
        import gzip

        packed = bytearray(gzip.compress(content, 1))
        packed[-8] ^= 1
        volume = amos.Volume(bytes(packed))
        self.assertEqual(volume[0, 0, 0], 0)
        with self.assertRaises(amos.DataError) as caught:
            volume[9, 9, 9]
        self.assertEqual(caught.exception.status, "E_GZ_CRC")

    def test_what_is_no_box(self):
        volume = amos.Dataset(phantom())["amos_0001"].image()
        x, y, z = SIZE
        for key in ([1, 2], numpy.array([1, 2]), numpy.zeros(SIZE, bool), True, numpy.bool_(True), 1.0, "x", (0, [1])):
            with self.assertRaisesRegex(IndexError, r"whole numbers, slices.*numpy\.asarray\(volume\)"):
                volume[key]
        for key in (x, -x - 1, (0, y), (..., z)):
            with self.assertRaisesRegex(IndexError, r"outside of axis [012], which has \d+ voxels"):
                volume[key]
        for key in ((0, 0, 0, 0), (0, 0, 0, slice(None)), (..., 0, 0, 0, 0)):
            with self.assertRaisesRegex(IndexError, "4 indices, but the volume has 3 axes"):
                volume[key]
        with self.assertRaisesRegex(IndexError, "at most one"):
            volume[..., ...]
        for wrong in (slice(0, 1, 0), slice(1.5)):
            with self.assertRaises((ValueError, TypeError)):
                volume[wrong]
        with self.assertRaises(TypeError):
            iter(volume)
        volume.close()
        with self.assertRaises(ValueError):
            volume[0]


if __name__ == "__main__":
    unittest.main()
