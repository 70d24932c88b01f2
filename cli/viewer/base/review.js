// SPDX-License-Identifier: BSD-3-Clause
// ---- what is reviewed: the data set, its source, and the verdicts so far ----

const review = {
    set: null,
    source: null,
    organs: [], // labels without the background, in the order of volumes and scores
    verdicts: [],
    decided: new Map(), // id -> verdict
};

async function beginReview() {
    review.set = theSet;
    review.set.cases ??= [];
    review.source = theSet.kind === "serve" ? new ServeSource() : new ReportSource();
    review.organs = (theSet.labels ?? []).filter((label) => label.value !== 0);
    takeVerdicts(await review.source.verdicts());
}

function takeVerdicts(verdicts) {
    review.verdicts = verdicts;
    review.decided = verdictsByCase(verdicts);
}

async function keepVerdict(verdict) {
    await review.source.keep(verdict);
    takeVerdicts(await review.source.verdicts());
}

function entryOf(id) {
    return review.set.cases.find((entry) => entry.id === id) ?? null;
}

function organOf(value) {
    return review.organs.find((organ) => organ.value === value) ?? null;
}

/** "right_kidney" and "Right kidney" are the same name. */
function organNamed(name) {
    const wanted = plainName(name);
    return review.organs.find((organ) => plainName(organ.name) === wanted) ?? null;
}

function plainName(name) {
    return String(name ?? "").toLowerCase().replace(/[\s_-]+/g, " ");
}

// ---- findings, scores and volumes of a case ----

/** A row lists the first findings and counts all; null if they are unknown. */
function findingCount(entry) {
    return entry.finding_count ?? entry.findings?.length ?? null;
}

function scoreOf(entry, key, organ) {
    const row = entry.scores?.[(review.set.score_keys ?? []).indexOf(key)];
    return row?.[review.organs.indexOf(organ)] ?? null;
}

function volumeOf(entry, organ, list = "volumes") {
    return entry[list]?.[review.organs.indexOf(organ)] ?? null;
}

/** The mean over the organs that have a score. */
function meanScore(entry, key) {
    return meanOf(review.organs.map((organ) => scoreOf(entry, key, organ)));
}

/** The organ with the worst score: {organ, value}, or null. */
function worstOrgan(entry, key) {
    const sign = scoreKind(key).higherIsBetter ? 1 : -1;
    let worst = null;
    for (const organ of review.organs) {
        const value = scoreOf(entry, key, organ);
        if (Number.isFinite(value) && (worst === null || value * sign < worst.value * sign))
            worst = {organ, value};
    }
    return worst;
}
