# SPDX-License-Identifier: BSD-3-Clause
"""The viewer over a server: slices when they are looked at, scores that come later, verdicts that are sent."""
import serve_mock
from shared import Page, browser


class Serve(Page):
    def setUp(self):
        super().setUp()
        self.server = serve_mock.start()
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}/"

    def tearDown(self):
        browser().open("about:blank")
        self.server.shutdown()
        self.server.server_close()
        super().tearDown()

    def show(self, id_="amos_0001"):
        self.browser.open(self.address + "?token=secret#case=" + id_)
        self.wait_for_case(id_)

    def test_values_are_those_of_a_report(self):
        self.show()
        self.until(value="216 HU", voxel="23, 19, 10", reference="liver", prediction="none", slices={
            "Axial": "11 / 20", "Coronal": "21 / 40", "Sagittal": "25 / 48"})
        self.browser.pointer(("move", *self.point("coronal", (24, 20, 10))))
        self.until(value="216 HU", reference="liver")
        self.browser.pointer(("move", *self.point("axial", (12, 22, 10))))
        self.until(value="120 HU", reference="spleen", prediction="none")

    def test_the_token_leaves_the_address(self):
        self.show()
        self.assertEqual(self.browser.run("return location.search"), "")

    def test_slices_are_asked_for_once(self):
        self.show()
        for key in ("ArrowUp", "ArrowDown", "ArrowUp"):
            self.browser.press(key)
        self.until(slices={"Axial": "12 / 20", "Coronal": "21 / 40", "Sagittal": "25 / 48"})
        slices = [path for path in self.server.asked if path.startswith("/slice/")]
        self.assertEqual(len(slices), len(set(slices)))
        self.assertLessEqual(len(slices), 3 * 4)

    def test_the_worst_slice_is_searched(self):
        self.show()
        self.browser.click('[aria-label="Go to the worst slice of spleen"]')
        self.until(organ="spleen", reference="spleen",
            slices={"Axial": "11 / 20", "Coronal": "23 / 40", "Sagittal": "13 / 48"})

    def test_scores_come_later(self):
        self.show()
        dice = self.server.entries["amos_0001"]["scores"][0][5]
        self.see("one('[data-organ=liver] td:nth-child(4)')?.textContent === arguments[0]",
                                          f"{dice:.3f}")
        self.see("one('.findings button')?.textContent.includes('specks')")
        self.browser.press("b")
        self.until(page="start")
        self.browser.click("#complete")
        self.see("document.getElementById('complete') === null")
        worst = min(min(one["scores"][0]) for one in self.server.entries.values())
        self.assertIn(f"{worst:.3f}", self.browser.text(".cases tbody td:nth-child(3)"))

    def test_verdicts_are_sent(self):
        self.show()
        self.browser.press("g")
        self.browser.press("x")
        self.until(given=["fail spleen"])
        self.assertEqual([(v["case"], v["verdict"], v["organ"]) for v in self.server.verdicts],
            [("amos_0001", "fail", "spleen")])
        self.server.full = True
        self.browser.press("a")
        self.see("one('dialog[open] p')?.textContent.includes('no space left')")
        self.assertEqual(self.state()["given"], ["fail spleen"])
        self.assertTrue(all("500" in line for line in self.browser.complaints()))
