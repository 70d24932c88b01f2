# SPDX-License-Identifier: BSD-3-Clause
import gzip
import os
import subprocess
import unittest
import zlib

import numpy

import amos
from common import Test, folder, in_folder, phantom

try:
    import nibabel
except ImportError:
    nibabel = None

TYPES = ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64")


class Writing(Test):
    def setUp(self):
        self.dataset = amos.Dataset(phantom())

    def test_every_type_and_order_comes_back(self):
        for dtype in TYPES:
            for name in ("x.nii", "x.nii.gz"):
                voxels = numpy.arange(5 * 4 * 3).reshape(5, 4, 3).astype(dtype)
                for given in (voxels, numpy.asfortranarray(voxels), voxels[::-1, :, ::-1], voxels.transpose(1, 2, 0)):
                    amos.write(in_folder(name), given, geometry=numpy.eye(4))
                    volume = amos.Volume(in_folder(name))
                    self.assertEqual((volume.dtype, volume.shape), (dtype, given.shape))
                    numpy.testing.assert_array_equal(numpy.asarray(volume.read()), given)

    def test_a_reference_gives_its_place(self):
        for case in self.dataset:
            reference = amos.Volume(case.image_path)
            path = in_folder("placed.nii.gz")
            for given in (reference, case.image_path):
                amos.write(path, numpy.zeros(reference.shape, "uint8"), reference=given)
                self.assertEqual(amos.Volume(path).geometry, reference.geometry)
                with gzip.open(path) as got, gzip.open(case.image_path) as expected:
                    a, b = got.read(352), expected.read(352)
                self.assertEqual((a[76:92], a[123], a[252:328]), (b[76:92], b[123], b[252:328]))
        with self.assertRaises(amos.DataError) as caught:
            amos.write(path, numpy.zeros((3, 3, 3), "uint8"), reference=reference)
        self.assertEqual(caught.exception.status, "E_PAIR_SHAPE")

    def test_what_was_turned_is_turned_back(self):
        for case in self.dataset:
            path = in_folder("turned.nii")
            voxels = amos.Volume(case.image_path).read(orientation="PIR")
            amos.write(path, voxels, reference=case.image_path, orientation="PIR")
            again = amos.Volume(path)
            self.assertEqual(again.geometry, amos.Volume(case.image_path).geometry)
            expected = numpy.asarray(amos.Volume(case.image_path).read())
            numpy.testing.assert_array_equal(numpy.asarray(again.read()), expected)

    def test_arrays_and_label_maps_know_their_place(self):
        image, labels = self.dataset["amos_0006"].load(orientation="RAS")
        amos.write(in_folder("image.nii"), image)
        amos.write(in_folder("label.nii.gz"), labels)
        self.assertEqual(amos.Volume(in_folder("image.nii")).geometry.orientation, "RAS")
        again = amos.LabelMap(in_folder("label.nii.gz"))
        for label in again.present:
            numpy.testing.assert_allclose(again[label].centroid_mm, labels[label].centroid_mm, atol=1e-3)

    def test_frames_and_scaling(self):
        voxels = numpy.arange(2 * 3 * 4 * 5, dtype="int16").reshape(2, 3, 4, 5)
        path = in_folder("frames.nii.gz")
        amos.write(path, voxels, slope=0.5, inter=-3, description="four frames", level=9)
        volume = amos.Volume(path)
        self.assertEqual((volume.info.frames, volume.info.description), (5, "four frames"))
        numpy.testing.assert_array_equal(numpy.asarray(volume.read("float64", frame=None)), voxels * 0.5 - 3)
        numpy.testing.assert_array_equal(numpy.asarray(volume.read(frame=2)), voxels[..., 2])

    def test_types(self):
        path, place = in_folder("typed.nii"), numpy.diag([1, 2, 3, 1])
        labels = numpy.arange(60).reshape(3, 4, 5)
        for dtype in ("uint8", numpy.uint8, numpy.dtype("u1"), "int16", float, numpy.float32):
            amos.write(path, labels, geometry=place, dtype=dtype)
            numpy.testing.assert_array_equal(amos.Volume(path).read(), labels)
            self.assertEqual(amos.Volume(path).dtype, numpy.dtype(dtype).name)
        for values, dtype, words in (
            (labels * 9, "uint8", "voxel (1, 1, 4) has the value 261, which uint8 cannot hold"),
            (labels - 0.5, "int16", "voxel (0, 0, 0) has the value -0.5, which int16 cannot hold"),
            (labels / numpy.where(labels == 7, numpy.nan, 1), "int32", "voxel (0, 1, 2) has the value nan"),
        ):
            with self.assertRaises(ValueError) as caught:
                amos.write(path, values, geometry=place, dtype=dtype)
            self.assertIn(words, str(caught.exception))
        array = self.dataset["1"].image().read()
        amos.write(path, array, dtype="float64")
        self.assertEqual(amos.Volume(path).geometry.affine, array.geometry.affine)

    def test_what_fails_leaves_nothing(self):
        before = sorted(os.listdir(folder()))
        voxels = numpy.zeros((4, 4, 4), "uint8")
        with self.assertRaises(FileNotFoundError):
            amos.write("/nowhere/x.nii", voxels)
        with self.assertRaises(ValueError):
            amos.write(in_folder("bad.nii"), voxels.astype("complex64"))
        with self.assertRaises(amos.ArgumentError):
            amos.write(in_folder("bad.nii"), voxels, level=11)
        with self.assertRaises(amos.CancelledError):
            amos.write(in_folder("bad.nii"), voxels, progress=lambda done, total: done == total)
        with self.assertRaises(TypeError):
            amos.write(in_folder("bad.nii"), [[[1]]])
        self.assertEqual(sorted(os.listdir(folder())), before)

    def test_no_input_is_overwritten(self):
        path, link = in_folder("input.nii.gz"), in_folder("link.nii.gz")
        amos.write(path, numpy.ones((4, 3, 2), "int16"))
        with open(path, "rb") as file:
            before = file.read()
        os.symlink(path, link)
        for target in (path, link, os.fsencode(path)):
            for arguments in ({"voxels": amos.Volume(path)}, {"voxels": numpy.zeros((4, 3, 2)), "reference": path}):
                with self.assertRaises(amos.DataError) as caught:
                    amos.write(target, **arguments)
                self.assertEqual(caught.exception.status, "E_DUP")
                self.assertIn("would be overwritten; write to another name.", str(caught.exception))
        with open(path, "rb") as file:
            self.assertEqual(file.read(), before)
        amos.write(path, amos.LabelMap(path))  # is in memory
        amos.write(in_folder("other.nii"), amos.Volume(path))

    def test_every_level_and_number_of_threads(self):
        """Read back by zlib's own inflate, by gzip, by nibabel, and by libamos with and without the index."""
        random = numpy.random.default_rng(4)
        noise = random.integers(-20, 20, (160, 128, 40)).astype("int16")
        image = numpy.where(numpy.arange(160)[:, None, None] < 60, -1024, noise).astype("int16")
        label = (numpy.indices((300, 200, 24)).sum(0) // 90 % 7).astype("uint8")
        path, indexes = in_folder("level.nii.gz"), in_folder("level-indexes")
        os.mkdir(indexes, 0o700)
        for voxels in (image, label, numpy.zeros((1, 1, 1), "uint8")):
            stored = numpy.asfortranarray(voxels)
            for level in range(10):
                made = set()
                for threads in (1, 2, 5)[: 3 if level < 8 else 2]:
                    amos.write(path, stored, level=level, threads=threads, index="build", index_folder=indexes)
                    with open(path, "rb") as file:
                        packed = file.read()
                    made.add(packed)
                    body = zlib.decompressobj(31)
                    raw = body.decompress(packed)
                    self.assertTrue(body.eof and not body.unused_data)
                    self.assertEqual(raw[352:], stored.tobytes(order="F"))
                    read = amos.Volume(path, index="use", index_folder=indexes)
                    numpy.testing.assert_array_equal(read.read(threads=2), stored)
                self.assertEqual(len(made), 1, (level, "differs with the number of threads"))
                subprocess.run(["gzip", "-t", path], check=True)
                if nibabel:
                    numpy.testing.assert_array_equal(numpy.asarray(nibabel.load(path).dataobj), stored)
        with self.assertRaises(ValueError):
            amos.write(path, image, index="sometimes")
        with self.assertRaises(amos.ArgumentError):
            amos.write(path, image, threads=-1)

    @unittest.skipIf(nibabel is None, "nibabel is not here")
    def test_nibabel_reads_the_same(self):
        for number, case in enumerate(self.dataset):
            image, _ = case.load() if case.has_label else (amos.Volume(case.image_path).read(), None)
            dtype = TYPES[number]
            path = in_folder("nibabel.nii.gz" if number % 2 else "nibabel.nii")
            voxels = numpy.asarray(image).clip(0, 100).astype(dtype)
            for options in ({"reference": case.image_path}, {"geometry": image.geometry}):
                amos.write(path, voxels, slope=2, inter=1, **options)
                read = nibabel.load(path)
                self.assertEqual(read.header.get_data_dtype().name, dtype)
                numpy.testing.assert_array_equal(numpy.asarray(read.dataobj), voxels * 2.0 + 1)
                numpy.testing.assert_allclose(read.affine, nibabel.load(case.image_path).affine, atol=1e-4)
                self.assertEqual(read.header.get_xyzt_units()[0], "mm")


if __name__ == "__main__":
    unittest.main()
