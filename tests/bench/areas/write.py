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
    Row("label, one thread: nibabel / libamos", "label nibabel cpu", "label default cpu", "at least", 5, peer=SAVED,
        large=True),
    Row("label, size: libamos / nibabel", "label default size", "label nibabel size", "at most", 1, peer=SAVED),
    Row("image, one thread: nibabel / libamos", "image nibabel cpu", "image default cpu", "at least", 4, peer=SAVED,
        large=True),
    Row("image, threads: nibabel / libamos", "image nibabel wall", "image default, threads wall", "at least", 7,
        peer=SAVED, large=True),
    Row("image, size: libamos / nibabel", "image default size", "image nibabel size", "at most", 1.02, peer=SAVED),
    Row("image, best size: libamos / libdeflate 12", "image best size", "image libdeflate 12 size", "at most", 1.001,
        peer="libdeflate"),
    Row("image, best size, one thread: zlib 9 / libamos", "image zlib 9 cpu", "image best cpu"),
    Row("image, best size, threads: zlib 9 / libamos", "image zlib 9 wall", "image best, threads wall", "at least", 3,
        large=True),
    Row("image, its index made while writing: time of the writing with / without", "image default with index cpu",
        "image default cpu", "at most", 1.02, large=True),
    Row("image, its index: built by reading / the whole of writing with it", "image index by reading cpu",
        "image default with index cpu"),
]
NOTE = """
A written file is one gzip member of pieces that end where slices do, about 512 KiB of voxels each. No piece refers to
the one before it, so that threads compress them, the bytes are the same for any number of threads, and each piece is a
point of the seek index. That costs 0.06 % of the size of an image at the best level and 0.9 % of that of a label.

What the levels use was chosen by `build/tests/bench/bench_write levels VOLUME FOLDER`. Scans are compressed by our own
compressor (`src/io/deflate/words.h`), which looks at voxels of 16 bits as wholes. In turns with ISA-L on the same pieces
in one thread (best of seven): the phantom's image 0.63 of the time of ISA-L's level 3, amos_0018 0.42 and amos_0405
(uint8) 0.49 of it; amos_0018 as fast as ISA-L's level 1 with 4 % fewer bytes. For runs, as of label maps, ISA-L's level 1
is three times as fast. So the default level takes the one or the other for each piece, by whether seven of eight of its
words of 8 bytes equal the word before.

By perf, of compressing the image 41 % is walking over the tokens and writing them, 38 % finding matches, 7 % making codes.
Of writing it, 3 to 8 % is the system's write() and what it needs, 1 % CRC-32. Two threads take the same processor time as
one; the elapsed time also holds what fsync() waits for, which nibabel does not call. Tried, without a gain: pieces of 256
KiB to 2 MiB (within 2 %), finding by AVX-512 with scatter (slower than AVX2), lazy matching, and costs of the block before
to choose between match and literals (within 0.5 % of the size, slower). A table of 2^15 pairs instead of 2^14 makes the
phantom's image 0.8 % smaller, but does not fit the first cache; one of 2^13 is 2 % faster and makes it 0.7 % larger. A walk
waits for the length of each token: two walks at once over the halves of a block take 7 % less of the whole, four 1 %. A
version for BMI2 is 2 % faster. Gathers take longer than single loads on this processor.

The best size is our own compressor's on scans with voxels of 8 or 16 bits (`src/io/deflate/smallest.h`): 1.0008 of
libdeflate's level 12 on the phantom's image, in 0.4 of its processor time and 0.57 of that of zlib's level 9. On
amos_0018, amos_0302, amos_0508 and amos_0311 (uint8) the size is 1.0009, 0.998, 1.0006 and 1.0016. Our compressor takes as
long for each byte of any scan. zlib is nearly three times as fast on amos_0018 as on the phantom: three of four voxels there
equal the one before, one of four in the phantom. So the goal of three times zlib's speed is met where a scan is noisy all
over. By perf, of compressing amos_0018 48 % is the walk to the cheapest tokens, a third of it for the lengths of long
matches, and 30 % finding matches. Level 8 has one round less over each block: 0.83 of the time and 0.03 % larger, so 0.11 %
larger than libdeflate's level 12. Voxels of 32 bits are larger by our own compressor, and label maps have long runs, so
those pieces keep libdeflate's level 12.

The index is a few numbers for each piece. Writing with it took 0.92 to 1.08 of the time without it. amos_0018 takes 22 to 23
ms by two threads: 40 ms of the processors, where one thread takes 35, and 2 ms of waiting for the disk.

A label map of a crop (370 KB, 17 KB compressed) takes 1.1 ms of the processor. Half of it (0.55 ms) is compressing, and half
is making a file that is synced and renamed.
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
