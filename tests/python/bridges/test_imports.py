# SPDX-License-Identifier: BSD-3-Clause
"""Each bridge is imported only when it is asked for, and says what it lacks."""

import subprocess
import sys
import unittest

from common import Test


def python(program):
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)


class Imports(Test):
    def test_amos_alone_needs_nothing(self):
        program = "import amos, sys; print(*sys.modules)"
        loaded = {name.split(".")[0] for name in python(program).stdout.split()}
        self.assertIn("amos", loaded)
        self.assertFalse(loaded & {"numpy", "torch", "monai", "torchio", "nibabel", "nnunetv2"})
        run = python("import amos.nnunet, sys; print('nnunetv2' in sys.modules, 'numpy' in sys.modules)")
        self.assertEqual(run.stdout.split(), ["False", "False"], run.stderr)

    def test_what_is_missing_is_said(self):
        for package, use, sentence in (
            ("monai", "import amos.monai", "amos.monai needs monai, which is not installed (pip install libamos[monai])."),
            ("nibabel", "import amos.nibabel", "amos.nibabel needs nibabel, which is not installed (pip install libamos[nibabel])."),
            ("torch", "import amos.torchio", "amos.torchio needs torch, which is not installed (pip install libamos[torch])."),
            ("nnunetv2", "import amos.nnunet; amos.nnunet.AmosIO",
             "amos.nnunet.AmosIO needs nnunetv2, which is not installed (see the instructions of nnunetv2)."),
        ):  # fmt: skip
            run = python(f"import sys; sys.modules[{package!r}] = None; {use}")
            self.assertTrue(run.stderr.rstrip().endswith("ImportError: " + sentence), run.stderr)

    def test_an_unknown_nibabel_is_refused(self):
        """One whose proxy reads in another way would read the files itself."""
        try:
            import nibabel  # noqa: F401
        except ImportError:
            return
        run = python("import nibabel.arrayproxy as a; del a.ArrayProxy._get_unscaled; import amos.nibabel")
        self.assertIn("ImportError: amos.nibabel does not know this version of nibabel", run.stderr)


if __name__ == "__main__":
    unittest.main()
