# SPDX-License-Identifier: BSD-3-Clause
"""Entries are copied from one folder to another on the same disk, from the page cache, by one thread: by `amos cache build
--stage`, which opens each case and copies its entry, checks it, flushes it and renames it, and by `cp` with a flush of each
file after it. The time of the processors is that of the whole process, user and system; rates are those of the clock."""
import os
import resource
import shutil
import subprocess
import time

from frame import Row, output_of

TITLE = "Staging"

ROWS = [
    Row("staging / cp with a flush of each file, processors", "staging, processors", "cp and sync, processors"),
    Row("staging / cp with a flush of each file, on the clock", "staging", "cp and sync"),
    Row("staging / cp without a flush, processors", "staging, processors", "cp, processors"),
    Row("MB copied in a second of the clock: staging", "staging MB/s", "one", unit=""),
    Row("MB copied in a second of the clock: cp, flushed", "cp MB/s", "one", unit=""),
]

NOTE = """
Beyond copying, staging reads the copy once more from the page cache and computes the CRC-32 of each member. It is what finds a file server that cuts or exchanges bytes before a training does.
"""


def timed(bench, command, name):
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    passed, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    bench.add(name, passed * 1000)
    bench.add(name + ", processors",
              (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) * 1000)


def bytes_in(folder):
    return sum(entry.stat().st_size for entry in os.scandir(folder) if entry.name.endswith(".zarr.zip"))


def prepare(bench):
    output_of([bench.amos, "cache", "build", bench.tree, "--folder", os.path.join(bench.folder, "upstream")])


def measure(bench, pair):
    upstream, scratch = os.path.join(bench.folder, "upstream"), os.path.join(bench.folder, "scratch")
    entries = [entry.path for entry in os.scandir(upstream)]
    bench.add("bytes", bytes_in(upstream))
    bench.add("entries", len(entries))
    timed(bench, [bench.amos, "cache", "build", bench.tree, "--folder", scratch, "--stage", upstream, "-j", "1"], "staging")
    assert bytes_in(scratch) == bytes_in(upstream)
    shutil.rmtree(scratch)
    os.mkdir(scratch)
    timed(bench, ["sh", "-c", 'to=$1; shift; cp "$@" "$to" && sync "$to"/*', "sh", scratch, *entries], "cp and sync")
    shutil.rmtree(scratch)
    os.mkdir(scratch)
    timed(bench, ["cp", *entries, scratch], "cp")
    shutil.rmtree(scratch)


def derive(medians):
    medians["one"] = 1
    for name, what in ("staging MB/s", "staging"), ("cp MB/s", "cp and sync"):
        medians[name] = medians["bytes"] / 1e6 / (medians[what] / 1000)
