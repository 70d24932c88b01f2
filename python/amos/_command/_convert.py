# SPDX-License-Identifier: BSD-3-Clause
"""amos.convert()"""

from __future__ import annotations

import json
import os
from typing import Any, Iterable, Union

from .._dataset import Case, Dataset
from .._errors import Error, make_exception
from ._run import Source, arguments, operands, run


def _failure(record: dict[str, Any]) -> Error:
    return make_exception(0, record["status"], record["message"], record["input"], -1, 0, "")


def convert(
    source: Union[Source, Iterable[Source]],
    output: Union[str, os.PathLike],
    *,
    check: bool = True,
    **options: Any,
) -> list[dict[str, Any]]:
    """Converts NIfTI files to NIfTI: type, orientation, a box, another grid, other labels; as `amos convert`.

        amos.convert("scan.nii.gz", "ras.nii.gz", orient="RAS", type="float32")
        amos.convert(dataset, "amos22_2mm/", spacing=(2, 2, 2), majority=True)

    source: a file, a folder, an archive, a Dataset or a Case, or several of them. output: a file, or the folder of
    several outputs. options: those of the command (`amos convert --help`), with "_" for "-": type, orient, box (a text,
    or three slices), spacing, like, interpolation, majority, outside, drop_specks, connectivity, level, header, index,
    lossy, label, images, labels, force, round_labels, max_label, ignore, relabel (a dict or a file), frame, lenient,
    threads and others.

    Returns a dict for each output, as the command prints it with --json: input, output, outcome ("converted", "kept" or
    "failed"), what was before and after, and what was lost. The first failure is raised when all others are converted;
    check=False returns them too. The work is done by the command, in a process of its own; Ctrl-C ends it, and the same
    call continues it.
    """
    sources = [source] if isinstance(source, (str, os.PathLike, Dataset, Case)) else list(source)
    words = [word for item in sources for word in operands(item)]
    text, refusal = run("convert", [*arguments(options), "--json", "-o", os.fsdecode(os.fspath(output)), *words])
    records = [json.loads(line) for line in text.splitlines()]
    failed = [record for record in records if record["outcome"] == "failed"]
    if refusal and not failed:
        raise refusal
    if failed and check:
        raise _failure(failed[0])
    return records
