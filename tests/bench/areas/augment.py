# SPDX-License-Identifier: BSD-3-Clause
"""Batches of two patches of 128x128x128 voxels as float32 with uint8 labels, all of them changed in every way: flipped,
rotated by up to 30 degrees about each axis and zoomed by 0.7 to 1.4, clipped and scaled, with gamma, contrast,
brightness and noise. libamos draws them from cases in memory by as many threads as the peer has. The peer is torch's
own arithmetic on one batch that is in memory already, so it cuts nothing: affine_grid and grid_sample (linear for the
image, nearest for the label), flip, clamp, pow, mean, randn."""
import time

import numpy

from frame import Row

try:
    import torch
except ImportError:
    torch = None

TITLE = "Augmentation"
SIDE = 128
ROWS = [
    Row("batch with all changes, torch / libamos", "torch", "patches augmented", "at least", 5, peer="torch"),
    Row("the same, time of the processors", "torch, processors", "patches augmented, processors", peer="torch"),
    Row("all changes / cut and scaled only", "patches augmented", "patches"),
    Row("rotated and zoomed / cut and scaled only", "patches rotated", "patches"),
    Row("gamma, contrast, brightness, noise / cut and scaled", "patches toned", "patches"),
]


def matrices(random):
    """Rotation and zoom of each patch, as affine_grid takes them."""
    turns = []
    for _ in range(2):
        turn = numpy.eye(3)
        for axis, angle in enumerate(random.uniform(-numpy.pi / 6, numpy.pi / 6, 3)):
            a, b = (axis + 1) % 3, (axis + 2) % 3
            step = numpy.eye(3)
            step[a, a] = step[b, b] = numpy.cos(angle)
            step[a, b], step[b, a] = -numpy.sin(angle), numpy.sin(angle)
            turn = step @ turn
        turns.append(numpy.hstack([turn / numpy.exp(random.uniform(numpy.log(0.7), numpy.log(1.4))), numpy.zeros((3, 1))]))
    return torch.tensor(numpy.array(turns), dtype=torch.float32)


def augment(image, label, random):
    """What libamos does, with torch. Each number is drawn for each patch, as there."""

    def drawn(low, high):
        return torch.tensor(random.uniform(low, high, (2, 1, 1, 1, 1)), dtype=torch.float32)

    sample = torch.nn.functional.grid_sample
    grid = torch.nn.functional.affine_grid(matrices(random), image.shape, align_corners=False)
    image = sample(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    label = sample(label.float(), grid, mode="nearest", padding_mode="zeros", align_corners=False).to(torch.uint8)
    axes = [axis for axis in (2, 3, 4) if random.random() < 0.5]
    image, label = (image.flip(axes), label.flip(axes)) if axes else (image, label)
    image = (image.clamp(-160, 240) + 160) / 400
    low, high = (f(image, dim=(1, 2, 3, 4), keepdim=True) for f in (torch.amin, torch.amax))
    image = low + (high - low) * ((image - low) / (high - low)).pow(drawn(0.7, 1.5))
    mean = image.mean(dim=(1, 2, 3, 4), keepdim=True)
    image = (image - mean) * drawn(0.75, 1.25) + mean + drawn(-0.1, 0.1)
    return image + torch.randn(image.shape) * drawn(0, 0.1), label


def measure_torch(bench, count=3):
    torch.set_num_threads(bench.threads)
    random = numpy.random.default_rng(1)
    image = torch.tensor(random.uniform(-1000, 400, (2, 1, SIDE, SIDE, SIDE)), dtype=torch.float32)
    label = torch.tensor(random.integers(0, 16, (2, 1, SIDE, SIDE, SIDE)), dtype=torch.uint8)
    augment(image, label, random)
    begin, used = time.perf_counter(), time.process_time()
    for _ in range(count):
        augment(image, label, random)
    bench.add("torch", (time.perf_counter() - begin) * 1000 / count)
    bench.add("torch, processors", (time.process_time() - used) * 1000 / count)


def measure(bench, pair):
    if torch:
        measure_torch(bench)
    bench.run([bench.program("bench_augment"), bench.tree, str(bench.threads)])
