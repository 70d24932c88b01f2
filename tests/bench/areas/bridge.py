# SPDX-License-Identifier: BSD-3-Clause
"""Images of `amos.nibabel.load()` against those of `nibabel.load()`, with and without indexed_gzip: the same calls of
nibabel on both, in one thread, as time of the processor. Whole reads are the best of four. Slices and boxes are far from the last ones, from an image that
is open and has its index; "first" opens the file, and builds the index in an empty folder."""
import contextlib
import importlib.util
import os
import tempfile
import time

import numpy

from frame import Row

TITLE = "nibabel's images"
PER_PAIR = True
HAVE_NIBABEL = importlib.util.find_spec("nibabel") is not None
HAVE_INDEXED = HAVE_NIBABEL and importlib.util.find_spec("indexed_gzip") is not None
TURNS = 10
BOX = (96, 96, 32)

ROWS = [
    Row("get_fdata(), nibabel / libamos", "plain fdata", "amos fdata", "at least", 2, peer="nibabel", large=True),
    Row("get_fdata(float32), nibabel / libamos", "plain float32", "amos float32", "at least", 2, peer="nibabel", large=True),
    Row("stored numbers, nibabel / libamos", "plain stored", "amos stored", "at least", 2, peer="nibabel", large=True),
    Row("get_fdata(), nibabel with indexed_gzip / libamos", "indexed fdata", "amos fdata", peer="indexed_gzip"),
    Row("a slice, nibabel / libamos", "plain slice", "amos slice", "at least", 20, peer="nibabel", large=True),
    Row("a slice, nibabel with indexed_gzip / libamos", "indexed slice", "amos slice", "at least", 5, peer="indexed_gzip",
        large=True),
    Row("a box of 96x96x32, nibabel / libamos", "plain box", "amos box", "at least", 5, peer="nibabel", large=True),
    Row("a box, nibabel with indexed_gzip / libamos", "indexed box", "amos box", "at least", 2, peer="indexed_gzip",
        large=True),
    Row("first slice, nibabel / libamos building its index", "plain first", "amos first", peer="nibabel"),
    Row("first slice, nibabel / libamos without an index", "plain first", "amos first without", peer="nibabel"),
    Row("load() and affine, nibabel / libamos", "plain load", "amos load", peer="nibabel"),
    Row("a slice of amos.nibabel / of amos.Volume", "amos slice", "volume slice"),
]


NOTE = """
libamos inflates with its own decoder and converts while it does; nibabel inflates, and then makes a second array. What both wait for alike, such as 132 MB of fresh memory for a float64 CT, is in the times of both.

The first slice of a file without an index takes up to twice as long as nibabel, because the whole file is read to build the index; the second one has gained that back. Small volumes (below 4 MB) fit the window that indexed_gzip keeps decoded, so that boxes near each other cost it little; there the two are near.
"""


@contextlib.contextmanager
def without_indexed_gzip():
    import nibabel.openers

    before = nibabel.openers.HAVE_INDEXED_GZIP
    nibabel.openers.HAVE_INDEXED_GZIP = False
    try:
        yield
    finally:
        nibabel.openers.HAVE_INDEXED_GZIP = before


def timed(bench, name, work, times=1):
    start = time.process_time()
    for _ in range(times):
        work()
    bench.add(name, (time.process_time() - start) / times * 1e3)


def places(shape, seed):
    """Slices and boxes, the same for all that take turns."""
    rng = numpy.random.default_rng(seed)
    size = [min(a, b) for a, b in zip(BOX, shape)]
    starts = [[int(rng.integers(0, n - s + 1)) for n, s in zip(shape, size)] for _ in range(TURNS)]
    boxes = [tuple(slice(a, a + s) for a, s in zip(start, size)) for start in starts]
    return [int(z) for z in rng.integers(0, shape[2], TURNS)], boxes


def best_of(bench, name, work):
    """The best of four: the first of them waits for fresh memory, which takes a virtual machine up to ten times as long."""
    times = []
    for _ in range(4):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    bench.add(name, min(times) * 1e3)


def whole(bench, kind, load):
    best_of(bench, f"{kind} fdata", lambda: load().get_fdata(caching="unchanged"))
    best_of(bench, f"{kind} float32", lambda: load().get_fdata(dtype=numpy.float32, caching="unchanged"))
    best_of(bench, f"{kind} stored", lambda: load().dataobj.get_unscaled())
    timed(bench, f"{kind} load", lambda: load().affine, TURNS)


def parts(bench, kind, image, seed):
    slices, boxes = places(image.shape, seed)
    numpy.asarray(image.dataobj[:, :, -1])  # what builds an index has it now
    for name, keys in (("slice", [(slice(None), slice(None), z) for z in slices]), ("box", boxes)):
        turns = iter(keys)
        timed(bench, f"{kind} {name}", lambda: numpy.asarray(image.dataobj[next(turns)]), len(keys))


def first(bench, name, load, shape):
    timed(bench, name, lambda: numpy.asarray(load().dataobj[:, :, shape[2] // 2]))


def measure_amos(bench, pair, seed):
    import amos
    import amos.nibabel

    folder = os.path.join(bench.folder, "indexes")
    load = lambda: amos.nibabel.load(pair.image, index_folder=folder)  # noqa: E731
    shape = load().shape
    parts(bench, "amos", load(), seed)
    whole(bench, "amos", load)
    with tempfile.TemporaryDirectory(dir=bench.folder) as fresh:
        first(bench, "amos first", lambda: amos.nibabel.load(pair.image, index_folder=os.path.join(fresh, "new")), shape)
    first(bench, "amos first without", lambda: amos.nibabel.load(pair.image, index="never"), shape)
    volume = amos.Volume(pair.image, index="build", index_folder=folder)
    turns = iter(places(shape, seed)[0])
    numpy.asarray(volume[:, :, -1])
    timed(bench, "volume slice", lambda: volume[:, :, next(turns)], TURNS)


def measure_plain(bench, pair, seed):
    import nibabel

    with without_indexed_gzip():
        whole(bench, "plain", lambda: nibabel.load(pair.image))
        image = nibabel.load(pair.image)
        parts(bench, "plain", image, seed)
        first(bench, "plain first", lambda: nibabel.load(pair.image), image.shape)


def measure_indexed(bench, pair, seed):
    import nibabel

    if HAVE_INDEXED:
        whole(bench, "indexed", lambda: nibabel.load(pair.image))
        parts(bench, "indexed", nibabel.load(pair.image), seed)


def measure(bench, pair):
    """Who is first takes turns."""
    if not HAVE_NIBABEL:
        return
    seed = len(bench.times.get("plain slice", ()))
    ways = [measure_amos, measure_plain, measure_indexed]
    for way in ways[seed % 3 :] + ways[: seed % 3]:
        way(bench, pair, seed)
