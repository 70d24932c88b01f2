#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Prints the table of scores of `make bench`: libamos against reading, and against the method of surface-distance.

usage: bench_score.py BUILD TREE [--rounds N] [--json]

BUILD has `amos` and tests/bench/bench_pair. TREE is a data set with a folder of predictions, such as one from `amos
phantom --predictions`. The real pair amos_0018 is measured too if ../shared/data or $AMOS_SHARED_DATA exists. The peer
is peer_surface_distance.py; MedPy and MONAI are mentioned only if they are installed. Times of one run are compared as
ratios of medians, and the peer's numbers are compared with ours.
"""
import argparse
import glob
import importlib.util
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
METRICS = ("dice", "nsd_1mm", "nsd_2mm", "hd95", "hd", "assd")


def output_of(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"bench_score: {' '.join(command)} failed:\n{done.stderr}")
    return done.stdout


def pairs_of(tree):
    """(title, reference, prediction) of a phantom and, if it exists, of the real case."""
    found = []
    shared = os.environ.get("AMOS_SHARED_DATA", os.path.join(HERE, "..", "..", "..", "shared", "data"))
    real = [os.path.join(shared, *words) for words in (("amos-mini", "labelsTr", "amos_0018.nii.gz"),
                                                       ("predictions", "amos_0018.nii.gz"))]
    if all(os.path.exists(path) for path in real):
        found.append(("amos_0018", *real))
    for reference in sorted(glob.glob(os.path.join(tree, "labelsTr", "*.nii.gz")))[:3]:
        prediction = os.path.join(tree, "predictions", os.path.basename(reference))
        found.append((f"phantom {os.path.basename(reference)[:-7]}", reference, prediction))
    return found


def our_times(build, reference, prediction, rounds):
    times = {"read": [], "score": []}
    for line in output_of([f"{build}/tests/bench/bench_pair", str(rounds), reference, prediction]).splitlines():
        name, milliseconds = line.split("\t")
        times[name].append(float(milliseconds))
    return {name: statistics.median(values) for name, values in times.items()}


def memory_of(build, reference, prediction):
    """The largest size of a process that scores the pair on one thread, in bytes."""
    with subprocess.Popen([f"{build}/amos", "score", "-r", reference, "-p", prediction, "-j", "1"],
                          stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit("bench_score: amos score failed.")
    return usage.ru_maxrss * 1024


def voxels_of(build, reference):
    shape = json.loads(output_of([f"{build}/amos", "info", "--json", reference]))["shape"]
    return math.prod(shape)


def number(value):
    return math.inf if value == "inf" else math.nan if value is None else value


def largest_difference(build, reference, prediction, peer):
    """The largest relative difference between our numbers and the peer's, over all organs and measures."""
    result = json.loads(output_of([f"{build}/amos", "score", "-r", reference, "-p", prediction, "--json"]))
    worst = 0.0
    for organ in result["cases"][0]["organs"]:
        theirs = peer["organs"][str(organ["label"])]
        for name in METRICS if theirs else ():
            ours, expected = number(organ[name]), theirs[name]
            if ours != expected:
                worst = max(worst, abs(ours - expected) / max(abs(expected), 1e-300))
    return worst


def measure_pair(build, reference, prediction, rounds, peer_rounds):
    driver = [sys.executable, os.path.join(HERE, "peer_surface_distance.py"), reference, prediction]
    peers = [json.loads(output_of(driver)) for _ in range(peer_rounds)]
    times = our_times(build, reference, prediction, rounds)
    peer = statistics.median(run["milliseconds"] for run in peers)
    return {"read": times["read"], "score": times["score"], "peer": peer,
            "difference": largest_difference(build, reference, prediction, peers[0]),
            "memory": memory_of(build, reference, prediction) / (2 * voxels_of(build, reference))}


def link_cases(tree, folder):
    """Every case of the tree four times, so that the end, with idle threads, counts as little as in practice."""
    labels = sorted(glob.glob(os.path.join(os.path.abspath(tree), "labels*", "*.nii.gz")))
    pairs = [(path, os.path.join(os.path.abspath(tree), "predictions", os.path.basename(path))) for path in labels]
    pairs = [pair for pair in pairs if os.path.exists(pair[1])] * 4
    for i, side in enumerate(("reference", "prediction")):
        os.mkdir(os.path.join(folder, side))
        for number, pair in enumerate(pairs, 1):
            os.symlink(pair[i], os.path.join(folder, side, f"amos_{number:04d}.nii.gz"))
    return len(pairs)


def folder_seconds(build, folder, threads):
    start = time.perf_counter()
    output_of([f"{build}/amos", "score", "-r", f"{folder}/reference", "-p", f"{folder}/prediction", "-j", str(threads)])
    return time.perf_counter() - start


def measure_threads(build, tree, rounds):
    times = {1: [], 2: []}
    with tempfile.TemporaryDirectory() as folder:
        cases = link_cases(tree, folder)
        for _ in range(rounds):
            for threads in times:
                times[threads].append(folder_seconds(build, folder, threads))
    return cases, statistics.median(times[1]) / statistics.median(times[2])


def verdict(value, rule, goal):
    met = value <= goal if rule == "at most" else value >= goal
    return f"{rule} {goal:g}: {'met' if met else 'NOT MET'}"


def print_row(title, value, rule=None, goal=None):
    print(f"{title:52} {value:8.2f} x   {verdict(value, rule, goal) if rule else ''}".rstrip())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build")
    parser.add_argument("tree")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peer-rounds", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    have_peer = all(importlib.util.find_spec(name) for name in ("nibabel", "scipy"))
    if not have_peer:
        sys.exit("bench_score: scores are compared with a peer that needs nibabel and scipy (Debian: python3-nibabel, "
                 "python3-scipy).")
    results = {title: measure_pair(options.build, reference, prediction, options.rounds, options.peer_rounds)
               for title, reference, prediction in pairs_of(options.tree)}
    cases, threads = measure_threads(options.build, options.tree, options.rounds)
    if options.json:
        print(json.dumps({"pairs": results, "cases": cases, "threads": threads}, indent=1))
        return
    others = [name for name in ("medpy", "monai") if importlib.util.find_spec(name)]
    print(f"Scores of 15 organs, all measures; peer: the method of surface-distance by numpy and scipy"
          f"{'; also installed: ' + ', '.join(others) if others else ''}")
    for title, pair in results.items():
        print(f"{title}: reading {pair['read']:.1f} ms, scoring {pair['score']:.1f} ms, peer {pair['peer']:.0f} ms; "
              f"largest relative difference of a number {pair['difference']:.1g}")
        print_row("  peer against libamos, 1 thread", pair["peer"] / pair["score"], "at least", 50)
        print_row("  scoring against reading both files", pair["score"] / pair["read"], "at most", 6)
        print_row("  memory of amos score against both maps as uint8", pair["memory"], "at most", 3)
    print_row(f"{cases} cases, 1 thread against 2", threads, "at least", 1.9)


if __name__ == "__main__":
    main()
