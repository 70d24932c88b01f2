// SPDX-License-Identifier: BSD-3-Clause
// ---- the source of `amos serve`: slices when they are looked at ----

async function fetchFrom(address, options = {}) {
    const answer = await fetch(address, {credentials: "same-origin", ...options});
    if (!answer.ok)
        throw new Error(
            (await answer.text()).trim().slice(0, 500) || `The server answered ${answer.status} for ${address}.`);
    return answer;
}

async function fetchJson(address) {
    return (await fetchFrom(address)).json();
}

/** Little-endian numbers of a kind, as 32-bit floats if they are scaled. */
const kindsOfVoxels = {uint8: Uint8Array, int16: Int16Array, uint16: Uint16Array, float32: Float32Array};

function voxelsOf(buffer, facts) {
    const stored = new (kindsOfVoxels[facts.type] ?? Uint8Array)(buffer);
    const [slope, intercept] = facts.scale ?? [1, 0];
    return slope === 1 && intercept === 0 ? stored : Float32Array.from(stored, (value) => value * slope + intercept);
}

/** The slices that were looked at last, up to so many bytes. */
class SliceMemory {
    constructor(most) {
        this.most = most;
        this.held = 0;
        this.slices = new Map();
    }

    get(key) {
        const slice = this.slices.get(key);
        if (slice) { // the newest stand last
            this.slices.delete(key);
            this.slices.set(key, slice);
        }
        return slice;
    }

    put(key, slice) {
        this.slices.set(key, slice);
        this.held += slice.data.byteLength;
        for (const [oldest, other] of this.slices) {
            if (this.held <= this.most)
                break;
            this.slices.delete(oldest);
            this.held -= other.data.byteLength;
        }
    }
}

class ServedCase {
    constructor(facts) {
        this.facts = facts;
        this.memory = new SliceMemory(128 << 20);
        this.asked = new Map();
    }

    has(layer) {
        return Boolean(this.facts[layer]);
    }

    async slice(layer, plane, index) {
        if (!this.has(layer))
            return null;
        const key = `${layer}/${plane.name}/${index}`;
        return this.memory.get(key) ?? this.asked.get(key) ?? this.ask(key, layer, plane);
    }

    /** A slice that is on its way is not asked for twice. */
    ask(key, layer, plane) {
        const coming = this.load(key, layer, plane).finally(() => this.asked.delete(key));
        this.asked.set(key, coming);
        return coming;
    }

    async load(key, layer, plane) {
        const answer = await fetchFrom(`slice/${encodeURIComponent(this.facts.id)}/${key}`);
        const data = voxelsOf(await answer.arrayBuffer(), this.facts[layer]);
        const width = this.facts.shape[plane.across], height = this.facts.shape[plane.down];
        if (data.length !== width * height)
            throw new Error(`The server sent ${data.length} voxels for a slice of ${width} x ${height}.`);
        const slice = {width, height, data};
        this.memory.put(key, slice);
        return slice;
    }
}

class ServeSource {
    set() {
        return theSet;
    }

    async open(id) {
        return new ServedCase(await fetchJson(`case/${encodeURIComponent(id)}`));
    }

    /** Asks for what set.js left out of a case, and puts it there. True if something came. */
    async complete(entry) {
        if (entry.isComplete)
            return false;
        for (const what of theSet.prediction && !entry.scores ? ["scores", "findings"] : ["findings"])
            takeKnown(entry, await fetchJson(`${what}/${encodeURIComponent(entry.id)}`), what);
        entry.isComplete = true;
        return true;
    }

    async verdicts() {
        return (await fetchJson("verdicts")).verdicts ?? [];
    }

    async keep(verdict) {
        await fetchFrom("verdicts", {method: "POST", headers: {"Content-Type": "application/json"},
            body: JSON.stringify(verdict)});
    }
}

/** The answer is the list itself, or an object like one of set.cases. */
function takeKnown(entry, answer, what) {
    const known = Array.isArray(answer) ? {[what]: answer} : answer;
    for (const key of ["scores", "volumes", "predicted", "findings", "finding_count", "worst", "fault"])
        if (isKnown(known?.[key]))
            entry[key] = known[key];
}
