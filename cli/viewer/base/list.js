// SPDX-License-Identifier: BSD-3-Clause
// ---- which cases are listed, and in which order: what the address says ----

/** Words of the address that select cases by a value. Unknown values are "unknown" there. */
const filters = [
    {word: "split", title: "Split", of: (entry) => [textFor(entry.split)]},
    {word: "modality", title: "Modality", of: (entry) => [textFor(entry.modality)], text: modalityTitle},
    {word: "sex", title: "Sex", of: (entry) => [textFor(entry.sex)]},
    {word: "site", title: "Site", of: (entry) => [textFor(entry.site)]},
    {word: "scanner", title: "Scanner", of: (entry) => [textFor(entry.scanner)]},
    {word: "finding", title: "Finding", of: findingWords, text: (kind) => kind.replaceAll("_", " ")},
    {word: "verdict", title: "Verdict", of: (entry) => [review.decided.get(entry.id) ?? "none"]},
];

function textFor(value) {
    return isKnown(value) ? String(value) : "unknown";
}

/** The kinds of findings of a case, once each, and "damaged" for one that could not be read; "none", or "unknown". */
function findingWords(entry) {
    const kinds = new Set((entry.findings ?? []).map((finding) => textFor(finding.kind)));
    if (entry.fault)
        kinds.add("damaged");
    return kinds.size ? [...kinds] : [entry.findings ? "none" : "unknown"];
}

/** Everything that a search looks at. */
function searchedText(entry) {
    return [entry.id, entry.site, entry.scanner, entry.fault, ...(entry.findings ?? []).map((finding) => finding.text)]
        .filter(isKnown).join("\n").toLowerCase();
}

function isListed(entry, address) {
    const words = (address.q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    const text = words.length ? searchedText(entry) : "";
    return words.every((word) => text.includes(word)) &&
        filters.every((filter) => !isKnown(address[filter.word]) || filter.of(entry).includes(address[filter.word])) &&
        isOfAge(entry, address.age);
}

/** "60-70" is from 60 to below 70. */
function isOfAge(entry, range) {
    if (!isKnown(range))
        return true;
    const [from, to] = range.split("-").map(Number);
    return range === "unknown" ? !isKnown(entry.age) : isKnown(entry.age) && entry.age >= from && entry.age < to;
}

// ---- order ----

/** Text by its numbers too: amos_9 stands before amos_10. */
const collator = new Intl.Collator("en", {numeric: true});

/** Ascending; what is unknown stands last in both directions. */
function compareValues(a, b, sign) {
    const known = [isKnown(a) && !Number.isNaN(a), isKnown(b) && !Number.isNaN(b)];
    if (!known[0] || !known[1])
        return Number(known[1]) - Number(known[0]);
    return sign * (typeof a === "number" && typeof b === "number" ? a - b : collator.compare(a, b));
}

/** "-dice" is descending. Without a word: the worst organ first if there are scores, else the id. */
function orderOf(address) {
    const word = address.sort ?? (review.set.prediction ? "worst" : "id");
    return {key: word.replace(/^-/, ""), sign: word.startsWith("-") ? -1 : 1};
}

function listedCases(address) {
    const order = orderOf(address), column = columnOf(order.key, address);
    const keyed = review.set.cases.filter((entry) => isListed(entry, address))
        .map((entry) => ({entry, value: column.value(entry)}));
    keyed.sort((a, b) => compareValues(a.value, b.value, order.sign) || collator.compare(a.entry.id, b.entry.id));
    return keyed.map((one) => one.entry);
}
