# SPDX-License-Identifier: BSD-3-Clause
import os
import shutil
import unittest
import unittest.mock
import zlib

import numpy
import torch
import torch.distributed
import torch.multiprocessing
import torch.utils.data

import amos
from amos.torch import PatchLoader
from common import Test, in_folder, phantom

SIZE = (80, 72, 48)
OPTIONS = {"patch": (32, 24, 16), "batch_size": 2, "seed": 7, "foreground": 0.5, "threads": 2}
LONG = 60  # seconds that a DataLoader waits for a worker before it gives up


def root():
    return phantom(6, SIZE)


def digest(image, label):
    return zlib.crc32(numpy.ascontiguousarray(image)), zlib.crc32(numpy.ascontiguousarray(label))


def of_tensors(batches):
    return [digest(image.numpy(), label.numpy()) for image, label, samples in batches]


def expected(epoch=0, **options):
    loader = amos.Loader(amos.Dataset(root()), **{**OPTIONS, **options})
    loader.seek(epoch)
    return [digest(batch.image, batch.label) for batch in loader]


def interleaved(*parts):
    return [item for row in zip(*parts) for item in row]


class Direct(Test):
    def test_tensors_are_the_batches(self):
        loader = PatchLoader(root(), **OPTIONS)
        self.assertEqual(of_tensors(loader), expected(0))
        self.assertEqual(of_tensors(loader), expected(1))
        loader.set_epoch(5)
        self.assertEqual(of_tensors(loader), expected(5))
        fresh = PatchLoader(root(), **OPTIONS)
        fresh.set_epoch(5)
        self.assertEqual(of_tensors(fresh), expected(5))

    def test_memory_is_shared(self):
        loader = PatchLoader(amos.Dataset(root()), **OPTIONS, label_type="int64")
        for image, label, samples in loader:
            self.assertEqual((image.dtype, label.dtype), (torch.float32, torch.int64))
            self.assertEqual(image.shape, (2, 1, 16, 24, 32))
            self.assertTrue(image.is_contiguous() and label.is_contiguous())
            self.assertEqual(len(samples), 2)
            image += 1  # it belongs to the caller until it is returned
        self.assertLess(loader.stats.memory_peak, 1 << 30)

    def test_batches_can_be_kept(self):
        loader = PatchLoader(root(), **OPTIONS)
        kept = list(loader)
        self.assertEqual(len(kept), len(loader))
        self.assertEqual(len({image.data_ptr() for image, _, _ in kept}), len(kept))
        self.assertEqual(of_tensors(kept), expected())

    def test_a_rank_without_a_volume(self):
        for types in ({"image_type": "float16", "label_type": "int64"}, {"label_type": "onehot"}, {}):
            image, label, samples = list(PatchLoader(root(), draw="whole", rank=2, world_size=3, **types))[-1]
            self.assertEqual((image.shape, samples), ((0, 1) + SIZE[::-1], []))
            self.assertEqual(image.dtype, torch.float16 if "image_type" in types else torch.float32)
            self.assertEqual(label.dtype, torch.int64 if types.get("label_type") == "int64" else torch.uint8)
            self.assertEqual(torch.cat([image, torch.ones((1,) + image.shape[1:])]).shape[0], 1)

    def test_trouble_is_told(self):
        path = in_folder("torch-damaged")
        shutil.copytree(root(), path)
        os.remove(path + "/labelsTr/amos_0001.nii.gz")
        os.truncate(path + "/imagesTr/amos_0004.nii.gz", 5000)
        loader = PatchLoader(path, split="training", **OPTIONS)
        with self.assertWarnsRegex(amos.DataWarning, "1 of 3 cases are left out"):
            self.assertEqual([case.case_id for case in loader.left_out], ["amos_0001"])
        with self.assertWarnsRegex(amos.DataWarning, "case amos_0004 could not be read"):
            list(loader)
        self.assertEqual([error.case_id for error in loader.damaged], ["amos_0004"])

    def test_a_tensor_outlives_its_loader(self):
        loader = PatchLoader(root(), **OPTIONS)
        image, label, _ = next(iter(loader))
        loader.close()
        del loader
        self.assertEqual(digest(image.numpy(), label.numpy()), expected()[0])

    def test_it_resumes(self):
        loader = PatchLoader(root(), **OPTIONS)
        got = of_tensors([next(iter(loader))])
        state = loader.state_dict()
        again = PatchLoader(root(), **OPTIONS)
        again.load_state_dict(state)
        self.assertEqual(got + of_tensors(again), expected())

    def test_pinned_memory(self):
        if torch.cuda.is_available():
            loader = PatchLoader(root(), pin_memory=True, **OPTIONS)
            self.assertTrue(all(image.is_pinned() for image, _, _ in loader))
        else:
            with self.assertWarns(UserWarning):
                loader = PatchLoader(root(), pin_memory=True, **OPTIONS)
        loader.set_epoch(2)
        self.assertEqual(of_tensors(loader), expected(2))

    def test_batches_lie_in_the_memory_that_was_pinned(self):
        pinned = []

        def pretend(size):
            pinned.append(torch.empty(size + 64, dtype=torch.uint8))
            start = -pinned[-1].data_ptr() % 64
            return pinned[-1][start : start + size].numpy()

        available = unittest.mock.patch("torch.cuda.is_available", return_value=True)
        with available, unittest.mock.patch("amos.torch._pinned", pretend):
            loader = PatchLoader(root(), pin_memory=True, **OPTIONS)
            for image, label, _ in loader:
                for tensor in (image, label):
                    ends = [(memory.data_ptr(), memory.data_ptr() + memory.numel()) for memory in pinned]
                    self.assertTrue(any(low <= tensor.data_ptr() < high for low, high in ends))

    def test_volumes_become_tensors(self):
        case = amos.Dataset(root())["amos_0001"]
        image, labels = case.load("float32")
        tensor = torch.from_dlpack(image)
        self.assertEqual((tuple(tensor.shape), tensor.stride()), (SIZE, (1, SIZE[0], SIZE[0] * SIZE[1])))
        self.assertEqual(tensor.data_ptr(), numpy.asarray(image).ctypes.data)
        with self.assertRaises(BufferError):
            torch.from_dlpack(labels.voxels)
        prediction = torch.from_dlpack(labels.voxels.copy()).long()
        self.assertEqual(amos.score(labels, prediction).dice, 1)
        path = in_folder("tensor.nii.gz")
        amos.write(path, prediction.to(torch.uint8), reference=case.label_path)
        self.assertEqual(amos.score(case.label_path, path).dice, 1)
        buffer = torch.zeros(SIZE[::-1]).permute(2, 1, 0)
        amos.Volume(case.image_path).read_into(buffer)
        self.assertTrue(torch.equal(buffer, tensor))

    def test_tiles_are_stitched(self):
        case = amos.Dataset(root())["amos_0001"]
        tiling = amos.Tiling(SIZE, (32, 32, 32))
        total = torch.zeros(tiling.sum_shape(2))
        for index in range(len(tiling)):
            tiling.add(index, torch.stack([torch.zeros(32, 32, 32), torch.ones(32, 32, 32)]), total)
        self.assertTrue(torch.allclose(total[1], torch.ones(())))
        self.assertEqual(amos.LabelMap.make(tiling.argmax(total), reference=case.image_path).present, [1])
        for dtype in (torch.float32, torch.float16, torch.bfloat16):
            stitcher = amos.Stitcher(tiling, 2)
            for index in range(len(tiling)):
                stitcher.add(torch.stack([torch.zeros(32, 32, 32), torch.full((32, 32, 32), index - 0.5)]).to(dtype))
            labels, expected = torch.from_dlpack(stitcher.labels), torch.zeros(tiling.sum_shape(2))
            for index in range(len(tiling)):
                tiling.add(index, torch.stack([torch.zeros(32, 32, 32), torch.full((32, 32, 32), index - 0.5)]), expected)
            self.assertTrue(torch.equal(labels, torch.from_dlpack(tiling.argmax(expected))))


class Workers(Test):
    def load(self, loader, workers, **options):
        timeout = LONG if workers else 0
        return torch.utils.data.DataLoader(loader, batch_size=None, num_workers=workers, timeout=timeout, **options)

    def test_without_workers(self):
        self.assertEqual(of_tensors(self.load(PatchLoader(root(), **OPTIONS), 0)), expected())

    def check(self, context):
        loader = PatchLoader(root(), **OPTIONS)
        data = self.load(loader, 2, multiprocessing_context=context)
        for epoch in (0, 3):
            loader.set_epoch(epoch)
            parts = [expected(epoch, rank=n, world_size=2) for n in range(2)]
            self.assertEqual(of_tensors(data), interleaved(*parts))

    def test_forked_workers(self):
        self.check("fork")

    def test_spawned_workers(self):
        self.check("spawn")

    def test_forked_after_use(self):
        loader = PatchLoader(root(), **OPTIONS)
        next(iter(loader))
        parts = [expected(0, rank=n, world_size=2) for n in range(2)]
        self.assertEqual(of_tensors(self.load(loader, 2)), interleaved(*parts))

    def test_what_workers_cannot_read_is_told(self):
        path = in_folder("torch-workers-damaged")
        shutil.copytree(root(), path)
        os.truncate(path + "/imagesTr/amos_0004.nii.gz", 5000)
        for context in ("fork", "spawn"):
            loader = PatchLoader(path, split="training", **OPTIONS)
            self.assertEqual(loader.damaged, [])
            for image, label, samples in self.load(loader, 2, multiprocessing_context=context):
                self.assertNotIn("amos_0004", [sample.case_id for sample in samples])
            (why,) = loader.damaged
            self.assertEqual((why.case_id, str(why)), ("amos_0004", "case amos_0004 could not be read by a worker."))

    def test_workers_that_stay(self):
        loader = PatchLoader(root(), **OPTIONS)
        data = self.load(loader, 2, persistent_workers=True)
        for epoch in (0, 1, 7):
            if epoch == 7:
                loader.set_epoch(7)
            parts = [expected(epoch, rank=n, world_size=2) for n in range(2)]
            self.assertEqual(of_tensors(data), interleaved(*parts))

    def test_steps_are_divided(self):
        loader = PatchLoader(root(), steps=7, **OPTIONS)
        self.assertEqual(len(list(self.load(loader, 2))), 7)
        with self.assertRaises(ValueError):
            list(self.load(PatchLoader(root(), steps=1, **OPTIONS), 2))

    def test_errors_come_through(self):
        loader = PatchLoader(root(), **{**OPTIONS, "foreground": 2})
        with self.assertRaises(amos.ArgumentError) as caught:
            list(self.load(loader, 2))
        self.assertIn("foreground", str(caught.exception))

    def test_leaving_early_does_not_hang(self):
        loader = PatchLoader(root(), steps=10000, **OPTIONS)
        for _ in range(3):
            iterator = iter(self.load(loader, 2))
            next(iterator)
            del iterator


def take_part(rank, size, path, meeting, results):
    torch.distributed.init_process_group("gloo", init_method="file://" + meeting, rank=rank, world_size=size)
    loader = PatchLoader(path, **OPTIONS)
    digests = of_tensors(loader)
    steps = torch.tensor([loader.steps])
    torch.distributed.all_reduce(steps)
    results[rank] = (loader.rank, loader.world_size, int(steps), digests)
    torch.distributed.destroy_process_group()


class Distributed(Test):
    @unittest.skipUnless(torch.distributed.is_available(), "this PyTorch has no torch.distributed")
    def test_two_processes_share_the_work(self):
        results = torch.multiprocessing.get_context("spawn").Manager().dict()
        meeting = in_folder("meeting")
        torch.multiprocessing.spawn(take_part, (2, root(), meeting, results), nprocs=2)
        parts = [expected(rank=n, world_size=2) for n in range(2)]
        for rank in range(2):
            self.assertEqual(results[rank][:2], (rank, 2))
            self.assertEqual(results[rank][2], 2 * len(parts[0]))
            self.assertEqual(results[rank][3], parts[rank])
        self.assertFalse(set(parts[0]) & set(parts[1]))


if __name__ == "__main__":
    unittest.main()
