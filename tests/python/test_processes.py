# SPDX-License-Identifier: BSD-3-Clause
"""Objects that go to other processes: pickle, copy, and pools of each kind."""

import copy
import math
import multiprocessing
import pickle
import unittest

import numpy

import amos
from common import SIZE, Test, in_folder, phantom


def volume_of_liver(case):
    return case.id, case.label()["liver"].voxels


def everything(case):
    image, labels = case.load("float32")
    return case, image, labels, amos.score(labels, labels), amos.Volume(case.image_path)


def same(one, two):
    return pickle.dumps(one) == pickle.dumps(two)


class Processes(Test):
    def setUp(self):
        self.dataset = amos.Dataset(phantom())
        self.cases = self.dataset.cases(has_label=True)
        self.case = self.cases[0]

    def test_pools(self):
        expected = [volume_of_liver(case) for case in self.cases]
        for way in ("fork", "spawn", "forkserver"):
            with self.subTest(way), multiprocessing.get_context(way).Pool(2) as pool:
                self.assertEqual(pool.map(volume_of_liver, self.cases), expected)
                case, image, labels, score, volume = pool.apply(everything, (self.case,))
                self.assertEqual((case.id, case.split, case.image_path), (self.case.id, self.case.split, self.case.image_path))
                numpy.testing.assert_array_equal(image, self.case.load("float32")[0])
                self.assertEqual(image.geometry, self.case.load()[0].geometry)
                self.assertEqual(labels["liver"], self.case.label()["liver"])
                self.assertEqual(score.dice, 1)
                numpy.testing.assert_array_equal(volume.read(), self.case.image().read())

    def test_a_case_is_found_again(self):
        again = pickle.loads(pickle.dumps(self.cases))
        self.assertEqual([case.id for case in again], [case.id for case in self.cases])
        self.assertIs(again[0]._dataset, again[1]._dataset)  # opened once
        for _ in range(2):
            self.assertEqual(copy.copy(self.dataset)["amos_0001"].id, "amos_0001")
            self.assertEqual(copy.deepcopy(self.case).label_path, self.case.label_path)

    def test_volumes(self):
        with open(self.case.image_path, "rb") as file:
            content = amos.Volume(file)
        for volume in (self.case.image(), content, amos.Volume(self.case.image_path, lenient=True, inflate="zlib")):
            again = pickle.loads(pickle.dumps(volume))
            self.assertEqual(again.info, volume.info)
            numpy.testing.assert_array_equal(again.read(), volume.read())

    def test_arrays(self):
        volume = self.case.image()
        labels = self.case.label()
        for array in (volume.read(), volume.read("float64", orientation="ASR"), labels.voxels, labels.mask(6), labels.onehot()):
            again = pickle.loads(pickle.dumps(array, protocol=4))
            self.assertEqual((again.shape, again.dtype, again.readonly, again.geometry),
                             (array.shape, array.dtype, array.readonly, array.geometry))  # fmt: skip
            numpy.testing.assert_array_equal(again, array)
        self.assertEqual(volume.read().copy().geometry, volume.geometry)
        loader = amos.Loader(self.dataset, split="training", orientation="RAS", patch=(8, 8, 8), image_type="float16", steps=1)
        image = loader.next().image
        again = pickle.loads(pickle.dumps(image))
        self.assertEqual((again.shape, again.dtype), (image.shape, "float16"))
        numpy.testing.assert_array_equal(again, image)
        for arguments in ((b"1", "B", (1,), 1, 0), (bytearray(1), "z", (1,), 1, 0), (bytearray(1), "B", (2,), 1, 0),
                          (bytearray(1), "B", (-1,), 1, 0), (bytearray(1), "B", (2**62, 4, 4), 1, 0),
                          (bytearray(1), "B", (1,) * 6, 1, 0)):  # fmt: skip
            with self.assertRaises(ValueError):
                amos._amos.array_make(*arguments)

    def test_label_maps(self):
        labels = self.case.label(ignore=[15], round_labels=True)
        again = pickle.loads(pickle.dumps(labels))
        self.assertEqual((again.shape, again.max_label, again.geometry, again.warnings, again.accepted),
                         (SIZE, labels.max_label, labels.geometry, labels.warnings, labels.accepted))  # fmt: skip
        numpy.testing.assert_equal([tuple(again[n]) for n in range(16)], [tuple(labels[n]) for n in range(16)])
        self.assertIsNone(pickle.loads(pickle.dumps(amos.LabelMap.make(numpy.asarray(labels)))).geometry)
        with self.assertRaises(TypeError) as caught:
            pickle.dumps(self.case.label(stats_only=True))
        self.assertIn("stats_only", str(caught.exception))

    def test_scores(self):
        labels = self.case.label()
        moved = numpy.roll(numpy.asarray(labels), 1, axis=0)
        moved[moved == 3] = 0
        score = amos.score(labels, moved, tolerances=(0.5, 1, 3))
        again = pickle.loads(pickle.dumps(score))
        numpy.testing.assert_equal([tuple(again[n]) for n in range(1, 16)], [tuple(score[n]) for n in range(1, 16)])
        self.assertEqual(again["liver"], score["liver"])
        for measure in amos.MEASURES:
            numpy.testing.assert_equal(tuple(again.mean(measure.name)), tuple(score.mean(measure.name)))
        self.assertEqual((again.mean("nsd", 2), again.dice, repr(again)), (score.mean("nsd", 2), score.dice, repr(score)))
        self.assertTrue(same(again, pickle.loads(pickle.dumps(again))))
        for one in (score, again):
            for call in (lambda: one.mean("nsd", 3), lambda: one.mean("wit")):
                with self.assertRaises(amos.ArgumentError):
                    call()
            with self.assertRaises(IndexError):
                one[16]
        self.assertTrue(math.isinf(again[3].hd))

    def test_the_rest(self):
        cache = pickle.loads(pickle.dumps(amos.Cache(in_folder("sent"), orientation="RAS")))
        self.assertEqual(cache.folder, in_folder("sent"))
        tiling = pickle.loads(pickle.dumps(amos.Tiling((20, 20, 20), (8, 8, 8), overlap=0.25)))
        self.assertEqual((len(tiling), tiling.box(1)), (len(amos.Tiling((20, 20, 20), (8, 8, 8), overlap=0.25)), tiling.box(1)))
        loader = amos.Loader(self.dataset, split="training", orientation="RAS", patch=(8, 8, 8), steps=1)
        for thing, words in ((loader, "PatchLoader"), (loader.next(), "copies of its arrays")):
            with self.assertRaises(TypeError) as caught:
                pickle.dumps(thing)
            self.assertIn(words, str(caught.exception))


if __name__ == "__main__":
    unittest.main()
