# SPDX-License-Identifier: BSD-3-Clause
from abc import ABC, abstractmethod


class BaseReaderWriter(ABC):
    """supported_file_endings: a list of the subclass."""

    @abstractmethod
    def read_images(self, image_fnames):
        """(float32 (c, z, y, x), properties with 'spacing' in the same order)"""

    @abstractmethod
    def read_seg(self, seg_fname):
        """((1, z, y, x), properties)"""

    @abstractmethod
    def write_seg(self, seg, output_fname, properties):
        """seg: (z, y, x)"""
