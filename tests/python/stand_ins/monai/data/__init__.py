# SPDX-License-Identifier: BSD-3-Clause
from .image_reader import ImageReader

__all__ = ["Dataset", "ImageReader"]


class Dataset:
    """Items, with a transform applied when one is taken. A list of indices or a slice would give a subset."""

    def __init__(self, data, transform=None):
        self.data = data
        self.transform = transform

    def __len__(self):
        return len(self.data)

    def __getitem__(self, index):
        item = self.data[index]
        return item if self.transform is None else self.transform(item)
