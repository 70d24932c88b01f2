# SPDX-License-Identifier: BSD-3-Clause
"""What messages say: names of Python alone, and ids and names that are not UTF-8."""

import io
import os
import re
import shutil
import unittest
from contextlib import redirect_stdout

import numpy

import amos
from amos._words import in_python
from common import C_NAME, Test, folder, in_folder, phantom

HERE = os.path.dirname(os.path.abspath(__file__))


class Words(Test):
    def test_sentences(self):
        for given, expected in (
            ("amos_labelmap_renumber needs a table.", "LabelMap.renumber() needs a table."),
            ("cancelled; amos_loader_seek() lets it go on.", "cancelled; Loader.seek() lets it go on."),
            ("without voxels (AMOS_LABELMAP_STATS_ONLY).", "without voxels (stats_only)."),
            ("amos_volume_verify needs a volume.", "volume_verify needs a volume."),
            ("a fraction; --round-labels (round_within) accepts it.", "a fraction; round_labels=True accepts it."),
            ("0.02 off; --round-labels=0.02 (round_within) accepts it.", "0.02 off; round_labels=0.02 accepts it."),
            ("--frame N (frame) reads one of them.", "frame=N reads one of them."),
            ("--max-label 16 accepts it, --ignore 16 leaves it out, --relabel 16=N gives it another label.",
             "max_label=16 accepts it, ignore=16 leaves it out, relabel={16: N} gives it another label."),
            ("--ignore -1 leaves it out", "ignore=-1 leaves it out"),
            ("--relabel with *=* keeps such values, with *=0 it", 'relabel with "*": "*" keeps such values, with "*": 0 it'),
            ("0.3 mm away; --geometry-tolerance (tolerance_mm) accepts it.", "0.3 mm away; geometry_tolerance accepts it."),
            ("not cached; allow_missing_labels (--allow-missing-labels) caches it.",
             "not cached; allow_missing_labels=True caches it."),
            ("--dataset-json task1_dataset.json (json_name) uses it.", 'json_name="task1_dataset.json" uses it.'),
            ("Name another file (--dataset-json, json_name), or", "Name another file (json_name), or"),
            ("allow absolute paths (--absolute-paths, allow_absolute).", "allow absolute paths (allow_absolute=True)."),
            ("--modality-of '*=ct' (modality) or --modality-table says it.", 'modality="CT" or modality_table says it.'),
            ("choose one with --split.", "choose one with split."),
            ("the case amos_0018 of amos_liver is missing.", "the case amos_0018 of amos_liver is missing."),
            ("/data/amos_train_set/amos_volume_open/x.nii: bad.", "/data/amos_train_set/amos_volume_open/x.nii: bad."),
            ("the file a--b.nii, 5 -- 6.", "the file a--b.nii, 5 -- 6."),
        ):  # fmt: skip
            self.assertEqual(in_python(given), expected)
        path = "/a b/amos_score_make c --split d.nii"
        self.assertEqual(in_python(path + ": --split", path), path + ": split")

    def test_messages(self):
        labels = amos.Dataset(phantom())["amos_0001"].label()
        for number, call in enumerate((
            lambda: labels.renumber([0]),
            lambda: amos.LabelMap.make(labels.voxels, relabel=dict.fromkeys(range(1, 70000), 1)),
            lambda: amos.LabelMap.make(labels.voxels, ignore=range(1, 70000)),
            lambda: amos.LabelMap.make(labels.voxels, ignore=0),
            lambda: amos.LabelMap.make(labels.voxels, round_labels=0.3),
            lambda: amos.LabelMap.make(labels.voxels, frame=-9),
            lambda: amos.LabelMap.make(labels.voxels, max_label=300),
            lambda: amos.score(labels, labels, geometry_tolerance=-1),
            lambda: amos.score(labels, labels, tolerances=(-1,)),
            lambda: amos.score(labels, labels, percentiles=(101,)),
            lambda: amos.Cache(in_folder("bad"), spacing=(-1, 0, 0)),
            lambda: amos.Cache(in_folder("bad"), chunk=(-1, 0, 0)),
            lambda: amos.Cache(in_folder("bad"), orientation="XYZ"),
            lambda: amos.Cache(in_folder("bad"), positions=-1),
            lambda: amos.Loader(amos.Dataset(phantom()), cache=amos.Cache(in_folder("bad")), ignore=5, patch=(8, 8, 8)),
            lambda: amos.Loader(amos.Dataset(phantom()), patch=(8, 8, 8), organs=[6], label_type=None),
            lambda: amos.Loader(amos.Dataset(phantom()), patch=(0, 8, 8)),
            lambda: amos.Loader(amos.Dataset(phantom()), patch=(8, 8, 8), ct=amos.Scaling("range", 1, 0)),
            lambda: amos.Loader(amos.Dataset(phantom()), patch=(8, 8, 8), augment=amos.Augment(gamma_share=2)),
            lambda: amos.Loader(amos.Dataset(phantom()), patch=(8, 8, 8), cases=["amos_9999"]),
            lambda: amos.Volume("/nowhere/x.nii"),
            lambda: amos.Volume(b"\x1f\x8b", memory=True),
            lambda: amos.Volume(b"\0" * 400, memory=True),
            lambda: amos.Dataset("/nowhere"),
            lambda: amos.Dataset(phantom(), modality={"amos_0001": "any"}),
            lambda: amos.Dataset(phantom())["1"].image().read(box=((0, 0, 0), (99, 99, 99))),
            lambda: amos.Dataset(phantom())["1"].image().read(frame=3),
            lambda: amos.Dataset(phantom())["1"].image().read(threads=-1),
            lambda: amos.Dataset(phantom())["1"].image().read(orientation="RAA"),
            lambda: amos.write(in_folder("x.nii"), labels, level=99),
            lambda: amos.write(in_folder("x.nii"), labels, orientation="RAS"),
            lambda: amos.write(in_folder("x.nii"), labels.voxels, qform_code=-1),
            lambda: amos.write(in_folder("x"), labels),
            lambda: amos.organ("heart"),
            lambda: amos.Tiling((9, 9, 9), (4, 4, 4), overlap=2),
            lambda: amos.Tiling((9, 9, 9), (4, 4, 4)).argmax(numpy.zeros((300, 9, 9, 9), "f4")),
            lambda: amos.Dataset(phantom())["amos_0001"].label(stats_only=True).renumber(range(16)),
            lambda: amos.Dataset(phantom())["amos_0001"].label(stats_only=True).mask(6),
        )):  # fmt: skip
            with self.subTest(number), self.assertRaises(amos.Error) as caught:
                call()
            self.assertNotRegex(str(caught.exception), C_NAME)

    def test_sentences_of_the_package(self):
        """The texts in the package's own code, of both halves."""
        package = os.path.dirname(amos.__file__)
        sources = os.path.join(HERE, os.pardir, os.pardir, "python", "src")
        files = [os.path.join(package, name) for name in os.listdir(package) if name.endswith(".py") and name != "_words.py"]
        files += [os.path.join(sources, name) for name in os.listdir(sources)] if os.path.isdir(sources) else []
        for path in files:
            with open(path) as file:
                for number, line in enumerate(file, 1):
                    for text in re.findall(r'"((?:[^"\\]|\\.)*)"', line):
                        self.assertNotRegex(text, C_NAME, f"{path}:{number}")


class NotUtf8(Test):
    """A data set with an id of bytes that are not UTF-8, and one with letters of several bytes."""

    def setUp(self):
        self.root = os.path.join(os.fsencode(in_folder("not-utf8")), b"caf\xe9")
        shutil.rmtree(self.root, ignore_errors=True)
        source = amos.Dataset(phantom())["amos_0001"]
        self.odd, self.long = os.fsdecode(b"caf\xe9_" + "ü".encode() * 20), "ä" * 41
        for kind, path in ((b"imagesTr", source.image_path), (b"labelsTr", source.label_path)):
            os.makedirs(os.path.join(self.root, kind))
            for name in (self.odd, self.long):
                shutil.copy(path, os.path.join(self.root, kind, os.fsencode(name) + b".nii.gz"))
        self.dataset = amos.Dataset(self.root)

    def damage(self):
        for name in (self.odd, self.long):
            with open(os.path.join(self.root, b"labelsTr", os.fsencode(name) + b".nii.gz"), "r+b") as file:
                file.seek(400)
                file.write(b"\0" * 200)

    def check(self, error):
        """It can be shown, and its id and its path lead back to the case."""
        out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        with redirect_stdout(out):
            print(error)
            out.flush()
        names = (self.odd, self.long)
        self.assertTrue(error.case_id is None or any(name.startswith(error.case_id) for name in names), repr(error.case_id))
        self.assertTrue(error.path is None or os.path.exists(error.path), error.path)

    def test_ids(self):
        self.assertEqual(sorted(case.id for case in self.dataset), sorted([self.odd, self.long]))
        for name in (self.odd, self.long):
            self.assertEqual(self.dataset[name].id, name)
            self.assertIn(name, self.dataset)
            self.assertTrue(os.path.exists(self.dataset[name].image_path))
            self.dataset[name].load()
            print(self.dataset[name], file=io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
        self.assertNotIn(os.fsdecode(b"\xff"), self.dataset)
        self.assertEqual(self.dataset.root, os.fsdecode(self.root))

    def test_errors(self):
        self.damage()
        for name in (self.odd, self.long):
            for call in (self.dataset[name].load, self.dataset[name].label):
                with self.assertRaises(amos.Error) as caught:
                    call()
                self.check(caught.exception)
        os.remove(self.dataset[self.odd].image_path)
        for finding in self.dataset.validate():
            finding.message.encode()

    def test_caches_and_loaders(self):
        cache = amos.Cache(os.path.join(os.fsencode(in_folder("not-utf8")), b"cach\xe9"))
        loader = amos.Loader(self.dataset, cases=[self.odd], patch=(8, 8, 8), steps=1)
        self.assertEqual((loader.cases, loader.next().samples[0].case_id), ([self.odd], self.odd))
        built = cache.build(self.dataset)
        self.assertEqual(sorted(b.case_id for b in built), sorted([self.odd, self.long]))
        self.assertEqual({b.outcome for b in built}, {"built"})
        self.assertEqual(len(cache.entries), 2)
        os.remove(self.dataset[self.long].image_path)
        with self.assertWarns(amos.DataWarning) as caught:
            loader = amos.Loader(amos.Dataset(self.root), cases=[self.long, self.odd], patch=(8, 8, 8), steps=1)
        str(caught.warning).encode()
        self.assertEqual([case.case_id for case in loader.left_out], [self.long])
        loader.left_out[0].message.encode()
        self.damage()
        outcomes = {b.case_id: b for b in cache.build(amos.Dataset(self.root))}
        self.assertEqual((outcomes[self.odd].outcome, outcomes[self.long].outcome), ("failed", "no_image"))
        self.check(outcomes[self.odd].error)
        str(outcomes[self.long].error).encode()

    def test_other_texts(self):
        bad = os.fsdecode(b"\xff\xfe")
        for call in (
            lambda: amos.organ(bad),
            lambda: amos.Volume(phantom() + "/" + bad),
            lambda: amos.Volume(self.dataset[self.odd].image_path, inflate=bad),
            lambda: self.dataset[self.odd].image().read(orientation=bad),
            lambda: self.dataset[self.odd].image().read(bad),
        ):
            with self.assertRaises(amos.Error) as caught:
                call()
            str(caught.exception).encode()
        with self.assertRaises(ValueError):
            self.dataset[self.odd].image().read(orientation="R\0S")
        amos.write(os.path.join(os.fsencode(folder()), b"\xe9.nii"), numpy.zeros((2, 2, 2)), geometry=numpy.eye(4),
                   description=bad)  # fmt: skip
        written = amos.Volume(os.path.join(os.fsencode(folder()), b"\xe9.nii"))
        self.assertEqual(written.info.description, bad)


if __name__ == "__main__":
    unittest.main()
