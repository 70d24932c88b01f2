# SPDX-License-Identifier: BSD-3-Clause
import ctypes
import gc
import unittest

import numpy

import amos
from common import SIZE, Test, phantom


class Arrays(Test):
    def setUp(self):
        self.case = amos.Dataset(phantom())["amos_0001"]
        self.array = amos.Volume(self.case.image_path).read("float32")

    def test_memory_is_shared(self):
        one, two = numpy.asarray(self.array), numpy.asarray(self.array)
        one[3, 4, 5] = 1234
        self.assertEqual(two[3, 4, 5], 1234)
        self.assertEqual(one.ctypes.data, numpy.from_dlpack(self.array).ctypes.data)
        self.assertEqual(one.strides, (4, 4 * SIZE[0], 4 * SIZE[0] * SIZE[1]))
        self.assertEqual(self.array.strides, one.strides)
        self.assertEqual(one.ctypes.data % 64, 0)

    def test_indices_are_those_of_numpy(self):
        voxels = numpy.asarray(self.array)
        self.assertEqual(self.array[3, 4, 5], voxels[3, 4, 5])
        numpy.testing.assert_array_equal(self.array[..., 10], voxels[..., 10])
        numpy.testing.assert_array_equal(self.array[voxels > 0], voxels[voxels > 0])
        self.array[3, 4, 5] = 77
        self.array[:2] = -1
        self.assertEqual((voxels[3, 4, 5], voxels[:2].max(), len(self.array)), (77, -1, SIZE[0]))
        self.assertEqual(numpy.array(self.array).dtype, "float32")
        with self.assertRaises(ValueError):
            self.case.label().voxels[0, 0, 0] = 1
        with self.assertRaises(IndexError):
            self.array[SIZE[0]]
        with self.assertRaises((TypeError, ValueError)):
            del self.array[0]

    def test_memoryview(self):
        view = memoryview(self.array)
        self.assertEqual((view.format, view.itemsize, view.ndim, view.shape), ("f", 4, 3, SIZE))
        self.assertTrue(view.f_contiguous)
        self.assertFalse(view.readonly)
        self.assertEqual(view.tobytes(order="F"), numpy.asarray(self.array).tobytes(order="F"))
        with self.assertRaises(TypeError):  # the first axis is the fastest, not the last
            (ctypes.c_char * self.array.nbytes).from_buffer(self.array)

    def test_dlpack(self):
        self.assertEqual(self.array.__dlpack_device__(), (1, 0))
        capsule = self.array.__dlpack__(stream=None)
        self.assertIn("dltensor", repr(capsule))
        del capsule
        tensor = numpy.from_dlpack(self.array)
        expected = tensor.copy()
        del self.array
        gc.collect()
        numpy.testing.assert_array_equal(tensor, expected)

    def test_labels_must_not_be_changed(self):
        labels = self.case.label()
        voxels = labels.voxels
        self.assertTrue(voxels.readonly)
        self.assertFalse(numpy.asarray(voxels).flags.writeable)
        with self.assertRaises(BufferError):
            voxels.__dlpack__()
        copy = voxels.copy()
        self.assertEqual((copy.shape, copy.dtype, copy.strides), (voxels.shape, "uint8", voxels.strides))
        numpy.from_dlpack(copy)
        changed = numpy.asarray(copy)
        changed[0, 0, 0] = 9
        self.assertEqual(numpy.asarray(labels.voxels)[0, 0, 0], 0)

    def test_classes_cannot_be_made(self):
        with self.assertRaises(TypeError):
            amos.Array()
        with self.assertRaises(TypeError):
            type(amos.Volume(self.case.image_path)._handle)()

    def test_handles_are_not_mixed_up(self):
        volume = amos.Volume(self.case.image_path)
        with self.assertRaises(TypeError) as caught:
            amos._amos.labelmap_info(volume._handle)
        self.assertIn("label map", str(caught.exception))
        with self.assertRaises(TypeError):
            amos._amos.volume_info(3)

    def test_memory_is_given_back(self):
        import resource

        volume = amos.Volume(amos.Dataset(phantom(1, (160, 160, 80)))["1"].image_path)
        for _ in range(5):
            numpy.from_dlpack(volume.read("float64")).sum()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _ in range(60):
            numpy.from_dlpack(volume.read("float64")).sum()
            numpy.asarray(volume.read("float64").copy()).sum()
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        self.assertLess(grown, 25 * 8 * 160 * 160 * 80 / 1024)  # of 120


if __name__ == "__main__":
    unittest.main()
