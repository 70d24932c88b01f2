# SPDX-License-Identifier: BSD-3-Clause
"""amos convert against nibabel and scipy, voxel by voxel."""
import json
import os
import subprocess
import tempfile
import unittest

import nibabel
import numpy
from nibabel import orientations
from scipy import ndimage

import amos
from common import COMMAND, Test, phantom

OBLIQUE = numpy.array([[-0.8, 0.05, 0.1, 90], [0.03, 0.7, -0.2, -60], [0.06, 0.1, 2.4, 30], [0, 0, 0, 1]])


def convert(*words, code=0):
    done = subprocess.run([COMMAND, "convert", *map(str, words)], capture_output=True, text=True)
    if done.returncode != code:
        raise AssertionError(f"exit code {done.returncode}: {done.stderr}")
    return done


def values_of(image):
    return numpy.asanyarray(image.dataobj)


class AgainstNibabel(Test):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.out = os.path.join(folder.name, "out.nii.gz")
        root = phantom()
        self.image = os.path.join(root, "imagesTr/amos_0001.nii.gz")
        self.label = os.path.join(root, "labelsTr/amos_0001.nii.gz")

    def save(self, voxels, affine=OBLIQUE, name="in.nii.gz", **header):
        image = nibabel.Nifti1Image(voxels, affine, dtype=voxels.dtype)
        for field, value in header.items():
            image.header[field] = value
        path = os.path.join(self.folder, name)
        nibabel.save(image, path)
        return path

    def assert_same(self, voxels, affine, dtype=None):
        got = nibabel.load(self.out)
        numpy.testing.assert_array_equal(values_of(got), voxels)
        numpy.testing.assert_allclose(got.affine, affine, atol=1e-4)
        if dtype:
            self.assertEqual(got.get_data_dtype(), dtype)
        subprocess.run(["gzip", "-t", self.out], check=True)

    def test_every_orientation(self):
        for path in (self.image, self.save(numpy.arange(7 * 5 * 4, dtype=numpy.int16).reshape(7, 5, 4))):
            image = nibabel.load(path)
            here = orientations.io_orientation(image.affine)
            for axes in ("RAS", "LPS", "SAR", "PIL", "ARS", "ILP"):
                turned = image.as_reoriented(orientations.ornt_transform(here, orientations.axcodes2ornt(axes)))
                convert(path, "-o", self.out, "--orient", axes, "--force")
                self.assert_same(values_of(turned), turned.affine, image.get_data_dtype())

    def test_box(self):
        image = nibabel.load(self.image)
        part = image.slicer[3:20, 5:30, 2:9]
        convert(self.image, "-o", self.out, "--box", "3:20,5:30,2:9")
        self.assert_same(values_of(part), part.affine)
        canonical = nibabel.as_closest_canonical(nibabel.load(self.label)).slicer[3:20, 5:30, 2:9]
        convert(self.label, "-o", self.out, "--box", "3:20,5:30,2:9", "--orient", "RAS", "--force")
        self.assert_same(values_of(canonical), canonical.affine, numpy.uint8)

    def test_every_type(self):
        voxels = numpy.random.default_rng(1).integers(0, 120, (9, 8, 7))
        for source in ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64"):
            path = self.save(voxels.astype(source), name=source + ".nii.gz", qform_code=0)
            for target in ("uint8", "int16", "uint16", "int32", "float32", "float64", "int64"):
                convert(path, "-o", self.out, "--type", target, "--force")
                self.assert_same(voxels.astype(target), OBLIQUE, numpy.dtype(target))

    def test_the_header_is_kept_bit_for_bit(self):
        path = self.save(numpy.arange(60, dtype=numpy.int16).reshape(5, 4, 3), descrip=b"of a scanner")
        image = nibabel.load(path)
        image.header.set_qform(OBLIQUE, 3)
        image.header.set_sform(OBLIQUE, 2)
        image.header.set_xyzt_units("mm", "sec")
        nibabel.save(image, path)
        before = nibabel.load(path).header
        convert(path, "-o", self.out, "--type", "float32")
        after = nibabel.load(self.out).header
        for field in ("pixdim", "qform_code", "sform_code", "quatern_b", "quatern_c", "quatern_d", "qoffset_x",
                      "qoffset_y", "qoffset_z", "srow_x", "srow_y", "srow_z", "descrip", "xyzt_units"):
            numpy.testing.assert_array_equal(after[field], before[field], field)
        convert(path, "-o", self.out, "--header", "clean", "--force")
        after = nibabel.load(self.out).header
        self.assertEqual((int(after["sform_code"]), after["descrip"].item()), (1, b""))
        convert(path, "-o", self.out, "--orient", "RAS", "--force")
        after = nibabel.load(self.out).header
        self.assertEqual((int(after["sform_code"]), after["descrip"].item()), (2, b"of a scanner"))

    def test_scaling_stays_with_stored_voxels(self):
        stored = numpy.arange(-30, 30, dtype=numpy.int16).reshape(5, 4, 3)
        image = nibabel.Nifti1Image(stored, OBLIQUE)
        image.header.set_slope_inter(0.5, -3)
        path = os.path.join(self.folder, "scaled.nii.gz")
        with open(path[:-3], "wb") as file:
            image.header["magic"] = b"n+1"
            image.header["vox_offset"] = 352
            file.write(image.header.binaryblock + bytes(4) + stored.tobytes(order="F"))
        path = path[:-3]
        want = nibabel.load(path)
        self.assertEqual(want.dataobj.slope, 0.5)
        convert(path, "-o", self.out)
        self.assert_same(values_of(want), want.affine)
        self.assertEqual(nibabel.load(self.out).dataobj.slope, 0.5)
        convert(path, "-o", self.out, "--type", "float32", "--force")
        self.assert_same(values_of(want).astype(numpy.float32), want.affine, numpy.float32)
        error = convert(path, "-o", self.out, "--type", "int16", "--force", code=1).stderr
        self.assertIn("30 voxels are not whole numbers", error)
        self.assert_same(values_of(want).astype(numpy.float32), want.affine)  # nothing was replaced
        note = convert(path, "-o", self.out, "--type", "int16", "--force", "--lossy").stdout
        self.assertIn("30 voxels rounded to int16, by up to 0.5", note)
        self.assert_same(numpy.rint(values_of(want)), want.affine, numpy.int16)

    def test_frames(self):
        voxels = numpy.random.default_rng(2).integers(-50, 50, (6, 5, 4, 3)).astype(numpy.int16)
        path = self.save(voxels)
        convert(path, "-o", self.out)
        self.assert_same(voxels, OBLIQUE)
        image = nibabel.load(path)
        image.header["pixdim"][4] = 2.5
        nibabel.save(image, path)
        convert(path, "-o", self.out, "--force")
        self.assertEqual(nibabel.load(self.out).header["pixdim"][4], 2.5)
        note = convert(path, "-o", self.out, "--force", "--orient", "SAL").stdout
        self.assertIn("the step between frames (2.5) is not copied", note)
        convert(path, "-o", self.out, "--frame", "1", "--force")
        self.assert_same(voxels[..., 1], OBLIQUE)
        self.assertIn("choose one by --frame", convert(path, "-o", self.out, "--spacing", "2,2,2", "--force", code=1).stderr)
        path = self.save(voxels.reshape(6, 5, 4, 1, 3), name="vectors.nii.gz")
        self.assertIn("order would be lost", convert(path, "-o", self.out, "--force", code=1).stderr)

    def test_other_headers(self):
        voxels = numpy.arange(60, dtype=">i2").reshape(5, 4, 3)
        path = os.path.join(self.folder, "big.nii")
        header = nibabel.Nifti2Header(endianness=">")
        header.set_data_dtype(numpy.int16)
        nibabel.save(nibabel.Nifti2Image(voxels, OBLIQUE, header), path)
        convert(path, "-o", self.out)
        self.assert_same(voxels, OBLIQUE, numpy.dtype("<i2"))
        pair = os.path.join(self.folder, "pair.hdr")
        nibabel.save(nibabel.Nifti1Pair(voxels.astype(numpy.int16), OBLIQUE), pair)
        convert(pair, "-o", self.out, "--force")
        self.assert_same(voxels, OBLIQUE)

    def test_extensions_are_said(self):
        image = nibabel.Nifti1Image(numpy.zeros((3, 3, 3), numpy.uint8), OBLIQUE)
        image.header.extensions.append(nibabel.nifti1.Nifti1Extension("comment", b"from the scanner"))
        image.header.set_intent("z score")
        path = os.path.join(self.folder, "extended.nii.gz")
        nibabel.save(image, path)
        done = convert(path, "-o", self.out)
        self.assertIn("1 extension of the header is not copied", done.stdout)
        self.assertIn("the intent of the header (code 5) is not copied", done.stdout)

    def test_labels(self):
        voxels = values_of(nibabel.load(self.label)).copy()
        affine = nibabel.load(self.label).affine
        convert(self.label, "-o", self.out, "--relabel", "3=2,*=*")
        self.assert_same(numpy.where(voxels == 3, 2, voxels), affine)
        convert(self.label, "-o", self.out, "--relabel", "6=liver,*=0", "--type", "uint16", "--force")
        self.assert_same(numpy.where(voxels == 6, 6, 0), affine, numpy.uint16)
        path = self.save(numpy.where(voxels == 6, 255, voxels).astype(numpy.float64), affine)
        self.assertIn("E_LABEL", convert(path, "-o", self.out, "--labels", "--force", code=1).stderr)
        convert(path, "-o", self.out, "--labels", "--ignore", "255", "--force")
        self.assert_same(numpy.where(voxels == 6, 0, voxels), affine, numpy.uint8)

    def test_specks(self):
        voxels = values_of(nibabel.load(self.label)).copy()
        random = numpy.random.default_rng(3)
        places = numpy.argwhere(voxels == 0)
        for place in places[random.choice(len(places), 60, replace=False)]:
            voxels[tuple(place)] = random.integers(1, 16)
        clean = voxels.copy()
        for organ in range(1, 16):
            numbers, count = ndimage.label(voxels == organ, numpy.ones((3, 3, 3)))
            sizes = numpy.bincount(numbers.ravel())[1:]
            for number in range(1, count + 1):
                if sizes[number - 1] < 20 and number - 1 != sizes.argmax():
                    clean[numbers == number] = 0
        path = self.save(voxels, nibabel.load(self.label).affine)
        done = convert(path, "-o", self.out, "--labels", "--drop-specks", "20")
        self.assertIn("dropped", done.stdout)
        self.assert_same(clean, nibabel.load(self.label).affine)

    def test_a_references_grid(self):
        """Linear, cubic B-spline and nearest on an oblique grid, by map_coordinates."""
        image = nibabel.load(self.image)
        shape = (23, 19, 17)
        affine = image.affine @ numpy.array(
            [[1.3, 0.1, 0, 3], [-0.1, 1.4, 0.05, 4], [0, 0.02, 1.1, 2], [0, 0, 0, 1]])
        reference = self.save(numpy.zeros(shape, numpy.uint8), affine, "reference.nii.gz")
        affine = nibabel.load(reference).affine
        grid = numpy.stack(numpy.meshgrid(*map(numpy.arange, shape), indexing="ij"))
        points = numpy.linalg.inv(image.affine) @ affine @ numpy.concatenate(
            [grid.reshape(3, -1), numpy.ones((1, grid[0].size))])
        voxels = values_of(image).astype(numpy.float64)
        inside = numpy.all((points[:3] > -0.5) & (points[:3].T < numpy.array(voxels.shape) - 0.5).T, axis=0)
        for method, order, mode in (("linear", 1, "nearest"), ("bspline", 3, "mirror")):
            convert(self.image, "-o", self.out, "--like", reference, "--interpolation", method, "--type", "float64",
                    "--outside", "-7", "--force")
            want = ndimage.map_coordinates(voxels, points[:3], order=order, mode=mode)
            got = values_of(nibabel.load(self.out)).reshape(-1)
            deep = numpy.all((points[:3] >= 0) & (points[:3].T <= numpy.array(voxels.shape) - 1).T, axis=0)
            numpy.testing.assert_allclose(got[deep], want[deep], atol=0.05)
            self.assertTrue((got[~inside] == -7).all())
        label = values_of(nibabel.load(self.label))
        convert(self.label, "-o", self.out, "--like", reference, "--force", "--lossy")
        nearest = numpy.floor(points[:3] + 0.5).astype(int)
        sharp = inside & (numpy.abs(points[:3] - numpy.floor(points[:3]) - 0.5) > 1e-4).all(0)
        got = values_of(nibabel.load(self.out)).reshape(-1)
        numpy.testing.assert_array_equal(got[sharp], label[tuple(nearest[:, sharp])])
        self.assertFalse(got[~inside].any())
        numpy.testing.assert_array_equal(nibabel.load(self.out).affine, affine)

    def test_a_spacing(self):
        image = nibabel.load(self.image)
        old = numpy.array(image.header.get_zooms()[:3], numpy.float64)
        new = old * (1.5, 0.7, 1.25)
        convert(self.image, "-o", self.out, "--spacing", ",".join(map(repr, map(float, new))), "--type", "float32")
        got = nibabel.load(self.out)
        numpy.testing.assert_allclose(got.header.get_zooms(), new, rtol=1e-6)
        self.assertEqual(got.shape, tuple(int(numpy.rint(n)) for n in numpy.array(image.shape) * old / new))
        points = numpy.linalg.inv(image.affine) @ got.affine @ numpy.concatenate(
            [numpy.indices(got.shape).reshape(3, -1), numpy.ones((1, numpy.prod(got.shape)))])
        want = ndimage.map_coordinates(values_of(image).astype(numpy.float64), points[:3], order=1, mode="nearest")
        numpy.testing.assert_allclose(values_of(got).reshape(-1), want, atol=0.05)
        centre = [im.affine @ numpy.append((numpy.array(im.shape) - 1) / 2, 1) for im in (image, got)]
        numpy.testing.assert_allclose(centre[0], centre[1], atol=1e-3)

    def test_a_data_set(self):
        root, out = phantom(), os.path.join(self.folder, "set")
        done = convert(root, "-o", out, "--orient", "RAS", "-j", "2", "--json")
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual({row["outcome"] for row in rows}, {"converted"})
        for row in rows:
            want = nibabel.as_closest_canonical(nibabel.load(row["input"]))
            got = nibabel.load(row["output"])
            numpy.testing.assert_array_equal(values_of(got), values_of(want))
            numpy.testing.assert_allclose(got.affine, want.affine, atol=1e-4)
        made, source = amos.Dataset(out), amos.Dataset(root)
        self.assertEqual([case.id for case in made], [case.id for case in source])
        again = [json.loads(line) for line in convert(root, "-o", out, "--orient", "RAS", "--json").stdout.splitlines()]
        self.assertEqual({row["outcome"] for row in again}, {"kept"})


if __name__ == "__main__":
    unittest.main()
