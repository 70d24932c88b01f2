# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

import threading
from dataclasses import asdict, dataclass
from typing import Any, Callable, Iterable, Iterator, NamedTuple, Optional, Sequence, Union

from . import _amos, _geometry
from ._accept import Relabel, Round, Tolerance, accept_fields
from ._cache import Cache
from ._dataset import Dataset, filter_options
from ._errors import Error
from ._geometry import Geometry
from ._volume import Progress

_FLIPS = {"x": _amos.FLIP_X, "y": _amos.FLIP_Y, "z": _amos.FLIP_Z}


@dataclass(frozen=True)
class Scaling:
    """How voxel values are scaled for the network.

    "none"; "range": clip to low..high, then map to 0..1; "zscore": clip, then standardise by `mean` and `deviation`;
    "case_zscore": clip, then standardise by mean and deviation of the case's body; "case_range": map the body's 0.5 %
    and 99.5 % percentiles to 0 and 1. Nothing is clipped if low and high are equal."""

    scale: str = "none"
    low: float = 0
    high: float = 0
    mean: float = 0
    deviation: float = 0


@dataclass(frozen=True)
class Augment:
    """Random transforms of each element; amos/loader.h describes their distributions. A share is the probability that
    an element is changed."""

    flips: str = ""
    """Axes to flip, each with probability 1/2: "xyz"."""
    quarter_turns: bool = False
    affine_share: float = 0
    rotate_degrees: tuple[float, float, float] = (0, 0, 0)
    zoom_low: float = 0
    zoom_high: float = 0
    gamma_share: float = 0
    gamma_low: float = 0
    gamma_high: float = 0
    brightness_share: float = 0
    brightness_low: float = 0
    brightness_high: float = 0
    contrast_share: float = 0
    contrast_low: float = 0
    contrast_high: float = 0
    noise_share: float = 0
    noise_low: float = 0
    noise_high: float = 0


class Sample(NamedTuple):
    """A description of one element of a batch."""

    case_id: str
    case_index: int
    loader_case: int
    modality: str
    box: tuple[tuple[int, int, int], tuple[int, int, int]]
    """In the volume that it is drawn from; may extend beyond the volume."""
    tile: int
    organ: int
    """The label that the patch was forced to contain; 0 if none."""
    flips: str
    quarter_turns: int
    to_volume: tuple[tuple[float, ...], ...]
    """3 x 4 matrix from element voxel (x, y, z, 1) to voxel index in the volume."""
    shift: float
    factor: float
    """value = (clipped - shift) * factor"""
    clip_low: float
    clip_high: float
    damaged: bool


def _sample(fields: dict[str, Any]) -> Sample:
    flat = fields["to_volume"]
    fields["box"] = (fields.pop("start"), fields.pop("stop"))
    fields["to_volume"] = tuple(tuple(flat[4 * i : 4 * i + 4]) for i in range(3))
    fields["flips"] = "".join(axis for axis, bit in _FLIPS.items() if fields["flips"] & bit)
    fields["damaged"] = bool(fields["damaged"])
    return Sample(**fields)


class Batch:
    """A batch of elements. The loader reuses its memory when the batch and all views of it are released."""

    def __init__(self, handle: _amos.Handle, image: Any, label: Any, epoch: int, step: int, count: int) -> None:
        self._handle = handle
        self.image: _amos.Array = image
        """float32 or float16, axes N, 1, D, H, W."""
        self.label: Optional[_amos.Array] = label
        """uint8 or int64, axes N, 1, D, H, W; one-hot: N, max_label + 1, D, H, W."""
        self.epoch = epoch
        self.step = step
        self.count = count
        """N, or fewer in the last batches of whole volumes and tiles; the remaining elements are padding."""

    @property
    def samples(self) -> list[Sample]:
        return [_sample(fields) for fields in _amos.batch_samples(self._handle)]

    def __repr__(self) -> str:
        return f"<amos.Batch epoch {self.epoch} step {self.step} {self.image.shape}>"


class LoaderStats(NamedTuple):
    """Statistics of a loader so far; times are sums over threads, in nanoseconds."""

    batches: int
    samples: int
    wait_ns: int
    idle_ns: int
    decode_ns: int
    copy_ns: int
    hits: int
    misses: int
    memory: int
    memory_peak: int
    damaged: int
    accepted: int
    """Cases in whose labels values were rounded, ignored or relabelled."""


def _scaling(scaling: Optional[Scaling]) -> Optional[dict[str, Any]]:
    return None if scaling is None else asdict(scaling)


def _augment(augment: Optional[Augment]) -> Optional[dict[str, Any]]:
    if augment is None:
        return None
    if set(augment.flips) - set(_FLIPS):
        raise ValueError(f"flips is {augment.flips!r}; only the letters x, y and z are allowed.")
    return {**asdict(augment), "flips": sum(_FLIPS[axis] for axis in set(augment.flips))}


class Loader:
    """Feeds a training loop with batches from the cases of a data set.

    The content of a batch depends only on the data, the options, and its position (epoch, step), not on `threads`.
    Iterating yields the remaining batches of an epoch; iterate again for the next one. amos/loader.h describes every
    option in detail.
    """

    def __init__(
        self,
        dataset: Dataset,
        *,
        cache: Optional[Cache] = None,
        patch: Optional[Sequence[int]] = None,
        draw: str = "patches",
        batch_size: int = 1,
        split: Optional[str] = None,
        modality: Optional[str] = None,
        cases: Optional[Sequence[str]] = None,
        organs: Optional[Sequence[Union[int, str]]] = None,
        max_label: int = 0,
        round_labels: Round = False,
        ignore: Union[None, int, Iterable[int]] = None,
        relabel: Relabel = None,
        geometry_tolerance: Tolerance = None,
        frame: Optional[int] = None,
        orientation: Optional[str] = None,
        border: Sequence[int] = (0, 0, 0),
        foreground: float = 0,
        balanced: bool = False,
        patches_per_case: int = 0,
        interleave: int = 0,
        overlap: Optional[float] = None,
        seed: int = 0,
        ct: Optional[Scaling] = None,
        mri: Optional[Scaling] = None,
        augment: Optional[Augment] = None,
        pad_value: Optional[float] = None,
        image_type: str = "float32",
        label_type: Optional[str] = "uint8",
        steps: int = 0,
        rank: int = 0,
        world_size: int = 0,
        threads: int = 0,
        prefetch: int = 0,
        hold: int = 0,
        memory_budget: int = 0,
        stop_at_damage: bool = False,
        buffers: Optional[Callable[[int], Any]] = None,
        progress: Progress = None,
    ) -> None:
        """cache: decoded cases, see Cache. patch: voxels along x, y, z. draw: "patches" at random places, "whole" volumes, or "tiles" for inference.
        max_label 0: that of the cache, else of the data set. round_labels, ignore, relabel, geometry_tolerance and frame
        are those of Case.load(); with a cache, give them to the cache. overlap: of tiles, as in Tiling. label_type: "uint8", "int64", "onehot", or None for images alone.
        buffers: called with a number of bytes, gives memory (a buffer aligned to 64) for batches, such as pinned memory."""
        flags = (_amos.LOADER_STOP_AT_DAMAGE if stop_at_damage else 0) | (_amos.LOADER_PAD if pad_value is not None else 0)
        options = {
            "flags": flags,
            "patch": patch,
            "draw": draw,
            "batch_size": batch_size,
            "accept": accept_fields(
                max_label=max_label,
                round_labels=round_labels,
                ignore=ignore,
                relabel=relabel,
                geometry_tolerance=geometry_tolerance,
                frame=frame,
                names=dataset.labels,
            ),
            "orientation": orientation,
            "border": border,
            "foreground": foreground,
            "balanced": balanced,
            "patches_per_case": patches_per_case,
            "interleave": interleave,
            "overlap": overlap,
            "seed": seed,
            "pad_value": pad_value,
            "image_type": image_type,
            "label_type": "none" if label_type is None else label_type,
            "steps": steps,
            "rank": rank,
            "world_size": world_size,
            "threads": threads,
            "prefetch": prefetch,
            "hold": hold,
            "memory_budget": memory_budget,
        }
        labels = None if organs is None else tuple(_amos.parse("organ", str(organ)) for organ in organs)
        chosen = filter_options(split, modality, None, None)
        ids = None if cases is None else tuple(cases)
        transforms = _scaling(ct), _scaling(mri), _augment(augment)
        self._lock = threading.Lock()
        self._handle: Optional[_amos.Handle] = _amos.loader_open(
            dataset._handle, None if cache is None else cache._handle, options, chosen, ids, labels, *transforms, buffers, progress
        )
        self.steps, cases_found = _amos.loader_info(self._handle)
        """Batches per epoch."""
        self.cases: list[str] = [case for case, _ in cases_found]
        """The ids of the cases it draws from."""
        self.geometries: list[Geometry] = [_geometry.from_c(fields) for _, fields in cases_found]  # type: ignore[misc]
        """Their geometries, as the cases are drawn from."""

    def _open(self) -> _amos.Handle:
        if self._handle is None:
            raise ValueError("the loader is closed.")
        return self._handle

    def next(self) -> Optional[Batch]:
        """Waits for the next batch and returns it; None once at the end of each epoch."""
        with self._lock:
            made = _amos.loader_next(self._open())
        return None if made is None else Batch(*made)

    def __iter__(self) -> Iterator[Batch]:
        while (batch := self.next()) is not None:
            yield batch
            del batch  # else it would be held while the next one is drawn

    def __len__(self) -> int:
        return self.steps

    def state_dict(self) -> dict[str, int]:
        """The position of the next batch, to be saved with a checkpoint."""
        with self._lock:
            return _amos.loader_state(self._open())

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Resumes at such a position; ArgumentError if it belongs to other options or cases."""
        with self._lock:
            _amos.loader_seek(self._open(), state)

    def seek(self, epoch: int, step: int = 0) -> None:
        """Moves to a position."""
        self.load_state_dict({"epoch": epoch, "step": step, "fingerprint": 0})

    def cancel(self) -> None:
        """Lets a waiting or later next() raise CancelledError, until seek(). Any thread may call it."""
        _amos.loader_cancel(self._open())

    @property
    def stats(self) -> LoaderStats:
        return LoaderStats(**_amos.loader_stats(self._open()))

    @property
    def damaged(self) -> list[Error]:
        """The errors of the cases that were left out because they cannot be read."""
        found: list[Error] = []
        for index in range(self.stats.damaged):
            try:
                _amos.loader_damaged(self._open(), index)
            except Error as error:
                found.append(error)
        return found

    def close(self) -> None:
        """Stops its threads. Existing batches remain valid."""
        self._handle = None

    def __enter__(self) -> Loader:
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()


class Tiling:
    """Divides a volume into overlapping tiles for inference, and merges the results.

    sum = numpy.zeros(tiling.sum_shape(channels), "float32"), then add() each tile once, then argmax()."""

    def __init__(
        self, shape: Sequence[int], patch: Sequence[int], *, overlap: Optional[float] = None, sigma: Optional[float] = None
    ) -> None:
        """shape and patch: voxels along x, y, z. overlap: least share of a tile that the next one covers too; None: 0.5.
        sigma: of the Gaussian weights, as a share of the patch; 0: all equal; None: 0.125."""
        self.shape = tuple(int(n) for n in shape)
        options = {"patch": patch, "overlap": overlap, "sigma": sigma}
        self._handle = _amos.tiling_make(self.shape, options)

    def __len__(self) -> int:
        return _amos.tiling_count(self._handle)

    def box(self, index: int) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
        """The box of a tile in the volume; it may extend beyond the volume."""
        return _amos.tiling_box(self._handle, index)

    def sum_shape(self, channels: int) -> tuple[int, int, int, int]:
        """C, Z, Y, X"""
        x, y, z = self.shape
        return (channels, z, y, x)

    def add(self, index: int, tile: Any, sum: Any) -> None:
        """Adds the network's output for a tile, float32 (C, D, H, W), to `sum`, float32 (C, Z, Y, X), at first zero."""
        _amos.tiling_add(self._handle, index, tile, sum)

    def argmax(self, sum: Any) -> _amos.Array:
        """The channel with the largest value at each voxel: uint8, axes x, y, z."""
        return _amos.tiling_argmax(self._handle, self.shape, sum)
