# SPDX-License-Identifier: BSD-3-Clause
"""What people pass where a type, a file or an array is expected."""

import gzip
import io
import mmap
import os
import pathlib
import unittest

import numpy

import amos
from common import SIZE, Test, in_folder, phantom


class OnlyReads:
    """A file as fsspec opens it: read(), and no name."""

    def __init__(self, content):
        self.rest = content

    def read(self, size=-1):
        part = self.rest if size < 0 else self.rest[:size]
        self.rest = self.rest[len(part) :]
        return part


class Sources(Test):
    def setUp(self):
        self.case = amos.Dataset(phantom())["amos_0001"]
        self.path = self.case.image_path
        self.volume = amos.Volume(self.path)
        self.values = numpy.asarray(self.volume.read())
        with open(self.path, "rb") as file:
            self.content = file.read()

    def test_types(self):
        names = ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64")
        for name in names:
            letters = numpy.dtype(name).str
            for given in (name, getattr(numpy, name), numpy.dtype(name), letters, letters.lstrip("<|")):
                with self.subTest(name, given=given):
                    self.assertEqual(self.volume.read(given, saturate=True).dtype, name)
        self.assertEqual(self.volume.read(float).dtype, "float64")
        self.assertEqual(self.volume.read(int).dtype, "int64")
        self.assertEqual(self.case.load(numpy.float32)[0].dtype, "float32")
        for bad in (numpy.dtype(">f4"), ">f4", numpy.dtype("complex64"), numpy.dtype("float16"), "half", 4, None, "f3"):
            with self.subTest(bad), self.assertRaises((ValueError, TypeError)) as caught:
                self.volume.read(bad)
            self.assertRegex(str(caught.exception), r"float|f4")

    def test_open_files_and_bytes(self):
        plain = gzip.decompress(self.content) if self.content[:2] == b"\x1f\x8b" else self.content
        with open(self.path, "rb") as one, open(self.path, "rb", buffering=0) as two, open(self.path, "rb") as three:
            mapped = mmap.mmap(three.fileno(), 0, access=mmap.ACCESS_READ)
            for source in (
                one, two, mapped, io.BytesIO(self.content), OnlyReads(self.content), OnlyReads(bytearray(plain)), self.content,
                plain, bytearray(self.content), memoryview(plain), pathlib.Path(self.path), os.fsencode(self.path),
            ):  # fmt: skip
                with self.subTest(type(source)):
                    numpy.testing.assert_array_equal(amos.Volume(source).read(), self.values)
        behind = io.BytesIO(b"header" + self.content)
        behind.seek(6)
        numpy.testing.assert_array_equal(amos.Volume(behind).read(), self.values)

    def test_labels_and_scores_of_open_files(self):
        expected = self.case.label()
        with open(self.case.label_path, "rb") as file:
            self.assertEqual(amos.LabelMap(file)["liver"], expected["liver"])
        with open(self.case.label_path, "rb") as one, open(self.case.label_path, "rb") as two:
            self.assertEqual(amos.score(one, two).dice, 1)
        with open(self.case.label_path, "rb") as one:
            self.assertEqual(amos.score(one, numpy.asarray(expected)).dice, 1)
        with open(self.case.label_path, "rb") as one:
            amos.write(in_folder("copy.nii"), numpy.asarray(expected), reference=one)
        self.assertEqual(amos.Volume(in_folder("copy.nii")).geometry.affine, expected.geometry.affine)

    def test_what_is_no_source(self):
        for bad, words in (
            (open(self.path), "binary mode"),  # noqa: SIM115
            (io.StringIO("text"), "binary mode"),
            (self.values, "LabelMap.make"),
            (None, "a path"),
            (3, "a path"),
        ):
            with self.subTest(type(bad)), self.assertRaises((TypeError, UnicodeDecodeError)) as caught:
                amos.Volume(bad)
            if not isinstance(caught.exception, UnicodeDecodeError):
                self.assertIn(words, str(caught.exception))
            if hasattr(bad, "close"):
                bad.close()
        with self.assertRaises(TypeError) as caught:
            amos.write(io.BytesIO(), self.values, geometry=numpy.eye(4))
        self.assertIn("a path, not to BytesIO", str(caught.exception))

    def test_arrays_of_volumes_and_labels(self):
        got = numpy.asarray(self.volume)
        self.assertEqual((got.dtype, got.shape), (self.values.dtype, SIZE))
        numpy.testing.assert_array_equal(got, self.values)
        self.assertEqual(numpy.asarray(self.volume, dtype="float32").dtype, "float32")
        scaled, frames = in_folder("scaled.nii"), numpy.arange(48, dtype="int16").reshape(2, 3, 4, 2)
        amos.write(scaled, frames, geometry=numpy.eye(4), slope=0.5, inter=-3)
        numpy.testing.assert_array_equal(numpy.asarray(amos.Volume(scaled)), frames * 0.5 - 3)

        labels = self.case.label()
        got = numpy.asarray(labels)
        self.assertEqual((got.dtype, got.shape, got.flags.writeable), ("uint8", SIZE, False))
        self.assertEqual(got.ctypes.data, numpy.asarray(labels.voxels).ctypes.data)
        self.assertTrue(numpy.array(labels).flags.writeable)
        self.assertEqual((numpy.asarray(labels) == 6).sum(), labels["liver"].voxels)
        self.assertEqual(numpy.asarray(labels, dtype="int64").dtype, "int64")
        with self.assertRaises(ValueError) as caught:
            numpy.asarray(self.case.label(stats_only=True))
        self.assertIn("stats_only", str(caught.exception))

    def test_objects_that_give_an_array(self):
        class Image:
            def __init__(self, voxels):
                self.voxels_ = voxels

            def __array__(self, dtype=None, copy=None):
                return self.voxels_

        labels = numpy.asarray(self.case.label())
        self.assertEqual(amos.score(self.case.label_path, Image(labels)).dice, 1)
        numpy.testing.assert_array_equal(amos.LabelMap.make(Image(labels)).voxels, labels)

    def test_with(self):
        with amos.Dataset(phantom()) as dataset, amos.Cache(in_folder("closed")) as cache:
            case = dataset["amos_0001"]
            with amos.Volume(self.path) as volume, case.label() as labels:
                array, voxels = volume.read(), labels.voxels
                volume.warnings
        numpy.testing.assert_array_equal(array, self.values)
        self.assertEqual(voxels.shape, SIZE)
        for call, name in (
            (volume.read, "volume"),
            (lambda: labels["liver"], "label map"),
            (lambda: dataset["amos_0001"], "data set"),
            (lambda: cache.entries, "cache"),
            (lambda: amos.write(in_folder("never.nii"), array, reference=volume), "volume"),
            (lambda: amos.Loader(amos.Dataset(phantom()), cache=cache, patch=(8, 8, 8)), "cache"),
        ):
            with self.subTest(name), self.assertRaises(ValueError) as caught:
                call()
            self.assertEqual(str(caught.exception), f"the {name} is closed.")
        self.assertEqual(case.load()[1].shape, SIZE)  # a case keeps its data set


if __name__ == "__main__":
    unittest.main()
