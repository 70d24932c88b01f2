#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Trains a small 3-D U-Net on the CPU: data -> loader -> training -> prediction -> score.

    amos phantom phantoms --cases 48 --size 64x56x32
    python3 train_unet.py phantoms --output predictions
    amos score --reference phantoms --split va --prediction predictions

Prints the loss, and at intervals the Dice of the validation cases by amos.score(). At the end the predictions of these
cases are saved as NIfTI files, and the files are scored.
"""

import argparse
import os
import time

import numpy
import torch
from torch import nn
from torch.nn import functional

import amos
from amos.torch import PatchLoader

ORIENTATION = "RAS"  # left and right kidney differ only in position: never flip
CT = amos.Scaling("range", -160, 240)
MRI = amos.Scaling("case_zscore")


def block(inputs, outputs):
    return nn.Sequential(
        nn.Conv3d(inputs, outputs, 3, padding=1, bias=False),
        nn.InstanceNorm3d(outputs, affine=True),
        nn.LeakyReLU(0.01),
        nn.Conv3d(outputs, outputs, 3, padding=1, bias=False),
        nn.InstanceNorm3d(outputs, affine=True),
        nn.LeakyReLU(0.01),
    )


class UNet(nn.Module):
    """Each level has half the resolution and twice the channels of the one above."""

    def __init__(self, classes, width, levels):
        super().__init__()
        channels = [width << level for level in range(levels)]
        self.down = nn.ModuleList(block(a, b) for a, b in zip([1] + channels, channels))
        self.up = nn.ModuleList(nn.ConvTranspose3d(2 * a, a, 2, stride=2) for a in channels[:-1])
        self.merge = nn.ModuleList(block(2 * a, a) for a in channels[:-1])
        self.out = nn.Conv3d(width, classes, 1)

    def forward(self, x):
        skips = []
        for level, down in enumerate(self.down):
            x = down(functional.max_pool3d(x, 2) if level else x)
            skips.append(x)
        for level in reversed(range(len(self.up))):
            x = self.merge[level](torch.cat([skips[level], self.up[level](x)], 1))
        return self.out(x)


def loss_of(logits, label):
    """Cross entropy and soft Dice over the classes of the batch."""
    label = label[:, 0]
    share = logits.softmax(1)
    truth = functional.one_hot(label, logits.shape[1]).movedim(-1, 1)
    axes = (0, 2, 3, 4)
    both, sizes = (share * truth).sum(axes), (share + truth).sum(axes)
    dice = (2 * both + 1) / (sizes + 1)
    return functional.cross_entropy(logits, label) + 1 - dice[1:].mean()


@torch.no_grad()
def predict(network, dataset, cases, patch):
    """The label of every voxel of each case: an array with the axes x, y, z, in ORIENTATION."""
    network.eval()
    loader = amos.Loader(dataset, draw="tiles", patch=patch, orientation=ORIENTATION, cases=[case.id for case in cases],
                         ct=CT, mri=MRI, label_type=None, overlap=0.25, hold=4)
    stitched = {}
    for batch in loader:
        logits = network(torch.from_dlpack(batch.image)).softmax(1)
        for element, sample in enumerate(batch.samples):
            if sample.case_id not in stitched:
                tiling = amos.Tiling(loader.geometries[sample.loader_case].shape, patch, overlap=0.25)
                stitched[sample.case_id] = amos.Stitcher(tiling, logits.shape[1])
            stitched[sample.case_id].add(logits[element].contiguous())  # the loader gives tiles in their order
    network.train()
    return {case: stitcher.labels for case, stitcher in stitched.items()}


def mean_dice(predictions, cases):
    scores = {case.id: amos.score(case.label(orientation=ORIENTATION), predictions[case.id]) for case in cases}
    return sum(score.dice for score in scores.values()) / len(scores), scores


def train(network, loader, options, validate):
    optimiser = torch.optim.AdamW(network.parameters(), options.rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, options.rate, options.steps, pct_start=max(0.1, 2 / options.steps))
    begin, step, waited = time.perf_counter(), 0, 0.0
    losses = []
    while step < options.steps:
        asked = time.perf_counter()
        for image, label, _ in loader:
            waited += time.perf_counter() - asked
            loss = loss_of(network(image), label)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            step += 1
            losses.append(loss.item())
            if step % 25 == 0 or step == options.steps:
                seconds = time.perf_counter() - begin
                print(f"step {step:4}  loss {numpy.mean(losses):.3f}  {seconds:5.0f} s, {waited:.1f} s of it waiting for data",
                      flush=True)
                losses.clear()
            if step % options.validate_every == 0 or step == options.steps:
                validate(step)
            if step == options.steps:
                break
            asked = time.perf_counter()


def save(predictions, cases, folder):
    """Writes each prediction with the position and orientation of its image."""
    os.makedirs(folder, exist_ok=True)
    for case in cases:
        path = os.path.join(folder, case.id + ".nii.gz")
        amos.write(path, predictions[case.id], reference=case.image_path, orientation=ORIENTATION)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset", help="a folder as AMOS ships it, such as `amos phantom` generates")
    parser.add_argument("--output", default="predictions", help="folder for the predictions (default: predictions)")
    parser.add_argument("--steps", type=int, default=350, help="training steps (default: 350)")
    parser.add_argument("--patch", type=int, nargs=3, default=(64, 56, 32), metavar=("X", "Y", "Z"),
                        help="voxels of a patch (default: 64 56 32)")
    parser.add_argument("--batch-size", type=int, default=2)
    parser.add_argument("--width", type=int, default=8, help="channels of the first level (default: 8)")
    parser.add_argument("--levels", type=int, default=4)
    parser.add_argument("--rate", type=float, default=0.01, help="largest learning rate (default: 0.01)")
    parser.add_argument("--validate-every", type=int, default=175, metavar="STEPS")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def main():
    options = arguments()
    torch.manual_seed(options.seed)
    dataset = amos.Dataset(options.dataset)
    cases = dataset.cases(split="validation", has_label=True)
    loader = PatchLoader(dataset, split="training", patch=options.patch, batch_size=options.batch_size, orientation=ORIENTATION,
                         foreground=0.75, balanced=True, ct=CT, mri=MRI, label_type="int64", seed=options.seed, threads=1,
                         augment=amos.Augment(noise_share=0.3, noise_high=0.03, brightness_share=0.3, brightness_low=-0.05,
                                              brightness_high=0.05))
    network = UNet(dataset.max_label + 1, options.width, options.levels).to(memory_format=torch.channels_last_3d)
    print(f"{len(loader.cases)} training cases, {len(cases)} validation cases; "
          f"{sum(p.numel() for p in network.parameters())} weights.")

    def validate(step):
        dice, _ = mean_dice(predict(network, dataset, cases, options.patch), cases)
        print(f"step {step:4}  validation Dice {dice:.4f}", flush=True)

    train(network, loader, options, validate)
    save(predict(network, dataset, cases, options.patch), cases, options.output)
    for case in cases:
        score = amos.score(case.label_path, os.path.join(options.output, case.id + ".nii.gz"))
        organs = [amos.ORGANS[n] for n in range(1, 16)]
        print(case.id, f"mean Dice {score.dice:.4f}, mean NSD at 2 mm {score.mean('nsd', 1).mean:.4f}")
        print("  " + ", ".join(f"{organ.name} {score[organ.label].dice:.2f}" for organ in organs))


if __name__ == "__main__":
    main()
