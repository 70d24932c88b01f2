/* SPDX-License-Identifier: BSD-3-Clause */
#include "label/relabel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"

#define LARGEST_ROUNDING 0.02

static int by_from(const void *a, const void *b)
{
    int64_t x = ((const amos_relabel *)a)->from, y = ((const amos_relabel *)b)->from;
    return x < y ? -1 : x > y;
}

static amos_status take_table(struct amosi_relabel_rule *rule, const amos_labelmap_options *o, const char *path,
                              amos_error *err)
{
    rule->table = amosi_alloc_array(o->table_count, sizeof *o->table);
    if (!rule->table)
        return amosi_fail_nomem(err, path);
    memcpy(rule->table, o->table, o->table_count * sizeof *o->table);
    qsort(rule->table, o->table_count, sizeof *rule->table, by_from);
    rule->table_count = o->table_count;
    rule->has_table = true;
    for (size_t i = 0; i < rule->table_count; i++) {
        if (rule->table[i].to > rule->max_label)
            return amosi_fail(err, AMOS_E_ARG, path,
                              "the label table maps %lld to %u, which is above the largest label %d.",
                              (long long)rule->table[i].from, rule->table[i].to, rule->max_label);
        if (i && rule->table[i].from == rule->table[i - 1].from)
            return amosi_fail(err, AMOS_E_ARG, path, "the label table lists %lld twice.", (long long)rule->table[i].from);
    }
    return AMOS_OK;
}

amos_status amosi_relabel_take(struct amosi_relabel_rule *rule, const amos_volume_info *info,
                               const amos_labelmap_options *options, const char *path, amos_error *err)
{
    memset(rule, 0, sizeof *rule);
    rule->slope = info->slope;
    rule->inter = info->inter;
    rule->round_within = options->round_within;
    rule->max_label = options->max_label ? options->max_label : AMOS_ORGAN_COUNT - 1;
    rule->drop_unlisted = options->flags & AMOS_LABELMAP_DROP_UNLISTED;
    if (options->flags & ~(AMOS_LABELMAP_STATS_ONLY | AMOS_LABELMAP_DROP_UNLISTED))
        return amosi_fail(err, AMOS_E_ARG, path, "amos_labelmap_options has an unknown flag.");
    if (rule->max_label < 1 || rule->max_label > 255)
        return amosi_fail(err, AMOS_E_ARG, path, "max_label is %d; it must be 1 to 255.", rule->max_label);
    if (!(rule->round_within >= 0 && rule->round_within <= LARGEST_ROUNDING))
        return amosi_fail(err, AMOS_E_ARG, path, "round_within is %g; it must be 0 to %g.", rule->round_within,
                          LARGEST_ROUNDING);
    if (rule->drop_unlisted && !options->table)
        return amosi_fail(err, AMOS_E_ARG, path, "AMOS_LABELMAP_DROP_UNLISTED needs a table.");
    return options->table ? take_table(rule, options, path, err) : AMOS_OK;
}

void amosi_relabel_free(struct amosi_relabel_rule *rule)
{
    amosi_free(rule->table);
    rule->table = NULL;
}

static int look_up(const struct amosi_relabel_rule *rule, double value)
{
    const amos_relabel key = {(int64_t)value, 0};
    const amos_relabel *found =
        bsearch(&key, rule->table, rule->table_count, sizeof *rule->table, by_from);
    if (found)
        return found->to;
    return value == 0 || rule->drop_unlisted ? 0 : -1;
}

int amosi_relabel_voxel(const struct amosi_relabel_rule *rule, double stored, double *value)
{
    double v = rule->slope * stored + rule->inter;
    *value = v;
    double nearest = rint(v);
    if (!(fabs(v - nearest) <= rule->round_within)) /* also refuses NaN and infinities */
        return -1;
    if (rule->has_table && fabs(nearest) < 9007199254740992.0)
        return look_up(rule, nearest);
    return nearest >= 0 && nearest <= rule->max_label ? (int)nearest : -1;
}
