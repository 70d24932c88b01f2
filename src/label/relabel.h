/* SPDX-License-Identifier: BSD-3-Clause */
/* From a stored voxel to a label: scaled, an integer, in the table if there is one, and in range. */
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

/* Checks and copies what the options say. */
amos_status amosi_relabel_take(struct amosi_relabel_rule *rule, const amos_volume_info *info,
                               const amos_labelmap_options *options, const char *path, amos_error *err);
void amosi_relabel_free(struct amosi_relabel_rule *rule);

/* The label of an unscaled voxel, or -1 where it is none. *value gets what the voxel means. */
int amosi_relabel_voxel(const struct amosi_relabel_rule *rule, double stored, double *value);

#endif
