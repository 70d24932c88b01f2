#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""A peer for the benchmark of scores: usage: peer_surface_distance.py REFERENCE PREDICTION

google-deepmind/surface-distance is not in Debian, so its published method runs here on numpy and scipy, like its users
run it: organ by organ, on the crop around the organ in both masks, with two distance transforms. Prints a JSON object:
the milliseconds of all organs (without reading) and the numbers, which the benchmark compares with ours.
"""
import itertools
import json
import sys
import time

import nibabel
import numpy
from scipy import ndimage

TOLERANCES = (1.0, 2.0)
BITS = 2 ** numpy.arange(8).reshape(2, 2, 2)  # the eight voxels of a block, x slowest


def triangle(spacing, normal):
    x, y, z = (component / 8 for component in normal)
    return numpy.linalg.norm([x * spacing[1] * spacing[2], y * spacing[0] * spacing[2], z * spacing[0] * spacing[1]])


def on_axis(spacing, axis, along, across):
    return triangle(spacing, [along if a == axis else across for a in range(3)])


def part_area(spacing, part):
    """The marching-cubes area of the voxels of a block that are connected by faces; at most four voxels."""
    neighbours = {c: [d for d in part if sum(abs(a - b) for a, b in zip(c, d)) == 1] for c in part}
    flat = [a for a in range(3) if len({c[a] for c in part}) == 1]
    if len(part) == 1:
        return triangle(spacing, (1, 1, 1))
    if len(part) == 2:
        return 2 * on_axis(spacing, next(a for a in range(3) if a not in flat), 0, 2)
    if len(part) == 3:
        return on_axis(spacing, flat[0], 4, 0) + triangle(spacing, (2, 2, 2)) + triangle(spacing, (1, 1, 1))
    if flat:
        return 2 * on_axis(spacing, flat[0], 4, 0)
    if max(len(n) for n in neighbours.values()) == 3:
        return 2 * (triangle(spacing, (1, 1, 1)) + triangle(spacing, (2, 2, 2)))
    first, second = (c for c in part if len(neighbours[c]) == 2)
    middle = next(a for a in range(3) if first[a] != second[a])
    return (triangle(spacing, (3, 3, 3)) + triangle(spacing, (1, 1, 1))
            + sum(on_axis(spacing, a, 0, 2) for a in range(3) if a != middle))


def block_area(spacing, code):
    corners = {c for c in itertools.product((0, 1), repeat=3) if code & BITS[c]}
    if len(corners) > 4:
        corners = set(itertools.product((0, 1), repeat=3)) - corners
    area = 0.0
    while corners:
        part, grown = set(), {min(corners)}
        while part != grown:
            part = grown
            grown = {d for d in corners if any(sum(abs(a - b) for a, b in zip(c, d)) <= 1 for c in part)}
        area += part_area(spacing, part)
        corners -= part
    return area


def surface(mask, areas):
    codes = ndimage.correlate(mask.astype(numpy.uint8), BITS.astype(numpy.uint8), mode="constant", cval=0)
    return (codes != 0) & (codes != 255), areas[codes]


def distances(borders, other, weights, spacing):
    """The distance of each surface point to the other surface, near ones first, with its area."""
    if other.any():
        field = ndimage.distance_transform_edt(~other, sampling=spacing)
    else:
        field = numpy.full(other.shape, numpy.inf)
    far, area = field[borders], weights[borders]
    order = numpy.argsort(far)
    return far[order], area[order]


def percentile(far, area, share):
    if far.size == 0:
        return numpy.inf
    place = numpy.searchsorted(numpy.cumsum(area) / area.sum(), share)
    return far[min(place, far.size - 1)]


def score_organ(reference, prediction, areas, spacing):
    both = reference | prediction
    if not both.any():
        return None
    box = ndimage.find_objects(both)[0]
    # One layer of padding in front of the box: a block has voxels on both sides of its corner.
    crops = [numpy.pad(mask[box], 1) for mask in (reference, prediction)]
    (border_r, weight_r), (border_p, weight_p) = (surface(crop, areas) for crop in crops)
    far_r, area_r = distances(border_r, border_p, weight_r, spacing)
    far_p, area_p = distances(border_p, border_r, weight_p, spacing)
    total = area_r.sum() + area_p.sum()
    result = {"dice": 2 * (reference & prediction).sum() / (reference.sum() + prediction.sum())}
    for tolerance in TOLERANCES:
        close = area_r[far_r <= tolerance].sum() + area_p[far_p <= tolerance].sum()
        result[f"nsd_{tolerance:g}mm"] = close / total
    for name, share in (("hd95", 0.95), ("hd", 1.0)):
        result[name] = max(percentile(far_r, area_r, share), percentile(far_p, area_p, share))
    with numpy.errstate(invalid="ignore"):
        result["assd"] = ((far_r * area_r).sum() + (far_p * area_p).sum()) / total
    return {name: float(value) for name, value in result.items()}


def main():
    images = [nibabel.load(path) for path in sys.argv[1:3]]
    reference, prediction = (numpy.asarray(image.dataobj).astype(numpy.uint8) for image in images)
    spacing = [float(numpy.linalg.norm(images[0].affine[:3, axis])) for axis in range(3)]
    areas = numpy.array([0.0] + [block_area(spacing, code) for code in range(1, 255)] + [0.0])
    start = time.perf_counter()
    organs = {label: score_organ(reference == label, prediction == label, areas, spacing) for label in range(1, 16)}
    spent = (time.perf_counter() - start) * 1e3
    print(json.dumps({"milliseconds": spent, "organs": organs}))


if __name__ == "__main__":
    main()
