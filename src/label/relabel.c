/* SPDX-License-Identifier: BSD-3-Clause */
#include "label/relabel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error/fail.h"
#include "base/text/number.h"

/* Integers up to this are exact in a double. */
#define LARGEST_EXACT 9007199254740992.0

static amos_status check_range(const struct amosi_relabel_rule *rule, const char *path, amos_error *err)
{
    const amos_accept *o = &rule->accept.o;
    for (size_t i = 0; i < o->table_count; i++)
        if (o->table[i].to > rule->max_label)
            return amosi_fail(err, AMOS_E_ARG, path,
                              "the label table maps %lld to %u, which is above the largest label %d; --max-label %u "
                              "(max_label) raises that.",
                              (long long)o->table[i].from, o->table[i].to, rule->max_label, o->table[i].to);
    return AMOS_OK;
}

amos_status amosi_relabel_begin(struct amosi_relabel_rule *rule, double slope, double inter, const amos_accept *accept,
                                const char *path, amos_error *err)
{
    amos_status status = amosi_accept_copy(&rule->accept, accept, err);
    rule->slope = slope;
    rule->inter = inter;
    rule->max_label = amosi_accept_max_label(&rule->accept, 0);
    return status ? status : check_range(rule, path, err);
}

void amosi_relabel_free(struct amosi_relabel_rule *rule)
{
    amosi_accept_free(&rule->accept);
}

/* ---- one voxel ---- */

static int by_from(const void *a, const void *b)
{
    int64_t x = ((const amos_relabel *)a)->from, y = ((const amos_relabel *)b)->from;
    return x < y ? -1 : x > y;
}

static int in_range(const struct amosi_relabel_rule *rule, double value)
{
    return value >= 0 && value <= rule->max_label ? (int)value : -1;
}

static int look_up(const struct amosi_relabel_rule *rule, double value)
{
    const amos_accept *o = &rule->accept.o;
    const amos_relabel key = {(int64_t)value, 0};
    const amos_relabel *found = bsearch(&key, o->table, o->table_count, sizeof *o->table, by_from);
    if (found)
        return found->to;
    if (o->flags & AMOS_ACCEPT_KEEP_UNLISTED)
        return in_range(rule, value);
    return value == 0 || o->flags & AMOS_ACCEPT_DROP_UNLISTED ? 0 : -1;
}

static bool is_ignored(const amos_accept *o, double value)
{
    for (size_t i = 0; i < o->ignore_count; i++)
        if ((double)o->ignore[i] == value)
            return true;
    return false;
}

struct amosi_labelled amosi_relabel_voxel(const struct amosi_relabel_rule *rule, double stored)
{
    const amos_accept *o = &rule->accept.o;
    struct amosi_labelled v = {.label = -1, .value = rule->slope * stored + rule->inter};
    const double nearest = rint(v.value), distance = fabs(v.value - nearest);
    if (!(distance <= o->round_within)) /* also refuses NaN and infinities */
        return v;
    v.rounding = distance;
    v.ignored = is_ignored(o, nearest);
    if (v.ignored)
        v.label = 0;
    else if (o->table && fabs(nearest) < LARGEST_EXACT)
        v.label = look_up(rule, nearest);
    else
        v.label = in_range(rule, nearest);
    v.relabelled = !v.ignored && v.label >= 0 && (double)v.label != nearest;
    v.plain = v.label >= 0 && !v.ignored && !v.relabelled && v.rounding == 0;
    return v;
}

/* ---- many voxels ---- */

void amosi_label_count(struct amosi_label_counts *counts, const struct amosi_labelled *voxel, const int64_t at[3],
                       uint64_t n)
{
    amos_accepted *a = &counts->accepted;
    if (voxel->label < 0) {
        if (counts->bad == 0) {
            memcpy(counts->bad_at, at, sizeof counts->bad_at);
            counts->bad_value = voxel->value;
        }
        counts->bad += n;
        return;
    }
    a->rounded += voxel->rounding > 0 ? n : 0;
    a->ignored += voxel->ignored ? n : 0;
    a->relabelled += voxel->relabelled ? n : 0;
    a->largest_rounding = fmax(a->largest_rounding, voxel->rounding);
}

void amosi_label_counts_add(struct amosi_label_counts *counts, const struct amosi_label_counts *later)
{
    amos_accepted *a = &counts->accepted;
    if (counts->bad == 0) {
        memcpy(counts->bad_at, later->bad_at, sizeof counts->bad_at);
        counts->bad_value = later->bad_value;
    }
    counts->bad += later->bad;
    a->rounded += later->accepted.rounded;
    a->ignored += later->accepted.ignored;
    a->relabelled += later->accepted.relabelled;
    a->largest_rounding = fmax(a->largest_rounding, later->accepted.largest_rounding);
}

/* ---- what is not a label ---- */

/* The way on, "" if there is none. No option accepts a value that is far from each integer. */
static const char *way_on(const struct amosi_label_counts *c, const struct amosi_relabel_rule *rule, uint64_t voxels,
                          char text[AMOSI_HINT_BYTES])
{
    const double nearest = rint(c->bad_value), distance = fabs(c->bad_value - nearest);
    if (distance > rule->accept.o.round_within && distance <= AMOSI_ROUND_MOST)
        return amosi_hint(distance <= AMOSI_ROUND_USUAL ? AMOSI_HINT_ROUND : AMOSI_HINT_ROUND_MORE);
    if (c->bad > voxels / 2)
        return "it may be an image";
    if (!isfinite(c->bad_value))
        return "replace such values in the file first, for example by 0, the background";
    if (distance > AMOSI_ROUND_MOST)
        return amosi_hint(AMOSI_HINT_BETWEEN);
    if (fabs(nearest) >= LARGEST_EXACT)
        return "";
    if (rule->accept.o.table && !(rule->accept.o.flags & AMOS_ACCEPT_KEEP_UNLISTED))
        return amosi_hint(AMOSI_HINT_UNLISTED);
    return amosi_hint_integer(text, nearest);
}

amos_status amosi_label_counts_check(const struct amosi_label_counts *c, const struct amosi_relabel_rule *rule,
                                     uint64_t voxels, const char *path, amos_error *err)
{
    char number[AMOSI_NUMBER_BYTES], text[AMOSI_HINT_BYTES];
    if (!c->bad)
        return AMOS_OK;
    const char *hint = way_on(c, rule, voxels, text);
    return amosi_fail(err, AMOS_E_LABEL, path,
                      "%llu voxel%s: the first is voxel (%lld, %lld, %lld) with the value %s; a label is an integer "
                      "from 0 to %d%s%s%s.",
                      (unsigned long long)c->bad, c->bad == 1 ? " is not a label" : "s are not labels",
                      (long long)c->bad_at[0], (long long)c->bad_at[1], (long long)c->bad_at[2],
                      amosi_number_show(number, c->bad_value), rule->max_label,
                      rule->accept.o.table ? " or in the table" : "", *hint ? "; " : "", hint);
}
