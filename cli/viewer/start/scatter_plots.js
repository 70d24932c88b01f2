// SPDX-License-Identifier: BSD-3-Clause
// ---- points over two values: spacing, shape, and volumes by Bland and Altman ----

const scatterWidth = 460, scatterHeight = 300;

function scatterPlot(title, points, xTitle, yTitle, more = () => []) {
    const known = points.filter((point) => Number.isFinite(point.at[0]) && Number.isFinite(point.at[1]));
    if (known.length === 0)
        return null;
    const frame =
        plotFrame(scatterWidth, scatterHeight, {range: rangeOf(known.map((point) => point.at[0])), title: xTitle},
            {range: rangeOf([...known.map((point) => point.at[1]), ...more(null)]), title: yTitle});
    const placed = known.map((point) => ({...point, x: frame.x(point.at[0]), y: frame.y(point.at[1])}));
    return plotFigure(title, `${title}: ${counted(known.length, "case")}`, scatterWidth, scatterHeight,
        [frame.parts, more(frame), pointLinks(placed)], legendOf(known.map((point) => point.entry)));
}

function spacingPlot(listed) {
    return scatterPlot("Spacing", listed.filter((entry) => entry.spacing).map((entry) => ({
        entry, at: [entry.spacing[0], entry.spacing[2]], text: `${entry.id}: ${spacingCell(entry)} mm`,
    })), "within a slice (mm)", "between slices (mm)");
}

function shapePlot(listed) {
    return scatterPlot("Shape", listed.filter((entry) => entry.shape).map((entry) => ({
        entry, at: [entry.shape[0], entry.shape[2]], text: `${entry.id}: ${shapeCell(entry)} voxels`,
    })), "columns", "slices");
}

// ---- Bland and Altman: the difference of two volumes over their mean ----

/** The lines: the mean difference, and the limits that hold 95 % of normally distributed ones. */
function limitsOfAgreement(differences) {
    const mean = meanOf(differences), reach = 1.96 * deviationOf(differences);
    return [
        {value: mean, text: "mean"}, {value: mean - reach, text: "\u22121.96 SD"},
        {value: mean + reach, text: "+1.96 SD"}
    ].filter((line) => Number.isFinite(line.value));
}

function agreementPlot(listed, organ) {
    const pairs = listed.map((entry) => ({entry, pair: [volumeOf(entry, organ), volumeOf(entry, organ, "predicted")]}))
        .filter(({pair}) => pair.every(Number.isFinite));
    const lines = limitsOfAgreement(pairs.map(({pair}) => pair[1] - pair[0]));
    const points = pairs.map(({entry, pair: [reference, predicted]}) => ({
        entry, at: [(reference + predicted) / 2, predicted - reference],
        text: `${entry.id}: ${organTitle(organ)} ${brief(reference)} ml, predicted ${brief(predicted)} ml`,
        far: lines.length === 3 && (predicted - reference < lines[1].value || predicted - reference > lines[2].value),
    }));
    return scatterPlot(`Bland\u2013Altman: volume of the ${organTitle(organ)}`, points,
        "mean of reference and prediction (ml)", "prediction \u2212 reference (ml)",
        (frame) => frame ? lines.map((line) => agreementLine(frame, line)) : lines.map((line) => line.value));
}

function agreementLine(frame, line) {
    const y = frame.y(line.value);
    return svg("g", {class: "agreement"},
        svg("line", {x1: plotBox.left, x2: frame.width - plotBox.right, y1: y, y2: y}),
        svg("text", {class: "tick", x: frame.width - plotBox.right - 4, y: y - 4, "text-anchor": "end"},
            `${line.text} ${brief(line.value)}`));
}
