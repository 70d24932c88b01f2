# SPDX-License-Identifier: BSD-3-Clause
"""The outputs of a network for overlapping tiles, joined into labels: 16 classes, a volume of 256x256x128 voxels, tiles
of 128x128x64 with half overlap and Gaussian weights, so 27 tiles of 67 MB as float32. The peers do the arithmetic of
MONAI's sliding-window inference and of nnU-Net's predictor, in numpy and in torch: for each tile the sum of the weighted
values and the sum of the weights, then a division, then argmax. Each way runs in a process of its own, and the tiles are
in memory before. The sum and the peers' arrays are memory that was used before, as for the second volume of many; "a new
sum" is fresh memory.
Memory is the growth of the largest resident size beyond the tiles; it is compared with the sum of float32 that the peers
make."""
import subprocess
import sys

import frame
from frame import Row

TITLE = "Stitching"
SHAPE, PATCH = (256, 256, 128), (128, 128, 64)
CHANNELS = 16

ROWS = [
    Row("sum and argmax, numpy / libamos", "numpy again", "again", "at least", 5, peer="numpy"),
    Row("sum and argmax, torch / libamos", "torch again", "again", "at least", 1.5, peer="torch"),
    Row("sum and argmax with a new sum, numpy / libamos", "numpy", "sum", peer="numpy"),
    Row("sum and argmax with a new sum, torch / libamos", "torch", "sum", peer="torch"),
    Row("sum and argmax, one thread / two", "again 1", "again"),
    Row("sum and argmax, one thread / adding as many values in one stretch", "again 1, processors", "limit, processors"),
    Row("argmax on the fly, numpy / libamos", "numpy", "labels", "at least", 5, peer="numpy"),
    Row("argmax on the fly, torch / libamos", "torch", "labels", "at least", 1.5, peer="torch"),
    Row("the same with float16 tiles, torch (float32) / libamos", "torch", "half", peer="torch"),
    Row("sum and argmax, numpy / libamos, one thread, time of the processor", "numpy again, processors",
        "again 1, processors", peer="numpy"),
    Row("sum and argmax, torch / libamos, time of the processors", "torch again, processors", "again, processors",
        peer="torch"),
    Row("on the fly, torch / libamos, time of the processors", "torch, processors", "labels, processors", peer="torch"),
    Row("memory of sum and argmax / the sum", "sum memory", "sum result", "at most", 1.1),
    Row("memory of argmax on the fly / the sum", "labels memory", "sum result", "at most", 1.1),
    Row("memory of argmax on the fly / what it says it needs", "planes memory", "planes promised", "at most", 1.1),
    Row("memory of numpy / the sum", "numpy memory", "sum result", peer="numpy"),
    Row("memory of torch / the sum", "torch memory", "sum result", peer="torch"),
]

NOTE = """
On the fly is the way to take. New memory is the kernel's work more than the program's, and in a virtual machine that gives pages back to its host it costs any price at any time: runs had 1.04 to 5.5 (numpy) for the row with a new sum alone. So sum and argmax with a goal use memory that the program has, in all ways. The peers make an array of 67 MB for each tile; malloc keeps it for them (MALLOC_MMAP_MAX_=0), which is to their advantage: numpy took 3.0 to 3.3 s with it, 3.9 to 5.9 s without, in turns.

Runs had 3.8 to 7.9 for sum and argmax, numpy / libamos, by what the memory of the machine gives: libamos moves 12 bytes a value and is near that limit, numpy is not. Earlier ones had 2.98 for another reason too: a plane of a channel was an item of work of 0.01 ms, and the caller's thread woke up for each of 27,648. By perf 41 % of the time of two threads was the kernel's, and they took 0.50 to 0.58 s where one took 0.31 to 0.41. Now threads take planes in groups, eight groups for each thread.

Adding moves 12 bytes a value, and the row of adding in one stretch says how far it is from the machine's limit: rows of a tile are half a row of the sum, so the streams of the processor's prefetcher break off. Fetching the sum eight rows ahead instead of one is 5 to 15 % faster. Tried: huge pages for the caller's sum (5 % faster once they are there, but slow to get), AVX-512 (no faster than AVX2 with rows fetched ahead), walking along columns of 64 to 256 bytes of the rows (up to 30 % slower), blocks of rows of 16 KB to 1 MB (no difference). The result of argmax on the fly is 8 MB of labels; beside them it needs the open rows, 0.38 of the sum here.
"""

# malloc() of glibc keeps what was freed: the peers make an array for each tile, and find its memory again.
KEPT = ["env", "MALLOC_MMAP_MAX_=0", f"MALLOC_TRIM_THRESHOLD_={1 << 40}"]

# What the peers run: make(), zeros() and to_labels() are theirs, the loop is the same.
PEER = '''
import sys, time
import numpy

def status_of(name):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(name)) * 1024

name, way, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
shape, patch, channels = {shape}, {patch}, {channels}
if name == "torch":
    import torch
    torch.set_num_threads(threads)
    make, zeros = torch.from_numpy, torch.zeros
    to_labels = lambda sum: sum.argmax(0).to(torch.uint8)
else:
    make, zeros = lambda array: array, lambda shape: numpy.zeros(shape, numpy.float32)
    to_labels = lambda sum: sum.argmax(0).astype(numpy.uint8)

def starts(side, size):
    step, room = max(1, size // 2), side - size
    gaps = 0 if room <= 0 else -(-room // step)
    return [(i * room + gaps // 2) // gaps for i in range(gaps + 1)] if gaps else [0]

def bell(size):
    return numpy.exp(-0.5 * ((numpy.arange(size) - (size - 1) / 2) / (size / 8)) ** 2)

def stitch(sum, count):
    boxes = [tuple(slice(a, a + n) for a, n in zip((z, y, x), patch)) for z in starts(shape[0], patch[0])
             for y in starts(shape[1], patch[1]) for x in starts(shape[2], patch[2])]
    for number, box in enumerate(boxes):
        sum[(slice(None), *box)] += tiles[number % 2] * weights
        count[box] += weights
    sum /= count
    return to_labels(sum)

shape, patch = shape[::-1], patch[::-1]
weights = make(numpy.multiply.outer(numpy.multiply.outer(bell(patch[0]), bell(patch[1])), bell(patch[2])).astype("float32"))
tiles = [make(numpy.random.default_rng(k).random((channels, *patch), dtype=numpy.float32)) for k in range(2)]
again = way == "again"
if again:
    sum, count = zeros((channels, *shape)), zeros(shape)
    stitch(sum, count)
with open("/proc/self/clear_refs", "w") as file:
    file.write("5")  # a process inherits the largest resident size of the one that started it
before, begin, used = status_of("VmRSS"), time.perf_counter(), time.process_time()
if again:
    sum[...] = 0
    count[...] = 0
else:
    sum, count = zeros((channels, *shape)), zeros(shape)
stitch(sum, count)
name += " again" * again
print(f"{{name}}\\t{{(time.perf_counter() - begin) * 1000}}")
print(f"{{name}}, processors\\t{{(time.process_time() - used) * 1000}}")
print(f"{{name}} memory\\t{{status_of('VmHWM') - before}}")
'''.format(shape=SHAPE, patch=PATCH, channels=CHANNELS)


def text_of(size):
    return "x".join(str(n) for n in size)


def has(module):
    return subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True).returncode == 0


def prepare(bench):
    bench.peers = [name for name in ("numpy", "torch") if has(name)]


def measure(bench, pair):
    own, sizes = bench.program("bench_stitch"), [text_of(SHAPE), text_of(PATCH)]
    for way in ("sum", "labels", "half", "planes"):
        bench.run([own, way, *sizes, str(bench.threads)])
    for way in ("again", "limit"):
        bench.run([*KEPT, own, way, *sizes, str(bench.threads)])
    for name, number in frame.read_lines([*KEPT, own, "again", *sizes, "1"]):
        bench.add(name.replace("again", "again 1", 1), number)
    for name in bench.peers:
        bench.run([sys.executable, "-c", PEER, name, "new", str(bench.threads)])
        bench.run([*KEPT, sys.executable, "-c", PEER, name, "again", str(bench.threads)])
