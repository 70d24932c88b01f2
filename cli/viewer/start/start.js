// SPDX-License-Identifier: BSD-3-Clause
// ---- the start page ----

/** Shows the list that the address asks for. What has the focus keeps it. */
function showStart() {
    const address = readAddress(), listed = listedCases(address);
    const focus = focusWithin(document.getElementById("page"));
    document.title = review.set.title;
    fillPage("start", startHeader(),
        element("main", {},
            filterBar(address),
            summaryTiles(listed),
            plotsSection(address, listed),
            scoresControls(address, listed),
            caseTable(address, listed)));
    restoreFocus(focus);
    announce(captionOf(listed, 1, 1));
}

function fillPage(kind, ...content) {
    const page = document.getElementById("page");
    page.className = kind;
    page.replaceChildren(...content, element("div", {id: "live", class: "unseen", role: "status"}));
}

function startHeader() {
    const decided = [...review.decided.values()];
    const counts = verdictKinds.map((kind) => [kind, decided.filter((one) => one === kind).length]);
    return element("header", {class: "page-head"}, element("h1", {tabindex: "-1"}, review.set.title),
        element("p", {class: "quiet"}, originText()),
        element("div", {class: "verdicts"},
            counts.filter(([, count]) => count > 0).map(([kind, count]) => [verdictBadge(kind), ` ${count} `]),
            verdictFileButtons(), button("Help", toggleHelp, {id: "help-button", "aria-keyshortcuts": "?"})));
}

/** Where the data come from, as far as the title does not say it. */
function originText() {
    const {title, made_from: origin, version} = review.set;
    return [origin && origin !== title ? `Data set ${origin}` : null, version ? `libamos ${version}` : null]
        .filter(Boolean).join(", ");
}

// ---- focus over a new drawing of the page ----

/** Where the focus is, in words that the next page has too; null outside. */
function focusWithin(page) {
    const focused = document.activeElement;
    if (!focused || !page.contains(focused))
        return null;
    const place = focused.id ? `#${CSS.escape(focused.id)}` :
        focused.dataset.sort ? `[data-sort="${CSS.escape(focused.dataset.sort)}"]` :
            focused.dataset.focus ? `[data-focus="${CSS.escape(focused.dataset.focus)}"]` : null;
    const selection = focused.type === "search" ? focused.selectionStart : null;
    return place ? {place, selection} : null;
}

function restoreFocus(focus) {
    const found = focus ? document.querySelector(focus.place) : null;
    if (!found)
        return;
    found.focus({preventScroll: true});
    if (focus.selection !== null)
        found.setSelectionRange(focus.selection, focus.selection);
}
