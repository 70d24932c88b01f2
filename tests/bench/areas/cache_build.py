# SPDX-License-Identifier: BSD-3-Clause
"""The whole data set is read once into the memory of a pool, and its cache is built, by 2 threads, from files in the page
cache to a new folder on the disk. Resampled is to 1.5 x 1.5 x 2 mm. The time of the processors does not depend on the disk
and little on what else the machine does."""
import os
import shutil
import time

from frame import Row

TITLE = "Cache build"

ROWS = [
    Row("cache build / reading the data set once", "cache build", "read once", "at most", 1.45),
    Row("the same, time of the processors", "cache build, processors", "read once, processors"),
    Row("the same, outside the system", "cache build, user", "read once, user"),
    Row("build with resampling / reading and copying the result", "resampled build", "read and copy", "at most", 2.2),
    Row("writing and syncing the cache's bytes / reading", "write once", "read once"),
]

NOTE = """
Beyond reading, a build without resampling does four things, by perf on phantoms: LZ4 12 % of the processor's time, writing to the page cache and to the disk 7 %, counting intensities 6 %, sorting bytes into planes 3 %. What was done: low bytes are compressed less eagerly (half of the time, 0.4 % larger), chunks are compressed into the buffer of the file, room on the disk is asked for in 4 MiB (a write of 30 MB takes 5.2 ms of the processor, not 7.5), sampled voxels are gathered together. What was tried in vain: other numbers of tables for counting (four are best: 0.24 ns a voxel), larger or smaller writes, writing by mmap (three times as long). Flushing takes 5 to 9 ms a case here, and asking for room on the disk and for writing to begin 5 ms more (strace: fsync 20 times 9 ms, fallocate 153 times 0.4 ms, sync_file_range 133 times 0.4 ms), in which a thread waits and uses no processor. The program's own part is 1.37 to 1.45 times that of reading (three runs on a busy machine, time outside the system); the rest is the system's: a case of 30 MB is copied to pages of the page cache, which a busy virtual machine has to get from its host first (perf then: 22 % of all time in copying to these pages, 5 % in a quiet hour). Runs had 1.21, 1.46, 1.64 and 1.80 for the first row; in the last one writing and syncing the cache's bytes alone, without making them, took 1.65 times the reading. What is left of LZ4 is in the high bytes: soft tissue is around 0 HU, where the sign changes from voxel to voxel, and with it the high byte. An offset before the bytes are sorted would avoid that; it is a change of the format.
"""


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


def derive(medians):
    if "copy resampled" in medians:
        medians["read and copy"] = medians["read once"] + medians["copy resampled"]


def measure(bench, pair):
    for mode in ("build", "resample"):
        folder = os.path.join(bench.folder, mode)
        bench.run([bench.program("bench_loader"), mode, bench.tree, folder])
        if mode == "build":
            bench.add("write once", write_once(folder, os.path.join(bench.folder, "written")))
        shutil.rmtree(folder)
