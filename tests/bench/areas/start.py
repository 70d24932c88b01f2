# SPDX-License-Identifier: BSD-3-Clause
"""The start of the command: `amos info` of a file's header, against nib-ls of nibabel. Whole processes, with their start and
the loading of their libraries."""
import shutil

from frame import Row

TITLE = "Start of the command"
PER_PAIR = False

ROWS = [
    Row("nib-ls / amos info", "start nib-ls", "start info", "at least", 50, peer="nib-ls"),
    Row("amos info / a program that does nothing", "start info", "start nothing"),
]


def measure(bench, pair):
    for _ in range(5):
        bench.run_timed([shutil.which("true")], "start nothing")
        bench.run_timed([bench.amos, "info", pair.image], "start info")
    if shutil.which("nib-ls"):
        bench.run_timed([shutil.which("nib-ls"), pair.image], "start nib-ls")
