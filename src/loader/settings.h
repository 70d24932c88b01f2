/* SPDX-License-Identifier: BSD-3-Clause */
/* The options of a loader: copied, checked, with defaults filled in. */
#ifndef AMOSI_LOADER_SETTINGS_H
#define AMOSI_LOADER_SETTINGS_H

#include <stdbool.h>

#include <amos/loader.h>

#include "volume/accept.h"

/* 64-bit words in a bit set of labels 0..255. */
#define AMOSI_LABEL_WORDS 4

/* The settings of a loader. They do not change after opening. */
struct amosi_loader_settings {
    amos_loader_options o; /* with all defaults filled in; the structs behind its pointers are copied below */
    amos_scaling ct, mri, unknown;
    bool needs_modality; /* the scaling of a case of unknown modality is not chosen */
    amos_augment augment;
    amos_batch_buffers buffers;
    bool has_buffers;
    bool has_labels; /* labels are requested */
    bool has_orientation;
    char orientation[4];
    struct amosi_accept accept;             /* owned; max_label is that of the loader */
    uint64_t foreground[AMOSI_LABEL_WORDS]; /* bit set of the labels that count as foreground */
    bool needs_organs;                      /* the organs of each case must be known at opening */
    uint8_t exchange[256];           /* the label that each label becomes if a sample is mirrored; see draw/mirror.h */
    bool has_pairs;                  /* there are such labels */
    int label_planes;                /* 1, or max_label + 1 for one-hot */
    size_t image_bytes, label_bytes; /* per voxel, all planes */
};

/* Copies and checks `options` (NULL: the defaults). The pointers in s->o still belong to the caller. max_label is that
 * of the data set. AMOS_E_ARG with a message if an option is not valid. The settings must be freed, also after a
 * failure. */
amos_status amosi_loader_settings_take(struct amosi_loader_settings *s, const amos_loader_options *options,
                                       int max_label, amos_error *err);
void amosi_loader_settings_free(struct amosi_loader_settings *s);

/* The largest label that is delivered. */
static inline int amosi_settings_max_label(const struct amosi_loader_settings *s)
{
    return s->accept.o.max_label;
}

/* How files are opened. */
amos_volume_options amosi_settings_volume(const struct amosi_loader_settings *s);

/* Whether the scaling of a modality needs the intensities of the body. */
bool amosi_settings_need_body(const struct amosi_loader_settings *s, amos_modality modality);

/* Whether a sample of a volume of this shape may reach beyond the volume, so that it is padded. */
bool amosi_settings_may_pad(const struct amosi_loader_settings *s, const int64_t shape[3]);

/* The scaling of images of a modality. */
const amos_scaling *amosi_settings_scaling(const struct amosi_loader_settings *s, amos_modality modality);

/* Whether a label (0..255) is in a bit set. */
static inline bool amosi_bit(const uint64_t bits[AMOSI_LABEL_WORDS], int label)
{
    return bits[label >> 6] >> (label & 63) & 1;
}

/* Adds a label (0..255) to a bit set. */
static inline void amosi_set_bit(uint64_t bits[AMOSI_LABEL_WORDS], int label)
{
    bits[label >> 6] |= (uint64_t)1 << (label & 63);
}

#endif
