# SPDX-License-Identifier: BSD-3-Clause
"""LoadImage and LoadImaged: a chosen reader that raises in read() is passed over, and the next one is tried."""

import inspect
import logging
import pathlib
from pydoc import locate

import numpy

from ..data.image_reader import ImageReader


class MetaTensor(numpy.ndarray):
    """An array with the dictionary `meta`; MONAI's is a tensor."""

    meta: dict


def _swapped(value):
    """MONAI takes nothing else in the dictionary than these types."""
    if isinstance(value, dict):
        return {name: _swapped(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_swapped(part) for part in value)
    if not isinstance(value, (numpy.ndarray, bool, str, float, int, type(None))):
        raise RuntimeError(f"Unknown type: {type(value).__name__}")
    return value


class NextReader(ImageReader):
    """The one that MONAI would fall back on: it takes everything, right or wrong."""

    used = 0

    def verify_suffix(self, filename):
        return True

    def read(self, data, **kwargs):
        NextReader.used += 1
        return data

    def get_data(self, img):
        return numpy.zeros((2, 2, 2)), {"original_channel_dim": float("nan")}


class LoadImage:
    def __init__(self, reader=None, image_only=True, dtype=numpy.float32, ensure_channel_first=False, simple_keys=False,
                 prune_meta_pattern=None, prune_meta_sep=".", expanduser=True, *args, **kwargs):  # fmt: skip
        self.auto_select = reader is None
        self.image_only, self.dtype, self.ensure_channel_first = image_only, dtype, ensure_channel_first
        self.readers = [NextReader()]
        for one in reader if isinstance(reader, (list, tuple)) else [reader] * (reader is not None):
            if isinstance(one, str):
                one = locate(one)
            self.register(one(*args, **kwargs) if inspect.isclass(one) else one)

    def register(self, reader):
        assert isinstance(reader, ImageReader)
        self.readers.append(reader)

    def _read(self, names):
        for reader in reversed(self.readers):
            if self.auto_select:
                if reader.verify_suffix(names):
                    return reader, reader.read(names)
                continue
            try:
                return reader, reader.read(names)
            except Exception:
                logging.getLogger("LoadImage").info("%s: unable to load %s", type(reader).__name__, names)
        raise RuntimeError(f"LoadImage cannot find a suitable reader for file: {names}.")

    def __call__(self, filename, reader=None):
        given = filename if isinstance(filename, (list, tuple)) else (filename,)
        names = tuple(str(pathlib.Path(name).expanduser()) for name in given)
        reader, opened = self._read(names) if reader is None else (reader, reader.read(names))
        array, meta = reader.get_data(opened)
        meta = {**_swapped(meta), "filename_or_obj": names[0]}
        channel = meta["original_channel_dim"]
        if self.ensure_channel_first:
            array = array[None] if numpy.isnan(channel) else numpy.moveaxis(array, int(channel), 0)
        image = numpy.asarray(array, dtype=self.dtype).view(MetaTensor)
        image.meta = meta
        return image if self.image_only else (image, meta)


class LoadImaged:
    def __init__(self, keys, reader=None, dtype=numpy.float32, meta_keys=None, meta_key_postfix="meta_dict", overwriting=False,
                 image_only=True, ensure_channel_first=False, simple_keys=False, prune_meta_pattern=None, prune_meta_sep=".",
                 allow_missing_keys=False, expanduser=True, *args, **kwargs):  # fmt: skip
        self.keys, self.allow_missing_keys = keys, allow_missing_keys
        self.loader = LoadImage(reader, image_only, dtype, ensure_channel_first, simple_keys, prune_meta_pattern,
                                prune_meta_sep, expanduser, *args, **kwargs)  # fmt: skip

    def register(self, reader):
        self.loader.register(reader)

    def __call__(self, data, reader=None):
        data = dict(data)
        for key in self.keys:
            if key in data:
                data[key] = self.loader(data[key], reader)
            elif not self.allow_missing_keys:
                raise KeyError(f"Key `{key}` of transform `LoadImaged` was missing in the data")
        return data


class Compose:
    def __init__(self, transforms):
        self.transforms = transforms

    def __call__(self, data):
        for transform in self.transforms:
            data = transform(data)
        return data
