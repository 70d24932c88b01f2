// SPDX-License-Identifier: BSD-3-Clause
// ---- keys: one table for what they do and for the help ----

/** `page` is where a key works; "any" is both. Letters without Shift are small, with Shift capital. */
const keyTable = [
    {keys: ["j"], page: "case", title: "Next case of the list", act: () => stepCase(1)},
    {keys: ["k"], page: "case", title: "Previous case of the list", act: () => stepCase(-1)},
    {keys: ["b"], page: "case", title: "Back to all cases", act: () => goTo(addressOfStart())},
    {keys: ["ArrowUp", "ArrowRight"], page: "case", title: "Next slice (also the wheel)", act: () => stepSlice(1)},
    {keys: ["ArrowDown", "ArrowLeft"], page: "case", title: "Previous slice", act: () => stepSlice(-1)},
    {keys: ["PageUp"], page: "case", title: "Ten slices on", act: () => stepSlice(10)},
    {keys: ["PageDown"], page: "case", title: "Ten slices back", act: () => stepSlice(-10)},
    {keys: ["Home"], page: "case", title: "First slice", act: () => stepSlice(-Infinity)},
    {keys: ["End"], page: "case", title: "Last slice", act: () => stepSlice(Infinity)},
    {
        keys: ["Shift+ArrowLeft", "Shift+ArrowRight", "Shift+ArrowUp", "Shift+ArrowDown"],
        page: "case",
        title: "Move the cursor in the large picture",
        act: (key) => moveCursor(key)
    },
    {keys: ["1"], page: "case", title: "Axial plane", act: () => showPlane(planes[0])},
    {keys: ["2"], page: "case", title: "Coronal plane", act: () => showPlane(planes[1])},
    {keys: ["3"], page: "case", title: "Sagittal plane", act: () => showPlane(planes[2])},
    {keys: ["m"], page: "case", title: "Reference, prediction and difference side by side", act: () => toggleCompare()},
    {keys: ["z"], page: "case", title: "Zoom in (also Ctrl and the wheel)", act: () => changeZoom(1.25)},
    {keys: ["Z"], page: "case", title: "Zoom out", act: () => changeZoom(0.8)},
    {keys: ["["], page: "case", title: "Previous window (or drag with the right button)", act: () => stepWindow(-1)},
    {keys: ["]"], page: "case", title: "Next window", act: () => stepWindow(1)},
    {keys: ["o"], page: "case", title: "Overlay on or off", act: () => change({overlay: !view.overlay})},
    {keys: ["f"], page: "case", title: "Filled or outline", act: () => change({outline: !view.outline, overlay: true})},
    {keys: ["+", "="], page: "case", title: "Overlay more opaque", act: () => changeOpacity(0.1)},
    {keys: ["-"], page: "case", title: "Overlay more transparent", act: () => changeOpacity(-0.1)},
    {keys: ["r"], page: "case", title: "Reference", act: () => showLayer("reference")},
    {keys: ["p"], page: "case", title: "Prediction", act: () => showLayer("prediction")},
    {keys: ["d"], page: "case", title: "Difference", act: () => showLayer("difference")},
    {keys: ["g"], page: "case", title: "Choose the next organ", act: () => stepOrgan(1)},
    {keys: ["G"], page: "case", title: "Choose the previous organ", act: () => stepOrgan(-1)},
    {
        keys: ["i"],
        page: "case",
        title: "Chosen organ on or off",
        act: () => view.organ === null ? toggleAllOrgans() : toggleOrgan(view.organ)
    },
    {keys: ["I"], page: "case", title: "Chosen organ alone, or all", act: () => showAlone(view.organ)},
    {keys: ["e"], page: "case", title: "Every organ on or off", act: () => toggleAllOrgans()},
    {keys: ["w"], page: "case", title: "Worst slice of the chosen organ", act: () => goToWorst()},
    {keys: ["n"], page: "case", title: "Next disagreement", act: () => goToDisagreement(1)},
    {keys: ["N"], page: "case", title: "Previous disagreement", act: () => goToDisagreement(-1)},
    {keys: ["."], page: "case", title: "Next finding", act: () => goToFinding(view.finding + 1)},
    {
        keys: [","],
        page: "case",
        title: "Previous finding",
        act: () => goToFinding(view.finding < 0 ? -1 : view.finding - 1)
    },
    {keys: ["a"], page: "case", title: "Verdict: pass (accept)", act: () => giveVerdict("pass")},
    {keys: ["x"], page: "case", title: "Verdict: fail", act: () => giveVerdict("fail")},
    {keys: ["u"], page: "case", title: "Verdict: unsure", act: () => giveVerdict("unsure")},
    {
        keys: ["t"],
        page: "case",
        title: "Write the text of a verdict (Escape ends it)",
        act: () => controls.verdictText.focus()
    },
    {keys: ["c"], page: "case", title: "Verdict with the place of the cursor, or without", act: () => togglePlace()},
    {keys: ["/"], page: "start", title: "Search", act: () => document.getElementById("search").focus()},
    {keys: ["t"], page: "start", title: "To the table of cases", act: () => goToTable()},
    {keys: ["?", "h"], page: "any", title: "This help", act: () => toggleHelp()},
];

/** Keys of one letter can be switched off, for those who speak to their computer. */
let keysAreOn = true;

function nameOfKey(event) {
    return event.shiftKey && event.key.startsWith("Arrow") ? `Shift+${event.key}` : event.key;
}

/** Fields take their own keys, but Escape leaves them. */
function isTakenByField(event) {
    const field = event.target.closest?.("input, select, textarea");
    if (!field)
        return false;
    if (event.key === "Escape" || (event.key === "Enter" && field.type === "text"))
        field.blur();
    const isSteady = ["checkbox", "range", "button"].includes(field.type);
    return !isSteady || (field.type === "range" && /^(Arrow|Page|Home|End)/.test(event.key));
}

function takeKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !keysAreOn || document.querySelector("dialog[open]") ||
        isTakenByField(event))
        return;
    const page = document.getElementById("page").className, name = nameOfKey(event);
    const known = keyTable.find((row) => row.keys.includes(name) && (row.page === "any" || row.page === page));
    if (!known || (page === "case" && !view.volume && !["j", "k", "b", "?", "h"].includes(name)) || isInScroll(event))
        return;
    event.preventDefault();
    view.hover = null; // what a key does is read at the cursor
    known.act(name);
}

/** Arrow keys scroll a list that has the focus. */
function isInScroll(event) {
    return event.target.classList?.contains("scroll") && /^(Arrow|Page|Home|End)/.test(event.key);
}

/** In the directions of the picture, whose axes are reversed. */
function moveCursor(key) {
    const {across, down} = view.plane;
    const [axis, step] = {"Shift+ArrowLeft": [across, 1], "Shift+ArrowRight": [across, -1], "Shift+ArrowUp": [down, 1],
        "Shift+ArrowDown": [down, -1]}[key];
    moveBy(axis, step);
}

// ---- help and messages ----

const namesOfKeys = {ArrowUp: "\u2191", ArrowDown: "\u2193", ArrowLeft: "\u2190", ArrowRight: "\u2192"};

function keyText(key) {
    return key.split("+").map((part) => namesOfKeys[part] ?? part).join(" ").trim() || key;
}

function toggleHelp() {
    const open = document.querySelector("dialog[open]");
    if (open)
        open.close();
    else
        openDialog("Keys", helpTable(), keySwitch());
}

function helpTable() {
    return element("table", {class: "help"},
        element("tbody", {},
            keyTable.map(
                (row) => element("tr", {},
                    element("th", {scope: "row"}, row.keys.map((key) => [element("kbd", {}, keyText(key)), " "])),
                    element("td", {}, row.title)))));
}

function keySwitch() {
    return element("label", {}, element("input", {type: "checkbox", checked: keysAreOn, onchange: (event) => {
        keysAreOn = event.target.checked;
    }}), " Keys are on");
}

function openDialog(title, ...content) {
    const dialog = element("dialog", {"aria-label": title, onclose: () => dialog.remove()},
        element("div", {class: "panel-head"}, element("h2", {}, title),
            button("Close", () => dialog.close(), {autofocus: true})),
        content);
    dialog.addEventListener("keydown", (event) => {
        if (["?", "h"].includes(event.key))
            dialog.close();
    });
    document.body.append(dialog);
    dialog.showModal();
}

function showMessage(text) {
    if (!document.querySelector("dialog[open]"))
        openDialog("Message", element("p", {}, text));
}
