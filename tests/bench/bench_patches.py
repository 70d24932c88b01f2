"""Measures labelled patches per second: libamos beside what people use in its place.

usage: bench_patches.py DATASET --work FOLDER [--seconds 10] [--patch 160 160 96] [--threads 2]

Every way gives float32 patches, clipped to -160..240 and scaled to 0..1, and uint8 labels, at random places of random
cases. FOLDER gets the uncompressed copies and the cache; it may be used again.
"""

import argparse
import os
import time

import nibabel
import numpy

import amos


def scaled(voxels):
    out = voxels.astype(numpy.float32)
    numpy.clip(out, -160, 240, out=out)
    out += 160
    out *= 1 / 400
    return out


def place(random, shape, patch):
    """A random box of the volume, or all of an axis that is shorter than the patch."""
    start = [int(random.integers(max(n - p, 0) + 1)) for n, p in zip(shape, patch)]
    return tuple(slice(a, a + p) for a, p in zip(start, patch))


# -- the others --------------------------------------------------------------------------------------------------------


class Nibabel:
    """Reads whole .nii.gz files, and keeps nothing, as a map-style data set of PyTorch does."""

    def __init__(self, pairs, patch):
        self.pairs, self.patch = pairs, patch

    def __len__(self):
        return 1 << 30

    def __getitem__(self, index):
        random = numpy.random.default_rng(index)
        image, label = self.pairs[int(random.integers(len(self.pairs)))]
        image, label = nibabel.load(image), nibabel.load(label)
        box = place(random, image.shape, self.patch)
        return scaled(numpy.asarray(image.dataobj)[box]), numpy.asarray(label.dataobj)[box].astype(numpy.uint8)


def torch_nibabel(pairs, options):
    import torch.utils.data

    data = torch.utils.data.DataLoader(Nibabel(pairs, options.patch), batch_size=1, num_workers=2, collate_fn=lambda x: x[0])
    yield from data


def nibabel_mapped(pairs, options):
    """Uncompressed .nii through nibabel's memory map."""
    random = numpy.random.default_rng(1)
    while True:
        image, label = pairs[int(random.integers(len(pairs)))]
        image, label = nibabel.load(image), nibabel.load(label)
        box = place(random, image.shape, options.patch)
        yield scaled(numpy.asarray(image.dataobj[box])), numpy.asarray(label.dataobj[box]).astype(numpy.uint8)


def numpy_mapped(pairs, options):
    """.npy in C order of (z, y, x), mapped once."""
    random = numpy.random.default_rng(1)
    opened = [tuple(numpy.load(path, mmap_mode="r") for path in pair) for pair in pairs]
    while True:
        image, label = opened[int(random.integers(len(opened)))]
        box = place(random, image.shape, options.patch[::-1])
        yield scaled(image[box]), label[box].copy()


# -- libamos -----------------------------------------------------------------------------------------------------------


def amos_loader(dataset, options, **more):
    scale = amos.Scaling("range", -160, 240)
    loader = amos.Loader(dataset, patch=options.patch, ct=scale, mri=scale, threads=options.threads, steps=1 << 30, **more)
    for batch in loader:
        yield batch


# -- measuring ---------------------------------------------------------------------------------------------------------


def rate(patches, seconds):
    """Patches per second after a second of running up."""
    iterator = iter(patches)
    begin = time.perf_counter()
    while time.perf_counter() - begin < 1:
        next(iterator)
    begin, count = time.perf_counter(), 0
    while time.perf_counter() - begin < seconds:
        next(iterator)
        count += 1
    return count / (time.perf_counter() - begin)


def copies(cases, folder):
    """The files, and the same as .nii and .npy."""
    files, plain, arrays = [], [], []
    for case in cases:
        files.append((case.image_path, case.label_path))
        stems = [os.path.join(folder, case.id + kind) for kind in ("-image", "-label")]
        plain.append(tuple(stem + ".nii" for stem in stems))
        arrays.append(tuple(stem + ".npy" for stem in stems))
        if os.path.exists(arrays[-1][1]):
            continue
        image, labels = case.load("int16")
        for voxels, nii, npy in zip((image, labels.voxels), plain[-1], arrays[-1]):
            amos.write(nii, voxels, reference=case.image_path)
            numpy.save(npy, numpy.ascontiguousarray(numpy.asarray(voxels).T))
    return files, plain, arrays


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("dataset")
    parser.add_argument("--work", required=True)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--patch", type=int, nargs=3, default=(160, 160, 96))
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    dataset = amos.Dataset(options.dataset)
    cases = dataset.cases(has_label=True, has_image=True)
    os.makedirs(options.work, exist_ok=True)
    files, plain, arrays = copies(cases, options.work)
    ways = [("(a) torch DataLoader and nibabel, .nii.gz, 2 workers", torch_nibabel(files, options)),
            ("(b) nibabel, .nii mapped", nibabel_mapped(plain, options)),
            ("(c) numpy, .npy mapped", numpy_mapped(arrays, options)),
            (f"libamos, files, {options.threads} threads", amos_loader(dataset, options))]
    if amos.features().get("blosc", "off") != "off":
        cache = amos.Cache(os.path.join(options.work, "cache"))
        begin = time.perf_counter()
        cache.build(dataset, has_label=True, threads=options.threads)
        print(f"cache: {sum(size for _, size in cache.entries) / 1e6:.0f} MB, in {time.perf_counter() - begin:.1f} s")
        ways.append((f"libamos, cache, {options.threads} threads", amos_loader(dataset, options, cache=cache)))
    print(f"{len(cases)} cases, patches of {options.patch[0]} x {options.patch[1]} x {options.patch[2]} voxels")
    for name, patches in ways:
        print(f"{name:54} {rate(patches, options.seconds):8.1f} patches/s", flush=True)


if __name__ == "__main__":
    main()
