# SPDX-License-Identifier: BSD-3-Clause
import json
import os
import pathlib
import subprocess

import numpy

import amos
from common import COMMAND, Test, in_folder, phantom


def printed(*words):
    return subprocess.run([COMMAND, *words], check=True, capture_output=True, text=True).stdout


class Converting(Test):
    def test_a_file_becomes_what_the_command_makes(self):
        case = amos.Dataset(phantom())["amos_0001"]
        options = {"orient": "RAS", "type": "float32", "box": (slice(2, 30), slice(0, 20), slice(None, 12)), "threads": 1}
        [made] = amos.convert(case.image_path, in_folder("one.nii.gz"), force=True, **options)
        self.assertEqual((made["outcome"], made["after"]["shape"], made["after"]["dtype"]), ("converted", [28, 20, 12], "float32"))
        words = ["--orient", "RAS", "--type", "float32", "--box", "2:30,0:20,0:12", "-j", "1", "--force", "--json"]
        line = printed("convert", case.image_path, "-o", in_folder("other.nii.gz"), *words)
        self.assertEqual({**json.loads(line), "output": made["output"]}, made)
        a, b = (pathlib.Path(in_folder(name)).read_bytes() for name in ("one.nii.gz", "other.nii.gz"))
        self.assertEqual(a, b)
        voxels = numpy.asarray(amos.Volume(in_folder("one.nii.gz")).read())
        whole = numpy.asarray(amos.Volume(case.image_path).read(dtype="float32", orientation="RAS"))
        numpy.testing.assert_array_equal(voxels, whole[2:30, 0:20, 0:12])

    def test_data_sets_cases_and_lists(self):
        dataset = amos.Dataset(phantom())
        [label] = amos.convert(dataset["amos_0001"], in_folder("label.nii.gz"), label=True, relabel={6: 1, "*": 0}, force=True)
        self.assertEqual(label["role"], "label")
        self.assertEqual(set(numpy.unique(numpy.asarray(amos.Volume(in_folder("label.nii.gz")).read()))), {0, 1})
        files = [pathlib.Path(case.image_path) for case in dataset.cases(split="training")]
        made = amos.convert(files, in_folder("several/"), spacing=[5, 5, 5])
        self.assertEqual([os.path.basename(m["input"]) for m in made], [f.name for f in files])
        first = amos.convert(dataset, in_folder("all"), labels=True)
        again = amos.convert(dataset.root, in_folder("all"), labels=True)
        self.assertEqual(({m["outcome"] for m in first}, {m["outcome"] for m in again}), ({"converted"}, {"kept"}))

    def test_failures_are_raised_or_returned(self):
        mixed = pathlib.Path(in_folder("mixed"))
        mixed.mkdir()
        (mixed / "a.nii").write_bytes(b"short")
        (mixed / "b.nii.gz").write_bytes(pathlib.Path(amos.Dataset(phantom())["amos_0001"].image_path).read_bytes())
        with self.assertRaises(amos.DataError) as caught:
            amos.convert(mixed, in_folder("mixed_out/"))
        self.assertEqual((caught.exception.status, caught.exception.path), ("E_HDR_SHORT", str(mixed / "a.nii")))
        made = amos.convert(mixed, in_folder("mixed_out/"), check=False)
        self.assertEqual([m["outcome"] for m in made], ["failed", "kept"])
        for words, kind, text in (
            (dict(spacing="wide"), amos.ArgumentError, "spacing cannot be"),
            (dict(colour=3), amos.ArgumentError, "no option colour"),
            (dict(spacing=object()), amos.ArgumentError, "spacing cannot be <object"),
        ):
            with self.assertRaisesRegex(kind, text):
                amos.convert(mixed, in_folder("mixed_out/"), **words)
        with self.assertRaises(amos.Error):
            amos.convert(in_folder("nothing.nii"), in_folder("x.nii"))
        self.assertFalse(os.path.exists(in_folder("x.nii")))


class Exporting(Test):
    def test_nnunet(self):
        done = amos.export("nnunet", amos.Dataset(phantom()), in_folder("raw"), task="ct", copy=True)
        self.assertEqual((done["training"], done["output"]), (3, in_folder("raw")))
        copied = amos.Dataset(done["folder"])
        self.assertEqual([case.id for case in copied.cases(has_label=True)], ["amos_0001", "amos_0004", "amos_0006"])
        with self.assertRaisesRegex(amos.Error, "is there already; force replaces it"):
            amos.export("nnunet", phantom(), in_folder("raw"), task="ct", copy=True)

    def test_lists(self):
        amos.export("monai", phantom(), in_folder("list.json"), folds=2, paths="relative")
        with open(in_folder("list.json"), encoding="utf-8") as file:
            self.assertEqual(json.load(file)["numTraining"], 3)
        amos.export("csv", phantom(), in_folder("cases.csv"), modality="mri")
        with open(in_folder("cases.csv"), encoding="utf-8") as file:
            self.assertTrue(all(line.split(",")[2] == "MRI" for line in list(file)[1:]))
        with self.assertRaisesRegex(amos.ArgumentError, "no export 'zip'"):
            amos.export("zip", phantom(), in_folder("x"))


class Masks(Test):
    """A data set with a file for each organ, as TotalSegmentator's."""

    def test_masks_are_labels(self):
        source = amos.Dataset(phantom())["amos_0001"]
        image, labels = source.load()
        voxels = numpy.asarray(labels.voxels)
        folder = pathlib.Path(in_folder("subjects/s0001/segmentations"))
        folder.mkdir(parents=True)
        (folder.parent / "ct.nii.gz").write_bytes(pathlib.Path(source.image_path).read_bytes())
        for number, name in ((6, "liver"), (1, "spleen")):
            amos.write(folder / f"{name}.nii.gz", (voxels == number).astype("uint8"), reference=source.image_path)
        dataset = amos.Dataset(in_folder("subjects"))
        self.assertEqual(dict(dataset.labels), {0: "background", 1: "liver", 2: "spleen"})
        found = dataset["s0001"].load()[1]
        numpy.testing.assert_array_equal(numpy.asarray(found.voxels), (voxels == 6) + 2 * (voxels == 1))
        self.assertEqual(found[1].voxels, labels["liver"].voxels)
        done = amos.export("labelmaps", dataset, in_folder("maps"))
        self.assertEqual(amos.score(in_folder("maps/labelsTr/s0001.nii.gz"), folder, max_label=2)[1].dice, 1)
        self.assertEqual(done, {"output": in_folder("maps")})
