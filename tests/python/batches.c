/* SPDX-License-Identifier: BSD-3-Clause */
/* The batches of two epochs from C: batches TREE SETTING [CACHE] prints "epoch step CRC-32 CRC-32" for the image
 * and label of each; without a setting, the names of all settings. test_batches.py has the same settings, and
 * compares its batches with these. Python's zlib computes the same CRC-32. */
#include <amos/amos.h>

#include <stdio.h>
#include <string.h>
#include <zlib.h>

static const amos_scaling range = {.size = sizeof range, .scale = AMOS_SCALING_RANGE, .low = -160, .high = 240};
static const amos_scaling by_case = {.size = sizeof by_case, .scale = AMOS_SCALING_CASE_ZSCORE};
static const amos_augment turned = {.size = sizeof turned,
                                    .flips = AMOS_FLIP_X | AMOS_FLIP_Y | AMOS_FLIP_Z,
                                    .mirror = AMOS_MIRROR_KEEP,
                                    .quarter_turns = 1};
static const amos_augment noisy = {.size = sizeof noisy,
                                   .flips = AMOS_FLIP_X,
                                   .mirror = AMOS_MIRROR_EXCHANGE,
                                   .brightness_share = 0.5,
                                   .brightness_low = -0.1,
                                   .brightness_high = 0.1,
                                   .noise_share = 0.75,
                                   .noise_low = 0.01,
                                   .noise_high = 0.1};
static const amos_augment all = {.size = sizeof all,
                                 .flips = AMOS_FLIP_Z,
                                 .quarter_turns = 1,
                                 .affine_share = 0.5,
                                 .rotate_degrees = {10, 5, 20},
                                 .zoom_low = 0.8,
                                 .zoom_high = 1.25,
                                 .gamma_share = 0.5,
                                 .gamma_low = 0.7,
                                 .gamma_high = 1.5,
                                 .contrast_share = 0.5,
                                 .contrast_low = 0.75,
                                 .contrast_high = 1.25,
                                 .noise_share = 0.5,
                                 .noise_low = 0,
                                 .noise_high = 0.1};

struct setting {
    const char *name;
    amos_loader_options options;
};

#define PATCHES .size = sizeof(amos_loader_options), .patch = {32, 24, 16}, .batch_size = 2, .seed = 3
static const struct setting settings[] = {
    {"stored", {PATCHES}},
    {"scaled", {PATCHES, .ct = &range, .mri = &by_case, .foreground = 0.5, .balanced = 1}},
    {"beyond", {PATCHES, .border = {16, 12, 8}, .ct = &range, .label_type = AMOS_LABEL_TYPE_INT64, .augment = &noisy}},
    {"turned", {PATCHES, .border = {5, 6, 7}, .augment = &turned, .image_type = AMOS_IMAGE_TYPE_FLOAT16}},
    {"square",
     {.size = sizeof(amos_loader_options),
      .patch = {40, 40, 20},
      .batch_size = 3,
      .augment = &turned,
      .ct = &range,
      .label_type = AMOS_LABEL_TYPE_ONEHOT}},
    {"noisy", {PATCHES, .mri = &by_case, .augment = &noisy, .image_type = AMOS_IMAGE_TYPE_FLOAT16}},
    {"all", {PATCHES, .border = {4, 4, 4}, .ct = &range, .mri = &by_case, .augment = &all}},
    {"whole", {.size = sizeof(amos_loader_options), .draw = AMOS_SAMPLING_WHOLE, .ct = &range}},
    {"tiles",
     {.size = sizeof(amos_loader_options),
      .draw = AMOS_SAMPLING_TILES,
      .patch = {48, 48, 32},
      .overlap = 0.5,
      .batch_size = 2,
      .mri = &by_case}},
};
enum { SETTINGS = sizeof settings / sizeof settings[0] };

static unsigned long digest(const amos_tensor *tensor)
{
    return tensor->data ? crc32(0, tensor->data, (uInt)tensor->bytes) : 0;
}

static amos_status print_epoch(amos_loader *loader, amos_error *err)
{
    amos_batch *batch;
    amos_status status;
    while ((status = amos_loader_next(loader, &batch, err)) == AMOS_OK && batch) {
        const amos_batch_info *info = amos_batch_get_info(batch);
        printf("%llu %llu %lu %lu\n", (unsigned long long)info->epoch, (unsigned long long)info->step,
               digest(&info->image), digest(&info->label));
        amos_batch_free(batch);
    }
    return status;
}

static amos_status print_batches(const char *tree, const char *folder, amos_loader_options *options, amos_error *err)
{
    amos_dataset *dataset = NULL;
    amos_cache *cache = NULL;
    amos_loader *loader = NULL;
    amos_status status = amos_dataset_open(tree, NULL, &dataset, err);
    if (!status && folder)
        status = amos_cache_open(folder, NULL, &cache, err);
    options->cache = cache;
    if (!status)
        status = amos_loader_open(dataset, options, &loader, err);
    for (int epoch = 0; epoch < 2 && !status; epoch++)
        status = print_epoch(loader, err);
    amos_loader_free(loader);
    amos_cache_free(cache);
    amos_dataset_free(dataset);
    return status;
}

int main(int argc, char **argv)
{
    amos_error err;
    for (int i = 0; i < SETTINGS; i++) {
        amos_loader_options options = settings[i].options;
        if (argc < 3)
            printf("%s\n", settings[i].name);
        else if (strcmp(argv[2], settings[i].name) == 0 &&
                 print_batches(argv[1], argc > 3 ? argv[3] : NULL, &options, &err) != AMOS_OK) {
            fprintf(stderr, "%s\n", err.message);
            return 1;
        }
    }
    return 0;
}
