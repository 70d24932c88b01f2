# SPDX-License-Identifier: BSD-3-Clause
"""Runs all or the named test modules of this folder, of bridges/ and peers/; prints "ok: NAME", "FAIL: NAME" or "Skipped NAME: why"."""

import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDERS = [HERE, os.path.join(HERE, "bridges"), os.path.join(HERE, "peers")]


class Result(unittest.TestResult):
    def addSuccess(self, test):
        super().addSuccess(test)
        print("ok:", test.id(), flush=True)

    def tell(self, test, text):
        print("FAIL:", test.id(), flush=True)
        print(text, flush=True)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.tell(test, self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self.tell(test, self.errors[-1][1])

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.tell(subtest, (self.failures + self.errors)[-1][1])

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        print("Skipped %s: %s" % (test.id(), reason), flush=True)

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.tell(test, "it succeeded")


def main():
    sys.path[:0] = FOLDERS
    files = [name for folder in FOLDERS for name in os.listdir(folder)]
    names = sys.argv[1:] or sorted(
        name[:-3] for name in files if name.startswith("test_") and not name.startswith(("test_scipy", "test_torch"))
    )
    result = Result()
    unittest.defaultTestLoader.loadTestsFromNames(names).run(result)
    sys.exit(0 if result.wasSuccessful() and result.testsRun else 1)


if __name__ == "__main__":
    main()
