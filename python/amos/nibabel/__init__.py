# SPDX-License-Identifier: BSD-3-Clause
"""Images of nibabel whose voxels are read by libamos.

    import amos.nibabel

    image = amos.nibabel.load("amos22/imagesTr/amos_0001.nii.gz")
    slice = image.dataobj[:, :, 40]      # decodes a part of the file, by its index
    values = image.get_fdata()

Header, affine and everything else are nibabel's.
"""

from __future__ import annotations

import gzip
import io
import os
import zlib
from typing import Any, Optional

from .._bridges.lazy import LazyFile
from .._bridges.needed import needed
from .._errors import FileError
from .._volume import Path
from ._proxy import ArrayProxy

nibabel = needed("nibabel", "amos.nibabel", "nibabel")

__all__ = ["ArrayProxy", "load"]

_LONGEST_HEADER = 1 << 24  # of a pair, whose header is a file of its own
_KINDS = {
    (1, False): nibabel.Nifti1Image,
    (2, False): nibabel.Nifti2Image,
    (1, True): nibabel.Nifti1Pair,
    (2, True): nibabel.Nifti2Pair,
}


def load(
    path: Path,
    *,
    index: str = "build",
    index_folder: Optional[Path] = None,
    threads: int = 1,
    strict: bool = False,
    lenient: bool = False,
) -> Any:
    """A Nifti1Image (or Nifti2Image, Nifti1Pair, Nifti2Pair) that is read when its voxels are asked for.

    What libamos refuses raises amos.Error; nibabel's own reader is never asked for voxels. index: "build" builds the seek
    index of a .nii.gz when it is first read, "use" takes one that is there, "never" takes none. threads: used if there
    is an index. strict and lenient as in amos.Volume()."""
    folder = None if index_folder is None else os.fsdecode(index_folder)
    file = LazyFile(path, index=index, index_folder=folder, strict=strict, lenient=lenient)
    if file.is_member:
        raise FileError(
            f"{file.path}: nibabel cannot read the header of a file in an archive; unpack it, or use amos.Volume().",
            "E_NOTREG",
            file.path,
        )
    kind = _KINDS[file.info.nifti_version, file.info.is_pair]
    files = kind.filespec_to_file_map(file.path)
    header = _header(file, files.get("header", files["image"]).filename, kind.header_class)
    proxy = ArrayProxy(file.path, header, file=file, threads=threads)
    return kind(proxy, header.get_best_affine(), header, file_map=files)


def _header(file: LazyFile, path: str, kind: Any) -> Any:
    """nibabel's header of a file, with its extensions; nothing behind them is decoded."""
    with open(path, "rb") as opened:
        packed = opened.read(2) == b"\x1f\x8b"
        opened.seek(0)
        try:
            stream = gzip.GzipFile(fileobj=opened) if packed else opened
            begin = stream.read(_LONGEST_HEADER if file.info.is_pair else file.info.vox_offset)
        except (OSError, EOFError, zlib.error):
            file.volume().verify()  # says what is wrong
            raise
    return kind.from_fileobj(io.BytesIO(begin))
