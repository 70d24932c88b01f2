# SPDX-License-Identifier: BSD-3-Clause
"""Connected components against scipy.ndimage."""
import unittest

import numpy
from scipy import ndimage

import amos
from common import Test, phantom

RANKS = {6: 1, 18: 2, 26: 3}


def noise(shape, labels, share, seed):
    random = numpy.random.default_rng(seed)
    voxels = random.integers(1, labels + 1, shape)
    return numpy.asfortranarray(numpy.where(random.random(shape) < share, voxels, 0).astype(numpy.uint8))


def expected(voxels, label, connectivity):
    """(voxels, first voxel, box, centroid) of the components of a label by scipy, the largest first."""
    numbers, count = ndimage.label(voxels == label, ndimage.generate_binary_structure(3, RANKS[connectivity]))
    found = []
    for number in range(1, count + 1):
        places = numpy.argwhere((numbers == number).transpose())[:, ::-1]  # in the order of memory
        box = tuple(map(int, places.min(0))), tuple(map(int, places.max(0) + 1))
        found.append((len(places), tuple(map(int, places[0])), box, tuple(places.mean(0))))
    return sorted(found, key=lambda part: (-part[0], part[1][::-1]))


class Components(Test):
    def assert_components(self, labels, voxels, connectivity, threads):
        components = labels.components(connectivity, threads=threads)
        numbers = numpy.asarray(components.numbers)
        for label in range(1, labels.max_label + 1):
            parts = components.of(label)
            model = expected(voxels, label, connectivity)
            self.assertEqual([(p.voxels, p.first, p.box) for p in parts], [m[:3] for m in model])
            for part, (_, _, _, centroid) in zip(parts, model):
                numpy.testing.assert_allclose(part.centroid_voxel, centroid)
            organ = components.organ(label)
            for number, part in enumerate(parts, organ.first + 1):
                self.assertEqual(int((numbers == number).sum()), part.voxels)
            self.assertEqual(organ.count, len(model))
            self.assertEqual(organ.largest, model[0][0] if model else 0)
            self.assertEqual(organ.voxels, int((voxels == label).sum()))
        numpy.testing.assert_array_equal(numbers > 0, voxels > 0)

    def test_scipy_finds_the_same(self):
        for seed, (shape, labels, share) in enumerate(
            [((9, 8, 7), 3, 0.2), ((20, 11, 6), 2, 0.4), ((1, 1, 1), 1, 1), ((17, 1, 9), 4, 0.7), ((33, 5, 6), 1, 0.3)]
        ):
            voxels = noise(shape, labels, share, seed)
            made = amos.LabelMap.make(voxels)
            for connectivity in (6, 18, 26):
                for threads in (1, 3):
                    self.assert_components(made, voxels, connectivity, threads)

    def test_scipy_finds_the_same_in_a_phantom(self):
        labels = amos.Dataset(phantom())["amos_0001"].label()
        for connectivity in (6, 18, 26):
            self.assert_components(labels, numpy.asarray(labels), connectivity, 2)

    def test_holes_are_those_that_scipy_fills(self):
        voxels = noise((14, 13, 12), 1, 0.8, 5)
        holes = amos.LabelMap.make(voxels).components(holes=True).holes
        filled = ndimage.binary_fill_holes(voxels) & (voxels == 0)
        self.assertGreater(len(holes), 0)
        self.assertEqual(sum(hole.voxels for hole in holes), int(filled.sum()))
        self.assertEqual({hole.label for hole in holes}, {1})


if __name__ == "__main__":
    unittest.main()
