# SPDX-License-Identifier: BSD-3-Clause
"""libamos in pipelines of MONAI.

    from monai.transforms import LoadImaged

    import amos.monai

    items = amos.monai.datalist("amos22", split="training")
    load = LoadImaged(keys=["image", "label"], reader=amos.monai.AmosReader)
    volumes = load(items[0])

A file that libamos refuses is an error: MONAI does not go on to its next reader.
"""

from ._data import AmosDataset, datalist
from ._reader import AmosReader

__all__ = ["AmosDataset", "AmosReader", "datalist"]
