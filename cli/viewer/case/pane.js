// SPDX-License-Identifier: BSD-3-Clause
// ---- one picture: a slice of a plane, with cursor, letters and slider ----

class Pane {
    /** `layer` null follows the chosen one. */
    constructor(plane, layer = null) {
        this.plane = plane;
        this.layer = layer;
        this.slices = null; // those that are shown
        this.left = NaN; // edges of what is seen, in voxels
        this.top = NaN;
        this.build();
        listenToPointer(this);
    }

    build() {
        const [left, right, top, bottom] = this.plane.letters;
        const letter = (side, text) => element("span", {class: `letter ${side}`, "aria-hidden": "true"}, text);
        this.canvas = element("canvas", {role: "img", "data-plane": this.plane.name});
        this.stage = element("div", {class: "stage"}, this.canvas);
        this.frame = element("div", {class: "frame"}, this.stage);
        if (view.volume.affine)
            this.frame.append(
                letter("left", left), letter("right", right), letter("top", top), letter("bottom", bottom));
        this.title = element("span", {});
        this.slider = element("input", {type: "range", min: 0, max: view.volume.shape[this.plane.through] - 1, step: 1,
            "aria-label": `${capital(this.plane.name)} slice`, oninput: () => this.slide()});
        this.element = element("section", {class: "pane", "aria-label": this.name()},
            element("div", {class: "pane-head"}, button(this.name(), () => showPlane(this.plane), {class: "plain"}),
                this.title),
            this.frame, this.slider);
    }

    name() {
        return capital(this.plane.name) + (this.layer ? `: ${this.layer}` : "");
    }

    slide() {
        const voxel = [...view.at];
        voxel[this.plane.through] = Number(this.slider.value);
        moveTo(voxel);
    }

    // ---- painting ----

    /** While slices are on their way, only the last wish counts. */
    async paint() {
        this.wanted = true;
        if (this.isPainting)
            return;
        this.isPainting = true;
        try {
            while (this.wanted) {
                this.wanted = false;
                await this.paintOnce();
            }
        } catch (error) {
            showMessage(error.message);
        } finally {
            this.isPainting = false;
        }
    }

    async paintOnce() {
        const opened = view.opened, index = view.at[this.plane.through];
        const [image, reference, prediction] = await Promise.all(["image", "reference", "prediction"].map((layer) =>
            opened.slice(layer, this.plane, index)));
        if (view.opened !== opened)
            return;
        this.slices = {index, image, reference, prediction};
        this.draw();
        refreshReadout();
    }

    /** Sizes in CSS pixels: the largest picture of true proportions that fits; what is zoomed may fill its place. */
    layOut() {
        const {shape, spacing} = view.volume, {across, down} = this.plane;
        const width = shape[across] * (spacing?.[across] ?? 1), height = shape[down] * (spacing?.[down] ?? 1);
        const fit = Math.max(Math.min(this.frame.clientWidth / width, this.frame.clientHeight / height), 1e-6),
              scale = fit * view.zoom;
        this.columns = shape[across];
        this.rows = shape[down];
        this.width = Math.min(width * scale, Math.max(this.frame.clientWidth, width * fit));
        this.height = Math.min(height * scale, Math.max(this.frame.clientHeight, height * fit));
        this.perColumn = width * scale / this.columns;
        this.perRow = height * scale / this.rows;
        this.left = edgeOfView(this.left, this.columns, view.at[across], this.width / this.perColumn);
        this.top = edgeOfView(this.top, this.rows, view.at[down], this.height / this.perRow);
    }

    draw() {
        this.layOut();
        const dense = window.devicePixelRatio || 1, context = this.canvas.getContext("2d");
        this.canvas.width = Math.max(Math.round(this.width * dense), 1);
        this.canvas.height = Math.max(Math.round(this.height * dense), 1);
        this.canvas.style.width = `${this.width}px`;
        this.canvas.style.height = `${this.height}px`;
        const toPixels = new DOMMatrix([this.perColumn * dense, 0, 0, this.perRow * dense,
            (this.left - this.columns) * this.perColumn * dense, (this.top - this.rows) * this.perRow * dense]);
        if (this.slices.image)
            drawPicture(context, greyPicture(this.slices.image, view.window), toPixels, true);
        this.drawOverlay(context, toPixels, dense);
        this.drawCursor(context, dense);
        this.describe();
    }

    drawOverlay(context, toPixels, dense) {
        const layer = this.layer ?? shownLayer(),
              overlay = view.overlay && layer ? overlayOf(this.slices, layer) : null;
        if (!overlay)
            return;
        if (!view.outline) {
            drawPicture(context, labelPicture(overlay, this.columns, this.rows, view.opacity), toPixels, false);
            return;
        }
        context.setTransform(1, 0, 0, 1, 0, 0);
        context.lineWidth = 1.75 * dense;
        context.globalAlpha = Math.min(view.opacity + 0.4, 1);
        for (const [value, path] of outlines(overlay.values, this.columns, this.rows)) {
            const placed = new Path2D();
            placed.addPath(path, toPixels);
            context.strokeStyle = cssColor(overlay.colors[value]);
            context.stroke(placed);
        }
        context.globalAlpha = 1;
    }

    /** Two lines with a gap, so that what they point at is seen. */
    drawCursor(context, dense) {
        const [x, y] = this.pointOf(view.at), gap = 9;
        context.setTransform(dense, 0, 0, dense, 0, 0);
        context.lineWidth = 1;
        context.strokeStyle = "rgba(255, 214, 70, 0.75)";
        context.beginPath();
        for (const [from, to] of [[0, x - gap], [x + gap, this.width]])
            line(context, from, y, Math.max(to, from), y);
        for (const [from, to] of [[0, y - gap], [y + gap, this.height]])
            line(context, x, from, x, Math.max(to, from));
        context.stroke();
    }

    describe() {
        const count = view.volume.shape[this.plane.through], index = this.slices.index;
        this.title.textContent = `${index + 1} / ${count}`;
        this.slider.value = index;
        this.canvas.setAttribute("aria-label", `${this.name()} slice ${index + 1} of ${count}`);
    }

    // ---- between voxels and pixels ----

    /** The centre of a voxel, in CSS pixels of the canvas. */
    pointOf(voxel) {
        return [
            (this.left - voxel[this.plane.across] - 0.5) * this.perColumn,
            (this.top - voxel[this.plane.down] - 0.5) * this.perRow
        ];
    }

    /** The voxel below a pointer. */
    voxelBelow(event) {
        const box = this.canvas.getBoundingClientRect(), voxel = [...view.at];
        voxel[this.plane.across] = Math.ceil(this.left - (event.clientX - box.left) / this.perColumn) - 1;
        voxel[this.plane.down] = Math.ceil(this.top - (event.clientY - box.top) / this.perRow) - 1;
        return clampVoxel(view.volume, voxel);
    }

    /** The values at a voxel of the shown slice; null if it lies in another one. */
    valuesAt(voxel) {
        if (this.slices?.index !== voxel[this.plane.through])
            return null;
        const place = voxel[this.plane.across] + voxel[this.plane.down] * this.columns;
        return {image: this.slices.image?.data[place], reference: this.slices.reference?.data[place],
            prediction: this.slices.prediction?.data[place]};
    }
}

function line(context, x1, y1, x2, y2) {
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
}

/**
 * The voxel edge at the left (or top) of what is seen of a zoomed picture. It stays where it was while the cursor is
 * seen; else the cursor comes to the middle, as far as the edges of the picture allow.
 */
function edgeOfView(before, count, cursor, seen) {
    const isSeen = before <= count && before >= seen && cursor + 1 <= before && cursor >= before - seen;
    return isSeen ? before : Math.min(Math.max(cursor + 0.5 + seen / 2, seen), count);
}

/** The canvas that pictures of one voxel a pixel are laid on before they are scaled. */
const flat = document.createElement("canvas");

function drawPicture(context, picture, toPixels, smooth) {
    flat.width = picture.width;
    flat.height = picture.height;
    flat.getContext("2d").putImageData(picture, 0, 0);
    context.setTransform(toPixels);
    context.imageSmoothingEnabled = smooth;
    context.imageSmoothingQuality = "high";
    context.drawImage(flat, 0, 0);
    context.setTransform(1, 0, 0, 1, 0, 0);
}
