// SPDX-License-Identifier: BSD-3-Clause
// ---- how values spread: a box for each organ and modality, with what lies outside ----

const spreadWidth = 560, spreadRow = 30, spreadLeft = 150;

/** One row of values: {title, kind, points: [{entry, value, text}]}. */
function spreadRows(listed, organs, valueOf, textOfValue) {
    return organs.flatMap((organ) => ["ct", "mri", "other"].map((kind) => ({
        organ, kind, title: capital(organTitle(organ)),
        points: listed.filter((entry) => kindOfPoint(entry) === kind).map((entry) => ({entry, value: valueOf(entry, organ)}))
            .filter((point) => Number.isFinite(point.value))
            .map((point) => ({...point, text: `${point.entry.id}: ${organTitle(organ)} ${textOfValue(point.value)}`})),
    }))).filter((row) => row.points.length > 0);
}

/** `all`: every point is shown, else only those outside of the whiskers. */
function spreadPlot(title, rows, axis, all, controls) {
    const height = rows.length * spreadRow + 50;
    const x = scaleOf(...axis.range, spreadLeft, spreadWidth - 16, axis.logarithmic);
    const ticks = axis.logarithmic ? logTicksBetween(...axis.range) : ticksBetween(...axis.range, 6);
    const parts = [
        ticks.map((tick) => [svg("line", {class: "grid", x1: x(tick), x2: x(tick), y1: 4, y2: height - 44}),
            svg("text", {class: "tick", x: x(tick), y: height - 28, "text-anchor": "middle"}, brief(tick))]),
        svg("text", {class: "axis", x: (spreadLeft + spreadWidth) / 2, y: height - 8, "text-anchor": "middle"}, axis.title),
        rows.map((row, place) => spreadRowParts(row, place, rows, x, axis)),
        pointLinks(rows.flatMap((row, place) => spreadPoints(row, place, x, axis, all))),
    ];
    return plotFigure(title, `${title}: ${rows.map((row) => spreadSentence(row, axis)).join("; ")}`, spreadWidth, height, parts, controls);
}

function spreadMiddle(place) {
    return 4 + place * spreadRow + spreadRow / 2;
}

/** Volumes spread by factors, so their whiskers are those of the logarithms. */
function spreadBox(row, axis) {
    const turn = axis.logarithmic ? Math.log : (value) => value, back = axis.logarithmic ? Math.exp : (value) => value;
    const box = boxOf(row.points.map((point) => turn(point.value)));
    return {count: box.count, inner: box, turn, low: back(box.low), middle: back(box.middle), high: back(box.high),
        from: back(box.from), to: back(box.to)};
}

function spreadSentence(row, axis) {
    const box = spreadBox(row, axis);
    return `${row.title}, ${modalityTitle(row.kind)}: ${counted(box.count, "case")}, median ${brief(box.middle)}, ` +
        `quartiles ${brief(box.low)} and ${brief(box.high)}`;
}

function spreadRowParts(row, place, rows, x, axis) {
    const box = spreadBox(row, axis), y = spreadMiddle(place);
    const isFirst = place === 0 || rows[place - 1].organ !== row.organ;
    return svg("g", {class: `spread ${row.kind}`, "aria-hidden": "true"},
        svg("title", {}, spreadSentence(row, axis)),
        isFirst ? svg("text", {class: "row", x: spreadLeft - 10, y: y + 4, "text-anchor": "end"}, row.title) : null,
        svg("line", {class: "whisker", x1: x(box.from), x2: x(box.to), y1: y, y2: y}),
        svg("rect", {class: "box", x: x(box.low), y: y - 7, width: Math.max(x(box.high) - x(box.low), 1), height: 14, rx: 2}),
        svg("line", {class: "middle", x1: x(box.middle), x2: x(box.middle), y1: y - 7, y2: y + 7}));
}

function spreadPoints(row, place, x, axis, all) {
    const box = spreadBox(row, axis), middle = spreadMiddle(place);
    return row.points.map((point) => ({...point, x: x(point.value), far: isOutside(box.inner, box.turn(point.value)),
        y: middle + (all ? (spreadOf(point.entry.id) - 0.5) * (spreadRow - 8) : 0)})).filter((point) => all || point.far);
}

// ---- the two plots of this kind ----

function volumePlot(listed, organ) {
    const rows = spreadRows(listed, organ ? [organ] : review.organs,
        (entry, one) => volumeOf(entry, one) || null, (value) => `${brief(value)} ml`);
    const values = sortedNumbers(rows.flatMap((row) => row.points.map((point) => point.value)));
    return rows.length ? spreadPlot("Volumes of organs", rows, {title: "ml, logarithmic", logarithmic: true,
        range: [values[0] * 0.8, values[values.length - 1] * 1.25]}, organ !== null, legendOf(listed)) : null;
}

function scorePlot(listed, organ, measure) {
    const kind = scoreKind(measure);
    const rows = spreadRows(listed, organ ? [organ] : review.organs,
        (entry, one) => scoreOf(entry, measure, one), (value) => `${kind.title} ${scoreText(measure, value)} ${kind.unit}`.trim());
    const range = kind.most ? [0, kind.most] : rangeOf([0, ...rows.flatMap((row) => row.points.map((point) => point.value))], 0.02);
    return rows.length ? spreadPlot(`${kind.title} of organs`, rows, {title: kind.unit ? `${kind.title} (${kind.unit})` : kind.title,
        range}, organ !== null, legendOf(listed)) : null;
}
