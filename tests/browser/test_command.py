# SPDX-License-Identifier: BSD-3-Clause
"""What `amos report` writes and `amos serve` serves, in the browser, judged by nibabel: values, labels and positions at
the cursor are those of the files. AMOS_COMMAND is the command."""
import json
import os
import re
import signal
import subprocess
import unittest

import nibabel
import numpy

import mock
from shared import WORK, Page, browser, once

AMOS = os.environ.get("AMOS_COMMAND", "build/amos")
TITLES = [name.replace("_", " ") for name in mock.NAMES]


def run(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run([AMOS, *map(str, words)], check=True, capture_output=True, text=True)


def has(command: str) -> bool:
    """Whether these sources have a command. AMOS_COMMAND must have it then."""
    return (mock.ROOT / "cli" / command).is_dir()


def turned(folder):
    """The files of a case in another orientation, tilted: the axes of the viewer are not those of the files."""
    for part in ("imagesTr", "labelsTr", "predictions"):
        for file in sorted((folder / part).glob("*.nii.gz"))[:1]:
            image = nibabel.load(file)
            data = numpy.transpose(numpy.asarray(image.dataobj), (2, 0, 1))[::-1]
            turn = numpy.array([[0, 1, 0, 0], [0, 0, 1, 0], [-1, 0, 0, data.shape[0] - 1], [0, 0, 0, 1]], float)
            tilt = numpy.eye(4)
            tilt[:2, :2] = [[0.99, -0.141067], [0.141067, 0.99]]
            header = image.header.copy()
            header["scl_slope"], header["scl_inter"] = 1, 0
            saved = nibabel.Nifti1Image(numpy.ascontiguousarray(data), tilt @ image.affine @ turn, dtype=data.dtype)
            nibabel.save(saved, file)


def phantoms():
    def make():
        folder = WORK / "phantoms"
        run("phantom", folder, "--cases", 3, "--size", "96x80x40", "--predictions")
        turned(folder)
        return folder
    return once("phantoms", make)


def first_case() -> str:
    return sorted((phantoms() / "imagesTr").glob("*.nii.gz"))[0].name.split(".")[0]


class Judged(Page):
    """Positions of the cursor, and what the files have there."""

    def judge(self, address: str, id_: str, within: float):
        files = {part: nibabel.load(phantoms() / folder / f"{id_}.nii.gz") for part, folder in
                 (("image", "imagesTr"), ("reference", "labelsTr"), ("prediction", "predictions"))}
        voxels = {part: numpy.asarray(file.dataobj) for part, file in files.items()}
        shape = nibabel.as_closest_canonical(files["image"]).shape
        for seed in range(6):
            at = [int(n * share) for n, share in zip(shape, numpy.random.default_rng(seed).uniform(0.2, 0.8, 3))]
            with self.subTest(id=id_, at=at):
                browser().open("about:blank")
                browser().open(f"{address}#case={id_}&at={','.join(map(str, at))}")
                self.wait_for_case(id_)
                state = self.until(case=id_)
                stored = tuple(int(n) for n in state["voxel"].split(", "))
                mm = [float(n.replace("\u2212", "-")) for n in state["mm"].split(", ")]
                numpy.testing.assert_allclose(files["image"].affine @ [*stored, 1], [*mm, 1], atol=0.11)
                shown = nibabel.as_closest_canonical(files["image"])
                numpy.testing.assert_allclose(shown.affine @ [*at, 1], [*mm, 1], atol=0.11)
                value = float(re.sub(" HU$", "", state["value"]).replace("\u2212", "-"))
                self.assertAlmostEqual(value, float(voxels["image"][stored]), delta=within)
                for part in ("reference", "prediction"):
                    label = int(voxels[part][stored])
                    shown_label = state[part].lower().replace("/", " ")
                    self.assertEqual(shown_label, TITLES[label - 1] if label else "none", part)


@unittest.skipUnless(has("report"), "these sources have no amos report")
class Report(Judged):
    def report(self):
        def make():
            run("report", phantoms(), "-p", phantoms() / "predictions", "-o", WORK / "report")
            return WORK / "report"
        return once("report", make)

    def test_the_viewer_is_that_of_the_sources(self):
        for name in ("viewer.js", "viewer.css"):
            self.assertEqual((self.report() / name).read_text("utf-8"), mock.viewer_file(name))

    def test_scores_are_those_of_amos_score(self):
        scored = json.loads(run("score", "--reference", phantoms(), "--prediction", phantoms() / "predictions",
            "--json").stdout)
        self.open(self.report(), "#sort=id")
        found = self.browser.wait("const rows = all('.cases tbody tr'); return rows.length && rows.map((row) =>"
                                  " [row.dataset.case, [...row.children].slice(-15).map((cell) => cell.textContent)])")
        found = dict(found)
        self.assertEqual(len(found), 3)
        for case in scored["cases"]:
            for label, text in enumerate(found[case["id"]], 1):
                dice = next((one["dice"] for one in case["organs"] if one["label"] == label), None)
                if dice is None:
                    self.assertEqual(text, "\u2013")
                else:
                    self.assertAlmostEqual(float(text), dice, delta=0.00056)

    def test_values_are_those_of_the_files(self):
        """Intensities within a step of the 256 levels."""
        ids = [path.name.split(".")[0] for path in sorted((phantoms() / "imagesTr").glob("*.nii.gz"))]
        for id_ in ids[:2]:
            self.judge(f"file://{self.report()}/index.html", id_, 16)

    def test_without_scripts_there_are_tables(self):
        page = (self.report() / "index.html").read_text("utf-8")
        self.assertIn(first_case(), page[page.index("<noscript>"):page.index("</noscript>")])


@unittest.skipUnless(has("serve"), "these sources have no amos serve")
class Serve(Judged):
    def setUp(self):
        super().setUp()
        self.start()

    def start(self):
        self.server = subprocess.Popen([AMOS, "serve", str(phantoms()), "-p", str(phantoms() / "predictions"),
                                        "--port", "0", "--verdicts", str(WORK / "verdicts.jsonl")],
                                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.address = re.search(r"http://\S+", self.server.stdout.readline())[0]

    def tearDown(self):
        browser().open("about:blank")
        self.server.send_signal(signal.SIGINT)
        self.server.wait(10)
        self.server.stdout.close()
        super().tearDown()

    def test_values_are_those_of_the_files(self):
        self.judge(self.address, first_case(), 0.51)

    def test_scores_and_verdicts(self):
        id_ = first_case()
        browser().open("about:blank")
        browser().open(f"{self.address}#case={id_}")
        self.wait_for_case(id_)
        self.see("/^[01]\\.\\d{3}$/.test(one('[data-organ=Liver] td:nth-child(4)')?.textContent)")
        self.browser.press("x")
        self.until(given=["fail whole case"])
        self.browser.press("b")
        self.until(page="start")
        self.assertEqual(self.browser.run("return all('.badge.fail').length > 0"), True)

    def test_verdicts_outlive_the_server_and_select_cases(self):
        id_ = first_case()
        browser().open("about:blank")
        browser().open(f"{self.address}#case={id_}")
        self.wait_for_case(id_)
        self.browser.press("x")
        self.until(given=["fail whole case"])
        browser().open("about:blank")
        self.server.kill()
        self.server.wait(10)
        self.server.stdout.close()
        listed = run("list", phantoms(), "--verdicts", WORK / "verdicts.jsonl", "--only", "fail", "--json").stdout
        self.assertEqual([case["id"] for case in json.loads(listed)], [id_])
        self.start()
        browser().open(self.address)
        self.see("all('.badge.fail').length > 0")
