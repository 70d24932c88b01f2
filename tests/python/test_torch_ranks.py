# SPDX-License-Identifier: BSD-3-Clause
"""Ranks of torch.distributed (gloo) in the environment that torchrun sets: 2 and 4 of them share an epoch; one is killed,
and the group is started again from the state that was saved, by as many ranks or by another number of them."""

import json
import os
import signal
import socket
import subprocess
import sys
import unittest
import zlib

import numpy
import torch
import torch.distributed

import amos
from amos.torch import PatchLoader
from common import Test, in_folder, phantom

OPTIONS = {"patch": (24, 24, 16), "batch_size": 2, "seed": 21, "foreground": 0.5, "threads": 1, "patches_per_case": 8}
EPOCHS = 2


def digest(image, label):
    return zlib.crc32(numpy.ascontiguousarray(image)) ^ zlib.crc32(numpy.ascontiguousarray(label), 1)


def worker(tree, folder, tree_cache):
    """What a training does: batches, a step of all ranks together, a state. KILL is "RANK:COUNT of batches"."""
    torch.distributed.init_process_group("gloo", init_method="env://")
    rank, kill = torch.distributed.get_rank(), os.environ.get("KILL", "-1:0").split(":")
    loader = PatchLoader(tree, cache=amos.Cache(tree_cache), **OPTIONS)
    saved = os.path.join(folder, "state.json")
    if os.path.exists(saved):
        with open(saved, encoding="ascii") as file:
            loader.load_state_dict(json.load(file))
    made = 0
    with open(os.path.join(folder, "rank%d.log" % rank), "a", encoding="ascii") as log:
        while loader.state_dict()["epoch"] < EPOCHS:
            for image, label, samples in loader:
                made += 1
                if [str(rank), str(made)] == kill:
                    os.kill(os.getpid(), signal.SIGKILL)
                steps = torch.tensor([1])
                torch.distributed.all_reduce(steps)  # fails if one has died
                log.write("%d\n" % digest(image.numpy(), label.numpy()))
                log.flush()
                if rank == 0:
                    with open(saved + ".tmp", "w", encoding="ascii") as file:
                        json.dump(loader.state_dict(), file)
                    os.replace(saved + ".tmp", saved)
                torch.distributed.barrier()
    torch.distributed.destroy_process_group()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@unittest.skipUnless(torch.distributed.is_available(), "this PyTorch has no torch.distributed")
class Ranks(Test):
    def setUp(self):
        self.tree, self.cache = phantom(6, (80, 72, 48)), in_folder("ranks-cache")
        amos.Cache(self.cache).build(amos.Dataset(self.tree))

    def start(self, world, folder, kill=None):
        """Runs a group to its end; returns the exit codes."""
        os.makedirs(folder, exist_ok=True)
        port, ranks = str(free_port()), []
        for rank in range(world):
            variables = {"RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": str(world), "MASTER_ADDR": "127.0.0.1",
                         "MASTER_PORT": port, "OMP_NUM_THREADS": "1"}
            if kill:
                variables["KILL"] = kill
            ranks.append(subprocess.Popen([sys.executable, os.path.abspath(__file__), self.tree, folder, self.cache],
                                          env={**os.environ, **variables}, stderr=subprocess.DEVNULL))
        return [rank.wait(timeout=300) for rank in ranks]

    def logs(self, folder, world):
        """The batches of each rank since the last call, which starts them anew."""
        found = []
        for rank in range(world):
            path = os.path.join(folder, "rank%d.log" % rank)
            with open(path, encoding="ascii") as file:
                found.append([int(line) for line in file])
            os.remove(path)
        return found

    def epoch(self, world, epoch):
        """The batches of an epoch by their numbers: step * world + rank."""
        parts = []
        for rank in range(world):
            loader = amos.Loader(amos.Dataset(self.tree), rank=rank, world_size=world, **OPTIONS)
            loader.seek(epoch)
            parts.append([digest(batch.image, batch.label) for batch in loader])
        return [item for row in zip(*parts) for item in row]

    def test_ranks_share_an_epoch(self):
        for world in (2, 4):
            folder = in_folder("shared-%d" % world)
            self.assertEqual(self.start(world, folder), [0] * world)
            together = [item for row in zip(*self.logs(folder, world)) for item in row]
            self.assertEqual(together, self.epoch(world, 0) + self.epoch(world, 1))

    def test_a_killed_rank_and_its_group_go_on_from_the_state(self):
        """4 ranks lose one; then 4, 2 and 3 of them finish what was begun."""
        first = self.epoch(4, 0)
        for others in (4, 2, 3):
            folder = in_folder("killed-%d" % others)
            codes = self.start(4, folder, kill="1:3")
            self.assertEqual(codes[1], -signal.SIGKILL)
            self.assertNotIn(0, codes)  # nobody went on without it
            before = [item for row in zip(*(log[:2] for log in self.logs(folder, 4))) for item in row]
            self.assertEqual(before, first[:8])
            self.assertEqual(self.start(others, folder), [0] * others)
            after = [item for row in zip(*self.logs(folder, others)) for item in row]
            left, filled = len(first) - 8, -(-(len(first) - 8) // others) * others
            self.assertEqual(after[:left], first[8:])
            self.assertEqual(after[left:filled], first[: filled - left])
            self.assertEqual(after[filled:], self.epoch(others, 1))


if __name__ == "__main__":
    worker(*sys.argv[1:])
