/* SPDX-License-Identifier: BSD-3-Clause */
/* Produces one sample of a batch: holds its case, copies its voxels, augments and scales them. */
#ifndef AMOSI_LOADER_FILL_SAMPLE_H
#define AMOSI_LOADER_FILL_SAMPLE_H

#include "loader/fill/frame.h"
#include "loader/fill/tone.h"

/* What all samples of a loader share. */
struct amosi_maker {
    const struct amosi_loader_settings *settings;
    const struct amosi_loader_cases *cases;
    struct amosi_store *store;
    struct amosi_loader_shared *shared;
    const struct amosi_log *log;
};

/* The working memory of one thread. */
struct amosi_sample_scratch {
    amos_loader *loader; /* the loader of the thread */
    struct amosi_view_scratch voxels;
    float *floats; /* a source box as float32, for a rotated sample of another type; grows as needed */
    size_t floats_bytes;
    float *row, *spare, *whole; /* two rows; and a whole sample, if float16 values need gamma or contrast */
    uint8_t *labels;            /* a row */
    uint64_t *keys;             /* the key of each row's noise */
    struct amosi_gamma gamma;
};

/* The bytes of scratch that the largest sample needs. */
uint64_t amosi_sample_scratch_bytes(const struct amosi_loader_settings *s, const struct amosi_loader_cases *cases);

/* Allocates the buffers. On failure (AMOS_E_NOMEM) amosi_sample_scratch_free() must follow, as on success. */
amos_status amosi_sample_scratch_make(struct amosi_sample_scratch *scratch, const struct amosi_loader_settings *s,
                                      const struct amosi_loader_cases *cases, amos_error *err);

/* Frees the buffers, but not *scratch itself. */
void amosi_sample_scratch_free(struct amosi_sample_scratch *scratch);

/* Produces the picked sample: fills `image`, `label` (NULL without labels) and the description *sample. Waits for the
 * case if necessary. Any thread, each with its own scratch. */
amos_status amosi_sample_make(const struct amosi_maker *maker, const struct amosi_pick *pick,
                              struct amosi_sample_scratch *scratch, void *image, void *label, amos_batch_sample *sample,
                              amos_error *err);

/* Fills a sample of `voxels` voxels with zeros; one-hot labels get background. */
void amosi_sample_blank(const struct amosi_loader_settings *s, int64_t voxels, void *image, void *label);

#endif
