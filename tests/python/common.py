# SPDX-License-Identifier: BSD-3-Clause
"""Shared by the Python tests: a small generated data set, and a folder for files that they create."""

import atexit
import functools
import os
import re
import shutil
import subprocess
import tempfile
import unittest
import warnings

import amos

COMMAND = os.environ["AMOS_COMMAND"]
SIZE = (40, 36, 24)


@functools.lru_cache(None)
def folder():
    path = tempfile.mkdtemp(prefix="amos-python-")
    owner = os.getpid()
    atexit.register(lambda: os.getpid() == owner and shutil.rmtree(path, ignore_errors=True))
    return path


def in_folder(name):
    return os.path.join(folder(), name)


@functools.lru_cache(None)
def phantom(cases=6, size=SIZE):
    """The root of a generated data set: training amos_0001, 0004, 0507, validation 0006, test 0008, 0508."""
    root = in_folder("phantom-%d-%s" % (cases, "x".join(map(str, size))))
    words = [COMMAND, "phantom", root, "--cases", str(cases), "--size", "%dx%dx%d" % size, "--level", "1"]
    subprocess.run(words, check=True, capture_output=True)
    return root


warnings.simplefilter("ignore", amos.DataWarning)  # of the phantoms; assertWarns() sees them all the same

C_NAME = r"(?<![\w/.-])(amos_[a-z]+_[a-z]|AMOS_[A-Z]+_[A-Z])|(?<!\S)--[a-z]"
"""A name of the C interface, or an option of the command."""


def watch_messages():
    """Every error of the library that occurs in a test must be in the words of Python."""
    make = amos._errors.make_exception

    def checked(*arguments):
        error = make(*arguments)
        text = error.message.removeprefix((error.path or "") + ": ")
        if re.search(C_NAME, text):
            raise AssertionError("a message has names that are not Python's: " + text)
        return error

    amos._errors.make_exception = checked


watch_messages()


class Test(unittest.TestCase):
    longMessage = True
