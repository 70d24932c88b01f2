# SPDX-License-Identifier: BSD-3-Clause
"""`amos convert` of a folder on one thread, against a nibabel script and nib-conform that do the same: processor time of
whole processes, from warm files to .nii.gz files. One row has the time that passes: a folder by two threads of libamos, and
by the script, which has one."""
import os
import resource
import shutil
import subprocess
import sys
import time

from frame import Row

try:
    import nibabel
except ImportError:
    nibabel = None

TITLE = "Converting"
PER_PAIR = True
COPIES = 3  # files in a folder, so that the start of the interpreter counts little

ROWS = [
    Row("images to RAS and float32, nibabel / libamos", "nibabel image", "amos image", "at least", 10, peer="nibabel",
        large=True),
    Row("images to RAS as stored, nibabel / libamos", "nibabel stored", "amos stored", "at least", 10, peer="nibabel",
        large=True),
    Row("the same, time that passes, 2 threads of libamos", "nibabel stored wall", "amos stored 2 wall", "at least", 10,
        peer="nibabel", large=True),
    Row("labels to RAS and uint8, nibabel / libamos", "nibabel label", "amos label", "at least", 10, peer="nibabel",
        large=True),
    Row("images to 1.5x1.5x2 mm, linear, nibabel and scipy / libamos", "scipy linear", "amos linear", "at least", 10,
        peer="nibabel", large=True),
    Row("labels to 1.5x1.5x2 mm, nearest, nibabel and scipy / libamos", "scipy nearest", "amos nearest", "at least", 10,
        peer="nibabel", large=True),
    Row("images to 2 mm and RAS, cubic, nib-conform / libamos", "nib-conform", "amos conform", "at least", 10,
        peer="nibabel", large=True),
]

NOTE = """
Images that are turned are not converted ten times as fast as by nibabel on one thread, and cannot be. For the phantom's image of 63 MB nibabel takes 1000 ms. `amos convert --orient RAS -j 1` takes 214 ms: 80 ms inflating and 116 ms compressing. No other program that is measured here does either of them faster. Ten times would leave 100 ms for both.

By perf the decoder has 22 to 25 %, the compressor 35 to 37 %, making its codes 2 to 3 %, turning the voxels 1 %. The rest is the system, which clears new pages (19 to 28 %), reads and writes. Of the instructions for amos_0018 (callgrind: 625 million) writing has 65 % and reading 34 %. `--level 1` gives the same bytes as the default. An uncompressed output takes no less processor time, as the system writes 33 MB instead of 5 MB. The last files of a folder share the threads that have no other file left; otherwise three files by two threads would gain 1.5 at most. Flushing a file of 27 MB takes 17 to 39 ms (strace), in which its thread waits.
"""

SCRIPT = '''
import glob, os, sys
import nibabel, numpy
what, folder, out = sys.argv[1:]
for path in sorted(glob.glob(os.path.join(folder, "*.nii.gz"))):
    image = nibabel.load(path)
    if what in ("linear", "nearest"):
        from nibabel.processing import resample_to_output
        image = resample_to_output(image, (1.5, 1.5, 2), order=what == "linear")
        image.set_data_dtype(numpy.int16 if what == "linear" else numpy.uint8)
    else:
        image = nibabel.as_closest_canonical(image)
        dtype = {"image": numpy.float32, "label": numpy.uint8}.get(what, image.get_data_dtype())
        image = nibabel.Nifti1Image(numpy.asanyarray(image.dataobj).astype(dtype), image.affine)
    nibabel.save(image, os.path.join(out, os.path.basename(path)))
'''


def run(bench, name, command):
    """Empties the folder of outputs, and adds the processor time of the command."""
    out = os.path.join(bench.folder, "out")
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command + ([out] if command[0] == sys.executable else []), capture_output=True, text=True)
    after, passed = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - begin
    if done.returncode:
        sys.exit(f"bench: {' '.join(command)} failed:\n{done.stderr}")
    bench.add(name + " wall", 1000 * passed)
    bench.add(name, 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime))


def repeat(bench, name, command):
    """A program that takes one file, as often as a folder has files: the system's first large pages cost most."""
    for _ in range(COPIES):
        run(bench, name, command)


def folder_of(bench, path, name):
    folder = os.path.join(bench.folder, name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    for i in range(COPIES):
        os.symlink(os.path.abspath(path), os.path.join(folder, f"copy_{i}.nii.gz"))
    return folder


def measure(bench, pair):
    images, labels = folder_of(bench, pair.image, "images"), folder_of(bench, pair.label, "labelsTr")
    out = os.path.join(bench.folder, "out/")
    amos = [bench.amos, "convert", "-j", "1", "-o", out]
    ras, grid = ["--orient", "RAS"], ["--orient", "RAS", "--spacing", "1.5,1.5,2", "--lossy"]
    run(bench, "amos image", [*amos, images, *ras, "--type", "float32"])
    run(bench, "amos stored", [*amos, images, *ras])
    run(bench, "amos stored 2", [*amos[:3], "2", *amos[4:], images, *ras])
    run(bench, "amos label", [*amos, labels, *ras, "--type", "uint8"])
    run(bench, "amos linear", [*amos, images, *grid, "--type", "int16"])
    run(bench, "amos nearest", [*amos, labels, *grid])
    conform = os.path.join(bench.folder, "out", "conformed.nii.gz")
    repeat(bench, "amos conform", [bench.amos, "convert", "-j", "1", pair.image, "-o", conform, *ras, "--spacing", "2,2,2",
                                   "--interpolation", "bspline", "--lossy"])
    if nibabel is None:
        return
    for name, what, folder in (("nibabel image", "image", images), ("nibabel stored", "stored", images),
                               ("nibabel label", "label", labels), ("scipy linear", "linear", images),
                               ("scipy nearest", "nearest", labels)):
        run(bench, name, [sys.executable, "-c", SCRIPT, what, folder])
    shape = [str(max(1, round(n * mm / 2))) for n, mm in zip(*shape_of(pair.image))]
    repeat(bench, "nib-conform", ["nib-conform", pair.image, conform, "--out-shape", *shape, "--voxel-size", "2", "2",
                                  "2", "--orientation", "RAS"])


def shape_of(path):
    image = nibabel.as_closest_canonical(nibabel.load(path))
    return image.shape, image.header.get_zooms()
