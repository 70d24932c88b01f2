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
NOTE = """
A written file is one gzip member of pieces that end where slices do, about 512 KiB of voxels each. No piece refers to
the one before it, so that threads compress them, the bytes are the same for any number of threads, and each piece is a
point of the seek index. That costs 0.06 % of the size of an image at the best level and 0.9 % of that of a label.

What the levels use was chosen by `build/tests/bench/bench_write levels VOLUME FOLDER`. ISA-L's level 3 is the fastest
and smallest of its levels for noise; for runs its level 1 is ten times as fast and leaves a third less. So the default
level takes the one or the other for each piece, by whether half of its words of 8 bytes equal the word before.

The image by one thread takes 3.7 to 4.0 times less processor time than `nibabel.save()`, around its goal. By perf, 82 %
of the time is ISA-L's level 3 (36 % its search for matches, 10 % writing codes, 5 % making them), 5 % the system's
write() of 28 MB, 1.6 % replacing the old file, 1 % CRC-32. What is allowed for size does not buy time (ISA-L
alone on the pieces of the phantom's image, best of five: level 3 134.5 ms and 27.93 MB; with its largest memory 132.7 ms
and 28.18 MB; level 1 125 ms and 29.31 MB, 1.039 of nibabel's size; level 0 114 ms and 33.4 MB; Huffman codes alone would
leave 20 % more than level 3). Tried, without a gain: pieces of 256 KiB to 2 MiB (within 2 %), levels chosen for parts of
64 KiB (as fast), and the CRC-32 after compressing instead of before. Two threads take the same processor time as one; the
elapsed time also holds what fsync() waits for, which nibabel does not call.

The best size is our own compressor's on scans with voxels of 8 or 16 bits (`src/io/deflate/smallest.h`): 1.0008 of
libdeflate's level 12 on the phantom's image, in 0.4 of its processor time and 0.57 of that of zlib's level 9. On
amos_0018, amos_0302 and amos_0508 the size is 1.0009, 0.998 and 1.0008. Voxels of 32 bits are larger by it, and label
maps and empty slices have long runs, so those pieces keep libdeflate's level 12, which takes most of the time of
amos_0018. Level 8 is the same with one round less over each block.
"""

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
