#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Measures nibabel like bench_read measures libamos: usage: bench_nibabel.py ROUNDS IMAGE LABEL

nibabel is lazy, so every read is forced to produce its array. The slice is read through indexed_gzip if installed, with
its index built before. Prints "work<TAB>milliseconds" of the processor, without the first round.
"""
import sys
import time

import nibabel
import numpy

try:
    import indexed_gzip
except ImportError:
    indexed_gzip = None


def unscaled(path):
    return nibabel.load(path).dataobj.get_unscaled()


def float32(path):
    return nibabel.load(path).get_fdata(dtype=numpy.float32, caching="unchanged")


def header(path):
    return nibabel.load(path).affine


def open_indexed(path):
    file = indexed_gzip.IndexedGzipFile(path)
    file.build_full_index()
    holder = nibabel.FileHolder(path, file)
    return nibabel.Nifti1Image.from_file_map({"header": holder, "image": holder})


def some_slice(image, turn=[0]):
    """Returns another slice each time, far from the last one: indexed_gzip keeps what it decoded last."""
    turn[0] += 1
    return numpy.asarray(image.dataobj[:, :, turn[0] * 37 % image.shape[2]])


def main():
    rounds, image, label = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    works = [("nibabel stored", unscaled, image, 1), ("nibabel float32", float32, image, 1),
             ("nibabel open", header, image, 20), ("label nibabel", unscaled, label, 1)]
    if indexed_gzip:
        works.append(("nibabel slice", some_slice, open_indexed(image), 10))
    for turn in range(rounds + 1):
        for name, work, subject, times in works:
            start = time.process_time()
            for _ in range(times):
                work(subject)
            spent = (time.process_time() - start) / times * 1e3
            if turn:
                print(f"{name}\t{spent:.6f}")


if __name__ == "__main__":
    main()
