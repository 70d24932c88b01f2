// SPDX-License-Identifier: BSD-3-Clause
// ---- the verdict on a case or on an organ of it ----

function verdictPanel() {
    controls.verdictOrgan =
        choice([["", "the whole case"], ...review.organs.map((organ) => [String(organ.value), organTitle(organ)])], "",
            (value) => chooseOrgan(value === "" ? null : Number(value)), {id: "verdict-organ"});
    controls.verdictText = element("input", {type: "text", id: "verdict-text", maxlength: 2000, autocomplete: "off"});
    controls.verdictPlace = element("input", {type: "checkbox", id: "verdict-place", onchange: (event) => {
        view.place = event.target.checked;
    }});
    controls.thenNext = element("input", {type: "checkbox", id: "then-next", onchange: (event) => {
        view.thenNext = event.target.checked;
    }});
    controls.verdicts = element("ul", {class: "given", "aria-label": "Verdicts so far"});
    return element("section", {class: "panel", "aria-label": "Verdict"}, element("h2", {}, "Verdict"),
        labelled("on", controls.verdictOrgan), labelled("Text", controls.verdictText),
        element("div", {class: "buttons"}, verdictButton("pass", "a"), verdictButton("fail", "x"),
            verdictButton("unsure", "u")),
        element("label", {}, controls.verdictPlace, " with the place of the cursor"),
        element("label", {}, controls.thenNext, " then go to the next case"), controls.verdicts);
}

function verdictButton(verdict, key) {
    return button(capital(verdict), () => giveVerdict(verdict),
        {class: `verdict ${verdict}`, "aria-keyshortcuts": key, id: `give-${verdict}`});
}

async function giveVerdict(verdict) {
    try {
        await keepVerdict({
            case: view.entry.id,
            verdict,
            organ: organOf(view.organ)?.name ?? null,
            text: controls.verdictText.value.trim(),
            voxel: view.place ? storedVoxelOf(view.volume, view.at) : null,
            mm: view.place ? roundedMillimetres() : null,
            time: new Date().toISOString(),
        });
    } catch (error) {
        showMessage(`The verdict was not kept: ${error.message}`);
        return;
    }
    controls.verdictText.value = "";
    refreshVerdictForm();
    tell(`${capital(verdict)} kept for ${organOf(view.organ) ? organTitle(organOf(view.organ)) : "the whole case"}.`);
    if (view.thenNext)
        stepCase(1);
}

function roundedMillimetres() {
    return millimetresOf(view.volume, view.at)?.map((value) => Math.round(value * 100) / 100) ?? null;
}

function refreshVerdictForm() {
    if (!controls.verdicts)
        return;
    controls.verdictOrgan.value = view.organ === null ? "" : String(view.organ);
    controls.verdictPlace.checked = view.place;
    controls.thenNext.checked = view.thenNext;
    const given = [...verdictsInForce(review.verdicts, view.entry.id).values()];
    controls.verdicts.replaceChildren(...given.map(givenVerdict));
    const decided = review.decided.get(view.entry.id);
    controls.badge.replaceChildren(...decided ? [verdictBadge(decided)] : []);
}

/** Its place, if it has one, is a button that goes there. */
function givenVerdict(verdict) {
    const organ = verdict.organ ? organNamed(verdict.organ) : null,
          voxel = verdict.mm && voxelAt(view.volume, verdict.mm);
    return element("li", {}, verdictBadge(verdict.verdict),
        ` ${organ ? organTitle(organ) : verdict.organ ?? "whole case"}`, verdict.text ? `: ${verdict.text}` : null,
        voxel ? [" ", button("show place", () => moveTo(voxel))] : null,
        element("span", {class: "quiet"}, ` ${timeText(verdict.time)}`));
}

function togglePlace() {
    view.place = !view.place;
    refreshVerdictForm();
    tell(view.place ? "With the place of the cursor" : "Without a place");
}
