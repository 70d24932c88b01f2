# SPDX-License-Identifier: BSD-3-Clause
"""A whole .nii.gz that has no index, by several threads: helpers guess where blocks begin and decode ahead of the reader.
What two threads can gain on this machine is shown by two reads side by side, on one thread each. The path of N threads is
the processor time of the busiest of them in the same stream: what a read takes where each thread has a processor of its
own."""
from frame import Row

TITLE = "Several threads without an index"
PER_PAIR = True

ROWS = [
    Row("image, 1 thread / 2 threads", "ahead 1 thread", "ahead 2 threads", "at least", 1.4, large=True),
    Row("two reads one after the other / side by side: the most there is to gain", "ahead 2 reads", "ahead side by side"),
    Row("image, path of 1 thread / of 2", "ahead path of 1", "ahead path of 2", "at least", 1.4, large=True),
    Row("image, path of 1 thread / of 4", "ahead path of 1", "ahead path of 4", "at least", 2, large=True),
]

NOTE = """
The reader and its helpers do more than one thread does: of a phantom of 63 MB, 88 ms alone, the reader and one helper used 51 and 52 ms of the processor, and the read took 62 (medians of five rounds of `bench_ahead`, in which two independent reads took 93 together). By perf the rest is copying a piece to its place (3 %), looking for the blocks (2 to 3 %), resolving marks (2 %) and decoding them (3 %); page faults and waiting have nearly none of it. So two threads gain 1.3 to 1.5 times by the clock where two independent reads gain 1.85 to 1.97. On a machine that gives its processors to others at times, the clock shows that: in runs where the two reads gained 1.27 and 0.64, two threads gained 0.92 and 0.63, while the path was 1.31 to 1.69 in all of them. Files that shrink to less than a sixth decode at more than 2 GB/s, which leaves nothing to gain, so helpers leave them alone, and label maps too: amos_0018 (6.7 : 1) is measured here to show it, with a path of 1.1 and 1.3.
"""


def measure(bench, pair):
    bench.run([bench.program("bench_ahead"), pair.image])


def derive(medians):
    medians["ahead 2 reads"] = 2 * medians["ahead 1 thread"]
