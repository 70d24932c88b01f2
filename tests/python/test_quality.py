# SPDX-License-Identifier: BSD-3-Clause
"""Label quality in Python: the same facts and findings as the command's."""
import json
import math
import pickle
import subprocess
import unittest

import numpy

import amos
from common import COMMAND, Test, phantom


class Quality(Test):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dataset = amos.Dataset(phantom())
        cls.quality = amos.quality(cls.dataset)

    def test_the_command_says_the_same(self):
        done = subprocess.run(
            [COMMAND, "check", phantom(), "--quality", "--json", "--facts"], capture_output=True, text=True, check=True
        )
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([line["facts"] for line in lines if line["kind"] == "facts"], self.quality.facts)
        found = [line for line in lines if line["kind"] == "quality"]
        self.assertEqual([line["message"] for line in found], [finding.text for finding in self.quality])
        for line, finding in zip(found, self.quality):
            self.assertEqual(line["finding"], finding.kind)
            self.assertEqual(line["case"], finding.case_id)
            self.assertEqual(line["label"], finding.label)
            self.assertEqual(line["organ"] or "", finding.organ)
            self.assertEqual(tuple(line["voxel"]), finding.voxel)
            self.assertEqual(tuple(line["mm"]), finding.mm)
            self.assertEqual(line["expected"], finding.expected)
            self.assertEqual(line["high"] is None, math.isnan(finding.high))

    def test_parts_give_the_findings_of_the_whole(self):
        parts = [amos.quality(self.dataset[0:2], threads=1), amos.quality(self.dataset[2:], threads=2)]
        texts = [text for part in parts for text in part.json]
        self.assertEqual(texts, self.quality.json)
        for facts in (texts, [json.loads(text) for text in texts]):
            self.assertEqual(repr(list(amos.Quality.of(facts))), repr(list(self.quality)))
        self.assertEqual(pickle.loads(pickle.dumps(self.quality)).json, texts)

    def test_limits(self):
        self.assertEqual(amos.QUALITY_LIMITS["speck_mm3"].value, 100)
        strict = self.quality.judge({"hole_mm3": 0, "speck_mm3": 0})
        self.assertNotIn("specks", [finding.kind for finding in strict])
        self.assertEqual(strict.limits, {"hole_mm3": 0.0, "speck_mm3": 0.0})
        for limits in ({"specks": 1}, {"speck_mm3": -1}, {"speck_mm3": math.nan}):
            with self.assertRaises(amos.ArgumentError):
                self.quality.judge(limits)
        with self.assertRaises(amos.ArgumentError):
            amos.quality(self.dataset, limits={"specks": 1})

    def test_a_label_map_with_a_fault(self):
        dataset = amos.Dataset(phantom(1, (96, 80, 48)))
        image, labels = dataset[0].load("float32")
        voxels = numpy.asarray(labels).copy(order="F")
        voxels[voxels == 1] = 0
        spleenless = amos.LabelMap.make(voxels, geometry=labels.geometry)
        found = amos.quality(spleenless, image, case_id="x", modality="CT")
        self.assertEqual([f.case_id for f in found if f.kind == "missing" and f.organ == "spleen"], ["x"])
        self.assertTrue(found.facts[0]["has_image"])
        self.assertFalse(amos.quality(labels).facts[0]["has_image"])
        moved = numpy.roll(numpy.asarray(labels), 1, axis=0).copy(order="F")
        moved = amos.LabelMap.make(moved, geometry=labels.geometry)
        self.assertIn("shift", [f.kind for f in amos.quality(moved, image)])
        same = amos.quality(labels, image).facts[0]
        whole = amos.quality(dataset).facts[0]
        self.assertEqual(same["organs"], whole["organs"])
        self.assertEqual(same["image_digest"], whole["image_digest"])

    def test_what_is_refused(self):
        image, labels = self.dataset["amos_0001"].load("int16")
        with self.assertRaises(ValueError):
            amos.quality(labels, image)
        with self.assertRaises(ValueError):
            amos.quality(labels, numpy.zeros((2, 3, 4), "float32"))
        with self.assertRaises(ValueError):
            amos.quality(self.dataset, image)
        with self.assertRaises(amos.DataError):
            amos.Quality.of(["{}"])
        with self.assertRaises(amos.DataError):
            amos.Quality.of(["{"])
        with self.assertRaises(amos.ArgumentError):
            amos.quality(self.dataset, connectivity=7)

    def test_a_sequence(self):
        self.assertEqual(len(self.quality), len(list(self.quality)))
        self.assertIn("cases", repr(self.quality))
        first = self.quality[0]
        self.assertIn(first, self.quality.of_case(first.case_id))
        self.assertEqual(self.quality[:1], [first])
        self.assertFalse(amos.quality([]))
        self.assertEqual(len(amos.quality(self.dataset["amos_0001"], images=False).facts), 1)


if __name__ == "__main__":
    unittest.main()
