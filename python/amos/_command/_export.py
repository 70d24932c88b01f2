# SPDX-License-Identifier: BSD-3-Clause
"""amos.export()"""

from __future__ import annotations

import json
import os
from typing import Any, Union

from .._errors import ArgumentError
from ._run import Source, arguments, operands, run

KINDS = ("nnunet", "monai", "csv", "labelmaps")


def export(kind: str, source: Source, output: Union[str, os.PathLike], **options: Any) -> dict[str, Any]:
    """Writes what another program needs to read a data set; as `amos export`.

        amos.export("nnunet", "amos22", os.environ["nnUNet_raw"], task="ct")
        amos.export("monai", dataset, "datalist.json", split="stratified")

    kind: "nnunet" (a raw data set of nnU-Net 2 in the folder output), "monai" or "csv" (a list, the file output),
    "labelmaps" (a data set with label maps, of one with a file for each organ). source: the folder of a data set, or a
    Dataset. options: those of the command (`amos export nnunet --help`), with "_" for "-": task, id, name, copy,
    hardlink, symlink, paths, split, folds, modality, on_fault, force, threads and others.

    Returns a dict: "output", and for "nnunet" also folder, training, prediction, left_out and folds. Everything is
    checked before anything is written; a refusal is raised.
    """
    if kind not in KINDS:
        raise ArgumentError(f"There is no export {kind!r}; the kinds are {', '.join(KINDS)}.")
    name, where = f"export {kind}", os.fsdecode(os.fspath(output))
    json_word = ["--json"] if kind == "nnunet" else []
    text, refusal = run(name, [*arguments(options), *json_word, "-o", where, *operands(source)])
    if refusal:
        raise refusal
    return {"output": where, **(json.loads(text) if json_word else {})}
