# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

import threading
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any, Callable, Iterable, Iterator, Mapping, NamedTuple, Optional, Sequence, Union

from . import _amos, _geometry
from ._accept import Relabel, Round, Tolerance, accept_fields, relabel_numbers
from ._cache import Cache
from ._dataset import Case, Dataset, filter_options
from ._errors import Error, warn, warn_of_guesses
from ._geometry import Geometry
from ._organs import label_value
from ._source import Path
from ._types import type_name
from ._verdicts import Given, Only
from ._volume import Progress
from ._words import in_python

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
    mirror: str = "refuse"
    """What happens if a flip mirrors the patient's left and right, which are along x in most volumes: "refuse" such
    flips if there are labels of a left and a right organ, "exchange" these labels in mirrored elements, or "keep" them."""
    pairs: Sequence[tuple[Union[int, str], Union[int, str]]] = ()
    """Labels of the left and the right of an organ. Empty: those whose names differ by the words left and right, in
    AMOS the kidneys and the adrenal glands."""


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
    """The label that the patch was forced to contain, as it is in the element; 0 if none."""
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
    mirrored: bool
    """A flip mirrored left and right."""
    not_finite: int
    """Voxels that are NaN or infinite, in the part of the volume that the element was made of."""


def _sample(fields: dict[str, Any]) -> Sample:
    flat = fields["to_volume"]
    fields["box"] = (fields.pop("start"), fields.pop("stop"))
    fields["to_volume"] = tuple(tuple(flat[4 * i : 4 * i + 4]) for i in range(3))
    fields["flips"] = "".join(axis for axis, bit in _FLIPS.items() if fields["flips"] & bit)
    fields["damaged"] = bool(fields["damaged"])
    fields["mirrored"] = bool(fields["mirrored"])
    return Sample(**fields)


class Batch:
    """A batch of elements. The loader reuses its memory when the batch and all views of it are released. If more than
    `hold` batches are kept, the others have memory of their own."""

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

    def __reduce__(self) -> Any:
        raise TypeError("a batch cannot go to another process; send copies of its arrays, such as numpy.array(batch.image).")

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
    not_finite: int
    retries: int
    copies: int
    accepted: int
    """Cases in whose labels values were rounded, ignored or relabelled."""


class LeftOut(NamedTuple):
    """A case that was chosen, but left out when the loader was opened."""

    case_id: str
    case_index: int
    reason: str
    """"no_image", "no_label", "unlabelled", "filter", "organs" or "damaged"."""
    message: str


_REASONS = {
    "no_image": "without an image file",
    "no_label": "without a label file",
    "unlabelled": "without a label in the data set",
    "filter": "excluded by the filter",
    "organs": "without the organs",
    "damaged": "not readable",
}


def _scaling(name: str, scaling: Optional[Scaling]) -> Optional[dict[str, Any]]:
    if scaling is not None and not isinstance(scaling, Scaling):
        raise TypeError(f'{name} must be an amos.Scaling, such as amos.Scaling("range", low=-160, high=240).')
    return None if scaling is None else asdict(scaling)


def _augment(augment: Optional[Augment]) -> Optional[dict[str, Any]]:
    if augment is None:
        return None
    if not isinstance(augment, Augment):
        raise TypeError('augment must be an amos.Augment, such as amos.Augment(flips="yz").')
    if set(augment.flips) - set(_FLIPS):
        raise ValueError(f"flips is {augment.flips!r}; only the letters x, y and z are allowed.")
    fields = {**asdict(augment), "flips": sum(_FLIPS[axis] for axis in set(augment.flips))}
    del fields["pairs"]  # given on its own
    return fields


def _pairs(augment: Optional[Augment], names: Mapping[int, str]) -> tuple[tuple[int, int], ...]:
    given = () if augment is None else augment.pairs
    return tuple((label_value(left, names), label_value(right, names)) for left, right in given)


class Loader:
    """Feeds a training loop with batches from the cases of a data set.

    The content of a batch depends only on the data, the options, and its position (epoch, step), not on `threads`.
    Iterating yields the remaining batches of an epoch; iterate again for the next one. amos/loader.h describes every
    option in detail. Cases that are left out, damaged or unusual give a DataWarning; see `left_out` and `damaged`.
    """

    def __init__(
        self,
        dataset: Union[Dataset, Path],
        *,
        cache: Union[Cache, Path, None] = None,
        build: bool = False,
        patch: Optional[Sequence[int]] = None,
        draw: str = "patches",
        batch_size: int = 1,
        split: Optional[str] = None,
        modality: Optional[str] = None,
        verdicts: Given = None,
        only: Only = None,
        cases: Union[str, Case, Sequence[Union[str, Case]], None] = None,
        organs: Optional[Sequence[Union[int, str]]] = None,
        max_label: int = 0,
        round_labels: Round = False,
        ignore: Union[None, int, Iterable[int]] = None,
        relabel: Relabel = None,
        geometry_tolerance: Tolerance = None,
        frame: Optional[int] = None,
        lenient: bool = False,
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
        unknown: Optional[Scaling] = None,
        augment: Optional[Augment] = None,
        pad_value: Optional[float] = None,
        image_type: Any = "float32",
        label_type: Any = "uint8",
        steps: int = 0,
        rank: int = 0,
        world_size: int = 0,
        threads: int = 0,
        prefetch: int = 0,
        hold: int = 0,
        memory_budget: int = 0,
        stop_at_damage: bool = False,
        replace_nan: bool = False,
        buffers: Optional[Callable[[int], Any]] = None,
        progress: Progress = None,
    ) -> None:
        """dataset and cache may be paths; a cache is then opened with the orientation and the options of labels that are
        given here. cache: decoded cases, see Cache. build: first makes the entries that the cache lacks, of this split and
        modality, with all threads; without it their cases are left out. cases: ids or Cases. verdicts and only: as in Dataset.cases(). patch: voxels along x, y, z. draw: "patches" at random places, "whole" volumes, or "tiles" for inference.
        max_label 0: that of the cache, else of the data set. round_labels, ignore, relabel, geometry_tolerance, frame
        and lenient are those of Case.load(); with a cache, give them to the cache. overlap: of tiles, as in Tiling. ct,
        mri, unknown: the scaling of cases of this modality; one whose modality is unknown is refused if `ct` or `mri` is
        given and `unknown` is not, or if it may have to be padded without pad_value. organs: labels, or the data set's
        names of them. label_type: "uint8", "int64", "onehot", or None for images alone.
        hold: number of batches that can be kept in the memory of the loader; each further one gets memory of its own.
        threads: 0 for all processors; with 1, next() makes each batch itself, and none ahead.
        replace_nan: voxels that are NaN or infinite become what is beyond the border.
        buffers: called with a number of bytes, gives memory (a buffer aligned to 64) for batches, such as pinned memory."""
        dataset = dataset if isinstance(dataset, Dataset) else Dataset(dataset)
        image_type, label_type = type_name(image_type), None if label_type is None else type_name(label_type)
        if cache is not None and not isinstance(cache, Cache):
            cache = Cache(
                cache,
                orientation=orientation,
                max_label=max_label,
                round_labels=round_labels,
                ignore=ignore,
                relabel=relabel_numbers(relabel, dataset.labels),
                geometry_tolerance=geometry_tolerance,
                frame=frame,
                lenient=lenient,
            )
            orientation, round_labels, ignore, relabel, geometry_tolerance, frame = None, False, None, None, None, None
        only = only if only is None or isinstance(only, str) else tuple(only)
        if build and cache is None:
            raise ValueError("build makes the entries of a cache; give the cache, or leave out build.")
        if build and cache is not None:
            wanted = None if label_type is None else True
            cache.build(dataset, split=split, modality=modality, has_label=wanted, verdicts=verdicts, only=only, threads=threads)
        flags = _amos.LOADER_GROW
        flags |= _amos.LOADER_STOP_AT_DAMAGE if stop_at_damage else 0
        flags |= _amos.LOADER_PAD if pad_value is not None else 0
        flags |= _amos.LOADER_REPLACE_NAN if replace_nan else 0
        flags |= _amos.LOADER_LENIENT if lenient else 0
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
        labels = None if organs is None else tuple(label_value(organ, dataset.labels) for organ in organs)
        chosen = filter_options(split, modality, None, None, verdicts, only)
        given = (cases,) if isinstance(cases, (str, Case)) else cases
        ids = None if given is None else tuple(case.id if isinstance(case, Case) else case for case in given)
        transforms = _scaling("ct", ct), _scaling("mri", mri), _scaling("unknown", unknown), _augment(augment)
        self._lock = threading.Lock()
        self._handle: Optional[_amos.Handle] = _amos.loader_open(
            dataset._handle, None if cache is None else cache._handle, options, chosen, ids, labels, *transforms, _pairs(augment, dataset.labels), buffers, progress
        )
        half = _amos.parse("image_type", image_type) == _amos.parse("image_type", "float16")
        wide = options["label_type"] != "none" and _amos.parse("label_type", label_type) == _amos.parse("label_type", "int64")
        self._value_bytes = 2 if half else 4, 8 if wide else 1
        self._replaces = replace_nan
        self._told_damaged = 0
        self._told_not_finite: set[str] = set()
        self.steps, cases_found, left_out, orientations = _amos.loader_info(self._handle)
        """Batches per epoch."""
        self.cases: list[str] = [case for case, _, _ in cases_found]
        """The ids of the cases it draws from."""
        self.geometries: list[Geometry] = [_geometry.from_c(fields) for _, fields, _ in cases_found]  # type: ignore[misc]
        """Their geometries, as the cases are drawn from."""
        self.left_out: list[LeftOut] = [LeftOut(*case, in_python(message)) for *case, message in left_out]
        """The cases that were chosen but cannot be used, with the reason."""
        self.warnings: list[list[tuple[str, str]]] = [_amos.warnings(bits) for _, _, bits in cases_found]
        """The warnings of each case, of its files and of image and label together: names and their meaning."""
        self._tell_opening(orientations)
        self._warn_of_places()

    def _tell_opening(self, orientations: int) -> None:
        if self.left_out:
            counts = Counter(_REASONS[case.reason] for case in self.left_out)
            reasons = ", ".join(f"{count} {reason}" for reason, count in counts.items())
            total = len(self.left_out) + len(self.cases)
            warn(f"{len(self.left_out)} of {total} cases are left out: {reasons}; `left_out` has the details.")
        if orientations > 1:
            found = Counter(geometry.orientation for geometry in self.geometries if geometry is not None)
            kinds = ", ".join(f"{count} {name}" for name, count in found.items())
            warn(
                f"the cases lie in {orientations} orientations ({kinds}), so left is not on the same side of all elements; "
                'orientation="RAS" (of the cache, if there is one) turns them to one.'
            )

    def _tell_damaged(self) -> None:
        """A warning for each case that has become damaged since the last call."""
        for error in self._damaged_from(self._told_damaged):
            self._told_damaged += 1
            warn(f"case {error.case_id} could not be read: {error}")

    def _tell_epoch(self) -> None:
        if self._told_damaged:
            total = len(self.cases) + sum(case.reason == "damaged" for case in self.left_out)
            warn(f"{self._told_damaged} of {total} cases could not be read so far; `damaged` has the errors.")

    def _tell_not_finite(self, batch: Batch) -> None:
        for case in {sample.case_id for sample in batch.samples if sample.not_finite} - self._told_not_finite:
            self._told_not_finite.add(case)
            what = "they are replaced." if self._replaces else "and batches have them; replace_nan=True replaces them."
            warn(f"the image of {case} has voxels that are NaN or infinite; {what}")

    def _warn_of_places(self) -> None:
        """One GeometryWarning for each kind, with the cases."""
        kinds: dict[tuple[str, str], list[str]] = {}
        for case, found in zip(self.cases, self.warnings):
            for warning in found:
                kinds.setdefault(warning, []).append(case)
        for warning, cases in kinds.items():
            some = ", ".join(cases[:3]) + (", ..." if len(cases) > 3 else "")
            warn_of_guesses([warning], f"{len(cases)} of {len(self.cases)} cases ({some})", 3)

    def _open(self) -> _amos.Handle:
        if self._handle is None:
            raise ValueError("the loader is closed.")
        return self._handle

    def next(self) -> Optional[Batch]:
        """Waits for the next batch and returns it; None once at the end of each epoch."""
        with self._lock:
            made = _amos.loader_next(self._open(), *self._value_bytes)
        self._tell_damaged()
        if made is None:
            self._tell_epoch()
            return None
        batch = Batch(*made[0])
        if made[1]:
            self._tell_not_finite(batch)
        return batch

    def __iter__(self) -> Iterator[Batch]:
        while (batch := self.next()) is not None:
            yield batch
            del batch  # else it would be held while the next one is drawn

    def __len__(self) -> int:
        return self.steps

    def state_dict(self) -> dict[str, int]:
        """The position of the next batch, to be saved with a checkpoint. That of one rank serves all ranks, and any other
        number of them; see load_state_dict()."""
        with self._lock:
            return _amos.loader_state(self._open())

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Resumes at such a position; ArgumentError if it belongs to other options or cases. rank and world_size may be
        others: the epoch is finished in the order of those who began it, dealt to the ranks that are there, and the next
        one has the order of the new world_size."""
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
        return self._damaged_from(0)

    def _damaged_from(self, first: int) -> list[Error]:
        found: list[Error] = []
        for index in range(first, self.stats.damaged):
            try:
                _amos.loader_damaged(self._open(), index)
            except Error as error:
                found.append(error)
        return found

    def __repr__(self) -> str:
        return f"<amos.Loader of {len(self.cases)} cases, {self.steps} steps per epoch>"

    def __reduce__(self) -> Any:
        raise TypeError(
            "a loader has threads and cannot go to another process; open it there, as amos.torch.PatchLoader does in "
            "the workers of a DataLoader."
        )

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
        self,
        shape: Sequence[int],
        patch: Sequence[int],
        *,
        overlap: Optional[float] = None,
        sigma: Optional[float] = None,
        threads: Optional[int] = None,
    ) -> None:
        """shape and patch: voxels along x, y, z. overlap: least share of a tile that the next one covers too; None: 0.5.
        sigma: of the Gaussian weights, as a share of the patch; 0: all equal; None: 0.125. threads: of add(), argmax()
        and of stitchers; None or 0: all that this process may use."""
        self.shape = tuple(int(n) for n in shape)
        self._options = {"patch": tuple(int(n) for n in patch), "overlap": overlap, "sigma": sigma, "threads": threads}
        self._handle = _amos.tiling_make(self.shape, self._options)

    def __reduce__(self) -> Any:
        return (_tiling_of, (type(self), self.shape, self._options))

    def __repr__(self) -> str:
        return f"<amos.Tiling of {self.shape} into {len(self)} tiles of {self._options['patch']}>"

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


def _tiling_of(kind: type[Tiling], shape: tuple[int, int, int], options: dict[str, Any]) -> Tiling:
    return kind(shape, **options)
