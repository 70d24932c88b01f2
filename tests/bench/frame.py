# SPDX-License-Identifier: BSD-3-Clause
"""What every area of `make bench` is made of: rows, pairs of files, and the times of interleaved rounds.

An area is a module in areas/ with
  TITLE, __doc__       a heading, and what is measured
  ROWS                 a list of Row
  measure(bench, pair) one round; it adds times by bench.run() and bench.add()
and, if it needs them,
  PER_PAIR = True      the round is made for the real pairs too; else for the first pair alone
  prepare(bench)       once, before the rounds
  derive(medians)      adds values that are made from other medians, such as the best of several limits
  NOTE                 Markdown for docs/benchmarks.md: why a goal is not met, and what was tried
"""
import collections
import glob
import os
import platform
import shutil
import statistics
import subprocess
import sys

LARGE_BYTES = 4e6

Pair = collections.namedtuple("Pair", "name image label")


class Row:
    """A ratio of two medians. `what` may be a number instead of a name: 1000 and the milliseconds of a patch give
    patches a second. `rule` is "at most" or "at least" `goal`, or None. The goal of a `large` row holds for files of
    AMOS's usual size; smaller ones have the ratio alone."""

    def __init__(self, title, what, against, rule=None, goal=None, unit="x", peer=None, large=False):
        self.title, self.what, self.against, self.rule, self.goal = title, what, against, rule, goal
        self.unit, self.peer, self.large = unit, peer, large

    def value(self, medians):
        """None if one of the two was not measured."""
        what = self.what if not isinstance(self.what, str) else medians.get(self.what)
        against = medians.get(self.against)
        return None if what is None or not against else what / against

    def judged(self, pair):
        return self.rule is not None and (not self.large or os.path.getsize(pair.image) >= LARGE_BYTES)

    def met(self, value):
        return value <= self.goal if self.rule == "at most" else value >= self.goal


class Bench:
    """What an area is given: where things are, and where its times go."""

    def __init__(self, build, tree, area, threads):
        self.build, self.tree, self.threads = build, tree, threads
        self.folder = os.path.join(build, "bench-work", area)
        self.amos = os.path.join(build, "amos")
        self.times = {}

    def program(self, name):
        return os.path.join(self.build, "tests/bench", name)

    def add(self, name, value):
        self.times.setdefault(name, []).append(float(value))

    def run(self, command):
        """Runs a program that prints lines of a name, a tab and a number, and adds the numbers."""
        for name, number in read_lines(command):
            self.add(name, number)

    def run_timed(self, command, name):
        """Measures a whole process, started by a small one from which it cannot inherit a large resident size."""
        found = dict(read_lines([self.program("bench_read"), "run", *command]))
        self.add(name, found["run"])
        self.add(name + " bytes", found["run bytes"])

    def medians(self, derive):
        found = {name: statistics.median(values) for name, values in self.times.items()}
        if derive:
            derive(found)
        return found


def output_of(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"bench: {' '.join(command)} failed:\n{done.stderr}")
    return done.stdout


def read_lines(command):
    return [line.split("\t") for line in output_of(command).splitlines()]


def first_pair(tree):
    labels = sorted(glob.glob(os.path.join(tree, "labelsTr", "*.nii.gz")))
    if not labels:
        sys.exit(f"bench: {tree} has no labels in labelsTr.")
    return Pair("phantom" if is_phantom(tree) else os.path.basename(labels[0])[:-7],
                labels[0].replace("labelsTr", "imagesTr"), labels[0])


def is_phantom(tree):
    return os.path.basename(os.path.dirname(os.path.abspath(tree) + "/")) == "bench"


def real_pairs(folder):
    """Every image below the folder that has a label of the same name in the folder of labels beside it."""
    found = []
    for image in sorted(glob.glob(os.path.join(folder, "**", "images*", "*.nii.gz"), recursive=True)):
        label = image.replace("/images", "/labels").replace("_0000.nii.gz", ".nii.gz")
        if os.path.exists(label):
            found.append(Pair(os.path.basename(image)[:-7], image, label))
    return found


def measure_area(module, name, pairs, options):
    """(pair, medians) for each pair, from rounds in which pairs take turns."""
    pairs = pairs if getattr(module, "PER_PAIR", False) else pairs[:1]
    benches = [Bench(options.build, options.tree, name, options.threads) for _ in pairs]
    shutil.rmtree(benches[0].folder, ignore_errors=True)
    os.makedirs(benches[0].folder)
    if hasattr(module, "prepare"):
        for bench in benches:
            module.prepare(bench)
    for _ in range(options.rounds):
        for bench, pair in zip(benches, pairs):
            module.measure(bench, pair)
    shutil.rmtree(benches[0].folder, ignore_errors=True)
    return [(pair, bench.medians(getattr(module, "derive", None))) for pair, bench in zip(pairs, benches)]


def row_of(row, pair, medians):
    value, judged = row.value(medians), row.judged(pair)
    return {"pair": pair.name, "title": row.title, "value": value, "unit": row.unit, "peer": row.peer,
            "rule": row.rule if judged else None, "goal": row.goal if judged else None,
            "met": row.met(value) if judged and value is not None else None}


def result_of(module, measured):
    """What is printed and kept as JSON: the rows of each pair."""
    rows = [row_of(row, pair, medians) for pair, medians in measured for row in module.ROWS]
    return {"title": module.TITLE, "rows": rows, "medians": {pair.name: medians for pair, medians in measured}}


def verdict(row):
    if row["value"] is None:
        return f"not measured: {row['peer'] or 'the peer'} is not installed"
    if row["rule"] is None:
        return ""
    return f"{row['rule']} {row['goal']:g}: {'met' if row['met'] else 'NOT MET'}"


def processor():
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as info:
            return next(line.split(":", 1)[1].strip() for line in info if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()


def machine(build):
    """The machine, the peers, and what libamos chose."""
    peers = {}
    for module in ("nibabel", "indexed_gzip", "numpy", "scipy", "torch"):
        try:
            peers[module] = str(__import__(module).__version__)
        except ImportError:
            peers[module] = None
    return {"processor": processor(), "processors": os.cpu_count(), "peers": peers,
            "libamos": output_of([os.path.join(build, "amos"), "--version"]).strip(),
            "kernels": output_of([os.path.join(build, "tests/bench/bench_read"), "kernels"]).strip()}
