# SPDX-License-Identifier: BSD-3-Clause
"""Writes reports as `amos report` does, by docs/viewer.md alone: a second writer of the format, for data sets that are
large, hostile or damaged on purpose.

usage: mock.py FOLDER [COUNT [PICTURES]]
"""
import base64
import functools
import html
import json
import random
import subprocess
import sys
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

NAMES = ("spleen right_kidney left_kidney gall_bladder esophagus liver stomach aorta postcava pancreas "
         "right_adrenal_gland left_adrenal_gland duodenum bladder prostate_uterus").split()
COLORS = [(230, 60, 60), (60, 180, 75), (70, 110, 220), (255, 225, 25), (245, 130, 48), (145, 60, 190), (70, 240, 240),
          (240, 50, 230), (170, 220, 60), (250, 190, 190), (0, 128, 128), (230, 190, 255), (170, 110, 40),
          (255, 250, 200),
          (128, 0, 0)]
KEYS = ["dice", "nsd", "hd95", "assd"]

SHAPE = (48, 40, 20)
SPACING = (2.0, 2.0, 5.0)
AFFINE = [[2.0, 0, 0, -47.0], [0, 2.0, 0, -39.0], [0, 0, 5.0, -50.0]]
# The stored file is LPS: x and y run the other way.
STORED = {"shape": list(SHAPE), "orientation": "LPS",
    "affine": [[-2.0, 0, 0, 47.0], [0, -2.0, 0, 39.0], [0, 0, 5.0, -50.0]]}

# Balls: label, centre, radius in voxels of the plane (z counts 2.5 times). The prediction of the liver is shifted by 3
# voxels in x, that of the spleen is missing, that of the aorta is called postcava, and a bladder is not there.
REFERENCE = [(6, (32, 22, 10), 9), (1, (12, 22, 10), 5), (8, (24, 12, 10), 3)]
PREDICTION = [(6, (35, 22, 10), 9), (9, (24, 12, 10), 3), (14, (24, 30, 4), 4)]


def ball_label(balls, x, y, z):
    for label, (cx, cy, cz), radius in balls:
        if (x - cx) ** 2 + (y - cy) ** 2 + ((z - cz) * 2.5) ** 2 <= radius ** 2:
            return label
    return 0


def voxels():
    nx, ny, nz = SHAPE
    return ((x, y, z) for z in range(nz) for y in range(ny) for x in range(nx))


@functools.cache
def labels(of: str) -> bytes:
    """Of the "reference" or the "prediction"."""
    balls = {"reference": REFERENCE, "prediction": PREDICTION}[of]
    return bytes(ball_label(balls, *voxel) for voxel in voxels())


@functools.cache
def codes() -> bytes:
    """The image: a body in air. Values grow with x in the body, and differ between neighbours outside."""
    return bytes(128 + x if (x - 23.5) ** 2 / 22 ** 2 + (y - 19.5) ** 2 / 18 ** 2 <= 1 else (x + 2 * y + 3 * z) % 7
                 for x, y, z in voxels())


SCRIPTS = '<script src="viewer.js" defer></script>\n<script src="set.js" defer></script>'

LEVELS = [-1000 + 8 * code for code in range(256)]


def filtered(data: bytes, name: str) -> bytes:
    nx, ny, _ = SHAPE
    back, period = {"none": (0, 1), "left": (1, nx), "up": (nx, nx * ny), "slice": (nx * ny, len(data))}[name]
    return bytes((value - data[i - back]) % 256 if back and i % period >= back else value
                 for i, value in enumerate(data))


@functools.cache
def packed(data: bytes, name: str = "none") -> dict:
    text = base64.b64encode(zlib.compress(filtered(data, name), 6)).decode()
    return {"encoding": "deflate", "filter": name, "data": text}


def script(call: str, *values) -> str:
    """JSON that is safe in a script: no "<", no line ends of JavaScript that JSON lacks."""
    text = ", ".join(json.dumps(value) for value in values).replace("<", "\\u003c")
    return f"amosViewer.{call}({text});\n"


def findings(n: int) -> list:
    return [{"kind": "specks", "organ": 6, "voxel": [30, 22, 8], "mm": [13.0, 5.0, -10.0], "value": 3, "expected": 0,
             "text": "liver: 3 specks below 10 mm3"},
            {"kind": "missing", "organ": 15, "voxel": None, "mm": None, "value": 0, "expected": 30,
             "text": "prostate_uterus is missing"}][:n % 3]


def entry(n: int, rng: random.Random, pictures: int) -> dict:
    mri = n % 5 == 4
    volumes = [round(30 * (1 + k) * rng.lognormvariate(0, 0.3), 1) for k in range(15)]
    dice = [round(min(max(rng.gauss(0.9 - 0.02 * k, 0.06), 0), 1), 4) for k in range(15)]
    one = {
        "id": f"amos_{n + 1:04d}", "split": ["training", "validation", "test"][n % 7 // 3],
        "modality": "mri" if mri else "ct", "sex": "FM"[n % 2], "age": 20 + n * 7 % 65, "site": f"site {n % 3 + 1}",
        "scanner": ["Brilliance16", "Aquilion ONE", "Ingenia", "SOMATOM Force"][n % 4],
        "shape": [512, 512, 60 + n * 13 % 120],
        "spacing": [0.6 + n % 9 * 0.05, 0.6 + n % 9 * 0.05, [5.0, 2.0, 1.25][n % 3]], "file": None, "volumes": volumes,
        "predicted": [round(v * rng.gauss(1, 0.05), 1) for v in volumes],
        "scores": [dice, [round(d ** 0.7, 4) for d in dice], [round((1 - d) * 60, 2) for d in dice],
                   [round((1 - d) * 9, 2) for d in dice]],
        "findings": findings(n), "fault": None,
    }
    if n < pictures:
        one.update(file=f"cases/{one['id']}.js", shape=list(SHAPE), spacing=list(SPACING), findings=findings(2))
    if n == 0:
        one["finding_count"] = 5  # a row has the first ones only
    return one


def case(one: dict) -> dict:
    ct = one["modality"] == "ct"
    return {
        "id": one["id"], "shape": list(SHAPE), "spacing": list(SPACING), "affine": AFFINE, "stored": STORED,
        "image": {"levels": LEVELS, **packed(codes(), "up")},
        "reference": packed(labels("reference")), "prediction": packed(labels("prediction")),
        "windows": [{"name": "abdomen", "low": -160, "high": 240},
            {"name": "bone", "low": -450, "high": 1050}] if ct else
        [{"name": "percentiles 1-99", "low": -1000, "high": 400}, {"name": "full", "low": -1000, "high": 1040}],
        "worst": [{"plane": "axial", "index": 10} if label in (1, 6, 8, 9) else None for label in range(1, 16)],
        "findings": one["findings"], "scores": one["scores"], "volumes": one["volumes"],
        "metadata": [["Scanner", one["scanner"]], ["Age", str(one["age"])]],
    }


def data_set(count: int, pictures: int) -> dict:
    rng = random.Random(18)
    return {"format": 1, "kind": "report", "title": "amos22 with predictions", "version": "0.0", "made_from": "amos22",
            "prediction": True, 
            "labels": [{"value": k + 1, "name": name, "color": list(COLORS[k])} for k, name in enumerate(NAMES)],
            "score_keys": KEYS, "cases": [entry(n, rng, pictures) for n in range(count)]}


def plain_table(whole: dict) -> str:
    rows = "".join(f"<tr><td>{html.escape(str(one['id']))}</td><td>{html.escape(str(one['fault'] or ''))}</td></tr>"
                   for one in whole["cases"])
    return f"<table><thead><tr><th>Case</th><th>Fault</th></tr></thead><tbody>{rows}</tbody></table>"


@functools.cache
def viewer_file(name: str) -> str:
    return subprocess.run(["sh", str(ROOT / "cli/viewer/embed.sh"), name], check=True, capture_output=True,
        text=True).stdout


def write(folder: Path, whole: dict, cases: dict) -> None:
    """`cases`: id -> the object of its script; the file is that of its entry."""
    (folder / "cases").mkdir(parents=True, exist_ok=True)
    page = viewer_file("index.html").replace("<!--amos:title-->", html.escape(whole["title"]))
    page = page.replace("<!--amos:tables-->", plain_table(whole))
    page = page.replace("<!--amos:scripts-->", SCRIPTS)
    (folder / "index.html").write_text(page, "utf-8")
    for name in ("viewer.js", "viewer.css"):
        (folder / name).write_text(viewer_file(name), "utf-8")
    (folder / "set.js").write_text(script("set", whole), "utf-8")
    for one in whole["cases"]:
        if one["id"] in cases:
            (folder / one["file"]).write_text(script("case", one["id"], cases[one["id"]]), "utf-8")


def write_ordinary(folder: Path, count: int, pictures: int) -> dict:
    whole = data_set(count, pictures)
    if count > 5:
        whole["cases"][5].update(fault="imagesTr/amos_0006.nii.gz: the file ends after 12 bytes.", scores=None,
            volumes=None,
                                 predicted=None, findings=[], shape=None, spacing=None, file=None)
    write(folder, whole, {one["id"]: case(one) for one in whole["cases"] if one["file"]})
    return whole


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[2:]]
    write_ordinary(Path(sys.argv[1]), *(numbers + [20, 3][len(numbers):]))
