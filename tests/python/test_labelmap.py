# SPDX-License-Identifier: BSD-3-Clause
import tempfile
import unittest

import numpy

import amos
from common import SIZE, Test, phantom


class LabelMaps(Test):
    def setUp(self):
        self.case = amos.Dataset(phantom())["amos_0001"]
        self.labels = self.case.label()
        self.voxels = numpy.asarray(self.labels.voxels)

    def assert_stats(self, stats, voxels, geometry):
        places = numpy.argwhere(voxels == stats.label)
        self.assertEqual(stats.voxels, len(places))
        self.assertIs(stats.present, len(places) > 0)
        if len(places):
            self.assertEqual(stats.box, (tuple(places.min(0)), tuple(places.max(0) + 1)))
            numpy.testing.assert_allclose(stats.centroid_voxel, places.mean(0))
            numpy.testing.assert_allclose(stats.centroid_mm, geometry.to_mm(stats.centroid_voxel))
            millilitres = len(places) * abs(numpy.linalg.det(geometry.affine)) / 1000
            self.assertAlmostEqual(stats.millilitres, millilitres, places=6)

    def test_statistics(self):
        self.assertEqual(self.labels.shape, SIZE)
        self.assertEqual(len(self.labels), 16)
        self.assertEqual(self.labels.present, sorted(set(self.voxels.ravel()) - {0}))
        for label in range(16):
            self.assert_stats(self.labels[label], self.voxels, self.labels.geometry)
        self.assertEqual(self.labels["liver"], self.labels[6])
        with self.assertRaises(IndexError):
            self.labels[16]

    def test_threads_with_an_index(self):
        with tempfile.TemporaryDirectory() as folder:
            volume = amos.Volume(self.case.label_path, index="build", index_folder=folder)
            labels = amos.LabelMap(volume, threads=3)
        numpy.testing.assert_array_equal(numpy.asarray(labels.voxels), self.voxels)
        self.assertEqual([labels[i] for i in range(16)], [self.labels[i] for i in range(16)])
        with self.assertRaises(amos.ArgumentError):
            amos.LabelMap(volume, threads=-1)

    def test_masks(self):
        mask = numpy.asarray(self.labels.mask("liver"))
        numpy.testing.assert_array_equal(mask, self.voxels == 6)
        planes = numpy.asarray(self.labels.onehot())
        self.assertEqual(planes.shape, (16,) + SIZE)
        numpy.testing.assert_array_equal(planes.argmax(0), self.voxels)
        planes = numpy.asarray(self.labels.onehot([8, 1]))
        numpy.testing.assert_array_equal(planes, numpy.stack([self.voxels == 8, self.voxels == 1]))
        with self.assertRaises(amos.ArgumentError):
            self.labels.onehot([16])

    def test_renumber(self):
        table = [0] * 16
        table[2] = table[3] = 1
        kidneys = self.labels.renumber(table)
        numpy.testing.assert_array_equal(numpy.asarray(kidneys.voxels), numpy.isin(self.voxels, (2, 3)))
        self.assertEqual(kidneys[1].voxels, self.labels[2].voxels + self.labels[3].voxels)

    def test_options(self):
        stats = amos.LabelMap(self.case.label_path, stats_only=True)
        self.assertIsNone(stats.voxels)
        self.assertEqual(stats[6], self.labels[6])
        turned = amos.LabelMap(amos.Volume(self.case.label_path), orientation="RAS")
        numpy.testing.assert_array_equal(numpy.asarray(turned.voxels), self.voxels[::-1])
        table = {n: 16 - n for n in range(1, 16)}
        mapped = amos.LabelMap(self.case.label_path, relabel=table)
        self.assertEqual(mapped[10].voxels, self.labels[6].voxels)
        liver = amos.LabelMap(self.case.label_path, relabel={6: 1, "*": 0})
        self.assertEqual(liver.present, [1])
        with self.assertRaises(amos.DataError) as caught:
            amos.LabelMap(self.case.label_path, max_label=3)
        self.assertEqual(caught.exception.status, "E_LABEL")
        with self.assertRaises(OverflowError):
            amos.LabelMap(self.case.label_path, relabel={6: 256})

    def test_maps_of_memory(self):
        for dtype in ("uint8", "int64", "int16", "float32", "float64"):
            for voxels in (self.voxels.astype(dtype), numpy.ascontiguousarray(self.voxels).astype(dtype)):
                made = amos.LabelMap.make(voxels, reference=self.case.label_path)
                numpy.testing.assert_array_equal(numpy.asarray(made.voxels), self.voxels)
                self.assertEqual([made[n] for n in range(16)], [self.labels[n] for n in range(16)])
        made = amos.LabelMap.make(self.voxels == 6, geometry=self.labels.geometry)
        self.assertEqual(made[1].millilitres, self.labels[6].millilitres)
        made = amos.LabelMap.make(self.voxels, geometry=numpy.diag([2, 2, 5, 1]))
        self.assertAlmostEqual(made[6].millilitres, made[6].voxels * 0.02)
        self.assertIsNone(amos.LabelMap.make(self.voxels).geometry)
        self.assertEqual(amos.LabelMap.make(self.labels.voxels).geometry.affine, self.labels.geometry.affine)
        for voxels, status in (
            (self.voxels + numpy.uint8(10), "E_LABEL"),
            (self.voxels.astype("float32") + numpy.float32(0.25), "E_LABEL"),
            (self.voxels[1:], "E_PAIR_SHAPE"),
        ):
            with self.assertRaises(amos.DataError) as caught:
                amos.LabelMap.make(voxels, reference=self.case.label_path)
            self.assertEqual(caught.exception.status, status)
        with self.assertRaises(ValueError):
            amos.LabelMap.make(self.voxels[0])


if __name__ == "__main__":
    unittest.main()
