# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

import os
from typing import IO, Any, Callable, NamedTuple, Optional, Sequence, Union

from . import _amos, _geometry, _slicing
from ._closing import Closing
from ._errors import DataError
from ._geometry import Geometry
from ._source import Path, content_of
from ._types import converted, type_name

Progress = Optional[Callable[[int, int], Optional[bool]]]
"""Called with the amount done and the total; a true result stops the work."""
Box = Sequence[Sequence[int]]
"""((x0, y0, z0), (x1, y1, z1)): start <= index < stop."""


_NUMBERS = frozenset(f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)) | {"float32", "float64"}


class VolumeInfo(NamedTuple):
    """The header of a NIfTI file."""

    shape: tuple[int, int, int]
    frames: int
    ndim: int
    dim: tuple[int, ...]
    slope: float
    inter: float
    pixdim: tuple[float, ...]
    qform_code: int
    sform_code: int
    vox_offset: int
    nifti_version: int
    big_endian: bool
    compressed: bool
    is_pair: bool
    extension_count: int
    space_unit: int
    time_unit: int
    intent_code: int
    description: str
    stored_bytes: int
    file_bytes: int
    dtype: str
    path: str


class Range(NamedTuple):
    """Statistics of the finite scaled voxels."""

    min: float
    max: float
    mean: float
    finite: int
    nonfinite: int


def open_options(strict: bool, lenient: bool, inflate: str, index: str, index_folder: Optional[Path]) -> dict[str, Any]:
    return {
        "flags": (_amos.OPEN_STRICT if strict else 0) | (_amos.OPEN_LENIENT if lenient else 0),
        "inflate": inflate,
        "index": index,
        "index_folder": None if index_folder is None else os.fsencode(index_folder),
    }


def read_options(
    dtype: Any, orientation: Optional[str], box: Optional[Box], frame: Optional[int], saturate: bool, threads: int
) -> dict[str, Any]:
    options: dict[str, Any] = {
        "type": type_name(dtype),
        "flags": _amos.READ_SATURATE if saturate else 0,
        "orientation": orientation,
        "frame": _amos.FRAME_ALL if frame is None else frame,
        "threads": threads,
    }
    if box is not None:
        options["start"], options["stop"] = box
    return options


def placed(loaded: tuple[_amos.Array, Optional[dict[str, Any]]]) -> _amos.Array:
    """Sets the geometry of a loaded array."""
    array, geometry = loaded
    array.geometry = _geometry.from_c(geometry)
    return array


class Volume(Closing):
    """An opened NIfTI file: the header is read and checked, voxels are decoded on request.

    Any number of threads may read one volume. `source` is a path, a file opened in binary mode (or anything else with
    read(), such as io.BytesIO or a file of fsspec), of which all that is left is read, or the content of a file as bytes.
    numpy.asarray(volume) is its values. A copy in another process opens the file again.
    """

    def __init__(
        self,
        source: Union[Path, bytes, bytearray, memoryview, IO[bytes]],
        *,
        memory: bool = False,
        strict: bool = False,
        lenient: bool = False,
        inflate: str = "auto",
        index: str = "never",
        index_folder: Optional[Path] = None,
    ) -> None:
        """memory: `source` is the content of a file, even if it could be a path. index: "use" a seek index if there is
        one, or "build" it on the first read. strict: bytes after the compressed data are an error. lenient: make a
        negative spacing positive, and warn."""
        options = open_options(strict, lenient, inflate, index, index_folder)
        content = content_of(source, memory)
        if content is not None:
            self._open(None, content, options)
        else:
            self._open(os.fsencode(source), None, options)  # type: ignore[arg-type]

    def _open(self, path: Optional[bytes], content: Optional[bytes], options: dict[str, Any]) -> None:
        self._made_with = (None if path is None else os.path.abspath(path), content, dict(options))
        if path is None:
            self._handle = _amos.volume_open_memory(content or b"", options)
        else:
            self._handle = _amos.volume_open(path, options)
        fields = _amos.volume_info(self._handle)
        fields.update((name, bool(fields[name])) for name in ("big_endian", "compressed", "is_pair"))
        self.info = VolumeInfo(**fields)

    @property
    def path(self) -> str:
        return self.info.path

    @property
    def shape(self) -> tuple[int, int, int]:
        return self.info.shape

    @property
    def dtype(self) -> str:
        """The type of the stored voxels, such as "int16"."""
        return self.info.dtype

    @property
    def geometry(self) -> Geometry:
        """Shape, spacing, affine and orientation; DataError (E_GEOM) if the header has none."""
        geometry = _geometry.from_c(_amos.volume_geometry(self._handle))
        assert geometry is not None
        return geometry

    @property
    def warnings(self) -> list[tuple[str, str]]:
        """The warnings so far: names such as "W_EXTRA" and their meaning."""
        return _amos.warnings(_amos.volume_warnings(self._handle))

    def read(
        self,
        dtype: Any = "stored",
        *,
        orientation: Optional[str] = None,
        box: Optional[Box] = None,
        frame: Optional[int] = 0,
        saturate: bool = False,
        threads: int = 1,
        progress: Progress = None,
    ) -> _amos.Array:
        """Reads voxels with the axes x, y, z (and frames if `frame` is None, which means all frames) into new memory.

        dtype: "stored" returns the stored numbers, "int8" to "float64" slope * stored + inter; numpy.float32 and
        torch.float32 are possible too. orientation: such as
        "RAS". box: in the reoriented volume. saturate: clamp values that the type cannot hold. threads: used if the
        volume has an index."""
        options = read_options(dtype, orientation, box, frame, saturate, threads)
        return placed(_amos.volume_load(self._handle, options, progress))

    def read_into(
        self,
        buffer: Any,
        *,
        orientation: Optional[str] = None,
        box: Optional[Box] = None,
        frame: Optional[int] = 0,
        saturate: bool = False,
        threads: int = 1,
        progress: Progress = None,
    ) -> None:
        """Reads into a NumPy array, a tensor or another buffer with the axes x, y, z, converting to its type."""
        options = read_options("stored", orientation, box, frame, saturate, threads)
        _amos.volume_read_into(self._handle, options, progress, buffer)

    def verify(self, *, progress: Progress = None) -> int:
        """Decodes and checks everything, keeps nothing; returns the number of NaN and infinite voxels."""
        return _amos.volume_verify(self._handle, progress)

    def range(self, *, progress: Progress = None) -> Range:
        """Smallest, largest and mean value, in one pass."""
        return Range(**_amos.volume_range(self._handle, progress))

    @property
    def value_type(self) -> str:
        """The type in which values lose nothing."""
        return "stored" if (self.info.slope, self.info.inter) == (1, 0) else "float64"

    def __array__(self, dtype: Any = None, copy: Optional[bool] = None) -> Any:
        """The values, of all frames, with the axes x, y, z (and frames): of the stored type if they are not scaled."""
        import numpy

        if copy is False:
            raise ValueError("the voxels of a file are decoded into new memory; copy=False is not possible.")
        values = numpy.asarray(self.read(self.value_type, frame=None))
        return values if dtype is None else values.astype(dtype, copy=False)

    def __getitem__(self, key: Any) -> Any:
        """The same as numpy.asarray(volume)[key] for whole numbers, slices with any step, ... and None, but only the box
        around it is read. Open the volume with index="build" if this is done more than once."""
        import numpy

        if self.dtype not in _NUMBERS:
            return numpy.asarray(self)[key]
        dtype = self.value_type
        kind = numpy.dtype(self.dtype if dtype == "stored" else dtype)
        frames = () if self.info.frames == 1 else (self.info.frames,)
        return _slicing.read(self, (*self.shape, *frames), key, kind, dtype)

    __iter__ = None  # each step would decode the file again

    def __reduce__(self) -> Any:
        return (_reopen, (type(self), *self._made_with))

    def __repr__(self) -> str:
        return f"<amos.Volume {self.path!r} {self.dtype} {self.shape}>"


def _reopen(kind: type[Volume], path: Optional[bytes], content: Optional[bytes], options: dict[str, Any]) -> Volume:
    self = kind.__new__(kind)
    self._open(path, content, options)
    return self


def archive_paths(path: Path) -> list[str]:
    """The paths of the members of a ZIP archive, such as "results.zip/amos_0018.nii.gz".

    Whatever opens a file opens them too: ``amos.Volume``, ``amos.LabelMap``, ``amos.score``.
    """
    return _amos.archive_list(os.fsencode(path))


def _check_other_file(path: Path, source: Volume) -> None:
    """A volume is read while its voxels are taken, so its file is an input, like that of a reference."""
    try:
        same = os.path.samefile(path, os.fsencode(source.path))
    except OSError:
        return
    if same:
        shown = os.fsdecode(path)
        raise DataError(
            f"{shown}: this is the file of the voxels, which would be overwritten; write to another name.",
            "E_DUP",
            shown,
        )


def write(
    path: Path,
    voxels: Any,
    *,
    reference: Union[Volume, Path, None] = None,
    orientation: Optional[str] = None,
    geometry: Union[Geometry, Any, None] = None,
    dtype: Any = None,
    slope: float = 0,
    inter: float = 0,
    qform_code: int = 0,
    sform_code: int = 0,
    level: int = 0,
    description: Optional[str] = None,
    progress: Progress = None,
    threads: int = 0,
    index: str = "never",
    index_folder: Optional[Path] = None,
) -> None:
    """Writes a NIfTI-1 file, compressed if the name ends in ".gz". It is written completely or not at all.

    voxels: a NumPy array, a tensor, an Array or a LabelMap with the axes x, y, z (and frames), stored with its own
    type, or with dtype, such as numpy.uint8, which must hold them. reference: the volume (or its path) whose position in space is copied bit for bit. Voxels that know their
    geometry (an Array, a LabelMap, or with `geometry`) are turned into the orientation of the reference's file; for
    others, orientation: that of the voxels, such as "RAS", if it differs from that file's. Without a reference, geometry:
    a Geometry or an affine; if that is None too, the geometry of `voxels`. value = slope * stored + inter.
    level: of compression, 1 (fastest) to 9 (smallest); 0: 2. threads: 0 means one per processor; any number gives the
    same bytes. index="build": saves the seek index of a ".nii.gz" file, made while writing, where Volume(path,
    index="use", index_folder=index_folder) finds it.
    The file of the reference, or of voxels that are a Volume, is not overwritten: DataError."""
    if not isinstance(path, (str, bytes, os.PathLike)):
        raise TypeError(f"a file is written to a path, not to {type(path).__name__}; write it, and copy its bytes.")
    if reference is not None and not isinstance(reference, Volume):
        reference = Volume(reference)
    if isinstance(voxels, Volume):
        _check_other_file(path, voxels)
    own = getattr(voxels, "geometry", None)
    if geometry is None:
        geometry = own
    else:
        _geometry.check_axes(own, _geometry.place_of(geometry, voxels), "geometry")
    data = getattr(voxels, "voxels", voxels)
    data = data if dtype is None else converted(data, dtype)
    place = _geometry.place_of(geometry, data)
    options = {
        "slope": slope,
        "inter": inter,
        "qform_code": qform_code,
        "sform_code": sform_code,
        "level": level,
        "description": description,
        "orientation": orientation,
        "threads": threads,
        "index": index,
        "index_folder": None if index_folder is None else os.fsencode(index_folder),
    }
    handle = None if reference is None else reference._handle
    _amos.volume_write(os.fsencode(path), data, handle, _geometry.to_c(place), options, progress)
