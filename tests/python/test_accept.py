# SPDX-License-Identifier: BSD-3-Clause
"""What unusual labels are accepted: the same keywords in LabelMap, LabelMap.make, Case.load, score, Cache and Loader."""
import json
import os
import shutil
import unittest

import numpy

import amos
from common import Test, in_folder, phantom

COUNTS = ("rounded", "ignored", "relabelled")


def counts(accepted):
    return tuple(getattr(accepted, name) for name in COUNTS)


class Accepting(Test):
    def setUp(self):
        self.dataset = amos.Dataset(phantom())
        self.case = self.dataset["amos_0001"]
        self.voxels = numpy.asarray(self.case.label().voxels)

    def odd(self, value, dtype="float32"):
        """The label with ten odd voxels."""
        voxels = self.voxels.astype(dtype)
        voxels.reshape(-1, order="A")[:10] = value
        return numpy.asfortranarray(voxels)

    def ways(self, voxels, **options):
        """The label map of a file, and of memory."""
        path = in_folder("odd.nii.gz")
        amos.write(path, voxels, reference=self.case.label_path)
        return amos.LabelMap(path, **options), amos.LabelMap.make(voxels, reference=self.case.label_path, **options)

    def test_each_is_counted(self):
        for value, options, expected in (
            (6.0005, {"round_labels": True}, (10, 0, 0)),
            (5.985, {"round_labels": 0.02}, (10, 0, 0)),
            (255, {"ignore": 255}, (0, 10, 0)),
            (-1, {"ignore": [-1, 255]}, (0, 10, 0)),
            (16, {"max_label": 16}, (0, 0, 0)),
            (500, {"relabel": {500: "liver", "*": "*"}}, (0, 0, 10)),
        ):
            for labels in self.ways(self.odd(value), **options):
                self.assertEqual(counts(labels.accepted), expected, options)
                names = [name for name, _ in labels.warnings]
                self.assertEqual([name in names for name in ("W_ROUNDED", "W_IGNORED", "W_RELABELLED")],
                                 [n > 0 for n in expected])
            with self.assertRaises(amos.DataError) as caught:
                self.ways(self.odd(value))
            self.assertEqual(caught.exception.status, "E_LABEL")
            self.assertRegex(str(caught.exception), "; .*(round_labels=|ignore=)")

    def test_whole_numbers_in_floats_need_no_option(self):
        for labels in self.ways(self.odd(3)):
            self.assertEqual(counts(labels.accepted), (0, 0, 0))
        score = amos.score(self.case.label_path, self.voxels.astype("float64"))
        self.assertEqual(score.dice, 1)

    def test_wrong_words(self):
        with self.assertRaises(amos.ArgumentError):
            amos.LabelMap(self.case.label_path, round_labels=0.03)
        with self.assertRaises(ValueError):
            amos.LabelMap(self.case.label_path, relabel={"*": 3})
        with self.assertRaises(ValueError):
            amos.LabelMap(self.case.label_path, relabel={6: "livver"})
        with self.assertRaises(amos.ArgumentError):
            amos.LabelMap(self.case.label_path, ignore=0)
        with self.assertRaises(amos.ArgumentError):
            amos.score(self.case.label_path, self.case.label_path, geometry_tolerance=-1)

    def test_frames(self):
        onehot = numpy.stack([self.voxels == n for n in range(16)], -1).astype("uint8", order="F")
        with self.assertRaises(amos.DataError) as caught:
            amos.LabelMap.make(onehot)
        self.assertIn("argmax", str(caught.exception))
        self.assertIn("frame", str(caught.exception))
        liver = amos.LabelMap.make(onehot, frame=6)
        self.assertEqual(liver[1].voxels, (self.voxels == 6).sum())
        labels = amos.LabelMap.make(numpy.argmax(onehot, -1))
        numpy.testing.assert_array_equal(numpy.asarray(labels.voxels), self.voxels)

    def test_scores(self):
        reference, prediction = self.odd(255), self.odd(1.001)
        paths = [in_folder("reference.nii.gz"), in_folder("prediction.nii.gz")]
        for path, voxels in zip(paths, (reference, prediction)):
            amos.write(path, voxels, reference=self.case.label_path)
        options = {"ignore": 255, "round_labels": True}
        for pair in (paths, (reference, paths[1]), (paths[0], prediction)):
            score = amos.score(*pair, **options)
            self.assertEqual(counts(score.accepted_reference), (0, 10, 0))
            self.assertEqual(counts(score.accepted_prediction), (10, 0, 0))
            self.assertEqual((score.left_out, score.dice), (10, 1))
            with self.assertRaises(amos.DataError):
                amos.score(*pair)

    def test_tables_of_predictions(self):
        prediction = numpy.where(self.voxels == 6, 1, numpy.where(self.voxels == 1, 6, self.voxels)).astype("uint8", order="F")
        path = in_folder("exchanged.nii.gz")
        amos.write(path, prediction, reference=self.case.label_path)
        table = {1: "liver", 6: "spleen", "*": "*"}
        for given in (path, prediction):
            score = amos.score(self.case.label_path, given, relabel_prediction=table)
            self.assertEqual(score.dice, 1)
            self.assertEqual(counts(score.accepted_reference), (0, 0, 0))
            self.assertEqual(score.accepted_prediction.relabelled, numpy.isin(self.voxels, (1, 6)).sum())
            self.assertLess(amos.score(self.case.label_path, given, relabel=table).dice, 1)

    def test_tolerance(self):
        moved = amos.LabelMap(self.case.label_path).geometry
        affine = numpy.array(moved.affine)
        affine[0, 3] += 0.3
        self.assertGreater(0.2 * min(moved.spacing), 0.3)  # the default
        other = amos.LabelMap.make(self.voxels, geometry=affine)
        labels = self.case.label()
        for tolerance in (None, "0.31mm", "1voxels", 1, "1"):
            self.assertAlmostEqual(
                amos.score(labels, other, geometry_tolerance=tolerance).displacement_mm, 0.3, places=6
            )
        for tolerance in ("0.29mm", "0.01voxels", 0):
            with self.assertRaises(amos.DataError) as caught:
                amos.score(labels, other, geometry_tolerance=tolerance)
            self.assertIn("geometry_tolerance", str(caught.exception))

    def tree(self):
        """A data set with a label 16 of its own in one case, and a value of 255."""
        root = in_folder("tumour")
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(phantom(), root)
        with open(os.path.join(root, "dataset.json"), encoding="utf-8") as file:
            described = json.load(file)
        described["labels"]["16"] = "tumour"
        with open(os.path.join(root, "dataset.json"), "w", encoding="utf-8") as file:
            json.dump(described, file)
        case = amos.Dataset(root)["amos_0001"]
        voxels = self.odd(16, "uint8")
        voxels.reshape(-1, order="A")[20:25] = 255
        amos.write(case.label_path, voxels, reference=self.case.label_path)
        return amos.Dataset(root)

    def test_the_data_sets_own_labels(self):
        dataset = self.tree()
        case = dataset["amos_0001"]
        self.assertEqual((dataset.max_label, case.max_label), (16, 16))
        for labels in (case.label(ignore=255), case.load(ignore=255)[1]):
            self.assertEqual((labels.max_label, counts(labels.accepted)), (16, (0, 5, 0)))
        for options in ({}, {"ignore": 255, "max_label": 15}):
            with self.assertRaises(amos.DataError):
                case.label(**options)
            with self.assertRaises(amos.DataError):
                case.load(**options)

    def test_loader_and_cache(self):
        dataset = self.tree()
        words = {"patch": (16, 16, 8), "cases": ["amos_0001"], "label_type": "onehot", "stop_at_damage": True, "threads": 1}
        with amos.Loader(dataset, ignore=255, **words) as loader:
            self.assertEqual(loader.next().label.shape[1], 17)
            self.assertEqual(loader.stats.accepted, 1)
        with self.assertRaises(amos.DataError):
            amos.Loader(dataset, **words).next()
        with amos.Loader(dataset, ignore=255, relabel={16: "tumour", "*": "*"}, **words) as loader:
            self.assertEqual(loader.next().label.shape[1], 17)
        if "lz4 off" in amos.features():
            return
        cache = amos.Cache(in_folder("cache"), ignore=255)
        built = {item.case_id: item for item in cache.build(dataset, split="training")}
        self.assertEqual(counts(built["amos_0001"].accepted), (0, 5, 0))
        with amos.Loader(dataset, cache=cache, **words) as loader:
            self.assertEqual(loader.next().label.shape[1], 17)
            self.assertEqual(loader.stats.accepted, 1)
        with self.assertRaises(amos.ArgumentError) as caught:
            amos.Loader(dataset, cache=cache, ignore=255, **words)
        self.assertIn("option of the cache", str(caught.exception))
        plain = amos.Cache(in_folder("cache")).build(dataset, split="training")
        self.assertEqual([item.case_id for item in plain if item.outcome == "failed"], ["amos_0001"])


if __name__ == "__main__":
    unittest.main()
