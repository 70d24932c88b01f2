# SPDX-License-Identifier: BSD-3-Clause
"""Patches of 160x160x96 while the cache is being built: one thread draws from the cases that are in the cache already,
one builds the others from files that are not in the page cache. Beside it the same patches with all cases in the cache
and 2 threads."""
import glob
import os
import shutil
import subprocess
import sys
import time

import amos
from frame import Row

TITLE = "First epoch"
PATCH = (160, 160, 96)

ROWS = [
    Row("patches/s with the cache, 2 threads", 1000, "with cache", unit=""),
    Row("patches/s while it is built", 1000, "while building", unit=""),
    Row("patches/s while the cache is built / with it", "with cache", "while building", "at least", 0.5),
    Row("building a case / drawing a patch", "case", "with cache"),
]

NOTE = """
The loader draws from the cases that had an entry when it was opened; one that is opened later finds more. A loader that makes an entry when a sample first needs it cannot have half of the rate unless each case gives tens of patches in the first epoch: the last row says how many patches the build of one case costs.
"""


def loader_of(dataset, cache, threads):
    scale = amos.Scaling("range", -160, 240)
    return amos.Loader(dataset, cache=cache, patch=PATCH, ct=scale, mri=scale, threads=threads, steps=1 << 30)


def milliseconds(patches, until):
    """The time of a patch, from now until `until` says that it is enough."""
    for _ in range(6):
        next(patches)
    begin, count = time.perf_counter(), 0
    while not until():
        next(patches)
        count += 1
    return (time.perf_counter() - begin) * 1000 / max(count, 1)


def forget(paths):
    """Drops files from the page cache."""
    for path in paths:
        with open(path, "rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def half_tree(tree, to):
    """A tree with links to every second case of the training split."""
    for name in ("imagesTr", "labelsTr"):
        os.makedirs(os.path.join(to, name))
        for path in sorted(glob.glob(os.path.join(tree, name, "*.nii.gz")))[::2]:
            os.symlink(os.path.abspath(path), os.path.join(to, name, os.path.basename(path)))
    return amos.Dataset(to)


def seconds_passed(seconds):
    end = time.perf_counter() + seconds
    return lambda: time.perf_counter() >= end


def measure(bench, pair):
    folder = os.path.join(bench.folder, "cache")
    half = half_tree(bench.tree, os.path.join(bench.folder, "half"))
    cache = amos.Cache(folder)
    begin = time.perf_counter()
    cache.build(half, threads=2)
    bench.add("case", (time.perf_counter() - begin) * 2000 / len(half.cases()))  # of one thread
    loader = loader_of(half, cache, 2)
    bench.add("with cache", milliseconds(iter(loader), seconds_passed(3)))
    loader.close()
    forget(glob.glob(os.path.join(bench.tree, "images*", "*.nii.gz")))
    builder = subprocess.Popen([bench.amos, "cache", "build", bench.tree, "--folder", folder, "-j", "1"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    loader = loader_of(half, cache, 1)
    bench.add("while building", milliseconds(iter(loader), lambda: builder.poll() is not None))
    loader.close()
    if builder.returncode:
        sys.exit("bench: amos cache build failed")
    shutil.rmtree(folder)
    shutil.rmtree(os.path.join(bench.folder, "half"))
