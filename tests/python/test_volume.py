# SPDX-License-Identifier: BSD-3-Clause
import gzip
import os
import sys
import threading
import time
import unittest
import zipfile

import numpy

import amos
from common import SIZE, Test, in_folder, phantom


def stored(path):
    """The voxels of a phantom's file, with axes x, y, z, read without libamos."""
    with gzip.open(path) as file:
        content = file.read()
    kind = {2: "u1", 4: "<i2", 512: "<u2"}[int.from_bytes(content[70:72], "little")]
    return numpy.frombuffer(content[352:], kind).reshape(SIZE, order="F")


class Reading(Test):
    def setUp(self):
        self.dataset = amos.Dataset(phantom())
        self.path = self.dataset["amos_0001"].image_path
        self.volume = amos.Volume(self.path)
        self.expected = stored(self.path)

    def test_header(self):
        self.assertEqual(self.volume.shape, SIZE)
        self.assertEqual(self.volume.dtype, "int16")
        self.assertEqual(self.volume.path, self.path)
        self.assertEqual(self.volume.info.nifti_version, 1)
        self.assertIs(self.volume.info.compressed, True)
        self.assertEqual(self.volume.info.description, "libamos phantom")
        self.assertEqual(self.volume.warnings, [])
        geometry = self.volume.geometry
        self.assertEqual((geometry.orientation, geometry.source), ("LAS", "qform"))
        mm = geometry.to_mm((1, 2, 3))
        expected = numpy.array(geometry.affine) @ [1, 2, 3, 1]
        numpy.testing.assert_allclose(mm, expected[:3])

    def test_voxels_are_those_of_the_file(self):
        array = self.volume.read()
        voxels = numpy.asarray(array)
        self.assertEqual((array.dtype, array.shape, array.nbytes), ("int16", SIZE, voxels.nbytes))
        self.assertFalse(array.readonly)
        numpy.testing.assert_array_equal(voxels, self.expected)

    def test_types(self):
        for dtype in ("float32", "float64", "int16", "int32", "int64"):
            voxels = numpy.asarray(self.volume.read(dtype))
            self.assertEqual(voxels.dtype.name, dtype)
            numpy.testing.assert_array_equal(voxels, self.expected.astype(dtype))
        with self.assertRaises(amos.DataError) as caught:
            self.volume.read("uint8")
        self.assertEqual(caught.exception.status, "E_RANGE")
        self.assertIsInstance(caught.exception, ValueError)
        voxels = numpy.asarray(self.volume.read("uint8", saturate=True))
        numpy.testing.assert_array_equal(voxels, self.expected.clip(0, 255))

    def test_orientation_and_box(self):
        array = self.volume.read(orientation="RPS")
        turned = self.expected[::-1, ::-1]
        numpy.testing.assert_array_equal(numpy.asarray(array), turned)
        self.assertEqual(array.geometry.orientation, "RPS")
        box = ((3, 4, 5), (20, 30, 15))
        array = self.volume.read(orientation="RPS", box=box)
        numpy.testing.assert_array_equal(numpy.asarray(array), turned[3:20, 4:30, 5:15])
        self.assertEqual(array.geometry.shape, (17, 26, 10))

    def test_reading_into_any_memory(self):
        for order in "FC":
            for dtype in ("int16", "float32"):
                buffer = numpy.zeros(SIZE, dtype, order=order)
                self.volume.read_into(buffer)
                numpy.testing.assert_array_equal(buffer, self.expected)
        large = numpy.full((50, 50, 50), -9999, "float64")
        self.volume.read_into(large[40:4:-1, 2:26, 3:17], orientation="ASL"[0:3], box=((0, 0, 0), (36, 24, 14)))
        oriented = numpy.asarray(self.volume.read("float64", orientation="ASL", box=((0, 0, 0), (36, 24, 14))))
        numpy.testing.assert_array_equal(large[40:4:-1, 2:26, 3:17], oriented)
        self.assertEqual((large == -9999).sum(), 50**3 - 36 * 24 * 14)
        with self.assertRaises(ValueError):
            self.volume.read_into(numpy.zeros((3, 3, 3), "int16"))
        readonly = numpy.zeros(SIZE, "int16")
        readonly.flags.writeable = False
        with self.assertRaises(BufferError):
            self.volume.read_into(readonly)
        with self.assertRaises(TypeError):
            self.volume.read_into([1, 2, 3])

    def test_memory(self):
        with open(self.path, "rb") as file:
            content = file.read()
        for data in (content, bytearray(content), memoryview(content)):
            volume = amos.Volume(data, memory=True)
            del data
            numpy.testing.assert_array_equal(numpy.asarray(volume.read()), self.expected)

    def test_members_of_a_zip_archive(self):
        archive = in_folder("predictions.zip")
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
            file.write(self.path, "results/\N{LATIN SMALL LETTER A WITH DIAERESIS}.nii.gz")
        (path,) = amos.archive_paths(archive)
        self.assertEqual(path, os.path.join(archive, "results", "\N{LATIN SMALL LETTER A WITH DIAERESIS}.nii.gz"))
        self.assertTrue(numpy.array_equal(amos.Volume(path).read(), self.expected))
        with self.assertRaises(amos.MissingFileError):
            amos.Volume(os.path.join(archive, "x.nii.gz"))
        with self.assertRaises(amos.Error):
            amos.archive_paths(self.path)

    def test_verify_and_range(self):
        self.assertEqual(self.volume.verify(), 0)
        value_range = self.volume.range()
        self.assertEqual((value_range.min, value_range.max), (self.expected.min(), self.expected.max()))
        self.assertAlmostEqual(value_range.mean, self.expected.mean(), places=9)
        self.assertEqual(value_range.finite, self.expected.size)

    def test_index(self):
        cache = in_folder("indexes")
        volume = amos.Volume(self.path, index="build", index_folder=cache)
        numpy.testing.assert_array_equal(numpy.asarray(volume.read(threads=2)), self.expected)
        self.assertEqual(len(os.listdir(cache)), 1)
        with self.assertRaises(ValueError):
            amos.Volume(self.path, index="sometimes")

    def test_pairs(self):
        image, labels = self.dataset["amos_0006"].load("float32", orientation="RAS")
        self.assertEqual(image.geometry.orientation, "RAS")
        self.assertEqual(labels.geometry.affine, image.geometry.affine)
        self.assertEqual(numpy.asarray(labels.voxels).shape, image.shape)

    def test_an_array_outlives_its_volume(self):
        array = self.volume.read()
        voxels = numpy.asarray(array)
        del self.volume, array
        numpy.testing.assert_array_equal(voxels, self.expected)


class Errors(Test):
    def test_missing(self):
        with self.assertRaises(FileNotFoundError) as caught:
            amos.Volume("/nowhere/x.nii")
        error = caught.exception
        self.assertIsInstance(error, amos.MissingFileError)
        self.assertEqual((error.status, error.path, error.errno, error.offset), ("E_OPEN", "/nowhere/x.nii", 2, None))
        self.assertEqual(str(error), "/nowhere/x.nii: the file cannot be opened: No such file or directory.")

    def test_damaged(self):
        path = in_folder("damaged.nii.gz")
        with open(amos.Dataset(phantom())["1"].image_path, "rb") as file:
            content = bytearray(file.read())
        content[-6] ^= 1
        with open(path, "wb") as file:
            file.write(content)
        with self.assertRaises(ValueError) as caught:
            amos.Volume(path).read()
        error = caught.exception
        self.assertIsInstance(error, amos.DataError)
        self.assertIsInstance(error, amos.Error)
        self.assertEqual((error.status, error.path), ("E_GZ_CRC", path))
        self.assertTrue(str(error).startswith(path + ": "))

    def test_offset(self):
        with self.assertRaises(amos.DataError) as caught:
            amos.Volume(b"no header" * 100, memory=True)
        self.assertEqual((caught.exception.status, caught.exception.offset), ("E_HDR_MAGIC", 0))

    def test_classes(self):
        for path, kind in ((phantom(), IsADirectoryError), ("a\0b", ValueError)):
            with self.assertRaises((amos.FileError, kind)):
                amos.Volume(path)
        with self.assertRaises(amos.ArgumentError):
            amos.Volume("")

    def test_pickle(self):
        import pickle

        try:
            amos.Volume("/nowhere/x.nii")
        except amos.Error as error:
            again = pickle.loads(pickle.dumps(error))
        self.assertEqual(type(again), amos.MissingFileError)
        self.assertEqual((again.status, again.path, again.errno), ("E_OPEN", "/nowhere/x.nii", 2))
        self.assertEqual(str(again), "/nowhere/x.nii: the file cannot be opened: No such file or directory.")
        self.assertEqual(str(amos.DataError("only a text")), "only a text")  # torch recreates exceptions like this


class Progress(Test):
    def setUp(self):
        path = amos.Dataset(phantom(1, (160, 160, 80)))["1"].image_path
        self.volume = amos.Volume(path)

    def test_it_is_told(self):
        seen = []
        self.volume.read(progress=lambda done, total: seen.append((done, total)))
        self.assertEqual(seen[-1], (160 * 160 * 80 * 2,) * 2)

    def test_it_can_stop(self):
        with self.assertRaises(amos.CancelledError) as caught:
            self.volume.read(progress=lambda done, total: True)
        self.assertEqual(caught.exception.status, "E_CANCEL")

    def test_its_exceptions_go_on(self):
        def fail(done, total):
            raise KeyError("mine")

        with self.assertRaises(KeyError):
            self.volume.read(progress=fail)
        self.volume.read()


class Threads(Test):
    def test_threads_read_at_once(self):
        volume = amos.Volume(amos.Dataset(phantom())["1"].image_path)
        expected = numpy.asarray(volume.read())
        wrong = []

        def read():
            for _ in range(20):
                if not (numpy.asarray(volume.read()) == expected).all():
                    wrong.append(1)

        threads = [threading.Thread(target=read) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])

    def test_others_run_while_it_reads(self):
        volume = amos.Volume(amos.Dataset(phantom(1, (160, 160, 80)))["1"].image_path)
        longest = 0
        reading = threading.Thread(target=lambda: [volume.verify() for _ in range(20)])
        interval = sys.getswitchinterval()
        sys.setswitchinterval(10)  # code that does not release the GIL would keep it
        try:
            reading.start()
            while reading.is_alive():
                before = time.perf_counter()
                time.sleep(0.0001)
                longest = max(longest, time.perf_counter() - before)
        finally:
            sys.setswitchinterval(interval)
        self.assertLess(longest, 1)


if __name__ == "__main__":
    unittest.main()
