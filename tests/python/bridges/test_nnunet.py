# SPDX-License-Identifier: BSD-3-Clause
"""amos.nnunet: plans and folds, and the reader of nnU-Net with its base class, or a stand-in of it."""

import json
import os
import pathlib
import pickle
import shutil
import unittest

import stand_ins  # noqa: F401

import numpy

import amos
import amos.nnunet
from common import Test, in_folder, phantom
from test_slicing import nifti

try:
    import nibabel
    import nibabel.orientations
except ImportError:
    nibabel = None

PLANS = {
    "dataset_name": "Dataset218_AMOS2022_postChallenge_task1",
    "plans_name": "nnUNetPlans",
    "image_reader_writer": "NibabelIOWithReorient",
    "transpose_forward": [0, 1, 2],
    "transpose_backward": [0, 1, 2],
    "configurations": {
        "2d": {"batch_size": 12, "patch_size": [512, 512], "spacing": [0.7, 0.7], "normalization_schemes": ["CTNormalization"]},
        "3d_fullres": {"batch_size": 2, "patch_size": [64, 160, 192], "spacing": [2.0, 0.6875, 0.75],
                       "normalization_schemes": ["CTNormalization"]},
        "3d_lowres": {"batch_size": 4, "inherits_from": "3d_fullres", "spacing": [3.0, 1.5, 1.25]},
    },
    "foreground_intensity_properties_per_channel": {
        "0": {"max": 3071.0, "mean": 50.5, "median": 60.0, "min": -1024.0, "percentile_00_5": -991.0, "percentile_99_5": 362.0,
              "std": 141.25}
    },
}  # fmt: skip


def changed(**parts):
    plans = json.loads(json.dumps(PLANS))
    full = plans["configurations"]["3d_fullres"]
    full.update({name: value for name, value in parts.items() if name in full})
    plans.update({name: value for name, value in parts.items() if name not in full})
    return plans


def saved(name, content):
    path = in_folder(name)
    with open(path, "w") as file:
        file.write(content if isinstance(content, str) else json.dumps(content))
    return path


class Plans(Test):
    def test_a_configuration(self):
        for given in (PLANS, saved("plans.json", PLANS), pathlib.Path(in_folder("plans.json"))):
            plan = amos.nnunet.Plan.read(given, "3d_fullres")
            self.assertEqual((plan.spacing, plan.patch, plan.batch_size), ((0.75, 0.6875, 2.0), (192, 160, 64), 2))
            self.assertEqual((plan.reader, plan.normalization), ("NibabelIOWithReorient", ("CTNormalization",)))
            self.assertEqual(plan.scaling(), amos.Scaling("zscore", -991, 362, 50.5, 141.25))
        low = amos.nnunet.Plan.read(PLANS, "3d_lowres")
        self.assertEqual((low.spacing, low.patch, low.batch_size), ((1.25, 1.5, 3.0), (192, 160, 64), 4))
        # axes (2, 0, 1) of (z, y, x) are x, z, y
        turned = amos.nnunet.Plan.read(changed(transpose_forward=[2, 0, 1]))
        self.assertEqual((turned.spacing, turned.patch), ((2.0, 0.75, 0.6875), (64, 192, 160)))
        schemes = {"ZScoreNormalization": "case_zscore", "NoNormalization": "none"}
        for scheme, scale in schemes.items():
            self.assertEqual(amos.nnunet.Plan.read(changed(normalization_schemes=[scheme])).scaling().scale, scale)
        self.assertEqual(pickle.loads(pickle.dumps(plan)), plan)
        self.assertNotIn("percentile", repr(plan))

    def test_a_loader_scales_as_nnunet_does(self):
        plan = amos.nnunet.Plan.read(changed(patch_size=[8, 12, 16]))
        case = amos.Dataset(phantom())["amos_0001"]
        batch = amos.Loader(phantom(), cases=["amos_0001"], draw="whole", orientation="RAS", ct=plan.scaling()).next()
        about = PLANS["foreground_intensity_properties_per_channel"]["0"]
        image = numpy.asarray(case.load("float32", orientation="RAS")[0])
        image = (image.clip(about["percentile_00_5"], about["percentile_99_5"]) - about["mean"]) / max(about["std"], 1e-8)
        numpy.testing.assert_allclose(numpy.asarray(batch.image)[0, 0].T, image, rtol=0, atol=1e-6)
        batch = amos.Loader(phantom(), split="training", modality="CT", orientation="RAS", patch=plan.patch, ct=plan.scaling(),
                            batch_size=plan.batch_size).next()  # fmt: skip
        self.assertEqual(batch.image.shape, (2, 1, 8, 12, 16))

    def test_what_is_no_plan(self):
        loop = changed()
        loop["configurations"]["3d_fullres"]["inherits_from"] = "3d_lowres"
        for plans, sentence in (
            ({}, "no configurations; these are no plans"),
            (changed(configurations=[]), "no configurations"),
            (loop, "inherits from itself"),
            (changed(spacing=[1, 2]), "no spacing and patch_size of three axes; .*3d"),
            (changed(spacing=[1, 2, "x"]), "three axes"),
            (changed(batch_size=0), "batch_size 0"),
            (changed(transpose_forward=[0, 0, 1]), r"transpose_forward is \[0, 0, 1\]"),
        ):
            with self.assertRaisesRegex(amos.DataError, sentence) as caught:
                amos.nnunet.Plan.read(saved("wrong-plans.json", plans))
            self.assertEqual((caught.exception.status, caught.exception.path), ("E_JSON_SCHEMA", in_folder("wrong-plans.json")))
        with self.assertRaisesRegex(amos.DataError, "no configuration '3d'; the plans have 2d, 3d_fullres, 3d_lowres"):
            amos.nnunet.Plan.read(PLANS, "3d")
        with self.assertRaisesRegex(amos.DataError, "three axes; libamos draws"):
            amos.nnunet.Plan.read(PLANS, "2d")
        plan = amos.nnunet.Plan.read(changed(normalization_schemes=["RGBTo01Normalization"]))
        with self.assertRaisesRegex(amos.DataError, "RGBTo01Normalization; .*choose an amos.Scaling"):
            plan.scaling()
        with self.assertRaisesRegex(amos.DataError, "no channel 1; the plans have 1"):
            amos.nnunet.Plan.read(PLANS).scaling(1)
        with self.assertRaisesRegex(amos.DataError, "intensities of channel 0 are missing"):
            amos.nnunet.Plan.read(changed(foreground_intensity_properties_per_channel={})).scaling()
        with self.assertRaisesRegex(amos.DataError, r"wrong\.json: this is no JSON"):
            amos.nnunet.Plan.read(saved("wrong.json", "{"))
        with self.assertRaisesRegex(amos.MissingFileError, "no such file; nnUNetPlans.json"):
            amos.nnunet.Plan.read(in_folder("no-plans.json"))

    def test_folds(self):
        folds = [{"train": ["amos_0001", "amos_0507"], "val": ["amos_0004"]}, {"train": ["amos_0004"], "val": ["amos_0001"]}]
        read = amos.nnunet.read_folds(pathlib.Path(saved("splits_final.json", folds)))
        self.assertEqual([fold._asdict() for fold in read], folds)
        loader = amos.Loader(phantom(), cases=read[0].train, orientation="RAS", patch=(8, 8, 8))
        self.assertEqual(sorted(loader.cases), folds[0]["train"])
        for wrong, sentence in (({}, "no list"), ([{"train": []}], "fold 0 has no lists"), ([{"train": [1], "val": []}], "fold 0"),
                                ([{"train": ["a"], "val": ["a"]}], r"fold 0 has \['a'\] in train and in val")):  # fmt: skip
            with self.assertRaisesRegex(amos.DataError, sentence):
                amos.nnunet.read_folds(saved("wrong-splits.json", wrong))

    def test_the_reader_of_a_model(self):
        path = saved("plans-of-a-model.json", PLANS)
        os.chmod(path, 0o640)
        self.assertEqual(amos.nnunet.set_reader(path, "AmosIO"), "NibabelIOWithReorient")
        self.assertEqual(amos.nnunet.Plan.read(path).reader, "AmosIO")
        self.assertEqual(amos.nnunet.set_reader(pathlib.Path(path), "NibabelIOWithReorient"), "AmosIO")
        with open(path) as file:
            self.assertEqual(json.load(file), PLANS)
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o640)
        data = saved("dataset-of-a-model.json", {"labels": {"background": 0}, "channel_names": {"0": "CT"}})
        self.assertEqual(amos.nnunet.set_reader(data, "AmosIO"), "")
        with open(data) as file:
            self.assertEqual(json.load(file)["overwrite_image_reader_writer"], "AmosIO")
        with self.assertRaisesRegex(amos.DataError, "neither plans nor a dataset.json"):
            amos.nnunet.set_reader(saved("else.json", []), "AmosIO")
        left = [name for name in os.listdir(in_folder("")) if name.startswith(".amos-")]
        self.assertEqual(left, [])

    def test_names(self):
        with self.assertRaises(AttributeError):
            amos.nnunet.AmosOI


class Reader(Test):
    def setUp(self):
        self.case = amos.Dataset(phantom())["amos_0001"]
        self.path = self.case.image_path

    def test_it_is_found_by_its_name(self):
        from nnunetv2.imageio.base_reader_writer import BaseReaderWriter

        for name in ("AmosIO", "AmosIOWithReorient"):
            kind = getattr(amos.nnunet, name)
            self.assertTrue(issubclass(kind, BaseReaderWriter))
            self.assertEqual((kind.__name__, kind.supported_file_endings), (name, [".nii", ".nii.gz"]))

    def test_images(self):
        for io, orientation in ((amos.nnunet.AmosIO(), None), (amos.nnunet.AmosIOWithReorient(), "RAS")):
            image, properties = io.read_images([self.path])
            expected = self.case.image().read("float32", orientation=orientation)
            self.assertEqual((image.dtype, image.shape), ("float32", (1, *expected.shape[::-1])))
            self.assertTrue(image.flags.c_contiguous)
            numpy.testing.assert_array_equal(image[0].T, expected)
            self.assertEqual(properties["spacing"], list(expected.geometry.spacing[::-1]))
            label, of_label = io.read_seg(self.case.label_path)
            numpy.testing.assert_array_equal(label[0].T, self.case.label(orientation=orientation))
            self.assertEqual((label.dtype, of_label["spacing"]), ("float32", properties["spacing"]))
            self.assertEqual(repr(pickle.loads(pickle.dumps(properties))), repr(properties))

    def test_predictions_go_back(self):
        for number, case in enumerate(amos.Dataset(phantom()).cases(has_label=True)):
            for io in (amos.nnunet.AmosIO(), amos.nnunet.AmosIOWithReorient()):
                _, properties = io.read_images((case.image_path,))
                label, _ = io.read_seg(case.label_path)
                path = in_folder(f"prediction-{number}.nii" + ".gz" * (number % 2))
                io.write_seg(label[0].astype("int16"), path, properties)
                self.assertEqual(amos.Volume(path).dtype, "uint8")
                numpy.testing.assert_array_equal(amos.LabelMap(path), case.label())
                score = amos.score(case.label_path, path)
                self.assertEqual((score.dice, score.warnings), (1, []))
        seg = numpy.zeros(amos.Volume(self.path).shape[::-1], "int32")
        seg[0, 0, 0] = 300
        amos.nnunet.AmosIO().write_seg(seg, path, amos.nnunet.AmosIO().read_images([self.path])[1])
        self.assertEqual((amos.Volume(path).dtype, amos.Volume(path)[0, 0, 0]), ("uint16", 300))

    def test_every_orientation_goes_back(self):
        for codes in ("LPS", "RAS", "ASR", "SLP", "IAL", "PRI"):
            path = in_folder("turned.nii")
            amos.write(path, self.case.image().read(orientation=codes))
            io = amos.nnunet.AmosIOWithReorient()
            image, properties = io.read_images([path])
            numpy.testing.assert_array_equal(image[0].T, self.case.image().read("float32", orientation="RAS"))
            back = in_folder("back.nii")
            io.write_seg(numpy.clip(image[0], 0, 200), back, properties)
            numpy.testing.assert_array_equal(amos.Volume(back).read(), numpy.asarray(amos.Volume(path)).clip(0, 200))
            numpy.testing.assert_allclose(amos.Volume(back).geometry.affine, amos.Volume(path).geometry.affine, atol=1e-4)
        properties["nibabel_stuff"]["reoriented_affine"] = numpy.eye(4) + 0.3
        with self.assertRaisesRegex(ValueError, "permuted and flipped axes alone"):
            io.write_seg(image[0], back, properties)

    @unittest.skipIf(nibabel is None, "nibabel is not here")
    def test_it_is_what_nibabel_gives(self):
        """The published rules of NibabelIO and NibabelIOWithReorient, done with nibabel."""
        for case in amos.Dataset(phantom()):
            for io in (amos.nnunet.AmosIO(), amos.nnunet.AmosIOWithReorient()):
                given = nibabel.load(case.image_path)
                if io.orientation:
                    given = given.as_reoriented(nibabel.orientations.io_orientation(given.affine))
                image, properties = io.read_images([case.image_path])
                numpy.testing.assert_array_equal(image[0], given.get_fdata().transpose(2, 1, 0).astype("float32"))
                numpy.testing.assert_allclose(properties["spacing"], given.header.get_zooms()[::-1], rtol=1e-6)
                stuff = properties["nibabel_stuff"]
                numpy.testing.assert_allclose(stuff["reoriented_affine" if io.orientation else "original_affine"], given.affine, atol=1e-4)

    def test_channels(self):
        voxels = numpy.arange(48, dtype="i2").reshape(2, 4, 6)
        paths = [nifti(f"nnunet_000{number}.nii", voxels + number) for number in range(2)]
        image, _ = amos.nnunet.AmosIO().read_images(paths)
        numpy.testing.assert_array_equal(image, numpy.stack([voxels, voxels + 1]).transpose(0, 3, 2, 1))
        paths[1] = nifti("nnunet_0001.nii", voxels[:, :2])
        with self.assertRaisesRegex(amos.DataError, r"nnunet_0001\.nii: this channel has \(2, 2, 6\) voxels.*one shape and one spacing"):
            amos.nnunet.AmosIO().read_images(paths)
        with self.assertRaisesRegex(amos.DataError, "2 frames; nnU-Net takes one"):
            amos.nnunet.AmosIO().read_images([nifti("nnunet-frames.nii", numpy.zeros((2, 3, 4, 2), "i2"))])

    def test_refusals(self):
        cut = in_folder("nnunet-cut.nii.gz")
        shutil.copy(self.path, cut)
        os.truncate(cut, os.path.getsize(cut) // 2)
        with self.assertRaises(amos.DataError) as alone:
            amos.Volume(cut).read()
        for io in (amos.nnunet.AmosIO(), amos.nnunet.AmosIOWithReorient()):
            for read in (lambda: io.read_images([cut]), lambda: io.read_images([self.path, cut])):
                with self.assertRaises(amos.DataError) as caught:
                    read()
                self.assertEqual((caught.exception.path, caught.exception.status), (cut, alone.exception.status))
            self.assertEqual(str(caught.exception), str(alone.exception))
            with self.assertRaises(amos.DataError) as caught:
                io.read_seg(nifti("nearly.nii", numpy.full((2, 2, 2), 5.9999, "f4")))
            self.assertEqual(caught.exception.status, "E_LABEL")
            with self.assertRaises(amos.MissingFileError):
                io.read_seg(in_folder("nnunet-nowhere.nii"))


if __name__ == "__main__":
    unittest.main()
