#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What a loader needs on many machines, computed from what `make bench AREAS='patches staging'` measured on one.

usage: scale.py [--json build/bench.json] [--cases 6900] [--nodes 64] [--gpus 8] [--patches 8] [--visit 4] ...

Prints bytes a second, places and processors, and which of them gives way first. Inputs that were measured come from the
JSON; the others (what a GPU takes, what a file server and a link give) are options with round numbers, which are printed.
docs/scale.md has the text.
"""
import argparse
import json
import sys


# Chunks of 64x32x16 in 512x512x120 voxels, and those that a patch of 160x160x96 touches on average, anywhere.
CHUNKS = 8 * 16 * 8
CHUNKS_OF_A_PATCH = (160 / 64 + 1) * (160 / 32 + 1) * (96 / 16 + 1)


def medians(found, area):
    if area not in found["areas"]:
        sys.exit(f"scale: {area} was not measured; run: make bench AREAS='patches staging'")
    return next(iter(found["areas"][area]["medians"].values()))


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", default="build/bench.json")
    add = parser.add_argument
    add("--cases", type=int, default=6900)
    add("--nodes", type=int, default=64)
    add("--gpus", type=int, default=8, help="of a node")
    add("--patches", type=float, default=8, help="patches of 160x160x96 that a GPU takes in a second")
    add("--visit", type=int, default=4, help="patches drawn in one visit of a case (patches_per_case)")
    add("--server", type=float, default=20, help="GB/s that the file server gives to all nodes together")
    add("--link", type=float, default=25, help="Gbit/s of a node's link to it")
    add("--scratch", type=float, default=1000, help="GB of scratch of a node")
    add("--tables", type=float, default=0.15, help="MB of an entry that opening reads: directory, attributes, positions")
    add("--threads", type=int, default=2, help="that the measured loader had")
    add("--loader-rate", type=float, help="patches/s of that loader, of another run than the JSON's")
    return parser.parse_args()


def compute(o, patches, staging):
    """The figures by name, in bytes, seconds and their quotients."""
    f = {}
    f["entry"] = staging["bytes"] / staging["entries"]
    f["all"] = f["entry"] * o.cases
    f["patch rate"] = o.nodes * o.gpus * o.patches
    f["visit rate"] = f["patch rate"] / o.visit
    f["epoch"] = o.cases / f["visit rate"]
    f["thread rate"] = (o.loader_rate or 1000 / patches["loader cache"]) / o.threads
    f["threads"] = o.gpus * o.patches / f["thread rate"]
    f["tensor rate"] = o.gpus * o.patches * 160 * 160 * 96 * 5  # float32 and a label
    f["copy rate, all"] = f["visit rate"] * f["entry"]  # each visit copies an entry
    f["copy rate, node"] = f["copy rate, all"] / o.nodes
    f["staging"] = staging["staging MB/s"] * 1e6
    f["copiers"] = f["copy rate, node"] / f["staging"]
    f["first copy"] = f["all"] / min(o.server * 1e9 / o.nodes, o.link * 1e9 / 8, f["staging"])
    f["files"] = f["visit rate"]
    f["patch"] = f["entry"] * CHUNKS_OF_A_PATCH / CHUNKS
    f["read rate"] = f["patch rate"] * f["patch"]
    f["tables"] = o.nodes * o.gpus * o.cases * o.tables * 1e6
    return f


def limits(o, f):
    """(what, needed, there is), each in the same unit."""
    shares = [("file server, GB/s, an entry copied at each visit", f["copy rate, all"] / 1e9, o.server),
              ("link of a node, GB/s, an entry copied at each visit", f["copy rate, node"] / 1e9, o.link / 8),
              ("one copying thread of a node, MB/s", f["copy rate, node"] / 1e6, f["staging"] / 1e6),
              ("file server, GB/s, patches read from it, no copies", f["read rate"] / 1e9, o.server),
              ("scratch of a node for all entries, GB", f["all"] / 1e9, o.scratch)]
    return sorted(shares, key=lambda share: share[1] / share[2], reverse=True)


def main():
    o = options()
    with open(o.json, encoding="ascii") as file:
        found = json.load(file)
    f = compute(o, medians(found, "patches"), medians(found, "staging"))
    print(f"{o.cases} cases, {o.nodes} nodes of {o.gpus} GPUs, {o.patches:g} patches a second each, {o.visit} in a visit; "
          f"measured on {found['machine']['processor']}")
    rows = [("an entry, image and labels", f["entry"] / 1e6, "MB"),
            ("all entries", f["all"] / 1e9, "GB"),
            ("patches, all nodes", f["patch rate"], "/s"),
            ("visits of cases, all nodes", f["visit rate"], "/s"),
            ("an epoch", f["epoch"], "s"),
            ("tensors into the GPUs of a node", f["tensor rate"] / 1e9, "GB/s"),
            ("patches of one loader thread", f["thread rate"], "/s"),
            ("loader threads of a node", f["threads"], ""),
            ("copies of entries, all nodes, if none stays", f["copy rate, all"] / 1e9, "GB/s"),
            ("copies of entries, a node, if none stays", f["copy rate, node"] / 1e6, "MB/s"),
            ("one thread that copies and checks", f["staging"] / 1e6, "MB/s"),
            ("opens of files on the server", f["files"], "/s"),
            ("bytes of an entry that a patch touches", f["patch"] / 1e6, "MB"),
            ("patches read from the server, no copies", f["read rate"] / 1e9, "GB/s"),
            ("tables, when all loaders are opened at once", f["tables"] / 1e12, "TB"),
            ("the first copy of all entries to each node", f["first copy"] / 60, "min")]
    for title, value, unit in rows:
        print(f"  {title:48} {value:10.4g} {unit}".rstrip())
    print("needed, of what there is; the first gives way first")
    for title, needed, there in limits(o, f):
        print(f"  {title:56} {needed:9.4g} of {there:9.4g}: {100 * needed / there:6.1f} %")


if __name__ == "__main__":
    main()
