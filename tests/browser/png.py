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
    def __init__(self, data: bytes):
        chunks = list(_chunks(data))
        self.width, self.height, depth, color, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
        if depth != 8 or interlaced or color not in (2, 6):
            raise ValueError(f"a PNG of depth {depth}, color {color}, interlaced {interlaced}")
        self.size = {2: 3, 6: 4}[color]
        raw = zlib.decompress(b"".join(content for kind, content in chunks if kind == b"IDAT"))
        length = self.width * self.size + 1
        self.rows = [bytes(length - 1)]
        for at in range(0, self.height * length, length):
            self.rows.append(_unfilter(raw[at], bytearray(raw[at + 1:at + length]), self.rows[-1], self.size))
        del self.rows[0]

    def pixel(self, x: int, y: int) -> tuple:
        """(red, green, blue)."""
        return tuple(self.rows[y][x * self.size:x * self.size + 3])
