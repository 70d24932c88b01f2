# SPDX-License-Identifier: BSD-3-Clause
"""amos.torchio in TorchIO's own images, or in their stand-in."""

import os
import pickle
import random
import shutil
import unittest
import unittest.mock

import stand_ins  # noqa: F401

import numpy
import torch
import torchio

import amos
import amos.torchio
from common import SIZE, Test, in_folder, phantom
from test_slicing import nifti


def reader(**options):
    return amos.torchio.AmosReader(**{"index_folder": in_folder("torchio-indexes"), **options})


class Reader(Test):
    def setUp(self):
        self.case = amos.Dataset(phantom())["amos_0001"]
        self.path = self.case.image_path
        self.expected = numpy.asarray(self.case.image())

    def test_whole_images(self):
        tensor, affine = reader()(self.path)
        self.assertEqual((tensor.shape, tensor.dtype, affine.dtype), ((1, *SIZE), torch.int16, "float64"))
        numpy.testing.assert_array_equal(tensor[0], self.expected)
        numpy.testing.assert_array_equal(affine, self.case.image().geometry.affine)
        self.assertTrue(tensor.is_contiguous())
        for kind, wanted in (("u1", torch.uint8), ("u2", torch.int32), ("u4", torch.int64), ("f4", torch.float32), ("u8", torch.int64)):
            voxels = (numpy.arange(120) + numpy.iinfo("u2").max * (kind == "u4")).astype(kind).reshape(2, 3, 4, 5)
            tensor, _ = reader()(nifti("kinds.nii", voxels))
            self.assertEqual(tensor.dtype, wanted)
            numpy.testing.assert_array_equal(tensor, numpy.moveaxis(voxels, -1, 0))
        with self.assertRaisesRegex(ValueError, "18446744073709551615 is beyond"):
            reader()(nifti("huge.nii", numpy.full((2, 2, 2), 2**64 - 1, "u8")))

    def test_images_of_both_versions(self):
        for version in (1, 2):
            with unittest.mock.patch.object(torchio, "version", version):
                for kind in (torchio.ScalarImage, torchio.LabelMap):
                    image = kind(self.path, reader=reader())
                    self.assertEqual(tuple(image.shape), (1, *SIZE))
                    numpy.testing.assert_array_equal(image.affine, self.case.image().geometry.affine)
                    numpy.testing.assert_array_equal(image.data[0], self.expected)

    def test_the_protocols(self):
        from torchio.data.backends import BackendRequest, ImageDataBackend, LazyReader

        self.assertIsInstance(reader(), LazyReader)
        backend = reader().create_backend(BackendRequest(path=self.path, affine=torch.eye(4), reader_kwargs={"index": "never"}))
        self.assertIsInstance(backend, ImageDataBackend)
        self.assertEqual((backend.shape, backend.dtype), ((1, *SIZE), numpy.dtype("int16")))
        self.assertTrue(torch.equal(backend.affine, torch.eye(4, dtype=torch.float64)))
        with self.assertRaises(AttributeError):
            backend.shape = 1

    def test_parts(self):
        frames = nifti("channels.nii", numpy.arange(360, dtype="f4").reshape(4, 5, 6, 3))
        vector = nifti("vector.nii", numpy.arange(360, dtype="i4").reshape(4, 5, 6, 1, 3), slope=0.5)
        chance = random.Random(3)
        for path in (self.path, frames, vector):
            backend = torchio.ScalarImage(path, reader=reader()).dataobj
            whole = backend.to_tensor().numpy()
            values = numpy.asarray(amos.Volume(path))
            numpy.testing.assert_array_equal(whole, numpy.moveaxis(values.reshape(*values.shape[:3], -1), -1, 0))
            for _ in range(100):
                items = []
                for size in whole.shape[: chance.randint(1, 4)]:
                    number, ends = chance.randint(-size, size - 1), sorted(chance.randint(0, size) for _ in "ab")
                    items.append(chance.choice([number, slice(*ends), slice(*ends, 2), slice(None)]))
                kept = tuple(slice(i, i + 1 or None) if isinstance(i, int) else i for i in items)
                if len(items) < 4 and chance.random() < 0.5:
                    at = chance.randint(0, len(items))
                    items.insert(at, Ellipsis)
                    kept = kept[:at] + (Ellipsis,) + kept[at:]
                part = backend[tuple(items) if len(items) > 1 else items[0]]
                self.assertEqual(part.ndim, 4)
                numpy.testing.assert_array_equal(part, whole[kept])
            self.assertEqual(backend[...].shape, backend.shape)
            with self.assertRaises(IndexError):
                backend[0, 0, 0, 0, 0]
            for wrong in (None, (0, None), [1], 1.5):
                self.assertRaises((TypeError, IndexError), backend.__getitem__, wrong)

    def test_only_the_box_is_read(self):
        seen, read = [], amos.Volume.read
        backend = torchio.ScalarImage(self.path, reader=reader()).dataobj
        with unittest.mock.patch.object(amos.Volume, "read", lambda volume, *a, **o: seen.append(o["box"]) or read(volume, *a, **o)):
            backend[0, 3:8, ..., 5]
        self.assertEqual(seen, [((3, 0, 5), (8, 36, 6))])

    def test_refusals(self):
        cut = in_folder("torchio-cut.nii.gz")
        shutil.copy(self.path, cut)
        os.truncate(cut, os.path.getsize(cut) // 2)
        with self.assertRaises(amos.DataError) as alone:
            amos.Volume(cut).read()
        for version in (1, 2):
            with unittest.mock.patch.object(torchio, "version", version), self.assertRaises(amos.DataError) as caught:
                torchio.ScalarImage(cut, reader=reader()).data
            self.assertEqual(str(caught.exception), str(alone.exception))
        with self.assertRaises(amos.DataError):
            torchio.ScalarImage(cut, reader=reader()).dataobj[0, :, :, -1]
        with self.assertRaisesRegex(amos.DataError, r"five\.nii: the volume has 5 axes of \(2, 2, 2, 2, 2\) voxels"):
            reader()(nifti("five.nii", numpy.zeros((2, 2, 2, 2, 2), "u1")))
        with self.assertRaises(FileNotFoundError):
            reader()(in_folder("nowhere.nii.gz"))
        self.assertEqual(tuple(reader(index_folder=in_folder("made for torchio"))(self.path)[0].shape), (1, *SIZE))

    def test_readers_go_to_other_processes(self):
        again = pickle.loads(pickle.dumps(reader()))
        self.assertTrue(torch.equal(again(self.path)[0], reader()(self.path)[0]))
        backend = pickle.loads(pickle.dumps(torchio.ScalarImage(self.path, reader=reader()).dataobj))
        self.assertTrue(torch.equal(backend[..., 3], reader()(self.path)[0][..., 3:4]))


class Subjects(Test):
    def test_subjects(self):
        dataset = amos.Dataset(phantom())
        subjects = torchio.SubjectsDataset(amos.torchio.subjects(phantom(), reader(), split="training"))
        self.assertEqual(len(subjects), 3)
        for subject, case in zip(subjects, dataset.cases(split="training")):
            self.assertEqual((subject["id"], subject["modality"], subject["age"]), (case.id, case.modality, case.metadata.age_years))
            numpy.testing.assert_array_equal(subject["image"].data[0], case.image())
            numpy.testing.assert_array_equal(subject["label"].data[0], case.label())
            self.assertIsInstance(subject["label"], torchio.LabelMap)
        alone = amos.torchio.subject(dataset["amos_0008"], reader(), fold=3)
        self.assertNotIn("label", alone)
        self.assertEqual((alone["fold"], alone["sex"]), (3, ""))


if __name__ == "__main__":
    unittest.main()
