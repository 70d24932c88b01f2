# SPDX-License-Identifier: BSD-3-Clause
import gc
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import time
import unittest
import warnings
import zlib

import numpy

import amos
from common import Test, in_folder, phantom

SIZE = (80, 72, 48)
PATCH = (32, 24, 16)


def root():
    return phantom(6, SIZE)


def make(**options):
    given = {"patch": PATCH, "batch_size": 2, "seed": 3, "threads": 2, **options}
    return amos.Loader(amos.Dataset(root()), **given)


def digests(batches):
    return [(b.epoch, b.step, zlib.crc32(b.image), zlib.crc32(b.label)) for b in batches]


class Content(Test):
    def test_a_patch_is_the_box_of_its_volume(self):
        dataset = amos.Dataset(root())
        scale = amos.Scaling("range", -160, 240)
        changed = amos.Augment(flips="xyz", mirror="exchange")
        partner = numpy.arange(16, dtype="uint8")
        partner[[2, 3, 11, 12]] = [3, 2, 12, 11]
        seen = set()
        for batch in make(ct=scale, mri=scale, augment=changed, orientation="RAS", foreground=0.5):
            self.assertEqual(batch.image.shape, (2, 1) + PATCH[::-1])
            for n, sample in enumerate(batch.samples):
                (x, y, z), (x1, y1, z1) = sample.box
                image, labels = dataset[sample.case_id].load("float64", orientation="RAS")
                expected = (numpy.asarray(image)[x:x1, y:y1, z:z1].clip(-160, 240) + 160) / 400
                wanted = numpy.asarray(labels.voxels)[x:x1, y:y1, z:z1]
                for axis, letter in enumerate("xyz"):
                    if letter in sample.flips:
                        expected, wanted = numpy.flip(expected, axis), numpy.flip(wanted, axis)
                self.assertEqual(sample.mirrored, "x" in sample.flips)
                if sample.mirrored:
                    wanted = partner[wanted]
                got = numpy.asarray(batch.image)[n, 0].T
                numpy.testing.assert_allclose(got, expected, atol=1e-6)
                numpy.testing.assert_array_equal(numpy.asarray(batch.label)[n, 0].T, wanted)
                if sample.organ:
                    self.assertIn(sample.organ, wanted)
                seen.update(sample.flips)
                first = numpy.array(sample.to_volume) @ [0, 0, 0, 1]
                corner = [s1 - 1 if l in sample.flips else s for s, s1, l in zip((x, y, z), (x1, y1, z1), "xyz")]
                numpy.testing.assert_allclose(first, corner)
        self.assertEqual(seen, set("xyz"))

    def test_types(self):
        base = next(iter(make()))
        image, label = numpy.asarray(base.image), numpy.asarray(base.label)
        half = next(iter(make(image_type="float16", label_type="int64")))
        self.assertEqual((half.image.dtype, half.label.dtype), ("float16", "int64"))
        numpy.testing.assert_array_equal(numpy.asarray(half.image), image.astype("float16"))
        numpy.testing.assert_array_equal(numpy.asarray(half.label), label)
        onehot = next(iter(make(label_type="onehot")))
        self.assertEqual(onehot.label.shape, (2, 16) + PATCH[::-1])
        numpy.testing.assert_array_equal(numpy.asarray(onehot.label).argmax(1), label[:, 0])
        self.assertIsNone(next(iter(make(label_type=None))).label)

    def test_options_that_are_none(self):
        with self.assertRaises(ValueError):
            make(draw="lots")
        with self.assertRaises(ValueError):
            make(label_type="int8")
        with self.assertRaises(ValueError):
            make(ct=amos.Scaling("twice"))
        with self.assertRaises(ValueError):
            make(augment=amos.Augment(flips="w"))
        with self.assertRaises(ValueError):
            make(augment=amos.Augment(mirror="twice"))
        with self.assertRaises(amos.ArgumentError):
            make(foreground=2)
        with self.assertRaises(TypeError):
            make(colour="red")
        for name, value in (("ct", (-160, 240)), ("mri", "zscore"), ("unknown", {}), ("augment", {"flips": "x"})):
            with self.assertRaisesRegex(TypeError, f"{name} must be an amos\\.(Scaling|Augment), such as"):
                make(**{name: value})
        with self.assertRaisesRegex(TypeError, "patch needs 3 numbers, such as a tuple"):
            make(patch=8)

    def test_messages_name_nothing_of_c(self):
        def cancelled():
            loader = make()
            loader.cancel()
            loader.next()

        for wrong in (lambda: make(foreground=2), lambda: make(patch=(0, 1, 1)), lambda: make(label_type=None, foreground=0.5),
                      lambda: make(ct=amos.Scaling("range")), lambda: make(mri=amos.Scaling("zscore")),
                      lambda: make(augment=amos.Augment(noise_share=2)), lambda: make(draw="whole"),
                      lambda: make(augment=amos.Augment(mirror="keep", pairs=[(1, 1)])), lambda: make(cases=["999"]),
                      lambda: make(augment=amos.Augment(flips="x")), lambda: make(draw="tiles", steps=3), cancelled):
            with self.assertRaises(amos.Error) as caught:
                wrong()
            self.assertNotRegex(str(caught.exception), r"(?i)amos_[a-z]*[^0-9a-z]|amos_[a-z]+_")

    def test_cases(self):
        self.assertEqual(make(split="training", modality="CT").cases, ["amos_0001", "amos_0004"])
        loader = make(cases=["507", "amos_0006"])
        self.assertEqual(sorted(loader.cases), ["amos_0006", "amos_0507"])
        self.assertEqual(loader.geometries[0].shape, SIZE)
        self.assertTrue(all(s.organ in (0, 6) for b in make(organs=["liver"], foreground=1) for s in b.samples))


class Order(Test):
    def test_threads_make_no_difference(self):
        augment = amos.Augment(flips="xy", mirror="exchange", noise_share=0.5, noise_low=0.1, noise_high=9, affine_share=0.5, zoom_low=0.9,
                               zoom_high=1.2, rotate_degrees=(10, 10, 30))
        runs = [digests(make(threads=n, augment=augment, batch_size=3, balanced=True)) for n in (1, 2, 5)]
        self.assertTrue(runs[0])
        self.assertEqual(runs[0], runs[1])
        self.assertEqual(runs[0], runs[2])

    def test_epochs_differ_and_can_be_gone_to(self):
        loader = make()
        one, two = digests(loader), digests(loader)
        self.assertEqual((len(one), len(two)), (loader.steps, len(loader)))
        self.assertNotEqual([d[2:] for d in one], [d[2:] for d in two])
        loader.seek(0, 3)
        self.assertEqual(digests(loader), one[3:])
        with self.assertRaises(amos.ArgumentError):
            loader.seek(0, loader.steps + 1)

    def test_resuming_goes_on_as_if_nothing_had_happened(self):
        whole = make()
        expected = digests(whole) + digests(whole)
        loader = make()
        got = digests([next(iter(loader)) for _ in range(1)])
        state = loader.state_dict()
        loader.close()
        again = make(threads=1)
        again.load_state_dict(state)
        self.assertEqual(got + digests(again) + digests(again), expected)
        with self.assertRaises(amos.ArgumentError):
            make(seed=4).load_state_dict(state)

    def test_a_state_of_four_ranks_is_resumed_by_two(self):
        begun = [make(rank=r, world_size=4) for r in range(4)]
        whole = [digests(make(rank=r, world_size=4)) for r in range(4)]
        order = [item[2:] for row in zip(*whole) for item in row]
        for loader in begun:
            loader.next()
        states = [loader.state_dict() for loader in begun]
        self.assertEqual({tuple(sorted(state.items())) for state in states}, {tuple(sorted(states[0].items()))})
        self.assertEqual((states[0]["world_size"], states[0]["batches"]), (4, 4))
        for world in (2, 1, 4):
            ranks = [make(rank=r, world_size=world) for r in range(world)]
            for loader in ranks:
                loader.load_state_dict(states[0])
            rest = [digests(loader) for loader in ranks]
            self.assertEqual([item[2:] for row in zip(*rest) for item in row], order[4:])
            self.assertEqual({loader.state_dict()["world_size"] for loader in ranks}, {world})

    def test_ranks_share_the_work(self):
        whole = make(draw="tiles", batch_size=1)
        expected = [(s.case_id, s.tile) for b in whole for s in b.samples]
        self.assertEqual(len(expected), len(set(expected)))
        ranks = [make(draw="tiles", batch_size=1, rank=r, world_size=3) for r in range(3)]
        self.assertEqual(len({loader.steps for loader in ranks}), 1)
        parts = [[(s.case_id, s.tile) for b in loader for s in b.samples] for loader in ranks]
        self.assertEqual(sorted(sum(parts, [])), sorted(expected))


class Empty(Test):
    """The last batch of a rank that has no volume left: 0 elements, in every type and by every way."""

    def last(self, **options):
        loader = amos.Loader(amos.Dataset(root()), draw="whole", rank=2, world_size=3, **options)
        return list(loader)[-1]

    def test_every_delivery(self):
        for image_type in ("float32", "float16"):
            for label_type in ("uint8", "int64", "onehot"):
                with self.subTest(image=image_type, label=label_type):
                    batch = self.last(image_type=image_type, label_type=label_type)
                    self.assertEqual((batch.count, batch.samples), (0, []))
                    channels = 16 if label_type == "onehot" else 1
                    self.check(batch.image, image_type, (0, 1) + SIZE[::-1])
                    self.check(batch.label, "uint8" if label_type == "onehot" else label_type, (0, channels) + SIZE[::-1])

    def check(self, array, dtype, shape):
        self.assertEqual((array.dtype, array.shape, array.nbytes), (dtype, shape, 0))
        for found in (numpy.array(array), numpy.asarray(array), numpy.from_dlpack(array), numpy.asarray(array.copy())):
            self.assertEqual((found.dtype, found.shape), (numpy.dtype(dtype), shape))
        self.assertEqual(numpy.concatenate([numpy.asarray(array), numpy.ones((1,) + shape[1:], dtype)]).shape[0], 1)
        self.assertEqual((bytes(memoryview(array)), memoryview(array).shape), (b"", shape))
        self.assertEqual(zlib.crc32(array), 0)

    def test_images_alone(self):
        self.assertIsNone(self.last(label_type=None).label)


class Memory(Test):
    def test_a_batch_outlives_its_loader(self):
        loader = make()
        batch = next(iter(loader))
        expected = zlib.crc32(batch.image)
        view = numpy.from_dlpack(batch.image)
        loader.close()
        del loader, batch
        gc.collect()
        self.assertEqual(zlib.crc32(view), expected)

    def test_all_batches_of_an_epoch_can_be_kept(self):
        expected = digests(make(hold=2))
        loader = make(hold=2)
        kept = list(loader)
        self.assertEqual((digests(kept), loader.stats.copies), (expected, len(kept) - 2))
        array = numpy.asarray(kept[-1].image)
        addresses = {batch.image.__array_interface__["data"][0] if hasattr(batch.image, "__array_interface__") else
                     numpy.asarray(batch.image).ctypes.data for batch in kept}
        self.assertEqual(len(addresses), len(kept))
        loader.close()
        del kept, loader
        gc.collect()
        self.assertEqual(zlib.crc32(array), expected[-1][2])

    def test_what_is_not_kept_is_used_again(self):
        loader = make(hold=2)
        digests(loader)
        self.assertEqual(loader.stats.copies, 0)
        held = [loader.next(), loader.next()]
        array = numpy.asarray(held.pop(0).image)
        loader.next()  # the array is a view of the memory of the batch, so there are two
        self.assertEqual(loader.stats.copies, 1)
        del array
        self.assertEqual(loader.next().step, 3)
        self.assertEqual(loader.stats.copies, 1)

    def test_a_loop_may_hold_the_last_one(self):
        kept = None
        for batch in make(hold=2):
            kept = batch
        self.assertIsNotNone(kept)

    def test_buffers_of_the_caller(self):
        lent = []

        def alloc(size):
            memory = numpy.zeros(size + 64, "uint8")
            start = -memory.ctypes.data % 64
            lent.append(memory[start : start + size])
            return lent[-1]

        loader = make(buffers=alloc)
        self.assertTrue(lent)
        expected = digests(make())
        got = []
        for batch in loader:
            start = numpy.asarray(batch.image).ctypes.data
            self.assertTrue(any(start == memory.ctypes.data for memory in lent))
            got += digests([batch])
        self.assertEqual(got, expected)
        counts = [sys.getrefcount(memory) for memory in lent]
        del batch
        loader.close()
        self.assertEqual([sys.getrefcount(memory) for memory in lent], [n - 1 for n in counts])

    def test_buffers_that_are_none(self):
        def fail(size):
            raise KeyError("mine")

        with self.assertRaises(KeyError):
            make(buffers=fail)
        with self.assertRaises(ValueError):
            make(buffers=lambda size: bytearray(3))
        with self.assertRaises((BufferError, TypeError)):
            make(buffers=lambda size: bytes(size))


class Trouble(Test):
    def damaged_root(self):
        path = in_folder("damaged-set")
        if not os.path.isdir(path):
            shutil.copytree(root(), path)
            name = path + "/imagesTr/amos_0004.nii.gz"
            with open(name, "r+b") as file:
                file.truncate(os.path.getsize(name) // 2)
        return amos.Dataset(path)

    def test_a_damaged_case_is_left_out_and_told(self):
        loader = amos.Loader(self.damaged_root(), patch=PATCH, steps=20)
        self.assertNotIn("amos_0004", {s.case_id for b in loader for s in b.samples})
        (why,) = loader.damaged
        self.assertEqual((why.case_id, why.status), ("amos_0004", "E_GZ_TRUNC"))

    def test_a_damaged_case_is_warned_of(self):
        loader = amos.Loader(self.damaged_root(), patch=PATCH, steps=20, split="training")
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            for _ in range(2):
                list(loader)
        self.assertEqual({w.category for w in told}, {amos.DataWarning})
        self.assertEqual({w.filename for w in told}, {__file__})
        self.assertEqual([str(w.message)[:35] for w in told],
                         ["case amos_0004 could not be read: /"] + ["1 of 3 cases could not be read so f"] * 2)

    def test_cases_that_are_left_out_are_listed(self):
        path = in_folder("incomplete-set")
        shutil.copytree(root(), path)
        os.remove(path + "/labelsTr/amos_0001.nii.gz")
        os.remove(path + "/imagesTr/amos_0507.nii.gz")
        with self.assertWarns(amos.DataWarning) as told:
            loader = amos.Loader(amos.Dataset(path), patch=PATCH)
        self.assertEqual(loader.cases, ["amos_0004", "amos_0006"])
        self.assertEqual([(case.case_id, case.reason) for case in loader.left_out],
                         [("amos_0001", "no_label"), ("amos_0008", "unlabelled"), ("amos_0507", "no_image"), ("amos_0508", "unlabelled")])
        self.assertEqual(loader.left_out[0].message, f"its label {path}/labelsTr/amos_0001.nii.gz does not exist.")
        self.assertEqual(told.filename, __file__)
        self.assertIn("4 of 6 cases are left out: 1 without a label file, 2 without a label in the data set, 1 without an image",
                      str(told.warning))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            amos.Loader(amos.Dataset(root()), patch=PATCH, split="training", orientation="RAS")

    def test_orientations_that_differ_are_warned_of(self):
        path = in_folder("mixed-set")
        shutil.copytree(root(), path)
        dataset = amos.Dataset(path)
        for folder in ("images", "labels"):
            name = f"{path}/{folder}Tr/amos_0001.nii.gz"
            voxels = amos.Volume(name).read(orientation="PSR")
            os.remove(name)
            amos.write(name, voxels, geometry=voxels.geometry)
        with self.assertWarnsRegex(amos.DataWarning, r"3 orientations \(1 PSR, 1 LAS, 1 RAS\)"):
            amos.Loader(dataset, patch=PATCH, split="training")

    def test_flips_between_left_and_right_are_refused(self):
        options = {"orientation": "PSR", "split": "training"}
        with self.assertRaisesRegex(amos.ArgumentError, 'z axis .* "exchange"'):
            make(augment=amos.Augment(flips="z"), **options)
        make(augment=amos.Augment(flips="xy"), **options)
        make(augment=amos.Augment(flips="z"), label_type=None, **options)
        augment = amos.Augment(flips="z", mirror="exchange", pairs=[("liver", 14), ("right kidney", "left_kidney")])
        partner = {6: 14, 14: 6, 2: 3, 3: 2}
        loader = make(augment=augment, foreground=1, organs=["liver", 2], **options)
        seen = {(s.organ, s.mirrored) for _ in range(4) for b in loader for s in b.samples}
        self.assertEqual(seen, {(6, False), (2, False), (partner[6], True), (partner[2], True)})
        with self.assertRaises(amos.ArgumentError):
            make(augment=amos.Augment(flips="z", mirror="exchange", pairs=[(2, 2)]))
        with self.assertRaises(TypeError):
            make(augment=amos.Augment(flips="z", mirror="exchange", pairs=[2, 3]))

    def test_voxels_that_are_not_finite_are_warned_of(self):
        path = in_folder("nan-set")
        shutil.copytree(root(), path)
        name = path + "/imagesTr/amos_0001.nii.gz"
        image = amos.Volume(name).read("float32")
        numpy.asarray(image)[3, 4, 5] = numpy.nan
        os.remove(name)
        amos.write(name, image, geometry=image.geometry)
        for replace in (False, True):
            loader = amos.Loader(amos.Dataset(path), draw="whole", cases=["1"], replace_nan=replace, pad_value=-7)
            with self.assertWarnsRegex(amos.DataWarning, "amos_0001 has voxels that are NaN"):
                batch = loader.next()
            self.assertEqual(batch.samples[0].not_finite, 1)
            self.assertGreaterEqual(loader.stats.not_finite, 1)
            value = numpy.asarray(batch.image)[0, 0, 5, 4, 3]
            self.assertEqual(value == -7, replace)
            self.assertEqual(bool(numpy.isnan(value)), not replace)

    def test_or_stops(self):
        loader = amos.Loader(self.damaged_root(), patch=PATCH, steps=20, stop_at_damage=True)
        with self.assertRaises(amos.DataError) as caught:
            list(map(digests, ([batch] for batch in loader)))
        self.assertEqual(caught.exception.case_id, "amos_0004")

    def test_cancel(self):
        loader = make(steps=100000)
        timer = threading.Timer(0.2, loader.cancel)
        timer.start()
        with self.assertRaises(amos.CancelledError):
            for _ in loader:
                pass
        timer.join()
        loader.seek(0)
        self.assertEqual(loader.next().step, 0)

    def test_close(self):
        with make(steps=1000) as loader:
            loader.next()
        with self.assertRaises(ValueError):
            loader.next()
        loader.close()

    def test_many_are_opened_and_closed(self):
        dataset = amos.Dataset(root())
        for n in range(200):
            loader = amos.Loader(dataset, patch=(8, 8, 8), threads=2)
            if n % 2:
                loader.next()
            loader.close()

    def test_fork(self):
        fresh, used = make(), make()
        expected = digests(make())
        used.next()
        child = os.fork()
        if child == 0:
            code = 1
            try:
                if digests(fresh) == expected:
                    used.next()
            except amos.ForkError as error:
                used.close()
                code = 0 if error.status == "E_FORK" and isinstance(error, RuntimeError) else 2
            finally:
                os._exit(code)
        deadline = time.monotonic() + 30
        done, status = 0, 0
        while not done and time.monotonic() < deadline:
            done, status = os.waitpid(child, os.WNOHANG)
            time.sleep(0.01)
        if not done:
            os.kill(child, 9)
            os.waitpid(child, 0)
        self.assertEqual((done, os.waitstatus_to_exitcode(status)), (child, 0))
        self.assertEqual(digests(fresh), expected)

    def test_the_interpreter_ends_with_a_loader_at_work(self):
        script = (
            "import amos, sys\n"
            "loader = amos.Loader(amos.Dataset(sys.argv[1]), patch=(8, 8, 8), steps=10**6, threads=3)\n"
            "batch = loader.next()\n"
        )
        subprocess.run([sys.executable, "-W", "ignore", "-c", script, root()], check=True, timeout=60)


class Tilings(Test):
    def test_tiles_put_together_are_the_volume(self):
        shape = (50, 37, 20)
        random = numpy.random.default_rng(1)
        volume = random.random((3,) + shape[::-1], "float32")
        for sigma in (0.125, 0):
            tiling = amos.Tiling(shape, (16, 24, 24), overlap=0.4, sigma=sigma)
            sum = numpy.zeros(tiling.sum_shape(3), "float32")
            for n in range(len(tiling)):
                start, stop = tiling.box(n)
                low, high = numpy.maximum(start, 0)[::-1], numpy.minimum(stop, shape)[::-1]
                tile = numpy.zeros((3, 24, 24, 16), "float32")
                inside = tuple(slice(a - s, b - s) for a, b, s in zip(low, high, start[::-1]))
                tile[(slice(None),) + inside] = volume[(slice(None),) + tuple(map(slice, low, high))]
                tiling.add(n, tile, sum)
            numpy.testing.assert_allclose(sum, volume, rtol=1e-5, atol=1e-6)
            labels = numpy.asarray(tiling.argmax(sum))
            self.assertEqual(labels.shape, shape)
            numpy.testing.assert_array_equal(labels, sum.argmax(0).T)

    def test_what_does_not_fit(self):
        tiling = amos.Tiling((50, 37, 20), (16, 24, 24))
        sum = numpy.zeros(tiling.sum_shape(2), "float32")
        for tile, given in (
            (numpy.zeros((2, 24, 16, 24), "float32"), sum),
            (numpy.zeros((3, 24, 24, 16), "float32"), sum),
            (numpy.zeros((2, 24, 24, 16), "float64"), sum),
            (numpy.zeros((2, 24, 24, 16), "float32"), sum[:, 1:]),
            (numpy.zeros((2, 24, 24, 16), "float32"), sum.copy(order="F")),
        ):
            with self.assertRaises(ValueError):
                tiling.add(0, tile, given)
        with self.assertRaises(ValueError):
            tiling.argmax(numpy.zeros((2, 19, 37, 50), "float32"))
        with self.assertRaises(amos.ArgumentError):
            tiling.box(len(tiling))


class Given(Test):
    """Paths and types as people write them."""

    def test_paths(self):
        folder = in_folder("cache-of-a-path")
        options = {"split": "training", "patch": (8, 8, 8), "seed": 3, "steps": 3}
        amos.Cache(folder, orientation="RAS").build(amos.Dataset(phantom()))
        cached = amos.Loader(pathlib.Path(phantom()), cache=pathlib.Path(folder), orientation="RAS", **options)
        plain = amos.Loader(phantom(), orientation="RAS", **options)
        self.assertEqual(cached.stats.misses, 0)
        for one, two in zip(cached, plain):
            numpy.testing.assert_array_equal(one.image, two.image)
            numpy.testing.assert_array_equal(one.label, two.label)

    def test_cases(self):
        dataset = amos.Dataset(phantom())
        for cases in ("amos_0004", dataset["4"], ["amos_0004"], (dataset["4"],)):
            self.assertEqual(amos.Loader(dataset, cases=cases, patch=(8, 8, 8)).cases, ["amos_0004"])

    def test_types(self):
        for image, label in (("float16", "int64"), (numpy.float16, numpy.int64), (numpy.dtype("f2"), int), ("f2", "<i8")):
            loader = amos.Loader(phantom(), split="training", orientation="RAS", patch=(8, 8, 8), steps=1,
                                 image_type=image, label_type=label)  # fmt: skip
            batch = loader.next()
            self.assertEqual((batch.image.dtype, batch.label.dtype), ("float16", "int64"))
        with self.assertRaises(amos.ArgumentError):
            amos.Loader(phantom(), patch=(8, 8, 8), image_type=numpy.float64)


if __name__ == "__main__":
    unittest.main()
