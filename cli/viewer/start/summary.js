// SPDX-License-Identifier: BSD-3-Clause
// ---- the data set in figures ----

function tile(figure, text) {
    return element("li", {}, element("strong", {}, figure), ` ${text}`);
}

/** Figures of the listed cases, those that are known. */
function summaryTiles(listed) {
    const damaged = listed.filter((entry) => entry.fault).length;
    const withFindings = listed.filter((entry) => findingCount(entry)).length;
    const isExamined = listed.some((entry) => findingCount(entry) !== null);
    const ages = listed.map((entry) => entry.age), measure = review.set.prediction ? measureOf(readAddress()) : null;
    const means = measure ? listed.map((entry) => meanScore(entry, measure)) : [];
    return element("ul", {class: "tiles", "aria-label": "Figures"},
        tile(String(listed.length), listed.length === 1 ? "case" : "cases"), modalityTiles(listed),
        sortedNumbers(ages).length ? tile(brief(median(ages)), "years, median age") : null,
        isExamined ? tile(String(withFindings), "with findings") : null,
        damaged ? tile(String(damaged), "damaged") : null,
        sortedNumbers(means).length ? tile(scoreText(measure, meanOf(means)), `mean ${scoreKind(measure).title}`) :
                                      null,
        tile(String(listed.filter((entry) => review.decided.has(entry.id)).length), "with a verdict"));
}

function modalityTiles(listed) {
    return ["ct", "mri"].map((modality) => {
        const count = listed.filter((entry) => entry.modality === modality).length;
        return count ? tile(String(count), modalityTitle(modality)) : null;
    });
}

// ---- the files of verdicts ----

function verdictFileButtons() {
    const name = String(review.set.made_from ?? review.set.title ?? "amos").replace(/[^A-Za-z0-9._-]+/g, "_") || "amos";
    return element("span", {class: "buttons"},
        button("Save verdicts as JSON", () => download(`${name}-verdicts.json`, "application/json",
            verdictsAsJson(review.set, review.verdicts)), {id: "save-json"}),
        button("Save verdicts as CSV", () => download(`${name}-verdicts.csv`, "text/csv",
            verdictsAsCsv(review.verdicts)), {id: "save-csv"}),
        verdictOpener(),
        browserKeeps ? null : element("strong", {class: "warning"},
            "This browser keeps nothing for this page: save the verdicts before you close it."));
}

/** Adds the verdicts of a saved file to those kept here. */
function verdictOpener() {
    const input = element("input", {
        type: "file",
        accept: ".json",
        id: "open-verdicts",
        class: "unseen",
        "aria-label": "Open verdicts",
        onchange: () => openVerdicts(input.files[0])
    });
    return [input, button("Open verdicts\u2026", () => input.click())];
}

async function openVerdicts(file) {
    try {
        const known = new Set(review.verdicts.map((verdict) => JSON.stringify(verdict)));
        for (const verdict of verdictsOfFile(await file.text()))
            if (!known.has(JSON.stringify(verdict)))
                await review.source.keep(verdict);
        takeVerdicts(await review.source.verdicts());
        showStart();
    } catch (error) {
        showMessage(error.message);
    }
}

// ---- scores that come when they are asked for ----

function scoresControls(address, listed) {
    const measures = review.set.prediction ? review.set.score_keys ?? [] : [];
    const missing = review.set.kind === "serve" ? listed.filter((entry) => !entry.isComplete) : [];
    if (measures.length < 2 && missing.length === 0)
        return null;
    return element("div", {class: "bar"},
        measures.length > 1 ? labelled("Measure",
                                  choice(measures.map((key) => [key, scoreKind(key).title]), measureOf(address),
                                      (measure) => changeList({measure}), {id: "measure"})) :
                              null,
        review.set.score_rules ? element("p", {class: "quiet"}, review.set.score_rules) : null,
        missing.length ? button(`Compute scores and findings of ${counted(missing.length, "case")}`,
                             (event) => completeCases(missing, event.target), {id: "complete"}) :
                         null);
}

/** Two at a time, so that pictures do not wait. Ends when the page has gone. */
async function completeCases(missing, said) {
    const left = [...missing];
    const work = async () => {
        while (left.length && said.isConnected) {
            await review.source.complete(left.shift()).catch((error) => announce(error.message));
            said.textContent = `${missing.length - left.length} of ${missing.length}`;
        }
    };
    said.disabled = true;
    await Promise.all([work(), work()]);
    if (said.isConnected)
        showStart();
}
