# SPDX-License-Identifier: BSD-3-Clause
"""An image and its label to 1.5 x 1.5 x 2 mm, in memory; libamos's memory comes from a pool. SciPy zooms the same voxels
by the same factors, and torch interpolates float32 (linear) and uint8 (nearest). SciPy has one thread. With one
thread the time of the processor is measured. The same positions in map_coordinates() give the same values within rounding: tests/python/test_scipy.py."""
import importlib.util
import time

import nibabel
import numpy

from frame import Row

TITLE = "Resampling"
PER_PAIR = True
SPACING = (1.5, 1.5, 2)
HAVE_SCIPY = importlib.util.find_spec("scipy") is not None
HAVE_TORCH = importlib.util.find_spec("torch") is not None

ROWS = [
    Row("scipy zoom, order 1 / libamos linear, one thread", "scipy linear", "amos linear 1", "at least", 20, peer="scipy"),
    Row("scipy zoom, order 3 / libamos bspline, one thread", "scipy bspline", "amos bspline 1", "at least", 20, peer="scipy"),
    Row("scipy zoom, order 0 / libamos nearest, labels", "scipy labels", "amos labels nearest 1", "at least", 20, peer="scipy"),
    Row("scipy zoom, order 3 / libamos cubic, one thread", "scipy bspline", "amos cubic 1", peer="scipy"),
    Row("torch float32 / libamos float32, one thread", "torch linear 1", "amos linear float32 1", "at least", 1.5, peer="torch"),
    Row("torch float32 / libamos float32, two threads", "torch linear 2", "amos linear float32 2", "at least", 1.5, peer="torch"),
    Row("torch nearest / libamos nearest, one thread", "torch labels 1", "amos labels nearest 1", "at least", 1.5, peer="torch"),
    Row("torch nearest / libamos nearest, two threads", "torch labels 2", "amos labels nearest 2", "at least", 1.5, peer="torch"),
    Row("libamos int16 linear, one thread / two", "amos linear 1", "amos linear 2"),
    Row("libamos labels: majority / nearest", "amos labels majority 1", "amos labels nearest 1"),
]

NOTE = """
The plane is interpolated before slices are put between where that takes fewer sums (the rule is in [conventions](conventions.md#resampling)): for a CT of 512x512x63 to 289x289x158 that is a third of the sums. By perf, 60 % of what was left was waiting for old rows, which are read once and lie far from those before; asking for them two rows ahead (eight for labels) halved the time of both. A bspline is filtered along each axis just before the interpolation along it, so that the second and third filter have fewer numbers; it needs a third of the memory.

Of linear on the phantom's CT now (perf): 29 % sums of two rows of int16 along y, 19 % along x, 14 % along z, 11 % rounding to int16, 12 % for finding and asking for rows. Tried: rounding within the sum along z, without a row between (5 % slower); stripes of 4 to 252 rows (within 3 %). Small label maps (amos_0302, 122x101x30, 0.6 ms) are around their goal: copying is a quarter there, and counting the labels of the result more than half, which SciPy does not do.

One thread takes 15.6 or 25 ms for linear on the phantom's CT, in one process and the next, with the same number of page faults (perf stat): what a virtual machine's pages are made of on its host decides how long far rows are waited for. The row is above or below its goal by that.

The same kernels in float32 were faster by a third, but then a result that lies half between two integers may be rounded the other way, and the rule of docs/training.md would not hold to the last digit; so float64 stayed.
"""


def timed(bench, name, function, threads=1):
    clock = time.process_time if threads == 1 else time.perf_counter
    begin = clock()
    function()
    bench.add(name, (clock() - begin) * 1000)


def measure_scipy(bench, image, labels, factors):
    from scipy.ndimage import zoom

    timed(bench, "scipy linear", lambda: zoom(image, factors, order=1))
    timed(bench, "scipy bspline", lambda: zoom(image, factors, order=3))
    timed(bench, "scipy labels", lambda: zoom(labels, factors, order=0))


def measure_torch(bench, image, labels, factors):
    """The second of two calls, as for libamos."""
    import torch

    volume, organs = torch.from_numpy(image.astype("float32"))[None, None], torch.from_numpy(labels)[None, None]
    resize = torch.nn.functional.interpolate
    for threads in (1, 2):
        torch.set_num_threads(threads)
        resize(volume, scale_factor=factors, mode="trilinear")
        timed(bench, f"torch linear {threads}", lambda: resize(volume, scale_factor=factors, mode="trilinear"), threads)
        timed(bench, f"torch labels {threads}", lambda: resize(organs, scale_factor=factors, mode="nearest-exact"), threads)


def measure(bench, pair):
    image, labels = nibabel.load(pair.image), nibabel.load(pair.label)
    factors = [float(old) / new for old, new in zip(image.header.get_zooms(), SPACING)][::-1]
    voxels = numpy.ascontiguousarray(numpy.asarray(image.dataobj).astype("int16").T)
    organs = numpy.ascontiguousarray(numpy.asarray(labels.dataobj).astype("uint8").T)
    for threads in (1, 2):
        bench.run([bench.program("bench_resample"), pair.image, pair.label, str(threads)])
    if HAVE_SCIPY:
        measure_scipy(bench, voxels, organs, factors)
    if HAVE_TORCH:
        measure_torch(bench, voxels, organs, factors)
