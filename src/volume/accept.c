/* SPDX-License-Identifier: BSD-3-Clause */
#include "volume/accept.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <amos/organ.h>

#include "base/error/fail.h"
#include "base/error/options.h"
#include "base/system/alloc.h"
#include "base/text/number.h"

#define MOST_ROWS 65536
#define MOST_IGNORED 256

/* ---- copying ---- */

static int by_from(const void *a, const void *b)
{
    int64_t x = ((const amos_relabel *)a)->from, y = ((const amos_relabel *)b)->from;
    return x < y ? -1 : x > y;
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static amos_status check_table(const amos_accept *o, amos_error *err)
{
    const uint32_t unlisted = AMOS_ACCEPT_DROP_UNLISTED | AMOS_ACCEPT_KEEP_UNLISTED;
    if (o->flags & ~unlisted)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_accept has an unknown flag.");
    if ((o->flags && !o->table) || o->flags == unlisted)
        return amosi_fail(
            err, AMOS_E_ARG, NULL,
            "Dropping and keeping what a table of labels does not list need a table, and exclude each other.");
    if ((o->table_count && !o->table) || o->table_count > MOST_ROWS)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_accept has %zu rows of a table; it may have 0 to %d.",
                          o->table_count, MOST_ROWS);
    if ((o->ignore_count && !o->ignore) || o->ignore_count > MOST_IGNORED)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_accept has %zu ignored values; it may have 0 to %d.",
                          o->ignore_count, MOST_IGNORED);
    return AMOS_OK;
}

static amos_status check_numbers(const amos_accept *o, amos_error *err)
{
    char number[AMOSI_NUMBER_BYTES];
    if (o->max_label < 0 || o->max_label > 255)
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "The largest label (max_label) is %d; it must be 1 to 255, or 0 for the default.",
                          o->max_label);
    if (!(o->round_within >= 0 && o->round_within <= AMOSI_ROUND_MOST))
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "Rounding within %s (round_within) is not possible; it must be 0 to %g.",
                          amosi_number_show(number, o->round_within), AMOSI_ROUND_MOST);
    if (!(o->tolerance_voxels >= 0) || !(o->tolerance_mm >= 0))
        return amosi_fail(err, AMOS_E_ARG, NULL, "A tolerance of %g is not possible; it must be 0 or more.",
                          o->tolerance_voxels >= 0 ? o->tolerance_mm : o->tolerance_voxels);
    if (o->frame < AMOS_FRAME_ONLY)
        return amosi_fail(err, AMOS_E_ARG, NULL, "There is no frame %lld; frame must be 0 or more, or AMOS_FRAME_ONLY.",
                          (long long)o->frame);
    return AMOS_OK;
}

static amos_status copy_table(struct amosi_accept *to, amos_error *err)
{
    const size_t count = to->o.table_count;
    to->table = amosi_alloc_array(count, sizeof *to->table);
    if (!to->table)
        return amosi_fail_nomem(err, NULL);
    if (count)
        memcpy(to->table, to->o.table, count * sizeof *to->table);
    qsort(to->table, count, sizeof *to->table, by_from);
    to->o.table = to->table;
    for (size_t i = 1; i < count; i++)
        if (to->table[i].from == to->table[i - 1].from)
            return amosi_fail(err, AMOS_E_ARG, NULL, "The table of labels lists %lld twice.",
                              (long long)to->table[i].from);
    return AMOS_OK;
}

static amos_status copy_ignored(struct amosi_accept *to, amos_error *err)
{
    const size_t count = to->o.ignore_count;
    to->ignore = amosi_alloc_array(count, sizeof *to->ignore);
    if (!to->ignore)
        return amosi_fail_nomem(err, NULL);
    memcpy(to->ignore, to->o.ignore, count * sizeof *to->ignore);
    qsort(to->ignore, count, sizeof *to->ignore, by_value);
    to->o.ignore = to->ignore;
    for (size_t i = 0; i < count; i++)
        if (to->ignore[i] == 0)
            return amosi_fail(err, AMOS_E_ARG, NULL, "0 is the background, which cannot be ignored.");
    return AMOS_OK;
}

amos_status amosi_accept_copy(struct amosi_accept *to, const amos_accept *from, amos_error *err)
{
    static const amos_accept defaults = AMOS_ACCEPT_INIT;
    memset(to, 0, sizeof *to);
    amos_status status = amosi_options_take_from(&to->o, sizeof to->o, from, &defaults, "amos_accept", err);
    if (!status)
        status = check_table(&to->o, err);
    if (!status)
        status = check_numbers(&to->o, err);
    if (!status && to->o.table)
        status = copy_table(to, err);
    if (!status && to->o.ignore_count)
        status = copy_ignored(to, err);
    return status;
}

void amosi_accept_free(struct amosi_accept *accept)
{
    amosi_free(accept->ignore);
    amosi_free(accept->table);
    accept->ignore = NULL;
    accept->table = NULL;
}

int amosi_accept_max_label(const struct amosi_accept *accept, int otherwise)
{
    const int usual = otherwise ? otherwise : AMOS_ORGAN_COUNT - 1; /* a table may have nothing but background */
    return accept->o.max_label ? accept->o.max_label : usual;
}

/* ---- keys ---- */

struct key {
    uint64_t table, ignore; /* hashes; 0: none */
};

#define FIELD(member, kind) AMOSI_FIELD(amos_accept, member, kind)
static const struct amosi_field voxel_fields[] = {FIELD(flags, AMOSI_FIELD_UINT32),
                                                  FIELD(round_within, AMOSI_FIELD_DOUBLE),
                                                  FIELD(frame, AMOSI_FIELD_INT64), AMOSI_FIELDS_END};
static const struct amosi_field limit_fields[] = {FIELD(tolerance_voxels, AMOSI_FIELD_DOUBLE),
                                                  FIELD(tolerance_mm, AMOSI_FIELD_DOUBLE), AMOSI_FIELDS_END};
static const struct amosi_field key_fields[] = {AMOSI_FIELD(struct key, table, AMOSI_FIELD_UINT64),
                                                AMOSI_FIELD(struct key, ignore, AMOSI_FIELD_UINT64), AMOSI_FIELDS_END};

struct row {
    int64_t from;
    int to;
};
static const struct amosi_field row_fields[] = {AMOSI_FIELD(struct row, from, AMOSI_FIELD_INT64),
                                                AMOSI_FIELD(struct row, to, AMOSI_FIELD_INT), AMOSI_FIELDS_END};

void amosi_accept_write_voxels(const struct amosi_accept *accept, amosi_fields_fn write, void *user)
{
    struct key key = {accept->o.table ? AMOSI_FIELDS_HASH : 0, accept->o.ignore_count ? AMOSI_FIELDS_HASH : 0};
    for (size_t i = 0; i < accept->o.table_count; i++) {
        const struct row row = {accept->o.table[i].from, accept->o.table[i].to};
        amosi_fields_write(row_fields, &row, amosi_fields_to_hash, &key.table);
    }
    for (size_t i = 0; i < accept->o.ignore_count; i++) {
        const struct row row = {accept->o.ignore[i], 0};
        amosi_fields_write(row_fields, &row, amosi_fields_to_hash, &key.ignore);
    }
    amosi_fields_write(voxel_fields, &accept->o, write, user);
    amosi_fields_write(key_fields, &key, write, user);
}

void amosi_accept_write_limits(const struct amosi_accept *accept, amosi_fields_fn write, void *user)
{
    amosi_fields_write(limit_fields, &accept->o, write, user);
}

/* ---- frames ---- */

amos_status amosi_accept_frame(const struct amosi_accept *accept, int64_t frames, const char *path, const char *what,
                               int64_t *frame, amos_error *err)
{
    const long long count = frames, asked = accept->o.frame;
    *frame = frames == 1 ? 0 : accept->o.frame;
    if (*frame >= 0 && *frame < frames)
        return AMOS_OK;
    if (asked >= 0)
        return amosi_fail(err, AMOS_E_UNSUPPORTED, path, "frame %lld was asked for; there are %lld, counted from 0.",
                          asked, count);
    return amosi_fail(err, AMOS_E_UNSUPPORTED, path, "there are %lld frames; %s has one; %s.", count,
                      what ? what : "a label", amosi_hint(what ? AMOSI_HINT_FRAME : AMOSI_HINT_ONE_HOT));
}

/* ---- hints ---- */

const char *amosi_hint(enum amosi_hint hint)
{
    static const char *const texts[] = {
        [AMOSI_HINT_ROUND] = "--round-labels (round_within) accepts it",
        [AMOSI_HINT_ROUND_MORE] = "--round-labels=0.02 (round_within) accepts it",
        [AMOSI_HINT_BETWEEN] = ("it may be a probability, which needs a threshold first, or labels were resampled with "
                                "interpolation in place of the nearest neighbour"),
        [AMOSI_HINT_FRAME] = "--frame N (frame) reads one of them",
        [AMOSI_HINT_ONE_HOT] = ("if each is the mask or the score of one label, take the argmax over the frames first; "
                                "--frame N (frame) reads one of them"),
        [AMOSI_HINT_UNLISTED] = "--relabel with *=* keeps such values, with *=0 it makes them background",
        [AMOSI_HINT_TOLERANCE] = "--geometry-tolerance (tolerance_mm) accepts it",
    };
    return texts[hint];
}

const char *amosi_hint_integer(char text[AMOSI_HINT_BYTES], double value)
{
    char most[48] = "";
    if (value > 0 && value <= 255)
        snprintf(most, sizeof most, "--max-label %.0f accepts it, ", value);
    snprintf(text, AMOSI_HINT_BYTES, "%s--ignore %.0f leaves it out, --relabel %.0f=N gives it another label", most,
             value, value);
    return text;
}
