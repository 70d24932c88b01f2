#!/usr/bin/env python3
"""Makes the table of `make bench`: libamos beside the limits and its peers, in alternation, as ratios of medians.

usage: bench.py PROGRAM TREE [--rounds N] [--json]

PROGRAM is bench_read. TREE is a data set with labels, such as `amos phantom` makes. Every peer and limit reads the same
bytes from warm caches and gives all voxels. A ratio of two medians of one run says something; a bare time does not.
"""
import argparse
import glob
import json
import os
import platform
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

# What is measured, against what, whether the ratio should be at most or at least the goal, and the goal.
ROWS = [
    ("whole CT into a reused buffer", "amos stored", "raw", "at most", 1.05),
    ("whole CT into fresh memory", "amos fresh", "raw", "at most", 1.10),
    ("whole CT, nibabel against libamos", "nibabel stored", "amos stored", "at least", 3.3),
    ("whole CT, nifti_clib against libamos", "clib stored", "amos stored", "at least", 3.0),
    ("CT as float32 against stored", "amos float32", "amos stored", "at most", 1.15),
    ("CT as float32, nibabel against libamos", "nibabel float32", "amos float32", "at least", 3.3),
    ("CT turned to RAS against stored", "amos RAS", "amos stored", "at most", 1.15),
    ("label map with counts", "label amos", "label raw", "at most", 1.5),
    ("label counts only", "label amos counts", "label raw", "at most", 1.5),
    ("label, nibabel against libamos", "label nibabel", "label amos", None, None),
    ("label, nifti_clib against libamos", "label clib", "label amos", None, None),
    ("open, nibabel against libamos", "nibabel open", "amos open", "at least", 50),
    ("open, nifti_clib against libamos", "clib open", "amos open", None, None),
    ("all pairs, 1 thread against 2", "tree 1 thread", "tree 2 threads", "at least", 1.9),
]


def run(command, times):
    """Adds the times that a program prints to the lists in `times`."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"bench: {' '.join(command)} failed:\n{done.stderr}")
    for line in done.stdout.splitlines():
        name, milliseconds = line.split("\t")
        times.setdefault(name, []).append(float(milliseconds))


def measure(program, image, label, tree, rounds):
    try:
        import nibabel
        peer = f"nibabel {nibabel.__version__}"
    except ImportError:
        peer = None
    times = {}
    for _ in range(rounds):
        run([program, "1", image, label, tree], times)
        if peer:
            run([sys.executable, os.path.join(HERE, "bench_nibabel.py"), "1", image, label], times)
    medians = {name: statistics.median(values) for name, values in times.items()}
    for kind in ("raw", "label raw"):
        medians[kind] = min(value for name, value in medians.items() if name.startswith(kind + " "))
    return medians, peer


def verdict(ratio, rule, goal):
    if rule is None:
        return ""
    met = ratio <= goal if rule == "at most" else ratio >= goal
    return f"{rule} {goal:g}: {'met' if met else 'NOT MET'}"


def processor():
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as info:
            return next(line.split(":", 1)[1].strip() for line in info if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("tree")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    labels = sorted(glob.glob(os.path.join(options.tree, "labelsTr", "*.nii.gz")))
    if not labels:
        sys.exit(f"bench: {options.tree} has no labels in labelsTr.")
    image = labels[0].replace("labelsTr", "imagesTr")
    medians, peer = measure(options.program, image, labels[0], options.tree, options.rounds)
    rows = [(title, medians[what] / medians[against], rule, goal) for title, what, against, rule, goal in ROWS
            if what in medians and against in medians]
    if options.json:
        print(json.dumps({"milliseconds": medians, "ratios": {row[0]: row[1] for row in rows}}, indent=1))
        return
    print(f"{processor()}, {os.cpu_count()} processors, {peer or 'without nibabel'}; {image}: "
          f"{os.path.getsize(image) / 1e6:.1f} MB compressed; medians of {options.rounds} rounds")
    print(f"best raw inflate of the image: {min((v, k) for k, v in medians.items() if k.startswith('raw '))[1]}, "
          f"of the label: {min((v, k) for k, v in medians.items() if k.startswith('label raw '))[1]}")
    for title, ratio, rule, goal in rows:
        print(f"{title:42} {ratio:8.2f} x   {verdict(ratio, rule, goal)}")


if __name__ == "__main__":
    main()
