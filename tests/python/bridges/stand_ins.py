# SPDX-License-Identifier: BSD-3-Clause
"""Puts the stand-ins behind all that is installed, so that they are used only if the program itself is missing. As a
program, runs another one so: stand_ins.py PROGRAM."""

import os
import runpy
import sys

FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "stand_ins")
if FOLDER not in sys.path:
    sys.path.append(FOLDER)

if __name__ == "__main__":
    del sys.argv[0], sys.path[0]
    runpy.run_path(sys.argv[0], run_name="__main__")
