# SPDX-License-Identifier: BSD-3-Clause
"""What the command `amos` does with whole data sets, called from Python: it runs in a process of its own."""

from ._export import export
from ._convert import convert
from ._run import find

__all__ = ["convert", "export", "find"]
