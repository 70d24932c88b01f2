# SPDX-License-Identifier: BSD-3-Clause
"""Files of nnU-Net 2 in the words of libamos: plans and folds."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass, field
from typing import Any, Mapping, NamedTuple, Union

from .._errors import DataError, FileError, MissingFileError
from .._loader import Scaling
from .._source import Path


def _load(path: Path, what: str) -> Any:
    """The content of a JSON file."""
    shown = os.fsdecode(path)
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError as error:
        raise MissingFileError(f"{shown}: there is no such file; {what} was expected.", "E_OPEN", shown, None, error.errno) from None
    except OSError as error:
        raise FileError(f"{shown}: the file cannot be read: {error.strerror}.", "E_OPEN", shown, None, error.errno) from None
    except ValueError as error:
        raise DataError(f"{shown}: this is no JSON ({error}); {what} was expected.", "E_JSON_SYNTAX", shown) from None


def _want(condition: bool, shown: str, found: str, expected: str) -> None:
    if not condition:
        raise DataError(f"{shown}: {found}; {expected}.", "E_JSON_SCHEMA", shown)


class Fold(NamedTuple):
    """The ids of the cases of a fold."""

    train: list[str]
    val: list[str]


def read_folds(path: Path) -> list[Fold]:
    """The folds of splits_final.json, for amos.Loader(cases=fold.train)."""
    shown = os.fsdecode(path)
    expected = 'nnU-Net\'s splits_final.json is a list of {"train": [ids], "val": [ids]}'
    folds = _load(path, "splits_final.json of nnU-Net")
    _want(isinstance(folds, list), shown, "this is no list", expected)
    made = []
    for number, fold in enumerate(folds):
        good = isinstance(fold, dict) and all(
            isinstance(fold.get(part), list) and all(isinstance(case, str) for case in fold[part]) for part in Fold._fields
        )
        _want(good, shown, f"fold {number} has no lists of ids as train and val", expected)
        both = sorted(set(fold["train"]) & set(fold["val"]))
        _want(not both, shown, f"fold {number} has {both[:1]} in train and in val", "a case is in one of them")
        made.append(Fold(list(fold["train"]), list(fold["val"])))
    return made


def _resolved(configurations: Mapping[str, Any], name: str, shown: str) -> dict[str, Any]:
    """A configuration with what it inherits."""
    chain: list[str] = []
    while True:
        known = ", ".join(configurations)
        _want(isinstance(configurations.get(name), dict), shown, f"there is no configuration {name!r}", f"the plans have {known}")
        _want(name not in chain, shown, f"the configuration {name!r} inherits from itself", "nnU-Net does not allow that either")
        chain.append(name)
        parent = configurations[name].get("inherits_from")
        if parent is None:
            break
        name = parent
    found: dict[str, Any] = {}
    for name in reversed(chain):
        found.update(configurations[name])
    return found


def _numbers(value: Any, count: int) -> bool:
    return isinstance(value, list) and len(value) == count and all(isinstance(n, (int, float)) and n > 0 for n in value)


@dataclass(frozen=True)
class Plan:
    """A configuration of nnU-Net's plans with the axes x, y, z of libamos."""

    configuration: str
    """ "3d_fullres", "3d_lowres", ... """
    spacing: tuple[float, float, float]
    """mm, for amos.Cache(spacing=...)"""
    patch: tuple[int, int, int]
    batch_size: int
    normalization: tuple[str, ...]
    """nnU-Net's scheme of each channel: "CTNormalization", "ZScoreNormalization", ..."""
    reader: str
    """The class that reads the files; see set_reader()."""
    intensities: Mapping[str, Mapping[str, float]] = field(repr=False)
    """Of the foreground of each channel: mean, std, percentile_00_5, ..."""
    source: str = field(default="plans", repr=False)

    @classmethod
    def read(cls, plans: Union[Path, Mapping[str, Any]], configuration: str = "3d_fullres") -> Plan:
        """plans: the path of nnUNetPlans.json, or its content."""
        shown = "plans" if isinstance(plans, Mapping) else os.fsdecode(plans)
        content = plans if isinstance(plans, Mapping) else _load(plans, "nnUNetPlans.json of nnU-Net")
        known = isinstance(content, Mapping) and isinstance(content.get("configurations"), dict)
        _want(known, shown, "there are no configurations", "these are no plans of nnU-Net 2")
        found = _resolved(content["configurations"], configuration, shown)
        spacing, patch = found.get("spacing"), found.get("patch_size")
        _want(_numbers(spacing, 3) and _numbers(patch, 3), shown, f"{configuration!r} has no spacing and patch_size of three axes",
              "libamos draws patches of three axes; choose a 3d configuration")  # fmt: skip
        batch, order = found.get("batch_size"), content.get("transpose_forward", [0, 1, 2])
        _want(isinstance(batch, int) and batch > 0, shown, f"{configuration!r} has the batch_size {batch!r}", "a number above 0 was expected")
        _want(sorted(order) == [0, 1, 2], shown, f"transpose_forward is {order!r}", "an order of the axes 0, 1 and 2 was expected")
        axes = [order.index(axis) for axis in (2, 1, 0)]
        return cls(
            configuration,
            tuple(float(spacing[axis]) for axis in axes),  # type: ignore[arg-type]
            tuple(int(patch[axis]) for axis in axes),  # type: ignore[arg-type]
            batch,
            tuple(found.get("normalization_schemes", ())),
            str(content.get("image_reader_writer", "")),
            content.get("foreground_intensity_properties_per_channel", {}),
            shown,
        )

    def scaling(self, channel: int = 0) -> Scaling:
        """How nnU-Net scales a channel, for amos.Loader(ct=...) or (mri=...).

        CTNormalization is the same formula. ZScoreNormalization takes mean and deviation of the whole image, "case_zscore"
        those of the case's body, which is near but not the same."""
        _want(0 <= channel < len(self.normalization), self.source, f"there is no channel {channel}",
              f"the plans have {len(self.normalization)}")  # fmt: skip
        scheme = self.normalization[channel]
        if scheme == "NoNormalization":
            return Scaling("none")
        if scheme == "ZScoreNormalization":
            return Scaling("case_zscore")
        _want(scheme == "CTNormalization", self.source, f"the normalization of channel {channel} is {scheme}",
              "libamos knows CTNormalization, ZScoreNormalization and NoNormalization; choose an amos.Scaling yourself")  # fmt: skip
        about = self.intensities.get(str(channel), {})
        names = ("percentile_00_5", "percentile_99_5", "mean", "std")
        _want(all(isinstance(about.get(name), (int, float)) for name in names), self.source,
              f"the foreground intensities of channel {channel} are missing", f"{', '.join(names)} were expected")  # fmt: skip
        return Scaling("zscore", *(float(about[name]) for name in names))


_KEYS = {"configurations": "image_reader_writer", "labels": "overwrite_image_reader_writer"}


def set_reader(path: Path, name: str) -> str:
    """Writes into nnUNetPlans.json or dataset.json which class reads the files, such as "AmosIO" or nnU-Net's own
    "NibabelIO", and returns the one before ("" if none). The file is replaced as a whole.

    A model keeps the name with its plans, so people without libamos cannot use it until the reader is one of nnU-Net's."""
    shown = os.path.realpath(os.fsdecode(path))
    content = _load(path, "nnUNetPlans.json or dataset.json of nnU-Net")
    keys = [key for mark, key in _KEYS.items() if isinstance(content, dict) and mark in content]
    _want(bool(keys), shown, "there are neither configurations nor labels", "these are neither plans nor a dataset.json of nnU-Net 2")
    before = str(content.get(keys[0], ""))
    content[keys[0]] = name
    _replace(shown, json.dumps(content, indent=4, ensure_ascii=False) + "\n")
    return before


def _replace(path: str, text: str) -> None:
    """Writes a file under another name, and renames it."""
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".amos-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, os.stat(path).st_mode & 0o777)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
