#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""How much stronger edges of images are at the borders of organs after the best small shift of the label: for the labels of a
data set as they are, and moved by one voxel and by about 4 mm along x, and by one slice. docs/quality.md cites it.

usage: PYTHONPATH=build/python label_shift.py DATASET
"""
import sys

import amos
import numpy


def gain(labels, image, voxels, axis):
    moved = numpy.roll(numpy.asarray(labels), voxels, axis=axis).copy(order="F")
    facts = amos.quality(amos.LabelMap.make(moved, geometry=labels.geometry), image).facts[0]
    return facts["edge_best"] / facts["edge_here"] if facts["edge_here"] else float("nan"), facts["edge_shift"]


def main():
    print("case       spacing          as it is        1 voxel along x   4 mm along x      1 slice")
    for case in amos.Dataset(sys.argv[1]).cases(has_label=True):
        image, labels = case.load("float32")
        spacing = labels.geometry.spacing
        moves = ((0, 0), (1, 0), (max(1, round(4 / spacing[0])), 0), (1, 2))
        found = ["%.3f %-11s" % (ratio, shift) for ratio, shift in (gain(labels, image, *move) for move in moves)]
        print(case.id, "%.2f %.2f %.2f " % spacing, *found)


if __name__ == "__main__":
    main()
