# SPDX-License-Identifier: BSD-3-Clause
"""The decoder of libamos against its peers over each kind of file: as it is, and packed again by zlib's levels 1 and 9.
It inflates into a tile of 256 KiB, without CRC-32; libdeflate, which cannot stream, inflates the file in one call into
warm memory. A ratio of 1.05 means that ours takes 5 % less processor time than the peer."""
import json

import frame
from frame import Row

TITLE = "Inflating"
PER_PAIR = True
WAYS = [(kind, packed) for kind in ("image", "label") for packed in ("as is", "level 1", "level 9")]
PEERS = {"isal": "ISA-L", "libdeflate": "libdeflate", "zlib": "zlib"}
ROWS = [Row(f"{kind}, {packed}: {title} / libamos", f"{kind} {packed} {peer}", f"{kind} {packed} own",
            *(("at least", 1.05) if peer != "zlib" else ()), peer=title)
        for kind, packed in WAYS for peer, title in PEERS.items()]


def measure(bench, pair):
    for kind, path in (("image", pair.image), ("label", pair.label)):
        for line in frame.output_of([bench.program("bench_inflate"), "--rounds", "1", "--json", path]).splitlines():
            found = json.loads(line)
            for name in ("own", *PEERS):
                if name in found:
                    bench.add(f"{kind} {found['packed']} {name}", found[name])
