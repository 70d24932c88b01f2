# SPDX-License-Identifier: BSD-3-Clause
"""Writing .nii.gz: the label and the image of a case by libamos and by nibabel.save(), both with their defaults, and
the best size beside zlib's level 9 and libdeflate's level 12, which compress from memory to memory. libamos also waits
until the file is on the disk; nibabel does not. "One thread" compares processor time, "threads" compares elapsed
time."""
import os
import time

import frame
from frame import Row

TITLE = "Writing"
PER_PAIR = True
SAVED = "nibabel.save"
ROWS = [
    Row("label, one thread: nibabel / libamos", "label nibabel cpu", "label default cpu", "at least", 5, peer=SAVED),
    Row("label, size: libamos / nibabel", "label default size", "label nibabel size", "at most", 1, peer=SAVED),
    Row("image, one thread: nibabel / libamos", "image nibabel cpu", "image default cpu", "at least", 4, peer=SAVED),
    Row("image, threads: nibabel / libamos", "image nibabel wall", "image default, threads wall", "at least", 7,
        peer=SAVED, large=True),
    Row("image, size: libamos / nibabel", "image default size", "image nibabel size", "at most", 1.02, peer=SAVED),
    Row("image, best size: libamos / libdeflate 12", "image best size", "image libdeflate 12 size", "at most", 1.001,
        peer="libdeflate"),
    Row("image, best size, one thread: zlib 9 / libamos", "image zlib 9 cpu", "image best cpu"),
    Row("image, best size, threads: zlib 9 / libamos", "image zlib 9 wall", "image best, threads wall", "at least", 3),
    Row("image, its index made while writing: time of the writing with / without", "image default with index cpu",
        "image default cpu", "at most", 1.02, large=True),
    Row("image, its index: built by reading / the whole of writing with it", "image index by reading cpu",
        "image default with index cpu"),
]
NOTE = """"""

try:
    import nibabel
    import numpy
except ImportError:
    nibabel = None


def save_by_nibabel(bench, kind, path):
    read = nibabel.load(path)
    image = nibabel.Nifti1Image(numpy.asanyarray(read.dataobj), read.affine, read.header)
    target = os.path.join(bench.folder, "nibabel.nii.gz")
    nibabel.save(image, target)
    cpu, wall = time.process_time(), time.perf_counter()
    nibabel.save(image, target)
    bench.add(f"{kind} nibabel cpu", (time.process_time() - cpu) * 1e3)
    bench.add(f"{kind} nibabel wall", (time.perf_counter() - wall) * 1e3)
    bench.add(f"{kind} nibabel size", os.path.getsize(target))


def measure(bench, pair):
    for kind, path in (("image", pair.image), ("label", pair.label)):
        if nibabel:
            save_by_nibabel(bench, kind, path)
        for name, number in frame.read_lines([bench.program("bench_write"), path, bench.folder, str(bench.threads)]):
            bench.add(f"{kind} {name}", number)
