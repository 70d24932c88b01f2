# SPDX-License-Identifier: BSD-3-Clause
"""Batches of libamos as tensors of PyTorch.

    from amos.torch import PatchLoader

    loader = PatchLoader("amos22", split="training", orientation="RAS", patch=(160, 160, 96), batch_size=2, foreground=0.5,
                         pin_memory=True)
    for epoch in range(100):
        for image, label, samples in loader:
            image = image.cuda(non_blocking=True)

The threads of libamos prepare the batches, so no worker processes are needed. If you want them anyway, a PatchLoader is
an IterableDataset: torch.utils.data.DataLoader(loader, batch_size=None, num_workers=2).
"""

from __future__ import annotations

import os
import warnings
from typing import Any, Iterator, NamedTuple, Optional, Union

import torch
import torch.distributed
import torch.utils.data

from ._dataset import Dataset
from ._errors import DataWarning, Error
from ._loader import Batch, LeftOut, Loader, LoaderStats, Sample
from ._volume import Path

_ALIGNMENT = 64


class TensorBatch(NamedTuple):
    image: torch.Tensor
    """float32 or float16, axes N, 1, D, H, W."""
    label: Optional[torch.Tensor]
    """uint8 or int64, axes N, 1, D, H, W; one-hot: N, max_label + 1, D, H, W."""
    samples: list[Sample]


def _pinned(size: int) -> Any:
    memory = torch.empty(size + _ALIGNMENT, dtype=torch.uint8, pin_memory=True)
    start = -memory.data_ptr() % _ALIGNMENT
    return memory[start : start + size].numpy()


def _tensors(batch: Batch, copied: bool) -> TensorBatch:
    image = torch.from_dlpack(batch.image)
    label = None if batch.label is None else torch.from_dlpack(batch.label)
    if copied:
        image, label = image.clone(), None if label is None else label.clone()
    return TensorBatch(image, label, batch.samples)


def _place() -> tuple[int, int]:
    """Rank and size of the process group, if there is one."""
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        return torch.distributed.get_rank(), torch.distributed.get_world_size()
    return 0, 1


class PatchLoader(torch.utils.data.IterableDataset):
    """A Loader that yields tensors, in this process or in the workers of a DataLoader.

    In this process tensors share the memory of the batch, which the loader reuses when they are released. If more than
    `hold` batches are kept, the others have memory of their own (not pinned). Workers copy. Each worker draws from a part of the cases. If workers are started
    again for each epoch, as a DataLoader does unless its workers are persistent, call set_epoch() before each epoch.
    """

    def __init__(
        self,
        dataset: Union[Dataset, Path],
        *,
        pin_memory: bool = False,
        rank: Optional[int] = None,
        world_size: Optional[int] = None,
        **options: Any,
    ) -> None:
        """options: those of amos.Loader. pin_memory: use page-locked memory for batches. rank and world_size: this
        process's share; None: those of torch.distributed, which must be initialised before."""
        super().__init__()
        place = _place()
        self.dataset = dataset if isinstance(dataset, Dataset) else Dataset(dataset)
        self.rank = place[0] if rank is None else rank
        self.world_size = place[1] if world_size is None else world_size
        self.options = options
        self.pin_memory = pin_memory and torch.cuda.is_available()
        if pin_memory and not self.pin_memory:
            warnings.warn("memory is not pinned, because there is no CUDA device.", stacklevel=2)
        self._epoch = torch.zeros((), dtype=torch.int64).share_memory_()  # shared with the workers
        self._lost = torch.zeros(max(1, len(self.dataset)), dtype=torch.uint8).share_memory_()  # cases; shared too
        self._seen_epoch = 0
        self._rounds = 0
        self._opened: Optional[tuple[int, Loader]] = None

    def _open(self) -> Loader:
        """The loader of this process."""
        if self._opened is None or self._opened[0] != os.getpid():
            self._opened = (os.getpid(), self._make(torch.utils.data.get_worker_info()))
        return self._opened[1]

    def _make(self, worker: Any) -> Loader:
        options = dict(self.options)
        if worker is None:
            buffers = _pinned if self.pin_memory else None
            return Loader(self.dataset, rank=self.rank, world_size=self.world_size, buffers=buffers, **options)
        steps = options.get("steps", 0)
        if steps:
            options["steps"] = steps // worker.num_workers + (worker.id < steps % worker.num_workers)
            if not options["steps"]:
                raise ValueError(f"{steps} steps are too few for {worker.num_workers} workers.")
        options["threads"] = options.get("threads", 0) or max(1, len(os.sched_getaffinity(0)) // worker.num_workers)
        rank = self.rank * worker.num_workers + worker.id
        with warnings.catch_warnings():
            if worker.id:  # all workers have the same cases; the first one warns
                warnings.simplefilter("ignore", DataWarning)
            return Loader(self.dataset, rank=rank, world_size=self.world_size * worker.num_workers, **options)

    def set_epoch(self, epoch: int) -> None:
        """Sets the epoch of the next iteration, here and in workers."""
        self._epoch.fill_(epoch)
        self._rounds = 0
        if self._opened is not None and self._opened[0] == os.getpid():
            self._opened[1].seek(epoch)

    def _worker_epoch(self) -> int:
        epoch = int(self._epoch)
        if epoch != self._seen_epoch:
            self._seen_epoch, self._rounds = epoch, 0
        self._rounds += 1
        return epoch + self._rounds - 1

    def __iter__(self) -> Iterator[TensorBatch]:
        in_worker = torch.utils.data.get_worker_info() is not None
        first = self._opened is None or self._opened[0] != os.getpid()
        loader = self._open()
        if in_worker:
            loader.seek(self._worker_epoch())
        elif first and int(self._epoch):
            loader.seek(int(self._epoch))
        for batch in loader:
            tensors = _tensors(batch, in_worker)
            del batch
            if in_worker:
                self._note_lost(loader)
            yield tensors
            del tensors
        if in_worker:
            self._note_lost(loader)

    def _note_lost(self, loader: Loader) -> None:
        """Lets the main process know which cases this worker could not read."""
        for error in loader.damaged if loader.stats.damaged else []:
            if error.case_id in self.dataset:
                self._lost[self.dataset[error.case_id].index] = 1

    @property
    def steps(self) -> int:
        """Batches per epoch, in this process."""
        return self._open().steps

    def __len__(self) -> int:
        """Batches per epoch, in this process. Workers share the cases and may make more, unless `steps` is given."""
        return self.steps

    @property
    def cases(self) -> list[str]:
        return self._open().cases

    @property
    def left_out(self) -> list[LeftOut]:
        """The cases that were chosen but cannot be used, with the reason."""
        return self._open().left_out

    @property
    def damaged(self) -> list[Error]:
        """The errors of the cases that could not be read, in this process and in workers. A worker's warning says why."""
        opened = self._opened is not None and self._opened[0] == os.getpid()
        found = self._opened[1].damaged if self._opened is not None and opened else []
        known = {error.case_id for error in found}
        lost = [case.id for case in self.dataset if self._lost[case.index] and case.id not in known]
        return found + [Error(f"case {case} could not be read by a worker.", case_id=case) for case in lost]

    @property
    def stats(self) -> LoaderStats:
        return self._open().stats

    def state_dict(self) -> dict[str, int]:
        """The position of the next batch in this process, to be saved with a checkpoint."""
        return self._open().state_dict()

    def load_state_dict(self, state: dict[str, int]) -> None:
        self._open().load_state_dict(state)

    def close(self) -> None:
        """Stops the threads of this process."""
        self._opened = None

    def __repr__(self) -> str:
        return f"<amos.torch.PatchLoader of {self.dataset.root!r}, rank {self.rank} of {self.world_size}>"

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_opened": None}
