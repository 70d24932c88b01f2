// SPDX-License-Identifier: BSD-3-Clause
// ---- volumes in the script of a case: base64 of zlib's format, with a filter ----

function bytesOfBase64(text) {
    const raw = atob(text), bytes = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i++)
        bytes[i] = raw.charCodeAt(i);
    return bytes;
}

async function inflate(bytes) {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** How far back the voxel lies that was subtracted; 0 is none. */
const filterDistances = {
    none: () => 0,
    left: () => 1,
    up: ([nx]) => nx,
    slice: ([nx, ny]) => nx * ny,
};

/** Undoes the filter in place. The first voxel of a row, row of a slice, or slice has nothing before it. */
function unfilter(bytes, filter, shape) {
    const distance = filterDistances[filter ?? "none"];
    if (!distance)
        throw new Error(`The filter "${filter}" is unknown to this viewer.`);
    const step = distance(shape), period = {left: shape[0], up: shape[0] * shape[1]}[filter] ?? bytes.length;
    if (step > 0)
        for (let i = step; i < bytes.length; i++)
            if (i % period >= step)
                bytes[i] = (bytes[i] + bytes[i - step]) & 255;
    return bytes;
}

/** The voxels of a layer, x fastest; null if there is none. */
async function decodeLayer(layer, shape) {
    if (!layer)
        return null;
    if (layer.encoding !== "deflate")
        throw new Error(`The encoding "${layer.encoding}" is unknown to this viewer.`);
    const bytes = await inflate(bytesOfBase64(layer.data));
    if (bytes.length !== shape[0] * shape[1] * shape[2])
        throw new Error(`A volume has ${bytes.length} voxels, but its shape is ${shape.join(" x ")}.`);
    return unfilter(bytes, layer.filter, shape);
}
