# SPDX-License-Identifier: BSD-3-Clause
"""Objects whose buffer or DLPack tensor has no more information than the protocols require."""

import ctypes

_new_type = ctypes.pythonapi.PyType_FromSpec
_new_type.restype = ctypes.py_object
_new_capsule = ctypes.pythonapi.PyCapsule_New
_new_capsule.restype = ctypes.py_object
_new_capsule.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]


class _View(ctypes.Structure):
    """Py_buffer"""

    _fields_ = [("buf", ctypes.c_void_p), ("obj", ctypes.c_void_p), ("len", ctypes.c_ssize_t),
                ("itemsize", ctypes.c_ssize_t), ("readonly", ctypes.c_int), ("ndim", ctypes.c_int),
                ("format", ctypes.c_char_p), ("shape", ctypes.c_void_p), ("strides", ctypes.c_void_p),
                ("suboffsets", ctypes.c_void_p), ("internal", ctypes.c_void_p)]  # fmt: skip


class _Slot(ctypes.Structure):
    _fields_ = [("slot", ctypes.c_int), ("function", ctypes.c_void_p)]


class _Spec(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("basicsize", ctypes.c_int), ("itemsize", ctypes.c_int),
                ("flags", ctypes.c_uint), ("slots", ctypes.POINTER(_Slot))]  # fmt: skip


_fields = {}  # the fields of each exporter, by its address


@ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.py_object, ctypes.POINTER(_View), ctypes.c_int)
def _get_buffer(exporter, view, flags):
    for name, value in _fields[id(exporter)].items():
        setattr(view.contents, name, value)
    view.contents.obj = id(exporter)
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(exporter))
    return 0


_slots = (_Slot * 2)(_Slot(1, ctypes.cast(_get_buffer, ctypes.c_void_p)), _Slot(0, None))  # 1: Py_bf_getbuffer
_spec = _Spec(b"foreign.Exporter", 16, 0, 0, _slots)
_Exporter = _new_type(ctypes.byref(_spec))
_kept = []


def _address(numbers, kind):
    if numbers is None:
        return None
    _kept.append((kind * len(numbers))(*numbers))
    return ctypes.addressof(_kept[-1])


def buffer(memory, *, itemsize, ndim, format=b"f", shape=None, strides=None, suboffsets=None, readonly=False):
    """An object with this Py_buffer; None is NULL. `memory` is a ctypes object."""
    exporter = _Exporter()
    _kept.append(memory)
    _fields[id(exporter)] = {
        "buf": None if memory is None else ctypes.addressof(memory),
        "len": 0 if memory is None else ctypes.sizeof(memory),
        "itemsize": itemsize,
        "readonly": readonly,
        "ndim": ndim,
        "format": format,
        "shape": _address(shape, ctypes.c_ssize_t),
        "strides": _address(strides, ctypes.c_ssize_t),
        "suboffsets": _address(suboffsets, ctypes.c_ssize_t),
        "internal": None,
    }
    _kept.append(exporter)
    return exporter


class _Tensor(ctypes.Structure):
    """DLManagedTensor"""

    _fields_ = [("data", ctypes.c_void_p), ("device_type", ctypes.c_int32), ("device_id", ctypes.c_int32),
                ("ndim", ctypes.c_int32), ("code", ctypes.c_uint8), ("bits", ctypes.c_uint8), ("lanes", ctypes.c_uint16),
                ("shape", ctypes.c_void_p), ("strides", ctypes.c_void_p), ("byte_offset", ctypes.c_uint64),
                ("context", ctypes.c_void_p), ("deleter", ctypes.c_void_p)]  # fmt: skip


class Tensor:
    """An object with this DLPack tensor on the CPU, which has no deleter; None is NULL. Float: code 2, integers: 1."""

    def __init__(self, memory, *, ndim, code=2, bits=32, lanes=1, shape=None, strides=None, byte_offset=0):
        data = None if memory is None else ctypes.addressof(memory)
        sizes = _address(shape, ctypes.c_int64), _address(strides, ctypes.c_int64)
        self.memory = memory
        self.tensor = _Tensor(data, 1, 0, ndim, code, bits, lanes, *sizes, byte_offset, None, None)

    def __dlpack__(self):
        return _new_capsule(ctypes.addressof(self.tensor), b"dltensor", None)


class _Versioned(ctypes.Structure):
    """DLManagedTensorVersioned"""

    _fields_ = [("major", ctypes.c_uint32), ("minor", ctypes.c_uint32), ("context", ctypes.c_void_p),
                ("deleter", ctypes.c_void_p), ("flags", ctypes.c_uint64), *_Tensor._fields_[:-2]]  # fmt: skip


class ReadOnlyTensor:
    """An array of uint8, packed with the last axis fastest, as a read-only tensor, which only version 1 can express."""

    def __init__(self, array, major=1):
        shape = _address(array.shape, ctypes.c_int64)
        self.array, self.released = array, 0
        self._deleter = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(self._release)
        deleter = ctypes.cast(self._deleter, ctypes.c_void_p)
        self.tensor = _Versioned(major, 0, None, deleter, 1, array.ctypes.data, 1, 0, array.ndim, 1, 8, 1, shape, None, 0)

    def _release(self, managed):
        self.released += 1

    def __dlpack__(self, *, stream=None, max_version=None):
        if max_version is None:
            raise BufferError("read-only")
        return _new_capsule(ctypes.addressof(self.tensor), b"dltensor_versioned", None)
