/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>

#include "base/error/options.h"
#include "base/error/fail.h"
#include "base/math/rounding.h"
#include "nifti/convert.h"
#include "nifti/reduce.h"
#include "nifti/type.h"
#include "volume/volume.h"

static amos_status decode_whole(const amos_volume *volume, const amos_progress *caller, amosi_run_fn take, void *user,
                                amos_error *err)
{
    struct amosi_region region = amosi_region_whole(volume);
    struct amosi_progress progress = amosi_progress_of(caller, volume->header.info.stored_bytes, volume->path);
    return amosi_volume_decode(volume, &region, &progress, take, user, err);
}

/* ---- range ---- */

struct ranging {
    amos_type type;
    struct amosi_reduced reduced;
};

static amos_status take_range(void *user, const struct amosi_run *run, amos_error *err)
{
    (void)err;
    struct ranging *r = user;
    amosi_reduce_more(r->type, run->data, run->voxels, &r->reduced);
    return AMOS_OK;
}

/* Scaling keeps or reverses the order of values, so the ends of the range stay its ends. */
static void scale_range(const struct amosi_reduced *in, const struct amosi_header *header, amos_value_range *out)
{
    const double slope = header->info.slope, inter = header->info.inter;
    *out = (amos_value_range){.finite = in->finite, .nonfinite = header->voxels - in->finite};
    if (in->finite == 0)
        return;
    double a = slope * in->min + inter, b = slope * in->max + inter;
    out->min = a < b ? a : b;
    out->max = a < b ? b : a;
    out->mean = slope * (in->sum / (double)in->finite) + inter;
}

/* ---- range of values near the end of double ---- */

#define BLOCK 512
#define SHRINK 0x1p-64 /* a sum of 2^64 shrunken values does not overflow */

struct scaling {
    struct amosi_convert convert;
    struct amosi_reduced reduced; /* of scaled values, with a shrunken sum */
};

static amos_status take_scaled(void *user, const struct amosi_run *run, amos_error *err)
{
    (void)err;
    struct scaling *s = user;
    struct amosi_convert_notes notes = {0};
    double values[BLOCK];
    for (size_t i = 0; i < run->voxels; i += BLOCK) {
        size_t n = run->voxels - i < BLOCK ? run->voxels - i : BLOCK;
        amosi_convert_run(&s->convert, values, (const char *)run->data + i * amos_type_bytes(s->convert.from), n,
                          &notes);
        struct amosi_reduced ends;
        amosi_reduce_begin(&ends);
        amosi_reduce_more(AMOS_TYPE_FLOAT64, values, n, &ends);
        s->reduced.min = fmin(s->reduced.min, ends.min);
        s->reduced.max = fmax(s->reduced.max, ends.max);
        s->reduced.finite += ends.finite;
        for (size_t j = 0; j < n; j++)
            s->reduced.sum += isfinite(values[j]) ? values[j] * SHRINK : 0;
    }
    return AMOS_OK;
}

/* Scales each value, for files in which scaling or summing overflows double. */
static amos_status range_by_value(const amos_volume *volume, const amos_progress *progress, amos_value_range *out,
                                  amos_error *err)
{
    const struct amosi_header *header = &volume->header;
    struct scaling s = {
        .convert = {header->info.type, AMOS_TYPE_FLOAT64, true, header->info.slope, header->info.inter, true}};
    amosi_reduce_begin(&s.reduced);
    amos_status status = decode_whole(volume, progress, take_scaled, &s, err);
    if (status)
        return status;
    *out = (amos_value_range){.finite = s.reduced.finite, .nonfinite = header->voxels - s.reduced.finite};
    if (s.reduced.finite == 0)
        return AMOS_OK;
    out->min = s.reduced.min;
    out->max = s.reduced.max;
    /* Shrinking loses digits of tiny values; this must not move the mean out of the range. */
    out->mean = fmin(fmax(s.reduced.sum / (double)s.reduced.finite / SHRINK, out->min), out->max);
    return AMOS_OK;
}

static amos_status find_range(const amos_volume *volume, const amos_progress *progress, amos_value_range *out,
                              amos_error *err)
{
    struct ranging r = {.type = volume->header.info.type};
    if (!amosi_type_is_numeric(r.type))
        return amosi_fail(err, AMOS_E_UNSUPPORTED, volume->path, "voxels of type %s have no range.",
                          amos_type_name(r.type));
    amosi_reduce_begin(&r.reduced);
    amos_status status = decode_whole(volume, progress, take_range, &r, err);
    if (status)
        return status;
    scale_range(&r.reduced, &volume->header, out);
    bool within = isfinite(out->min) && isfinite(out->max) && isfinite(out->mean);
    return within ? AMOS_OK : range_by_value(volume, progress, out, err);
}

amos_status amos_volume_get_range(const amos_volume *volume, const amos_progress *progress, amos_value_range *out,
                                  amos_error *err)
{
    if (!volume || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_volume_get_range needs a volume and a place for the answer.");
    amos_value_range range = {.size = 0};
    amos_status status = amosi_options_give(out, &range, sizeof range, "amos_value_range", err);
    if (status)
        return status;
    int rounding = amosi_rounding_begin();
    status = find_range(volume, progress, &range, err);
    amosi_rounding_end(rounding);
    return status ? status : amosi_options_give(out, &range, sizeof range, "amos_value_range", err);
}

/* ---- verification ---- */

struct counting {
    amos_type type;
    uint64_t nonfinite;
};

static amos_status take_count(void *user, const struct amosi_run *run, amos_error *err)
{
    (void)err;
    struct counting *c = user;
    const float *floats = run->data;
    const double *doubles = run->data;
    for (size_t i = 0; i < run->voxels && c->type == AMOS_TYPE_FLOAT32; i++)
        c->nonfinite += isfinite(floats[i]) ? 0 : 1;
    for (size_t i = 0; i < run->voxels && c->type == AMOS_TYPE_FLOAT64; i++)
        c->nonfinite += isfinite(doubles[i]) ? 0 : 1;
    return AMOS_OK;
}

amos_status amos_volume_verify(const amos_volume *volume, const amos_progress *progress, uint64_t *nonfinite,
                               amos_error *err)
{
    if (!volume)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_volume_verify needs a volume.");
    struct counting c = {volume->header.info.type, 0};
    amos_status status = decode_whole(volume, progress, take_count, &c, err);
    if (!status && nonfinite)
        *nonfinite = c.nonfinite;
    return status;
}
