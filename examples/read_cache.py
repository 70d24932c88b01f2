# SPDX-License-Identifier: BSD-3-Clause
"""Reads an entry of a cache of libamos without libamos: NumPy and lz4 (Debian's python3-lz4) are all it needs.

docs/cache-format.md describes the format. As a program it prints what an entry holds:
    python3 read_cache.py amos_0001-0123456789abcdef-01234567.zarr.zip
"""

import json
import struct
import sys
import zipfile
import zlib

import lz4.block
import numpy

FORMAT = 5


def decode(packed, dtype):
    """The items of a chunk as c-blosc 1 stores them: one block, shuffled, LZ4."""
    _, _, flags, item, size, _, total = struct.unpack_from("<4B3I", packed)
    if (flags & 0xEF) != 0x21 or item != dtype.itemsize or total != len(packed):
        raise ValueError("this chunk is not one that libamos wrote")
    streams = item if item <= 16 and size // item >= 128 else 1
    (at,) = struct.unpack_from("<I", packed, 16)  # where the only block begins
    planes, length = [], size // streams
    for _ in range(streams):
        (n,) = struct.unpack_from("<I", packed, at)
        data = packed[at + 4 : at + 4 + n]
        planes.append(data if n == length else lz4.block.decompress(data, uncompressed_size=length))
        at += 4 + n
    bytes_ = numpy.frombuffer(b"".join(planes), "u1").reshape(item, size // item)
    return numpy.ascontiguousarray(bytes_.T).view(dtype)[:, 0]


class Entry:
    def __init__(self, path):
        self.archive = zipfile.ZipFile(path)  # compares the CRC-32 of each member that is read
        self.names = set(self.archive.namelist())
        self.attributes = self.json(".zattrs")
        self.amos = self.attributes["amos"]
        if self.amos["version"] != FORMAT:
            raise ValueError("this is format %s; this program reads %d" % (self.amos["version"], FORMAT))
        with open(path, "rb") as file:  # the comment of the archive has the CRC-32 of its directory
            file.seek(self.archive.start_dir)
            rest = file.read()
        directory = rest[: rest.rindex(b"PK\x05\x06")]
        if int(self.archive.comment[-8:], 16) != zlib.crc32(directory):
            raise ValueError("the directory of the archive is damaged")

    def json(self, name):
        return json.loads(self.archive.read(name))

    def array(self, name):
        """An array by its name: "0" (the image), "labels/organs/0", "nifti", "positions", "values"."""
        about = self.json(name + "/.zarray")
        dtype, shape, chunk = numpy.dtype(about["dtype"]), about["shape"], about["chunks"]
        out = numpy.zeros(shape, dtype)
        for at in numpy.ndindex(*(-(-n // c) for n, c in zip(shape, chunk))):
            member = name + "/" + "/".join(map(str, at))
            if member in self.names:  # chunks that hold only zeros are left out
                box = tuple(slice(i * c, min((i + 1) * c, n)) for i, c, n in zip(at, chunk, shape))
                whole = decode(self.archive.read(member), dtype).reshape(chunk)
                out[box] = whole[tuple(slice(0, b.stop - b.start) for b in box)]
        return out

    def image(self):
        """The stored values, indexed [z, y, x]; a value is slope * stored + inter."""
        return self.array("0")

    def labels(self):
        """uint8, the same shape; None if the case has no labels."""
        return self.array("labels/organs/0") if "labels/organs/0/.zarray" in self.names else None

    def positions(self, label):
        """The sampled voxels of a label, rows of x, y, z."""
        start = 0
        for organ in self.amos["labels"]:
            if organ["label"] == label:
                return self.array("positions")[start : start + organ["positions"]]
            start += organ["positions"]
        return numpy.empty((0, 3), "<i4")


if __name__ == "__main__":
    entry = Entry(sys.argv[1])
    print(entry.amos["case"], entry.amos["modality"], entry.amos["settings"])
    for title, array in ("image", entry.image()), ("labels", entry.labels()):
        print(title, "none" if array is None else (array.dtype.str, array.shape, int(array.astype("f8").sum())))
