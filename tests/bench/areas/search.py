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
The reader and its helpers do more than one thread does: of a phantom of 63 MB, 72 ms alone, the reader and one helper used 48 and 50 ms (marked bytes take twice the memory and 1.25 times the time; resolving them takes 0.35 ns a byte; a guess looks at half a block). So two threads gain 1.3 to 1.4 times where each has a processor; on a machine whose processors are shared, what two independent reads gain is the ceiling. Files that shrink to less than a sixth decode at more than 2 GB/s, which leaves nothing to gain, so helpers leave them alone, and label maps too: amos_0018 (6.7 : 1) is measured here to show it, with a path of 1.1 and 1.3.
"""


def measure(bench, pair):
    bench.run([bench.program("bench_ahead"), pair.image])


def derive(medians):
    medians["ahead 2 reads"] = 2 * medians["ahead 1 thread"]
