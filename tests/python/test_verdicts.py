# SPDX-License-Identifier: BSD-3-Clause
"""Files of verdicts, and what they select."""
import json
import os
import pickle
import shutil
import tempfile
import unittest

import amos
from common import Test, phantom

SIZE = (80, 72, 48)


class Reading(Test):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def write(self, text, name="verdicts.jsonl"):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def lines(self, *pairs):
        return "".join(json.dumps({"case": case, "verdict": verdict}) + "\n" for case, verdict in pairs)

    def test_a_sequence_of_verdicts(self):
        full = {"case": "amos_0001", "verdict": "fail", "organ": "liver", "text": "ä", "voxel": [1, 2, 3], "mm": [0.5, 1, 2],
                "time": "2026"}
        verdicts = amos.Verdicts(self.write(json.dumps(full) + "\n" + self.lines(("b", "pass"), ("c", "unsure"))))
        self.assertEqual(verdicts[0], ("amos_0001", "fail", "liver", "ä", (1, 2, 3), (0.5, 1.0, 2.0), "2026"))
        self.assertEqual(verdicts[-1].verdict, "unsure")
        self.assertIsNone(verdicts[1].organ)
        self.assertEqual([v.case for v in verdicts[1:]], ["b", "c"])
        self.assertEqual((len(verdicts), verdicts.passed, verdicts.failed, verdicts.unsure), (3, 1, 1, 1))
        self.assertEqual([verdicts.of(case) for case in ("amos_0001", "b", "c", "d")], ["fail", "pass", "unsure", "none"])
        self.assertIn("1 failed", repr(verdicts))
        self.assertEqual(len(pickle.loads(pickle.dumps(verdicts))), 3)
        with self.assertRaises(IndexError):
            verdicts[3]
        verdicts.close()
        with self.assertRaisesRegex(ValueError, "closed"):
            verdicts.of("b")

    def test_wrong_files(self):
        with self.assertRaises(amos.DataError):
            amos.Verdicts(self.write('{"verdicts": [1]}'))
        with self.assertRaises(amos.MissingFileError):
            amos.Verdicts(os.path.join(self.folder, "nothing"))
        with self.assertWarnsRegex(amos.DataWarning, "cut off"):
            self.assertEqual(len(amos.Verdicts(self.write(self.lines(("a", "pass")) + '{"case"'))), 1)

    def test_they_select_cases(self):
        dataset = amos.Dataset(phantom(6, SIZE))
        ids = [case.id for case in dataset.cases(has_label=True)]
        path = self.write(self.lines((ids[0], "pass"), (ids[1], "fail"), (ids[2], "pass")))

        def chosen(**options):
            return [case.id for case in dataset.cases(has_label=True, **options)]

        self.assertEqual(chosen(verdicts=path, only="pass"), [ids[0], ids[2]])
        self.assertEqual(chosen(verdicts=amos.Verdicts(path), only="fail"), [ids[1]])
        self.assertEqual(chosen(verdicts=path, only=("pass", "none")), [id for id in ids if id != ids[1]])
        self.assertEqual(dataset.table(verdicts=path, only="fail")["id"], [ids[1]])
        for wrong in ({"verdicts": path}, {"only": "pass"}, {"verdicts": path, "only": ()}):
            with self.assertRaises(ValueError):
                chosen(**wrong)
        with self.assertRaises(amos.ArgumentError):
            chosen(verdicts=path, only="good")

    def test_a_loader_draws_from_them(self):
        dataset = amos.Dataset(phantom(6, SIZE))
        ids = [case.id for case in dataset.cases(has_label=True)]
        path = self.write(self.lines((ids[0], "pass"), (ids[1], "fail")))
        loader = amos.Loader(dataset, patch=(16, 16, 16), verdicts=path, only=["pass"], threads=1)
        self.assertEqual(loader.cases, [ids[0]])
        self.assertEqual({sample.case_id for batch in loader for sample in batch.samples}, {ids[0]})
        with tempfile.TemporaryDirectory() as folder:
            cached = amos.Loader(dataset, cache=folder, build=True, patch=(16, 16, 16), verdicts=path, only="fail", threads=1)
            self.assertEqual(cached.cases, [ids[1]])
            self.assertEqual(amos.Cache(folder).fingerprint(dataset, verdicts=path, only="fail").cases, 1)


if __name__ == "__main__":
    unittest.main()
