# SPDX-License-Identifier: BSD-3-Clause
"""The AMOS abdominal CT/MRI data set and other NIfTI volumes, read by libamos.

    import amos

    dataset = amos.Dataset("amos22")
    for case in dataset.cases(split="training", modality="CT", has_label=True):
        image, labels = case.load(dtype="float32", orientation="RAS")
        print(case.id, image.shape, labels["liver"].millilitres)

Voxels are returned as an Array in memory of libamos: numpy.asarray(array), memoryview(array) and
torch.from_dlpack(array) use that memory without a copy. Volumes have the axes x, y, z, with x fastest in memory, as
NIfTI stores them; positions are in millimetres, RAS+. Batches of a Loader have the axes N, C, D, H, W, with W along x.

Every function that reads or computes releases the GIL, so that other threads can run.
"""

from ._accept import Accepted
from ._amos import Array
from ._cache import Built, Cache, Fingerprint, Intensity
from ._command import convert, export
from ._components import Component, Components, Dropped, OrganComponents
from ._dataset import Case, Dataset, Finding, Metadata
from ._errors import (
    ArgumentError,
    CancelledError,
    DataError,
    DataWarning,
    Error,
    FileError,
    ForkError,
    GeometryWarning,
    MissingFileError,
    OutOfMemoryError,
)
from ._folders import FolderScores, score_folders
from ._geometry import Geometry
from ._labelmap import LabelMap, OrganStats
from ._loader import Augment, Batch, LeftOut, Loader, LoaderStats, Sample, Scaling, Tiling
from ._stitcher import Stitcher
from ._organs import ORGANS, Organ, label_color, organ
from ._quality import QUALITY_LIMITS, Quality, QualityFinding, QualityLimit, quality
from ._resample import Resampled, resample
from ._score import MEASURES, Mean, Measure, OrganScore, Score, score
from ._verdicts import Verdict, Verdicts
from ._version import __version__, features
from ._volume import Range, Volume, VolumeInfo, archive_paths, write

__all__ = [
    "Accepted",
    "Array",
    "ArgumentError",
    "Augment",
    "Batch",
    "Built",
    "Cache",
    "CancelledError",
    "Case",
    "Component",
    "Components",
    "DataError",
    "DataWarning",
    "Dataset",
    "Dropped",
    "Error",
    "FileError",
    "Finding",
    "Fingerprint",
    "FolderScores",
    "ForkError",
    "Geometry",
    "GeometryWarning",
    "Intensity",
    "LabelMap",
    "LeftOut",
    "Loader",
    "LoaderStats",
    "MEASURES",
    "Mean",
    "Measure",
    "Metadata",
    "MissingFileError",
    "ORGANS",
    "Organ",
    "OrganComponents",
    "OrganScore",
    "OrganStats",
    "OutOfMemoryError",
    "QUALITY_LIMITS",
    "Quality",
    "QualityFinding",
    "QualityLimit",
    "Range",
    "Resampled",
    "Sample",
    "Scaling",
    "Score",
    "Stitcher",
    "Tiling",
    "Verdict",
    "Verdicts",
    "Volume",
    "VolumeInfo",
    "__version__",
    "archive_paths",
    "convert",
    "export",
    "features",
    "label_color",
    "organ",
    "quality",
    "resample",
    "score",
    "score_folders",
    "write",
]
