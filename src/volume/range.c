#include <math.h>

#include "base/fail.h"
#include "nifti/reduce.h"
#include "nifti/type.h"
#include "volume/volume.h"

static amos_status scan_whole(const amos_volume *volume, amos_progress_fn fn, void *fn_user, amosi_run_fn take, void *user,
                              amos_error *err)
{
    struct amosi_region region = amosi_region_whole(volume);
    struct amosi_progress progress = {fn, fn_user, volume->header.info.stored_bytes, volume->path};
    return amosi_volume_scan(volume, &region, &progress, take, user, err);
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

/* Scaling keeps the order of values, or turns it round: the ends of the range stay its ends. */
static void scale_range(const struct amosi_reduced *in, const struct amosi_header *header, amos_range *out)
{
    const double slope = header->info.slope, inter = header->info.inter;
    *out = (amos_range){0, 0, 0, in->finite, header->voxels - in->finite};
    if (in->finite == 0)
        return;
    double a = slope * in->min + inter, b = slope * in->max + inter;
    out->min = a < b ? a : b;
    out->max = a < b ? b : a;
    out->mean = slope * (in->sum / (double)in->finite) + inter;
}

amos_status amos_volume_range(const amos_volume *volume, amos_progress_fn progress, void *progress_user, amos_range *out,
                              amos_error *err)
{
    if (!volume || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_volume_range needs a volume and a place for the answer.");
    struct ranging r = {.type = volume->header.info.type};
    if (!amosi_type_is_numeric(r.type))
        return amosi_fail(err, AMOS_E_UNSUPPORTED, volume->path, "voxels of type %s have no range.",
                          amos_type_name(r.type));
    amosi_reduce_begin(&r.reduced);
    amos_status status = scan_whole(volume, progress, progress_user, take_range, &r, err);
    if (!status)
        scale_range(&r.reduced, &volume->header, out);
    return status;
}

/* ---- verifying ---- */

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

amos_status amos_volume_verify(const amos_volume *volume, amos_progress_fn progress, void *progress_user,
                               uint64_t *nonfinite, amos_error *err)
{
    if (!volume)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_volume_verify needs a volume.");
    struct counting c = {volume->header.info.type, 0};
    amos_status status = scan_whole(volume, progress, progress_user, take_count, &c, err);
    if (!status && nonfinite)
        *nonfinite = c.nonfinite;
    return status;
}
