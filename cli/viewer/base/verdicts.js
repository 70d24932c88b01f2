// SPDX-License-Identifier: BSD-3-Clause
// ---- verdicts: a list that only grows; the last one for a case and organ counts ----

const verdictKinds = ["fail", "unsure", "pass"]; // the first of these that is in force decides

function isVerdict(value) {
    return value !== null && typeof value === "object" && typeof value.case === "string" &&
        verdictKinds.includes(value.verdict);
}

/** What is in force of a case: organ (null is the whole case) -> its last verdict. */
function verdictsInForce(verdicts, id) {
    const last = new Map();
    for (const verdict of verdicts)
        if (verdict.case === id)
            last.set(verdict.organ ?? null, verdict);
    return last;
}

/** Of every case that has a verdict: id -> "fail", "unsure" or "pass". */
function verdictsByCase(verdicts) {
    const last = new Map();
    for (const verdict of verdicts)
        last.set(JSON.stringify([verdict.case, verdict.organ ?? null]), verdict);
    const decided = new Map();
    for (const verdict of last.values()) {
        const before = decided.get(verdict.case);
        if (!before || verdictKinds.indexOf(verdict.verdict) < verdictKinds.indexOf(before))
            decided.set(verdict.case, verdict.verdict);
    }
    return decided;
}

// ---- kept in this browser ----

/** Reports in different folders have verdicts of their own. */
function verdictKey() {
    return "amos-verdicts " + location.pathname;
}

/** What is kept if the browser keeps nothing: gone with the page. */
let verdictsOfThisPage = [];
let browserKeeps = true;

function verdictsKeptHere() {
    try {
        const kept = JSON.parse(localStorage.getItem(verdictKey()) ?? "[]");
        return Array.isArray(kept) ? kept.filter(isVerdict) : [];
    } catch {
        browserKeeps = false;
        return verdictsOfThisPage;
    }
}

/** Read again before writing: another window may have added some. */
function keepVerdictHere(verdict) {
    const all = [...verdictsKeptHere(), verdict];
    try {
        localStorage.setItem(verdictKey(), JSON.stringify(all));
    } catch {
        browserKeeps = false;
        verdictsOfThisPage = all;
    }
}

// ---- as files ----

function verdictsAsJson(set, verdicts) {
    return JSON.stringify({amos_verdicts: 1, data_set: set.made_from ?? set.title, verdicts}, null, 1) + "\n";
}

/** A field in quotes if it needs them (RFC 4180). */
function csvField(value) {
    const text = isKnown(value) ? String(value) : "";
    return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function verdictsAsCsv(verdicts) {
    const rows = verdicts.map((v) => [v.case, v.verdict, v.organ, v.text, ...(v.voxel ?? ["", "", ""]), v.time]);
    return [["case", "verdict", "organ", "text", "x", "y", "z", "time"], ...rows].map((row) =>
        row.map(csvField).join(",") + "\r\n").join("");
}

/** Verdicts out of a file that was saved before; throws a sentence. */
function verdictsOfFile(text) {
    let saved = null;
    try {
        saved = JSON.parse(text);
    } catch {
        throw new Error("This is no JSON file of verdicts, as \u201cSave as JSON\u201d makes it.");
    }
    if (saved?.amos_verdicts !== 1 || !Array.isArray(saved.verdicts))
        throw new Error("This JSON file holds no verdicts of amos; it should begin with \"amos_verdicts\": 1.");
    return saved.verdicts.filter(isVerdict);
}

function download(name, type, text) {
    const address = URL.createObjectURL(new Blob([text], {type}));
    const link = element("a", {href: address, download: name});
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
}
