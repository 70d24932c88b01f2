# SPDX-License-Identifier: BSD-3-Clause
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable


@dataclass(frozen=True)
class BackendRequest:
    path: Any = None
    remote_zarr_uri: Any = None
    zarr_store: Any = None
    affine: Any = None
    reader_kwargs: Any = field(default_factory=dict)
    reader: Any = None


@runtime_checkable
class LazyReader(Protocol):
    def create_backend(self, request): ...


@runtime_checkable
class ImageDataBackend(Protocol):
    @property
    def shape(self): ...

    @property
    def affine(self): ...

    @property
    def dtype(self): ...

    def __getitem__(self, slices): ...

    def to_tensor(self): ...
