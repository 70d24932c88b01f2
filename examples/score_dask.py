# SPDX-License-Identifier: BSD-3-Clause
"""Scores predictions by Dask: one future for each case, on this machine or by the workers of a scheduler.

    PYTHONPATH=build/python /usr/bin/python3 examples/score_dask.py amos22 predictions --workers 4
    PYTHONPATH=build/python /usr/bin/python3 examples/score_dask.py amos22 predictions --scheduler tcp://head:8786

Each worker needs the amos package and sees the same folders. A case and a score can be pickled, the GIL is released while
a case is scored, and Dask runs what a lost worker had again. The lines are in the order of the data set.
"""

import argparse
import pathlib

import amos
from distributed import Client, LocalCluster


def score_case(case: amos.Case, predictions: str) -> amos.Score:
    return amos.score(case.label_path, str(pathlib.Path(predictions) / f"{case.id}.nii.gz"))


def score_all(client: Client, dataset: amos.Dataset, predictions: str) -> list:
    cases = [case for case in dataset.cases() if case.has_label]
    futures = client.map(score_case, cases, predictions=predictions, key=[f"score-{case.id}" for case in cases], retries=2)
    return list(zip(cases, client.gather(futures)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset")
    parser.add_argument("predictions")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--scheduler", help="the address of one that runs; else workers are started here")
    given = parser.parse_args()
    where = given.scheduler or LocalCluster(n_workers=given.workers, threads_per_worker=1, dashboard_address=None)
    with Client(where) as client:
        scored = score_all(client, amos.Dataset(given.dataset), str(pathlib.Path(given.predictions).resolve()))
    for case, score in scored:
        print(f"{case.id} {score.dice!r}")


if __name__ == "__main__":
    main()
