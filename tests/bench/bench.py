#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Prints the table of `make bench`: libamos against the limits and its peers, in alternation, as ratios of medians.

usage: bench.py BUILD TREE [--rounds N] [--files IMAGE LABEL] [--json]

BUILD is the build folder, with the command and tests/bench/bench_read, bench_index and, if ITK is installed, bench_itk.
TREE is a data set with labels, such as `amos phantom` makes. Every peer and limit reads the same bytes from warm caches
and gives all voxels. Only ratios of two medians of one run are meaningful; a single time is not.
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
CASES = 100000

# Each row: what is measured, its comparison, whether the ratio should be at most or at least the goal, and the goal.
ROWS = [
    ("whole CT into a reused buffer / raw inflate", "amos stored", "raw", "at most", 1.05),
    ("whole CT into memory of a pool / raw inflate", "amos pooled", "raw", None, None),
    ("whole CT into fresh memory / raw inflate", "amos fresh", "raw", "at most", 1.10),
    ("nibabel / raw inflate: the most there is to gain", "nibabel stored", "raw", None, None),
    ("whole CT, nibabel / libamos", "nibabel stored", "amos stored", "at least", 3.3),
    ("whole CT, nifti_clib / libamos", "clib stored", "amos stored", "at least", 3.0),
    ("whole CT, ITK / libamos", "itk stored", "amos stored", "at least", 3.3),
    ("CT as float32 / stored", "amos float32", "amos stored", "at most", 1.15),
    ("CT as float32, nibabel / libamos", "nibabel float32", "amos float32", "at least", 3.3),
    ("CT turned to RAS / stored", "amos RAS", "amos stored", "at most", 1.15),
    ("label map with counts / raw inflate", "label amos", "label raw", "at most", 1.5),
    ("label map into memory of a pool / raw inflate", "label amos pooled", "label raw", "at most", 1.5),
    ("label counts only / raw inflate", "label amos counts", "label raw", "at most", 1.5),
    ("label, nibabel / libamos", "label nibabel", "label amos", None, None),
    ("label, nifti_clib / libamos", "label clib", "label amos", None, None),
    ("label, ITK / libamos", "label itk", "label amos", None, None),
    ("open, nibabel / libamos", "nibabel open", "amos open", "at least", 50),
    ("open, nifti_clib / libamos", "clib open", "amos open", None, None),
    ("all cases, 1 thread / 2 threads", "tree 1 thread", "tree 2 threads", "at least", 1.9),
    ("indexed file, 1 thread / 2 threads", "index whole", "index 2 threads", "at least", 1.75),
    ("a slice, nibabel with indexed_gzip / libamos", "nibabel slice", "index slice", "at least", 10),
    ("middle slice, without / with index", "index slice without", "index slice", None, None),
    ("160x160x80 box, indexed / its share of slices", "index box", "index whole times share of box", "at most", 1.15),
    ("index / compressed file, bytes", "index bytes", "file bytes", "at most", 0.04),
    ("building the index / whole read with zlib", "index build", "index zlib whole", "at most", 1.5),
    ("amos stats, all labels / their raw inflate", "stats", "labels raw", "at most", 1.5),
    ("amos stats, resident memory a thread / 16 MB", "stats bytes", "16 MB", "at most", 1),
    (f"open a data set of {CASES} cases / find", "tree open", "tree find", "at most", 1.5),
]
# The best of these is the limit.
LIMITS = {"raw": "the image", "label raw": "the label", "labels raw": "all labels"}


def run(command, times):
    """Adds the times that a program prints to the lists in `times`."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"bench: {' '.join(command)} failed:\n{done.stderr}")
    for line in done.stdout.splitlines():
        name, milliseconds = line.split("\t")
        times.setdefault(name, []).append(float(milliseconds))


def run_timed(read, command, times, name):
    """Measures a whole process, started by a small one from which it cannot inherit a large resident size."""
    found = {}
    run([read, "run", *command], found)
    times.setdefault(name, []).extend(found["run"])
    times.setdefault(name + " bytes", []).extend(found["run bytes"])


def measure_stats(read, build, tree, times):
    labels = sorted(glob.glob(os.path.join(tree, "labels*", "*.nii.gz")))
    times["16 MB"] = [16e6]
    run([read, "labels", tree], times)
    run_timed(read, [os.path.join(build, "amos"), "stats", "-j", "1", *labels], times, "stats")


def make_large_tree(folder):
    """Creates a data set of empty files: opening a data set opens no volume."""
    if os.path.exists(os.path.join(folder, "complete")):
        return
    for part in ("imagesTr", "labelsTr"):
        os.makedirs(os.path.join(folder, part), exist_ok=True)
        for case in range(1, CASES + 1):
            with open(os.path.join(folder, part, f"amos_{case:04}.nii.gz"), "wb"):
                pass
    with open(os.path.join(folder, "complete"), "wb"):
        pass


def measure(build, image, label, tree, rounds):
    programs = os.path.join(build, "tests/bench")
    read = os.path.join(programs, "bench_read")
    large = os.path.join(build, "bench-tree")
    make_large_tree(large)
    peers = []
    try:
        import nibabel
        peers.append([sys.executable, os.path.join(HERE, "bench_nibabel.py")])
    except ImportError:
        print("bench: nibabel is not installed.", file=sys.stderr)
    if os.path.exists(os.path.join(programs, "bench_itk")):
        peers.append([os.path.join(programs, "bench_itk")])
    times = {}
    for _ in range(rounds):
        run([read, "1", image, label, tree], times)
        for peer in peers:
            run([*peer, "1", image, label], times)
        run([os.path.join(programs, "bench_index"), "3", image], times)
        measure_stats(read, build, tree, times)
        run([read, "open", large], times)
        run_timed(read, ["/usr/bin/find", large], times, "tree find")
    medians = {name: statistics.median(values) for name, values in times.items()}
    for kind in LIMITS:
        medians[kind] = min(value for name, value in medians.items() if name.startswith(kind + " "))
    return medians


def versions(build):
    """The machine, the peers, and what libamos chose."""
    found = [processor(), f"{os.cpu_count()} processors"]
    for module in ("nibabel", "indexed_gzip"):
        try:
            found.append(f"{module} {__import__(module).__version__}")
        except ImportError:
            found.append(f"without {module}")
    said = subprocess.run([os.path.join(build, "amos"), "--version"], capture_output=True, text=True)
    read = os.path.join(build, "tests/bench/bench_read")
    kernels = subprocess.run([read, "kernels"], capture_output=True, text=True)
    return ", ".join(found) + "\n" + said.stdout.strip() + "\nkernels " + kernels.stdout.strip()


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


def first_pair(tree):
    labels = sorted(glob.glob(os.path.join(tree, "labelsTr", "*.nii.gz")))
    if not labels:
        sys.exit(f"bench: {tree} has no labels in labelsTr.")
    return labels[0].replace("labelsTr", "imagesTr"), labels[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build")
    parser.add_argument("tree")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--files", nargs=2, metavar=("IMAGE", "LABEL"), help="instead of the first pair of TREE")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    image, label = options.files or first_pair(options.tree)
    medians = measure(options.build, image, label, options.tree, options.rounds)
    rows = [(title, medians[what], medians[against], rule, goal) for title, what, against, rule, goal in ROWS
            if what in medians and against in medians]
    if options.json:
        print(json.dumps({"medians": medians, "ratios": {row[0]: row[1] / row[2] for row in rows}}, indent=1))
        return
    print(f"{versions(options.build)}\n{image}: {os.path.getsize(image) / 1e6:.1f} MB compressed; medians of "
          f"{options.rounds} rounds, in ms or bytes, and their ratios")
    for kind, of in LIMITS.items():
        best = min((value, name) for name, value in medians.items() if name.startswith(kind + " "))[1]
        print(f"the best raw inflate of {of} is {best[len(kind) + 1:]}")
    for title, what, against, rule, goal in rows:
        print(f"{title:50} {what:11.5g} {against:11.5g} {what / against:8.2f} x   "
              f"{verdict(what / against, rule, goal)}".rstrip())


if __name__ == "__main__":
    main()
