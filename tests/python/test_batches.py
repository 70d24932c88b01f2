# SPDX-License-Identifier: BSD-3-Clause
"""The batches that Python gets are those of a C program with the same settings, with and without a cache."""

import os
import subprocess
import unittest
import zlib

import amos
from common import COMMAND, Test, in_folder, phantom

PROGRAM = os.path.join(os.path.dirname(COMMAND), "tests", "python", "batches")
RANGE = amos.Scaling("range", -160, 240)
BY_CASE = amos.Scaling("case_zscore")
TURNED = amos.Augment(flips="xyz", quarter_turns=True, mirror="keep")
NOISY = amos.Augment(flips="x", mirror="exchange", brightness_share=0.5, brightness_low=-0.1, brightness_high=0.1, noise_share=0.75,
                     noise_low=0.01, noise_high=0.1)
ALL = amos.Augment(flips="z", quarter_turns=True, affine_share=0.5, rotate_degrees=(10, 5, 20), zoom_low=0.8, zoom_high=1.25,
                   gamma_share=0.5, gamma_low=0.7, gamma_high=1.5, contrast_share=0.5, contrast_low=0.75, contrast_high=1.25,
                   noise_share=0.5, noise_low=0, noise_high=0.1)
PATCHES = {"patch": (32, 24, 16), "batch_size": 2, "seed": 3}
SETTINGS = {
    "stored": PATCHES,
    "scaled": {**PATCHES, "ct": RANGE, "mri": BY_CASE, "foreground": 0.5, "balanced": True},
    "beyond": {**PATCHES, "border": (16, 12, 8), "ct": RANGE, "label_type": "int64", "augment": NOISY},
    "turned": {**PATCHES, "border": (5, 6, 7), "augment": TURNED, "image_type": "float16"},
    "square": {"patch": (40, 40, 20), "batch_size": 3, "augment": TURNED, "ct": RANGE, "label_type": "onehot"},
    "noisy": {**PATCHES, "mri": BY_CASE, "augment": NOISY, "image_type": "float16"},
    "all": {**PATCHES, "border": (4, 4, 4), "ct": RANGE, "mri": BY_CASE, "augment": ALL},
    "whole": {"draw": "whole", "ct": RANGE},
    "tiles": {"draw": "tiles", "patch": (48, 48, 32), "overlap": 0.5, "batch_size": 2, "mri": BY_CASE},
}


def run(*words):
    return subprocess.run([PROGRAM, *words], check=True, capture_output=True, text=True).stdout.splitlines()


class BatchesOfC(Test):
    def setUp(self):
        self.root = phantom(6, (80, 72, 48))

    def check(self, cache, *words):
        for name, options in SETTINGS.items():
            with self.subTest(name):
                loader = amos.Loader(amos.Dataset(self.root), cache=cache, threads=2, **options)
                found = [f"{b.epoch} {b.step} {zlib.crc32(b.image)} {zlib.crc32(b.label)}" for _ in range(2) for b in loader]
                self.assertTrue(found)
                self.assertEqual(found, run(self.root, name, *words))

    def test_the_settings_are_the_same(self):
        self.assertEqual(run(), list(SETTINGS))

    def test_from_the_files(self):
        self.check(None)

    @unittest.skipIf(amos.features().get("lz4", "off") == "off", "there is no cache without LZ4")
    def test_from_a_cache(self):
        cache = amos.Cache(in_folder("batches-cache"))
        cache.build(amos.Dataset(self.root))
        self.check(cache, cache.folder)
