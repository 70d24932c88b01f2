# SPDX-License-Identifier: BSD-3-Clause
"""Entries of the cache as other programs see them: the reader of 100 lines (examples/read_cache.py), zarr, the rules of
OME-NGFF 0.4 as they are published, and nibabel's reading of the NIfTI header."""

import io
import json
import os
import sys
import unittest
import zipfile

import nibabel
import numpy
import zarr

import amos
from common import Test, in_folder, phantom

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "examples"))
import read_cache  # noqa: E402

SETTINGS = {"plain": {}, "turned": {"orientation": "RAS", "spacing": (2, 2, 3), "crop_body": True}}
UNITS = {"angstrom", "centimeter", "decimeter", "meter", "micrometer", "millimeter", "nanometer", "inch", "foot"}


def ome_faults(group, path=""):
    """What breaks the rules of https://ngff.openmicroscopy.org/0.4/ in the multiscales of a group, as sentences."""
    faults = []
    for scales in group.attrs["multiscales"]:
        axes = scales["axes"]
        names = [axis["name"] for axis in axes]
        kinds = [axis.get("type") for axis in axes]
        if scales["version"] != "0.4" or not 2 <= len(axes) <= 5 or len(set(names)) != len(names):
            faults.append("version or axes")
        if not 2 <= kinds.count("space") <= 3 or kinds != sorted(kinds, key=["time", "channel", "space"].index):
            faults.append("2 or 3 axes of space, after time and channel")
        if names[-3:] != ["z", "y", "x"] or any("unit" in a and a["unit"] not in UNITS for a in axes):
            faults.append("the axes of space are z, y, x with a unit of UDUNITS-2")
        for level in scales["datasets"]:
            array = group[level["path"]]
            transforms = level["coordinateTransformations"]
            if [t["type"] for t in transforms] not in (["scale"], ["scale", "translation"]):
                faults.append("one scale, then at most one translation")
            if any(len(t[t["type"]]) != array.ndim for t in transforms) or array.ndim != len(axes):
                faults.append("as many numbers as axes")
            if array._dimension_separator != "/":
                faults.append("chunks are nested: the separator is a slash")
    return faults


class Formats(Test):
    def entries(self):
        """Of each case and settings: what libamos reads of it (image, labels or None, geometry), and its path."""
        dataset = amos.Dataset(phantom(4, (80, 72, 48)))
        for name, settings in SETTINGS.items():
            cache = amos.Cache(in_folder("format-" + name), **settings)
            cache.build(dataset)
            self.assertEqual(len(cache.entries), len(dataset))
            for case in dataset:
                kind = {"label_type": "uint8" if case.has_label else None}
                loader = amos.Loader(dataset, cases=[case.id], cache=cache, draw="whole", threads=1, **kind)
                batch = loader.next()
                labels = numpy.asarray(batch.label)[0, 0] if case.has_label else None
                names = [item[0] for item in cache.entries if item[0].startswith(case.id + "-")]
                self.assertEqual(len(names), 1)
                path = os.path.join(cache.folder, names[0])
                yield numpy.asarray(batch.image)[0, 0], labels, loader.geometries[0], path

    def test_every_reader_sees_the_same(self):
        seen = labelled = 0
        for image, labels, geometry, path in self.entries():
            seen += 1
            own, store = read_cache.Entry(path), zarr.open(zarr.ZipStore(path, mode="r"), mode="r")
            slope, inter = own.amos["slope"], own.amos["inter"]
            for other in own.image(), store["0"][:]:
                self.assertTrue(((slope * other + inter).astype("f4") == image).all())
            if labels is None:
                self.assertIsNone(own.labels())
                self.assertNotIn("labels", store)
                continue
            labelled += 1
            for other in own.labels(), store["labels/organs/0"][:]:
                self.assertTrue((other == labels).all())
            for label in range(1, 16):
                at = own.positions(label)
                self.assertTrue((labels[at[:, 2], at[:, 1], at[:, 0]] == label).all())
            self.assertGreater(len(own.array("positions")), 1000)
            self.assertTrue((own.array("positions") == store["positions"][:]).all())
            self.assertTrue((own.array("values") == store["values"][:]).all())
        self.assertEqual(seen, 8)
        self.assertGreater(labelled, 3)

    def test_an_entry_is_an_image_of_ome_ngff(self):
        for image, labels, geometry, path in self.entries():
            store = zarr.open(zarr.ZipStore(path, mode="r"), mode="r")
            self.assertEqual(ome_faults(store), [])
            scale = store.attrs["multiscales"][0]["datasets"][0]["coordinateTransformations"][0]["scale"]
            self.assertEqual(tuple(scale[::-1]), tuple(geometry.spacing))
            if labels is None:
                continue
            self.assertEqual(store["labels"].attrs["labels"], ["organs"])
            organs = store["labels/organs"]
            self.assertEqual(ome_faults(organs), [])
            about = organs.attrs["image-label"]
            self.assertEqual((about["version"], about["source"]["image"]), ("0.4", "../../"))
            values = [color["label-value"] for color in about["colors"]]
            self.assertEqual(values, list(range(16)))
            self.assertTrue(all(len(c["rgba"]) == 4 and all(0 <= v <= 255 for v in c["rgba"]) for c in about["colors"]))
            self.assertEqual(organs["0"].shape, store["0"].shape)
            self.assertEqual(organs["0"].dtype.kind, "u")

    def test_faults_are_seen(self):
        """The rules above refuse what they should: separator and axes of the format before this one."""
        group = zarr.group(store=zarr.MemoryStore())
        group.create_dataset("0", shape=(2, 2, 2), dimension_separator=".")
        level = {"path": "0", "coordinateTransformations": [{"type": "scale", "scale": [1, 1]}]}
        axes = [{"name": n, "type": "space"} for n in "xyz"]
        group.attrs["multiscales"] = [{"version": "0.4", "axes": axes, "datasets": [level]}]
        self.assertEqual(len(ome_faults(group)), 3)

    def test_the_nifti_header_says_where_the_voxels_lie(self):
        for image, labels, geometry, path in self.entries():
            raw = zarr.open(zarr.ZipStore(path, mode="r"), mode="r")["nifti"][:].tobytes()
            header = nibabel.Nifti1Header.from_fileobj(io.BytesIO(raw))
            self.assertEqual(tuple(header.get_data_shape()), image.shape[::-1])
            self.assertTrue(numpy.allclose(header.get_best_affine(), geometry.affine, atol=1e-4))
            self.assertEqual(header.get_data_dtype().newbyteorder("<"), read_cache.Entry(path).image().dtype)

    def test_an_older_format_is_named(self):
        path = next(self.entries())[-1]
        older = in_folder("older.zarr.zip")
        with zipfile.ZipFile(path) as source, zipfile.ZipFile(older, "w") as target:
            target.comment = source.comment
            for item in source.infolist():
                data = source.read(item)
                if item.filename == ".zattrs":
                    about = json.loads(data)
                    about["amos"]["version"] = 4
                    data = json.dumps(about)
                target.writestr(item, data)
        with self.assertRaisesRegex(ValueError, "this is format 4; this program reads 5"):
            read_cache.Entry(older)


if __name__ == "__main__":
    unittest.main()
