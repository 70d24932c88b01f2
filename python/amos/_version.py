# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

from . import _amos

__version__: str = _amos.version()


def features() -> dict[str, str]:
    """The features of this build of libamos, such as {"zlib": "1.2.13", "lz4": "off"}."""
    lines = (line.split(None, 1) for line in _amos.features().splitlines())
    return {words[0]: words[1] if len(words) > 1 else "" for words in lines if words}
