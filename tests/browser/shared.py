# SPDX-License-Identifier: BSD-3-Clause
"""What the tests share: one browser, the reports that it opens, and what it shows of a case."""
import os
import tempfile
import time
import unittest
from pathlib import Path

import mock
from png import Picture
from webdriver import Browser

WORK = Path(os.environ.get("BROWSER_WORK") or tempfile.mkdtemp(prefix="viewer"))
DOWNLOADS = WORK / "downloads"

_made = {}


def once(name, make):
    """What `make` gives; it is called once in a run."""
    if name not in _made:
        _made[name] = make()
    return _made[name]


def browser() -> Browser:
    DOWNLOADS.mkdir(parents=True, exist_ok=True)
    return once("browser", lambda: Browser(preferences={"download.default_directory": str(DOWNLOADS)}))


def end() -> None:
    if "browser" in _made:
        _made["browser"].close()


def _report(name: str, count: int, pictures: int):
    folder = WORK / name
    return folder, mock.write_ordinary(folder, count, pictures)


def small():
    """(folder, set) of a report of 12 cases; the first three have pictures, the sixth is damaged."""
    return once("small", lambda: _report("small", 12, 3))


def large():
    """The same of 600 cases."""
    return once("large", lambda: _report("large", 600, 1))


# What a person sees of a case, as one object.
STATE = """
const text = (selector) => one(selector)?.textContent ?? null;
return {
    case: new URLSearchParams(location.hash.slice(1)).get("case"),
    large: one(".pane.large, .even .pane")?.getAttribute("aria-label") ?? null,
    panes: all(".pane").map((pane) => pane.getAttribute("aria-label")),
    slices: Object.fromEntries(all(".pane").map((pane) =>
        [pane.getAttribute("aria-label"), pane.querySelector(".pane-head span").textContent]).sort()),
    pressed: all('[role="toolbar"] [aria-pressed="true"]').map((one) => one.textContent),
    window: document.getElementById("window")?.value ?? null,
    zoom: text("output"),
    opacity: document.getElementById("opacity")?.value ?? null,
    organ: document.getElementById("verdict-organ")?.selectedOptions[0].textContent ?? null,
    hidden: all(".organs input").filter((box) => !box.checked).map((box) => box.getAttribute("aria-label").slice(5)),
    voxel: text('[data-readout="voxel"]'), value: text('[data-readout="value"]'), mm: text('[data-readout="mm"]'),
    reference: text('[data-readout="reference"]'), prediction: text('[data-readout="prediction"]'),
    place: document.getElementById("verdict-place")?.checked ?? null,
    given: all(".given li").map((one) => one.firstChild.textContent + one.childNodes[1].textContent),
    finding: all(".findings button").findIndex((one) => one.getAttribute("aria-pressed") === "true"),
    focus: document.activeElement.id,
    dialog: text("dialog h2"),
    page: document.getElementById("page").className,
};
"""


class Page(unittest.TestCase):
    """A test that looks at a page of the viewer."""

    def setUp(self):
        self.browser = browser()
        self.browser.complaints()

    def open(self, folder: Path, address: str = "") -> None:
        """Anew, without what was kept before."""
        for _ in range(2):
            self.browser.open("about:blank")
            self.browser.open(f"file://{folder}/index.html{address}")
            if not self.browser.run("const kept = localStorage.length; localStorage.clear(); return kept"):
                break
        self.assertTrue(self.browser.wait("return document.getElementById('page')?.className"), "the page is not shown")

    def open_case(self, id_: str = "amos_0001", more: str = "") -> None:
        self.open(small()[0], f"#case={id_}{more}")
        self.wait_for_case(id_)

    def wait_for_case(self, id_: str) -> None:
        shown = self.browser.wait("return one('h1')?.textContent === arguments[0] &&"
                                  " one('[data-readout=reference]')?.textContent", id_)
        self.assertTrue(shown, f"{id_} is not shown")

    def state(self) -> dict:
        return self.browser.run(STATE)

    def see(self, expression: str, *arguments) -> None:
        """Waits until an expression of JavaScript is true."""
        self.assertTrue(self.browser.wait(f"return {expression}", *arguments), expression)

    def until(self, **wanted) -> dict:
        """Waits until the state has these values."""
        script = ("const wanted = arguments[0], found = (() => {" + STATE + "})();"
                  "return Object.entries(wanted).every(([key, value]) => JSON.stringify(found[key]) === "
                      "JSON.stringify(value))")
        if not self.browser.wait(script, wanted):
            found = self.state()
            self.fail(f"wanted {wanted}, found {({key: found.get(key) for key in wanted})}")
        return self.state()

    def pixel(self, x: float, y: float) -> tuple:
        """(red, green, blue) at a point of the window, by a screenshot of that pixel, which is quickly read."""
        return Picture(self.browser.screenshot_of(int(x), int(y), 1, 1)).pixel(0, 0)

    def point(self, plane: str, voxel) -> tuple:
        """Where the centre of a voxel of the shown slice is in the window."""
        box = self.browser.run("const b = one(`canvas[data-plane=${arguments[0]}]`).getBoundingClientRect();"
                               "return [b.x, b.y, b.width, b.height]", plane)
        across, down = {"axial": (0, 1), "coronal": (0, 2), "sagittal": (1, 2)}[plane]
        return (box[0] + (mock.SHAPE[across] - voxel[across] - 0.5) / mock.SHAPE[across] * box[2],
                box[1] + (mock.SHAPE[down] - voxel[down] - 0.5) / mock.SHAPE[down] * box[3])

    def saved(self, button: str, ending: str) -> str:
        """The text of the file that a button saves."""
        for old in DOWNLOADS.glob("*"):
            old.unlink()
        self.browser.click(button)
        end = time.monotonic() + 30
        while time.monotonic() < end:
            for file in DOWNLOADS.glob(f"*{ending}"):
                return file.read_bytes().decode()
            time.sleep(0.05)
        self.fail(f"{button} saved nothing")

    def tearDown(self):
        complaints = self.browser.complaints()
        self.assertEqual(complaints, [], "the browser complains")
