#!/usr/bin/env python3
"""Measures nibabel as bench_read does libamos: usage: bench_nibabel.py ROUNDS IMAGE LABEL

nibabel is lazy, so every read is made to produce its array. Prints "work<TAB>milliseconds"; the first round is left out.
"""
import sys
import time

import nibabel
import numpy


def unscaled(path):
    return nibabel.load(path).dataobj.get_unscaled()


def float32(path):
    return nibabel.load(path).get_fdata(dtype=numpy.float32, caching="unchanged")


def header(path):
    return nibabel.load(path).affine


def main():
    rounds, image, label = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    works = [("nibabel stored", unscaled, image, 1), ("nibabel float32", float32, image, 1),
             ("nibabel open", header, image, 20), ("label nibabel", unscaled, label, 1)]
    for turn in range(rounds + 1):
        for name, work, path, times in works:
            start = time.perf_counter()
            for _ in range(times):
                work(path)
            spent = (time.perf_counter() - start) / times * 1e3
            if turn:
                print(f"{name}\t{spent:.6f}")


if __name__ == "__main__":
    main()
