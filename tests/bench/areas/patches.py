# SPDX-License-Identifier: BSD-3-Clause
"""The limit is the same chunks, decoded by LZ4 from memory and copied, by as many threads into as many buffers. The
peers are what people use instead. Every method gives patches of 160x160x96 as float32, clipped to -160..240 and scaled
to 0..1, with uint8 labels, at random places of random cases, with 2 threads or workers. Everything is in the page
cache."""
import importlib.util
import itertools
import os
import sys
import time

import nibabel
import numpy

import amos
from frame import Row

TITLE = "Patches"
PATCH = (160, 160, 96)
THREADS = 2
SECONDS = 3  # of each way of Python's in a round
HAVE_TORCH = importlib.util.find_spec("torch") is not None

ROWS = [
    Row("patches/s with cache", 1000, "loader cache", "at least", 300, ""),
    Row("patches/s with cache, flips and noise", 1000, "loader augmented", "at least", 150, ""),
    Row("patches/s with cache, as float16", 1000, "loader cache half", unit=""),
    Row("patches/s with cache, balanced over organs", 1000, "loader balanced", unit=""),
    Row("patches/s with cache, from Python", 1000, "python cache", unit=""),
    Row("patches/s from cases in memory", 1000, "loader memory", unit=""),
    Row("patches/s from files, memory for four cases", 1000, "loader cold", unit=""),
    Row("(a) torch DataLoader, nibabel, .nii.gz / libamos", "torch", "python cache", "at least", 100, peer="torch"),
    Row("(b) nibabel, .nii mapped / libamos", "nibabel mapped", "python cache"),
    Row("(c) numpy, .npy mapped / libamos", "numpy mapped", "python cache", "at least", 1.5),
    Row("(d) libamos / decoding and copying to float32", "loader cache", "chunks float", "at most", 1.3),
    Row("libamos / decoding and copying as stored", "loader cache", "chunks"),
    Row("cache / .npy, bytes", "cache bytes", "npy bytes"),
    Row("cache / .nii.gz, bytes", "cache bytes", "file bytes"),
]

NOTE = """
Rates depend on the machine; on an older one they were two thirds. (a) is 91 to 204 times, by how fast the machine inflates for nibabel: what libamos takes is the row (d), which is at its limit. (d) leaves little room: decoding one chunk after another into the cache of the processor is all that libamos has beyond the limit.
"""


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


def size_of(paths):
    return sum(os.path.getsize(path) for path in paths)


def measure_sizes(cache, cases, files, arrays):
    ids = {case.id for case in cases}
    labelled = [size for name, size in cache.entries if name.rsplit("-", 2)[0] in ids]
    return {"cache bytes": [sum(labelled)], "npy bytes": [size_of(itertools.chain(*arrays))],
            "file bytes": [size_of(itertools.chain(*files))]}


def prepare(bench):
    """Makes a cache, and the uncompressed copies that the peers read; both stay for the next run."""
    work = os.path.join(bench.build, "bench-patches")
    os.makedirs(work, exist_ok=True)
    dataset = amos.Dataset(bench.tree)
    cases = dataset.cases(has_label=True, has_image=True)
    files, plain, arrays = copies(cases, work)
    bench.cache = amos.Cache(os.path.join(work, "cache"))
    bench.cache.build(dataset, threads=THREADS)
    bench.ways = {"nibabel mapped": nibabel_mapped(plain), "numpy mapped": numpy_mapped(arrays),
                  "python cache": python_cache(dataset, bench.cache)}
    if HAVE_TORCH:
        bench.ways["torch"] = torch_nibabel(files)
    bench.times.update(measure_sizes(bench.cache, cases, files, arrays))


def measure(bench, pair):
    for name, patches in bench.ways.items():
        bench.add(name, milliseconds(patches, SECONDS))
    time.sleep(2)  # the workers go on until their queues are full
    bench.run([bench.program("bench_loader"), "draw", bench.tree, bench.cache.folder])
