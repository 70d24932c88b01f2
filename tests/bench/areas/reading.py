# SPDX-License-Identifier: BSD-3-Clause
"""The limit is the best raw inflate of ISA-L, libdeflate and zlib on the same bytes, in one call into warm memory. The
peers are nibabel, nifti_clib, ITK (if it is installed) and indexed_gzip. All have one thread, and the time of the
processor is measured, but for files with an index."""
import importlib.util
import os
import sys

from frame import Row

TITLE = "Reading"
PER_PAIR = True
HERE = os.path.dirname(os.path.abspath(__file__))
HAVE_NIBABEL = importlib.util.find_spec("nibabel") is not None

ROWS = [
    Row("whole CT into a reused buffer / raw inflate", "amos stored", "raw", "at most", 1.05, large=True),
    Row("whole CT into memory of a pool / raw inflate", "amos pooled", "raw"),
    Row("whole CT into an array, without a pool / raw inflate", "amos array", "raw", "at most", 1.10, large=True),
    Row("as much fresh memory, without reading / raw inflate", "memory fresh", "raw"),
    Row("nibabel / raw inflate: the most there is to gain", "nibabel stored", "raw", peer="nibabel"),
    Row("whole CT, nibabel / libamos", "nibabel stored", "amos stored", "at least", 3.3, peer="nibabel", large=True),
    Row("whole CT, nifti_clib / libamos", "clib stored", "amos stored", "at least", 3.0, large=True),
    Row("whole CT, ITK / libamos", "itk stored", "amos stored", "at least", 3.3, peer="ITK", large=True),
    Row("CT as float32 / stored", "amos float32", "amos stored", "at most", 1.15, large=True),
    Row("CT as float32, nibabel / libamos", "nibabel float32", "amos float32", "at least", 3.3, peer="nibabel",
        large=True),
    Row("CT turned to RAS / stored", "amos RAS", "amos stored", "at most", 1.15, large=True),
    Row("label map with counts / raw inflate", "label amos", "label raw", "at most", 1.5, large=True),
    Row("label map into memory of a pool / raw inflate", "label amos pooled", "label raw", "at most", 1.5, large=True),
    Row("label counts only / raw inflate", "label amos counts", "label raw", "at most", 1.5, large=True),
    Row("label, nibabel / libamos", "label nibabel", "label amos", peer="nibabel"),
    Row("label, nifti_clib / libamos", "label clib", "label amos"),
    Row("label, ITK / libamos", "label itk", "label amos", peer="ITK"),
    Row("open, nibabel / libamos", "nibabel open", "amos open", "at least", 50, peer="nibabel"),
    Row("open, nifti_clib / libamos", "clib open", "amos open"),
    Row("indexed file, 1 thread / 2 threads", "index whole", "index 2 threads", "at least", 1.75, large=True),
    Row("a slice, nibabel with indexed_gzip / libamos", "nibabel slice", "index slice", "at least", 10, large=True,
        peer="indexed_gzip"),
    Row("middle slice, without / with index", "index slice without", "index slice"),
    Row("160x160x80 box, indexed / its share of slices", "index box", "index whole times share of box", "at most", 1.15,
        large=True),
    Row("index / compressed file, bytes", "index bytes", "file bytes", "at most", 0.04),
    Row("building the index / whole read with zlib", "index build", "index zlib whole", "at most", 1.5, large=True),
]

NOTE = """
With the generated image nibabel takes less than three times what the best raw inflate takes, so the goals against nibabel for a whole CT are out of reach there; the row "the most there is to gain" tells how far they could go. Two threads are hyperthreads of one core of a shared machine. Six runs with a file that has an index gained 1.54 to 1.90.

A float32 image has twice the bytes of the stored one, which is written while it is decoded, so that it takes as long where the machine's memory keeps up; in runs on busy machines it took up to 1.75 times.

On a virtual machine whose host takes back memory that is free, the first use of a huge page waits for the host: in a bad hour 62.9 MB took 140 ms of the processor, twice the decoding, though /proc/vmstat counted no compaction; a second use took 3 ms. The row of fresh memory without reading says what it was in this run. It comes first in each round, so that the reads after it find memory that the machine has. Arrays and label maps that are read one after another do not wait for it, as the library keeps what was freed last (`include/amos/pool.h`); the first ones do. So the label map of amos_0018 took 1.91 times the raw inflate in a run in which fresh memory for its image took three times as long as inflating it, and 1.12 from a pool.

Voxels are inflated in tiles that stay in the processor's cache, and labels are counted there.
"""


def measure(bench, pair):
    bench.run([bench.program("bench_read"), "1", pair.image, pair.label])
    if HAVE_NIBABEL:
        bench.run([sys.executable, os.path.join(HERE, "..", "bench_nibabel.py"), "1", pair.image, pair.label])
    if os.path.exists(bench.program("bench_itk")):
        bench.run([bench.program("bench_itk"), "1", pair.image, pair.label])
    bench.run([bench.program("bench_index"), "3", pair.image])


def best(medians, kind):
    found = [value for name, value in medians.items() if name.startswith(kind + " ")]
    if found:
        medians[kind] = min(found)


def derive(medians):
    best(medians, "raw")
    best(medians, "label raw")
