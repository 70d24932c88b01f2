# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

import copy
from typing import Any, Optional

import numpy

from .. import _slicing
from .._bridges.lazy import LazyFile
from .._bridges.needed import needed

_arrayproxy = needed("nibabel.arrayproxy", "amos.nibabel", "nibabel")

if not hasattr(_arrayproxy.ArrayProxy, "_get_unscaled"):  # else nibabel would read the files, and nobody would notice
    raise ImportError("amos.nibabel does not know this version of nibabel: its ArrayProxy reads in another way.")

_EXACT = {"float64": ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64"),
          "float32": ("int8", "uint8", "int16", "uint16", "float32")}  # fmt: skip
"""Types of a file that libamos turns into the type in one pass, bit by bit as nibabel does."""


class ArrayProxy(_arrayproxy.ArrayProxy):
    """nibabel's proxy of the voxels of a file, whose stored numbers come from libamos. Scaling and types are nibabel's."""

    def __init__(self, file_like: Any, spec: Any, *, file: Optional[LazyFile] = None, threads: int = 1, **options: Any) -> None:
        """file_like: a path. spec: a header, or what nibabel takes in place of one."""
        super().__init__(file_like, spec, **{"keep_file_open": False, **options})
        self._file = LazyFile(file_like, index="build") if file is None else file
        self._threads = threads

    def _get_unscaled(self, slicer: Any) -> Any:
        """The stored numbers at NumPy's indices, which are taken as NumPy takes them."""
        info, kind = self._file.info, self._dtype.newbyteorder("=")
        sizes = info.dim[: info.ndim]
        if tuple(self._shape) == sizes:
            stored = _slicing.read(self._file.volume(), sizes, slicer, kind, threads=self._threads)
        else:  # reshaped
            whole = _slicing.read(self._file.volume(), sizes, (), kind, threads=self._threads)
            stored = whole.reshape(self._shape, order="F")[slicer]
        return stored.astype(self._dtype, copy=False)

    def _at_once(self, dtype: Any) -> bool:
        """Whether a read gives the values in this type."""
        info = self._file.info
        name = "" if dtype is None else str(numpy.dtype(dtype))
        if info.dtype not in _EXACT.get(name, ()) or (self._slope, self._inter) != (info.slope, info.inter):
            return False
        if (info.slope, info.inter) == (1, 0):
            return True
        # nibabel adds no intercept of 0, which would turn -0 into 0
        return name == "float64" and (info.inter != 0 or info.slope > 0 and "int" in info.dtype)

    def __array__(self, dtype: Any = None, *arguments: Any, **options: Any) -> Any:
        if not self._at_once(dtype):
            return super().__array__(dtype, *arguments, **options)
        values = self._file.volume().read(numpy.dtype(dtype), frame=None, threads=self._threads)
        return numpy.asarray(values).reshape(self._shape, order="F")

    def reshape(self, shape: Any) -> ArrayProxy:
        """The same voxels in another shape."""
        made = self.copy()
        made._shape = numpy.empty(self._shape, "V0").reshape(shape).shape
        return made

    def copy(self) -> ArrayProxy:
        return copy.copy(self)

    def __repr__(self) -> str:
        return f"<amos.nibabel.ArrayProxy of {self._file!r}>"
