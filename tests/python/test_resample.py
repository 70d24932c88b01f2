# SPDX-License-Identifier: BSD-3-Clause
import unittest
import warnings

import numpy

import amos
from common import Test, in_folder, phantom


def centred(shape, spacing):
    """A geometry whose axes are those of the patient."""
    affine = numpy.diag([*spacing, 1.0])
    affine[:3, 3] = -5, 7, 11
    return amos.Geometry.of(shape, affine)


def linear(voxels, at):
    """voxels at the positions (n, 3), by the eight neighbours."""
    whole = numpy.floor(at).astype(int)
    part = at - whole
    top = numpy.array(voxels.shape) - 1
    total = numpy.zeros(len(at))
    for corner in numpy.ndindex(2, 2, 2):
        index = numpy.clip(whole + corner, 0, top)
        weight = numpy.where(corner, part, 1 - part).prod(1)
        total += weight * voxels[tuple(index.T)]
    return total


def positions(old, new):
    """The old index of every voxel of the new grid, x slowest."""
    matrix = numpy.linalg.inv(old.affine) @ numpy.array(new.affine)
    index = numpy.indices(new.shape).reshape(3, -1).T
    return index @ matrix[:3, :3].T + matrix[:3, 3]


class Resampling(Test):
    def setUp(self):
        random = numpy.random.default_rng(7)
        self.voxels = random.normal(0, 300, (14, 11, 9))
        self.geometry = centred(self.voxels.shape, (0.8, 0.9, 5))

    def test_linear_is_as_in_numpy(self):
        for dtype, most in (("float64", 1e-9), ("float32", 1e-3), ("int16", 0.5 + 1e-9)):
            voxels = self.voxels.astype(dtype)
            out = amos.resample(voxels, geometry=self.geometry, spacing=(1.5, 1.5, 2))
            self.assertEqual((out.dtype, out.shape), (dtype, (7, 7, 22)))
            self.assertEqual(out.geometry.spacing, (1.5, 1.5, 2))
            expected = linear(voxels.astype(float), positions(self.geometry, out.geometry))
            self.assertLessEqual(numpy.abs(numpy.asarray(out).ravel() - expected).max(), most)

    def test_like_and_outside(self):
        like = centred((20, 11, 9), (0.8, 0.9, 5))
        out = numpy.asarray(amos.resample(self.voxels, geometry=self.geometry, like=like, outside=-1024))
        numpy.testing.assert_array_equal(out[:14], self.voxels)
        self.assertTrue((out[14:] == -1024).all())
        out = numpy.asarray(amos.resample(self.voxels, geometry=self.geometry, like=like, extend=True))
        numpy.testing.assert_array_equal(out[14:], numpy.broadcast_to(self.voxels[-1:], (6, 11, 9)))

    def test_orders_and_layouts(self):
        voxels = self.voxels.astype(numpy.float32)
        ways = [(0, "nearest"), (1, "linear"), (3, "bspline")]
        for order, name in ways:
            out = [numpy.asarray(amos.resample(array, geometry=self.geometry, spacing=1, order=way, threads=threads))
                   for array in (voxels, numpy.asfortranarray(voxels), voxels.astype(">f4"))
                   for way, threads in ((order, 1), (name, 3))]  # fmt: skip
            for other in out[1:]:
                numpy.testing.assert_array_equal(out[0], other)

    def test_label_maps(self):
        case = amos.Dataset(phantom())["amos_0001"]
        image, labels = case.load()
        coarse = amos.resample(labels, spacing=(3, 3, None), labels="majority")
        self.assertEqual(coarse.geometry, amos.resample(image, spacing=(3, 3, None)).geometry)
        same = amos.resample(coarse, like=case.label_path)
        self.assertEqual(same.shape, labels.shape)
        self.assertEqual(same.geometry.affine, labels.geometry.affine)
        agree = (numpy.asarray(same) == numpy.asarray(labels)).mean()
        self.assertGreater(agree, 0.9)
        near = amos.resample(numpy.asarray(labels), geometry=labels.geometry, spacing=(3, 3, None), labels="nearest")
        numpy.testing.assert_array_equal(near, amos.resample(labels, spacing=(3, 3, None)))

    def test_files(self):
        path = in_folder("resampled.nii.gz")
        amos.write(path, self.voxels.astype("int16"), geometry=self.geometry, slope=2, inter=-1)
        out = amos.resample(path, spacing=2)
        self.assertEqual(out.dtype, "float32")
        volume = amos.Volume(path)
        values = numpy.asarray(volume).astype("float32")
        numpy.testing.assert_array_equal(out, amos.resample(values, geometry=volume.geometry, spacing=2))
        amos.write(in_folder("again.nii"), out)
        self.assertEqual(amos.Volume(in_folder("again.nii")).shape, out.shape)

    def test_what_is_lost_is_said(self):
        edge = numpy.zeros((8, 1, 1), "uint8")
        edge[4:] = 255
        with self.assertWarnsRegex(amos.DataWarning, "8 resampled voxels"):
            amos.resample(edge, geometry=centred(edge.shape, (1, 1, 1)), spacing=(0.25, 1, 1), order="cubic")
        found = amos.resample(edge, geometry=centred(edge.shape, (1, 1, 1)), spacing=(0.25, 1, 1), order="cubic", report=True)
        self.assertEqual((found.saturated, found.rounded, found.separable, found.outside), (8, True, True, 0))
        small = numpy.zeros((8, 8, 8), "uint8")
        small[0, 0, 0] = 5
        with self.assertWarnsRegex(amos.DataWarning, "labels 5"):
            amos.resample(small, geometry=centred(small.shape, (1, 1, 1)), spacing=4, labels="nearest")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = amos.resample(small, geometry=centred(small.shape, (1, 1, 1)), spacing=(8, 1, 1), labels="majority", report=True)
        self.assertEqual((found.lost, found.collapsed), ((5,), (0,)))

    def test_mistakes(self):
        geometry = self.geometry
        for options in ({}, {"spacing": 1, "like": geometry}, {"spacing": (1, 2)}, {"spacing": -1}, {"order": 2, "spacing": 1},
                        {"labels": "most", "spacing": 1}, {"like": 5}, {"spacing": 1, "threads": -1}):  # fmt: skip
            with self.assertRaises(ValueError, msg=str(options)):
                amos.resample(self.voxels, geometry=geometry, **options)
        with self.assertRaisesRegex(amos.Error, "no usable spacing"):
            amos.resample(self.voxels, spacing=1)
        with self.assertRaisesRegex(amos.Error, "cannot be -1"):
            amos.resample(self.voxels.astype("uint8"), geometry=geometry, spacing=1, outside=-1)
        with self.assertRaises(amos.CancelledError):
            amos.resample(self.voxels, geometry=geometry, spacing=1, progress=lambda done, total: True)


if __name__ == "__main__":
    unittest.main()
