// SPDX-License-Identifier: BSD-3-Clause
// ---- the table of cases: a hundred rows at a time ----

const rowsOfAPage = 100;

function caseTable(address, listed) {
    const columns = columnsOf(address), pages = Math.max(Math.ceil(listed.length / rowsOfAPage), 1);
    const page = Math.min(Math.max(Number.parseInt(address.page, 10) || 1, 1), pages);
    const shown = listed.slice((page - 1) * rowsOfAPage, page * rowsOfAPage);
    return element("section", {"aria-label": "Cases"},
        element("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": "Table of cases",
            "data-focus": "table"},
            element("table", {class: "cases"},
                element("caption", {class: "quiet"}, captionOf(listed, page, pages)),
                element("thead", {}, element("tr", {}, columns.map((column) => headCell(column, address)))),
                element("tbody", {}, shown.map((entry) => caseRow(entry, columns))))),
        pages > 1 ? pager(page, pages) : null);
}

function captionOf(listed, page, pages) {
    const all = review.set.cases.length;
    const which = listed.length === all ? counted(all, "case") : `${listed.length} of ${counted(all, "case")}`;
    return pages > 1 ? `${which}, part ${page} of ${pages}` : which;
}

function headCell(column, address) {
    const order = orderOf(address), sorted = order.key === column.key;
    const next = sorted && order.sign > 0 ? "-" + column.key : column.key;
    return element("th", {scope: "col", class: column.number ? "number" : null,
        "aria-sort": sorted ? (order.sign > 0 ? "ascending" : "descending") : null},
    button(column.title, () => {
        changeList({sort: next});
    }, {class: "sort", "data-sort": column.key}));
}

function caseRow(entry, columns) {
    return element("tr", {class: entry.fault ? "damaged" : null, "data-case": entry.id}, columns.map((column, place) =>
        element(place === 0 ? "th" : "td", {scope: place === 0 ? "row" : null, class: cellClass(entry, column)},
            cellOf(entry, column))));
}

function cellClass(entry, column) {
    return [column.number ? "number" : null, column.grade?.(entry)].filter(Boolean).join(" ") || null;
}

function cellOf(entry, column) {
    if (column.cell)
        return column.cell(entry);
    const value = column.value(entry);
    return isKnown(value) && column.text ? column.text(value) : textOf(value);
}

function pager(page, pages) {
    const link = (to, text) => element("a", {href: addressWith({page: to > 1 ? to : null}),
        "aria-current": to === page ? "page" : null}, text);
    return element("nav", {class: "pager", "aria-label": "Parts of the table"},
        page > 1 ? link(page - 1, "Previous") : null,
        Array.from({length: pages}, (_, n) => link(n + 1, String(n + 1))),
        page < pages ? link(page + 1, "Next") : null);
}
