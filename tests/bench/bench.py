#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Prints the tables of `make bench`: libamos against the limits and its peers, in turns, as ratios of medians.

usage: bench.py BUILD TREE [--areas NAMES] [--rounds N] [--files IMAGE LABEL] [--real FOLDER] [--json FILE]

BUILD is the build folder. TREE is a data set with labels, such as `amos phantom` makes. Every area of areas/ measures
one subject, in a process of its own, so that what it sets in a peer or leaves in memory is no part of the next; frame.py
says how. All that take turns in a round read the same bytes from warm caches. Only ratios of two medians of one run are
meaningful; a single time is not.
"""
import argparse
import importlib
import json
import os
import subprocess
import sys

import frame

HERE = os.path.dirname(os.path.abspath(__file__))


def area_names():
    return sorted(name[:-3] for name in os.listdir(os.path.join(HERE, "areas")) if name.endswith(".py"))


def chosen_areas(text):
    names = area_names()
    chosen = text.replace(",", " ").split() if text else names
    wrong = [name for name in chosen if name not in names]
    if wrong:
        sys.exit(f"bench: {', '.join(wrong)} is no area; the areas are {', '.join(names)}.")
    return chosen


def print_area(result):
    print(f"\n{result['title']}")
    pair = None
    for row in result["rows"]:
        if row["pair"] != pair:
            pair = row["pair"]
            print(f"  {pair}")
        value = "" if row["value"] is None else f"{row['value']:.2f}"
        print(f"    {row['title']:54} {value:>9} {row['unit']:2} {frame.verdict(row)}".rstrip(), flush=True)


def print_machine(found):
    of = found["machine"]
    print(f"{of['processor']}, {of['processors']} processors; medians of {found['rounds']} rounds\n{of['libamos']}\n"
          f"kernels {of['kernels']}", flush=True)


def keep(found, path):
    """After each area, so that a run that is interrupted leaves what it has measured."""
    with open(path + ".tmp", "w", encoding="ascii") as file:
        json.dump(found, file, indent=1)
    os.replace(path + ".tmp", path)


def measure_one(name, options):
    """What runs in the process of an area."""
    pairs = [frame.Pair("files", *options.files) if options.files else frame.first_pair(options.tree)]
    pairs += frame.real_pairs(options.real) if options.real else []
    sys.path.insert(0, HERE)
    module = importlib.import_module("areas." + name)
    result = frame.result_of(module, frame.measure_area(module, name, pairs, options))
    print_area(result)
    return result


def measure_apart(name, options):
    """Starts this program for one area, and reads what it found."""
    part = os.path.join(options.build, f"bench-{name}.json")
    command = [sys.executable, os.path.abspath(__file__), *sys.argv[1:], "--only", name, "--json", part]
    if subprocess.run(command).returncode:
        sys.exit(f"bench: the area {name} failed; its message is above.")
    with open(part, encoding="ascii") as file:
        result = json.load(file)
    os.remove(part)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build")
    parser.add_argument("tree")
    parser.add_argument("--areas", help="names of areas, separated by blanks or commas; without it, all")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2, help="of rows that use several")
    parser.add_argument("--files", nargs=2, metavar=("IMAGE", "LABEL"), help="instead of the first pair of TREE")
    parser.add_argument("--real", metavar="FOLDER", help="a folder with more pairs, in imagesTr and labelsTr")
    parser.add_argument("--json", metavar="FILE", help="writes medians and rows to a file")
    parser.add_argument("--only", metavar="NAME", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        keep(measure_one(options.only, options), options.json)
        return
    names = chosen_areas(options.areas)
    found = {"machine": frame.machine(options.build), "rounds": options.rounds, "areas": {}}
    print_machine(found)
    for name in names:
        found["areas"][name] = measure_apart(name, options)
        if options.json:
            keep(found, options.json)


if __name__ == "__main__":
    main()
