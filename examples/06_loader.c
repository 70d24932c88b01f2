/* SPDX-License-Identifier: BSD-3-Clause */
/* Draws batches of patches of the training cases, as a training loop would, and reports the batches per second.
 * usage: 06_loader DIRECTORY [BATCHES] */
#include <amos/amos.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double seconds(void)
{
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* What the loader leaves out or finds odd. */
static void print_note(void *user, amos_log_level level, const char *message)
{
    (void)user;
    if (level >= AMOS_LOG_WARNING)
        fprintf(stderr, "%s\n", message);
}

/* Two patches of 96 x 96 x 32 per batch, randomly flipped and scaled; a third of them must contain an organ. All cases
 * are turned to one orientation. A flip along x then mirrors left and right, so the labels of the right and the left
 * kidney, and those of the adrenal glands, are exchanged with it. */
static amos_status open_loader(const amos_dataset *dataset, amos_loader **loader, amos_error *err)
{
    amos_case_filter training = AMOS_CASE_FILTER_INIT;
    amos_scaling ct = AMOS_SCALING_INIT, mri = AMOS_SCALING_INIT;
    amos_augment augment = AMOS_AUGMENT_INIT;
    training.split = AMOS_SPLIT_TRAINING;
    ct.scale = AMOS_SCALING_RANGE;
    ct.low = -160.0;
    ct.high = 240.0;
    mri.scale = AMOS_SCALING_CASE_RANGE;
    augment.flips = AMOS_FLIP_X | AMOS_FLIP_Y;
    augment.mirror = AMOS_MIRROR_EXCHANGE;
    amos_loader_options options = AMOS_LOADER_OPTIONS_INIT;
    options.filter = &training;
    options.orientation = "RAS";
    options.log = print_note;
    options.patch[0] = options.patch[1] = 96;
    options.patch[2] = 32;
    options.batch_size = 2;
    options.foreground = 0.33;
    options.ct = &ct;
    options.mri = &mri;
    options.augment = &augment;
    options.seed = 1;
    return amos_loader_open(dataset, &options, loader, err);
}

/* A training step would be here; instead this computes the share of foreground in a batch. */
static double share_of_foreground(const amos_batch_info *batch)
{
    const uint8_t *label = batch->label.data;
    size_t foreground = 0;
    for (size_t i = 0; i < batch->label.bytes; i++)
        foreground += label[i] != 0;
    return (double)foreground / (double)batch->label.bytes;
}

static amos_status draw_batches(amos_loader *loader, int count, amos_error *err)
{
    double begin = seconds();
    for (int drawn = 0; drawn < count;) {
        amos_batch *batch;
        amos_status status = amos_loader_next(loader, &batch, err);
        if (status != AMOS_OK)
            return status;
        if (batch == NULL) /* the end of an epoch */
            continue;
        const amos_batch_info *info = amos_batch_get_info(batch);
        if (drawn < 5)
            printf("epoch %llu step %llu: %s and %s, %4.1f %% foreground\n", (unsigned long long)info->epoch,
                   (unsigned long long)info->step, amos_batch_get_sample(batch, 0)->case_id,
                   amos_batch_get_sample(batch, 1)->case_id, 100.0 * share_of_foreground(info));
        drawn++;
        amos_batch_free(batch);
    }
    printf("%.1f batches per second\n", count / (seconds() - begin));
    return AMOS_OK;
}

int main(int argc, char **argv)
{
    if (argc != 2 && argc != 3) {
        fprintf(stderr, "usage: %s DIRECTORY [BATCHES]\n", argv[0]);
        return 2;
    }
    amos_dataset *dataset = NULL;
    amos_loader *loader = NULL;
    amos_error err;
    amos_status status = amos_dataset_open(argv[1], NULL, &dataset, &err);
    if (status == AMOS_OK)
        status = open_loader(dataset, &loader, &err);
    if (status == AMOS_OK)
        status = draw_batches(loader, argc == 3 ? (int)strtol(argv[2], NULL, 10) : 100, &err);
    if (status != AMOS_OK)
        fprintf(stderr, "%s\n", err.message);
    amos_loader_free(loader);
    amos_dataset_free(dataset);
    return status != AMOS_OK;
}
