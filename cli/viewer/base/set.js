// SPDX-License-Identifier: BSD-3-Clause
// ---- what a report's own scripts call: set.js once, cases/ID.js when a case is opened ----

/** The data set of this page: see docs/viewer.md. */
let theSet = null;

/** Cases whose script is on its way: id -> the function that takes the case. */
const awaitedCases = new Map();

window.amosViewer = Object.freeze({
    set(value) {
        theSet = value;
    },
    case(id, value) {
        const take = awaitedCases.get(id);
        if (take)
            take(value);
    },
});
