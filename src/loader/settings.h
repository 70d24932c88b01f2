/* SPDX-License-Identifier: BSD-3-Clause */
/* The options of a loader, taken, checked and completed. */
#ifndef AMOSI_LOADER_SETTINGS_H
#define AMOSI_LOADER_SETTINGS_H

#include <stdbool.h>

#include <amos/loader.h>

#define AMOSI_LABEL_WORDS 4

struct amosi_loader_settings {
    amos_loader_options o; /* every default filled in; what its pointers point to is copied below */
    amos_scaling ct, mri;
    amos_augment augment;
    amos_batch_buffers buffers;
    bool has_buffers;
    bool has_labels; /* asked for */
    bool has_orientation;
    char orientation[4];
    uint64_t foreground[AMOSI_LABEL_WORDS]; /* bit set of the labels that count */
    bool needs_organs;                      /* which organs a case has must be known at opening */
    int label_planes;                       /* 1, or max_label + 1 for one-hot */
    size_t image_bytes, label_bytes;        /* of a voxel, all planes */
};

amos_status amosi_loader_settings_take(struct amosi_loader_settings *s, const amos_loader_options *options,
                                       amos_error *err);

/* Whether scaling needs to know how bright the body is. */
bool amosi_settings_need_body(const struct amosi_loader_settings *s, amos_modality modality);

/* How images of a modality are scaled. */
const amos_scaling *amosi_settings_scaling(const struct amosi_loader_settings *s, amos_modality modality);

static inline bool amosi_bit(const uint64_t bits[AMOSI_LABEL_WORDS], int label)
{
    return bits[label >> 6] >> (label & 63) & 1;
}

static inline void amosi_set_bit(uint64_t bits[AMOSI_LABEL_WORDS], int label)
{
    bits[label >> 6] |= (uint64_t)1 << (label & 63);
}

#endif
