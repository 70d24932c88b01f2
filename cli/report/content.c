/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "report/content.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error/fail.h"
#include "review/findings.h"
#include "review/grid.h"
#include "review/pack.h"

/* ---- the image ---- */

static bool code_slices(const struct review_averaging *averaging, const float *voxels,
                        const struct review_levels *levels, uint8_t *codes)
{
    size_t slice = (size_t)averaging->shown[0] * (size_t)averaging->shown[1];
    double *means = malloc(slice * sizeof *means);
    for (int64_t z = 0; means && z < averaging->shown[2]; z++) {
        review_average(averaging, voxels, z, means);
        review_levels_code(levels, means, slice, codes + (size_t)z * slice);
    }
    free(means);
    return means != NULL;
}

static bool code_image(const struct review_case *c, const int64_t shown[3], const struct review_levels *levels,
                       uint8_t *codes)
{
    struct review_averaging averaging;
    bool good = review_averaging_make(c->canonical.shape, shown, &averaging) &&
                code_slices(&averaging, amos_array_data(c->image), levels, codes);
    review_averaging_free(&averaging);
    return good;
}

static bool pack_image(const struct review_case *c, uint8_t *codes, struct report_content *out)
{
    const int64_t *shown = out->shown.shape;
    size_t rows = (size_t)shown[1] * (size_t)shown[2], count = (size_t)shown[0] * rows;
    if (!code_image(c, shown, &out->levels, codes))
        return false;
    review_filter_left(codes, (size_t)shown[0], rows);
    out->image.text = review_pack(codes, count, true, &out->image.length);
    return out->image.text != NULL;
}

/* ---- labels ---- */

static bool pack_slices(const amos_labelmap *map, uint8_t *codes, struct report_text *out)
{
    const struct review_labels labels = review_labels_of(map);
    size_t slice = (size_t)labels.shape[0] * (size_t)labels.shape[1];
    for (int64_t z = 0; z < labels.shape[2]; z++)
        review_labels_slice(&labels, z, codes + (size_t)z * slice);
    out->text = review_pack(codes, slice * (size_t)labels.shape[2], false, &out->length);
    return out->text != NULL;
}

static bool pack_labels(const amos_labelmap *map, const amos_geometry *shown, amos_buffer_pool *pool, uint8_t *codes,
                        struct report_text *out)
{
    amos_labelmap *shrunk = NULL;
    amos_error err;
    bool good =
        !review_labels_shrink(map, shown, pool, &shrunk, &err) && pack_slices(shrunk ? shrunk : map, codes, out);
    amos_labelmap_free(shrunk);
    return good;
}

/* ---- all ---- */

static bool draw(const struct review_loading *loading, const struct review_case *c, int64_t size,
                 struct report_content *out)
{
    const amos_layout *layout = amos_array_layout(c->image);
    struct review_range range;
    review_grid_shrink(&c->canonical, size, &out->shown);
    const int64_t *shown = out->shown.shape;
    uint8_t *codes = malloc((size_t)shown[0] * (size_t)shown[1] * (size_t)shown[2]);
    bool good = codes && review_range_find(amos_array_data(c->image), layout->bytes / sizeof(float),
                                           c->item->info->modality, &range);
    if (good) {
        review_levels_make(&range, &out->levels);
        out->window_count = review_windows(&range, out->windows);
        good = pack_image(c, codes, out);
    }
    const amos_labelmap *const maps[2] = {c->reference, c->prediction};
    for (int i = 0; good && i < 2; i++)
        good = !c->placed[i] || pack_labels(maps[i], &out->shown, loading->pool, codes, &out->labels[i]);
    free(codes);
    out->drawn = good;
    return good;
}

/* The files are read once more for the facts of quality, and may fail only then. */
static bool take_quality_fault(const amos_quality *quality, char **fault)
{
    const amos_quality_facts *facts = amos_quality_get_facts(quality);
    char text[REVIEW_FAULT];
    if (!facts || !facts->status || *fault)
        return true;
    snprintf(text, sizeof text, "%s (%s)", facts->message, amos_status_name(facts->status));
    *fault = strdup(text);
    return *fault != NULL;
}

amos_status report_content_make(const struct review_loading *loading, const struct review_item *item, int64_t size,
                                struct report_content *out, amos_error *err)
{
    struct review_case c;
    memset(out, 0, sizeof *out);
    amos_status status = review_case_load(loading, item, &c, err);
    if (!status &&
        (!review_facts_take(loading->set, &c, &out->facts) || (size > 0 && c.image && !draw(loading, &c, size, out))))
        status = amosi_fail_nomem(err, NULL);
    review_case_free(&c);
    if (!status)
        status = review_quality_measure(loading, item, &out->quality, err);
    if (!status && !take_quality_fault(out->quality, &out->facts.fault))
        status = amosi_fail_nomem(err, NULL);
    return status;
}

void report_content_free(struct report_content *content)
{
    free(content->image.text);
    free(content->labels[0].text);
    free(content->labels[1].text);
    review_facts_free(&content->facts);
    amos_quality_free(content->quality);
    memset(content, 0, sizeof *content);
}
