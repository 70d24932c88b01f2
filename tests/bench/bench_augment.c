/* SPDX-License-Identifier: BSD-3-Clause */
/* The speed of patches with augmentation: batches of two patches of 128x128x128 voxels, float32, with uint8 labels, of
 * cases that are in memory. areas/augment.py compares it with torch. Prints "name<tab>milliseconds" lines for a
 * batch; "name, processors" is processor time.
 *
 * bench_augment TREE [THREADS [BATCHES]]:
 *   patches            cut and scaled only
 *   patches flipped    with flips
 *   patches rotated    rotated and zoomed
 *   patches toned      with gamma, contrast, brightness and noise
 *   patches augmented  with all of it */
#define _XOPEN_SOURCE 700
#include <amos/amos.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static void need(amos_status status, const amos_error *err)
{
    if (status) {
        fprintf(stderr, "bench_augment: %s\n", err->message);
        exit(1);
    }
}

enum { FLIPS = 1, ROTATION = 2, TONE = 4 };

static amos_augment changes(int which)
{
    amos_augment a = AMOS_AUGMENT_INIT;
    a.flips = which & FLIPS ? AMOS_FLIP_X | AMOS_FLIP_Y | AMOS_FLIP_Z : 0;
    a.mirror = AMOS_MIRROR_EXCHANGE;
    a.affine_share = which & ROTATION ? 1 : 0;
    for (int i = 0; i < 3; i++)
        a.rotate_degrees[i] = 30;
    a.zoom_low = 0.7;
    a.zoom_high = 1.4;
    a.gamma_share = a.brightness_share = a.contrast_share = a.noise_share = which & TONE ? 1 : 0;
    a.gamma_low = 0.7;
    a.gamma_high = 1.5;
    a.brightness_low = -0.1;
    a.brightness_high = 0.1;
    a.contrast_low = 0.75;
    a.contrast_high = 1.25;
    a.noise_low = 0;
    a.noise_high = 0.1;
    return a;
}

enum { CASES = 3 };

/* The first cases that have a label: few enough to be in memory together. */
static size_t first_cases(const amos_dataset *dataset, const char *ids[CASES])
{
    const amos_case_filter labelled = {.size = sizeof labelled, .has_label = 1, .has_image = 1};
    const amos_case *c = NULL;
    amos_error err;
    size_t count = 0;
    while (count < CASES) {
        need(amos_dataset_next(dataset, &labelled, &c, &err), &err);
        if (!c)
            break;
        ids[count++] = amos_case_get_info(c)->id;
    }
    return count;
}

static void measure(const amos_dataset *dataset, const char *name, int which, int threads, int batches)
{
    const char *ids[CASES];
    const amos_augment augment = changes(which);
    amos_loader_options o = AMOS_LOADER_OPTIONS_INIT;
    amos_loader *loader;
    amos_batch *batch;
    amos_error err;
    double begin = 0, used = 0;
    o.cases = ids;
    o.case_count = first_cases(dataset, ids);
    o.augment = &augment;
    for (int i = 0; i < 3; i++)
        o.patch[i] = 128;
    const amos_scaling range = {sizeof range, AMOS_SCALING_RANGE, -160, 240, 0, 0};
    o.ct = &range;
    o.mri = o.unknown = &range;
    o.batch_size = 2;
    o.steps = 1000000;
    o.threads = threads;
    o.memory_budget = (uint64_t)4 << 30;
    need(amos_loader_open(dataset, &o, &loader, &err), &err);
    const int warm = 12; /* every case is in memory after these */
    for (int i = 0; i < warm + batches; i++) {
        if (i == warm) {
            begin = now(CLOCK_MONOTONIC);
            used = now(CLOCK_PROCESS_CPUTIME_ID);
        }
        need(amos_loader_next(loader, &batch, &err), &err);
        amos_batch_free(batch);
    }
    printf("%s\t%.3f\n", name, (now(CLOCK_MONOTONIC) - begin) / batches);
    printf("%s, processors\t%.3f\n", name, (now(CLOCK_PROCESS_CPUTIME_ID) - used) / batches);
    amos_loader_free(loader);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int which;
    } rows[] = {{"patches", 0},
                {"patches flipped", FLIPS},
                {"patches rotated", ROTATION},
                {"patches toned", TONE},
                {"patches augmented", FLIPS | ROTATION | TONE}};
    if (argc < 2) {
        fputs("usage: bench_augment TREE [THREADS [BATCHES]]\n", stderr);
        return 2;
    }
    amos_dataset *dataset;
    amos_error err;
    need(amos_dataset_open(argv[1], NULL, &dataset, &err), &err);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        measure(dataset, rows[i].name, rows[i].which, argc > 2 ? atoi(argv[2]) : 2, argc > 3 ? atoi(argv[3]) : 20);
    amos_dataset_free(dataset);
    return 0;
}
