# SPDX-License-Identifier: BSD-3-Clause
"""libamos as a reader of TorchIO.

    import torchio
    import amos.torchio

    image = torchio.ScalarImage("amos22/imagesTr/amos_0001.nii.gz", reader=amos.torchio.AmosReader())
    subjects = torchio.SubjectsDataset(amos.torchio.subjects("amos22", split="training"))

TorchIO 1 reads an image whole. TorchIO 2 asks the reader for a backend, which reads the header alone, and then those
parts of the voxels that are asked for, by the seek index of the file.
"""

from ._reader import AmosBackend, AmosReader
from ._subjects import subject, subjects

__all__ = ["AmosBackend", "AmosReader", "subject", "subjects"]
