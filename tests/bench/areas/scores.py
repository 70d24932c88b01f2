# SPDX-License-Identifier: BSD-3-Clause
"""All measures of 15 organs on one thread, against reading the two files, and against the method of surface-distance by
numpy and scipy on the same files. Predictions have organs shifted by 1 or 2 voxels; "anywhere" adds 600 false positives
anywhere in the volume, "elsewhere" three organs that are missed and found elsewhere."""
import glob
import importlib.util
import json
import os
import sys

import frame
from frame import Row

TITLE = "Scores"
HERE = os.path.dirname(os.path.abspath(__file__))
HAVE_PEER = all(importlib.util.find_spec(name) for name in ("nibabel", "scipy"))
SHARED = os.environ.get("AMOS_SHARED_DATA", os.path.join(HERE, "..", "..", "..", "..", "shared", "data"))

ROWS = [
    Row("phantom, surface-distance / libamos", "phantom peer", "phantom score", "at least", 50, peer="scipy"),
    Row("phantom, scoring / reading both files", "phantom score", "phantom read", "at most", 6),
    Row("real amos_0018, surface-distance / libamos", "real peer", "real score", "at least", 50, peer="the real pair"),
    Row("real amos_0018, scoring / reading both files", "real score", "real read", "at most", 6, peer="the real pair"),
    Row("false positives anywhere / shifts only", "anywhere score", "shifted score", "at most", 3),
    Row("organs found elsewhere / shifts only", "elsewhere score", "shifted score", "at most", 3),
    Row("memory of scoring / both maps as uint8", "shifted memory", "shifted maps"),
    Row("memory of amos score / both maps as uint8", "command bytes", "command maps", "at most", 3),
    Row("all cases four times, 1 thread / 2 threads", "cases 1", "cases 2", "at least", 1.9),
]

NOTE = """
The peer's numbers are compared with ours by the tests (tests/unit/score, tests/python). The real pair has false positives at the border of the volume. Two threads wait for no lock (perf: 0.1 % in futex calls), but share a core and the kernel, which clears the pages of each case (up to a third of the time on a busy virtual machine). Runs had 1.59 to 1.94.
"""


def pairs_of(tree):
    """(name, reference, prediction) of a phantom and, if it exists, of the real case."""
    reference = sorted(glob.glob(os.path.join(tree, "labelsTr", "*.nii.gz")))[0]
    yield "phantom", reference, os.path.join(tree, "predictions", os.path.basename(reference))
    real = [os.path.join(SHARED, *words) for words in (("amos-mini", "labelsTr", "amos_0018.nii.gz"),
                                                       ("predictions", "amos_0018.nii.gz"))]
    if all(os.path.exists(path) for path in real):
        yield "real", *real


def link_cases(tree, folder):
    """Every case four times, so that the end, with idle threads, counts as little as in practice."""
    labels = sorted(glob.glob(os.path.join(os.path.abspath(tree), "labels*", "*.nii.gz")))
    pairs = [(path, os.path.join(os.path.abspath(tree), "predictions", os.path.basename(path))) for path in labels]
    pairs = [pair for pair in pairs if os.path.exists(pair[1])] * 4
    for i, side in enumerate(("reference", "prediction")):
        os.mkdir(os.path.join(folder, side))
        for number, pair in enumerate(pairs, 1):
            os.symlink(pair[i], os.path.join(folder, side, f"amos_{number:04d}.nii.gz"))


def prepare(bench):
    link_cases(bench.tree, bench.folder)


def measure_memory(bench, reference, prediction):
    shape = json.loads(frame.output_of([bench.amos, "info", "--json", reference]))["shape"]
    bench.run_timed([bench.amos, "score", "-r", reference, "-p", prediction, "-j", "1"], "command")
    bench.add("command maps", 2 * shape[0] * shape[1] * shape[2])


def measure(bench, pair):
    for name, reference, prediction in pairs_of(bench.tree):
        for work, number in frame.read_lines([bench.program("bench_pair"), "1", reference, prediction]):
            bench.add(f"{name} {work}", number)
        if HAVE_PEER and f"{name} peer" not in bench.times:  # it takes minutes, and is hundreds of times slower
            peer = [sys.executable, os.path.join(HERE, "..", "peer_surface_distance.py"), reference, prediction]
            bench.add(f"{name} peer", json.loads(frame.output_of(peer))["milliseconds"])
        if name == "phantom":
            measure_memory(bench, reference, prediction)
    bench.run([bench.program("bench_score"), pair.label])
    for threads in (1, 2):
        bench.run_timed([bench.amos, "score", "-r", os.path.join(bench.folder, "reference"), "-p",
                         os.path.join(bench.folder, "prediction"), "-j", str(threads)], f"cases {threads}")
