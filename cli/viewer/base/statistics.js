// SPDX-License-Identifier: BSD-3-Clause
// ---- statistics of lists of numbers ----

/** Ascending, without what is no number. */
function sortedNumbers(values) {
    return values.filter(Number.isFinite).sort((a, b) => a - b);
}

/** Between the two nearest of a sorted list, in proportion; NaN of none. */
function quantile(sorted, share) {
    if (sorted.length === 0)
        return NaN;
    const place = (sorted.length - 1) * share, below = Math.floor(place);
    const next = sorted[Math.min(below + 1, sorted.length - 1)];
    return sorted[below] + (place - below) * (next - sorted[below]);
}

function median(values) {
    return quantile(sortedNumbers(values), 0.5);
}

function meanOf(values) {
    const known = values.filter(Number.isFinite);
    return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : NaN;
}

/** The sample's standard deviation, NaN below two values. */
function deviationOf(values) {
    const known = values.filter(Number.isFinite), mean = meanOf(known);
    return known.length > 1 ?
        Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (known.length - 1)) : NaN;
}

/** Quartiles, and whiskers at the outermost values within 1.5 times the distance of the quartiles (Tukey). */
function boxOf(values) {
    const sorted = sortedNumbers(values);
    const low = quantile(sorted, 0.25), high = quantile(sorted, 0.75), reach = 1.5 * (high - low);
    const within = sorted.filter((value) => value >= low - reach && value <= high + reach);
    return {count: sorted.length, low, middle: quantile(sorted, 0.5), high,
        from: within[0] ?? NaN, to: within[within.length - 1] ?? NaN};
}

function isOutside(box, value) {
    return value < box.from || value > box.to;
}

/** Round steps (1, 2 or 5 times a power of 10) between two numbers, about as many as wanted. */
function ticksBetween(low, high, wanted) {
    const raw = (high - low) / Math.max(wanted, 1);
    if (!(raw > 0) || !Number.isFinite(raw))
        return [low];
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = power * ([1, 2, 5].find((n) => n * power >= raw) ?? 10);
    const ticks = [];
    for (let n = Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9; n++)
        ticks.push(n * step);
    return ticks;
}

/** Powers of 10 and their doubles and fivefolds between two positive numbers, only powers if those are many. */
function logTicksBetween(low, high) {
    const ticks = [];
    for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power++)
        ticks.push(...(high / low > 200 ? [1] : [1, 2, 5]).map((n) => n * 10 ** power));
    return ticks.filter((tick) => tick >= low && tick <= high);
}
