# SPDX-License-Identifier: BSD-3-Clause
"""amos.nibabel under nibabel's own functions: everything is, bit by bit, what nibabel reads alone."""

import copy
import gzip
import io
import os
import pathlib
import pickle
import random
import shutil
import tempfile
import threading
import unittest
import unittest.mock
import warnings

import numpy

import amos
from common import Test, in_folder, phantom
from test_slicing import some_index

try:
    import nibabel
except ImportError:
    nibabel = None
else:
    import nibabel.funcs
    import nibabel.processing

    import amos.nibabel

SHARED = os.environ.get("AMOS_SHARED_DATA") or str(pathlib.Path(__file__).resolve().parents[4] / "shared" / "data")
AFFINE = numpy.array([[-1.5, 0, 0, 80], [0, 1.25, 0.25, -60], [0, -0.25, 5, 12.5], [0, 0, 0, 1]])
KINDS = ("u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8", "c8", "c16")
SCALES = ((None, None), (2.5, -3), (0.1, 1e-3), (-1, 0))


def same(one, two):
    return (one.dtype, one.shape, one.tobytes()) == (two.dtype, two.shape, two.tobytes())


def made(name, shape, kind, scale=(None, None), order="<", version=1):
    """The path of a file of random voxels, written by nibabel."""
    header = (nibabel.Nifti1Header if version == 1 else nibabel.Nifti2Header)(endianness=order)
    rng = numpy.random.default_rng(sum(shape))
    if kind == "rgb":
        kind = [("R", "u1"), ("G", "u1"), ("B", "u1")]
    if isinstance(kind, list):
        voxels = numpy.frombuffer(rng.bytes(3 * int(numpy.prod(shape))), kind).reshape(shape)
    elif numpy.dtype(kind).kind in "iu":
        ends = numpy.iinfo(kind)
        voxels = rng.integers(ends.min, ends.max, shape, kind, endpoint=True)
    else:
        voxels = (rng.normal(0, 1e3, shape) + (1j if "c" in kind else 0)).astype(kind)
        voxels.flat[1:4] = -0.0, numpy.nan, numpy.inf
    header.set_data_dtype(voxels.dtype)
    header.set_data_shape(shape)
    header.set_sform(AFFINE, 1)
    header.set_zooms((1.5, 1.25, 5, 1, 1, 1, 1)[: len(shape)])
    header["scl_slope"], header["scl_inter"] = (numpy.nan if part is None else part for part in scale)
    header["vox_offset"] = header.single_vox_offset
    header["magic"] = header.single_magic
    out = io.BytesIO()
    header.write_to(out)
    out.write(b"\0" * (header.single_vox_offset - out.tell()))
    out.write(voxels.astype(voxels.dtype.newbyteorder(order)).tobytes(order="F"))
    path = in_folder(name)
    with (gzip.open(path, "wb", 1) if name.endswith(".gz") else open(path, "wb")) as file:
        file.write(out.getvalue())
    return path


def usual(key, shape):
    """Whether nibabel 5.0 takes an index as NumPy does: no slice starts or stops before the axis, and those that go
    backwards go all the way."""
    slices = [item for item in (key if isinstance(key, tuple) else (key,)) if isinstance(item, slice)]
    ends = [end for item in slices for end in (item.start, item.stop) if end is not None]
    backwards = [item for item in slices if (item.step or 1) < 0]
    return all(end >= -min(shape) for end in ends) and all((item.start, item.stop) == (None, None) for item in backwards)


def load(path, **options):
    return amos.nibabel.load(path, **{"index_folder": in_folder("nibabel-indexes"), **options})


@unittest.skipIf(nibabel is None, "nibabel is not here")
class Nibabel(Test):
    def setUp(self):
        self.path = amos.Dataset(phantom())["amos_0001"].image_path
        self.image, self.alone = load(self.path), nibabel.load(self.path)

    def assert_same_image(self, one, two):
        self.assertIs(type(one), type(two))
        self.assertEqual(one.header.binaryblock, two.header.binaryblock)
        self.assertTrue(same(one.affine, two.affine))
        self.assertTrue(same(numpy.asanyarray(one.dataobj), numpy.asarray(two.dataobj)))

    def test_it_is_an_image_that_is_not_read_yet(self):
        self.assertIs(type(self.image), nibabel.Nifti1Image)
        self.assertTrue(nibabel.is_proxy(self.image.dataobj))
        self.assertFalse(self.image.in_memory)
        self.assertEqual(self.image.get_filename(), self.path)
        self.assertEqual(self.image.shape, self.alone.shape)
        self.assertEqual(str(self.image).split("\n", 1)[1], str(self.alone).split("\n", 1)[1])
        self.assert_same_image(self.image, self.alone)
        self.assertIn("amos_0001.nii.gz", repr(self.image.dataobj))

    def test_every_type_and_scaling(self):
        shapes = ((7,), (6, 5), (5, 6, 7), (4, 3, 5, 6), (3, 4, 5, 1, 2), (3, 2, 4, 1))
        number = 0
        for kind in (*KINDS, "rgb"):
            for scale in SCALES if kind not in ("rgb", "c8", "c16") else SCALES[:1]:
                number += 1
                path = made(f"typed{number % 2}.nii" + ".gz" * (number % 3 != 0), shapes[number % 6], kind, scale,
                            "<>"[number % 2], 1 + number % 2 if number % 5 == 0 else 1)  # fmt: skip
                one, two = load(path), nibabel.load(path, mmap=False)
                with self.subTest(kind=kind, scale=scale, shape=one.shape), warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    self.assert_same_image(one, two)
                    self.assertTrue(same(one.dataobj.get_unscaled(), two.dataobj.get_unscaled()))
                    if kind == "rgb":
                        continue
                    for dtype in ("f8", "f4"):
                        self.assertTrue(same(one.get_fdata(dtype=dtype), two.get_fdata(dtype=dtype)))
                        one.uncache(), two.uncache()
                    for dtype in ("f8", "f4", "i4", ">f8", "c16"):
                        wanted = numpy.asanyarray(two.dataobj, dtype)
                        self.assertTrue(same(numpy.asanyarray(one.dataobj, dtype), wanted), dtype)

    def test_slices(self):
        chance = random.Random(7)
        for number, (kind, scale) in enumerate((("i2", SCALES[0]), ("u1", SCALES[1]), ("f4", SCALES[2]), ("rgb", SCALES[0]))):
            path = made("slices.nii.gz", ((9, 8, 7), (5, 4, 6, 3), (4, 3, 5, 2, 2), (6, 5, 4))[number], kind, scale, "<>"[number % 2])
            one, two = load(path).dataobj, nibabel.load(path).dataobj
            whole, agreed = numpy.asarray(two), 0
            for _ in range(150):
                key = some_index(chance, one.shape)
                try:
                    expected = numpy.asarray(whole[key])
                except IndexError:  # for some of these nibabel 5.0 returns voxels
                    self.assertRaises(IndexError, one.__getitem__, key)
                    continue
                self.assertTrue(same(one[key], expected), key)
                if usual(key, one.shape) and expected.size:
                    agreed += 1
                    self.assertTrue(same(one[key], two[key]), key)
                    self.assertIs(type(one[key]), type(two[key]))
            self.assertGreater(agreed, 40)
        for key in ([1, 2], numpy.array([True]), "x", 99, (0,) * 9):
            self.assertRaises(Exception, two.__getitem__, key)
            self.assertRaises(IndexError, one.__getitem__, key)

    def test_only_the_box_is_read(self):
        seen = []
        with unittest.mock.patch.object(amos.Volume, "read", lambda volume, *a, **o: seen.append(o["box"]) or read(volume, *a, **o)):
            self.image.dataobj[3:5, ::-2, 7]
            self.image.slicer[..., 4:6]
        self.assertEqual(seen, [((3, 1, 7), (5, 36, 8)), ((0, 0, 4), (40, 36, 6))])

    def test_functions_of_nibabel(self):
        one, two = self.image, self.alone
        self.assert_same_image(one.slicer[5:30, 4:, 3:9], two.slicer[5:30, 4:, 3:9])
        self.assert_same_image(one.slicer[::2, :, ::-1], two.slicer[::2, :, ::-1])
        self.assert_same_image(nibabel.as_closest_canonical(one), nibabel.as_closest_canonical(two))
        self.assert_same_image(nibabel.concat_images([one, one]), nibabel.concat_images([two, two]))
        self.assert_same_image(nibabel.funcs.squeeze_image(one), nibabel.funcs.squeeze_image(two))
        self.assert_same_image(nibabel.Nifti2Image.from_image(one), nibabel.Nifti2Image.from_image(two))
        self.assertEqual(one.orthoview.__name__, "orthoview")
        four = made("four.nii.gz", (4, 5, 6, 3), "i2")
        for part, wanted in zip(nibabel.four_to_three(load(four)), nibabel.four_to_three(nibabel.load(four))):
            self.assert_same_image(part, wanted)
        reshaped = one.dataobj.reshape((40 * 36, -1))
        self.assertTrue(same(reshaped[3:7, ::3], two.dataobj.reshape((40 * 36, 24))[3:7, ::3]))
        self.assertTrue(same(numpy.asarray(reshaped, "f8"), numpy.asarray(two.dataobj.reshape((40 * 36, 24)), "f8")))
        self.assertRaises(ValueError, one.dataobj.reshape, (7, 7))
        self.assertTrue(same(one.dataobj.copy()[3], two.dataobj[3]))

    def test_resampling(self):
        try:
            import scipy  # noqa: F401
        except ImportError:
            self.assertRaises(Exception, nibabel.processing.resample_to_output, self.image, (12, 12, 12))
            return
        for order in (0, 1, 3):
            given = [nibabel.processing.resample_to_output(image, (12, 12, 12), order=order) for image in (self.image, self.alone)]
            self.assert_same_image(*given)

    def test_saving(self):
        for name in ("saved.nii.gz", "saved.nii", "saved.hdr"):
            path = in_folder(name)
            nibabel.save(self.image, path)
            again = nibabel.load(path)
            self.assertTrue(same(numpy.asarray(again.dataobj), numpy.asarray(self.alone.dataobj)))
            self.assertTrue(same(again.affine, self.alone.affine))
            self.assert_same_image(load(path), nibabel.load(path))
        self.assertEqual(self.image.to_bytes(), self.alone.to_bytes())
        own = made("own.nii.gz", (5, 6, 7), "i2")
        image, voxels = load(own), numpy.asarray(nibabel.load(own).dataobj)
        nibabel.save(image, own)  # over its own file, which is read before
        self.assertTrue(same(numpy.asarray(load(own).dataobj), voxels))
        with self.assertRaises(amos.FileError) as caught:
            image.dataobj[0]
        self.assertEqual(caught.exception.status, "E_CHANGED")

    def test_copies(self):
        for image in (pickle.loads(pickle.dumps(self.image)), copy.copy(self.image), copy.deepcopy(self.image)):
            self.assert_same_image(image, self.alone)
        proxy = pickle.loads(pickle.dumps(self.image.dataobj))
        self.assertIs(type(proxy), amos.nibabel.ArrayProxy)
        self.assertTrue(same(proxy[4], self.alone.dataobj[4]))
        self.assertLess(len(pickle.dumps(self.image.dataobj)), 2000)

    def test_hundreds_of_images_keep_few_files_open(self):
        from amos._bridges.lazy import OPEN

        folder = in_folder("hundreds")
        os.mkdir(folder)
        paths = [shutil.copy(self.path, f"{folder}/{number}.nii.gz") for number in range(3 * OPEN)]
        before = len(os.listdir("/proc/self/fd"))
        images = [load(path) for path in paths]
        for image in images + images[::-1]:
            self.assertTrue(same(image.dataobj[:, :, 3], self.alone.dataobj[:, :, 3]))
        self.assertLessEqual(len(os.listdir("/proc/self/fd")) - before, 2 * OPEN)
        shutil.copy(amos.Dataset(phantom())["amos_0004"].image_path, paths[0])
        images[3].dataobj[0]
        for number in range(OPEN):
            images[number + 3].dataobj[0]
        with self.assertRaisesRegex(amos.FileError, r"/0\.nii\.gz: the file was changed"):
            images[0].dataobj[0]

    @unittest.skipUnless(os.path.isdir(SHARED), "there is no ../shared/data, nor AMOS_SHARED_DATA")
    def test_real_files(self):
        """Files of every kind: what both read is the same; what libamos refuses is said by libamos."""
        chance, same_ones = random.Random(9), 0
        paths = sorted(str(path) for kind in ("*.nii", "*.nii.gz") for path in pathlib.Path(SHARED, "formats").rglob(kind))
        for path in paths:
            try:
                one = load(path)
                if numpy.prod(one.shape) > 1_000_000:  # takes its time, and shows nothing else
                    continue
                stored = one.dataobj.get_unscaled()
            except amos.Error:
                continue
            with self.subTest(path), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                two = nibabel.load(path, mmap=False)
                self.assert_same_image(one, two)
                self.assertTrue(same(stored, two.dataobj.get_unscaled()))
                if stored.dtype.kind in "iuf":
                    self.assertTrue(same(one.get_fdata(), two.get_fdata()))
                key = tuple(chance.choice([size // 2, slice(None, None, -1), slice(size // 4, size)]) for size in one.shape)
                self.assertTrue(same(numpy.asarray(one.dataobj[key]), numpy.asarray(two.dataobj[key])), key)
                same_ones += 1
        self.assertGreater(same_ones, len(paths) // 3)

    def test_threads(self):
        image, wrong = load(self.path, threads=2), []
        expected = numpy.asarray(self.alone.dataobj)

        def read(seed):
            chance = random.Random(seed)
            for _ in range(20):
                z = chance.randrange(24)
                if not same(image.dataobj[:, :, z], numpy.asarray(expected[:, :, z])):
                    wrong.append(z)

        threads = [threading.Thread(target=read, args=(seed,)) for seed in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])
        self.assertTrue(same(image.get_fdata(), self.alone.get_fdata()))

    def test_paths_and_indexes(self):
        for path in (pathlib.Path(self.path), os.fsencode(self.path)):
            self.assert_same_image(load(path), self.alone)
        folder = pathlib.Path(tempfile.mkdtemp(dir=in_folder("")))
        self.assertTrue(same(load(self.path, index="use", index_folder=folder).dataobj[3], self.alone.dataobj[3]))
        self.assertEqual(os.listdir(folder), [])
        self.assertTrue(same(load(self.path, index_folder=folder / "none" / "b").dataobj[6], self.alone.dataobj[6]))
        missing = folder / "made"
        self.assertTrue(same(load(self.path, index_folder=missing).dataobj[4], self.alone.dataobj[4]))
        self.assertEqual(len(os.listdir(missing)), 1)
        blocked = folder / "file"
        blocked.write_text("no folder")
        self.assertTrue(same(load(self.path, index_folder=blocked).dataobj[5], self.alone.dataobj[5]))
        with self.assertRaises(amos.ArgumentError):
            load(self.path, index="sometimes")

    def damaged(self, change):
        path = in_folder("damaged-for-nibabel.nii.gz")
        with open(self.path, "rb") as file:
            content = bytearray(file.read())
        change(content)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def test_damage(self):
        def cut(content):
            del content[len(content) // 2 :]

        def flip(content):
            content[-6] ^= 1

        for change, status in ((cut, "E_GZ_TRUNC"), (flip, "E_GZ_CRC")):
            path = self.damaged(change)
            with self.assertRaises(amos.DataError) as caught:
                amos.Volume(path).read()
            alone = str(caught.exception)
            for use in (lambda i: i.get_fdata(), lambda i: numpy.asarray(i.dataobj), lambda i: i.dataobj[..., -1],
                        lambda i: nibabel.save(i, in_folder("never.nii")), lambda i: i.dataobj.get_unscaled()):  # fmt: skip
                with self.assertRaises(amos.DataError) as caught:
                    use(load(path))
                self.assertEqual((caught.exception.status, str(caught.exception)), (status, alone))
        self.assertFalse(os.path.exists(in_folder("never.nii")))

    def test_what_is_refused_at_once(self):
        with self.assertRaises(amos.MissingFileError):
            load(in_folder("nowhere.nii.gz"))
        header = nibabel.Nifti1Header()
        text = in_folder("text.nii")
        with open(text, "w") as file:
            file.write("no volume" * 100)
        with self.assertRaises(amos.DataError) as caught:
            load(text)
        self.assertEqual(caught.exception.status, "E_HDR_MAGIC")
        self.assertEqual(header.get_data_shape(), (0,))
        archive = shutil.make_archive(in_folder("images"), "zip", os.path.dirname(self.path))
        with self.assertRaisesRegex(amos.FileError, "in an archive; unpack it"):
            load(amos.archive_paths(archive)[0])


read = amos.Volume.read

if __name__ == "__main__":
    unittest.main()
