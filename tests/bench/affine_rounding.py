#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""How far programs displace a volume without meaning to: the table of docs/conventions.md ("Whether two files fit").

Needs NumPy and nibabel; takes a few seconds:  python3 tests/bench/affine_rounding.py
"""
import itertools

import numpy as np
from nibabel.quaternions import mat2quat, quat2mat

GRIDS = [
    ((320, 320, 72), (1.25, 1.25, 5.0)),
    ((512, 512, 100), (0.7421875, 0.7421875, 5.0)),
    ((512, 512, 600), (0.78125, 0.78125, 1.0)),
    ((768, 768, 103), (0.68359375, 0.68359375, 5.0)),
    ((512, 512, 200), (0.919922, 0.919922, 1.0)),
    ((260, 320, 72), (1.1875, 1.1875, 3.0)),
]
TILTS = [0, 0.01, 0.05, 0.5, 5, 15]  # degrees
HALF_TURN = 5e-7  # below this square of the quaternion's first part, rounding decides its angle

random = np.random.default_rng(1)


def float32(numbers):
    return np.asarray(numbers, np.float32).astype(np.float64)


def digits(numbers, count):
    return np.vectorize(lambda number: float("%.*g" % (count, number)))(numbers)


def displacement(a, b, shape):
    corners = np.array([[i, j, k, 1] for i in (0, 1) for j in (0, 1) for k in (0, 1)], float)
    corners[:, :3] *= np.array(shape) - 1
    return np.linalg.norm((corners @ (a - b).T)[:, :3], axis=1).max()


def rotation(degrees):
    axis = random.normal(size=3)
    x, y, z = axis / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = np.radians(degrees)
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def affines(spacing):
    for order in itertools.permutations(range(3)):
        for signs in itertools.product((-1, 1), repeat=3):
            for tilt in TILTS:
                for _ in range(6 if tilt else 1):
                    affine = np.eye(4)
                    affine[:3, :3] = 0
                    for axis in range(3):
                        affine[order[axis], axis] = signs[axis] * spacing[axis]
                    affine[:3, :3] = rotation(tilt * random.uniform()) @ affine[:3, :3]
                    affine[:3, 3] = random.uniform(-300, 300, 3)
                    yield affine


def through_qform(affine, root):
    """The affine by a qform of float32, and the square of the quaternion's part a. root: as nibabel reads it."""
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    turned = affine[:3, :3] / spacing
    qfac = np.array([1, 1, np.sign(np.linalg.det(turned))])
    quaternion = mat2quat(turned * qfac)
    bcd = float32(quaternion[1:] * (1 if quaternion[0] >= 0 else -1))
    square = 1 - bcd @ bcd
    zero = square < (0 if root else 1e-7)
    out = np.eye(4)
    out[:3, :3] = quat2mat([0 if zero else square**0.5, *bcd]) * float32(spacing) * qfac
    out[:3, 3] = float32(affine[:3, 3])
    return out, square


def changes(affine):
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    cosines = affine[:3, :3] / spacing

    def changed(matrix=None, origin=None):
        out = affine.copy()
        out[:3, :3] = affine[:3, :3] if matrix is None else matrix
        out[:3, 3] = affine[:3, 3] if origin is None else origin
        return out

    yield "affine in float32", float32(affine)
    narrow = affine[:3, :3].astype(np.float32)
    length = np.linalg.norm(narrow, axis=0).astype(np.float32)
    yield "cosines and spacing in float32", changed(float32(narrow / length * length), float32(affine[:3, 3]))
    zero, square = through_qform(affine, False)
    root, _ = through_qform(affine, True)
    if square > HALF_TURN:
        yield "qform, not nearly a half turn", zero
    yield "all numbers with 6 digits", changed(digits(affine[:3, :3], 6), digits(affine[:3, 3], 6))
    yield "origin with 2 decimals", changed(origin=affine[:3, 3].round(2))
    yield "origin with 1 decimal", changed(origin=affine[:3, 3].round(1))
    yield "cosines with 4 decimals", changed(cosines.round(4) * spacing)
    yield "spacing with 4 digits", changed(cosines * digits(spacing, 4))
    yield "spacing with 3 digits", changed(cosines * digits(spacing, 3))
    yield "one reading of a qform and the other", zero - root + affine


def main():
    worst = {}
    for shape, spacing in GRIDS:
        for affine in affines(spacing):
            for name, other in changes(affine):
                mm = displacement(affine, other, shape)
                largest = worst.setdefault(name, [0, 0])
                largest[0] = max(largest[0], mm)
                largest[1] = max(largest[1], mm / min(spacing))
    for name, (mm, voxels) in worst.items():
        print(f"{name:38} {mm:8.2g} mm {voxels:8.2g} voxels")


if __name__ == "__main__":
    main()
