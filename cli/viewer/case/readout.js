// SPDX-License-Identifier: BSD-3-Clause
// ---- position, value and labels below the pointer, or else at the cursor ----

function readout() {
    controls.readout = Object.fromEntries(["Voxel", "mm", "Value", "Reference", "Prediction"].map((name) =>
        [name, element("dd", {"data-readout": name.toLowerCase()})]));
    return element("dl", {class: "readout", "aria-label": "At the cursor"},
        Object.entries(controls.readout).map(([name, place]) => element("div", {}, element("dt", {}, name), place)));
}

function refreshReadout() {
    if (!view.volume || !controls.readout)
        return;
    const voxel = view.hover ? view.hover.pane.voxelBelow(view.hover) : view.at,
          values = view.panes.map((pane) => pane.valuesAt(voxel)).find(Boolean);
    const texts = readoutTexts(voxel, values);
    for (const [name, place] of Object.entries(controls.readout))
        if (place.textContent !== texts[name])
            place.textContent = texts[name];
    if (!view.hover && values)
        sayReadout(texts);
}

/** Positions are those of the stored file, if it is known how that lies. */
function readoutTexts(voxel, values) {
    const stored = storedVoxelOf(view.volume, voxel) ?? voxel, millimetres = millimetresOf(view.volume, voxel);
    return {
        Voxel: stored.join(", "),
        mm: millimetres ? millimetres.map((value) => fixed(value, 1)).join(", ") : "unknown",
        Value: isKnown(values?.image) ? brief(values.image) + (view.entry.modality === "ct" ? " HU" : "") : nothing,
        Reference: labelText(values?.reference),
        Prediction: labelText(values?.prediction),
    };
}

function labelText(value) {
    return !isKnown(value) ? nothing :
        value === 0        ? "none" :
        organOf(value)     ? organTitle(organOf(value)) :
                             String(value);
}

/** Not at every step of a fast move. */
const sayReadout = afterQuiet(600,
    (texts) => announce(`${capital(view.plane.name)} slice ${view.at[view.plane.through] + 1}, ` +
        `value ${texts.Value}, reference ${texts.Reference}, prediction ${texts.Prediction}`));
