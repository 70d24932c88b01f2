#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes a ZIP archive of a given size, as large as AMOS's but sparse: the files of a data set, each named as many cases,
with a hole after each case, which a reader counts to its label. usage: large_archive.py SET ARCHIVE BYTES CASES"""
import glob
import os
import struct
import sys
import zlib


def members(tree, cases):
    """(name, content) of the data set: case n has the files of one of the phantom's cases."""
    pairs = sorted(glob.glob(os.path.join(tree, "labelsTr", "*.nii.gz")))
    contents = [[open(path, "rb").read() for path in (pair.replace("labelsTr", "imagesTr"), pair)] for pair in pairs]
    for number in range(1, cases + 1):
        for folder, content in zip(("imagesTr", "labelsTr"), contents[number % len(contents)]):
            yield f"amos22/{folder}/amos_{number:04}.nii.gz".encode(), content
    names = [{"image": f"./imagesTr/amos_{n:04}.nii.gz", "label": f"./labelsTr/amos_{n:04}.nii.gz"}
             for n in range(1, cases + 1)]
    text = str({"name": "AMOS", "labels": {str(n): f"organ {n}" for n in range(16)}, "training": names})
    yield b"amos22/dataset.json", text.replace("'", '"').encode()


def write(path, files, size):
    step, directory, at = size // (len(files) // 2), b"", 0
    with open(path, "wb") as out:
        for number, (name, content) in enumerate(files):
            at = at if number % 2 else number // 2 * step
            common = struct.pack("<HHHIIIHH", 0, 0, 0x21, zlib.crc32(content), len(content), len(content), len(name), 0)
            out.seek(at)
            out.write(struct.pack("<IHH", 0x04034b50, 45, 0) + common[:-2] + struct.pack("<H", 0) + name + content)
            extra = struct.pack("<HHQ", 1, 8, at)
            at = out.tell()
            directory += (struct.pack("<IHHH", 0x02014b50, 45, 45, 0) + common[:-2] +
                          struct.pack("<HHHHII", len(extra), 0, 0, 0, 0, 0xffffffff) + name + extra)
        begin = at
        end = begin + len(directory)
        out.write(directory + struct.pack("<IQHHIIQQQQ", 0x06064b50, 44, 45, 45, 0, 0, len(files), len(files),
                                          len(directory), begin) +
                  struct.pack("<IIQI", 0x07064b50, 0, end, 1) +
                  struct.pack("<IHHHHIIH", 0x06054b50, 0, 0, 0xffff, 0xffff, 0xffffffff, 0xffffffff, 0))


if __name__ == "__main__":
    write(sys.argv[2], list(members(sys.argv[1], int(sys.argv[4]))), int(sys.argv[3]))
