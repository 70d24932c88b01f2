# SPDX-License-Identifier: BSD-3-Clause
"""Foreign memory in every function that accepts it: buffers and tensors with missing or unusual fields."""

import array
import ctypes
import unittest

import numpy

import amos
import foreign
from common import SIZE, Test, in_folder, phantom

X, Y, Z = SIZE
COUNT = X * Y * Z
AFFINE = numpy.diag([2, 2, 3, 1]).tolist()


def nested(kind, *shape):
    """An array of arrays of ctypes; the last axis is the fastest, and its buffer has no strides."""
    for size in reversed(shape):
        kind = kind * size
    return kind()


def in_c_order(values, kind):
    """NumPy values in a ctypes array."""
    memory = nested(kind, *values.shape)
    numpy.frombuffer(memory, values.dtype)[:] = values.ravel()
    return memory


def kinds(values, kind, code):
    """The same values (x, y, z) in each kind of memory, with a function that shows that memory to NumPy."""
    packed = values.tobytes()
    shape = values.shape
    whole = numpy.zeros((2 * shape[0], *shape[1:]), values.dtype)
    yield "ctypes", in_c_order(values, kind)
    yield "array.array", memoryview(array.array(code, packed)).cast("B").cast(code, shape)
    yield "bytearray", memoryview(bytearray(packed)).cast(code, shape)
    yield "Fortran", numpy.asfortranarray(values)
    yield "C", numpy.ascontiguousarray(values)
    every_second = whole[::2]
    every_second[:] = values
    yield "strides", every_second
    backwards = numpy.ascontiguousarray(values[::-1, :, ::-1])[::-1, :, ::-1]
    yield "backwards", backwards
    memory = in_c_order(values, kind)
    size = values.itemsize
    yield "no strides", foreign.buffer(memory, itemsize=size, ndim=3, format=code.encode(), shape=shape)
    yield "no suboffsets", foreign.buffer(in_c_order(values, kind), itemsize=size, ndim=3, format=code.encode(),
                                          shape=shape, suboffsets=(-1, -1, -1))
    dl = {"code": 2 if code == "f" else 1, "bits": 8 * size, "shape": shape}
    yield "tensor", foreign.Tensor(in_c_order(values, kind), ndim=3, strides=(shape[1] * shape[2], shape[2], 1), **dl)
    yield "tensor without strides", foreign.Tensor(in_c_order(values, kind), ndim=3, **dl)


def seen(memory):
    """The values in the memory of one of kinds()."""
    if isinstance(memory, foreign.Tensor):
        memory = memory.memory
    return numpy.asarray(memory)


def bad(kind, code):
    """Memory that must be refused: (its description, the memory, a part of the reason)."""
    one = nested(kind, 1)
    size, format = ctypes.sizeof(kind), code.encode()
    yield "one axis", nested(kind, COUNT), "axes x, y, z"
    yield "one axis of an array", array.array(code, bytes(size * COUNT)), "axes x, y, z"
    yield "one axis of bytes", bytearray(COUNT), "axes x, y, z"
    yield "five axes", nested(kind, 1, 1, 1, 1, 1), "axes x, y, z"
    yield "no axes", kind(), "axes x, y, z"
    yield "letters", nested(ctypes.c_char, X, Y, Z), "a type from int8"
    yield "complex numbers", numpy.zeros((X, Y, Z), "complex64"), "a type from int8"
    yield "text", numpy.zeros((X, Y, Z), "S4"), "a type from int8"
    yield "an axis of 0", memoryview(numpy.zeros((0, Y, Z), "f4")), "must not be empty"
    yield "no shape", foreign.buffer(one, itemsize=size, ndim=3, format=format), "no shape"
    yield "no axes and no shape", foreign.buffer(one, itemsize=size, ndim=0, format=format), "axes x, y, z"
    yield "no format for wide items", foreign.buffer(nested(kind, 8), itemsize=8, ndim=3, format=None, shape=(1, 1, 1)), (
        "a type from int8"
    )
    yield "a format of another size", foreign.buffer(nested(kind, 8), itemsize=2, ndim=3, format=b"f", shape=(1, 1, 1)), (
        "a type from int8"
    )
    yield "pointers", foreign.buffer(one, itemsize=size, ndim=3, format=format, shape=(1, 1, 1), strides=(8, 8, 8),
                                     suboffsets=(0, -1, -1)), "one piece"  # fmt: skip
    yield "no memory", foreign.buffer(None, itemsize=size, ndim=3, format=format, shape=(X, Y, Z)), "no memory"
    yield "more than can be", foreign.buffer(one, itemsize=size, ndim=3, format=format, shape=(2**31, 2**31, 2**31)), "fit"
    yield "strides beyond all", foreign.buffer(one, itemsize=size, ndim=3, format=format, shape=(9, 9, 9),
                                               strides=(2**60, 2**60, -(2**62))), "fit"  # fmt: skip
    tensor = {"code": 2 if code == "f" else 1, "bits": 8 * size}
    yield "tensor without a shape", foreign.Tensor(one, ndim=3, **tensor), "no shape"
    yield "tensor without axes", foreign.Tensor(one, ndim=0, **tensor), "axes x, y, z"
    yield "tensor with many axes", foreign.Tensor(one, ndim=9, shape=(1,) * 9, **tensor), "axes x, y, z"
    yield "tensor with -1 axes", foreign.Tensor(one, ndim=-1, **tensor), "axes x, y, z"
    yield "tensor without memory", foreign.Tensor(None, ndim=3, shape=(X, Y, Z), **tensor), "no memory"
    yield "tensor of bits", foreign.Tensor(one, ndim=3, code=1, bits=1, shape=(1, 1, 1)), "a type from int8"
    yield "tensor of lanes", foreign.Tensor(one, ndim=3, lanes=4, shape=(1, 1, 1), **tensor), "a type from int8"
    yield "tensor beyond all", foreign.Tensor(one, ndim=3, shape=(9, 9, 9), strides=(2**62, 1, 1), **tensor), "fit"


class Foreign(Test):
    def setUp(self):
        self.case = amos.Dataset(phantom())["amos_0001"]
        self.volume = amos.Volume(self.case.image_path)
        self.values = numpy.ascontiguousarray(self.volume.read("float32"))
        self.labels = numpy.ascontiguousarray(self.case.label().voxels)

    def odd_kinds(self, values):
        """The same values in types that must be converted."""
        other = values.astype(values.dtype.newbyteorder(">"))
        yield "the other byte order", other, values.dtype
        wide = numpy.zeros((X, Y, 2 * Z), other.dtype)
        wide[:, ::-1, ::2] = other
        yield "the other byte order, strides", wide[:, ::-1, ::2], values.dtype
        half = values.astype("float16")
        yield "float16", half, numpy.dtype("float32")
        yield "float16, the other byte order", half.astype(">f2"), numpy.dtype("float32")
        upper = (half.astype("float32").view("uint32") >> 16).astype("uint16")
        memory = in_c_order(upper, ctypes.c_uint16)
        yield "bfloat16", foreign.Tensor(memory, ndim=3, code=4, bits=16, shape=values.shape), numpy.dtype("float32")

    def test_types_that_are_converted(self):
        path = in_folder("converted.nii")
        labels = self.labels.astype("uint16")
        for name, memory, dtype in self.odd_kinds(labels):
            with self.subTest(name):
                made = amos.LabelMap.make(memory, reference=self.volume)
                numpy.testing.assert_array_equal(made.voxels, labels)
                self.assertEqual(amos.score(self.case.label(), memory).dice, 1)
                amos.write(path, memory, reference=self.volume)
                numpy.testing.assert_array_equal(amos.Volume(path).read(), labels)
                self.assertEqual(amos.Volume(path).dtype, dtype)
                with self.assertRaises(ValueError) as caught:
                    self.volume.read_into(memory)
                self.assertIn("read them into another array", str(caught.exception))
        special = numpy.array([numpy.inf, -numpy.inf, numpy.nan, -0.0, 6e-8, 6e-5, 65504, -1.5], "float16").reshape(2, 2, 2)
        amos.write(path, special, geometry=AFFINE)
        numpy.testing.assert_array_equal(amos.Volume(path).read(), special.astype("float32"))
        every = numpy.arange(65536, dtype="uint16").view("float16").reshape(64, 32, 32)
        amos.write(path, every, geometry=AFFINE)
        numpy.testing.assert_array_equal(amos.Volume(path).read(), every.astype("float32"))

    def test_labels_that_are_bool(self):
        liver = self.labels == 6
        made = amos.LabelMap.make(liver, reference=self.volume)
        self.assertEqual((made.present, made[1].voxels), ([1], liver.sum()))
        self.assertEqual(amos.score(liver, liver, spacing=(1, 1, 1))[1].dice, 1)
        amos.write(in_folder("bool.nii"), liver, reference=self.volume)
        self.assertEqual(amos.Volume(in_folder("bool.nii")).dtype, "uint8")

    def refused(self, call, kind=ctypes.c_float, code="f"):
        for name, memory, reason in bad(kind, code):
            with self.subTest(name):
                with self.assertRaises(ValueError) as caught:
                    call(memory)
                self.assertIn(reason, str(caught.exception))

    def test_reading(self):
        for name, memory in kinds(numpy.zeros_like(self.values), ctypes.c_float, "f"):
            with self.subTest(name):
                self.volume.read_into(memory)
                if name not in ("no strides", "no suboffsets"):
                    numpy.testing.assert_array_equal(seen(memory), self.values)
                again = in_folder("again.nii")
                amos.write(again, memory, reference=self.volume)
                numpy.testing.assert_array_equal(amos.Volume(again).read(), self.values)
        self.refused(self.volume.read_into)

    def test_reading_needs_memory_that_may_be_changed(self):
        packed = self.values.tobytes()
        frozen = self.values.copy()
        frozen.flags.writeable = False
        for memory in (memoryview(packed).cast("f", SIZE), memoryview(bytearray(packed)).toreadonly().cast("B").cast("f", SIZE),
                       memoryview(in_c_order(self.values, ctypes.c_float)).toreadonly(), frozen):  # fmt: skip
            with self.assertRaises(BufferError):
                self.volume.read_into(memory)

    def test_reading_into_memory_at_an_odd_address(self):
        memory = memoryview(bytearray(4 * COUNT + 1))[1:].cast("f", SIZE)
        with self.assertRaises(amos.ArgumentError):
            self.volume.read_into(memory)

    def test_labels(self):
        expected = self.case.label()
        for name, memory in kinds(self.labels, ctypes.c_uint8, "B"):
            with self.subTest(name):
                made = amos.LabelMap.make(memory, geometry=self.volume.geometry)
                numpy.testing.assert_array_equal(made.voxels, self.labels)
                self.assertEqual(made["liver"], expected["liver"])
        without_format = foreign.buffer(in_c_order(self.labels, ctypes.c_uint8), itemsize=1, ndim=3, format=None, shape=SIZE)
        numpy.testing.assert_array_equal(amos.LabelMap.make(without_format, reference=self.volume).voxels, self.labels)
        self.refused(lambda memory: amos.LabelMap.make(memory, reference=self.volume), ctypes.c_uint16, "H")

    def test_labels_at_an_affine(self):
        for name, memory in kinds(self.labels, ctypes.c_uint8, "B"):
            if name not in ("no strides", "no suboffsets", "tensor", "tensor without strides"):
                with self.subTest(name):
                    made = amos.LabelMap.make(memory, geometry=AFFINE)
                    self.assertEqual((made.shape, made.geometry.shape), (SIZE, SIZE))

    def test_labels_that_must_not_be_changed(self):
        for memory in (memoryview(self.labels.tobytes()).cast("B", SIZE),
                       memoryview(in_c_order(self.labels, ctypes.c_uint8)).toreadonly(), self.case.label().voxels):  # fmt: skip
            made = amos.LabelMap.make(memory, reference=self.volume)
            numpy.testing.assert_array_equal(made.voxels, self.labels)

    def test_scores(self):
        for name, memory in kinds(self.labels, ctypes.c_uint8, "B"):
            with self.subTest(name):
                self.assertEqual(amos.score(self.case.label(), memory).dice, 1)
        self.refused(lambda memory: amos.score(self.case.label(), memory), ctypes.c_uint16, "H")

    def test_writing(self):
        path = in_folder("foreign.nii")
        for name, memory in kinds(self.values, ctypes.c_float, "f"):
            with self.subTest(name):
                amos.write(path, memory, reference=self.volume)
                numpy.testing.assert_array_equal(amos.Volume(path).read(), self.values)
        self.refused(lambda memory: amos.write(path, memory, reference=self.volume))

    def test_writing_frames(self):
        path = in_folder("frames.nii")
        frames = in_c_order(numpy.arange(2 * 3 * 4 * 5, dtype="i2").reshape(2, 3, 4, 5), ctypes.c_int16)
        amos.write(path, frames, geometry=AFFINE)
        numpy.testing.assert_array_equal(amos.Volume(path).read(frame=None), numpy.asarray(frames))

    def test_tiles(self):
        tiling = amos.Tiling((6, 5, 4), (6, 5, 4), sigma=0)
        values = numpy.random.default_rng(1).random((2, 4, 5, 6), "f4")
        tiles = {"ctypes": in_c_order(values, ctypes.c_float), "bytes": memoryview(values.tobytes()).cast("f", values.shape),
                 "no strides": foreign.buffer(in_c_order(values, ctypes.c_float), itemsize=4, ndim=4, shape=values.shape),
                 "tensor": foreign.Tensor(in_c_order(values, ctypes.c_float), ndim=4, shape=values.shape)}  # fmt: skip
        for name, tile in tiles.items():
            with self.subTest(name):
                total = nested(ctypes.c_float, 2, 4, 5, 6)
                tiling.add(0, tile, total)
                numpy.testing.assert_array_equal(numpy.asarray(total), values)
                numpy.testing.assert_array_equal(tiling.argmax(total), values.argmax(0).transpose(2, 1, 0))
                numpy.testing.assert_array_equal(tiling.argmax(tile), values.argmax(0).transpose(2, 1, 0))
        good = values.copy()
        odd = memoryview(bytearray(values.nbytes + 1))[1:].cast("f", values.shape)
        for memory in (numpy.asfortranarray(values), values[:, :, :, ::-1], odd):
            for call in (lambda: tiling.add(0, memory, good), lambda: tiling.add(0, values, memory), lambda: tiling.argmax(memory)):
                with self.assertRaises(ValueError):
                    call()
        with self.assertRaises(ValueError) as caught:
            tiling.add(0, values, memoryview(values.tobytes()).cast("f", values.shape))
        self.assertIn("writable", str(caught.exception))
        for call in (lambda memory: tiling.add(0, memory, good), lambda memory: tiling.add(0, values, memory), tiling.argmax):
            self.refused(call)

    def test_batches(self):
        kept = []

        def aligned(size):
            kept.append((ctypes.c_uint8 * (size + 64))())
            start = -ctypes.addressof(kept[-1]) % 64
            return (ctypes.c_uint8 * size).from_buffer(kept[-1], start)

        def loader(buffers):
            return amos.Loader(amos.Dataset(phantom()), patch=(16, 16, 16), seed=1, threads=1, steps=2, buffers=buffers)

        expected = [numpy.asarray(batch.image).copy() for batch in loader(None)]
        for batch, image in zip(loader(aligned), expected):
            numpy.testing.assert_array_equal(batch.image, image)
        self.assertTrue(kept)
        for memory in (lambda size: bytes(size), lambda size: memoryview(aligned(size)).toreadonly(),
                       lambda size: aligned(size - 1), lambda size: memoryview(aligned(2 * size))[::2],
                       lambda size: foreign.buffer(None, itemsize=1, ndim=1)):  # fmt: skip
            with self.assertRaises((BufferError, ValueError, amos.Error)):
                list(loader(memory))

    def test_files_in_memory(self):
        with open(self.case.image_path, "rb") as file:
            content = file.read()
        for memory in (content, bytearray(content), memoryview(content), array.array("B", content),
                       (ctypes.c_uint8 * len(content)).from_buffer_copy(content),
                       numpy.frombuffer(content, "u1")[::-1].copy()[::-1]):  # fmt: skip
            numpy.testing.assert_array_equal(amos.Volume(memory, memory=True).read("float32"), self.values)

    def test_tables(self):
        table = list(range(16))
        table[6], table[7] = 7, 6
        for memory in (table, bytes(table), array.array("B", table), (ctypes.c_uint8 * 16)(*table), numpy.array(table, "u1")):
            numpy.testing.assert_array_equal(self.case.label().renumber(memory).voxels, numpy.array(table)[self.labels])


if __name__ == "__main__":
    unittest.main()
