// SPDX-License-Identifier: BSD-3-Clause
// ---- beside the pictures: organs with their scores, findings, and what is known of the case ----

function organPanel() {
    const keys = review.set.prediction ? review.set.score_keys ?? [] : [];
    controls.organs = new Map();
    return element("section", {class: "panel", "aria-label": "Organs"},
        element("div", {class: "panel-head"}, element("h2", {}, "Organs"),
            element("span", {class: "buttons"}, button("All on or off", toggleAllOrgans, {"aria-keyshortcuts": "e"}))),
        element("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": "Organs and scores"},
            element("table", {class: "organs"},
                element("thead", {},
                    element("tr", {}, element("td", {}),
                        ["Organ", "ml", ...keys.map((key) => scoreKind(key).title)].map(
                            (title, place) => element("th", {scope: "col", class: place ? "number" : null}, title)),
                        element("th", {scope: "col", class: "number"}, "Worst"))),
                element("tbody", {}, review.organs.map((organ) => organRow(organ, keys))))));
}

function organRow(organ, keys) {
    const shown = element("input",
        {type: "checkbox", "aria-label": `Show ${organTitle(organ)}`, onchange: () => toggleOrgan(organ.value)});
    const name = button(organTitle(organ), () => chooseOrgan(view.organ === organ.value ? null : organ.value),
        {class: "plain", "aria-pressed": "false"});
    const row = element("tr", {"data-organ": organ.name}, element("td", {}, shown),
        element("th", {scope: "row"}, swatch(organ.color), name), element("td", {class: "number"}, organVolumes(organ)),
        keys.map((key) => scoreCell(organ, key)),
        element("td", {class: "number"},
            button(
                "go", () => goToWorst(organ.value), {"aria-label": `Go to the worst slice of ${organTitle(organ)}`})));
    controls.organs.set(organ.value, {shown, name, row});
    return row;
}

function organVolumes(organ) {
    return brief(volumeOf({volumes: view.volume.volumes ?? view.entry.volumes}, organ) ?? NaN);
}

/** The scores of the case itself, if the list does not have them. */
function scoreCell(organ, key) {
    const value = scoreOf({scores: view.volume.scores ?? view.entry.scores}, key, organ);
    return element("td", {class: ["number", gradeOf(key, value)].filter(Boolean).join(" ")}, scoreText(key, value));
}

function refreshOrgans() {
    for (const [value, control] of controls.organs ?? []) {
        control.shown.checked = !view.hidden.has(value);
        press(control.name, view.organ === value);
        control.row.classList.toggle("chosen", view.organ === value);
    }
}

// ---- findings ----

function findingPanel() {
    controls.findings = element("ol", {class: "findings"});
    refreshFindings();
    return element(
        "section", {class: "panel", "aria-label": "Findings"}, element("h2", {}, "Findings"), controls.findings);
}

function refreshFindings() {
    const findings = findingsShown(), more = (findingCount(view.entry) ?? 0) - findings.length;
    const rest = more > 0 ? `and ${more} more, which amos check --quality lists` :
        findings.length > 0 ? null : findingCount(view.entry) === null ? "not looked for" : "none";
    const last = rest ? [element("li", {class: "quiet none"}, rest)] : [];
    controls.findings.replaceChildren(...findings.map(findingRow), ...last);
}

function findingRow(finding, place) {
    const isChosen = place === view.finding;
    return element("li", {}, button(findingText(finding), () => goToFinding(place),
        {class: "plain", "aria-pressed": String(isChosen)}));
}

function findingText(finding) {
    const organ = organOf(finding.organ);
    return textOf(finding.text ?? [finding.kind, organ ? organTitle(organ) : null].filter(isKnown).join(", "));
}

// ---- metadata ----

function factPanel() {
    const known = view.volume.metadata ?? [];
    const rows = known.length ? known : [["Voxels", shapeCell(view.entry)], ["Spacing (mm)", spacingCell(view.entry)]];
    return element("section", {class: "panel", "aria-label": "Metadata"}, element("h2", {}, "Metadata"),
        element("table", {class: "facts"}, element("tbody", {}, rows.map(([name, value]) =>
            element("tr", {}, element("th", {scope: "row"}, textOf(name)), element("td", {}, textOf(value)))))));
}
