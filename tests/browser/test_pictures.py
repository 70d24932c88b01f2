# SPDX-License-Identifier: BSD-3-Clause
"""What the pictures show: colours and grey values at known places of screenshots."""
import mock
from shared import WORK, Page

AGREEING, MISSED, EXTRA, OTHER = (0, 158, 115), (86, 180, 233), (230, 97, 0), (240, 228, 66)
LIVER, POSTCAVA = mock.COLORS[5], mock.COLORS[8]


class Pictures(Page):
    def assert_color(self, plane, voxel, wanted, within=3):
        found = self.pixel(*self.point(plane, voxel))
        self.assertLessEqual(max(abs(a - b) for a, b in zip(found, wanted)), within,
            f"{plane} {voxel}: {found}, wanted {wanted}")

    def open_opaque(self, more=""):
        """Away from the lines of the cursor, with an overlay that hides what is below."""
        self.open_case(more="&at=2,2,10" + more)
        for _ in range(6):
            self.browser.press("+")
        self.until(opacity="100")

    def test_difference(self):
        self.open_opaque()
        self.assert_color("axial", (32, 22, 10), AGREEING)
        self.assert_color("axial", (24, 22, 10), MISSED)
        self.assert_color("axial", (43, 22, 10), EXTRA)
        self.assert_color("axial", (24, 12, 10), OTHER)
        self.assert_color("axial", (12, 22, 10), MISSED)

    def test_reference_and_prediction(self):
        self.open_opaque("&layer=reference")
        self.assert_color("axial", (24, 22, 10), LIVER)
        self.assert_color("axial", (24, 12, 10), mock.COLORS[7])
        self.browser.press("p")
        self.until(pressed=["Prediction", "Overlay"])
        self.assert_color("axial", (43, 22, 10), LIVER)
        self.assert_color("axial", (24, 12, 10), POSTCAVA)
        self.assert_color("axial", (12, 22, 10), self.grey(12))

    def grey(self, x, low=-160, high=240):
        value = mock.LEVELS[128 + x]
        return (round(min(max((value - low) / (high - low), 0), 1) * 255),) * 3

    def test_grey_values_follow_the_window(self):
        self.open_case(more="&at=2,2,10")
        self.browser.press("o")
        self.assert_color("axial", (12, 30, 10), self.grey(12))
        self.assert_color("axial", (47, 39, 10), (0, 0, 0))
        self.browser.press("]")
        self.until(window="bone")
        self.assert_color("axial", (12, 30, 10), self.grey(12, -450, 1050))

    def test_organs_can_be_hidden(self):
        self.open_opaque("&layer=reference&organ=liver")
        self.browser.press("i")
        self.until(hidden=["liver"])
        self.assert_color("axial", (24, 12, 10), mock.COLORS[7])
        self.assert_color("axial", (10, 22, 10), mock.COLORS[0])
        found = self.pixel(*self.point("axial", (32, 22, 10)))
        self.assertEqual(len(set(found)), 1, "grey, not the liver's colour")

    def test_outline(self):
        self.open_opaque("&layer=reference")
        self.browser.press("f")
        self.until(pressed=["Reference", "Overlay", "Outline"])
        self.assert_color("axial", (12, 22, 10), self.grey(12))
        x, y = self.point("axial", (12, 22, 10))
        x -= (self.point("axial", (11, 22, 10))[0] - x) * 5.5  # the edge of a ball with a radius of 5 voxels
        found = [self.pixel(x + dx, y) for dx in (-1, 0, 1)]
        red = mock.COLORS[0]
        self.assertLessEqual(min(max(abs(a - b) for a, b in zip(one, red)) for one in found), 40,
            f"no outline: {found}")

    def test_the_right_of_the_patient_is_on_the_left(self):
        self.open_case()
        letters = self.browser.run("return all('.pane').map((pane) => [...pane.querySelectorAll('.letter')]"
                                   ".map((one) => one.className.split(' ')[1][0] + one.textContent).join(' '))")
        self.assertEqual(letters, ["lR rL tA bP", "lR rL tS bI", "lA rP tS bI"])
        self.assertLess(self.point("axial", (40, 22, 10))[0], self.point("axial", (8, 22, 10))[0])

    def test_proportions_are_those_of_the_body(self):
        self.open_case()
        sizes = self.browser.run("return Object.fromEntries(all('canvas').map((one) =>"
                                 " [one.dataset.plane, one.clientWidth / one.clientHeight]))")
        mm = [n * s for n, s in zip(mock.SHAPE, mock.SPACING)]
        for plane, wanted in {"axial": mm[0] / mm[1], "coronal": mm[0] / mm[2], "sagittal": mm[1] / mm[2]}.items():
            self.assertAlmostEqual(sizes[plane], wanted, delta=0.02)

    def test_side_by_side(self):
        self.open_opaque()
        self.browser.press("m")
        self.until(panes=["Axial: reference", "Axial: prediction", "Axial: difference"])
        boxes = self.browser.run("return all('canvas').map((one) => {"
                                 "const b = one.getBoundingClientRect(); return [b.x, b.y, b.width, b.height]})")
        found = [self.pixel(x + (48 - 32.5) / 48 * w, y + (40 - 22.5) / 40 * h) for x, y, w, h in boxes]
        self.assertEqual(found, [LIVER, LIVER, AGREEING])

    def test_filters_are_undone(self):
        """Also in first rows and slices, which have nothing before them."""
        folder, whole = WORK / "filters", mock.data_set(4, 4)
        cases = {}
        for one, name in zip(whole["cases"], ("none", "left", "up", "slice")):
            cases[one["id"]] = mock.case(one)
            cases[one["id"]]["image"] = {"levels": mock.LEVELS, **mock.packed(mock.codes(), name)}
        mock.write(folder, whole, cases)
        for one in whole["cases"]:
            self.open(folder, f"#case={one['id']}")
            self.wait_for_case(one["id"])
            for x, y, z in ((0, 0, 0), (47, 0, 0), (0, 39, 0), (5, 0, 19), (24, 20, 10), (47, 39, 19)):
                with self.subTest(id=one["id"], voxel=(x, y, z)):
                    value = mock.LEVELS[mock.codes()[x + 48 * (y + 40 * z)]]
                    self.browser.run(f"location.hash = '#case={one['id']}&at={x},{y},{z}'")
                    self.until(voxel=f"{47 - x}, {39 - y}, {z}", value=f"{value} HU".replace("-", "\u2212"))

    def test_zoom(self):
        """What is zoomed fills its place, stays while the cursor is seen in it, and follows where it leaves."""
        self.open_case(more="&at=32,22,10&layer=reference")
        for key in "zzzzzzzz++++++":
            self.browser.press(key)
        self.until(zoom="596 %", opacity="100")
        box = self.browser.run("const b = one('.large .frame').getBoundingClientRect();"
                               "const c = one('.large canvas'); return [b.x, b.y, b.width, b.height, c.clientWidth, "
                                   "c.clientHeight]")
        self.assertAlmostEqual(box[2], box[4], delta=1)
        self.assertAlmostEqual(box[3], box[5], delta=1)
        middle = (box[0] + box[2] / 2, box[1] + box[3] / 2)
        self.assertEqual(self.pixel(middle[0] + 5, middle[1] + 5), LIVER)
        self.browser.pointer(("move", middle[0] + 120, middle[1]), ("down", 0), ("up", 0))
        moved = self.until(reference="liver")["voxel"]
        self.browser.pointer(("move", middle[0] + 120, middle[1]), ("down", 0), ("up", 0))
        self.assertEqual(self.state()["voxel"], moved)
        self.browser.press(",")
        self.browser.press(".")
        self.until(finding=0, voxel="17, 17, 8", reference="liver")

    def test_mouse(self):
        self.open_case()
        x, y = self.point("axial", (12, 22, 10))
        self.browser.pointer(("move", x, y), ("down", 0), ("up", 0))
        self.until(reference="spleen", prediction="none",
            slices={"Axial": "11 / 20", "Coronal": "23 / 40", "Sagittal": "13 / 48"})
        self.browser.pointer(("move", *self.point("axial", (24, 12, 10))))
        self.until(reference="aorta", prediction="postcava", value="216 HU")
        self.browser.wheel(x, y, -120)
        self.until(slices={"Axial": "12 / 20", "Coronal": "23 / 40", "Sagittal": "13 / 48"})
        self.browser.wheel(x, y, 120)
        self.until(slices={"Axial": "11 / 20", "Coronal": "23 / 40", "Sagittal": "13 / 48"})

    def test_dragging_changes_the_window(self):
        self.open_case()
        x, y = self.point("axial", (24, 22, 10))
        self.browser.pointer(("move", x, y), ("down", 2), ("move", x + 60, y), ("up", 2))
        self.until(window="by hand")
        low, high = self.browser.run("return ['Black at', 'White at'].map((name) => "
            "Number(one(`[aria-label='${name}']`).value))")
        self.assertAlmostEqual(low + high, 80, delta=1)
        self.assertAlmostEqual(high - low, 400 * 2.718281828 ** (60 / 300), delta=3)

    def test_light_and_dark(self):
        self.open_case()
        for scheme, is_dark in (("light", False), ("dark", True)):
            self.browser.emulate(prefers_color_scheme=scheme)
            paper = self.pixel(3, 400)
            self.assertEqual(sum(paper) < 200, is_dark, f"{scheme}: {paper}")
        self.browser.emulate()
