// SPDX-License-Identifier: BSD-3-Clause
// ---- the address: everything that a view shows stands behind the # ----
//
// "#split=validation&sort=worst" is a list of cases, "#case=amos_0018&plane=axial&at=120,98,40" a place in one of them.
// The filters stay in the address of a case, so that next and previous follow the same list.

function readAddress() {
    return Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
}

/** An address with changes; null or "" takes a word out. */
function addressWith(changes) {
    const words = {...readAddress(), ...changes};
    const known = Object.entries(words).filter(([, value]) => isKnown(value));
    return "#" + new URLSearchParams(known).toString().replaceAll("%2C", ",");
}

/** What belongs to one case, and is left behind with it. */
const wordsOfACase = {at: null, plane: null};

function addressOfCase(id) {
    return addressWith({...wordsOfACase, case: id});
}

function addressOfStart() {
    return addressWith({...wordsOfACase, case: null});
}

/** Goes to an address: a step for the back button. */
function goTo(address) {
    location.hash = address;
}

/** Changes the address without a step for the back button. */
function noteInAddress(changes) {
    try {
        history.replaceState(null, "", addressWith(changes));
    } catch {
        // Some browsers forbid it for local files, or if it is done too often. The view is right without it.
    }
}
