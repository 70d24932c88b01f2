# SPDX-License-Identifier: BSD-3-Clause
"""Dask's distributed: examples/score_dask.py gives the scores of amos score, also after a worker was killed.

usage: dask_scores.py AMOS WORK
"""

import csv
import os
import pathlib
import signal
import subprocess
import sys

import amos
from distributed import Client, LocalCluster

sys.path.insert(0, "examples")
import score_dask  # noqa: E402


def columns(amos_command, data, predictions):
    """{(case, label): dice} of amos score --csv; NaN is left out."""
    text = subprocess.run([amos_command, "score", "-r", data, "-p", predictions, "--csv"], check=True, capture_output=True,
                          text=True).stdout
    rows = csv.DictReader(text.splitlines())
    return {(row["id"], int(row["label"])): float(row["dice"]) for row in rows if row["dice"] != "nan"}


def numbers(scored):
    return {(case.id, label): score[label].dice for case, score in scored for label in range(1, score.max_label + 1)
            if score[label].voxels_reference or score[label].voxels_prediction}


def slow(case, predictions, marker):
    """The first one to come here waits for its end."""
    try:
        os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return score_dask.score_case(case, predictions)
    os.kill(os.getpid(), signal.SIGKILL)


def say(good, text):
    print("ok:" if good else "FAIL:", text)


def main():
    command, work = sys.argv[1], pathlib.Path(sys.argv[2])
    data, predictions = str(work / "set"), str(work / "set" / "predictions")
    subprocess.run([command, "phantom", data, "--cases", "8", "--size", "64x56x24", "--predictions"], check=True,
                   stdout=subprocess.DEVNULL)
    expected = columns(command, data, predictions)
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        scored = score_dask.score_all(client, amos.Dataset(data), predictions)
        found = numbers(scored)
        say(found == expected and len(found) > 30, f"{len(found)} scores of {len(scored)} cases are those of amos score")
        cases = [case for case in amos.Dataset(data).cases() if case.has_label]
        futures = client.map(slow, cases, predictions=predictions, marker=str(work / "killed"), pure=False)
        again = numbers(zip(cases, client.gather(futures)))
        say((work / "killed").exists() and again == expected, "a worker that was killed: the same scores")
    printed = subprocess.run([sys.executable, "examples/score_dask.py", data, predictions], check=True, capture_output=True,
                             text=True).stdout.split("\n")[:-1]
    say(printed == [f"{case.id} {score.dice!r}" for case, score in scored], "the example prints a line for each case")


if __name__ == "__main__":
    main()
