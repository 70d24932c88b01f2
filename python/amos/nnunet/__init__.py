# SPDX-License-Identifier: BSD-3-Clause
"""libamos beside and inside nnU-Net 2.

    plan = amos.nnunet.Plan.read("nnUNet_preprocessed/Dataset218_AMOS/nnUNetPlans.json", "3d_fullres")
    cache = amos.Cache("cache", orientation="RAS", spacing=plan.spacing)
    loader = amos.Loader(dataset, cache=cache, patch=plan.patch, batch_size=plan.batch_size, ct=plan.scaling())

AmosIO and AmosIOWithReorient are readers and writers for nnU-Net itself, which looks for them by their name in its
folder nnunetv2/imageio alone: a file there with the line `from amos.nnunet import AmosIO, AmosIOWithReorient` is enough.
They need nnunetv2; everything else here does not.
"""

from typing import Any

from ._plans import Fold, Plan, read_folds, set_reader

__all__ = ["AmosIO", "AmosIOWithReorient", "Fold", "Plan", "read_folds", "set_reader"]


def __getattr__(name: str) -> Any:
    if name not in ("AmosIO", "AmosIOWithReorient"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import _reader

    return getattr(_reader, name)
