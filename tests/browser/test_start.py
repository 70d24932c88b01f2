# SPDX-License-Identifier: BSD-3-Clause
"""The start page of 600 cases: the list, its filters and orders, the plots, and what the address keeps."""
import math
import statistics

import mock
from shared import Page, large

ROWS = "return all('.cases tbody tr').map((row) => row.dataset.case)"


def worst(one: dict) -> float:
    return min(one["scores"][0]) if one["scores"] else 2


class Start(Page):
    def open_large(self, address=""):
        self.open(large()[0], address)
        self.cases = large()[1]["cases"]

    def rows(self) -> list:
        return self.browser.run(ROWS)

    def until_rows(self, wanted: list):
        same = ROWS.replace("return ", "return JSON.stringify(") + ") === JSON.stringify(arguments[0])"
        self.assertTrue(self.browser.wait(same, wanted),
                        f"wanted {wanted[:5]}, found {self.rows()[:5]}")

    def ids(self, cases) -> list:
        return [one["id"] for one in cases]

    def test_it_is_small(self):
        folder, _ = large()
        names = ("index.html", "viewer.js", "viewer.css", "set.js")
        self.assertLess(sum((folder / name).stat().st_size for name in names), 3 << 20)

    def test_the_worst_organ_comes_first(self):
        self.open_large()
        self.until_rows(self.ids(sorted(self.cases, key=lambda one: (worst(one), one["id"]))[:100]))
        self.assertEqual(self.browser.text(".cases caption"), "600 cases, part 1 of 6")
        self.assertLess(self.browser.run("return document.getElementsByTagName('*').length"), 20000)

    def test_parts(self):
        self.open_large("#sort=id")
        self.browser.click(".pager a:last-child")
        self.until_rows(self.ids(self.cases[100:200]))
        self.browser.click('.pager a[aria-current] ~ a:nth-last-child(2)')
        self.until_rows(self.ids(self.cases[500:]))

    def test_search_and_filters(self):
        self.open_large("#sort=id")
        self.browser.click("#search")
        self.browser.type("AMOS_012")
        self.until_rows(self.ids(self.cases[119:129]))
        self.assertEqual(self.state()["focus"], "search")
        self.browser.run("const f = one('#filter-modality'); f.value = 'mri'; f.dispatchEvent(new Event('change'))")
        self.until_rows(["amos_0120", "amos_0125"])
        self.assertEqual(self.browser.run("return location.hash"), "#sort=id&q=AMOS_012&modality=mri")
        self.browser.click("#clear")
        self.until_rows(self.ids(self.cases[:100]))

    def test_an_address_is_a_view(self):
        self.open_large("#split=test&sex=F&scanner=Ingenia&sort=-age")
        wanted = [one for one in self.cases if (one["split"], one["sex"], one["scanner"]) == ("test", "F", "Ingenia")]
        self.assertTrue(wanted)
        self.until_rows(self.ids(sorted(wanted, key=lambda one: (-one["age"], one["id"]))))
        self.assertEqual(self.browser.run("return one('[aria-sort]').textContent + one('[aria-sort]').ariaSort"),
                         "Agedescending")

    def test_columns_sort_both_ways(self):
        self.open_large("#q=amos_00&sort=id")
        some = self.cases[:99]
        for button, key in (("age", lambda one: one["age"]), ("organ6", lambda one: one["scores"][0][5])):
            known = [one for one in some if button == "age" or one["scores"]]
            unknown = [one for one in some if one not in known]
            for sign in (1, -1):
                self.browser.click(f'[data-sort="{button}"]')
                self.until_rows(self.ids(sorted(known, key=lambda one: (sign * key(one), one["id"])) + unknown))

    def test_findings_and_damage(self):
        self.open_large("#finding=damaged")
        self.until_rows(["amos_0006"])
        self.assertIn("the file ends after 12 bytes", self.browser.text(".cases .fault"))
        self.browser.click(".cases tbody a")
        self.see("one('main .fault')?.textContent.includes('12 bytes')")
        self.browser.press("b")
        self.until(page="start")

    def test_rows_have_the_first_findings_and_count_all(self):
        self.open_large("#sort=id")
        found = self.browser.run("return all('.cases tbody tr').slice(0, 4).map((row) => row.children[4].textContent)")
        self.assertEqual(found, ["5", "1", "2", "0"])
        self.browser.click(".cases tbody a")
        self.wait_for_case("amos_0001")
        found = self.browser.run("return all('.findings li').map((one) => one.textContent)")
        self.assertEqual(found, ["liver: 3 specks below 10 mm3", "prostate_uterus is missing",
                                 "and 3 more, which amos check --quality lists"])

    def test_unknown_findings_are_not_none(self):
        folder = large()[0].parent / "unexamined"
        whole = mock.data_set(5, 1)
        for one in whole["cases"]:
            one.update(findings=None)
            one.pop("finding_count", None)
        case = mock.case(whole["cases"][0])
        mock.write(folder, whole, {"amos_0001": case})
        self.open(folder, "#sort=id&finding=unknown")
        self.see("all('.cases tbody tr').length === 5")
        self.browser.click(".cases tbody a")
        self.wait_for_case("amos_0001")
        self.assertEqual(self.browser.text(".findings"), "not looked for")

    def test_bars_filter(self):
        self.open_large("#sort=id")
        self.browser.click('[data-focus="split test"]')
        self.until_rows(self.ids(one for one in self.cases if one["split"] == "test")[:100])
        self.browser.click('[data-focus="age 30-40"]')
        self.until_rows(self.ids(one for one in self.cases if one["split"] == "test" and 30 <= one["age"] < 40))
        self.browser.click('[data-focus="split test"]')
        self.until_rows(self.ids(one for one in self.cases if 30 <= one["age"] < 40))

    def test_each_point_leads_to_its_case(self):
        self.open_large("#organ=liver")
        plots = self.browser.run("return all('.plot').map((plot) => [plot.querySelector('figcaption').firstChild"
                                 ".textContent, [...plot.querySelectorAll('.points a')].map((a) => "
                                     "a.getAttribute('href'))])")
        titles = [title for title, _ in plots]
        self.assertEqual(titles, ["Dice of organs", "Volumes of organs", "Bland\u2013Altman: volume of the liver",
            "Spacing", "Shape"])
        whole = sorted(f"#organ=liver&case={one['id']}" for one in self.cases if not one["fault"])
        for title, links in plots:
            self.assertEqual(sorted(links), whole, title)

    def test_plots_can_be_folded(self):
        self.open_large()
        self.browser.click("#plots")
        self.see("location.hash === '#plots=closed' && !one('.plot')")
        self.assertEqual(self.state()["focus"], "plots")
        self.browser.click("#plots")
        self.see("location.hash === '' && all('.plot').length === 5")

    def test_outliers_are_those_of_tukey(self):
        """Of the logarithms of volumes, by organ and modality."""
        self.open_large()
        shown = self.browser.run("return all('.plot')[1].querySelectorAll('.points a').length")
        wanted = 0
        for modality in ("ct", "mri"):
            for organ in range(15):
                cases = [one for one in self.cases if one["modality"] == modality and one["volumes"]]
                logs = [math.log(one["volumes"][organ]) for one in cases]
                low, _, high = statistics.quantiles(logs, n=4, method="inclusive")
                wanted += sum(not low - 1.5 * (high - low) <= value <= high + 1.5 * (high - low) for value in logs)
        self.assertEqual(shown, wanted)

    def test_limits_of_agreement(self):
        self.open_large("#organ=spleen")
        pairs = [(one["volumes"][0], one["predicted"][0]) for one in self.cases if one["volumes"]]
        differences = [b - a for a, b in pairs]
        mean, reach = statistics.mean(differences), 1.96 * statistics.stdev(differences)
        found = self.browser.run("return all('.agreement text').map((t) => t.textContent.split(' ').pop())")
        for text, wanted in zip(found, (mean, mean - reach, mean + reach)):
            self.assertAlmostEqual(float(text.replace("\u2212", "-")), wanted, delta=0.006)

    def test_points_by_the_keyboard(self):
        self.open_large("#organ=liver")
        stops = self.browser.run("return all('.points').map((g) => g.querySelectorAll('[tabindex=\"0\"]').length)")
        self.assertEqual(set(stops), {1})
        self.browser.run("one('.points a').focus()")
        first = self.browser.run("return document.activeElement.getAttribute('aria-label')")
        self.browser.press("ArrowRight")
        second = self.browser.run("return document.activeElement.getAttribute('aria-label')")
        self.assertNotEqual(first, second)
        self.assertRegex(second, r"^amos_\d{4}: liver Dice 0\.\d{3}$")
        self.browser.press("Enter")
        self.see("location.hash.includes('case=' + arguments[0])", second.split(":")[0])

    def test_volumes_without_predictions(self):
        folder = large()[0].parent / "unpredicted"
        whole = mock.data_set(30, 0)
        whole["prediction"] = False
        for one in whole["cases"]:
            one.update(scores=None, predicted=None)
        mock.write(folder, whole, {})
        self.open(folder)
        self.until_rows(self.ids(whole["cases"]))
        self.assertIn("Liver (ml)", self.browser.text(".cases thead"))
        self.browser.click('[data-sort="organ6"]')
        self.until_rows(self.ids(sorted(whole["cases"], key=lambda one: one["volumes"][5])))
