// SPDX-License-Identifier: BSD-3-Clause
// ---- plots: scales, axes, and points that are links ----

/** From values to places in the picture; logarithmic if asked for. */
function scaleOf(low, high, from, to, logarithmic = false) {
    const turn = logarithmic ? Math.log10 : (value) => value;
    const begin = turn(low), width = turn(high) - begin || 1;
    return (value) => from + (turn(value) - begin) / width * (to - from);
}

/** The lowest and highest of some values, with a margin; [0, 1] of none. */
function rangeOf(values, margin = 0.05) {
    const sorted = sortedNumbers(values);
    if (sorted.length === 0)
        return [0, 1];
    const low = sorted[0], high = sorted[sorted.length - 1], room = (high - low || Math.abs(high) || 1) * margin;
    return [low - room, high + room];
}

const plotBox = {left: 58, right: 12, top: 10, bottom: 40};

/** The frame of a plot with linear axes: {width, height, x, y, parts}. `x` and `y` are {range, title}. */
function plotFrame(width, height, x, y) {
    const frame = {
        width, height,
        x: scaleOf(...x.range, plotBox.left, width - plotBox.right),
        y: scaleOf(...y.range, height - plotBox.bottom, plotBox.top),
    };
    frame.parts = [
        ticksBetween(...x.range, 6).map((tick) => verticalTick(frame, frame.x(tick), tickText(tick))),
        ticksBetween(...y.range, 5).map((tick) => horizontalTick(frame, frame.y(tick), tickText(tick))),
        axisTitle(x.title, (plotBox.left + width - plotBox.right) / 2, height - 6),
        axisTitle(y.title, -(plotBox.top + height - plotBox.bottom) / 2, 13, {transform: "rotate(-90)"}),
    ];
    return frame;
}

function axisTitle(text, x, y, attributes = {}) {
    return svg("text", {class: "axis", x, y, "text-anchor": "middle", ...attributes}, text);
}

function verticalTick(frame, at, text) {
    return [svg("line", {class: "grid", x1: at, x2: at, y1: plotBox.top, y2: frame.height - plotBox.bottom}),
        svg("text", {class: "tick", x: at, y: frame.height - plotBox.bottom + 15, "text-anchor": "middle"}, text)];
}

function horizontalTick(frame, at, text) {
    return [svg("line", {class: "grid", x1: plotBox.left, x2: frame.width - plotBox.right, y1: at, y2: at}),
        svg("text", {class: "tick", x: plotBox.left - 6, y: at + 4, "text-anchor": "end"}, text)];
}

/** The picture in a figure. `name` is what a screen reader says of it. */
function plotFigure(title, name, width, height, parts, controls = null) {
    return element("figure", {class: "plot"},
        element("figcaption", {}, title, controls),
        svg("svg", {viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": name}, parts));
}

// ---- points ----

/** CT is a disc and MRI a diamond, so that they differ without colours. */
function mark(kind, x, y) {
    if (kind === "mri")
        return svg("path", {d: `M${x} ${y - 4.6}l4.6 4.6l-4.6 4.6l-4.6 -4.6z`});
    return svg("circle", {cx: x, cy: y, r: 3.6});
}

/**
 * Points as links to their cases: {entry, x, y, text, far}. One of them can be reached by Tab, the others from there by
 * the arrow keys.
 */
function pointLinks(points) {
    const placed = points.filter((point) => Number.isFinite(point.x) && Number.isFinite(point.y));
    const group = svg("g", {class: "points", onkeydown: (event) => moveAmongPoints(event, group)},
        placed.sort((a, b) => a.x - b.x).map(pointLink));
    return group;
}

function pointLink(point, place) {
    const kind = kindOfPoint(point.entry);
    return svg("a", {href: addressOfCase(point.entry.id), tabindex: place === 0 ? 0 : -1, "aria-label": point.text,
        class: point.far ? `${kind} far` : kind}, svg("title", {}, point.text), mark(kind, point.x, point.y));
}

function kindOfPoint(entry) {
    return ["ct", "mri"].includes(entry.modality) ? entry.modality : "other";
}

const stepsOfKeys = {ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, Home: -Infinity, End: Infinity};

function moveAmongPoints(event, group) {
    const step = stepsOfKeys[event.key], links = [...group.children], at = links.indexOf(document.activeElement);
    if (!step || at < 0)
        return;
    const next = links[Math.min(Math.max(at + step, 0), links.length - 1)];
    links[at].setAttribute("tabindex", -1);
    next.setAttribute("tabindex", 0);
    next.focus();
    event.preventDefault();
    event.stopPropagation();
}

function legendOf(entries) {
    const kinds = [["ct", "CT"], ["mri", "MRI"], ["other", "unknown modality"]];
    const shown = kinds.filter(([kind]) => entries.some((entry) => kindOfPoint(entry) === kind));
    return element("span", {class: "legend"}, shown.map(([kind, title]) => element("span", {},
        svg("svg", {viewBox: "0 0 12 12", "aria-hidden": "true"}, svg("g", {class: kind}, mark(kind, 6, 6))), title)));
}

/** Between 0 and 1, always the same of a text: spreads points that would lie on each other. */
function spreadOf(text) {
    let sum = 0;
    for (const character of text)
        sum = (sum * 31 + character.codePointAt(0)) % 9973;
    return sum / 9973;
}
