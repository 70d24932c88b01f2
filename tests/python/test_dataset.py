# SPDX-License-Identifier: BSD-3-Clause
import os
import pathlib
import pickle
import unittest

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
            with self.assertRaises(IndexError):
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
        with self.assertRaises(ValueError):
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
