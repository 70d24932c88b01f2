# SPDX-License-Identifier: BSD-3-Clause
"""A stand-in for what amos.torchio uses of TorchIO 2 and 1; see README.md. `version` 1 reads images whole."""

import pathlib

import numpy
import torch

from .data.backends import BackendRequest

version = 2


class Image:
    """An image that is read when it is asked for. In TorchIO 1 a reader is called, and gives a tensor of four axes and a
    NumPy affine; in TorchIO 2 a reader that has create_backend() is asked for a backend instead."""

    def __init__(self, path, *, reader, reader_kwargs=None, affine=None, **more):
        self.path = pathlib.Path(path)
        if not self.path.is_file():
            raise FileNotFoundError(f'File not found: "{path}"')
        self.reader, self.reader_kwargs, self._affine = reader, reader_kwargs or {}, affine
        self._backend = self._data = None

    @property
    def dataobj(self):
        if self._backend is None:
            request = BackendRequest(path=self.path, affine=self._affine, reader_kwargs=self.reader_kwargs, reader=self.reader)
            self._backend = self.reader.create_backend(request)
        return self._backend

    def _load(self):
        if self._data is None:
            self._data, self._affine = self.reader(self.path, **self.reader_kwargs)
            assert isinstance(self._data, torch.Tensor) and self._data.ndim == 4
            assert isinstance(self._affine, numpy.ndarray) and self._affine.shape == (4, 4)

    @property
    def shape(self):
        if version == 2 and self._data is None:
            return self.dataobj.shape
        self._load()
        return tuple(self._data.shape)

    @property
    def affine(self):
        if version == 2:
            return self.dataobj.affine
        self._load()
        return self._affine

    @property
    def data(self):
        if version == 2 and self._data is None:
            self._data = self.dataobj.to_tensor()
        self._load()
        return self._data


class ScalarImage(Image):
    pass


class LabelMap(Image):
    pass


class Subject(dict):
    def __init__(self, **entries):
        super().__init__(entries)

    def __getattr__(self, name):
        return self[name]


class SubjectsDataset:
    def __init__(self, subjects):
        self.subjects = list(subjects)

    def __len__(self):
        return len(self.subjects)

    def __getitem__(self, index):
        return self.subjects[index]
