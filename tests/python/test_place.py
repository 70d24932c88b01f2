# SPDX-License-Identifier: BSD-3-Clause
"""Where voxels lie: other orientations, unknown ones, nibabel's reading of a qform, negative spacings."""
import os
import shutil
import struct
import unittest
import warnings

import numpy

import amos
from common import Test, in_folder, phantom

try:
    import nibabel
except ImportError:
    nibabel = None


def names(found):
    return [name for name, _ in found]


def poke(path, at, *values):
    """Overwrites float32 numbers in the header of a plain file."""
    with open(path, "r+b") as file:
        file.seek(at)
        file.write(struct.pack("<%df" % len(values), *values))


def poke_codes(path, qform, sform):
    with open(path, "r+b") as file:
        file.seek(252)
        file.write(struct.pack("<2h", qform, sform))


class Writing(Test):
    def setUp(self):
        self.case = amos.Dataset(phantom())["amos_0001"]
        self.stored = numpy.asarray(amos.Volume(self.case.label_path).read())

    def test_voxels_are_never_mirrored(self):
        for orientation in ("RAS", "LPI", "SPR"):
            for voxels in (
                amos.LabelMap(self.case.label_path, orientation=orientation),
                amos.Volume(self.case.label_path).read(orientation=orientation),
            ):
                path = in_folder("unmirrored.nii")
                amos.write(path, voxels, reference=self.case.label_path)
                numpy.testing.assert_array_equal(numpy.asarray(amos.Volume(path).read()), self.stored)

    def test_what_contradicts_is_refused(self):
        labels = amos.LabelMap(self.case.label_path, orientation="RAS")
        stored = amos.Volume(self.case.label_path).geometry
        path = in_folder("contradicts.nii")
        for given in ({"geometry": stored}, {"geometry": stored.affine}):
            with self.assertRaisesRegex(ValueError, "stored RAS by their own geometry"):
                amos.write(path, labels, **given)
        with self.assertRaisesRegex(ValueError, "RAS by their own geometry and LPS"):
            amos.write(path, labels, reference=self.case.label_path, orientation="LPS")
        for given in ({"geometry": stored}, {"reference": self.case.label_path}):
            with self.assertRaisesRegex(ValueError, "stored RAS by their own geometry"):
                amos.LabelMap.make(labels.voxels, **given)
        amos.LabelMap.make(numpy.asarray(labels.voxels), geometry=stored)  # an array without a place may lie anywhere
        amos.write(path, labels, geometry=labels.geometry)
        self.assertFalse(os.path.exists(path + ".tmp"))


class Scoring(Test):
    def setUp(self):
        self.case = amos.Dataset(phantom())["amos_0001"]
        self.labels = self.case.label()

    def test_another_orientation_is_turned(self):
        for orientation in ("RAS", "LPI", "SPR", "ALI"):
            path = in_folder("turned.nii.gz")
            labels = amos.LabelMap(self.case.label_path, orientation=orientation)
            amos.write(path, labels)
            for prediction in (path, labels, amos.Volume(path), labels.voxels):
                with warnings.catch_warnings():
                    warnings.simplefilter("error")
                    score = amos.score(self.case.label_path, prediction)
                self.assertEqual(score.dice, 1)
                self.assertIn("W_TURNED", names(score.warnings))
                self.assertEqual(score.turned_from, orientation)
        self.assertIsNone(amos.score(self.case.label_path, self.labels).turned_from)

    def test_an_unknown_place_is_said(self):
        path = in_folder("nowhere.nii")
        amos.write(path, numpy.asarray(self.labels.voxels))
        for prediction in (path, amos.LabelMap(path)):
            with self.assertWarnsRegex(amos.GeometryWarning, "W_NOORIENT"):
                score = amos.score(self.case.label_path, prediction)
            self.assertIn("W_NOORIENT", names(score.warnings))

    @unittest.skipIf(nibabel is None, "nibabel is not here")
    def test_what_nibabel_saves_is_scored(self):
        two = 0
        for first in range(48):
            order = [axis for axis in ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0))][first // 8]
            affine = numpy.zeros((4, 4))
            affine[3, 3] = 1
            for axis in range(3):
                affine[order[axis], axis] = (-1 if first >> axis & 1 else 1) * (0.75, 0.75, 5)[axis]
            affine[:3, 3] = -190, -170, -400
            header = nibabel.Nifti1Header()
            header.set_data_dtype("uint8")
            voxels = numpy.zeros((320, 3, 120), "uint8")
            voxels[100:200, :, 20:70] = 6
            reference, prediction = in_folder("qform.nii"), in_folder("nibabel.nii")
            image = nibabel.Nifti1Image(voxels, None, header)
            image.set_sform(None, 0)
            image.set_qform(affine, 1)
            image.to_filename(reference)
            saved = nibabel.load(reference)
            nibabel.save(nibabel.Nifti1Image(voxels, saved.affine), prediction)
            score = amos.score(reference, prediction)
            self.assertEqual(score["liver"].dice, 1)
            two += "W_READING" in names(score.warnings)
            turned = in_folder("turned.nii")  # not over the file that nibabel has mapped
            nibabel.save(nibabel.as_closest_canonical(nibabel.load(prediction)), turned)
            self.assertEqual(amos.score(reference, turned)["liver"].dice, 1)
        self.assertEqual(two, 12)


class Lenient(Test):
    """A negative pixdim in a file that has only a qform (row H60 of the catalogue)."""

    def setUp(self):
        self.root = in_folder("lenient")
        shutil.rmtree(self.root, ignore_errors=True)
        os.makedirs(os.path.join(self.root, "imagesTr"))
        os.makedirs(os.path.join(self.root, "labelsTr"))
        source = amos.Dataset(phantom())["amos_0001"]
        self.paths = []
        for path, kind in ((source.image_path, "imagesTr"), (source.label_path, "labelsTr")):
            to = os.path.join(self.root, kind, "amos_0001.nii")
            volume = amos.Volume(path)
            amos.write(to, volume.read(), geometry=volume.geometry)
            poke_codes(to, 1, 0)
            poke(to, 80, -volume.geometry.spacing[0])
            self.paths.append(to)

    def test_it_is_refused_with_the_way_on(self):
        case = amos.Dataset(self.root)["amos_0001"]
        for attempt in (case.load, lambda: amos.score(self.paths[1], self.paths[1])):
            with self.assertRaisesRegex(amos.DataError, "lenient"):
                attempt()

    def test_it_is_accepted_everywhere(self):
        dataset = amos.Dataset(self.root)
        with self.assertWarnsRegex(amos.GeometryWarning, "W_PIXDIM"):
            self.assertEqual(amos.score(self.paths[1], self.paths[1], lenient=True).dice, 1)
        with self.assertWarnsRegex(amos.GeometryWarning, "W_PIXDIM"):
            image, labels = dataset["amos_0001"].load(lenient=True)
        self.assertEqual(image.shape, labels.shape)
        with self.assertWarnsRegex(amos.GeometryWarning, "1 of 1 cases .amos_0001.: .*W_PIXDIM"):
            loader = amos.Loader(dataset, draw="whole", lenient=True)
        self.assertIn("W_PIXDIM", names(loader.warnings[0]))
        loader.close()
        with self.assertRaises(amos.DataError):
            amos.Loader(dataset, draw="whole")
        cache = amos.Cache(in_folder("lenient-cache"), lenient=True)
        self.assertEqual([built.outcome for built in cache.build(dataset)], ["built"])
        cache = amos.Cache(in_folder("lenient-cache"))
        self.assertEqual([built.outcome for built in cache.build(dataset)], ["failed"])


class Loading(Test):
    def test_an_unknown_place_is_said(self):
        root = in_folder("nowhere")
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(phantom(), root)
        dataset = amos.Dataset(root)
        for case in dataset.cases(split="training"):
            if case.label_path:
                amos.write(case.label_path, numpy.asarray(case.label().voxels))
        with self.assertWarnsRegex(amos.GeometryWarning, r"3 of 3 cases \(amos_0001, .*W_NOORIENT"):
            loader = amos.Loader(dataset, draw="whole", split="training")
        loader.close()
        with self.assertWarnsRegex(amos.GeometryWarning, "amos_0001, image and label: .*W_NOORIENT"):
            _, labels = dataset["amos_0001"].load()
        self.assertIn("W_NOORIENT", names(labels.warnings))

    def test_a_turned_label_is_noted(self):
        root = in_folder("turned")
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(phantom(), root)
        case = amos.Dataset(root)["amos_0001"]
        expected = numpy.asarray(case.load()[1].voxels)
        amos.write(case.label_path, amos.LabelMap(case.label_path, orientation="SPR"))
        with warnings.catch_warnings():
            warnings.simplefilter("error", amos.GeometryWarning)
            _, labels = case.load()
        numpy.testing.assert_array_equal(numpy.asarray(labels.voxels), expected)
        self.assertIn("W_TURNED", names(labels.warnings))


if __name__ == "__main__":
    unittest.main()
