// SPDX-License-Identifier: BSD-3-Clause
// ---- numbers and names as text ----

const nothing = "\u2013"; // an en dash stands for what is unknown
const minusSign = "\u2212";

function isKnown(value) {
    return value !== null && value !== undefined && value !== "";
}

function textOf(value) {
    return isKnown(value) ? String(value) : nothing;
}

/** With a fixed number of decimals. */
function fixed(value, decimals) {
    return Number.isFinite(value) ? value.toFixed(decimals).replace("-", minusSign) : nothing;
}

/** With about three digits: 0.123, 12.3, 123, 1230. */
function brief(value) {
    if (!Number.isFinite(value))
        return nothing;
    const size = Math.abs(value);
    return fixed(value, size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

/** As short as it can be: 0, 0.2, 1000. */
function tickText(value) {
    return String(Number(value.toPrecision(6))).replace("-", minusSign);
}

function counted(count, one, many = one + "s") {
    return `${count} ${count === 1 ? one : many}`;
}

/** Modalities as people write them. */
function modalityTitle(modality) {
    return {ct: "CT", mri: "MRI"}[modality] ?? "unknown";
}

/** "right_kidney" and "Right kidney" are "right kidney" within a sentence; "IVC" stays. */
function organTitle(label) {
    const title = String(label.name).replaceAll("_", " ");
    return /^[A-Z][a-z]/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
}

function capital(text) {
    return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The words of scores: which way is good, and their unit. */
const scoreKinds = {
    dice: {title: "Dice", unit: "", higherIsBetter: true, most: 1},
    nsd: {title: "NSD", unit: "", higherIsBetter: true, most: 1},
    hd95: {title: "HD95", unit: "mm", higherIsBetter: false},
    assd: {title: "ASSD", unit: "mm", higherIsBetter: false},
};

function scoreKind(key) {
    return scoreKinds[key] ?? {title: key, unit: "", higherIsBetter: true};
}

function scoreText(key, value) {
    return fixed(value, scoreKind(key).higherIsBetter ? 3 : 1);
}

function timeText(iso) {
    const time = new Date(iso);
    return Number.isNaN(time.getTime()) ? textOf(iso) : time.toLocaleString();
}
