# SPDX-License-Identifier: BSD-3-Clause
"""All cases of a data set: every image read by one thread and by two, every label counted, and a data set of 100,000
empty files opened, which opens no volume."""
import glob
import os

from frame import Row

TITLE = "A data set"
CASES = 100000

ROWS = [
    Row("all cases, 1 thread / 2 threads", "tree 1 thread", "tree 2 threads", "at least", 1.9),
    Row("amos stats, all labels / their raw inflate", "stats", "labels raw", "at most", 1.5),
    Row("amos stats, resident memory a thread / 16 MB", "stats bytes", "16 MB", "at most", 1),
    Row(f"open a data set of {CASES} cases / find", "tree open", "tree find", "at most", 1.5),
]

NOTE = """
Two threads share nothing but the list of cases: by perf 72 % of their time is the decoder, 10 % the kernel clearing new pages and 0.1 % waiting for locks. What is missing from 2 is what the two processors, hyperthreads of one core, and their memory share: runs had 1.66 to 1.97.

Opening 100,000 cases took 0.24 to 0.37 s, and `find` 0.19 to 0.24 s. By perf of opening, 40 % is sorting by id, in which comparing has 29 %: the names of a folder come in no order.

`sh tests/bench/many.sh` makes 9,999 copies of one artificial case of 16 x 14 x 12 voxels and prints what every case costs besides its voxels. With 2 threads, on cores that others used too, `cache build` took 15 s, of them 6 s in the system (161 s and 79 s when a build listed the folder once for every case and flushed every entry alone); `score --json` needed 57 MB (794 MB); `score-compare` 3.5 s and 108 MB (5.5 s and 867 MB), for a file of 94 MB. Of what `score` still takes, 5 KB are the numbers of a case, which the summary needs.
"""


def prepare(bench):
    bench.large = os.path.join(bench.folder, "tree")
    bench.add("16 MB", 16e6)
    for part in ("imagesTr", "labelsTr"):
        os.makedirs(os.path.join(bench.large, part))
        for case in range(1, CASES + 1):
            with open(os.path.join(bench.large, part, f"amos_{case:04}.nii.gz"), "wb"):
                pass


def measure(bench, pair):
    read = bench.program("bench_read")
    labels = sorted(glob.glob(os.path.join(bench.tree, "labels*", "*.nii.gz")))
    bench.run([read, "tree", bench.tree])
    bench.run([read, "labels", bench.tree])
    bench.run_timed([bench.amos, "stats", "-j", "1", *labels], "stats")
    bench.run([read, "open", bench.large])
    bench.run_timed(["/usr/bin/find", bench.large], "tree find")


def derive(medians):
    medians["labels raw"] = min(value for name, value in medians.items() if name.startswith("labels raw "))
