# SPDX-License-Identifier: BSD-3-Clause
"""What all handles have in common: a text for people, with statements, paths of any kind; and the table of a data set."""

import os
import pathlib
import shutil
import unittest

import amos
from common import SIZE, Test, in_folder, phantom


class Handles(Test):
    def setUp(self):
        self.dataset = amos.Dataset(phantom())
        self.case = self.dataset["amos_0001"]

    def everything(self):
        labels = self.case.label()
        loader = amos.Loader(self.dataset, split="training", orientation="RAS", patch=(8, 8, 8), steps=2)
        return (
            (self.dataset, f"<amos.Dataset '{self.dataset.root}' of 6 cases>"),
            (self.case, "<amos.Case amos_0001 training CT>"),
            (self.case.image(), f"<amos.Volume '{self.case.image_path}' int16 (40, 36, 24)>"),
            (self.case.image().read(), "<amos.Array int16 (40, 36, 24)>"),
            (labels, f"<amos.LabelMap (40, 36, 24) labels {labels.present}>"),
            (amos.score(labels, labels), "<amos.Score deepmind, mean Dice 1.0000>"),
            (amos.Cache(in_folder("shown")), f"<amos.Cache '{in_folder('shown')}'>"),
            (amos.Tiling((9, 8, 7), (4, 4, 4)), "<amos.Tiling of (9, 8, 7) into 36 tiles of (4, 4, 4)>"),
            (loader, "<amos.Loader of 3 cases, 2 steps per epoch>"),
            (loader.next(), "<amos.Batch epoch 0 step 0 (1, 1, 8, 8, 8)>"),
        )

    def test_texts(self):
        for thing, text in self.everything():
            self.assertEqual(repr(thing), text)
            if hasattr(thing, "close"):
                with thing:
                    pass
                self.assertIn("closed" if isinstance(thing, amos.LabelMap) else text, repr(thing))

    def test_the_end_of_a_with_statement_releases(self):
        with amos.Dataset(phantom()) as dataset, dataset["1"].image() as image, dataset["1"].label() as labels:
            voxels = image.read()
        for use in (lambda: dataset["1"], image.read, lambda: labels[1]):
            with self.assertRaisesRegex(ValueError, "is closed"):
                use()
        self.assertEqual(voxels.shape, SIZE)

    def test_paths_of_any_kind(self):
        root = pathlib.Path(phantom())
        table = pathlib.Path(in_folder("modality.csv"))
        table.write_text("id,modality\namos_0001,MRI\n")
        for kind in (str, os.fsencode, pathlib.Path):
            dataset = amos.Dataset(kind(root), modality_table=kind(table))
            self.assertEqual(dataset["1"].modality, "MRI")
            image, label = root / "imagesTr/amos_0001.nii.gz", kind(root / "labelsTr/amos_0001.nii.gz")
            folder = kind(in_folder("indexes of any kind"))
            self.assertEqual(amos.Volume(kind(image), index="build", index_folder=folder).shape, SIZE)
            self.assertEqual(amos.score(label, label).dice, 1)
            self.assertEqual(amos.LabelMap.make(amos.LabelMap(label), reference=kind(image)).geometry, amos.Volume(image).geometry)
            amos.write(kind(in_folder("any.nii.gz")), amos.LabelMap(label), reference=label)
            self.assertEqual(amos.Cache(kind(in_folder("cache of any kind"))).folder, in_folder("cache of any kind"))
            loader = amos.Loader(kind(root), split="training", patch=(8, 8, 8), orientation="RAS")
            self.assertEqual(len(loader.cases), 3)
            scores = amos.score_folders(kind(root), kind(root / "labelsTr"), split="training")
            self.assertEqual(scores.dice, 1)
        shutil.make_archive(in_folder("any"), "zip", root / "labelsTr")
        self.assertEqual(amos.archive_paths(pathlib.Path(in_folder("any.zip"))), amos.archive_paths(in_folder("any.zip")))


class Table(Test):
    def test_columns(self):
        dataset = amos.Dataset(phantom())
        table = dataset.table()
        self.assertEqual(
            list(table), ["id", "number", "split", "modality", "image", "label", "age", "sex", "site", "scanner"]
        )
        self.assertEqual({len(column) for column in table.values()}, {6})
        self.assertEqual(table["id"], [case.id for case in dataset])
        self.assertEqual(table["split"], [case.split for case in dataset])
        self.assertEqual(table["image"], [case.image_path for case in dataset])
        self.assertEqual(table["label"], [case.label_path if case.has_label else None for case in dataset])
        about = dataset["1"].metadata
        row = {name: column[0] for name, column in table.items()}
        self.assertEqual((row["age"], row["sex"], row["site"]), (about.age_years, about.sex, about.site))
        self.assertEqual(row["scanner"], f"{about.maker} {about.model}")
        self.assertIsNone(dataset["8"].metadata)
        self.assertEqual([table[name][3] for name in ("age", "sex", "site", "scanner")], [None] * 4)

    def test_filters(self):
        dataset = amos.Dataset(phantom())
        self.assertEqual(dataset.table(split="training", modality="CT")["id"], ["amos_0001", "amos_0004"])
        empty = dataset.table(split="training", has_label=False, geometry=True)
        self.assertEqual(set(map(tuple, empty.values())), {()})
        self.assertEqual(list(empty), list(dataset.table(geometry=True)))

    def test_headers(self):
        root = in_folder("table of headers")
        shutil.copytree(phantom(), root)
        os.truncate(root + "/imagesTr/amos_0004.nii.gz", 100)
        os.remove(root + "/imagesTr/amos_0507.nii.gz")
        dataset = amos.Dataset(root)
        table = dataset.table(split="training", geometry=True)
        place = dataset["1"].image().geometry
        names = [name for name in table if name.startswith(("shape", "spacing")) or name == "orientation"]
        rows = list(zip(*(table[name] for name in names)))
        self.assertEqual(rows, [(*place.shape, *place.spacing, place.orientation), (None,) * 7, (None,) * 7])
        whole, short, lost = table["error"]
        self.assertIsNone(whole)
        self.assertRegex(short, r"^.*amos_0004\.nii\.gz: .+\.$")
        self.assertIn("amos_0507.nii.gz", lost)
        self.assertEqual((table["image"][2], dataset["507"].has_image), (None, False))

    def test_pandas_takes_it(self):
        try:
            import pandas
        except ImportError:
            self.assertTrue(all(isinstance(column, list) for column in amos.Dataset(phantom()).table().values()))
            return
        frame = pandas.DataFrame(amos.Dataset(phantom()).table(geometry=True))
        self.assertEqual(len(frame[frame.split == "training"]), 3)
        self.assertEqual(frame.spacing_z.isna().sum(), 0)


if __name__ == "__main__":
    unittest.main()
