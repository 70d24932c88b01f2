# SPDX-License-Identifier: BSD-3-Clause
"""Stitchers: the labels of the whole sum, from tiles of any type, mirrored or not, whole or plane by plane."""
import weakref

import numpy

import amos
from common import Test

SHAPE, PATCH, CHANNELS = (50, 37, 20), (16, 24, 8), 3


def tiles_of(tiling, seed=1):
    """Values that float16 can hold."""
    random = numpy.random.default_rng(seed)
    return [(random.integers(-200, 200, (CHANNELS,) + PATCH[::-1]) / 8).astype("float32") for _ in range(len(tiling))]


def mirrored(tile, axes):
    names = {"x": 3, "y": 2, "z": 1}
    return numpy.ascontiguousarray(numpy.flip(tile, [names[axis] for axis in axes])) if axes else tile


class Stitchers(Test):
    def setUp(self):
        self.tiling = amos.Tiling(SHAPE, PATCH, threads=2)
        self.tiles = tiles_of(self.tiling)
        sum = numpy.zeros(self.tiling.sum_shape(CHANNELS), "float32")
        for index, tile in enumerate(self.tiles):
            self.tiling.add(index, tile, sum)
        self.expected = numpy.asarray(self.tiling.argmax(sum))

    def test_labels_are_those_of_the_sum(self):
        for type in ("float32", "float16"):
            stitcher = amos.Stitcher(self.tiling, CHANNELS)
            for index, tile in enumerate(self.tiles):
                self.assertEqual(stitcher.next, (index, ""))
                stitcher.add(tile.astype(type))
            self.assertIsNone(stitcher.next)
            self.assertEqual(stitcher.planes, SHAPE[2])
            labels = stitcher.labels
            del stitcher  # the labels have their memory
            numpy.testing.assert_array_equal(labels, self.expected)

    def test_memory_is_less_than_that_of_the_sum(self):
        tall = amos.Tiling((64, 64, 256), (64, 32, 32))
        self.assertLess(amos.Stitcher(tall, 16).nbytes, 64 * 64 * 256 * 16 * 4 / 5)

    def test_mirrored_tiles_count_as_one(self):
        stitcher, order = amos.Stitcher(self.tiling, CHANNELS, flips="zx"), []
        while stitcher.next:
            index, axes = stitcher.next
            order.append((index, axes))
            stitcher.add(mirrored(self.tiles[index], axes))
        self.assertEqual(order[:5], [(0, ""), (0, "x"), (0, "z"), (0, "xz"), (1, "")])
        numpy.testing.assert_array_equal(stitcher.labels, self.expected)

    def test_a_function_takes_planes(self):
        parts = []
        stitcher = amos.Stitcher(self.tiling, CHANNELS, take=lambda labels, start, stop: parts.append((labels, start, stop)))
        for tile in self.tiles:
            stitcher.add(tile)
        self.assertIsNone(stitcher.labels)
        self.assertEqual([start for _, start, _ in parts], [0] + [stop for _, _, stop in parts][:-1])
        numpy.testing.assert_array_equal(numpy.concatenate([part[0] for part in parts], 2), self.expected)

    def test_its_exception_is_passed_on(self):
        def refuse(labels, start, stop):
            raise KeyError("enough")

        stitcher = amos.Stitcher(self.tiling, CHANNELS, take=refuse)
        with self.assertRaisesRegex(KeyError, "enough"):
            for tile in self.tiles:
                stitcher.add(tile)
        with self.assertRaisesRegex(amos.ArgumentError, "stopped"):
            stitcher.add(self.tiles[0])

    def test_what_does_not_fit(self):
        stitcher = amos.Stitcher(self.tiling, CHANNELS)
        for tile in (self.tiles[0][:2], self.tiles[0].astype("float64"), self.tiles[0].T, self.tiles[0][:, :, :, ::-1],
                     self.tiles[0].astype(">f2"), self.tiles[0].astype("int32")):
            with self.assertRaises(ValueError):
                stitcher.add(tile)
        self.assertEqual(stitcher.next, (0, ""))
        for given in ({"channels": 0}, {"channels": 257}, {"channels": 3, "flips": "w"}):
            with self.assertRaises(ValueError):
                amos.Stitcher(self.tiling, **given)
        with self.assertRaises(ValueError):
            amos.Tiling(SHAPE, PATCH, threads=-1)
        for tile in self.tiles:
            stitcher.add(tile)
        with self.assertRaisesRegex(amos.ArgumentError, "All"):
            stitcher.add(tile)

    def test_nothing_is_kept(self):
        class Take:
            def __call__(self, labels, start, stop):
                pass

        take = Take()
        gone = weakref.ref(take)
        stitcher = amos.Stitcher(self.tiling, CHANNELS, take=take)
        del take
        self.assertIsNotNone(gone())
        del stitcher
        self.assertIsNone(gone())

