// SPDX-License-Identifier: BSD-3-Clause
// ---- the columns of the table of cases ----

const firstColumns = [
    {key: "id", title: "Case", value: (entry) => entry.id, cell: caseCell},
    {key: "verdict", title: "Verdict", value: (entry) => review.decided.get(entry.id) ?? null, cell: verdictCell},
];

const plainColumns = [
    {
        key: "findings",
        title: "Findings",
        value: findingCount,
        number: true,
        cell: findingsCell
    },
    {key: "split", title: "Split", value: (entry) => entry.split},
    {key: "modality", title: "Modality", value: (entry) => entry.modality, text: modalityTitle},
    {key: "sex", title: "Sex", value: (entry) => entry.sex},
    {key: "age", title: "Age", value: (entry) => entry.age, number: true},
    {key: "site", title: "Site", value: (entry) => entry.site},
    {key: "scanner", title: "Scanner", value: (entry) => entry.scanner},
    {
        key: "shape",
        title: "Voxels",
        value: (entry) => entry.shape?.reduce((a, b) => a * b, 1),
        number: true,
        cell: shapeCell
    },
    {key: "spacing", title: "Spacing (mm)", value: (entry) => entry.spacing?.[2], number: true, cell: spacingCell},
];

function caseCell(entry) {
    return [element("a", {href: addressOfCase(entry.id)}, entry.id),
        entry.fault ? element("span", {class: "fault"}, entry.fault) : null];
}

function verdictBadge(verdict) {
    return element("span", {class: `badge ${verdict}`}, verdict);
}

function verdictCell(entry) {
    const verdict = review.decided.get(entry.id);
    return verdict ? verdictBadge(verdict) : nothing;
}

function shapeCell(entry) {
    return entry.shape ? entry.shape.join(" \u00d7 ") : nothing;
}

function spacingCell(entry) {
    return entry.spacing ? entry.spacing.map((value) => fixed(value, 2)).join(" \u00d7 ") : nothing;
}

function findingsCell(entry) {
    const texts = (entry.findings ?? []).map((finding) => finding.text).filter(isKnown);
    return element("span", {title: texts.slice(0, 10).join("\n") || null}, textOf(findingCount(entry)));
}

// ---- scores ----

/** The measure that the page shows. */
function measureOf(address) {
    const keys = review.set.score_keys ?? [];
    return keys.includes(address.measure) ? address.measure : keys[0] ?? null;
}

/** Ascending is the worst case first, for measures of both directions. */
function worstColumn(measure) {
    const sign = scoreKind(measure).higherIsBetter ? 1 : -1;
    return {
        key: "worst", title: "Worst organ", number: true,
        value: (entry) => {
            const worst = worstOrgan(entry, measure);
            return worst ? worst.value * sign : null;
        },
        cell: (entry) => {
            const worst = worstOrgan(entry, measure);
            return worst ? `${organTitle(worst.organ)} ${scoreText(measure, worst.value)}` : nothing;
        },
    };
}

function meanColumn(measure) {
    return {key: "mean", title: `Mean ${scoreKind(measure).title}`, number: true,
        value: (entry) => meanScore(entry, measure), cell: (entry) => scoreText(measure, meanScore(entry, measure))};
}

function scoreColumn(measure, organ) {
    return {
        key: `organ${organ.value}`, title: capital(organTitle(organ)), number: true, narrow: true,
        value: (entry) => scoreOf(entry, measure, organ),
        cell: (entry) => scoreText(measure, scoreOf(entry, measure, organ)),
        grade: (entry) => gradeOf(measure, scoreOf(entry, measure, organ)),
    };
}

/** A class for scores that stand out; the numbers say it too. */
function gradeOf(measure, value) {
    return scoreKind(measure).most && Number.isFinite(value) ? value < 0.5 ? "bad" : value < 0.7 ? "weak" : null : null;
}

/** Without predictions, volumes stand where scores would. */
function volumeColumn(organ) {
    return {key: `organ${organ.value}`, title: `${capital(organTitle(organ))} (ml)`, number: true, narrow: true,
        value: (entry) => volumeOf(entry, organ), cell: (entry) => brief(volumeOf(entry, organ))};
}

function columnsOf(address) {
    const measure = review.set.prediction ? measureOf(address) : null;
    return measure ?
        [
            ...firstColumns, worstColumn(measure), meanColumn(measure), ...plainColumns,
            ...review.organs.map((organ) => scoreColumn(measure, organ))
        ] :
        [...firstColumns, ...plainColumns, ...review.organs.map(volumeColumn)];
}

function columnOf(key, address) {
    return columnsOf(address).find((column) => column.key === key) ?? firstColumns[0];
}
