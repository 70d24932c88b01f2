#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Prints the table of patches of `make bench`: libamos against the limit and the usual alternatives.

usage: PYTHONPATH=BUILD/python bench_patches.py BUILD TREE [--rounds N] [--seconds N] [--json]

BUILD is the build folder, with the Python package and tests/bench/bench_loader; BUILD/bench-patches gets a cache and
the uncompressed copies that the peers read; it can be reused. TREE is a data set with labels. Every method gives
patches of 160x160x96, as float32, clipped to -160..240 and scaled to 0..1, with uint8 labels, at random places of
random cases. Everything is in the page cache. The methods take turns, and a row is a ratio or a rate of medians.
"""
import argparse
import importlib.util
import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
import time

import nibabel
import numpy

import amos
from bench import processor, verdict

PATCH = (160, 160, 96)
THREADS = 2
HAVE_TORCH = importlib.util.find_spec("torch") is not None

# Each row: what is measured, its comparison (or a number of patches), whether it should be at most or at least the
# goal, the goal, and the unit after the number.
ROWS = [
    ("patches/s with cache", 1000, "loader cache", "at least", 300, ""),
    ("patches/s with cache, flips and noise", 1000, "loader augmented", "at least", 150, ""),
    ("patches/s with cache, as float16", 1000, "loader cache half", None, None, ""),
    ("patches/s with cache, balanced over organs", 1000, "loader balanced", None, None, ""),
    ("patches/s with cache, from Python", 1000, "python cache", None, None, ""),
    ("patches/s from cases in memory", 1000, "loader memory", None, None, ""),
    ("patches/s from files, memory for four cases", 1000, "loader cold", None, None, ""),
    ("(a) torch DataLoader, nibabel, .nii.gz / libamos", "torch", "python cache", "at least", 100, " x"),
    ("(b) nibabel, .nii mapped / libamos", "nibabel mapped", "python cache", None, None, " x"),
    ("(c) numpy, .npy mapped / libamos", "numpy mapped", "python cache", "at least", 1.5, " x"),
    ("(d) libamos / decoding and copying to float32", "loader cache", "chunks float", "at most", 1.3, " x"),
    ("    libamos / decoding and copying as stored", "loader cache", "chunks", None, None, " x"),
    ("cache build / reading the data set once", "cache build", "read once", "at most", 1.6, " x"),
    ("    the same, time of the processors", "cache build, processors", "read once, processors", None, None, " x"),
    ("    writing and syncing the cache's bytes / reading", "write once", "read once", None, None, " x"),
    ("cache / .npy, bytes", "cache bytes", "npy bytes", None, None, " x"),
    ("cache / .nii.gz, bytes", "cache bytes", "file bytes", None, None, " x"),
]


# -- the peers ---------------------------------------------------------------------------------------------------------


def scaled(voxels):
    out = voxels.astype(numpy.float32)
    numpy.clip(out, -160, 240, out=out)
    out += 160
    out *= 1 / 400
    return out


def place(random, shape, patch):
    """A random box of the volume, or all of an axis that is shorter than the patch."""
    start = [int(random.integers(max(n - p, 0) + 1)) for n, p in zip(shape, patch)]
    return tuple(slice(a, a + p) for a, p in zip(start, patch))


class Nibabel:
    """Reads whole .nii.gz files and keeps nothing, like a map-style data set of PyTorch."""

    def __init__(self, pairs):
        self.pairs = pairs

    def __len__(self):
        return 1 << 30

    def __getitem__(self, index):
        random = numpy.random.default_rng(index)
        image, label = self.pairs[int(random.integers(len(self.pairs)))]
        image, label = nibabel.load(image), nibabel.load(label)
        box = place(random, image.shape, PATCH)
        return scaled(numpy.asarray(image.dataobj)[box]), numpy.asarray(label.dataobj)[box].astype(numpy.uint8)


def torch_nibabel(pairs):
    import torch.utils.data

    yield from torch.utils.data.DataLoader(Nibabel(pairs), batch_size=1, num_workers=THREADS, collate_fn=lambda x: x[0])


def nibabel_mapped(pairs):
    """Uncompressed .nii through nibabel's memory map."""
    random = numpy.random.default_rng(1)
    while True:
        image, label = pairs[int(random.integers(len(pairs)))]
        image, label = nibabel.load(image), nibabel.load(label)
        box = place(random, image.shape, PATCH)
        yield scaled(numpy.asarray(image.dataobj[box])), numpy.asarray(label.dataobj[box]).astype(numpy.uint8)


def numpy_mapped(pairs):
    """.npy in C order of (z, y, x), mapped once."""
    random = numpy.random.default_rng(1)
    opened = [tuple(numpy.load(path, mmap_mode="r") for path in pair) for pair in pairs]
    while True:
        image, label = opened[int(random.integers(len(opened)))]
        box = place(random, image.shape, PATCH[::-1])
        yield scaled(image[box]), label[box].copy()


def python_cache(dataset, cache):
    scale = amos.Scaling("range", -160, 240)
    loader = amos.Loader(dataset, cache=cache, patch=PATCH, ct=scale, mri=scale, threads=THREADS, steps=1 << 30)
    for batch in loader:
        yield batch


def copies(cases, folder):
    """The names of the files, and of their copies as .nii and .npy."""
    files = [(case.image_path, case.label_path) for case in cases]
    plain, arrays = ([tuple(os.path.join(folder, case.id + kind + suffix) for kind in ("-image", "-label"))
                      for case in cases] for suffix in (".nii", ".npy"))
    for case, nii, npy in zip(cases, plain, arrays):
        if os.path.exists(npy[1]):
            continue
        image, labels = case.load("int16")
        for voxels, to_nii, to_npy in zip((image, labels.voxels), nii, npy):
            amos.write(to_nii, voxels, reference=case.image_path)
            numpy.save(to_npy, numpy.ascontiguousarray(numpy.asarray(voxels).T))
    return files, plain, arrays


# -- measuring ---------------------------------------------------------------------------------------------------------


def milliseconds(patches, seconds):
    """The time of a patch. Patches that a peer's workers prefetched do not count."""
    for _ in range(3 * THREADS):
        next(patches)
    begin = time.perf_counter()
    for count in itertools.count(1):
        next(patches)
        passed = time.perf_counter() - begin
        if passed >= seconds:
            return passed * 1000 / count


def run(command, times):
    """Adds the times that a program prints to the lists in `times`."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"bench_patches: {' '.join(command)} failed:\n{done.stderr}")
    for line in done.stdout.splitlines():
        name, number = line.split("\t")
        times.setdefault(name, []).append(float(number))


def write_once(folder, to):
    """Milliseconds to write the bytes of a folder's files to one file and flush it to disk."""
    contents = []
    for entry in os.scandir(folder):
        with open(entry.path, "rb") as file:
            contents.append(file.read())
    begin = time.perf_counter()
    with open(to, "wb") as file:
        for content in contents:
            file.write(content)
        file.flush()
        os.fsync(file.fileno())
    passed = time.perf_counter() - begin
    os.unlink(to)
    return passed * 1000


def measure_build(program, tree, work, times):
    folder = os.path.join(work, "built")
    shutil.rmtree(folder, ignore_errors=True)
    run([program, "build", tree, folder], times)
    times.setdefault("write once", []).append(write_once(folder, os.path.join(work, "written")))
    shutil.rmtree(folder)


def size_of(paths):
    return sum(os.path.getsize(path) for path in paths)


def measure_sizes(cache, cases, files, arrays):
    ids = {case.id for case in cases}
    labelled = [size for name, size in cache.entries if name.rsplit("-", 2)[0] in ids]
    return {"cache bytes": [sum(labelled)], "npy bytes": [size_of(itertools.chain(*arrays))],
            "file bytes": [size_of(itertools.chain(*files))]}


def measure(options, program):
    work = os.path.join(options.build, "bench-patches")
    os.makedirs(work, exist_ok=True)
    dataset = amos.Dataset(options.tree)
    cases = dataset.cases(has_label=True, has_image=True)
    files, plain, arrays = copies(cases, work)
    cache = amos.Cache(os.path.join(work, "cache"))
    cache.build(dataset, threads=THREADS)
    ways = {"nibabel mapped": nibabel_mapped(plain), "numpy mapped": numpy_mapped(arrays),
            "python cache": python_cache(dataset, cache)}
    if HAVE_TORCH:
        ways["torch"] = torch_nibabel(files)
    times = measure_sizes(cache, cases, files, arrays)
    for _ in range(options.rounds):
        for name, patches in ways.items():
            times.setdefault(name, []).append(milliseconds(patches, options.seconds))
        time.sleep(2)  # the workers go on until their queues are full
        run([program, "draw", options.tree, cache.folder], times)
        measure_build(program, options.tree, work, times)
    return {name: statistics.median(values) for name, values in times.items()}


def ratio(medians, what, against):
    return (medians[what] if isinstance(what, str) else what) / medians[against]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build")
    parser.add_argument("tree")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3, help="of each way of Python's in a round")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    program = os.path.join(options.build, "tests/bench/bench_loader")
    medians = measure(options, program)
    rows = [(title, ratio(medians, what, against), rule, goal, unit) for title, what, against, rule, goal, unit in ROWS
            if what != "torch" or HAVE_TORCH]
    if options.json:
        print(json.dumps({"medians": medians, "rows": {row[0].strip(): row[1] for row in rows}}, indent=1))
        return
    print(f"Labelled patches of {' x '.join(map(str, PATCH))} voxels, {THREADS} threads or workers; {processor()}, "
          f"{os.cpu_count()} processors; medians of {options.rounds} rounds")
    for title, value, rule, goal, unit in rows:
        print(f"{title:52} {value:8.2f}{unit:2}   {verdict(value, rule, goal)}".rstrip())
    if not HAVE_TORCH:
        print("(a) is not measured: PyTorch is not installed (Debian: python3-torch).")


if __name__ == "__main__":
    main()
