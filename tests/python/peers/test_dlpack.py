# SPDX-License-Identifier: BSD-3-Clause
"""The protocol of DLPack: arrays as tensors for other programs, and read-only tensors of others."""

import ctypes
import subprocess
import sys
import unittest

import numpy

import amos
import foreign
from common import SIZE, Test, phantom

_pointer = ctypes.pythonapi.PyCapsule_GetPointer
_pointer.restype = ctypes.c_void_p
_pointer.argtypes = [ctypes.py_object, ctypes.c_char_p]


class Plain(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("device", ctypes.c_int32 * 2), ("ndim", ctypes.c_int32)]


class Versioned(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32 * 2), ("context", ctypes.c_void_p), ("deleter", ctypes.c_void_p),
                ("flags", ctypes.c_uint64), ("tensor", Plain)]  # fmt: skip


def plain(capsule):
    return Plain.from_address(_pointer(capsule, b"dltensor"))


def versioned(capsule):
    return Versioned.from_address(_pointer(capsule, b"dltensor_versioned"))


AT_END = """
import ctypes, sys, amos
pointer = ctypes.pythonapi.PyCapsule_GetPointer
pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
rename = ctypes.pythonapi.PyCapsule_SetName
rename.argtypes = [ctypes.py_object, ctypes.c_char_p]
at_exit = ctypes.CDLL(None)["__cxa_atexit"]
at_exit.argtypes = [ctypes.c_void_p] * 3
kept = []
for name, offset, options in ((b"dltensor", 56, {}), (b"dltensor_versioned", 16, {"max_version": (1, 0)})):
    capsule = amos.Volume(sys.argv[1]).read("float32").__dlpack__(**options)
    at = pointer(capsule, name)
    kept.append(b"used_" + name)
    rename(capsule, kept[-1])
    at_exit(ctypes.c_void_p.from_address(at + offset).value, at, None)  # called when the interpreter is gone
"""


class Protocol(Test):
    def setUp(self):
        self.case = amos.Dataset(phantom())["amos_0001"]
        self.array = amos.Volume(self.case.image_path).read("float32")
        self.address = numpy.asarray(self.array).ctypes.data

    def test_what_may_be_asked_for(self):
        for options in ({}, {"stream": None}, {"stream": -1}, {"max_version": None}, {"max_version": (0, 8)},
                        {"dl_device": (1, 0)}, {"copy": False}, {"copy": None, "dl_device": None}):  # fmt: skip
            capsule = self.array.__dlpack__(**options)
            tensor = plain(capsule)
            self.assertEqual((tensor.data, tuple(tensor.device), tensor.ndim), (self.address, (1, 0), 3))

    def test_copies(self):
        capsule = self.array.__dlpack__(copy=True)
        self.assertNotEqual(plain(capsule).data, self.address)
        before = numpy.array(self.array)
        copied = numpy.ctypeslib.as_array((ctypes.c_float * before.size).from_address(plain(capsule).data))
        numpy.testing.assert_array_equal(copied, before.ravel(order="F"))
        copied[:] = -5
        numpy.testing.assert_array_equal(self.array, before)

    def test_versions(self):
        one = self.array.__dlpack__(max_version=(1, 2))
        self.assertEqual((versioned(one).version[0], versioned(one).flags, versioned(one).tensor.data), (1, 0, self.address))
        labels = self.case.label().voxels
        for array, options, flags in (
            (self.array, {"max_version": (1, 0), "copy": True}, 2),
            (labels, {"max_version": (2, 0)}, 1),
            (labels, {"max_version": (1, 0), "copy": True}, 2),
        ):
            capsule = array.__dlpack__(**options)
            self.assertEqual(versioned(capsule).flags, flags)
        with self.assertRaises(BufferError) as caught:
            labels.__dlpack__()
        self.assertIn("copy()", str(caught.exception))
        capsule = labels.__dlpack__(copy=True)
        self.assertEqual(plain(capsule).ndim, 3)

    def test_what_is_refused(self):
        for options in ({"stream": 1}, {"stream": 0}, {"dl_device": (2, 0)}, {"dl_device": (1, 1)}, {"dl_device": (3, 0)}):
            with self.subTest(options), self.assertRaises(BufferError) as caught:
                self.array.__dlpack__(**options)
            self.assertIn("main memory", str(caught.exception))
        for options in ({"nonsense": 1}, {"dl_device": 1}, {"dl_device": (1,)}, {"max_version": 1}, {"max_version": ("1", 0)},
                        {"stream": "x"}):  # fmt: skip
            with self.subTest(options), self.assertRaises(TypeError):
                self.array.__dlpack__(**options)
        with self.assertRaises(TypeError):
            self.array.__dlpack__(None)

    def test_memory_lives_as_long_as_a_consumer(self):
        capsule = self.array.__dlpack__(max_version=(1, 0), copy=True)
        at = versioned(capsule)
        expected = numpy.array(self.array).ravel(order="F")
        del self.array
        numpy.testing.assert_array_equal((ctypes.c_float * expected.size).from_address(at.tensor.data), expected)

    def test_release_after_the_interpreter_has_ended(self):
        made = subprocess.run([sys.executable, "-c", AT_END, self.case.image_path], capture_output=True, text=True)
        self.assertEqual((made.returncode, made.stderr), (0, ""))

    def test_read_only_tensors_of_others(self):
        labels = numpy.ascontiguousarray(self.case.label().voxels)
        given = foreign.ReadOnlyTensor(labels)
        numpy.testing.assert_array_equal(amos.LabelMap.make(given, reference=self.case.label_path).voxels, labels)
        self.assertEqual(given.released, 1)
        with self.assertRaises(BufferError):
            amos.Volume(self.case.label_path).read_into(given)
        self.assertEqual(given.released, 2)
        newer = foreign.ReadOnlyTensor(labels, major=2)
        with self.assertRaises(ValueError) as caught:
            amos.LabelMap.make(newer)
        self.assertIn("version", str(caught.exception))
        self.assertEqual((newer.released, labels.shape), (1, SIZE))


if __name__ == "__main__":
    unittest.main()
