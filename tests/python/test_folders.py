# SPDX-License-Identifier: BSD-3-Clause
"""Scores of folders: the same pairs and the same means as those of the command."""

import json
import os
import shutil
import subprocess
import unittest
import warnings

import numpy

import amos
from common import COMMAND, Test, in_folder, phantom


def by_command(*words):
    made = subprocess.run([COMMAND, "score", "--json", *words], capture_output=True, text=True)
    return json.loads(made.stdout)


class Folders(Test):
    def setUp(self):
        self.root = phantom()
        self.dataset = amos.Dataset(self.root)
        self.cases = self.dataset.cases(has_label=True)
        self.folder = in_folder("predicted")
        shutil.rmtree(self.folder, ignore_errors=True)
        os.mkdir(self.folder)
        for number, case in enumerate(self.cases):
            moved = numpy.roll(numpy.asarray(case.label()), 1 + number, axis=0)
            moved[moved == 1 + number] = 0
            amos.write(self.file(case), moved, reference=case.label_path)

    def file(self, case):
        return os.path.join(self.folder, case.id + ".nii.gz")

    def compare(self, scores, known):
        groups = {group["modality"]: group for group in known["summary"]}
        for name, group in groups.items():
            modality = None if name == "all" else name
            for column, measure, index in (("dice", "dice", 0), ("nsd_1mm", "nsd", 0), ("nsd_2mm", "nsd", 1),
                                           ("hd95", "hd_percentile", 0), ("assd", "assd", 0)):  # fmt: skip
                mean = scores.mean(measure, index, modality=modality)
                self.assertAlmostEqual(mean.mean, group["mean_of_organs"][column]["mean"], places=12, msg=column)
                self.assertEqual(mean.counted, group["mean_of_organs"][column]["organs"])
        self.assertEqual(len(scores), known["counts"]["scored"])
        self.assertEqual(len(scores.missing), known["counts"]["missing"])
        self.assertEqual(len(scores.unused), known["counts"]["predictions_without_reference"])

    def test_all(self):
        told = []
        scores = amos.score_folders(self.root, self.folder, progress=lambda done, total: told.append((done, total)))
        self.compare(scores, by_command("--reference", self.root, "--prediction", self.folder))
        self.assertEqual(list(scores), [case.id for case in self.cases])
        self.assertEqual(told, [(n, len(self.cases)) for n in range(1, len(self.cases) + 1)])
        one = amos.score(self.cases[0].label_path, self.file(self.cases[0]))
        self.assertEqual(scores[self.cases[0].id][6], one[6])
        self.assertEqual((scores.missing, scores.unused, scores.errors), ([], [], {}))
        values = [scores[case.id][6].dice for case in self.cases]
        self.assertAlmostEqual(scores.organ(6).mean, sum(values) / len(values), places=12)
        self.assertEqual(scores.modality["amos_0507"], "MRI")
        self.assertIn("4 cases", repr(scores))

    def test_parts(self):
        for options, words in (({"split": "training"}, ("--split", "training")), ({"modality": "CT"}, ("--modality", "ct"))):
            scores = amos.score_folders(self.root, self.folder, threads=2, **options)
            self.compare(scores, by_command("--reference", self.root, "--prediction", self.folder, *words))
        options = {"convention": "monai", "absent": "one", "tolerances": (0.5, 1, 2)}
        scores = amos.score_folders(os.path.join(self.root, "labelsTr"), self.folder, **options)
        self.assertEqual(next(iter(scores.values())).convention, "monai")
        self.assertEqual(len(scores), len(self.dataset.cases(split="training", has_label=True)))
        self.assertEqual(len(scores.unused), len(self.cases) - len(scores))

    def test_layouts(self):
        """Volumes one level down, or in a ZIP archive, as the command takes them."""
        above = in_folder("above")
        shutil.rmtree(above, ignore_errors=True)
        shutil.copytree(self.folder, os.path.join(above, "results"))
        archive = shutil.make_archive(in_folder("results"), "zip", above)
        known = by_command("--reference", self.root, "--prediction", self.folder)
        for place in (above, archive):
            scores = amos.score_folders(self.root, place)
            self.compare(scores, known)
            self.assertEqual(scores.errors, {})

    def test_missing_predictions(self):
        os.remove(self.file(self.cases[1]))
        gone = self.cases[1].id
        with self.assertRaises(amos.FileError) as caught:
            amos.score_folders(self.root, self.folder)
        self.assertIn(f"1 of {len(self.cases)} predictions are missing ({gone})", str(caught.exception))
        self.assertIn('missing="skip"', str(caught.exception))
        for missing in ("skip", "zero"):
            scores = amos.score_folders(self.root, self.folder, missing=missing)
            self.assertEqual(scores.missing, [gone])
            self.assertEqual(gone in scores, missing == "zero")
            known = by_command("--reference", self.root, "--prediction", self.folder, "--missing", missing)
            self.assertAlmostEqual(scores.dice, known["summary"][0]["mean_of_organs"]["dice"]["mean"], places=12)
        self.assertEqual(scores[gone].dice, 0)
        with self.assertRaises(amos.ArgumentError):
            amos.score_folders(self.root, self.folder, missing="ignore")

    def test_cases_that_cannot_be_scored(self):
        with open(self.file(self.cases[0]), "wb") as file:
            file.write(b"no volume")
        with self.assertWarns(amos.DataWarning) as caught:
            scores = amos.score_folders(self.root, self.folder)
        self.assertIn(f"1 of {len(self.cases)} cases could not be scored", str(caught.warning))
        self.assertEqual(caught.filename, __file__)
        self.assertEqual(list(scores.errors), [self.cases[0].id])
        self.assertEqual(scores.errors[self.cases[0].id].case_id, self.cases[0].id)
        self.assertEqual(len(scores), len(self.cases) - 1)
        self.assertIn("1 not scored", repr(scores))

    def test_what_does_not_go_together(self):
        shutil.copy(self.file(self.cases[0]), self.file(self.cases[0]).replace("0001", "1"))
        for reference, prediction, words, kind in (
            (self.root, self.folder, "Two files belong to the case amos_0001", amos.DataError),
            (self.root, self.file(self.cases[0]), "two folders or two files were expected", amos.DataError),
            (self.root, os.path.join(self.folder, "nothing"), "nothing", amos.MissingFileError),
        ):
            with self.assertRaises(kind) as caught:
                amos.score_folders(reference, prediction)
            self.assertIn(words, str(caught.exception))
        with self.assertRaises(amos.CancelledError):
            os.remove(self.file(self.cases[0]).replace("0001", "1"))
            amos.score_folders(self.root, self.folder, progress=lambda done, total: True)
        with self.assertRaises(amos.ArgumentError):
            amos.score_folders(self.root, self.folder, split="learning")

    def test_names_that_are_not_utf8(self):
        root, names = os.path.join(os.fsencode(in_folder("not-utf8-folders")), b"caf\xe9"), (b"caf\xe9", "\u00e4".encode() * 41)
        shutil.rmtree(root, ignore_errors=True)
        for side in (b"one", b"two"):
            os.makedirs(os.path.join(root, side))
            for name in names:
                shutil.copy(self.cases[0].label_path, os.path.join(root, side, name + b".nii.gz"))
        scores = amos.score_folders(os.path.join(root, b"one"), os.path.join(root, b"two"))
        self.assertEqual((set(scores), scores.dice), (set(map(os.fsdecode, names)), 1))
        os.remove(os.path.join(root, b"two", names[0] + b".nii.gz"))
        with self.assertRaises(amos.FileError) as caught:
            amos.score_folders(os.path.join(root, b"one"), os.path.join(root, b"two"))
        self.assertEqual(os.fsencode(caught.exception.path), os.path.join(root, b"two"))
        str(caught.exception).encode()

    def test_nothing_is_printed(self):
        program = f"import amos\ntry:\n amos.score_folders({self.root!r}, '/nowhere')\nexcept amos.Error: pass"
        made = subprocess.run([os.sys.executable, "-c", program], capture_output=True, text=True)
        self.assertEqual((made.returncode, made.stdout, made.stderr), (0, "", ""))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            amos.score_folders(self.root, self.folder)


if __name__ == "__main__":
    unittest.main()
