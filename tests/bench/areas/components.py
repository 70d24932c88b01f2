# SPDX-License-Identifier: BSD-3-Clause
"""The connected components of all organs, from a label map in memory: by libamos on one thread, and by scipy.ndimage, one
organ after the other; once over the whole volume as most scripts do, and once within each organ's bounding box. In processor
time, which other programs on the machine disturb least."""
import time

from frame import Row

try:
    import nibabel
    import numpy
    from scipy import ndimage
except ImportError:
    ndimage = None

TITLE = "Components"
PER_PAIR = True

ROWS = [
    Row("26 neighbours, scipy / libamos", "scipy 26", "components 26, 1 thread", "at least", 20, peer="scipy"),
    Row("6 neighbours, scipy / libamos", "scipy 6", "components 6, 1 thread", "at least", 20, peer="scipy"),
    Row("26 neighbours, scipy in boxes / libamos", "scipy 26 in boxes", "components 26, 1 thread", peer="scipy"),
    Row("with holes / decoding the label", "components and holes, 1 thread", "decode", "at most", 1.5),
    Row("find and drop specks / decoding the label", "drop specks", "decode", "at most", 1.5),
]

NOTE = """
libamos makes all components at once, with the size, box, centroid and first voxel of each; scipy makes the numbers alone. The limit of 1.5 times decoding is that of a check of label quality.

Dropping draws the runs that are kept into new memory, and counts them on the way. Before, it copied the voxels, cleared runs and read all voxels once more for the statistics: two times the processor time for finding and dropping. Most of what is left is the kernel's time for new memory, 2 MB at a time: pages without a label are not touched.
"""


def label_all(voxels, structure):
    for organ in range(1, 16):
        ndimage.label(voxels == organ, structure)


def label_boxes(voxels, structure):
    for organ, box in enumerate(ndimage.find_objects(voxels), 1):
        if box:
            ndimage.label(voxels[box] == organ, structure)


def timed(bench, name, work, *arguments):
    begin = time.process_time()
    work(*arguments)
    bench.add(name, 1000 * (time.process_time() - begin))


def measure(bench, pair):
    bench.run([bench.program("bench_components"), pair.label])
    if ndimage is None:
        return
    voxels = numpy.asarray(nibabel.load(pair.label).dataobj).astype(numpy.uint8).T  # scipy is fastest in C order
    for rank, name in ((3, "scipy 26"), (1, "scipy 6")):
        timed(bench, name, label_all, voxels, ndimage.generate_binary_structure(3, rank))
    timed(bench, "scipy 26 in boxes", label_boxes, voxels, ndimage.generate_binary_structure(3, 3))
