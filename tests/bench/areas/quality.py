# SPDX-License-Identifier: BSD-3-Clause
"""Label quality: the facts of the label alone, and of label and image, from memory on one thread, against decoding the files and
against scipy.ndimage.label on the same masks, one organ after the other. In processor time, which other programs on the machine
disturb least."""
import time

from frame import Row

try:
    import nibabel
    import numpy
    from scipy import ndimage
except ImportError:
    ndimage = None

TITLE = "Label quality"
PER_PAIR = True

ROWS = [
    Row("facts of the label / decoding the label", "facts of the label", "decode label", "at most", 1.5),
    Row("facts of label and image / decoding both", "facts of both", "decode both", "at most", 1.5),
    Row("scipy.ndimage.label / facts of the label", "scipy 26", "facts of the label", "at least", 20, peer="scipy"),
    Row("scipy.ndimage.label in boxes / facts of the label", "scipy 26 in boxes", "facts of the label", peer="scipy"),
]

NOTE = """
The facts of a label are components, holes, borders, contacts and the digest of all organs; those of both are also the mean of each organ, slices, percentiles, digest and edges of the image. scipy makes the numbers of components alone. What findings are made from facts takes less than a millisecond for a data set of this size.
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
    bench.run([bench.program("bench_quality"), pair.image, pair.label])
    if ndimage is None:
        return
    voxels = numpy.asarray(nibabel.load(pair.label).dataobj).astype(numpy.uint8).T  # scipy is fastest in C order
    structure = ndimage.generate_binary_structure(3, 3)
    timed(bench, "scipy 26", label_all, voxels, structure)
    timed(bench, "scipy 26 in boxes", label_boxes, voxels, structure)


def derive(medians):
    if "decode label" in medians:
        medians["decode both"] = medians["decode label"] + medians["decode image"]
