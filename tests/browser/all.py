# SPDX-License-Identifier: BSD-3-Clause
"""Runs all or the named test modules of this folder, with the report of tests/python/run.py.

usage: all.py [MODULE[.CLASS[.TEST]]]...
"""
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "python")]

from run import Result  # noqa: E402 (after the path to it)
import shared  # noqa: E402


def main() -> None:
    names = sys.argv[1:] or sorted(path.stem for path in HERE.glob("test_*.py"))
    result = Result()
    try:
        unittest.defaultTestLoader.loadTestsFromNames(names).run(result)
    finally:
        shared.end()
    sys.exit(0 if result.wasSuccessful() and result.testsRun else 1)


if __name__ == "__main__":
    main()
