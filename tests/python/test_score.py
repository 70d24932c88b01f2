# SPDX-License-Identifier: BSD-3-Clause
import json
import math
import os
import unittest
import warnings

import numpy

import amos
from common import Test, in_folder, phantom

SHARED = os.environ.get("AMOS_SHARED_DATA") or os.path.join("..", "shared", "data")


def dice(a, b):
    return 2 * (a & b).sum() / (a.sum() + b.sum())


class Scores(Test):
    def setUp(self):
        self.case = amos.Dataset(phantom())["amos_0001"]
        self.labels = self.case.label()
        self.voxels = numpy.asarray(self.labels.voxels)
        self.moved = numpy.roll(self.voxels, 1, axis=0)
        self.path = in_folder("moved.nii.gz")
        amos.write(self.path, self.moved, reference=self.case.label_path)

    def test_measures(self):
        score = amos.score(self.labels, self.moved)
        for label in self.labels.present:
            organ = score[label]
            self.assertAlmostEqual(organ.dice, dice(self.voxels == label, self.moved == label), places=12)
            self.assertEqual(organ.voxels_reference, (self.voxels == label).sum())
            self.assertEqual(organ.voxels_both, ((self.voxels == label) & (self.moved == label)).sum())
            self.assertLessEqual(organ.hd, self.labels.geometry.spacing[0] + 1e-6)
            self.assertEqual((len(organ.nsd), len(organ.hd_percentile)), (2, 1))
            for measure in amos.MEASURES:
                self.assertIsInstance(getattr(organ, measure.name), float if measure.level == "none" else tuple)
        self.assertEqual(score["liver"], score[6])
        values = [score[label].dice for label in self.labels.present]
        self.assertAlmostEqual(score.dice, sum(values) / len(values), places=12)
        self.assertEqual(score.mean("dice").counted, len(values))
        self.assertEqual((score.convention, score.absent), ("deepmind", "nan"))
        self.assertEqual((score.tolerances, score.percentiles), ((1, 2), (95,)))
        with self.assertRaises(IndexError):
            score[16]
        with self.assertRaises(ValueError) as caught:
            score.mean("wit")
        for measure in amos.MEASURES:
            self.assertIn(measure.name, str(caught.exception))
            self.assertGreater(score.mean(measure.name).counted, 0)
        with self.assertRaises(amos.ArgumentError):
            score.mean("nsd", 2)

    def test_every_kind_of_input_gives_the_same(self):
        path = self.case.label_path
        expected = [amos.score(self.labels, self.moved)[n] for n in self.labels.present]
        pairs = (
            (path, self.path),
            (amos.Volume(path), amos.Volume(self.path)),
            (path, self.moved.astype("int64")),
            (self.voxels, self.path),
            (self.labels, amos.LabelMap(self.path)),
            (self.labels.voxels, self.moved),
            (self.labels, numpy.ascontiguousarray(self.moved)),
        )
        for reference, prediction in pairs:
            score = amos.score(reference, prediction, threads=2)
            self.assertEqual([score[n] for n in self.labels.present], expected)

    def test_two_arrays(self):
        """They do not know where they lie."""
        place = self.labels.geometry
        expected = [amos.score(self.labels, self.moved)[n] for n in self.labels.present]
        diagonal = numpy.diag([*place.spacing, 1])
        for where in ({"spacing": place.spacing}, {"spacing": numpy.array(place.spacing, "float32")}, {"affine": diagonal},
                      {"affine": place.affine}, {"geometry": place}, {"geometry": diagonal.tolist()}):  # fmt: skip
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                score = amos.score(self.voxels, self.moved, **where)
            got = [score[n] for n in self.labels.present]
            numpy.testing.assert_allclose(numpy.hstack([numpy.hstack(one) for one in got]),
                                          numpy.hstack([numpy.hstack(one) for one in expected]), rtol=1e-5)  # fmt: skip
        for types in (("float32", "float64"), (">i2", "bool"), ("float16", "uint8"), ("int64", ">f8")):
            one, two = ((self.voxels == 6).astype(types[0]), (self.moved == 6).astype(types[1]))
            score = amos.score(one[::1, :, ::-1], two[::1, :, ::-1], spacing=place.spacing)
            self.assertAlmostEqual(score[1].dice, dice(self.voxels == 6, self.moved == 6), places=12)
        with self.assertRaises(ValueError) as caught:
            amos.score(self.voxels, self.moved)
        self.assertIn("spacing=(x, y, z)", str(caught.exception))
        for where, words in (
            ({"spacing": (1, 1, 1), "geometry": place}, "one of them"),
            ({"spacing": (1, 1)}, "three numbers"),
            ({"spacing": 1}, "three numbers"),
            ({"spacing": (1, 1, 0)}, "above 0"),
            ({"spacing": (1, 1, float("nan"))}, "above 0"),
            ({"affine": numpy.eye(3)}, "4 rows"),
        ):
            with self.assertRaises(ValueError) as caught:
                amos.score(self.voxels, self.moved, **where)
            self.assertIn(words, str(caught.exception))
        for one, two in ((self.labels, self.moved), (self.labels, self.labels), (self.voxels, self.path)):
            with self.assertRaises(ValueError) as caught:
                amos.score(one, two, spacing=(1, 1, 1))
            self.assertIn("leave them out", str(caught.exception))
        labels = amos.LabelMap.make(self.voxels, spacing=(1, 2, 3))
        self.assertEqual((labels.geometry.spacing, labels.geometry.source), ((1, 2, 3), "spacing"))
        self.assertAlmostEqual(labels[6].millilitres, labels[6].voxels * 0.006)
        with self.assertRaises(ValueError):
            amos.LabelMap.make(self.voxels, spacing=(1, 2, 3), geometry=place)

    def test_options(self):
        options = {"tolerances": (0.5, 1, 3), "percentiles": (50, 100), "convention": "monai", "absent": "one"}
        score = amos.score(self.labels, self.moved, **options)
        self.assertEqual((score.convention, score.absent), ("monai", "one"))
        self.assertIn("MONAI", score.convention_source)
        older = amos.score(self.labels, self.moved, convention="medpy-0.4")
        self.assertEqual((older.convention, older.convention_source), ("medpy-0.4", "MedPy 0.4.0 (2018-11-23)"))
        self.assertEqual((score.tolerances, score.percentiles), ((0.5, 1, 3), (50, 100)))
        organ = score["liver"]
        self.assertEqual(organ.hd_percentile[1], organ.hd)
        self.assertEqual(list(organ.nsd), sorted(organ.nsd))
        self.assertEqual(score.mean("dice").absent, 0)
        with self.assertRaises(amos.ArgumentError):
            amos.score(self.labels, self.moved, convention="mine")
        with self.assertRaises(amos.CancelledError):
            amos.score(self.labels, self.moved, progress=lambda done, total: True)

    def test_absent_organs(self):
        nothing = numpy.zeros_like(self.voxels)
        score = amos.score(self.labels, nothing)
        self.assertEqual(score[6].dice, 0)
        self.assertEqual(score[6].hd, math.inf)
        missing = [n for n in range(1, 16) if n not in self.labels.present]
        for label in missing:
            self.assertTrue(math.isnan(score[label].dice))

    def test_what_does_not_fit(self):
        self.assertEqual(amos.score(self.labels, self.case.label(orientation="RAS")).dice, 1)
        affine = numpy.array(self.labels.geometry.affine)
        affine[0, 3] += 3
        with self.assertRaises(amos.DataError) as caught:
            amos.score(self.labels, amos.LabelMap.make(self.voxels, geometry=affine))
        self.assertEqual(caught.exception.status, "E_PAIR_GEOM")
        with self.assertRaises(amos.DataError) as caught:
            amos.score(self.labels, self.moved[:-1])
        self.assertEqual(caught.exception.status, "E_PAIR_SHAPE")

    @unittest.skipUnless(os.path.isdir(SHARED), "no real data")
    def test_real_predictions(self):
        with open(os.path.join(SHARED, "golden", "metrics.json")) as file:
            golden = json.load(file)
        dataset = amos.Dataset(os.path.join(SHARED, "amos-mini"))
        for case, known in golden.items():
            prediction = os.path.join(SHARED, "predictions", case + ".nii.gz")
            score = amos.score(dataset[case].label_path, prediction, tolerances=(0.5, 1, 2))
            for label, organ in known["organs"].items():
                got = score[int(label)]
                names = ("nsd_0.5mm", "nsd_1mm", "nsd_2mm")
                expected = [float(organ["dice"])] + [float(organ["deepmind"][name]) for name in names]
                numpy.testing.assert_allclose([got.dice, *got.nsd], expected, rtol=1e-9, err_msg=case + " " + label)


if __name__ == "__main__":
    unittest.main()
