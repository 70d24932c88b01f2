# SPDX-License-Identifier: BSD-3-Clause
"""Every key does what the help says of it."""
import re
from pathlib import Path

import mock
from shared import Page, small

ALL = [name.replace("_", " ") for name in mock.NAMES]
MIDDLE = {"Axial": "11 / 20", "Coronal": "21 / 40", "Sagittal": "25 / 48"}


def axial(slice_: int) -> dict:
    return {"slices": {**MIDDLE, "Axial": f"{slice_} / 20"}}


def pressed(*names: str) -> dict:
    return {"pressed": list(names)}


# Each row begins at a case as it is opened: keys that are pressed before, the key, and what is seen then.
ROWS = [
    ("", "j", {"case": "amos_0002"}),
    ("j", "k", {"case": "amos_0001"}),
    ("", "b", {"page": "start", "case": None}),
    ("", "ArrowUp", axial(12)),
    ("", "ArrowRight", axial(12)),
    ("", "ArrowDown", axial(10)),
    ("", "ArrowLeft", axial(10)),
    ("", "PageDown", axial(1)),
    ("", "PageUp", axial(20)),
    ("", "Home", axial(1)),
    ("", "End", axial(20)),
    # The file is LPS: its x and y run against those of the picture's grid.
    ("", "Shift+ArrowLeft", {"voxel": "22, 19, 10"}),
    ("", "Shift+ArrowRight", {"voxel": "24, 19, 10"}),
    ("", "Shift+ArrowUp", {"voxel": "23, 18, 10"}),
    ("", "Shift+ArrowDown", {"voxel": "23, 20, 10"}),
    ("2", "1", {"large": "Axial"}),
    ("", "2", {"large": "Coronal"}),
    ("", "3", {"large": "Sagittal"}),
    ("", "m", {"panes": ["Axial: reference", "Axial: prediction", "Axial: difference"]}),
    ("", "z", {"zoom": "125 %"}),
    ("z", "Z", {"zoom": "100 %"}),
    ("", "[", {"window": "bone"}),
    ("", "]", {"window": "bone"}),
    ("", "o", pressed("Difference")),
    ("", "f", pressed("Difference", "Overlay", "Outline")),
    ("", "+", {"opacity": "55"}),
    ("", "=", {"opacity": "55"}),
    ("", "-", {"opacity": "35"}),
    ("", "r", pressed("Reference", "Overlay")),
    ("", "p", pressed("Prediction", "Overlay")),
    ("r", "d", pressed("Difference", "Overlay")),
    ("", "g", {"organ": "spleen"}),
    ("", "G", {"organ": "prostate uterus"}),
    ("g", "i", {"hidden": ["spleen"]}),
    ("g", "I", {"hidden": ALL[1:]}),
    ("", "e", {"hidden": ALL}),
    ("g", "w", {"slices": {"Axial": "11 / 20", "Coronal": "23 / 40", "Sagittal": "13 / 48"}, "reference": "spleen",
        "prediction": "none"}),
    ("", "n", {"reference": "spleen", "prediction": "none",
        "slices": {"Axial": "12 / 20", "Coronal": "23 / 40", "Sagittal": "16 / 48"}}),
    ("", "N", {"reference": "spleen", "prediction": "none",
        "slices": {"Axial": "10 / 20", "Coronal": "23 / 40", "Sagittal": "16 / 48"}}),
    ("", ".", {"finding": 0, "organ": "liver", "voxel": "17, 17, 8", "reference": "liver"}),
    ("", ",", {"finding": 1, "organ": "prostate uterus"}),
    ("", "a", {"given": ["pass whole case"]}),
    ("", "x", {"given": ["fail whole case"]}),
    ("g", "u", {"given": ["unsure spleen"]}),
    ("", "t", {"focus": "verdict-text"}),
    ("", "c", {"place": True}),
    ("", "?", {"dialog": "Keys"}),
    ("", "h", {"dialog": "Keys"}),
]
START_KEYS = {"/", "t"}


def parts(key: str) -> list:
    *held, last = key.split("+") if len(key) > 1 else [key]
    return [last, *held]


class Keys(Page):
    def test_each_key(self):
        for before, key, wanted in ROWS:
            with self.subTest(key=key):
                self.open_case(more="&sort=id")
                for one in before:
                    self.browser.press(one)
                if before == "j":
                    self.wait_for_case("amos_0002")
                self.browser.press(*parts(key))
                self.until(**wanted)

    def test_the_help_lists_them_all(self):
        self.open_case()
        self.browser.press("?")
        listed = set(self.browser.run("return all('dialog kbd').map((key) => key.textContent)"))
        arrows = {"\u2191": "ArrowUp", "\u2193": "ArrowDown", "\u2190": "ArrowLeft", "\u2192": "ArrowRight"}
        listed = {"+".join(arrows.get(part, part) for part in key.split()) for key in listed}
        self.assertEqual(listed, {key for _, key, _ in ROWS} | START_KEYS)

    def test_the_documentation_lists_them_all(self):
        text = (Path(mock.ROOT) / "docs/viewer.md").read_text("utf-8")
        listed = set(re.findall(r"<kbd>(.*?)</kbd>", text))
        names = {"Up": "ArrowUp", "Down": "ArrowDown", "Left": "ArrowLeft", "Right": "ArrowRight"}
        listed = {"+".join(names.get(part, part) for part in key.split("+")) if len(key) > 1 else key for key in listed}
        self.assertEqual(listed, {key for _, key, _ in ROWS} | START_KEYS | {"Escape"})

    def test_keys_of_the_start_page(self):
        self.open(small()[0])
        self.browser.press("/")
        self.until(focus="search")
        self.browser.type("jkx")
        self.browser.press("Escape")
        self.browser.press("t")
        self.see("document.activeElement.className === 'scroll'")
        self.assertEqual(self.state()["page"], "start")

    def test_the_table_keeps_the_focus_while_the_search_goes_on(self):
        self.open(small()[0])
        self.browser.run("const search = one('#search'); search.value = '0003';"
                         "search.dispatchEvent(new Event('input')); one('#to-table').click()")
        self.see("all('tbody [data-case]').length === 1")
        self.see("document.activeElement.className === 'scroll'")

    def test_text_is_no_key(self):
        self.open_case()
        self.browser.press("t")
        self.browser.type("fix me, 12")
        self.browser.press("Escape")
        self.browser.press("x")
        self.until(given=["fail whole case"])
        self.assertEqual(self.browser.run("return one('.given li').childNodes[2].textContent"), ": fix me, 12")

    def test_keys_can_be_switched_off(self):
        self.open_case()
        self.browser.press("?")
        self.browser.click("dialog input")
        self.browser.press("Escape")
        self.browser.press("x")
        self.browser.press("ArrowUp")
        self.assertEqual(self.state()["given"], [])
        self.assertEqual(self.state()["slices"], MIDDLE)
