// SPDX-License-Identifier: BSD-3-Clause
// ---- the beginning ----

/** Runs when viewer.js and set.js have run. */
function begin() {
    const page = document.getElementById("page");
    page.textContent = theSet ? theSet.title : "The file set.js beside this page is missing or damaged.";
}

document.addEventListener("DOMContentLoaded", begin);
