# SPDX-License-Identifier: BSD-3-Clause
"""Pixels of the PNG files that Chromium makes of its window: 8 bits, RGB or RGBA, not interlaced."""
import struct
import zlib


def _chunks(data: bytes):
    at = 8
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        yield kind, data[at + 8:at + 8 + length]
        at += 12 + length


def _paeth(a: int, b: int, c: int) -> int:
    p = a + b - c
    return min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]


def _unfilter(kind: int, row: bytearray, above: bytes, size: int) -> bytearray:
    for i in range(len(row)):
        left, up, corner = (row[i - size], above[i], above[i - size]) if i >= size else (0, above[i], 0)
        row[i] = (row[i] + (0, left, up, (left + up) // 2, _paeth(left, up, corner))[kind]) & 255
    return row


class Picture:
    """Rows are decoded down to the lowest that is asked for, because most tests ask for few."""

    def __init__(self, data: bytes):
        chunks = list(_chunks(data))
        self.width, self.height, depth, color, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
        if depth != 8 or interlaced or color not in (2, 6):
            raise ValueError(f"a PNG of depth {depth}, color {color}, interlaced {interlaced}")
        self.size = {2: 3, 6: 4}[color]
        self.raw = zlib.decompress(b"".join(content for kind, content in chunks if kind == b"IDAT"))
        self.rows = []

    def pixel(self, x: float, y: float) -> tuple:
        """(red, green, blue) of the pixel that holds a point."""
        length = self.width * self.size + 1
        while len(self.rows) <= int(y):
            at = len(self.rows) * length
            above = self.rows[-1] if self.rows else bytes(length - 1)
            self.rows.append(_unfilter(self.raw[at], bytearray(self.raw[at + 1:at + length]), above, self.size))
        place = int(x) * self.size
        return tuple(self.rows[int(y)][place:place + 3])
