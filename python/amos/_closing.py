# SPDX-License-Identifier: BSD-3-Clause
"""What can be closed before its last reference is gone."""

from __future__ import annotations

from typing import Any, TypeVar

from . import _amos

Self = TypeVar("Self", bound="Closing")


class Closing:
    """Holds an object of the library, which close() releases, and so does the end of a with statement."""

    _handle: _amos.Handle

    def close(self) -> None:
        """Releases files and memory. What was made of it stays valid; further use raises ValueError."""
        self._handle = "closed"  # type: ignore[assignment]  # the C half names it in the error

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()
