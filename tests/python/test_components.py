# SPDX-License-Identifier: BSD-3-Clause
"""Connected components in Python; test_scipy_components.py compares them with scipy's."""
import unittest

import numpy

import amos
from common import Test, phantom


class Components(Test):
    def test_a_sequence(self):
        voxels = numpy.zeros((8, 6, 5), numpy.uint8, order="F")
        voxels[0:3, 1, 1] = voxels[6, 1, 1] = voxels[6:8, 4, 4] = 6
        voxels[5, 3, 2] = 2
        labels = amos.LabelMap.make(voxels, spacing=(1, 2, 3))
        components = labels.components()
        self.assertEqual([part.voxels for part in components], [1, 3, 2, 1])
        self.assertEqual(components[1].label, 6)
        self.assertEqual(components[-1], components[3])
        self.assertEqual(components[1:3], components.of("liver")[:2])
        self.assertEqual(components[1].mm3, 18)
        self.assertEqual(components[1].first, (0, 1, 1))
        self.assertTrue(components[1].touches_border)
        self.assertFalse(components[0].touches_border)
        self.assertEqual(components.organ("spleen").count, 0)
        self.assertEqual(len(components.holes), 0)
        self.assertIn("4 of", repr(components))
        with self.assertRaises(IndexError):
            components[4]
        with self.assertRaises(IndexError):
            components.organ(16)
        with self.assertRaises(amos.ArgumentError):
            labels.components(8)

    def test_specks_are_dropped(self):
        case = amos.Dataset(phantom())["amos_0001"]
        voxels = numpy.asarray(case.label()).copy(order="F")
        clean = voxels.copy(order="F")
        free = numpy.argwhere(voxels == 0)
        for at in (free[0], free[-1]):
            voxels[tuple(at)] = 6
        labels = amos.LabelMap.make(voxels, reference=case.label_path)
        made, dropped = labels.components(26).drop(min_voxels=3)
        numpy.testing.assert_array_equal(numpy.asarray(made), clean)
        self.assertEqual(dropped, amos.Dropped(2, 2, 1))
        self.assertEqual(made["liver"], case.label()["liver"])
        largest, _ = labels.components(26).drop(all_but_largest=True)
        self.assertEqual(len(largest.components()), len(largest.present))
        volume, dropped = labels.components().drop(min_mm3=labels["liver"].millilitres * 2000)
        self.assertEqual(volume.present, labels.present)


if __name__ == "__main__":
    unittest.main()
