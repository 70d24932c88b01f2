// SPDX-License-Identifier: BSD-3-Clause
// ---- jumps: the worst slice of an organ, the next disagreement, the next finding ----

/** Which voxels of a slice disagree, of one organ or of those that are shown: 1 or 0 of each. */
function disagreement(reference, prediction, organ) {
    const shown =
        organ === null ? shownValues() : Uint8Array.from({length: 256}, (_, value) => value === organ ? value : 0);
    return reference.data.map((value, i) => Number(shown[value] !== shown[prediction.data[i]]));
}

/** Those around which all eight neighbours are set too: what is left without the seams of organs. */
function thickPart(mask, width, height) {
    const thick = new Uint8Array(mask.length);
    for (let y = 1; y + 1 < height; y++)
        for (let x = 1; x + 1 < width; x++) {
            const i = x + y * width;
            thick[i] = [
                i - width - 1, i - width, i - width + 1, i - 1, i, i + 1, i + width - 1, i + width, i + width + 1
            ].every((one) => mask[one]);
        }
    return thick;
}

/** The set voxel that is nearest to the middle of all, as [column, row]; null of none. */
function middleOf(mask, width) {
    const places = [];
    mask.forEach((value, i) => {
        if (value)
            places.push([i % width, Math.floor(i / width)]);
    });
    const middle = [0, 1].map((axis) => meanOf(places.map((place) => place[axis])));
    const distance = (place) => Math.hypot(place[0] - middle[0], place[1] - middle[1]);
    return places.reduce((best, place) => best === null || distance(place) < distance(best) ? place : best, null);
}

/** Goes to a slice, and to a voxel in it if there is one. */
function goToSlice(plane, index, inPlane) {
    const voxel = [...view.at];
    voxel[plane.through] = index;
    if (inPlane) {
        voxel[plane.across] = inPlane[0];
        voxel[plane.down] = inPlane[1];
    }
    if (view.plane !== plane)
        showPlane(plane);
    moveTo(voxel);
}

// ---- the worst slice ----

/** Which voxels of a slice count: those of an organ that disagree, or all of them. */
async function maskOfSlice(plane, index, organ, disagreeing) {
    const [reference, prediction] = await Promise.all(["reference", "prediction"].map((layer) =>
        view.opened.slice(layer, plane, index)));
    const labels = reference ?? prediction;
    if (!labels || (disagreeing && !(reference && prediction)))
        return null;
    return disagreeing ? disagreement(reference, prediction, organ) :
                         labels.data.map((value) => Number(value === organ));
}

function ones(mask) {
    let count = 0;
    for (const value of mask)
        count += value;
    return count;
}

/** The axial slice with the most voxels that count: {plane, index, middle}, null if there is none. */
async function fullestSlice(organ, disagreeing) {
    const plane = planes[0];
    let fullest = null, most = 0;
    for (let index = 0; index < view.volume.shape[plane.through]; index++) {
        const mask = await maskOfSlice(plane, index, organ, disagreeing), count = mask ? ones(mask) : 0;
        if (count > most) {
            most = count;
            fullest = {plane, index, middle: middleOf(mask, view.volume.shape[plane.across])};
        }
    }
    return fullest;
}

/** What the report knows of an organ. */
async function knownWorstSlice(organ) {
    const known = (view.volume.worst ?? view.entry.worst)?.[review.organs.findIndex((one) => one.value === organ)];
    if (!known)
        return null;
    const plane = planeNamed(known.plane), mask = await maskOfSlice(plane, known.index, organ, true);
    return {plane, index: known.index, middle: mask && middleOf(mask, view.volume.shape[plane.across])};
}

/** Where nothing disagrees, the largest slice of the organ, so that it is found. */
async function goToWorst(organ = view.organ) {
    const opened = view.opened, chosen = organ ?? worstOrganShown();
    const found = chosen === null ? null : await knownWorstSlice(chosen) ?? await fullestSlice(chosen, true) ??
        await fullestSlice(chosen, false);
    if (view.opened !== opened)
        return;
    if (chosen !== view.organ)
        chooseOrgan(chosen);
    if (found)
        goToSlice(found.plane, found.index, found.middle);
    tell(found ? `${capital(organTitle(organOf(chosen)))}, ${found.plane.name} slice ${found.index + 1}` :
        "The organ is in no slice.");
}

/** If none is chosen: the organ with the worst score. */
function worstOrganShown() {
    const measure = (review.set.score_keys ?? [])[0];
    return (measure && worstOrgan(view.entry, measure)?.organ.value) ?? review.organs[0]?.value ?? null;
}

// ---- the next disagreement ----

/** The next slice of the plane that disagrees by more than a seam; if none does, the next that disagrees at all. */
async function findDisagreement(step) {
    const plane = view.plane, count = view.volume.shape[plane.through], begin = view.at[plane.through];
    let seam = null;
    for (let n = 1; n <= count; n++) {
        const index = (begin + (step * n) % count + count) % count;
        const [reference, prediction] = await Promise.all(["reference", "prediction"].map((layer) =>
            view.opened.slice(layer, plane, index)));
        const mask = disagreement(reference, prediction, view.organ);
        const thick = middleOf(thickPart(mask, reference.width, reference.height), reference.width);
        if (thick)
            return {plane, index, middle: thick};
        seam ??= ones(mask) ? {plane, index, middle: middleOf(mask, reference.width)} : null;
    }
    return seam;
}

async function goToDisagreement(step) {
    const opened = view.opened, found = hasLayer("difference") ? await findDisagreement(step) : null;
    if (found && view.opened === opened)
        goToSlice(found.plane, found.index, found.middle);
    tell(found ? `Disagreement in slice ${found.index + 1}` : "There is no disagreement.");
}

// ---- the next finding ----

function findingsShown() {
    return view.volume?.findings ?? view.entry.findings ?? [];
}

function goToFinding(number) {
    const findings = findingsShown();
    if (findings.length === 0) {
        tell("This case has no findings.");
        return;
    }
    view.finding = (number + findings.length) % findings.length;
    const finding = findings[view.finding];
    if (organOf(finding.organ))
        view.organ = finding.organ;
    const voxel = finding.voxel ?? (finding.mm && voxelAt(view.volume, finding.mm));
    if (voxel)
        view.at = clampVoxel(view.volume, voxel);
    refresh();
    refreshFindings();
    refreshVerdictForm();
    tell(`Finding ${view.finding + 1} of ${findings.length}: ${textOf(finding.text ?? finding.kind)}`);
}
