// SPDX-License-Identifier: BSD-3-Clause
// ---- the plots of the start page, which can be folded away ----

function plotsSection(address, listed) {
    const isOpen = address.plots !== "closed";
    return element("details", {class: "plots", open: isOpen, ontoggle: (event) => foldPlots(event.target.open)},
        element("summary", {id: "plots"}, "Plots of the listed cases"),
        isOpen ? plotsOf(address, listed) : null);
}

/** Plots that nobody sees are not drawn. The event also comes after each drawing of the page. */
function foldPlots(isOpen) {
    if (isOpen === (readAddress().plots !== "closed"))
        return;
    noteInAddress({plots: isOpen ? null : "closed"});
    showStart();
}

function plotsOf(address, listed) {
    const organ = organNamed(address.organ), measure = review.set.prediction ? measureOf(address) : null;
    const agreement = organ ?? organNamed("liver") ?? review.organs[0] ?? null;
    return [
        element("div", {class: "bar-grid"}, barFilters().map((filter) => barsOf(filter, listed, address))),
        element("div", {class: "bar"}, organChoice(organ)),
        element("div", {class: "plot-grid"},
            measure ? scorePlot(listed, organ, measure) : null,
            volumePlot(listed, organ),
            measure && agreement ? agreementPlot(listed, agreement) : null,
            spacingPlot(listed), shapePlot(listed)),
    ];
}

function barFilters() {
    return [...filters.filter((filter) => filter.word !== "verdict"), ageFilter];
}

function organChoice(organ) {
    const options = review.organs.map((one) => [one.name, capital(organTitle(one))]);
    return labelled("Organ in plots", choice([["", "all, and what lies outside"], ...options], organ?.name ?? "",
        (name) => changeList({organ: name}), {id: "plot-organ"}));
}
