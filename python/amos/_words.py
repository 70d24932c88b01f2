# SPDX-License-Identifier: BSD-3-Clause
"""Sentences of the library, which also serve C and the command, in the words of Python."""

from __future__ import annotations

import re
from typing import Callable, Union

_NAMES = {
    "amos_batch_free": "Batch.release()",
    "amos_cache_build": "Cache.build()",
    "amos_components_drop": "Components.drop()",
    "amos_components_find": "LabelMap.components()",
    "amos_components_options": "LabelMap.components()",
    "amos_drop_options": "Components.drop()",
    "amos_file_write": "amos.write()",
    "amos_geometry_reorient": "Geometry.reoriented()",
    "amos_labelmap_renumber": "LabelMap.renumber()",
    "amos_loader_get_damaged": "Loader.damaged",
    "amos_loader_get_left_out": "Loader.left_out",
    "amos_loader_seek": "Loader.seek()",
    "amos_stitcher_add": "Stitcher.add()",
    "amos_stitcher_make": "Stitcher()",
    "amos_tiling_add": "Tiling.add()",
    "amos_tiling_argmax": "Tiling.argmax()",
    "amos_tiling_get_box": "Tiling.box()",
    "amos_tiling_make": "Tiling()",
    "amos_tiling_options": "Tiling()",
    "amos_accept": "what is accepted",
    "AMOS_FRAME_ONLY": "None",
    "AMOS_LABELMAP_STATS_ONLY": "stats_only",
}
"""What messages name that has another name in Python."""


def _name(match: re.Match[str]) -> str:
    return _NAMES.get(match[1], match[1].lower().removeprefix("amos_"))


def _option(match: re.Match[str]) -> str:
    value = f"={match[2]}" if match[2] else ""
    return match[1].replace("-", "_") + value


_RULES: tuple[tuple[str, Union[str, Callable[[re.Match[str]], str]]], ...] = (
    # functions, macros and structs of C, but not ids such as amos_0018, nor parts of paths
    (r"(?<![\w/.-])(amos_(?:[a-z]+_)+[a-z]+|amos_accept|AMOS_[A-Z]+_[A-Z_]+)(?:\(\))?(?![\w/.-]*/|\.\w|-)", _name),
    # options of the command, some followed by the member of the C struct
    (r"(?<!\S)--relabel (-?\d+)=(\w+)", r"relabel={\1: \2}"),
    (r"(?<!\S)--relabel with \*=\*", 'relabel with "*": "*"'),
    (r"\bwith \*=0", 'with "*": 0'),
    (r"(?<!\S)--round-labels \(\w+\)", "round_labels=True"),
    (r"(?<!\S)--dataset-json (\S+) \(json_name\)", r'json_name="\1"'),
    (r"\(--absolute-paths, allow_absolute\)", "(allow_absolute=True)"),
    (r"\(--dataset-json, json_name\)", "(json_name)"),
    (r"(?<!\S)--modality-of '\*=ct' \(modality\)", 'modality="CT"'),
    (r"(?<![\w-])allow_missing_labels \(--allow-missing-labels\)", "allow_missing_labels=True"),
    (r"\(round_within\)", "(round_labels)"),
    (r"\(tolerance_(?:mm|voxels)\)", "(geometry_tolerance)"),
    (r"(?<![^\s(])--([a-z]+(?:-[a-z]+)*)(?:[= ](-?\d[\d.]*|N)(?!\w))?(?: \([a-z_]+\))?", _option),
)


def in_python(sentence: str, path: str = "") -> str:
    """The sentence with Python's names. `path`: it may begin with this, which stays as it is."""
    start = len(path) if path and sentence.startswith(path + ": ") else 0
    head, rest = sentence[:start], sentence[start:]
    for pattern, words in _RULES:
        rest = re.sub(pattern, words, rest)
    return head + rest
