# SPDX-License-Identifier: BSD-3-Clause
"""Accessibility, by axe-core: every page, light and dark. AXE names its axe.min.js; without it these are skipped."""
import os
import unittest
from pathlib import Path

from shared import Page, small

AXE = os.environ.get("AXE", "")
RUN = """
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const inWords = (rule) => `${rule.id}: ${rule.nodes.slice(0, 3).map((node) => node.html).join(" | ")}`;
return axe.run(document, {preload: false, runOnly: rules}).then((result) =>
    [result.passes.length, result.violations.map(inWords)]);
"""


@unittest.skipUnless(AXE, "axe-core is not here; the npm registry has it")
class Access(Page):
    def judge(self, what: str):
        for scheme in ("light", "dark"):
            self.browser.emulate(prefers_color_scheme=scheme)
            with self.subTest(page=what, scheme=scheme):
                if not self.browser.run("return typeof axe !== 'undefined'"):
                    self.browser.run(Path(AXE).read_text("utf-8"))
                passes, violations = self.browser.run(RUN)
                self.assertGreater(passes, 15)
                self.assertEqual(violations, [])
        self.browser.emulate()

    def test_start_page(self):
        self.open(small()[0])
        self.judge("start")

    def test_start_page_of_one_organ(self):
        self.open(small()[0], "#organ=liver&finding=specks")
        self.judge("start of one organ")

    def test_case(self):
        self.open_case()
        self.browser.press("x")
        self.until(given=["fail whole case"])
        self.judge("case")

    def test_damaged_case(self):
        self.open(small()[0], "#case=amos_0006")
        self.judge("damaged case")

    def test_help(self):
        self.open_case()
        self.browser.press("?")
        self.until(dialog="Keys")
        self.judge("help")

    def test_narrow(self):
        self.open_case()
        self.browser.size(420, 800)
        try:
            self.judge("narrow case")
            self.browser.press("b")
            self.until(page="start")
            self.judge("narrow start")
            self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth - innerWidth"), 0)
        finally:
            self.browser.size(1280, 900)
