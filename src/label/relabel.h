/* SPDX-License-Identifier: BSD-3-Clause */
/* Maps a stored voxel to a label: it is scaled, must be an integer, is looked up in the table (if any), and must be in
 * range. */
#ifndef AMOSI_LABEL_RELABEL_H
#define AMOSI_LABEL_RELABEL_H

#include <stdbool.h>

#include <amos/labelmap.h>

struct amosi_relabel_rule {
    double slope, inter;
    double round_within;
    int max_label;
    bool drop_unlisted;
    bool has_table;
    amos_relabel *table; /* owned; sorted by `from` */
    size_t table_count;
};

/* Checks and copies the options. */
amos_status amosi_relabel_take(struct amosi_relabel_rule *rule, const amos_volume_info *info,
                               const amos_labelmap_options *options, const char *path, amos_error *err);
void amosi_relabel_free(struct amosi_relabel_rule *rule);

/* The label of an unscaled voxel; -1 if it is not a label. *value is the scaled value. */
int amosi_relabel_voxel(const struct amosi_relabel_rule *rule, double stored, double *value);

#endif
