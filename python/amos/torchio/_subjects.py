# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

from typing import Any, Optional, Union

from .._bridges.items import facts_of, opened
from .._bridges.needed import needed
from .._dataset import Case, Dataset
from .._source import Path
from ._reader import AmosReader

torchio = needed("torchio", "amos.torchio", "torchio")


def subject(case: Case, reader: Optional[AmosReader] = None, **more: Any) -> Any:
    """A Subject with the image, the label if there is one, and id, split, modality, age, sex and site. reader: another
    AmosReader than the default. more: other entries."""
    reader = AmosReader() if reader is None else reader
    entries = {"image": torchio.ScalarImage(case.image_path, reader=reader)}
    if case.has_label:
        entries["label"] = torchio.LabelMap(case.label_path, reader=reader)
    return torchio.Subject(**entries, **facts_of(case), **more)


def subjects(dataset: Union[Dataset, Path], reader: Optional[AmosReader] = None, **filters: Any) -> list[Any]:
    """The subjects of a data set. filters: as in Dataset.cases(), such as split="training"."""
    return [subject(case, reader) for case in opened(dataset).cases(**filters)]
