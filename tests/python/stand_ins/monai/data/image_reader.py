# SPDX-License-Identifier: BSD-3-Clause
from abc import ABC, abstractmethod


class ImageReader(ABC):
    @abstractmethod
    def verify_suffix(self, filename):
        """Whether the reader takes such names."""

    @abstractmethod
    def read(self, data, **kwargs):
        """Opens a file or several."""

    @abstractmethod
    def get_data(self, img):
        """(array, dictionary) of what read() gave."""
