# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

import os
from typing import Any, Iterable, Iterator, Mapping, NamedTuple, Optional, Union, overload

from . import _amos
from ._closing import Closing
from ._errors import shown, warn
from ._accept import Relabel, Round, Tolerance, accept_fields, relabel_numbers
from ._errors import warn_of_guesses
from ._labelmap import LabelMap
from ._table import columns
from ._verdicts import Given, Only, verdict_fields
from ._volume import Path, Progress, Volume, open_options, placed, read_options
from ._words import in_python


class Metadata(NamedTuple):
    """The metadata of a case from the CSV. Unknown strings are "", and an unknown age is -1."""

    age_years: int
    sex: str
    model: str
    maker: str
    date: str
    birth: str
    site: str


class Finding(NamedTuple):
    """One finding of Dataset.validate()."""

    status: str
    """"" if it is only a warning."""
    warnings: list[tuple[str, str]]
    path: Optional[str]
    case_id: str
    message: str


def filter_options(
    split: Optional[str],
    modality: Optional[str],
    has_label: Optional[bool],
    has_image: Optional[bool],
    verdicts: Given = None,
    only: Only = None,
) -> dict[str, Any]:
    """For one call: the dictionary keeps the verdicts."""
    file, bits = verdict_fields(verdicts, only)
    return {
        "verdicts": None if file is None else file._handle,
        "only": bits,
        "split": split,
        "modality": modality,
        "has_label": 0 if has_label is None else 1 if has_label else -1,
        "has_image": 0 if has_image is None else 1 if has_image else -1,
    }


class Case:
    """One case of a data set. In another process it is the case with its id of the data set, opened again."""

    def __init__(self, fields: dict[str, Any], dataset: Dataset) -> None:
        self._dataset = dataset
        self._handle: _amos.Handle = fields["handle"]
        self.id: str = fields["id"]
        """"amos_0018" """
        self.number: int = fields["number"]
        self.index: int = fields["index"]
        self.split: str = fields["split"]
        """"training", "validation" or "test" """
        self.modality: str = fields["modality"]
        """"CT", "MRI" or "unknown" """
        self.channels: int = fields["channels"]
        """How many image files nnU-Net's case has; image_path is the first."""
        self.image_path: str = fields["image_path"]
        self.label_path: Optional[str] = fields["label_path"]
        self.has_image: bool = fields["has_image"]
        """Whether the file existed when the data set was opened."""
        self.has_label: bool = fields["has_label"]
        self.max_label: int = fields["max_label"]
        """The largest label of its data set's own table."""
        metadata = fields["metadata"]
        self.metadata: Optional[Metadata] = None if metadata is None else Metadata(**metadata)
        self.labels: Mapping[int, str] = dataset.labels
        """The data set's own names of its labels."""

    def image(self, **options: Any) -> Volume:
        """The image, opened; options as those of Volume."""
        return Volume(self.image_path, **options)

    def label(self, **options: Any) -> LabelMap:
        """The label map; options as those of LabelMap, whose max_label is here that of the data set."""
        if self.label_path is None:
            raise ValueError(f"{shown(self.id)} has no label; image() reads its image alone.")
        if "relabel" in options:
            options["relabel"] = relabel_numbers(options["relabel"], self.labels)
        map = LabelMap(self.label_path, **{**options, "max_label": options.get("max_label") or self.max_label})
        map.names = self.labels
        return map

    def load(
        self,
        dtype: Any = "stored",
        *,
        orientation: Optional[str] = None,
        max_label: int = 0,
        round_labels: Round = False,
        ignore: Union[None, int, Iterable[int]] = None,
        relabel: Relabel = None,
        frame: Optional[int] = None,
        saturate: bool = False,
        geometry_tolerance: Tolerance = None,
        warn_geometry: bool = False,
        lenient: bool = False,
        threads: int = 1,
        index: str = "never",
        index_folder: Optional[Path] = None,
        progress: Progress = None,
    ) -> tuple[_amos.Array, LabelMap]:
        """Image and label, checked to have the same position, in the same orientation and with the same indices.
        max_label 0: that of the data set. geometry_tolerance as in score(); the other options of labels as in
        LabelMap(). frame is that of both files, where they have several. warn_geometry: a larger displacement gives a
        GeometryWarning instead of an error; so does an unknown position. lenient: as in Volume(). A label that is stored
        in another orientation than its image is turned; its warnings then have "W_TURNED"."""
        volume = open_options(False, lenient, "auto", index, index_folder)
        accept = accept_fields(
            max_label=max_label,
            round_labels=round_labels,
            ignore=ignore,
            relabel=relabel,
            geometry_tolerance=geometry_tolerance,
            frame=frame,
            names=self.labels,
        )
        flags = _amos.PAIR_WARN_GEOMETRY if warn_geometry else 0
        pair = _amos.pair_open(self._handle, {"flags": flags, "accept": accept}, volume)
        read = read_options(dtype, orientation, None, 0, saturate, threads)
        image, labels = _amos.pair_load(pair, read, {"threads": threads}, progress)
        label = LabelMap._of(labels)
        label.names = self.labels
        warn_of_guesses(label.warnings, f"{self.id}, image and label", 2)
        return placed(image), label

    def __reduce__(self) -> Any:
        return (_case_of, (self._dataset, self.id))

    def __repr__(self) -> str:
        return f"<amos.Case {shown(self.id)} {self.split} {self.modality}>"


def _case_of(dataset: Dataset, id: str) -> Case:
    return dataset[id]


class Dataset(Closing):
    """A folder of cases as AMOS ships them, opened without reading a volume."""

    def __init__(
        self,
        path: Path,
        *,
        json_name: Union[str, os.PathLike[str], None] = None,
        metadata_path: Optional[Path] = None,
        modality: Union[Mapping[str, str], str, None] = None,
        modality_table: Optional[Path] = None,
        beneath: bool = False,
        allow_absolute: bool = False,
    ) -> None:
        """json_name: this file of the folder in place of dataset.json. modality: of cases whose id is not AMOS's, or is
        wrong: {"amos_0500": "CT", "*": "MRI"}, or "CT" for all. modality_table: a CSV (id, modality) or JSON file that
        says the same. beneath: symbolic links must not leave the folder. allow_absolute: dataset.json may name files by
        absolute paths."""
        if isinstance(modality, str):
            modality = {"*": modality}
        json_name = None if json_name is None else os.fspath(json_name)
        self._made_with = {
            "path": os.path.abspath(path),
            "json_name": json_name,
            "metadata_path": None if metadata_path is None else os.path.abspath(metadata_path),
            "modality": modality,
            "modality_table": None if modality_table is None else os.path.abspath(modality_table),
            "beneath": beneath,
            "allow_absolute": allow_absolute,
        }
        options = {
            "flags": (_amos.DATASET_BENEATH if beneath else 0) | (_amos.DATASET_ALLOW_ABSOLUTE if allow_absolute else 0),
            "json_name": json_name,
            "metadata_path": None if metadata_path is None else os.fsencode(metadata_path),
            "modality_table": None if modality_table is None else os.fsencode(modality_table),
        }
        overrides = tuple({"case_id": case, "modality": name} for case, name in (modality or {}).items())
        self._handle = _amos.dataset_open(os.fsencode(path), options, overrides)
        info = _amos.dataset_info(self._handle)
        self.root: str = info["root"]
        self.name: str = info["name"]
        self.json_path: Optional[str] = info["json_path"]
        self.labels: dict[int, str] = info["labels"]
        """The data set's own names of its labels."""
        self.max_label: int = info["max_label"]
        self.warnings: list[tuple[str, str]] = _amos.warnings(info["warnings"])
        """What was found while opening: names and their meaning. Each is a DataWarning too."""
        for name, text in self.warnings:
            warn(f"{shown(self.root)}: {text} ({name}); validate() says where.")
        self._count: int = info["count"]

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, key: Union[int, str]) -> Case: ...
    @overload
    def __getitem__(self, key: slice) -> list[Case]: ...
    def __getitem__(self, key: Union[int, str, slice]) -> Union[Case, list[Case]]:
        """By index, or by id: "amos_0018", "18". A slice of indices gives a list."""
        if isinstance(key, slice):
            return [self[index] for index in range(*key.indices(self._count))]
        index: Optional[int]
        if isinstance(key, str):
            index = _amos.dataset_find(self._handle, key)
            if index is None:
                raise KeyError(f"{shown(self.root)} has no case {key!r}.")
        else:
            index = key + self._count if key < 0 else key
            if not 0 <= index < self._count:
                raise IndexError(
                    f"there is no case {key}: the data set has {self._count}, counted from 0; "
                    "a number as in amos_0018 is given as text, \"18\"."
                )
        return Case(_amos.dataset_case(self._handle, index), self)

    def __contains__(self, key: object) -> bool:
        if isinstance(key, Case):
            key = key.id
        return isinstance(key, str) and _amos.dataset_find(self._handle, key) is not None

    def __iter__(self) -> Iterator[Case]:
        return (self[index] for index in range(self._count))

    def cases(
        self,
        *,
        split: Optional[str] = None,
        modality: Optional[str] = None,
        has_label: Optional[bool] = None,
        has_image: Optional[bool] = None,
        verdicts: Given = None,
        only: Only = None,
    ) -> list[Case]:
        """The cases of a split and modality whose files exist or not; None: any. verdicts and only: those on which such a
        verdict was given, of a file that the viewer saved: only="pass", or ("pass", "none") for all but failed and unsure
        ones."""
        options = filter_options(split, modality, has_label, has_image, verdicts, only)
        return [self[index] for index in _amos.dataset_select(self._handle, options)]

    def table(
        self,
        *,
        geometry: bool = False,
        split: Optional[str] = None,
        modality: Optional[str] = None,
        has_label: Optional[bool] = None,
        has_image: Optional[bool] = None,
        verdicts: Given = None,
        only: Only = None,
    ) -> dict[str, list[Any]]:
        """The cases as columns of equal length, for pandas.DataFrame() and others: id, number, split, modality, image and
        label (paths; None if there is no such file), age, sex, site and scanner (None: unknown). geometry: reads the
        header of each image for shape_x, shape_y, shape_z, spacing_x, spacing_y, spacing_z (mm), orientation and error,
        which says why they are None. The rest is as in cases()."""
        chosen = self.cases(
            split=split, modality=modality, has_label=has_label, has_image=has_image, verdicts=verdicts, only=only
        )
        return columns(chosen, geometry)

    def validate(self) -> list[Finding]:
        """Compares dataset.json with the folders, without reading a volume."""
        return [
            Finding(status, _amos.warnings(warnings), path, case_id, in_python(message, shown(path or "")))
            for status, warnings, path, case_id, message in _amos.dataset_validate(self._handle)
        ]

    def __reduce__(self) -> Any:
        """A copy in another process opens the folder again."""
        return (_reopen, (self._made_with,))

    def __repr__(self) -> str:
        return f"<amos.Dataset {self.root!r} of {len(self)} cases>"


def _reopen(arguments: dict[str, Any]) -> Dataset:
    return Dataset(**arguments)
