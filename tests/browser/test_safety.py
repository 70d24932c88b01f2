# SPDX-License-Identifier: BSD-3-Clause
"""Hostile data sets, no request to others, and browsers that run no script."""
import csv
import io

import mock
from shared import WORK, Page, once, small

SCRIPT = "<img src=x onerror=\"hacked=1\"><script>hacked=1</script>"
NAMES = [
    "<b>bold</b>", SCRIPT, "\"quoted\" 'names' & more", "line\nbreak\ttab\rreturn", 
    "\U0001f600 emoji \U0001f3f4\u200d\u2620\ufe0f",
    "\u202egnp.exe\u202c", "</script><script>hacked=1</script>", "a\u2028b\u2029c", "javascript:hacked=1",
    "%00%2e%2e/..\\", "__proto__",
    "constructor", "x" * 3000, "#case=amos_0001&q=", "-->", "\u0000\u0007\u001b[31m", "\ufeff", " ",
]


def hostile():
    def make():
        whole = mock.data_set(len(NAMES), len(NAMES))
        whole.update(title=f"title {SCRIPT}", made_from=f"data {SCRIPT}")
        cases = {}
        for n, (one, name) in enumerate(zip(whole["cases"], NAMES)):
            one.update(id=name, file=f"cases/{n} ? # %41.js", site=name, scanner=name, sex=name, split=name)
            one["findings"] = [{"kind": name, "organ": 6, "voxel": [1e9, -5, None], "mm": None, "value": None,
                "expected": None, "text": name}]
            case = mock.case(one)
            case["metadata"] = [[name, name]]
            case["windows"] = [{"name": name, "low": -160, "high": 240}]
            cases[name] = case
        for label in whole["labels"]:
            label["name"] = f"{SCRIPT} {label['value']}"
        whole["labels"][0]["color"] = ["red;background:url(http://example.invalid/)", 0, 0]
        folder = WORK / "hostile"
        mock.write(folder, whole, cases)
        return folder, whole
    return once("hostile", make)


class Hostile(Page):
    def tearDown(self):
        foreign = "return typeof hacked + all('img, iframe, object, script:not([src])').length"
        self.assertEqual(self.browser.run(foreign),
                         "undefined0")
        super().tearDown()

    def test_names_are_text(self):
        self.open(hostile()[0], "#sort=id")
        found = self.browser.run("return all('.cases tbody tr').map((row) =>"
                                 " [0, 5, 7, 9, 10].map((place) => row.children[place].textContent))")
        # Case, split, sex, site, scanner.
        self.assertEqual(sorted(found), sorted([name] * 5 for name in NAMES))
        self.assertEqual(self.browser.text("h1"), f"title {SCRIPT}")

    def test_each_case_opens(self):
        self.open(hostile()[0], "#sort=id")
        for name in NAMES:
            with self.subTest(name=name[:40]):
                self.browser.run("location.hash = '#'")
                self.until(page="start")
                self.browser.run("all('.cases tbody tr').find((row) => row.dataset.case === arguments[0])"
                                 ".querySelector('a').click()", name)
                self.wait_for_case(name)
                self.browser.press(".")
                self.browser.press("x")
                self.until(finding=0)
                self.see("one('.given .badge.fail') !== null")
                facts = self.browser.run("return all('.facts tr:last-child > *').map((one) => one.textContent)")
                self.assertEqual(facts, [name, name])

    def test_verdicts_come_through(self):
        self.open(hostile()[0], "#sort=id")
        verdicts = [{"case": name, "verdict": "fail", "organ": SCRIPT, "text": name + ' "', "voxel": None,
            "time": ""} for name in NAMES]
        self.browser.run("localStorage.setItem('amos-verdicts ' + location.pathname, JSON.stringify(arguments[0])); "
            "location.reload()", verdicts)
        self.see("all('.cases .badge.fail').length === arguments[0]", len(NAMES))
        rows = list(csv.reader(io.StringIO(self.saved("#save-csv", ".csv"), newline="")))
        self.assertEqual([(row[0], row[2], row[3]) for row in rows[1:]],
            [(v["case"], v["organ"], v["text"]) for v in verdicts])

    def test_damaged_files(self):
        folder = WORK / "damaged"
        whole = mock.write_ordinary(folder, 4, 4)
        text = (folder / whole["cases"][0]["file"]).read_text("utf-8")
        (folder / whole["cases"][0]["file"]).write_text(text.replace('"data": "', '"data": "AAAA'), "utf-8")
        (folder / whole["cases"][1]["file"]).write_text("// nothing\n", "utf-8")
        (folder / whole["cases"][2]["file"]).unlink()
        for id_, words in (("amos_0001", ""), ("amos_0002", "is damaged"), ("amos_0003", "cannot be read")):
            self.open(folder, f"#case={id_}")
            said = self.browser.wait("return one('main .fault')?.textContent")
            self.assertIn(words, said or self.fail(f"{id_} has no message"))
        complaints = self.browser.complaints()
        self.assertTrue(all("ERR_FILE_NOT_FOUND" in line for line in complaints), complaints)
        self.browser.run("location.hash = '#case=amos_0004'")
        self.wait_for_case("amos_0004")

    def test_without_set_js(self):
        folder = WORK / "incomplete"
        mock.write_ordinary(folder, 1, 0)
        (folder / "set.js").write_text("amosViewer.set({", "utf-8")
        self.browser.open(f"file://{folder}/index.html")
        self.see("one('#page .note')?.textContent.includes('set.js')")
        self.assertTrue(all("SyntaxError" in line for line in self.browser.complaints()))


class Requests(Page):
    def test_nothing_but_the_files_of_the_report(self):
        self.browser.open("about:blank")
        self.browser.requests()
        self.open_case()
        self.browser.press("j")
        self.browser.press("b")
        asked = {address.split("#")[0] for address in self.browser.requests()} - {"about:blank"}
        folder = f"file://{small()[0]}/"
        self.assertGreaterEqual(len(asked), 5)
        self.assertEqual([address for address in asked if not address.startswith((folder, "data:,"))], [])

    def test_the_policy_forbids_others(self):
        self.open(small()[0])
        self.browser.run("document.body.append(Object.assign(document.createElement('img'), {src: "
            "'http://127.0.0.1:9/x.png'}))")
        self.browser.run("const s = document.createElement('script'); s.textContent = 'window.inline = 1'; "
            "document.body.append(s)")
        refused = self.browser.run("return fetch('http://127.0.0.1:9/').then(() => 'sent', () => 'refused')")
        self.assertEqual((refused, self.browser.run("return typeof window.inline")), ("refused", "undefined"))
        complaints = self.browser.complaints()
        for directive in ("img-src", "script-src", "connect-src"):
            self.assertTrue(any(directive in line for line in complaints), f"{directive}: {complaints}")


class WithoutScripts(Page):
    def test_the_tables_are_there(self):
        self.browser.devtools("Emulation.setScriptExecutionDisabled", value=True)
        try:
            self.browser.open(f"file://{small()[0]}/index.html")
            tree = self.browser.devtools("Accessibility.getFullAXTree")["nodes"]
        finally:
            self.browser.devtools("Emulation.setScriptExecutionDisabled", value=False)
        said = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in tree if not node["ignored"]]
        for wanted in (("heading", "amos22 with predictions"), ("columnheader", "Case"), ("cell", "amos_0012"),
                       ("cell", "imagesTr/amos_0006.nii.gz: the file ends after 12 bytes.")):
            self.assertIn(wanted, said)
