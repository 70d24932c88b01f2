# SPDX-License-Identifier: BSD-3-Clause
"""Checks exports and submissions by the published rules of the programs that read them, with other people's readers:
nibabel and NumPy for volumes, scikit-learn for folds, zipfile for archives. Nothing of libamos is used but the command.

    interchange.py AMOS FOLDER [DATA]

FOLDER is made and filled; DATA is a data set to be exported in place of a phantom.
"""

import json
import math
import os
import subprocess
import sys
import zipfile

import nibabel
import numpy
from sklearn.model_selection import KFold

amos, folder = sys.argv[1:3]
failures = 0


def check(what, good):
    global failures
    failures += not good
    print(("ok: " if good else "FAIL: ") + what)


def run(*words):
    done = subprocess.run([amos, *words], capture_output=True, text=True)
    if done.returncode:
        check("amos " + " ".join(words) + ": " + done.stderr, False)
    return done.stdout


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


# ---- nnU-Net: documentation/dataset_format.md, verify_dataset_integrity.py, crossval_split.py ----


def cases_of(raw, description):
    """The training cases as get_filenames_of_train_images_and_targets() gives them."""
    if "dataset" in description:
        join = lambda path: os.path.join(raw, os.path.expandvars(path))
        return {k: (join(c["images"][0]), join(c["label"])) for k, c in description["dataset"].items()}
    ending = description["file_ending"]
    ids = sorted(name[: -len("_0000" + ending)] for name in os.listdir(os.path.join(raw, "imagesTr")))
    return {
        i: (os.path.join(raw, "imagesTr", i + "_0000" + ending), os.path.join(raw, "labelsTr", i + ending)) for i in ids
    }


def check_raw(raw, title):
    description = load(os.path.join(raw, "dataset.json"))
    required = {"labels", "channel_names", "numTraining", "file_ending"}
    check(f"{title}: dataset.json has the required keys", required <= set(description))
    check(f"{title}: one channel, named by a text", list(description["channel_names"]) == ["0"])
    values = list(description["labels"].values())
    check(f"{title}: labels are consecutive from background 0",
          description["labels"].get("background") == 0 and sorted(values) == list(range(len(values))))
    cases = cases_of(raw, description)
    check(f"{title}: numTraining is right", description["numTraining"] == len(cases) > 0)
    for i, (image_path, label_path) in cases.items():
        image, label = nibabel.load(image_path), nibabel.load(label_path)
        image, label = nibabel.as_closest_canonical(image), nibabel.as_closest_canonical(label)
        good = image.shape == label.shape and numpy.allclose(image.header.get_zooms(), label.header.get_zooms())
        found = numpy.unique(numpy.asanyarray(label.dataobj))
        good = good and set(found.tolist()) <= set(values) and not numpy.isnan(image.get_fdata()).any()
        check(f"{title}: {i} passes the integrity check", good)
    for name in os.listdir(os.path.join(raw, "imagesTs")):
        path = os.path.join(raw, "imagesTs", name)
        check(f"{title}: {name} is found by name", name.endswith("_0000" + description["file_ending"])
              and len(nibabel.load(path).shape) == 3)
    return cases


def check_splits(raw, ids, title):
    """generate_crossval_split(): KFold over the sorted keys."""
    splits, keys = load(os.path.join(raw, "splits_final.json")), numpy.sort(list(ids))
    expected = [
        {"train": list(keys[train]), "val": list(keys[val])}
        for train, val in KFold(n_splits=5, shuffle=True, random_state=12345).split(keys)
    ]
    check(f"{title}: folds are those of sklearn", splits == expected)


def check_nnunet(data, task, *options):
    """A raw data set; its labels are the data's own, voxel by voxel."""
    title = " ".join(["nnU-Net", task, *options])
    target = os.path.join(folder, "raw" + "".join(options).replace("-", "_"))
    where = json.loads(run("export", "nnunet", data, "-o", target, "--task", task, "--json", *options))
    cases = check_raw(where["folder"], title)
    check(f"{title}: the counts are said", where["training"] == len(cases))
    if len(cases) >= 5:
        check_splits(where["folder"], cases, title)
    else:
        check(f"{title}: no folds of fewer than 5 cases", where["folds"] == 0)
    for i, (image, label) in cases.items():
        for path, part in ((image, "images"), (label, "labels")):
            own = [os.path.join(data, part + split, i + ".nii.gz") for split in ("Tr", "Va")]
            own = next(path for path in own if os.path.exists(path))
            a, b = nibabel.load(path), nibabel.load(own)
            same = numpy.array_equal(a.affine, b.affine) and numpy.array_equal(a.get_fdata(), b.get_fdata())
            check(f"{title}: {part} of {i} are the data's", same)


def check_many_folds(data):
    """Folds of many counts of cases, against sklearn: the same images under other names."""
    source = os.path.join(data, "imagesTr", sorted(os.listdir(os.path.join(data, "imagesTr")))[0])
    label = source.replace("imagesTr", "labelsTr")
    for count in (5, 7, 36, 101):
        tree = os.path.join(folder, f"many{count}")
        for part, path in (("images", source), ("labels", label)):
            os.makedirs(os.path.join(tree, part))
            for i in range(count):
                os.symlink(os.path.abspath(path), os.path.join(tree, part, f"case_{i * 37 % count:03d}.nii.gz"))
        words = ["--id", "1", "--name", "Many", "--modality-of", "*=ct", "--headers-only", "--json"]
        done = subprocess.run([amos, "export", "nnunet", tree, "-o", tree + "_raw", "--task", "ct", *words],
                              capture_output=True, text=True)
        raw = os.path.join(tree + "_raw", "Dataset001_Many")
        check_splits(raw, [f"case_{i:03d}" for i in range(count)], f"{count} cases")
        check(f"{count} cases are exported", done.returncode == 0)


# ---- MONAI: load_decathlon_datalist() and the data lists of Auto3DSeg ----


def check_items(items, base, keys, title):
    for item in items:
        good = all(os.path.exists(os.path.normpath(os.path.join(base, item[key]))) for key in keys)
        good = good and set(item) >= {"id", "modality", "spacing", "age", "sex", "site"}
        zooms = nibabel.load(os.path.join(base, item["image"])).header.get_zooms()
        good = good and numpy.allclose(item["spacing"], zooms, rtol=1e-4)
        check(f"{title}: {item['id']}", good)
    kinds = {key: {type(item[key]) for item in items} for item in items for key in item}
    check(f"{title}: a key has one type in all items", all(len(kind) == 1 for kind in kinds.values()))


def check_monai(data, copy):
    plain, folds = os.path.join(copy, "datalist.json"), os.path.join(copy, "folds.json")
    run("export", "monai", data, "-o", plain)
    lists = load(plain)
    check_items(lists["training"], copy, ["image", "label"], "decathlon training")
    check_items(lists["validation"], copy, ["image", "label"], "decathlon validation")
    check_items(lists["test"], copy, ["image"], "decathlon test")
    run("export", "monai", data, "-o", folds, "--format", "auto3dseg", "--folds", "2")
    lists = load(folds)
    check_items(lists["training"], copy, ["image", "label"], "auto3dseg training")
    check_items(lists["testing"], copy, ["image"], "auto3dseg testing")
    check("auto3dseg: folds 0 and 1", {item["fold"] for item in lists["training"]} == {0, 1})


# ---- the challenge, and nnU-Net's evaluation ----


def check_pack(data, predictions):
    results = os.path.join(folder, "results.zip")
    run("pack", "-r", data, "-p", predictions, "--task", "2", "-o", results)
    images = os.path.join(data, "imagesVa")
    expected = {"results/" + name for name in os.listdir(images)}
    with zipfile.ZipFile(results) as archive:
        check("zipfile finds every case and none else", set(archive.namelist()) == expected)
        check("zipfile finds no damage", archive.testzip() is None)
    unpacked = os.path.join(folder, "unzipped")
    done = subprocess.run(["unzip", "-q", results, "-d", unpacked], check=False)
    check("unzip unpacks it", done.returncode == 0)
    for name in sorted(expected):
        label = nibabel.load(os.path.join(unpacked, name))
        image = nibabel.load(os.path.join(images, os.path.basename(name)))
        voxels = numpy.asanyarray(label.dataobj)
        good = label.get_data_dtype() == numpy.uint8 and voxels.min() >= 0 and voxels.max() <= 15
        good = good and label.shape == image.shape and numpy.allclose(label.affine, image.affine)
        given = nibabel.load(os.path.join(predictions, os.path.basename(name)))
        same = numpy.array_equal(nibabel.as_closest_canonical(given).get_fdata(),
                                 nibabel.as_closest_canonical(label).get_fdata())
        check(f"{name}: uint8, on the grid of its image, with the voxels that were given", good and same)


def measures(reference, prediction, label):
    ref, pred = reference == label, prediction == label
    tp, fp, fn, tn = [int(numpy.sum(m)) for m in (ref & pred, ~ref & pred, ref & ~pred, ~ref & ~pred)]
    nothing = tp + fp + fn == 0
    return {"Dice": math.nan if nothing else 2 * tp / (2 * tp + fp + fn), "IoU": math.nan if nothing else tp / (tp + fp + fn),
            "FP": fp, "TP": tp, "FN": fn, "TN": tn, "n_pred": fp + tp, "n_ref": fn + tp}


def close(a, b):
    return math.isnan(a) and math.isnan(b) or math.isclose(a, b, rel_tol=1e-12)


def check_summary(data, predictions):
    """compute_metrics() and the means of evaluate_predictions.py."""
    path = os.path.join(folder, "summary.json")
    run("score", "-r", data, "-p", predictions, "--summary", path, "-o", os.path.join(folder, "table.txt"))
    summary = load(path)
    rows = []
    for case in summary["metric_per_case"]:
        maps = [nibabel.as_closest_canonical(nibabel.load(case[k])).get_fdata() for k in ("reference_file", "prediction_file")]
        rows.append({label: measures(*maps, int(label)) for label in case["metrics"]})
        good = all(close(case["metrics"][k][m], v) for k in rows[-1] for m, v in rows[-1][k].items())
        check(f"summary: {os.path.basename(case['prediction_file'])} has nnU-Net's numbers", good)
    names = ["Dice", "IoU", "FP", "TP", "FN", "TN", "n_pred", "n_ref"]
    labels = [str(i) for i in range(1, 16)]
    check("summary: labels are texts in order", list(summary["mean"]) == sorted(labels))
    means = {k: {m: numpy.nanmean([row[k][m] for row in rows]) if not all(math.isnan(row[k][m]) for row in rows)
                 else math.nan for m in names} for k in labels}
    check("summary: means over the cases", all(close(summary["mean"][k][m], means[k][m]) for k in labels for m in names))
    check("summary: plain means over the labels",
          all(close(summary["foreground_mean"][m], numpy.mean([means[k][m] for k in labels])) for m in names))


os.makedirs(folder)
phantom = os.path.join(folder, "phantom")
run("phantom", phantom, "--cases", "14", "--size", "40x32x20", "--predictions")
data = os.path.abspath(sys.argv[3]) if len(sys.argv) > 3 else phantom
for options in ([], ["--copy"], ["--hardlink"], ["--symlink"]):
    check_nnunet(data, "ct+mri", *options)
check_nnunet(data, "ct", "--paths", "relative")
check_monai(data, data if data == phantom else folder)
check_many_folds(phantom)
check_pack(phantom, os.path.join(phantom, "predictions"))
check_summary(phantom, os.path.join(phantom, "predictions"))
sys.exit(failures > 0)
