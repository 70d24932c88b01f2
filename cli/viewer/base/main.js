// SPDX-License-Identifier: BSD-3-Clause
// ---- the beginning, and the way between the pages ----

/** Runs when viewer.js and set.js have run. */
async function begin() {
    const page = document.getElementById("page");
    if (!theSet || theSet.format !== 1) {
        page.append(element("p", {class: "note"}, theSet ? "This report is of a newer format than this viewer." :
            "The file set.js of this report is missing or damaged. Make the report again."));
        return;
    }
    try {
        hideToken();
        await beginReview();
    } catch (error) {
        page.append(element("p", {class: "note"}, error.message));
        return;
    }
    window.addEventListener("hashchange", showAddress);
    window.addEventListener("keydown", takeKey);
    showAddress();
}

/** The token of the server is in a cookie by now; in the address it would be seen and sent on. */
function hideToken() {
    if (new URLSearchParams(location.search).has("token"))
        history.replaceState(null, "", location.pathname + location.hash);
}

function showAddress() {
    const address = readAddress();
    if (address.case) {
        if (view.entry?.id === address.case && view.volume)
            moveToAddress(address);
        else
            showCase(address.case).then(() => document.querySelector("h1")?.focus({preventScroll: true}));
        return;
    }
    const before = view.entry?.id;
    dropCase();
    showStart();
    if (before !== undefined)
        focusRow(before);
}

/** Back in the table, one goes on where one was. */
function focusRow(id) {
    const row = [...document.querySelectorAll(".cases tbody tr")].find((one) => one.dataset.case === id);
    const place = row?.querySelector("a") ?? document.querySelector("h1");
    place.focus({preventScroll: true});
    place.scrollIntoView({block: "center"});
}

/** The address of the case that is shown was changed by hand or by the back button. */
function moveToAddress(address) {
    takePlace(address);
    arrangePanes();
    refresh();
    refreshVerdictForm();
}

document.addEventListener("DOMContentLoaded", begin);
