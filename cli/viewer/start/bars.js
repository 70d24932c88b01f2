// SPDX-License-Identifier: BSD-3-Clause
// ---- how many cases of each kind: bars that filter the list ----

/** Longer lists of values end in a line with the rest. */
const mostBars = 12;

function barsOf(filter, listed, address) {
    const counts = new Map();
    for (const entry of listed)
        for (const value of filter.of(entry))
            counts.set(value, (counts.get(value) ?? 0) + 1);
    const rows = [...counts].sort(filter.order ?? (([, a], [, b]) => b - a));
    return rows.length && !saysNothing(rows) ? barFigure(filter, rows, address) : null;
}

function saysNothing(rows) {
    return rows.length === 1 && ["unknown", "none"].includes(rows[0][0]);
}

function barFigure(filter, rows, address) {
    const most = Math.max(...rows.map(([, count]) => count)), shown = rows.slice(0, mostBars),
          rest = rows.slice(mostBars);
    return element("figure", {class: "bars"},
        element("figcaption", {}, filter.title),
        element("ul", {}, shown.map(([value, count]) => barRow(filter, value, count, most, address)),
            rest.length ? element("li", {class: "quiet"}, `and ${rest.length} more, in the list of filters`) : null));
}

/** A second click on the same bar takes the filter away again. */
function barRow(filter, value, count, most, address) {
    const chosen = address[filter.word] === value, bar = element("span", {class: "bar-fill", "aria-hidden": "true"});
    bar.style.width = `${count / most * 100}%`;
    return element("li", {}, element("a", {href: addressWith({page: null, [filter.word]: chosen ? null : value}),
        "aria-current": chosen ? "true" : null, "data-focus": `${filter.word} ${value}`, "data-filter": filter.word},
    element("span", {class: "bar-name"}, filter.text?.(value) ?? value), element("span", {class: "bar-track"}, bar),
    element("span", {class: "bar-count"}, String(count))));
}

/** Ages by decades. */
const ageFilter = {
    word: "age",
    title: "Age",
    of: (entry) => [isKnown(entry.age) ? `${Math.floor(entry.age / 10) * 10}-${Math.floor(entry.age / 10) * 10 + 10}` :
                                         "unknown"],
    text: (value) => value.replace("-", "\u2013"),
    order: ([a], [b]) => collator.compare(a, b),
};
