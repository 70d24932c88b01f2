/* SPDX-License-Identifier: BSD-3-Clause */
/* Makes one sample of a batch: holds its case, copies its voxels, changes and scales them. */
#ifndef AMOSI_LOADER_FILL_SAMPLE_H
#define AMOSI_LOADER_FILL_SAMPLE_H

#include "loader/fill/frame.h"
#include "loader/fill/tone.h"

/* What all samples have in common. */
struct amosi_maker {
    const struct amosi_loader_settings *settings;
    const struct amosi_loader_cases *cases;
    struct amosi_store *store;
    struct amosi_loader_shared *shared;
};

/* A thread's own memory. */
struct amosi_sample_scratch {
    amos_loader *loader; /* whose thread it is */
    struct amosi_view_scratch voxels;
    float *row, *spare,
        *whole;      /* two rows; and a whole sample, where float16 is made of values that are looked at together */
    uint8_t *labels; /* a row */
    uint64_t *keys;  /* of each row's noise */
    struct amosi_gamma gamma;
};

/* Bytes of the largest scratch that any sample needs. */
uint64_t amosi_sample_scratch_bytes(const struct amosi_loader_settings *s, const struct amosi_loader_cases *cases);

amos_status amosi_sample_scratch_make(struct amosi_sample_scratch *scratch, const struct amosi_loader_settings *s,
                                      const struct amosi_loader_cases *cases, amos_error *err);
void amosi_sample_scratch_free(struct amosi_sample_scratch *scratch);

/* Fills the image and the label (NULL where there is none) of the sample that was picked, and tells of it. */
amos_status amosi_sample_make(const struct amosi_maker *maker, const struct amosi_pick *pick,
                              struct amosi_sample_scratch *scratch, void *image, void *label, amos_batch_sample *sample,
                              amos_error *err);

/* A sample of `voxels` voxels that is padding alone. */
void amosi_sample_blank(const struct amosi_loader_settings *s, int64_t voxels, void *image, void *label);

#endif
