// SPDX-License-Identifier: BSD-3-Clause
// ---- the colours of a slice: grey values, filled labels, outlines ----
//
// Pictures are stored with both axes reversed (see planes.js), which is the order of the voxels backwards.

/** What a voxel is in a difference, with colours that also differ for the colour-blind. */
const differences = [
    null,
    {title: "agreeing", color: [0, 158, 115]},
    {title: "missed", color: [86, 180, 233]},
    {title: "extra", color: [230, 97, 0]},
    {title: "another organ", color: [240, 228, 66]},
];

function differenceOf(reference, prediction) {
    if (reference === prediction)
        return reference === 0 ? 0 : 1;
    return prediction === 0 ? 2 : reference === 0 ? 3 : 4;
}

/** Values of labels as they are shown: hidden organs are background. */
function shownValues() {
    const shown = new Uint8Array(256);
    for (const organ of review.organs)
        if (!view.hidden.has(organ.value))
            shown[organ.value] = organ.value;
    return shown;
}

/** {values, colors}: what is painted over a slice, and the colour of each value; null if nothing is. */
function overlayOf(slices, layer) {
    const {reference, prediction} = slices, shown = shownValues();
    if (layer === "difference" && reference && prediction) {
        const values = reference.data.map((value, i) => differenceOf(shown[value], shown[prediction.data[i]]));
        return {values, colors: differences.map((one) => one?.color)};
    }
    const labels = slices[layer];
    if (!labels)
        return null;
    const colors = [];
    for (const organ of review.organs)
        colors[organ.value] = organ.color;
    return {values: labels.data.map((value) => shown[value]), colors};
}

/** Grey values by a window, as a picture. */
function greyPicture(slice, window) {
    const picture = new ImageData(slice.width, slice.height), pixels = new Uint32Array(picture.data.buffer);
    const low = window.low, factor = 255 / Math.max(window.high - window.low, 1e-9), last = slice.data.length - 1;
    for (let i = 0; i <= last; i++) {
        const grey = Math.min(Math.max((slice.data[i] - low) * factor + 0.5, 0), 255) | 0;
        pixels[last - i] = 0xff000000 | grey << 16 | grey << 8 | grey;
    }
    return picture;
}

/** Filled labels, as a picture; what has no colour is transparent. */
function labelPicture(overlay, width, height, opacity) {
    const picture = new ImageData(width, height), pixels = new Uint32Array(picture.data.buffer);
    const last = overlay.values.length - 1, packed = new Uint32Array(256), alpha = Math.round(opacity * 255);
    overlay.colors.forEach((color, value) => {
        if (color)
            packed[value] = (alpha << 24 | color[2] << 16 | color[1] << 8 | color[0]) >>> 0;
    });
    for (let i = 0; i <= last; i++)
        pixels[last - i] = packed[overlay.values[i]];
    return picture;
}

/** The edges between voxels of different values: value -> path, in the reversed voxels of the picture. */
function outlines(values, width, height) {
    const paths = new Map();
    const add = (value, x1, y1, x2, y2) => {
        if (!paths.has(value))
            paths.set(value, new Path2D());
        paths.get(value).moveTo(width - x1, height - y1);
        paths.get(value).lineTo(width - x2, height - y2);
    };
    const edge = (one, other, ...line) => {
        for (const value of one === other ? [] : [one, other])
            if (value !== 0)
                add(value, ...line);
    };
    for (let y = 0, i = 0; y < height; y++)
        for (let x = 0; x < width; x++, i++) {
            edge(values[i], x + 1 < width ? values[i + 1] : 0, x + 1, y, x + 1, y + 1);
            edge(values[i], y + 1 < height ? values[i + width] : 0, x, y + 1, x + 1, y + 1);
        }
    return paths;
}
