# SPDX-License-Identifier: BSD-3-Clause
import json
import os
import pathlib
import pickle
import unittest

import numpy

import amos
from common import Test, in_folder, phantom


class Datasets(Test):
    def setUp(self):
        self.dataset = amos.Dataset(phantom())

    def test_cases_are_found_by_index_and_id(self):
        ids = [case.id for case in self.dataset]
        self.assertEqual(ids, ["amos_0001", "amos_0004", "amos_0006", "amos_0008", "amos_0507", "amos_0508"])
        self.assertEqual(len(self.dataset), 6)
        self.assertEqual(self.dataset[-1].id, "amos_0508")
        self.assertEqual([case.id for case in self.dataset[1:4:2]], ["amos_0004", "amos_0008"])
        self.assertEqual([case.id for case in self.dataset[:]], ids)
        self.assertEqual(self.dataset["507"].index, 4)
        self.assertIn("amos_0006", self.dataset)
        self.assertIn(self.dataset[0], self.dataset)
        self.assertNotIn("amos_9999", self.dataset)
        with self.assertRaises(KeyError):
            self.dataset["amos_9999"]
        for index in (6, -7):
            with self.assertRaisesRegex(IndexError, f"no case {index}: the data set has 6, counted from 0"):
                self.dataset[index]

    def test_what_it_says_of_itself(self):
        self.assertEqual(self.dataset.root, os.path.realpath(phantom()))
        self.assertTrue(self.dataset.json_path.endswith("/dataset.json"))
        self.assertEqual(self.dataset.max_label, 15)
        self.assertEqual(self.dataset.labels[8], "arota")
        self.assertEqual(self.dataset.warnings, [])
        self.assertEqual(self.dataset.validate(), [])

    def test_paths_of_any_kind(self):
        root = pathlib.Path(phantom())
        for path in (str(root), bytes(root), root):
            dataset = amos.Dataset(path, json_name=pathlib.Path("dataset.json"), metadata_path=None)
            self.assertEqual(len(pickle.loads(pickle.dumps(dataset))), len(dataset))

    def test_filters(self):
        def ids(**filters):
            return [case.id for case in self.dataset.cases(**filters)]

        self.assertEqual(ids(split="training"), ["amos_0001", "amos_0004", "amos_0507"])
        self.assertEqual(ids(modality="MRI"), ["amos_0507", "amos_0508"])
        self.assertEqual(ids(has_label=False), ["amos_0008", "amos_0508"])
        self.assertEqual(ids(split="tr", modality="mr", has_label=True, has_image=True), ["amos_0507"])
        with self.assertRaises(amos.ArgumentError):
            ids(split="nothing")

    def test_a_case(self):
        case = self.dataset["amos_0004"]
        self.assertEqual((case.number, case.split, case.modality), (4, "training", "CT"))
        self.assertTrue(case.has_image and case.has_label)
        self.assertTrue(os.path.isfile(case.image_path) and os.path.isfile(case.label_path))
        self.assertGreater(case.metadata.age_years, 0)
        self.assertIn(case.metadata.sex, "MF")
        self.assertIsNone(self.dataset["508"].label_path)
        with self.assertRaisesRegex(ValueError, "reads its image alone"):
            self.dataset["508"].label()

    def test_a_case_outlives_its_dataset(self):
        case = self.dataset["amos_0001"]
        del self.dataset
        image, labels = case.load()
        self.assertEqual(image.shape, labels.shape)

    def test_modality_can_be_overridden(self):
        dataset = amos.Dataset(phantom(), modality={"amos_0507": "CT"})
        self.assertEqual(dataset["amos_0507"].modality, "CT")
        self.assertEqual(dataset["amos_0508"].modality, "MRI")

    def test_what_was_found_is_a_warning(self) -> None:
        root = in_folder("unnamed")
        os.makedirs(root + "/imagesTr", exist_ok=True)
        with open(root + "/imagesTr/word_0001.nii.gz", "wb"):
            pass
        with self.assertWarnsRegex(amos.DataWarning, r"CT or MRI.*W_MODALITY.*validate"):
            amos.Dataset(root)

    def test_other_data_sets_have_no_modality_by_number(self):
        root = in_folder("other")
        os.makedirs(root + "/imagesTr")
        for name in ("word_0507", "amos_0500", "amos_0501_0000"):
            os.symlink(self.dataset["1"].image_path, "%s/imagesTr/%s.nii.gz" % (root, name))
        with open(root + "/table.csv", "w") as out:
            out.write("id,modality\nword_0507,MRI\n")

        def modalities(**options):
            return {case.id: case.modality for case in amos.Dataset(root, **options)}

        self.assertEqual(modalities(), {"word_0507": "unknown", "amos_0500": "CT", "amos_0501": "MRI"})
        self.assertEqual(modalities(modality="CT"), {"word_0507": "CT", "amos_0500": "CT", "amos_0501": "CT"})
        self.assertEqual(modalities(modality_table=root + "/table.csv")["word_0507"], "MRI")
        both = {"modality": {"word_0507": "ct"}, "modality_table": root + "/table.csv"}
        self.assertEqual(modalities(**both)["word_0507"], "CT")
        copy = pickle.loads(pickle.dumps(amos.Dataset(root, modality_table=root + "/table.csv", modality="unknown")))
        self.assertEqual([case.modality for case in copy], ["MRI", "unknown", "unknown"])
        dataset = amos.Dataset(root)
        self.assertIn("W_MODALITY", [name for name, _ in dataset.warnings])
        self.assertEqual([case.id for case in dataset.cases(modality="unknown")], ["word_0507"])
        self.assertEqual(dataset["amos_0501"].channels, 1)
        scaling = amos.Scaling("range", low=-100, high=100)
        common = {"patch": (8, 8, 8), "label_type": None, "cases": ["word_0507"], "steps": 1}
        with self.assertRaises(amos.ArgumentError) as caught:
            amos.Loader(dataset, ct=scaling, **common)
        self.assertIn("nothing says whether case word_0507 is CT or MRI", str(caught.exception))
        self.assertEqual(len(list(amos.Loader(dataset, ct=scaling, unknown=scaling, **common))), 1)

    def test_names_are_the_data_sets_own(self):
        root = in_folder("renamed")
        os.makedirs(root)
        case = self.dataset["1"]
        names = ["background", "liver", "3", "tumour of x", "Spleen"] + ["other %d" % n for n in range(5, 16)]
        with open(root + "/dataset.json", "w") as out:
            labels = {name: label for label, name in enumerate(names)}
            cases = [{"image": case.image_path, "label": case.label_path}]
            json.dump({"labels": labels, "training": cases}, out)
        dataset = amos.Dataset(root, allow_absolute=True)
        labels, amos_labels = dataset["1"].label(), case.label()
        self.assertEqual(labels["liver"], amos_labels[1])
        self.assertEqual(labels["Tumour_of-x"], amos_labels[3])
        self.assertEqual(labels["spleen"], amos_labels[4])
        self.assertEqual(labels["2"], amos_labels[2])
        self.assertTrue((numpy.asarray(labels.mask("liver")) == numpy.asarray(amos_labels.mask(1))).all())
        self.assertEqual(dataset["1"].load()[1]["liver"], amos_labels[1])
        self.assertEqual(amos_labels["liver"], amos_labels[6])
        self.assertEqual(amos.score(labels, labels)["liver"].label, 1)
        with self.assertRaises(ValueError) as caught:
            labels["pancreas"]
        self.assertIn("use background, liver, 3, tumour of x", str(caught.exception))
        for renamed in (dataset["1"].label(relabel={3: "liver", "*": 0}), dataset["1"].load(relabel={3: "liver", "*": 0})[1]):
            self.assertEqual(renamed.present, [1])
            self.assertEqual(renamed["liver"].voxels, amos_labels[3].voxels)
        loader = amos.Loader(dataset, patch=(8, 8, 8), organs=["liver"], foreground=1, steps=4)
        self.assertEqual({sample.organ for batch in loader for sample in batch.samples}, {1})

    def test_a_copy_opens_the_folder_anew(self):
        dataset = pickle.loads(pickle.dumps(amos.Dataset(phantom(), modality={"507": "CT"})))
        self.assertEqual([case.id for case in dataset], [case.id for case in self.dataset])
        self.assertEqual(dataset["507"].modality, "CT")

    def test_findings(self):
        root = in_folder("odd")
        os.makedirs(root + "/imagesTr")
        os.makedirs(root + "/labelsTr")
        os.symlink(self.dataset["1"].image_path, root + "/imagesTr/amos_0001.nii.gz")
        with open(root + "/dataset.json", "w") as out:
            out.write(
                '{"name": "odd", "labels": {"0": "background"}, "training": ['
                '{"image": "./imagesTr/amos_0001.nii.gz", "label": "./labelsTr/amos_0001.nii.gz"}]}'
            )
        dataset = amos.Dataset(root)
        found = dataset.validate()
        self.assertIn(("E_OPEN", "amos_0001"), [(f.status, f.case_id) for f in found])
        for finding in found:
            self.assertTrue(finding.message.endswith("."), finding.message)
        with self.assertRaises(amos.DataError) as caught:
            amos.Dataset(root, beneath=True)
        self.assertEqual(caught.exception.status, "E_PATH")

    def test_organs(self):
        self.assertEqual(len(amos.ORGANS), 16)
        self.assertEqual(amos.organ("Right Kidney").label, 2)
        self.assertEqual(amos.organ(6).name, "liver")
        self.assertEqual(amos.organ("arota"), amos.ORGANS[8])
        self.assertEqual(amos.label_color(6), amos.ORGANS[6].rgb)
        self.assertNotIn(amos.label_color(17), [organ.rgb for organ in amos.ORGANS])
        with self.assertRaises(ValueError):
            amos.label_color(-1)
        with self.assertRaises(amos.ArgumentError) as caught:
            amos.organ("livre")
        self.assertIn("liver", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
