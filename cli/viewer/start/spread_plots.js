// SPDX-License-Identifier: BSD-3-Clause
// ---- how values spread: a box for each organ and modality, with what lies outside ----

const spreadWidth = 460, spreadLeft = 132;

/** Rows with all of their points need room. */
const spreadRow = {all: 70, outside: 20};

/** So few points are shown in any row: a box says less than they do. */
const fewPoints = 12;

/** One row of values: {title, kind, points: [{entry, value, text}]}. */
function spreadRows(listed, organs, valueOf, textOfValue) {
    return organs
        .flatMap((organ) => ["ct", "mri", "other"].map((kind) => ({
            organ,
            kind,
            title: capital(organTitle(organ)),
            points:
                listed.filter((entry) => kindOfPoint(entry) === kind)
                    .map((entry) => ({entry, value: valueOf(entry, organ)}))
                    .filter((point) => Number.isFinite(point.value))
                    .map((point) =>
                             ({...point, text: `${point.entry.id}: ${organTitle(organ)} ${textOfValue(point.value)}`})),
        })))
        .filter((row) => row.points.length > 0);
}

/** `all`: every point is shown, else only those outside of the whiskers, where there are many. */
function spreadPlot(title, rows, axis, all, controls) {
    const row = all ? spreadRow.all : spreadRow.outside, height = rows.length * row + 50;
    const x = scaleOf(...axis.range, spreadLeft, spreadWidth - 16, axis.logarithmic);
    const ticks = axis.logarithmic ? logTicksBetween(...axis.range) : ticksBetween(...axis.range, 6);
    const parts = [
        ticks.map(
            (tick) => [svg("line", {class: "grid", x1: x(tick), x2: x(tick), y1: 0, y2: height - 46}),
                svg("text", {class: "tick", x: x(tick), y: height - 28, "text-anchor": "middle"}, tickText(tick))]),
        svg("text", {class: "axis", x: (spreadLeft + spreadWidth) / 2, y: height - 8, "text-anchor": "middle"},
            axis.title),
        rows.map((one, place) => spreadRowParts(one, place * row + row / 2, rows[place - 1], x, axis)),
        pointLinks(rows.flatMap((one, place) => spreadPoints(one, place * row + row / 2, x, axis, all))),
    ];
    return plotFigure(title, `${title}: ${rows.map((row) => spreadSentence(row, axis)).join("; ")}`, spreadWidth,
        height, parts, controls);
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

/** `y` is the middle of the row; `before` is the row above. */
function spreadRowParts(row, y, before, x, axis) {
    const box = spreadBox(row, axis), isFirst = before?.organ !== row.organ;
    return svg("g", {class: `spread ${row.kind}`, "aria-hidden": "true"}, svg("title", {}, spreadSentence(row, axis)),
        isFirst ? svg("text", {class: "row", x: spreadLeft - 10, y: y + 4, "text-anchor": "end"}, row.title) : null,
        svg("line", {class: "whisker", x1: x(box.from), x2: x(box.to), y1: y, y2: y}),
        svg("rect",
            {class: "box", x: x(box.low), y: y - 7, width: Math.max(x(box.high) - x(box.low), 1), height: 14, rx: 2}),
        svg("line", {class: "middle", x1: x(box.middle), x2: x(box.middle), y1: y - 7, y2: y + 7}));
}

function spreadPoints(row, middle, x, axis, all) {
    const box = spreadBox(row, axis), isWhole = all || row.points.length <= fewPoints;
    return row.points
        .map((point) => ({
            ...point,
            x: x(point.value),
            far: isOutside(box.inner, box.turn(point.value)),
            y: middle + (all ? (spreadOf(point.entry.id) - 0.5) * (spreadRow.all - 12) : 0)
        }))
        .filter((point) => isWhole || point.far);
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
    const rows = spreadRows(listed, organ ? [organ] : review.organs, (entry, one) => scoreOf(entry, measure, one),
        (value) => `${kind.title} ${scoreText(measure, value)} ${kind.unit}`.trim());
    const range = kind.most ? [0, kind.most] :
                              rangeOf([0, ...rows.flatMap((row) => row.points.map((point) => point.value))], 0.02);
    return rows.length ?
        spreadPlot(`${kind.title} of organs`, rows,
            {title: kind.unit ? `${kind.title} (${kind.unit})` : kind.title, range}, organ !== null, legendOf(listed)) :
                                null;
}
