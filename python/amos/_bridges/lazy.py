# SPDX-License-Identifier: BSD-3-Clause
"""Files that are read in parts, by programs that keep an object for each of hundreds of files."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any, Optional

from .._errors import FileError
from .._volume import Path, Volume

OPEN = 32
"""How many files stay open, each with its index in memory."""

_State = Optional[tuple[int, ...]]


def _state_of(path: str) -> _State:
    """What changes if a file is replaced or written; None for a member of an archive."""
    try:
        about = os.stat(path)
    except OSError:
        return None
    return (about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns)


@lru_cache(maxsize=OPEN)
def _opened(path: str, state: _State, options: tuple[tuple[str, Any], ...]) -> Volume:
    volume = Volume(path, **dict(options))
    if _state_of(path) != state:
        raise FileError(f"{path}: the file was changed after it was opened; open it again.", "E_CHANGED", path)
    return volume


class LazyFile:
    """A volume that is opened at once, so that a wrong file is refused at once, and stays open while it is one of the
    last ones that were read. A copy in another process opens the file again."""

    def __init__(self, path: Path, **options: Any) -> None:
        self.path = os.path.abspath(os.fsdecode(path))
        self.options = options
        self._state = _state_of(self.path)
        self.info = self.volume().info

    @property
    def is_member(self) -> bool:
        """Whether it is in an archive."""
        return self._state is None

    def volume(self) -> Volume:
        return _opened(self.path, self._state, tuple(sorted(self.options.items())))

    def __reduce__(self) -> Any:
        return (_again, (self.path, self.options))

    def __repr__(self) -> str:
        return f"<{self.path!r} {self.info.dtype} {self.info.dim[: self.info.ndim]}>"


def _again(path: str, options: dict[str, Any]) -> LazyFile:
    return LazyFile(path, **options)
