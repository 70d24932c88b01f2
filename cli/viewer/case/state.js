// SPDX-License-Identifier: BSD-3-Clause
// ---- what the page of a case shows ----

const view = {
    turn: 0, // counts the cases that were shown: what was asked for in another turn comes too late
    entry: null, // of review.set.cases
    opened: null, // the case of the source, null while it is loaded
    volume: null, // its facts: shape, spacing, affine, findings, ...
    at: [0, 0, 0], // the cursor, in voxels of the shown grid
    plane: planes[0], // the large picture
    // What follows stays as it is from case to case.
    layer: "difference",
    overlay: true,
    outline: false,
    opacity: 0.45,
    hidden: new Set(), // values of organs
    organ: null, // a value; null is all organs
    window: null, // {name, low, high}
    compare: false, // reference, prediction and difference side by side
    zoom: 1,
    place: false, // whether a verdict gets the place of the cursor
    thenNext: false, // whether the next case follows a verdict
    finding: -1, // the one that was gone to last
    panes: [],
    hover: null, // {pane, clientX, clientY} of the pointer over a picture
};

const layerTitles = {reference: "Reference", prediction: "Prediction", difference: "Difference"};

function hasLayer(layer) {
    return layer === "difference" ? hasLayer("reference") && hasLayer("prediction") : Boolean(view.opened?.has(layer));
}

/** The layer that can be shown: the chosen one, or what there is of it. */
function shownLayer() {
    return [view.layer, "prediction", "reference"].find(hasLayer) ?? null;
}

// ---- changes ----

/** Everything that the page shows of `view`. */
function refresh() {
    for (const pane of view.panes)
        pane.paint();
    refreshToolbar();
    refreshReadout();
    noteView();
}

const noteView = afterQuiet(250, () => {
    if (view.volume && readAddress().case === view.entry.id)
        noteInAddress({at: view.at.join(","), plane: view.plane === planes[0] ? null : view.plane.name,
            layer: view.layer === "difference" ? null : view.layer, organ: organOf(view.organ)?.name ?? null,
            window: view.window.name === windowsOf(view.volume)[0].name ? null : view.window.name});
});

function moveTo(voxel) {
    if (view.volume) {
        view.at = clampVoxel(view.volume, voxel);
        refresh();
    }
}

/** Along an axis of the shown grid. */
function moveBy(axis, steps) {
    const voxel = [...view.at];
    voxel[axis] += steps;
    moveTo(voxel);
}

function stepSlice(steps) {
    moveBy(view.plane.through, steps);
}

function showPlane(plane) {
    view.plane = plane;
    arrangePanes();
    refresh();
}

function showLayer(layer) {
    if (!hasLayer(layer)) {
        tell(`This case has no ${layer}.`);
        return;
    }
    view.layer = layer;
    view.overlay = true;
    refresh();
}

function change(changes) {
    Object.assign(view, changes);
    refresh();
}

function changeOpacity(step) {
    change({opacity: Math.min(Math.max(Math.round((view.opacity + step) * 20) / 20, 0.05), 1), overlay: true});
}

function changeZoom(factor) {
    change({zoom: Math.min(Math.max(view.zoom * factor, 1), 16)});
}

// ---- organs ----

function chooseOrgan(value) {
    change({organ: value});
    refreshVerdictForm();
}

/** The next organ of the list, or none after the last. */
function stepOrgan(step) {
    const values = [null, ...review.organs.map((organ) => organ.value)];
    chooseOrgan(values[(values.indexOf(view.organ) + step + values.length) % values.length]);
    tell(organOf(view.organ) ? organTitle(organOf(view.organ)) : "all organs");
}

function toggleOrgan(value) {
    if (!view.hidden.delete(value))
        view.hidden.add(value);
    refresh();
}

/** The chosen organ alone, or all again. */
function showAlone(value) {
    const others = review.organs.map((organ) => organ.value).filter((one) => one !== value);
    const isAlone = value === null || (!view.hidden.has(value) && others.every((one) => view.hidden.has(one)));
    change({hidden: new Set(isAlone ? [] : others)});
}

function toggleAllOrgans() {
    change({hidden: new Set(view.hidden.size ? [] : review.organs.map((organ) => organ.value))});
}
