# SPDX-License-Identifier: BSD-3-Clause
"""amos.monai in MONAI's own LoadImage, or in its stand-in."""

import logging
import os
import pathlib
import pickle
import shutil
import unittest

import stand_ins  # noqa: F401

import numpy
from monai.transforms import LoadImage, LoadImaged

import amos
import amos.monai
from common import SIZE, Test, in_folder, phantom
from test_slicing import nifti


class Reader(Test):
    def setUp(self):
        self.case = amos.Dataset(phantom())["amos_0001"]

    def check_meta(self, image, path, orientation=None):
        place = amos.Volume(path).geometry
        turned = amos.Volume(path).read(orientation=orientation).geometry
        self.assertEqual(image.meta["affine"].tolist(), [list(row) for row in turned.affine])
        self.assertEqual(image.meta["original_affine"].tolist(), [list(row) for row in place.affine])
        self.assertEqual(image.meta["affine"].dtype, "float64")
        self.assertEqual((list(image.meta["spatial_shape"]), image.meta["space"]), (list(turned.shape), "RAS"))
        self.assertEqual(image.meta["filename_or_obj"], str(path))

    def test_each_way_to_name_it(self):
        path = self.case.image_path
        expected = numpy.asarray(self.case.image().read("float32"))
        for reader in (amos.monai.AmosReader, amos.monai.AmosReader(), "amos.monai.AmosReader", [amos.monai.AmosReader]):
            image = LoadImage(reader=reader)(pathlib.Path(path))
            numpy.testing.assert_array_equal(image, expected)
            self.assertEqual(image.dtype, "float32")
            self.check_meta(image, path)
            self.assertTrue(numpy.isnan(image.meta["original_channel_dim"]))
        loader = LoadImage()
        loader.register(amos.monai.AmosReader())
        numpy.testing.assert_array_equal(loader(path), expected)
        self.assertEqual(LoadImage(reader=amos.monai.AmosReader, ensure_channel_first=True)(path).shape, (1, *SIZE))

    def test_options(self):
        path = self.case.image_path
        image = LoadImage(reader=amos.monai.AmosReader, orientation="RAS", index="never")(path)
        numpy.testing.assert_array_equal(image, self.case.image().read("float32", orientation="RAS"))
        self.check_meta(image, path, "RAS")
        for dtype in ("float32", "int32", None):
            voxels, _ = amos.monai.AmosReader(dtype=dtype).get_data(amos.monai.AmosReader().read(path))
            self.assertEqual(voxels.dtype, dtype or "int16")
            numpy.testing.assert_array_equal(voxels, self.case.image().read())
        scaled = nifti("scaled.nii", numpy.arange(24, dtype="i2").reshape(2, 3, 4), slope=0.1, inter=3)
        voxels, _ = amos.monai.AmosReader().get_data(amos.monai.AmosReader().read(scaled))
        self.assertEqual(voxels.tobytes(), numpy.asarray(amos.Volume(scaled)).tobytes())
        self.assertEqual(voxels.dtype, "float64")

    def test_names(self):
        reader = amos.monai.AmosReader()
        for name in ("a.nii", "a.nii.gz", pathlib.Path("a.NII.GZ"), "a.hdr", ["a.nii", "b.nii.gz"]):
            self.assertTrue(reader.verify_suffix(name), name)
        for name in ("a.png", "a.nii.bz2", "a", ["a.nii", "b.dcm"]):
            self.assertFalse(reader.verify_suffix(name), name)

    def test_channels_and_frames(self):
        frames = numpy.arange(120, dtype="i2").reshape(2, 3, 4, 5)
        image = LoadImage(reader=amos.monai.AmosReader)(nifti("frames.nii", frames))
        numpy.testing.assert_array_equal(image, frames)
        self.assertEqual((image.meta["original_channel_dim"], list(image.meta["spatial_shape"])), (-1, [2, 3, 4]))
        paths = [nifti(f"channel{number}.nii", frames[..., number]) for number in range(3)]
        image = LoadImage(reader=amos.monai.AmosReader, ensure_channel_first=True)(paths)
        numpy.testing.assert_array_equal(image, numpy.moveaxis(frames[..., :3], -1, 0))
        self.assertEqual(image.meta["original_channel_dim"], 0)
        with self.assertRaisesRegex(amos.DataError, r"channel1\.nii: this channel has the shape .*one place"):
            nifti("channel1.nii", frames[..., :2, 0])
            LoadImage(reader=amos.monai.AmosReader)(paths)

    def test_a_refusal_is_not_passed_over(self):
        whole = self.case.image_path
        cut, text, gone = (in_folder(f"monai-{name}.nii.gz") for name in ("cut", "text", "gone"))
        shutil.copy(whole, cut)
        os.truncate(cut, os.path.getsize(whole) // 2)
        with open(text, "w") as file:
            file.write("text" * 200)
        nowhere = nifti("monai-unplaceable.nii", numpy.zeros((2, 2, 2), "i2"))
        with open(nowhere, "r+b") as file:
            file.seek(280)
            file.write(numpy.full(12, numpy.nan, "<f4").tobytes())
        logging.disable(logging.CRITICAL)
        self.addCleanup(logging.disable, logging.NOTSET)
        for path, status in ((cut, "E_GZ_TRUNC"), (text, "E_GZ_HEADER"), (gone, "E_OPEN"), (nowhere, "E_GEOM")):
            with self.assertRaises(amos.Error) as alone:
                volume = amos.Volume(path)
                volume.read(), volume.geometry
            for reader in (amos.monai.AmosReader, amos.monai.AmosReader(orientation="RAS"), "amos.monai.AmosReader"):
                for load, item in ((LoadImage(reader=reader), path), (LoadImaged(["image"], reader=reader), {"image": path}),
                                   (LoadImage(reader=reader), [whole, path])):  # fmt: skip
                    with self.assertRaises(amos.Error) as caught:
                        load(item)
                    self.assertEqual(caught.exception.status, status)
                    self.assertEqual(caught.exception.path, path)
            self.assertEqual(str(alone.exception).split(": ")[0], path)
            with self.assertRaises(amos.Error) as caught:
                LoadImage(reader=amos.monai.AmosReader)(path)
            self.assertEqual(str(caught.exception), str(alone.exception))
        with self.assertRaises(TypeError):  # a mistake of the caller neither
            LoadImage(reader=amos.monai.AmosReader(lenientt=True))(whole)

    def test_a_guessed_position_is_told(self):
        path = nifti("unplaced.nii", numpy.zeros((2, 3, 4), "i2"))
        with open(path, "r+b") as file:
            file.seek(252)
            file.write(b"\0\0\0\0")
        with self.assertWarns(amos.GeometryWarning):
            LoadImage(reader=amos.monai.AmosReader)(path)

    def test_readers_go_to_other_processes(self):
        reader = pickle.loads(pickle.dumps(amos.monai.AmosReader(dtype="float32", orientation="RAS")))
        voxels, _ = reader.get_data(reader.read(self.case.image_path))
        numpy.testing.assert_array_equal(voxels, self.case.image().read("float32", orientation="RAS"))


class Lists(Test):
    def test_items(self):
        dataset = amos.Dataset(phantom())
        items = amos.monai.datalist(pathlib.Path(phantom()))
        self.assertEqual([item["id"] for item in items], [case.id for case in dataset])
        for item, case in zip(items, dataset):
            self.assertEqual((item["image"], item["split"], item["modality"]), (case.image_path, case.split, case.modality))
            self.assertEqual(item.get("label"), case.label_path if case.has_label else None)
        self.assertEqual({key: items[0][key] for key in ("age", "sex", "site")}, {"age": 46, "sex": "M", "site": "Phantom"})
        self.assertEqual({key: items[3][key] for key in ("age", "sex", "site")}, {"age": -1, "sex": "", "site": ""})
        self.assertEqual(len(amos.monai.datalist(dataset, split="training", modality="CT")), 2)
        self.assertEqual({tuple(item) for item in amos.monai.datalist(dataset, has_label=True)},
                         {("image", "label", "id", "split", "modality", "age", "sex", "site")})  # fmt: skip

    def test_a_data_set(self):
        data = amos.monai.AmosDataset(phantom(), split="training")
        self.assertEqual(len(data), 3)
        item, case = data[0], amos.Dataset(phantom())["amos_0001"]
        numpy.testing.assert_array_equal(item["image"], case.image().read("float32"))
        numpy.testing.assert_array_equal(item["label"], case.label())
        self.assertEqual(item["id"], "amos_0001")
        self.assertNotIn("label", amos.monai.AmosDataset(phantom(), split="test")[0])
        keep = amos.monai.AmosDataset(amos.Dataset(phantom()), lambda item: item["image"], split="training")
        self.assertEqual(keep[2], amos.Dataset(phantom())["amos_0507"].image_path)


if __name__ == "__main__":
    unittest.main()
