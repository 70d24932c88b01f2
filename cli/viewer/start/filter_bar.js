// SPDX-License-Identifier: BSD-3-Clause
// ---- search and filters: the words of the address as controls ----

/** Changes what is listed, from the first part of the table on. */
function changeList(changes) {
    noteInAddress({page: null, ...changes});
    showStart();
}

function filterBar(address) {
    const search = element("input", {type: "search", id: "search", value: address.q ?? "", autocomplete: "off",
        spellcheck: "false", oninput: afterQuiet(120, (event) => changeList({q: event.target.value}))});
    const filtered = [...filters.map((filter) => filter.word), "age", "q"].some((word) => isKnown(address[word]));
    return element("form",
        {class: "bar", role: "search", "aria-label": "Filter cases", onsubmit: (event) => event.preventDefault()},
        labelled("Search", search), filters.map((filter) => filterChoice(filter, address)),
        isKnown(address.age) ? element("span", {class: "field"}, element("span", {}, "Age"), address.age) : null,
        filtered ? button("Clear filters", clearFilters, {id: "clear"}) : null,
        button("To the table", goToTable, {id: "to-table", "aria-keyshortcuts": "t"}));
}

function clearFilters() {
    changeList(Object.fromEntries([...filters.map((filter) => filter.word), "age", "q"].map((word) => [word, null])));
    document.getElementById("search").focus();
}

function goToTable() {
    const table = document.querySelector(".scroll");
    table.scrollIntoView();
    table.focus({preventScroll: true});
}

/** How often each value occurs in the whole data set: [value, count], in order. */
function valuesOf(filter) {
    const counts = new Map();
    for (const entry of review.set.cases)
        for (const value of filter.of(entry))
            counts.set(value, (counts.get(value) ?? 0) + 1);
    return [...counts].sort(([a], [b]) => collator.compare(a, b));
}

/** A filter with a single value would change nothing, unless it stands in the address. */
function filterChoice(filter, address) {
    const values = valuesOf(filter), chosen = address[filter.word] ?? "";
    if (values.length < 2 && chosen === "")
        return null;
    const known = values.some(([value]) => value === chosen) || chosen === "" ? values : [[chosen, 0], ...values];
    const options = known.map(([value, count]) => [value, `${filter.text?.(value) ?? value} (${count})`]);
    return labelled(filter.title, choice([["", "all"], ...options], chosen,
        (value) => changeList({[filter.word]: value}), {id: `filter-${filter.word}`}));
}
