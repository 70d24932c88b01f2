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

NOTE = """
libdeflate inflates in one call into warm memory and needs the whole file and its content there; it is the one peer that is less than 5 % behind, on small files packed again by level 9 (the image of amos_0302 and amos_0508 0.93 to 0.94, labels of crops 0.94 to 1.04) and on CT amos_0405. A root of 10 to 13 bits, chosen for each code by how many pairs of words it would hold, gave 14 % on small crops of level 9, where a branch on whether the next look-up is a pair was mispredicted. perf (cpu-clock) has 90 % of the time in the loop over symbols, spread over its look-ups; a loop that leaves out all copies is only 2 to 5 % faster. Tried without gain: no pairs of a literal and a length (0.73 to 1.01), the first entry without a branch (0.76 to 1.05), copies by AVX2 with and without a branch on the distance (0.41 to 1.02), limits in registers (0.94 to 1.01), runs of one byte apart (0.97 to 1.04), other flags of the compiler (0.98 to 1.02).
"""


def measure(bench, pair):
    for kind, path in (("image", pair.image), ("label", pair.label)):
        for line in frame.output_of([bench.program("bench_inflate"), "--rounds", "1", "--json", path]).splitlines():
            found = json.loads(line)
            for name in ("own", *PEERS):
                if name in found:
                    bench.add(f"{kind} {found['packed']} {name}", found[name])
