# SPDX-License-Identifier: BSD-3-Clause
"""Names of enums: those that Python accepts and returns are the library's."""

import unittest

import numpy

import amos
from common import Test, in_folder, phantom

_amos = amos._amos


class Names(Test):
    def test_each_name_is_taken(self):
        for noun in ("type", "inflate", "index_use", "affine_source", "split", "modality", "organ", "convention", "absent", "measure",
                     "interpolation", "cache_outcome", "sampling", "image_type", "label_type", "scaling_method"):  # fmt: skip
            names = _amos.names(noun)
            with self.subTest(noun):
                self.assertGreater(len(names), 1)
                self.assertEqual([_amos.parse(noun, name) for name in names], list(range(len(names))))
                with self.assertRaises(amos.ArgumentError) as caught:
                    _amos.parse(noun, "xyzzy")
                for name in names:
                    self.assertIn(name, str(caught.exception))

    def test_what_is_no_text(self):
        for value in (3, None, b"zlib", numpy.float32):
            with self.assertRaises(TypeError) as caught:
                _amos.parse("inflate", value)
            self.assertIn("inflate", str(caught.exception))
        with self.assertRaises(SystemError):
            _amos.parse("nonsense", "zlib")

    def test_options_name_what_they_take(self):
        dataset = amos.Dataset(phantom())
        patch = {"patch": (8, 8, 8)}
        for call, accepted in (
            (lambda: amos.Loader(dataset, **patch, draw="patchs"), 'did you mean "patches"? Use patches, whole or tiles.'),
            (lambda: amos.Loader(dataset, **patch, image_type="int8"), "use float32 or float16."),
            (lambda: amos.Loader(dataset, **patch, label_type="float32"), "use uint8, int64, onehot or none."),
            (lambda: amos.Loader(dataset, **patch, ct=amos.Scaling("log")), "use none, range, zscore, case_zscore or"),
            (lambda: amos.Cache(in_folder("names"), interpolation="lanczos"), "use linear, cubic, nearest or bspline."),
            (lambda: dataset.cases(split="all"), "use any, training, validation or test."),
            (lambda: dataset.cases(modality="PET"), "use any, CT, MRI or unknown."),
            (lambda: amos.Dataset(phantom(), modality={"1": "PET"}), "use any, CT, MRI or unknown."),
            (lambda: dataset[0].image(inflate="zip"), "use auto, zlib"),
            (lambda: dataset[0].image(index="always"), "use never, use or build."),
            (lambda: dataset[0].image().read("int7"), "Use stored, int8,"),
            (lambda: amos.score(dataset[0].label(), dataset[0].label(), convention="nnunet"), "deepmind, medpy, monai or medpy-0.4."),
            (lambda: amos.score(dataset[0].label(), dataset[0].label(), absent="zero"), "use nan or one."),
            (lambda: dataset[0].label()["livr"], 'did you mean "liver"? Use background, spleen,'),
        ):
            with self.assertRaises(ValueError) as caught:
                call()
            self.assertIn(accepted, str(caught.exception))

    def test_types_are_those_of_numpy(self):
        volume = amos.Dataset(phantom())[0].image()
        numeric = [name for name in _amos.names("type") if name.startswith(("int", "uint", "float")) and name != "float128"]
        self.assertEqual(len(numeric), 10)
        for name in numeric:
            array = numpy.asarray(volume.read(name, saturate=True))
            self.assertEqual(array.dtype, numpy.dtype(name))
            self.assertEqual(numpy.from_dlpack(volume.read(name, saturate=True)).dtype, numpy.dtype(name))


if __name__ == "__main__":
    unittest.main()
