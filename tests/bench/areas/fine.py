# SPDX-License-Identifier: BSD-3-Clause
"""A label map with fine structures, which shrinks to about a 56th only: that of the first case, of whose organs up to 40 %
of the voxels, chosen at random, became background. They are short runs, so that counting and copying have the most to do.
The limit is the best raw inflate of ISA-L, libdeflate and zlib on the same bytes."""
import importlib.util
import os

from frame import Row

TITLE = "Labels with fine structures"
PER_PAIR = False
HAVE_NIBABEL = importlib.util.find_spec("nibabel") is not None
SHRINKS = 56

ROWS = [
    Row("bytes of the fine label map / compressed", "fine bytes", "fine compressed", unit="x", peer="nibabel"),
    Row("fine label map with counts / raw inflate", "label amos", "label raw", "at most", 1.5, peer="nibabel"),
    Row("fine label map into memory of a pool / raw inflate", "label amos pooled", "label raw", peer="nibabel"),
    Row("fine label counts only / raw inflate", "label amos counts", "label raw", "at most", 1.5, peer="nibabel"),
]


NOTE = """
A run of the whole page had 1.76 with counts, 1.59 with a pool and 1.51 for counts only. It was no noise: by perf 21 % were the look-up of a byte, copied by a size that the compiler did not know, and 17 % the counting of bits. Both are done without that now (a table of bytes; counts and sums of places of 32 voxels by one sum of differences), which takes a quarter less of the whole. perf now: decoder 33 %, counting 35 %, CRC-32 11 %, copies of matches 8 %.
"""


def write_fine(source, path, share):
    """A share of the organs' voxels become background. Returns the compression."""
    import nibabel
    import numpy
    from nibabel.openers import Opener

    image = nibabel.load(source)
    voxels = numpy.asarray(image.dataobj).copy(order="F")
    flat = voxels.reshape(-1, order="F")
    organs = numpy.flatnonzero(flat)
    holes = numpy.random.default_rng(1).choice(organs, int(share * len(organs)), replace=False)
    flat[holes] = 0
    usual, Opener.default_compresslevel = Opener.default_compresslevel, 6
    nibabel.save(nibabel.Nifti1Image(voxels, image.affine, image.header), path)
    Opener.default_compresslevel = usual
    return voxels.nbytes / os.path.getsize(path)


def prepare(bench):
    """Halves the interval of the share until the compression is right within a hundredth."""
    if not HAVE_NIBABEL:
        return
    source = sorted(os.listdir(os.path.join(bench.tree, "labelsTr")))[0]
    bench.fine = os.path.join(bench.folder, "fine.nii.gz")
    low, high = 0.0, 0.4  # with more holes less of the organs is left
    for _ in range(10):
        share = (low + high) / 2
        shrinks = write_fine(os.path.join(bench.tree, "labelsTr", source), bench.fine, share)
        if abs(shrinks / SHRINKS - 1) < 0.01:
            break
        low, high = (share, high) if shrinks > SHRINKS else (low, share)
    bench.shrinks = shrinks


def measure(bench, pair):
    if not HAVE_NIBABEL:
        return
    bench.run([bench.program("bench_read"), "1", pair.image, bench.fine])
    bench.add("fine bytes", bench.shrinks * os.path.getsize(bench.fine))
    bench.add("fine compressed", os.path.getsize(bench.fine))


def derive(medians):
    found = [value for name, value in medians.items() if name.startswith("label raw ")]
    if found:
        medians["label raw"] = min(found)
