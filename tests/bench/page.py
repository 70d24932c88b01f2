#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes docs/benchmarks.md from the numbers of one run of `make bench`.

usage: page.py BENCH.json PAGE.md
"""
import ast
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
HEAD = """# Benchmarks

    make bench                              # 20 generated cases of 512x512x120
    make bench AREAS='reading inflate'      # some areas
    make bench DATA=/path/to/amos22         # your cases
    make bench REAL=/path/to/more           # and the pairs of a folder, beside the generated ones
    make bench FILES='IMAGE LABEL' ROUNDS=9 # another pair; more rounds steady the medians
    make bench-page                         # writes this page from the last run

`make bench` compares libamos with the limit of the machine and with other programs. Every ratio is one of two medians of rounds in which all take turns, so that all ran under the same conditions. "At most" and "at least" are the goals of the project. A ratio that misses its goal is bold. Many goals are for images of 4 MB or more, the usual size in AMOS; smaller files have the ratio alone. Runs differ by some hundredths, those with two threads by more, because the two processors are hyperthreads of a shared virtual machine. No test looks at times.

This page is made from one run of `make bench` by `make bench-page`. `tests/bench/areas` has a file for each section; what follows its table is written there.
"""


def number(value):
    return "not measured" if value is None else f"{value:.2f}" if value < 100 else f"{value:.0f}"


def cell(row):
    return f"**{number(row['value'])}**" if row["met"] is False else number(row["value"])


def goal(rows):
    ruled = [row for row in rows if row["rule"]]
    if not ruled:
        return ""
    rule, of = ruled[0]["rule"], ruled[0]["goal"]
    judged = [row["met"] for row in rows if row["met"] is not None]
    return f"{rule} {of:g}: " + ("not measured" if not judged else "met" if all(judged) else "**not met**")


def paragraph(text):
    return " ".join(text.split())


def texts_of(name):
    """The strings at the top of an area, without importing it: it may need packages."""
    with open(os.path.join(HERE, "areas", name + ".py"), encoding="utf-8") as file:
        tree = ast.parse(file.read())
    found = {"doc": ast.get_docstring(tree), "NOTE": ""}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            found[node.targets[0].id] = node.value.value
    return found


def section(name, found):
    texts = texts_of(name)
    pairs = list(found["medians"])
    titles = list(dict.fromkeys(row["title"] for row in found["rows"]))
    lines = [f"## {texts['TITLE']}", "", paragraph(texts["doc"]), "",
             "| row | " + " | ".join(pairs if len(pairs) > 1 else ["ratio"]) + " | goal |",
             "|---" * (len(pairs) + 2) + "|"]
    for title in titles:
        rows = [row for row in found["rows"] if row["title"] == title]
        lines.append(f"| {title} | " + " | ".join(cell(row) for row in rows) + f" | {goal(rows)} |")
    if texts["NOTE"]:
        lines += ["", texts["NOTE"].strip()]
    return "\n".join(lines)


def said_of(found):
    of = found["machine"]
    peers = ", ".join(f"{name} {version}" for name, version in of["peers"].items() if version)
    rounds = "One round." if found["rounds"] == 1 else f"Medians of {found['rounds']} rounds."
    return (f"{of['processor']}, {of['processors']} processors; {of['libamos'].splitlines()[0]}, kernels "
            f"{of['kernels']}; {peers}. {rounds}")


def main():
    with open(sys.argv[1], encoding="ascii") as file:
        found = json.load(file)
    parts = [HEAD, said_of(found), ""]
    for name, area in found["areas"].items():
        parts += [section(name, area), ""]
    temporary = sys.argv[2] + ".tmp"
    with open(temporary, "w", encoding="utf-8") as file:
        file.write("\n".join(parts).rstrip() + "\n")
    os.replace(temporary, sys.argv[2])


if __name__ == "__main__":
    main()
