# SPDX-License-Identifier: BSD-3-Clause
"""Errors of the library as exceptions with the same message."""

from __future__ import annotations

import os
import sys
import warnings
from errno import ENOENT
from typing import Any, Optional

from ._words import in_python


def shown(text: str) -> str:
    """A text that any terminal can show: a byte of a name that is not UTF-8 becomes "\\xe9"."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


class GeometryWarning(UserWarning):
    """The position of voxels is a guess, so that a result may be wrong: neither qform nor sform, a displacement that was
    allowed, a negative spacing, a quaternion that is no rotation."""


_GUESSES = ("W_NOORIENT", "W_GEOM", "W_PIXDIM", "W_QUATERN")


def warn_of_guesses(found: list[tuple[str, str]], what: str, stacklevel: int) -> None:
    """Gives a GeometryWarning for each of the warnings (name, text) that says so."""
    for name, text in found:
        if name in _GUESSES:
            warnings.warn(f"{what}: {text} ({name}).", GeometryWarning, stacklevel=stacklevel + 1)


class Error(Exception):
    """A call of libamos failed. str() returns the message, one complete sentence."""

    status: str
    """The name of the status, such as "E_GZ_CRC"; see amos/status.h."""
    path: Optional[str]
    """The file concerned."""
    offset: Optional[int]
    """The byte offset in that file, if known."""
    case_id: Optional[str]
    """The case, such as "amos_0018"."""

    def __init__(
        self,
        message: str = "",
        status: str = "",
        path: Optional[str] = None,
        offset: Optional[int] = None,
        errno: Optional[int] = None,
        case_id: Optional[str] = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.path = path
        self.offset = offset
        self.errno = errno
        self.case_id = case_id

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> Any:
        return (type(self), (self.message, self.status, self.path, self.offset, self.errno, self.case_id))


class ArgumentError(Error, ValueError):
    """An invalid argument (E_ARG)."""


class DataError(Error, ValueError):
    """A file, label or geometry is invalid or not supported."""


class FileError(Error, OSError):
    """A file cannot be opened, read or written (E_OPEN, E_NOTREG, E_IO, E_CHANGED)."""


class MissingFileError(FileError, FileNotFoundError):
    """The file does not exist."""


class OutOfMemoryError(Error, MemoryError):
    """Memory ran out (E_NOMEM)."""


class CancelledError(Error):
    """A progress function asked to stop, or a loader was cancelled (E_CANCEL)."""


class ForkError(Error, RuntimeError):
    """The handle cannot be used in a forked child (E_FORK)."""


class DataWarning(UserWarning):
    """Something about the data that is accepted, or left out; the message says what."""


def warn(message: str) -> None:
    """Gives a DataWarning, at the line of the first caller outside of this package."""
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and frame.f_globals.get("__name__", "").split(".")[0] == "amos":
        frame, level = frame.f_back, level + 1
    warnings.warn(shown(message), DataWarning, stacklevel=level)


_CLASSES = {
    "E_ARG": ArgumentError,
    "E_NOMEM": OutOfMemoryError,
    "E_OPEN": FileError,
    "E_NOTREG": FileError,
    "E_IO": FileError,
    "E_CHANGED": FileError,
    "E_FORK": ForkError,
    "E_CANCEL": CancelledError,
}


def make_refusal(report: str) -> Error:
    """The exception for what folders to be scored have been refused for: a sentence in each line."""
    sentences = [in_python(line).removeprefix("score: ") for line in report.splitlines()]
    kind = MissingFileError if os.strerror(ENOENT) in report else DataError
    return kind(" ".join(sentence[:1].upper() + sentence[1:] for sentence in sentences))


def make_exception(
    _number: int, status: str, message: str, path: Optional[str], offset: int, errno: int, case_id: str
) -> Error:
    """The exception for an amos_error; called by the C half."""
    kind = _CLASSES.get(status, DataError)
    if kind is FileError and errno == ENOENT:
        kind = MissingFileError
    return kind(in_python(message, shown(path or "")), status, path, None if offset < 0 else offset, errno or None, case_id or None)
