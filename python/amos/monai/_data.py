# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

from typing import Any, Optional, Union

from .._bridges.items import facts_of, opened
from .._bridges.needed import needed
from .._dataset import Dataset
from .._source import Path
from ._reader import AmosReader

_data = needed("monai.data", "amos.monai", "monai")
_transforms = needed("monai.transforms", "amos.monai", "monai")


def datalist(dataset: Union[Dataset, Path], **filters: Any) -> list[dict[str, Any]]:
    """The cases as MONAI's items: image and label (paths; no key label if there is none), id, split, modality, age (-1:
    unknown), sex and site. filters: as in Dataset.cases(), such as split="training" or has_label=True."""
    items = []
    for case in opened(dataset).cases(**filters):
        item = {"image": case.image_path, **({"label": case.label_path} if case.has_label else {})}
        items.append({**item, **facts_of(case)})
    return items


class AmosDataset(_data.Dataset):  # type: ignore[misc, name-defined]
    """A Dataset of MONAI whose items are those of datalist(), with `transform` applied.

    Without a transform, image and label are loaded by an AmosReader; a transform begins with
    LoadImaged(keys=["image", "label"], reader=AmosReader) itself, as with MONAI's other data sets."""

    def __init__(self, dataset: Union[Dataset, Path], transform: Optional[Any] = None, **filters: Any) -> None:
        if transform is None:
            transform = _transforms.LoadImaged(keys=["image", "label"], reader=AmosReader(), allow_missing_keys=True)
        super().__init__(data=datalist(dataset, **filters), transform=transform)
