# SPDX-License-Identifier: BSD-3-Clause
import os
import pickle
import shutil
import unittest
import zlib

import numpy

import amos
from common import Test, in_folder, phantom

SIZE = (80, 72, 48)


def has_lz4():
    return amos.features().get("lz4", "off") != "off"


@unittest.skipUnless(has_lz4(), "this build has no LZ4")
class Caches(Test):
    def setUp(self):
        self.dataset = amos.Dataset(phantom(6, SIZE))
        self.cache = amos.Cache(in_folder("cache-" + self.id()))

    def test_build(self):
        told = []
        built = self.cache.build(self.dataset, progress=lambda done, total: told.append((done, total)))
        self.assertEqual([b.outcome for b in built], ["built"] * 6)
        self.assertEqual([b.case_id for b in built], [case.id for case in self.dataset])
        self.assertEqual(told[-1], (6, 6))
        self.assertEqual({b.outcome for b in self.cache.build(self.dataset)}, {"kept"})
        self.assertEqual(len(self.cache.entries), 6)
        name = self.cache.entries[0][0]
        path = os.path.join(self.cache.folder, name)
        self.assertEqual(os.path.getsize(path), self.cache.entries[0][1])
        os.truncate(path, 1000)
        self.assertEqual(sorted(b.outcome for b in self.cache.build(self.dataset)), ["kept"] * 5 + ["rebuilt"])
        removed = self.cache.prune(0)
        self.assertEqual((len(removed), self.cache.entries), (6, []))

    def test_shards_fill_one_folder(self):
        ids = [case.id for case in self.dataset]
        for shard in (2, 4, 1, 3):
            built = self.cache.build(self.dataset, shard=shard, shards=4)
            self.assertEqual([(b.case_id, b.outcome) for b in built], [(i, "built") for i in ids[shard - 1 :: 4]])
        self.assertEqual({b.outcome for b in self.cache.build(self.dataset)}, {"kept"})
        self.assertEqual(self.cache.build(self.dataset, shard=7, shards=7), [])
        training = [case.id for case in self.dataset if case.split == "training"]
        built = self.cache.build(self.dataset, split="training", shard=2, shards=3)
        self.assertEqual([b.case_id for b in built], training[1::3])
        for shard, shards in ((0, 2), (3, 2), (1, 0), (-1, 2), (1, -1)):
            with self.assertRaises((amos.Error, ValueError), msg=(shard, shards)):
                self.cache.build(self.dataset, shard=shard, shards=shards)

    def test_missing_files_and_losses_are_told(self):
        tree = in_folder("holes-" + self.id())
        shutil.copytree(phantom(6, SIZE), tree)
        labelled = [case for case in amos.Dataset(tree) if case.has_label]
        os.remove(labelled[0].label_path)
        os.remove(labelled[1].image_path)
        dataset = amos.Dataset(tree)
        built = {b.case_id: b for b in self.cache.build(dataset)}
        no_label, no_image = built[labelled[0].id], built[labelled[1].id]
        self.assertEqual((no_label.outcome, no_image.outcome), ("no_label", "no_image"))
        self.assertIn("allow_missing_labels", str(no_label.error))
        coarse = amos.Cache(self.cache.folder, spacing=(400, 400, 400), allow_missing_labels=True)
        built = {b.case_id: b for b in coarse.build(dataset)}
        self.assertEqual((built[labelled[0].id].outcome, built[labelled[0].id].has_labels), ("built", False))
        lost = built[labelled[2].id]
        self.assertEqual((lost.outcome, lost.collapsed_axes, lost.not_finite), ("built", "xyz", 0))
        self.assertGreater(len(lost.lost_labels), 5)

    def test_entries_are_copied_from_upstream(self):
        self.cache.build(self.dataset)
        case = self.dataset[0]
        scratch = amos.Cache(in_folder("scratch-" + self.id()), upstream=self.cache.folder)
        self.assertEqual([scratch.stage(case), scratch.stage(case)], ["staged", "kept"])
        self.assertEqual({b.outcome for b in scratch.build(self.dataset)}, {"kept", "staged"})
        self.assertEqual(scratch.entries, self.cache.entries)
        largest = max(size for _, size in self.cache.entries)
        small = amos.Cache(in_folder("small-" + self.id()), upstream=self.cache.folder, max_bytes=2 * largest)
        self.assertEqual({small.stage(case) for case in self.dataset}, {"staged"})
        self.assertLessEqual(sum(size for _, size in small.entries), 2 * largest)
        again = pickle.loads(pickle.dumps(small))
        self.assertEqual(again.stage(self.dataset[0]), "staged")
        nothing = amos.Cache(in_folder("nothing-" + self.id()), upstream=in_folder("nowhere-" + self.id()))
        with self.assertRaises(FileNotFoundError):
            nothing.stage(case)
        with self.assertRaises(amos.ArgumentError):
            amos.Cache(in_folder("x-" + self.id()), max_bytes=5)

    def test_batches_are_the_same_with_and_without(self):
        self.cache.build(self.dataset, threads=2)
        options = {"patch": (32, 24, 16), "batch_size": 2, "seed": 5, "foreground": 0.5, "balanced": True, "threads": 2}

        def digests(loader):
            return [(zlib.crc32(b.image), zlib.crc32(b.label)) for b in loader]

        expected = digests(amos.Loader(self.dataset, **options))
        self.assertEqual(digests(amos.Loader(self.dataset, cache=self.cache, **options)), expected)
        again = pickle.loads(pickle.dumps(self.cache))
        self.assertEqual(digests(amos.Loader(self.dataset, cache=again, **options)), expected)

    def test_fingerprint(self):
        self.cache.build(self.dataset)
        found = self.cache.fingerprint(self.dataset, modality="CT")
        cases = self.dataset.cases(modality="CT", has_label=True)
        self.assertEqual((found.cases, found.median_shape), (len(cases), SIZE))
        spacings = [case.image().geometry.spacing for case in cases]
        numpy.testing.assert_allclose(found.median_spacing, numpy.median(spacings, axis=0))
        values = []
        for case in cases:
            image, labels = case.load("float64")
            values.append(numpy.asarray(image)[numpy.asarray(labels.voxels) > 0].mean())
        self.assertAlmostEqual(found.foreground.mean, numpy.mean(values), delta=2)

    def test_a_loader_says_that_nothing_was_built(self):
        for cache in (in_folder("never-built"), self.cache):
            with self.assertRaisesRegex(
                amos.MissingFileError, r"the cache has no entry for this case .*; Cache\.build\(\) makes it"
            ):
                amos.Loader(self.dataset, patch=(8, 8, 8), split="training", cache=cache)
            self.cache.build(self.dataset, split="validation")

    def test_a_fingerprint_tells_what_it_lacks(self):
        self.cache.build(self.dataset, split="training")
        with self.assertWarnsRegex(amos.DataWarning, "1 of 4 labelled cases are not in the fingerprint"):
            found = self.cache.fingerprint(self.dataset)
        self.assertEqual((found.cases, found.left_out), (3, 1))

    def test_percentiles_are_those_of_all_voxels(self):
        path = in_folder("fingerprint-set")
        shutil.copytree(phantom(6, SIZE), path)
        for name, change in (("amos_0004", lambda v: v / 7), ("amos_0507", lambda v: v * 1000)):  # float64; int32
            image = amos.Volume(f"{path}/imagesTr/{name}.nii.gz").read("float64")
            values = change(numpy.asarray(image)).astype("float64" if name == "amos_0004" else "int32")
            os.remove(f"{path}/imagesTr/{name}.nii.gz")
            amos.write(f"{path}/imagesTr/{name}.nii.gz", values, geometry=image.geometry)
        dataset = amos.Dataset(path)
        self.cache.build(dataset)
        for cases, exact in (("CT", False), ("MRI", True), (None, False)):
            found = self.cache.fingerprint(dataset, modality=cases).foreground
            expected = self.weighted(dataset.cases(modality=cases, has_label=True), (0.005, 0.5, 0.995))
            got = (found.percentile_00_5, found.median, found.percentile_99_5)
            numpy.testing.assert_allclose(got, expected, rtol=0 if exact else 1e-3)

    def weighted(self, cases, shares):
        values, weights = [], []
        for case in cases:
            image, labels = case.load("float64")
            values.append(numpy.asarray(image)[numpy.asarray(labels.voxels) > 0])
            weights.append(numpy.full(len(values[-1]), 1 / len(values[-1])))
            if len(cases) == 1:
                return numpy.percentile(values[0], [100 * share for share in shares], method="inverted_cdf")
        values, weights = numpy.concatenate(values), numpy.concatenate(weights)
        order = values.argsort()
        reached = weights[order].cumsum() / weights.sum()
        return [values[order][numpy.searchsorted(reached, share * (1 - 1e-9))] for share in shares]

    def test_a_loader_builds_what_is_missing(self):
        folder = self.cache.folder + "-by-loader"
        options = {"draw": "whole", "split": "training", "patch": None, "threads": 2}
        with self.assertRaises(ValueError):
            amos.Loader(self.dataset, build=True, **options)
        loader = amos.Loader(self.dataset, cache=folder, build=True, **options)
        self.assertEqual(len(list(loader)), 3)
        self.assertEqual(len(amos.Cache(folder).entries), 3)
        before = [os.stat(entry.path).st_mtime_ns for entry in os.scandir(folder)]
        self.assertEqual(len(list(amos.Loader(self.dataset, cache=folder, build=True, **options))), 3)
        self.assertEqual([os.stat(entry.path).st_mtime_ns for entry in os.scandir(folder)], before)

    def test_settings(self):
        cache = amos.Cache(self.cache.folder, orientation="RAS", spacing=(0, 0, 10), crop_body=True)
        cache.build(self.dataset, split="training")
        loader = amos.Loader(self.dataset, cache=cache, draw="whole", split="training")
        for geometry in loader.geometries:
            self.assertEqual((geometry.orientation, geometry.spacing[2]), ("RAS", 10))
        self.assertEqual(sum(1 for _ in loader), 3)
        with self.assertRaises(ValueError):
            amos.Cache(self.cache.folder, interpolation="lanczos")
        with self.assertRaises(amos.ArgumentError):
            amos.Cache(self.cache.folder, orientation="RAR")


if __name__ == "__main__":
    unittest.main()
