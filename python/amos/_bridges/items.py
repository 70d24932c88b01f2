# SPDX-License-Identifier: BSD-3-Clause
"""Cases as the dictionaries that other programs keep."""

from __future__ import annotations

from typing import Any, Union

from .._dataset import Case, Dataset
from .._source import Path


def opened(dataset: Union[Dataset, Path]) -> Dataset:
    return dataset if isinstance(dataset, Dataset) else Dataset(dataset)


def facts_of(case: Case) -> dict[str, Any]:
    """What is known of a case. Nothing is None, and every case has every key, so that items can be put into batches."""
    about = case.metadata
    return {
        "id": case.id,
        "split": case.split,
        "modality": case.modality,
        "age": -1 if about is None else about.age_years,
        "sex": "" if about is None else about.sex.replace("?", ""),
        "site": "" if about is None else about.site,
    }
