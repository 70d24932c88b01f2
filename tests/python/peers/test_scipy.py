# SPDX-License-Identifier: BSD-3-Clause
"""Resampling against SciPy's, which computes in double."""

import unittest

import numpy
import scipy.ndimage

import amos
from common import Test
from test_resample import centred, positions

ROUND = {"float64": 1e-9, "float32": 2e-4, "int16": 0.5 + 1e-9}


def tilted(shape):
    """A grid that is turned about two axes."""
    a, b = 0.2, -0.35
    turn = numpy.array([[numpy.cos(a), -numpy.sin(a), 0], [numpy.sin(a), numpy.cos(a), 0], [0, 0, 1]])
    turn = turn @ numpy.array([[1, 0, 0], [0, numpy.cos(b), -numpy.sin(b)], [0, numpy.sin(b), numpy.cos(b)]])
    affine = numpy.eye(4)
    affine[:3, :3] = turn * 1.3
    affine[:3, 3] = -4, 9, 20
    return amos.Geometry.of(shape, affine)


class Scipy(Test):
    def setUp(self):
        self.voxels = numpy.random.default_rng(3).normal(0, 300, (33, 21, 12))
        self.geometry = centred(self.voxels.shape, (0.8, 0.9, 2.5))

    def compare(self, order, dtype, out, expected):
        self.assertLessEqual(numpy.abs(numpy.asarray(out).ravel() - expected).max(), ROUND[dtype], (order, dtype))

    def test_positions(self):
        for dtype in ROUND:
            voxels = self.voxels.astype(dtype)
            for order, mode in ((1, "nearest"), (3, "mirror")):
                for where in ({"spacing": (1.5, 1.5, 2)}, {"spacing": (0.5, 0.7, 1)}, {"like": tilted((9, 8, 12))}):
                    out = amos.resample(voxels, geometry=self.geometry, order=order, outside=-7, **where)
                    at = positions(self.geometry, out.geometry)
                    expected = scipy.ndimage.map_coordinates(voxels.astype(float), at.T, order=order, mode=mode)
                    top = numpy.array(voxels.shape) - 0.499
                    outside = ((at < -0.501) | (at > top)).any(1)
                    expected[outside] = -7
                    self.compare(order, dtype, out, expected)

    def test_zoom(self):
        """zoom(grid_mode=True) has the same rule where old and new voxels fill the same box."""
        voxels = self.voxels.astype("float64")
        geometry = centred(voxels.shape, (1, 1, 1))
        for order, mode in ((0, "nearest"), (1, "nearest"), (3, "mirror")):
            out = amos.resample(voxels, geometry=geometry, spacing=(33 / 44, 21 / 14, 12 / 18), order=order)
            self.assertEqual(out.shape, (44, 14, 18))
            zoomed = scipy.ndimage.zoom(voxels, (44 / 33, 14 / 21, 18 / 12), order=order, mode=mode, grid_mode=True)
            self.compare(order, "float64", out, zoomed.ravel())


if __name__ == "__main__":
    unittest.main()
