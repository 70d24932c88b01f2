# SPDX-License-Identifier: BSD-3-Clause
"""`amos stats` over a data set in a ZIP archive, whose members are stored or deflated, against the unpacked one; one
thread, processor time. Every member is unpacked as far as it is read, and nothing is written."""
import os
import resource
import subprocess
import zipfile

from frame import Row

TITLE = "A data set in a ZIP archive"
ROWS = [
    Row("members stored / unpacked", "stored", "unpacked", "at most", 1.1),
    Row("members deflated / unpacked", "deflated", "unpacked", "at most", 1.3),
]

NOTE = """
A member that is deflated has been compressed twice, and both are inflated, window after window in memory; the outer stream is nearly all literals, as compressed bytes have few matches. By perf, of `amos stats` over the phantoms inflating is 62 % with the archive and 66 % without, copying 4 % and 1 %, CRC-32 of the members and of their content 3 % and 2 %. Runs had 1.20 to 1.35 of the time of the folder for deflated members, 1.00 to 1.10 for stored ones.
"""


def pack(bench, path, method):
    with zipfile.ZipFile(path, "w", method, compresslevel=1) as archive:
        for folder, _, names in sorted(os.walk(bench.tree)):
            if os.path.basename(folder)[:6] in ("images", "labels"):
                for name in sorted(names):
                    file = os.path.join(folder, name)
                    archive.write(file, os.path.relpath(file, bench.tree))


def prepare(bench):
    bench.places = {"unpacked": bench.tree, "stored": os.path.join(bench.folder, "stored.zip"),
                    "deflated": os.path.join(bench.folder, "deflated.zip")}
    pack(bench, bench.places["stored"], zipfile.ZIP_STORED)
    pack(bench, bench.places["deflated"], zipfile.ZIP_DEFLATED)


def measure(bench, pair):
    for name, place in bench.places.items():
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([bench.amos, "stats", "-j", "1", place], stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        bench.add(name, 1e3 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime))
