# SPDX-License-Identifier: BSD-3-Clause
"""The way of a reviewer: from the start page to a verdict and back, and the files that are saved."""
import csv
import io
import json

from shared import DOWNLOADS, Page, small


class Path(Page):
    def give_a_verdict(self):
        """By mouse: the worst case of the list, the worst slice of its liver, fail with a text and a place."""
        self.open(small()[0], "#modality=ct")
        first = self.browser.run("return one('.cases tbody tr').dataset.case")
        self.browser.run("location.hash += '&q=amos_0001'")
        self.see("all('.cases tbody tr').length === 1")
        self.browser.click(".cases tbody a")
        self.wait_for_case("amos_0001")
        self.browser.click('[aria-label="Go to the worst slice of liver"]')
        self.until(organ="liver")
        self.browser.click("#verdict-place")
        self.browser.click("#verdict-text")
        self.browser.type('too far right, "by 3"')
        self.browser.click("#give-fail")
        self.until(given=["fail liver"])
        return first

    def test_to_a_verdict_and_back(self):
        self.give_a_verdict()
        self.browser.click("#back")
        self.until(page="start")
        self.assertEqual(self.browser.run("return document.activeElement.textContent"), "amos_0001")
        self.assertEqual(self.browser.text(".cases tbody td"), "fail")
        address = self.browser.run("return location.hash")
        self.assertIn("modality=ct", address)
        self.assertNotIn("case=", address)
        self.browser.run("location.hash = '#verdict=fail'")
        self.see("all('.cases tbody tr').length === 1")

    def test_the_back_button_of_the_browser(self):
        self.open(small()[0], "#sort=id")
        self.browser.click('[data-case="amos_0002"] a')
        self.wait_for_case("amos_0002")
        self.browser.press("ArrowUp")
        self.until(case="amos_0002", slices={"Axial": "12 / 20", "Coronal": "21 / 40", "Sagittal": "25 / 48"})
        self.browser.call("POST", "/back")
        self.until(page="start")

    def test_the_address_keeps_the_place(self):
        self.open_case(more="&sort=id")
        for key in "2rg]":
            self.browser.press(key)
        self.browser.press("ArrowUp")
        address = self.browser.wait("return location.hash.includes('window=bone') && "
            "location.hash.includes('24,21,10') && location.hash")
        self.assertTrue(address)
        self.open(small()[0], address)
        self.until(large="Coronal", window="bone", organ="spleen", pressed=["Reference", "Overlay"],
                   slices={"Coronal": "22 / 40", "Axial": "11 / 20", "Sagittal": "25 / 48"})

    def test_saved_files(self):
        self.give_a_verdict()
        self.browser.press("Escape")
        self.browser.click("#back")
        self.until(page="start")
        saved = json.loads(self.saved("#save-json", ".json"))
        self.assertEqual((saved["amos_verdicts"], saved["data_set"]), (1, "amos22"))
        one = saved["verdicts"][0]
        self.assertRegex(one.pop("time"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        # The middle of the liver's disagreement, in the file's own grid (x and y run the other way) and in mm.
        x, y, z = one.pop("voxel")
        self.assertEqual(one.pop("mm"), [-2.0 * x + 47, -2.0 * y + 39, 5.0 * z - 50])
        self.assertEqual(z, 10)
        self.assertEqual(one, {"case": "amos_0001", "verdict": "fail", "organ": "liver",
            "text": 'too far right, "by 3"'})
        rows = list(csv.reader(io.StringIO(self.saved("#save-csv", ".csv"), newline="")))
        self.assertEqual(rows[0], "case,verdict,organ,text,x,y,z,time".split(","))
        self.assertEqual(rows[1][:7], ["amos_0001", "fail", "liver", 'too far right, "by 3"', str(x), str(y), str(z)])

    def test_saved_files_can_be_opened(self):
        file = DOWNLOADS / "opened.json"
        file.write_text(json.dumps({"amos_verdicts": 1, "data_set": "amos22", "verdicts": [
            {"case": "amos_0002", "verdict": "unsure", "organ": None, "text": "", "voxel": None, "mm": None,
                "time": "2026-01-01T00:00:00Z"},
            {"case": 5, "verdict": "no verdict"}]}))
        self.open(small()[0], "#sort=id")
        self.browser.call("POST", f"/element/{self.browser.find('#open-verdicts')}/value", {"text": str(file)})
        self.see("one('[data-case=amos_0002] .badge.unsure') !== null")
        self.assertEqual(self.browser.run("return all('.cases .badge').length"), 1)
        file.write_text("{}")
        self.browser.call("POST", f"/element/{self.browser.find('#open-verdicts')}/value", {"text": str(file)})
        self.see("one('dialog[open] p')?.textContent.includes('no verdicts of amos')")

    def test_the_last_verdict_counts_and_fail_decides(self):
        self.open_case()
        for key in "xau":  # of the whole case: unsure is the last
            self.browser.press(key)
        self.until(given=["unsure whole case"])
        self.browser.press("g")
        self.browser.press("a")
        self.until(given=["unsure whole case", "pass spleen"])
        self.assertEqual(self.browser.text(".decided"), "unsure")
        self.browser.press("x")
        self.until(given=["unsure whole case", "fail spleen"])
        self.assertEqual(self.browser.text(".decided"), "fail")

    def test_there_and_back_while_cases_are_loaded(self):
        self.open_case(more="&sort=id")
        self.browser.run("window.faults = 0;"
                         "new MutationObserver(() => { window.faults += all('main .fault').length; })"
                         ".observe(document.body, {childList: true, subtree: true});"
                         "for (const id of ['amos_0002', 'amos_0003', 'amos_0002']) location.hash = `#case=${id}`")
        self.wait_for_case("amos_0002")
        self.browser.press("ArrowUp")
        self.until(case="amos_0002", slices={"Axial": "12 / 20", "Coronal": "21 / 40", "Sagittal": "25 / 48"})
        self.assertEqual(self.browser.run("return window.faults"), 0)

    def test_on_to_the_next_case(self):
        self.open_case(more="&sort=id")
        self.browser.click("#then-next")
        self.browser.press("a")
        self.wait_for_case("amos_0002")
        self.assertEqual(self.state()["given"], [])

    def test_another_window_keeps_its_verdicts(self):
        self.open_case()
        self.browser.run("localStorage.setItem('amos-verdicts ' + location.pathname,"
                         " JSON.stringify([{case: 'amos_0003', verdict: 'pass'}]))")
        self.browser.press("x")
        self.until(given=["fail whole case"])
        kept = self.browser.run("return JSON.parse(localStorage.getItem('amos-verdicts ' + "
            "location.pathname)).map((v) => v.case)")
        self.assertEqual(kept, ["amos_0003", "amos_0001"])
