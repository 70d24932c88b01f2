// SPDX-License-Identifier: BSD-3-Clause
// ---- windows: which values are black and white ----

/** Those of the case; if it has none, all values of its image. */
function windowsOf(volume) {
    const known = (volume.windows ?? []).filter((one) => Number.isFinite(one.low) && Number.isFinite(one.high));
    const levels = sortedNumbers(volume.image?.levels ?? []);
    return known.length ? known : [{name: "all values", low: levels[0] ?? 0, high: levels[levels.length - 1] ?? 255}];
}

/** The window of that name, else the first: the next case may be of another modality. */
function chooseWindow(name) {
    const all = windowsOf(view.volume);
    view.window = {...(all.find((one) => one.name === name) ?? all[0])};
}

function stepWindow(step) {
    const all = windowsOf(view.volume), at = all.findIndex((one) => one.name === view.window.name);
    chooseWindow(all[at < 0 ? 0 : (at + step + all.length) % all.length].name);
    refresh();
    tell(`Window ${view.window.name}`);
}

/** A window that is set by hand has no name. */
function setWindow(low, high) {
    if (Number.isFinite(low) && Number.isFinite(high) && high > low)
        change({window: {name: null, low, high}});
}

/** To the right is wider, upwards darker: what a drag of 300 pixels changes is the whole width. */
function windowDrag(start) {
    const {low, high} = view.window, width = high - low, level = (low + high) / 2;
    return (event) => {
        const wider = width * Math.exp((event.clientX - start.clientX) / 300);
        const middle = level + (start.clientY - event.clientY) / 300 * width;
        if (event.clientX !== start.clientX || event.clientY !== start.clientY)
            setWindow(middle - wider / 2, middle + wider / 2);
    };
}
