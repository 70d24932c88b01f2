// SPDX-License-Identifier: BSD-3-Clause
// ---- the source of a report on disk: a script for each case, opened when it is needed ----

/** Scripts that are on their way: id -> promise of the case. Who asks again meanwhile gets the same. */
const comingCases = new Map();

function loadCaseScript(id, file) {
    if (!comingCases.has(id))
        comingCases.set(id, startCaseScript(id, file).finally(() => comingCases.delete(id)));
    return comingCases.get(id);
}

/** Loads cases/ID.js. A <script> is what a page from file:// may load. */
function startCaseScript(id, file) {
    return new Promise((resolve, reject) => {
        const script = element("script", {src: file.split("/").map(encodeURIComponent).join("/")});
        const end = (act) => (value) => {
            awaitedCases.delete(id);
            script.remove();
            act(value);
        };
        const refuse = (what) => end(() => reject(new Error(`The file ${file} of this report ${what}.`)));
        awaitedCases.set(id, end(resolve));
        script.addEventListener("error", refuse("cannot be read"));
        script.addEventListener("load", refuse("is damaged"));
        document.head.append(script);
    });
}

/** A case whose volumes are in memory. It is dropped with the last reference to it. */
class ReportCase {
    constructor(facts, image, reference, prediction) {
        this.facts = {...facts, image: null, reference: null, prediction: null};
        this.layers = {image, reference, prediction};
        // null stands for what is no number
        this.levels = Float32Array.from(facts.image?.levels ?? [], (level) => level ?? NaN);
    }

    has(layer) {
        return this.layers[layer] !== null;
    }

    /** {width, height, data}: intensities of the image, label values of the others; null if there is no such layer. */
    async slice(layer, plane, index) {
        if (!this.has(layer))
            return null;
        const codes = sliceOf(this.layers[layer], this.facts.shape, plane, index);
        return layer === "image" ? {...codes, data: this.intensities(codes.data)} : codes;
    }

    intensities(codes) {
        const values = new Float32Array(codes.length);
        for (let i = 0; i < codes.length; i++)
            values[i] = this.levels[codes[i]];
        return values;
    }
}

class ReportSource {
    set() {
        return theSet;
    }

    async open(id) {
        const entry = theSet.cases.find((one) => one.id === id);
        if (!entry?.file)
            throw new Error(`This report has no pictures of ${id}.`);
        const facts = await loadCaseScript(id, entry.file);
        const layers = ["image", "reference", "prediction"].map((layer) => decodeLayer(facts[layer], facts.shape));
        return new ReportCase(facts, ...await Promise.all(layers));
    }

    /** Nothing comes later in a report. */
    async complete() {
        return false;
    }

    async verdicts() {
        return verdictsKeptHere();
    }

    async keep(verdict) {
        keepVerdictHere(verdict);
    }
}
