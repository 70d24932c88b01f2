/* SPDX-License-Identifier: BSD-3-Clause */
/* Maps a stored voxel to a label: it is scaled, must be an integer (or is rounded), may be ignored, is looked up in the
 * table (if any), and must be in range. What was accepted and what was not is counted. */
#ifndef AMOSI_LABEL_RELABEL_H
#define AMOSI_LABEL_RELABEL_H

#include <stdbool.h>

#include <amos/labelmap.h>

#include "volume/accept.h"

struct amosi_relabel_rule {
    struct amosi_accept accept; /* owned */
    double slope, inter;
    int max_label;
};

/* What became of a voxel. */
struct amosi_labelled {
    int label;       /* -1: it is not a label */
    double value;    /* after scaling */
    double rounding; /* how far it was rounded; 0: not */
    bool ignored, relabelled;
    bool plain; /* a label, and nothing else is to be counted */
};

/* What was found in many voxels. */
struct amosi_label_counts {
    amos_accepted accepted;
    uint64_t bad;      /* voxels that are not labels, */
    int64_t bad_at[3]; /* and the first of them */
    double bad_value;
};

/* Copies and checks what is accepted; max_label 0 becomes 15. The rule must be freed, also after a failure. */
amos_status amosi_relabel_begin(struct amosi_relabel_rule *rule, double slope, double inter, const amos_accept *accept,
                                const char *path, amos_error *err);
void amosi_relabel_free(struct amosi_relabel_rule *rule);

/* The label of an unscaled voxel. */
struct amosi_labelled amosi_relabel_voxel(const struct amosi_relabel_rule *rule, double stored);

/* Counts n voxels, the first at `at`, that are not plain. */
void amosi_label_count(struct amosi_label_counts *counts, const struct amosi_labelled *voxel, const int64_t at[3],
                       uint64_t n);

/* Adds the counts of voxels that come after those of `counts`. */
void amosi_label_counts_add(struct amosi_label_counts *counts, const struct amosi_label_counts *later);

/* AMOS_E_LABEL if one of `voxels` voxels is not a label: how many, the first of them, and what would accept it. */
amos_status amosi_label_counts_check(const struct amosi_label_counts *counts, const struct amosi_relabel_rule *rule,
                                     uint64_t voxels, const char *path, amos_error *err);

#endif
