#include <math.h>

#include "base/fail.h"
#include "nifti/convert.h"
#include "nifti/type.h"
#include "volume/volume.h"

#define BLOCK 512

/* What has been seen so far. */
struct ranging {
    const amos_volume_info *info;
    amos_range range;
    double sum;
};

static void take_block(struct ranging *r, const double *values, size_t n)
{
    double low = r->range.min, high = r->range.max, sum = 0;
    size_t finite = 0;
    for (size_t i = 0; i < n; i++) {
        double v = values[i];
        if (!isfinite(v))
            continue;
        low = v < low ? v : low;
        high = v > high ? v : high;
        sum += v;
        finite++;
    }
    r->range.min = low;
    r->range.max = high;
    r->range.finite += finite;
    r->range.nonfinite += n - finite;
    r->sum += sum;
}

static amos_status take_range(void *user, const struct amosi_run *run, amos_error *err)
{
    (void)err;
    struct ranging *r = user;
    double block[BLOCK];
    size_t bytes = amos_type_bytes(r->info->type);
    for (size_t i = 0; i < run->voxels; i += BLOCK) {
        size_t n = run->voxels - i < BLOCK ? run->voxels - i : BLOCK;
        amosi_convert_to_double(r->info->type, block, (const char *)run->data + i * bytes, n);
        for (size_t j = 0; j < n; j++)
            block[j] = r->info->slope * block[j] + r->info->inter;
        take_block(r, block, n);
    }
    return AMOS_OK;
}

static amos_status scan_whole(const amos_volume *volume, amos_progress_fn fn, void *fn_user, amosi_run_fn take, void *user,
                              amos_error *err)
{
    struct amosi_region region = amosi_region_whole(volume);
    struct amosi_progress progress = {fn, fn_user, volume->header.info.stored_bytes, volume->path};
    return amosi_volume_scan(volume, &region, &progress, take, user, err);
}

amos_status amos_volume_range(const amos_volume *volume, amos_progress_fn progress, void *progress_user, amos_range *out,
                              amos_error *err)
{
    if (!volume || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_volume_range needs a volume and a place for the answer.");
    if (!amosi_type_is_numeric(volume->header.info.type))
        return amosi_fail(err, AMOS_E_UNSUPPORTED, volume->path, "voxels of type %s have no range.",
                          amos_type_name(volume->header.info.type));
    struct ranging r = {&volume->header.info, {INFINITY, -INFINITY, 0, 0, 0}, 0};
    amos_status status = scan_whole(volume, progress, progress_user, take_range, &r, err);
    if (status)
        return status;
    if (r.range.finite)
        r.range.mean = r.sum / (double)r.range.finite;
    else
        r.range.min = r.range.max = 0;
    *out = r.range;
    return AMOS_OK;
}

/* ---- verifying ---- */

struct counting {
    amos_type type;
    uint64_t nonfinite;
};

static uint64_t count_float(const float *values, size_t n)
{
    uint64_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += isfinite(values[i]) ? 0 : 1;
    return count;
}

static uint64_t count_double(const double *values, size_t n)
{
    uint64_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += isfinite(values[i]) ? 0 : 1;
    return count;
}

static amos_status take_count(void *user, const struct amosi_run *run, amos_error *err)
{
    (void)err;
    struct counting *c = user;
    if (c->type == AMOS_TYPE_FLOAT32)
        c->nonfinite += count_float(run->data, run->voxels);
    else if (c->type == AMOS_TYPE_FLOAT64)
        c->nonfinite += count_double(run->data, run->voxels);
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
