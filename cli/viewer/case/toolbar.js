// SPDX-License-Identifier: BSD-3-Clause
// ---- the controls above the pictures ----

/** Controls of the page that follow `view`, by name. */
let controls = {};

function toolbar() {
    controls = {
        overlay: toggle("Overlay", "o", () => change({overlay: !view.overlay})),
        outline: toggle("Outline", "f", () => change({outline: !view.outline})),
        compare: toggle("Side by side", "m", toggleCompare),
        opacity: element("input", {type: "range", min: 5, max: 100, step: 5, id: "opacity",
            oninput: (event) => change({opacity: event.target.value / 100})}),
        window: choice([], null, (name) => {
            chooseWindow(name);
            refresh();
        }, {id: "window"}),
        low: windowNumber("Black at", () => setWindow(Number(controls.low.value), view.window.high)),
        high: windowNumber("White at", () => setWindow(view.window.low, Number(controls.high.value))),
        zoom: element("output", {}),
        legend: element("ul", {class: "legend", "aria-label": "Colours of the difference"}),
    };
    return element("div", {class: "bar", role: "toolbar", "aria-label": "Picture"}, layerButtons(),
        element("span", {class: "buttons"}, controls.overlay, controls.outline, controls.compare),
        labelled("Opacity", controls.opacity),
        element("span", {class: "buttons"}, labelled("Window", controls.window), controls.low, controls.high),
        element("span", {class: "buttons"},
            button("\u2212", () => changeZoom(0.8), {"aria-label": "Zoom out", "aria-keyshortcuts": "Shift+Z"}),
            button("+", () => changeZoom(1.25), {"aria-label": "Zoom in", "aria-keyshortcuts": "z"}), controls.zoom),
        controls.legend);
}

function toggle(text, key, act) {
    return button(text, act, {"aria-pressed": "false", "aria-keyshortcuts": key});
}

function windowNumber(name, act) {
    return element(
        "input", {type: "number", class: "short", step: "any", "aria-label": name, title: name, onchange: act});
}

function layerButtons() {
    controls.layers = Object.fromEntries(Object.entries(layerTitles).map(([layer, title]) =>
        [layer, toggle(title, title[0].toLowerCase(), () => showLayer(layer))]));
    return element(
        "span", {class: "buttons", role: "group", "aria-label": "Overlay shows"}, Object.values(controls.layers));
}

function press(control, pressed) {
    control.setAttribute("aria-pressed", String(pressed));
}

function refreshToolbar() {
    if (!view.volume || !controls.layers)
        return;
    for (const [layer, control] of Object.entries(controls.layers)) {
        press(control, shownLayer() === layer);
        control.disabled = !hasLayer(layer);
    }
    press(controls.overlay, view.overlay);
    press(controls.outline, view.outline);
    press(controls.compare, view.compare);
    controls.opacity.value = Math.round(view.opacity * 100);
    controls.zoom.textContent = `${Math.round(view.zoom * 100)} %`;
    refreshWindowControls();
    refreshLegend();
    refreshOrgans();
}

function refreshWindowControls() {
    const names = windowsOf(view.volume).map((one) => one.name),
          all = view.window.name === null ? ["by hand", ...names] : names;
    if (JSON.stringify([...controls.window.options].map((option) => option.value)) !== JSON.stringify(all))
        controls.window.replaceChildren(...all.map((name) => element("option", {value: name}, name)));
    controls.window.value = view.window.name ?? "by hand";
    for (const which of ["low", "high"])
        if (document.activeElement !== controls[which])
            controls[which].value = Number(view.window[which].toPrecision(6));
}

function refreshLegend() {
    const wanted = shownLayer() === "difference" || (view.compare && hasLayer("difference"));
    controls.legend.hidden = !wanted;
    if (wanted && controls.legend.children.length === 0)
        controls.legend.append(
            ...differences.filter(Boolean).map((one) => element("li", {}, swatch(one.color), one.title)));
}

// ---- which pictures stand where ----

function toggleCompare() {
    view.compare = !view.compare;
    buildPanes();
    refresh();
}

/** Three planes, or the chosen plane with each of the layers. */
function buildPanes() {
    view.panes = view.compare ? ["reference", "prediction", "difference"].map((layer) => new Pane(view.plane, layer)) :
        planes.map((plane) => new Pane(plane));
    for (const pane of view.panes)
        sizes.observe(pane.frame);
    arrangePanes();
}

function arrangePanes() {
    if (view.compare && view.panes.some((pane) => pane.plane !== view.plane)) {
        buildPanes();
        return;
    }
    const place = document.getElementById("panes");
    place.className = view.compare ? "panes even" : "panes";
    for (const pane of view.panes)
        pane.element.classList.toggle("large", !view.compare && pane.plane === view.plane);
    place.replaceChildren(...[...view.panes]
                              .sort((a, b) => Number(b.plane === view.plane) - Number(a.plane === view.plane))
                              .map((pane) => pane.element));
}

/** Pictures fill their places when these change. */
const sizes = new ResizeObserver(() => {
    for (const pane of view.panes)
        if (pane.slices && pane.canvas.isConnected)
            pane.draw();
});
