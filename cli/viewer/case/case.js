// SPDX-License-Identifier: BSD-3-Clause
// ---- the page of a case ----

/** Shows the case of the address; what it shows of another one before is dropped. */
async function showCase(id) {
    dropCase();
    const turn = view.turn;
    view.entry = entryOf(id);
    document.title = `${id} - ${review.set.title}`;
    if (!view.entry) {
        fillPage("case", caseHeader(id),
            element("main", {}, element("p", {class: "note"}, `There is no case ${id} in this data set.`)));
        return;
    }
    fillPage("case", caseHeader(id),
        element("main", {}, element("p", {class: "note", role: "status"}, "The case is being opened.")));
    try {
        const opened = await review.source.open(id);
        if (turn === view.turn)
            fillCase(opened);
    } catch (error) {
        if (turn === view.turn)
            showWithoutPicture(error.message);
    }
}

function dropCase() {
    sizes.disconnect();
    view.turn++;
    Object.assign(view, {entry: null, opened: null, volume: null, panes: [], hover: null, finding: -1});
    controls = {};
}

/** A damaged case still has its reason, its findings and its verdict's place in the list. */
function showWithoutPicture(reason) {
    fillPage("case", caseHeader(view.entry.id), element("main", {},
        element("p", {class: "note fault"}, view.entry.fault ?? reason)));
}

function fillCase(opened) {
    view.opened = opened;
    view.volume = opened.facts;
    takePlace(readAddress());
    const header = caseHeader(view.entry.id), tools = toolbar(),
          side = [verdictPanel(), organPanel(), findingPanel(), factPanel()];
    controls.badge = header.querySelector(".decided");
    fillPage("case", header,
        element("main", {class: "work"},
            element("div", {class: "pictures"}, faultNote(), tools, element("div", {id: "panes", class: "panes"}),
                readout()),
            element("aside", {class: "side", "aria-label": "Verdict, organs, findings, metadata"}, side)));
    buildPanes();
    refresh();
    refreshVerdictForm();
    completeCase(view.entry);
}

/** What is wrong with a case whose image can be looked at all the same. */
function faultNote() {
    const fault = view.volume.fault ?? view.entry.fault;
    return fault ? element("p", {class: "fault"}, fault) : null;
}

/** Scores and findings that come later. */
async function completeCase(entry) {
    try {
        if (await review.source.complete(entry) && view.entry === entry && view.volume)
            refreshPanels();
    } catch (error) {
        showMessage(error.message);
    }
}

function refreshPanels() {
    document.querySelector('[aria-label="Organs"].panel').replaceWith(organPanel());
    refreshFindings();
    refreshOrgans();
}

/** Where the address wants the cursor, else the middle of the volume; what is shown, as the address says. */
function takePlace(address) {
    const wanted = (address.at ?? "").split(",").map(Number);
    view.at = clampVoxel(view.volume, wanted.length === 3 && wanted.every(Number.isFinite) && address.at ? wanted :
        view.volume.shape.map((count) => Math.floor(count / 2)));
    view.plane = planeNamed(address.plane ?? view.plane.name);
    if (Object.hasOwn(layerTitles, address.layer ?? ""))
        view.layer = address.layer;
    if (address.organ !== undefined)
        view.organ = organNamed(address.organ)?.value ?? null;
    chooseWindow(address.window ?? view.window?.name);
}

// ---- the head of the page, and the way to other cases ----

function caseHeader(id) {
    const listed = listedCases(readAddress()), place = listed.findIndex((entry) => entry.id === id),
          entry = entryOf(id);
    return element("header", {class: "page-head"},
        element("nav", {class: "buttons", "aria-label": "Cases"},
            element("a", {class: "button", href: addressOfStart(), id: "back", "aria-keyshortcuts": "b"}, "All cases"),
            button("Previous", () => stepCase(-1), {id: "previous", "aria-keyshortcuts": "k"}),
            button("Next", () => stepCase(1), {id: "next", "aria-keyshortcuts": "j"})),
        element("h1", {tabindex: "-1"}, id),
        element("p", {class: "quiet"},
            [placeInList(place, listed), ...entryWords(entry)].join(" \u00b7 ")),
        element("span", {class: "decided"}), element("span", {class: "notice quiet"}),
        element("div", {class: "verdicts"}, button("Help", toggleHelp, {id: "help-button", "aria-keyshortcuts": "?"})));
}

function placeInList(place, listed) {
    return place < 0 ? "not in this list" : `${place + 1} of ${listed.length}`;
}

function entryWords(entry) {
    if (!entry)
        return [];
    const site = /^\d+$/.test(entry.site) ? `site ${entry.site}` : entry.site;
    return [entry.split, entry.modality && modalityTitle(entry.modality), entry.sex,
        isKnown(entry.age) ? `${entry.age} years` : null, site, entry.scanner].filter(isKnown);
}

/** The next case of the list that the filters and the order of the address give. */
function stepCase(step) {
    const listed = listedCases(readAddress()), id = readAddress().case;
    const place = listed.findIndex((entry) => entry.id === id), next = listed[place < 0 ? 0 : place + step];
    if (next)
        goTo(addressOfCase(next.id));
    else
        tell(step > 0 ? "This is the last case of the list." : "This is the first case of the list.");
}
