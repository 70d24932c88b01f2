// SPDX-License-Identifier: BSD-3-Clause
// ---- planes, and positions in voxels and mm ----
//
// Volumes are RAS+: x grows to the patient's right, y to the front, z to the head. Every plane is shown with both of
// its axes reversed: the patient's right is on the left, the front and the head are above, as on a light box.

/** `across` and `down` are the axes of the picture, `through` that of the slices. Letters: left, right, top, bottom. */
const planes = [
    {name: "axial", across: 0, down: 1, through: 2, letters: "RLAP"},
    {name: "coronal", across: 0, down: 2, through: 1, letters: "RLSI"},
    {name: "sagittal", across: 1, down: 2, through: 0, letters: "APSI"},
];

function planeNamed(name) {
    return planes.find((plane) => plane.name === name) ?? planes[0];
}

/** Rows of 3 x 4 numbers times (x, y, z, 1). */
function transform(affine, point) {
    return affine.map((row) => row[0] * point[0] + row[1] * point[1] + row[2] * point[2] + row[3]);
}

/** The inverse, in 3 rows of 4; null of a singular one. */
function inverse(affine) {
    const [[a, b, c, s], [d, e, f, t], [g, h, i, u]] = affine;
    const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
    if (!Number.isFinite(determinant) || determinant === 0)
        return null;
    const rows = [[e * i - f * h, c * h - b * i, b * f - c * e], [f * g - d * i, a * i - c * g, c * d - a * f],
        [d * h - e * g, b * g - a * h, a * e - b * d]].map((row) => row.map((value) => value / determinant));
    return rows.map((row) => [...row, -(row[0] * s + row[1] * t + row[2] * u)]);
}

function millimetresOf(volume, voxel) {
    return volume.affine ? transform(volume.affine, voxel) : null;
}

/** The nearest voxel of the stored file; null if it is unknown how that lies. */
function storedVoxelOf(volume, voxel) {
    const back = volume.affine && volume.stored?.affine ? inverse(volume.stored.affine) : null;
    if (!back)
        return null;
    const shape = volume.stored.shape ?? [Infinity, Infinity, Infinity];
    return transform(back, transform(volume.affine, voxel)).map((value, axis) =>
        Math.min(Math.max(Math.round(value), 0), shape[axis] - 1));
}

/** The shown voxel at a position in mm; null if unknown or outside. */
function voxelAt(volume, millimetres) {
    const back = volume.affine ? inverse(volume.affine) : null;
    return back ? clampVoxel(volume, transform(back, millimetres)) : null;
}

function clampVoxel(volume, voxel) {
    return voxel.map((value, axis) => Math.min(Math.max(Math.round(value) || 0, 0), volume.shape[axis] - 1));
}

/** The voxels of one slice out of a volume, x fastest. */
function sliceOf(bytes, shape, plane, index) {
    const strides = [1, shape[0], shape[0] * shape[1]];
    const width = shape[plane.across], height = shape[plane.down];
    const begin = index * strides[plane.through];
    if (plane.across === 0 && plane.down === 1)
        return {width, height, data: bytes.subarray(begin, begin + width * height)};
    const data = new Uint8Array(width * height);
    for (let row = 0, to = 0; row < height; row++)
        for (let column = 0, from = begin + row * strides[plane.down]; column < width;
             column++, to++, from += strides[plane.across])
            data[to] = bytes[from];
    return {width, height, data};
}
