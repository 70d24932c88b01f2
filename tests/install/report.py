# SPDX-License-Identifier: BSD-3-Clause
"""Checks reports with other people's readers: nibabel for volumes, NumPy for means, shares and differences, zlib and base64 for
voxels. Nothing of libamos is used but the command.

    report.py AMOS FOLDER

FOLDER is made and filled. Real files are used too if $AMOS_SHARED_DATA or ../shared/data is there.
"""

import base64
import json
import os
import subprocess
import sys
import zlib

import nibabel
import numpy

amos, folder = sys.argv[1:3]
failures = 0


def check(what, good):
    global failures
    failures += not good
    print(("ok: " if good else "FAIL: ") + what)


def run(*words, code=0):
    done = subprocess.run([amos, *words], capture_output=True, text=True)
    if done.returncode != code:
        check("amos " + " ".join(words) + ": " + done.stderr, False)
    return done.stdout


# ---- reading a report ----


def script(path, call):
    """The arguments of the one call that the script has."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    check(f"{os.path.basename(path)}: no < and no line separator", not set(text) & set("<\u2028\u2029"))
    assert text.startswith(call + "(") and text.endswith(");\n"), path
    return json.loads("[" + text[len(call) + 1 : -3] + "]")


def voxels(part, shape):
    """x, y, z; the filter is undone."""
    data = numpy.frombuffer(zlib.decompress(base64.b64decode(part["data"], validate=True)), numpy.uint8)
    data = data.reshape(shape[::-1])
    assert part["encoding"] == "deflate" and part["filter"] in ("none", "left")
    if part["filter"] == "left":
        data = numpy.cumsum(data, axis=2, dtype=numpy.uint8)
    return data.transpose(2, 1, 0)


# ---- what it should be ----


def shorten(values, new, axis):
    """Means along an axis of what each new voxel covers, by the share of each old voxel."""
    values = numpy.moveaxis(values, axis, 0)
    old = len(values)
    out = numpy.empty((new,) + values.shape[1:])
    for i in range(new):
        start, stop = i * old / new, (i + 1) * old / new
        covered = numpy.arange(i * old // new, -(-(i + 1) * old // new))
        share = numpy.minimum(stop, covered + 1) - numpy.maximum(start, covered)
        out[i] = numpy.tensordot(share * new / old, values[covered], 1)
    return numpy.moveaxis(out, 0, axis)


def shrunk(shape, size):
    widest = max(shape[:2])
    if widest <= size:
        return tuple(shape)
    return tuple(int(numpy.rint(n * size / widest)) for n in shape[:2]) + (shape[2],)


def averages(values, shape):
    return shorten(shorten(values, shape[0], 0), shape[1], 1)


def canonical(path):
    return nibabel.as_closest_canonical(nibabel.load(path))


def check_image(name, case, image, size):
    wanted = shrunk(image.shape, size)
    check(f"{name}: shape {wanted}", tuple(case["shape"]) == wanted)
    codes = voxels(case["image"], case["shape"])
    levels = numpy.array([numpy.nan if level is None else level for level in case["image"]["levels"]])
    means = averages(image.get_fdata(), wanted)
    finite = numpy.isfinite(means)
    known = levels[numpy.isfinite(levels)]
    check(f"{name}: {len(known)} levels increase", len(levels) == 256 and (numpy.diff(known) >= 0).all())
    above = numpy.searchsorted(known, means[finite]).clip(1, len(known) - 1)
    nearest = numpy.minimum(numpy.abs(known[above - 1] - means[finite]), numpy.abs(known[above] - means[finite]))
    got = numpy.abs(levels[codes[finite]] - means[finite])
    scale = max(1, numpy.abs(means[finite]).max())
    check(f"{name}: each voxel has the nearest level", (got <= nearest + 1e-12 * scale).all())
    check(f"{name}: what is not finite has code 255", (codes[~finite] == 255).all() and numpy.isfinite(levels[codes[finite]]).all())
    return wanted


def check_affine(name, case, image, wanted):
    affine = numpy.array(case["affine"])
    factors = [n / m for n, m in zip(image.shape, wanted)]
    inner = numpy.diag(factors + [1.0])
    inner[:3, 3] = [(f - 1) / 2 for f in factors]
    check(f"{name}: affine", numpy.allclose(affine, (image.affine @ inner)[:3], atol=1e-4))


def check_label(name, part, path, wanted):
    labels = numpy.asarray(canonical(path).dataobj).astype(int)
    got = voxels(part, wanted)
    if labels.shape == wanted:
        check(f"{name}: each voxel has its label", (got == labels).all())
        return
    values = numpy.unique(labels)
    share = numpy.stack([averages((labels == value).astype(float), wanted) for value in values])
    own = numpy.take_along_axis(share, numpy.searchsorted(values, got)[None], 0)[0]
    # The command rounds overlaps to 2^-20 of the box along each axis; labels whose shares differ by less may be taken for equal.
    check(f"{name}: each voxel has the label with the largest share", (own >= share.max(axis=0) - 2**-17).all())


def close(value, wanted, parts):
    if value is None or wanted is None or wanted == "inf":
        return value is None and wanted in (None, "inf")
    return abs(value - wanted) <= 0.5 / parts * (1 + 1e-9)


def check_numbers(name, row, stats, score):
    organs = stats["label"]["organs"] if stats["label"] else None
    volumes = row["volumes"]
    good = volumes is None if organs is None else len(volumes) == len(organs) and all(
        close(v, o["millilitres"] if o["present"] else None, 1e3) for v, o in zip(volumes, organs))
    check(f"{name}: volumes are those of amos stats", good)
    if score is None or score["organs"] is None:
        check(f"{name}: no scores", row["scores"] is None)
        return
    for key, column, parts in ("dice", "dice", 1e4), ("nsd", "nsd_1mm", 1e4), ("hd95", "hd95", 1e3), ("assd", "assd", 1e3):
        values = row["scores"][["dice", "nsd", "hd95", "assd"].index(key)]
        check(f"{name}: {key} is that of amos score",
              all(close(v, o[column], parts) for v, o in zip(values, score["organs"])))
    predicted = [o["millilitres_prediction"] if o["voxels_prediction"] else None for o in score["organs"]]
    check(f"{name}: predicted volumes", all(close(v, p, 1e3) for v, p in zip(row["predicted"], predicted)))


def check_worst(name, case, reference, prediction):
    a, b = (numpy.asarray(canonical(path).dataobj).astype(int) for path in (reference, prediction))
    good = True
    for label, slice_ in enumerate(case["worst"], 1):
        apart = ((a == label) != (b == label)).sum(axis=(0, 1))
        wanted = None if not apart.any() else {"plane": "axial", "index": int(apart.argmax())}
        good = good and slice_ == wanted
    check(f"{name}: worst slices", good)


def check_report(title, data, predictions, size, code=0):
    out = os.path.join(folder, "report-" + title)
    given = ["-p", predictions] if predictions else []
    said = json.loads(run("report", data, *given, "-o", out, "--size", str(size), "--json", code=code))
    stats = {case["id"]: case for case in json.loads(run("stats", data, "--json", code=code))["cases"]}
    scores = {}
    if predictions:
        scores = {c["id"]: c for c in json.loads(run("score", "-r", data, "-p", predictions, "--json", "--missing", "skip"))["cases"]}
    (shown,) = script(os.path.join(out, "set.js"), "amosViewer.set")
    rows = shown["cases"]
    check(f"{title}: {len(rows)} cases", said["cases"] == len(rows) == len(stats))
    check(f"{title}: bytes", said["bytes"] == sum(os.path.getsize(os.path.join(out, r["file"])) for r in rows if r["file"]))
    for row in rows:
        check_case(f"{title}: {row['id']}", out, row, stats[row["id"]], scores.get(row["id"]), size)
    return rows


def check_case(name, out, row, stats, score, size):
    path = stats["image"]["path"]
    image_good, label_good = stats["image"]["status"] == "OK", stats["label"] and stats["label"]["status"] == "OK"
    if not image_good:
        check(f"{name}: a row without a file, with its reason",
              row["file"] is None and row["fault"].startswith(stats["image"]["message"]))
        return
    check_numbers(name, row, stats, score)
    id_, case = script(os.path.join(out, row["file"]), "amosViewer.case")
    check(f"{name}: its own file", id_ == row["id"] == case["id"] and case["scores"] == row["scores"])
    image = canonical(path)
    check(f"{name}: row has its shape", tuple(row["shape"]) == image.shape)
    wanted = check_image(name, case, image, size)
    check_affine(name, case, image, wanted)
    if label_good:
        check_label(name + ": reference", case["reference"], stats["label"]["path"], wanted)
    if score and score["organs"] is not None:
        check_label(name + ": prediction", case["prediction"], score["prediction"], wanted)
        check_worst(name, case, score["reference"], score["prediction"])


# ---- data ----


def save(path, values, orientation, spacing, kind):
    """Values in RAS order, stored in another."""
    affine = numpy.diag([*spacing, 1.0])
    affine[:3, 3] = -40, 25, 300
    image = nibabel.Nifti1Image(values.astype(kind), affine)
    turn = nibabel.orientations.ornt_transform(nibabel.orientations.axcodes2ornt("RAS"),
                                               nibabel.orientations.axcodes2ornt(orientation))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    nibabel.save(image.as_reoriented(turn), path)


def make_set(root, seed):
    """Cases of both modalities in many orientations, with odd shapes, and predictions that are wrong in places."""
    random = numpy.random.default_rng(seed)
    names = [(1, "RAS", numpy.int16), (2, "LPS", numpy.int16), (3, "PIR", numpy.int32), (4, "SLA", numpy.float32),
             (501, "LAS", numpy.uint16), (502, "IAR", numpy.float32), (503, "RSP", numpy.uint8)]
    for number, orientation, kind in names:
        shape = tuple(random.integers(9, 41, 3))
        spacing = random.uniform(0.6, 3, 3).round(3)
        noise = random.normal(0, 300, shape) if kind not in (numpy.uint8, numpy.uint16) else random.integers(0, 250, shape)
        if number == 502:
            noise /= 1000
        if number == 4:
            noise[3, 4, 5], noise[1, 2, 3] = numpy.nan, numpy.inf
        labels = numpy.zeros(shape, int)
        for label in range(1, 16):
            at = [int(random.integers(0, n - 3)) for n in shape]
            labels[at[0] : at[0] + 5, at[1] : at[1] + 4, at[2] : at[2] + 3] = label
        wrong = numpy.roll(labels, 1, axis=number % 3)
        wrong[wrong == 3] = 0
        split = "Tr" if number < 500 else "Va"
        name = f"amos_{number:04d}.nii.gz"
        save(f"{root}/images{split}/{name}", noise, orientation, spacing, kind)
        save(f"{root}/labels{split}/{name}", labels, orientation if number != 2 else "RAS", spacing, numpy.uint8)
        if number != 503:
            save(f"{root}/../wrong/{name}", wrong, "RAS" if number % 2 else "LPS", spacing, numpy.uint8)
    save(f"{root}/imagesTs/amos_0009.nii.gz", random.normal(0, 300, (20, 21, 9)), "LPS", (1, 1, 2), numpy.int16)


def damage(path):
    with open(path, "r+b") as file:
        file.truncate(os.path.getsize(path) - 20)


# ---- the checks ----


os.makedirs(folder)
data, wrong = os.path.join(folder, "data"), os.path.join(folder, "wrong")
make_set(data, 1)
for size in 16, 23, 256:
    check_report(f"made-{size}", data, wrong, size)
rows = check_report("alone", data, None, 16)
check("alone: no scores and no predicted volumes", all(r["scores"] is None and r["predicted"] is None for r in rows))
damage(os.path.join(data, "imagesTr", "amos_0003.nii.gz"))
check_report("damaged", data, None, 256, code=1)
shared = os.environ.get("AMOS_SHARED_DATA", "../shared/data")
if os.path.isdir(os.path.join(shared, "amos-mini")):
    check_report("real", os.path.join(shared, "amos-mini"), os.path.join(shared, "predictions"), 256)
else:
    print("Skipped: reports of real files; there is no " + shared)
sys.exit(failures > 0)
