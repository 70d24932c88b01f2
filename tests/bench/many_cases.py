# SPDX-License-Identifier: BSD-3-Clause
"""How listing, sharding and merging grow: a data set of many cases, whose small files are hard links to a few.

usage: many_cases.py AMOS FOLDER [CASES] [SHARDS]

Prints the processor time and the largest memory of each step. FOLDER is made and removed; it needs 0.1 GB and 2 inodes for each
30,000 cases.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys

LINKS = 30000  # of one file; ext4 allows 65,000


def make(command, folder, cases):
    """A data set of one labelled phantom under many names."""
    subprocess.run([command, "phantom", folder / "one", "--cases", "2", "--size", "8x8x4"], check=True,
                   stdout=subprocess.DEVNULL)
    for part in ("imagesTr", "labelsTr"):
        source = next((folder / "one" / part).glob("*.nii.gz"))
        (folder / "set" / part).mkdir(parents=True)
        for i in range(cases):
            if i % LINKS == 0:
                first = folder / "set" / part / f"case_{i:06d}.nii.gz"
                shutil.copy(source, first)
            else:
                os.link(first, folder / "set" / part / f"case_{i:06d}.nii.gz")
    names = [f"case_{i:06d}.nii.gz" for i in range(cases)]
    text = {"name": "many", "modality": {"0": "CT"}, "labels": {str(i): f"organ {i}" if i else "background" for i in range(16)},
            "numTraining": cases, "numValidation": 0, "numTest": 0, "validation": [], "test": [],
            "training": [{"image": f"./imagesTr/{name}", "label": f"./labelsTr/{name}"} for name in names]}
    (folder / "set" / "dataset.json").write_text(json.dumps(text))


def run(*words):
    """(seconds of processor time, MB) of a command, whose output is not kept."""
    process = subprocess.Popen([str(word) for word in words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):  # 1: something is wrong with the data: the set has no imagesTs
        raise SystemExit(f"{words} failed")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def show(what, seconds, memory):
    print(f"{what:<44} {seconds:8.2f} s {memory:8.0f} MB", flush=True)


def measure(command, folder, shards, words):
    """All shards of a command, and their merging."""
    parts = folder / "parts"
    shutil.rmtree(parts, ignore_errors=True)
    each = [run(command, *words, "--shard", f"{i}/{shards}", "--parts", parts, "-j", "1") for i in range(1, shards + 1)]
    name = words[0]
    show(f"{name}: one of {shards} shards, median", sorted(seconds for seconds, _ in each)[shards // 2],
         max(memory for _, memory in each))
    show(f"{name}: all shards", sum(seconds for seconds, _ in each), max(memory for _, memory in each))
    size = sum(path.stat().st_size for path in parts.iterdir())
    show(f"merge: {size / 1e6:.1f} MB of parts of {name}", *run(command, "merge", parts, "--json", "-o", folder / "all.json"))
    show("merge --missing", *run(command, "merge", parts, "--missing"))
    show(f"{name}: one run", *run(command, *words, "--json", "-j", "1"))


def main():
    command, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    cases, shards = int((sys.argv[3:4] or ["100000"])[0]), int((sys.argv[4:5] or ["64"])[0])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    make(command, folder, cases)
    data = folder / "set"
    print(f"{cases} cases, {shards} shards\n{'':<44} {'processor':>10} {'memory':>11}")
    show("list", *run(command, "list", data, "--json"))
    measure(command, folder, shards, ["check", data])
    measure(command, folder, shards, ["stats", data])
    measure(command, folder, shards, ["score", "-r", data, "-p", data / "labelsTr"])
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
