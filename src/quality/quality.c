/* SPDX-License-Identifier: BSD-3-Clause */
#include "quality/quality.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error/fail.h"
#include "base/system/alloc.h"
#include "base/text/utf8.h"

void amos_quality_free(amos_quality *quality)
{
    if (!quality)
        return;
    for (size_t i = 0; i < quality->count; i++) {
        amosi_free((void *)quality->organs[i].name);
        amosi_free((void *)quality->organs[i].part);
    }
    amosi_free(quality->organs);
    amosi_free(quality->contacts);
    amosi_free(quality->json);
    amosi_free((void *)quality->facts.case_id);
    amosi_free((void *)quality->facts.message);
    amosi_free(quality);
}

const amos_quality_facts *amos_quality_get_facts(const amos_quality *quality)
{
    return quality ? &quality->facts : NULL;
}

const amos_quality_organ *amos_quality_get_organ(const amos_quality *quality, int label)
{
    return quality && label >= 1 && (size_t)label <= quality->count ? &quality->organs[label - 1] : NULL;
}

const amos_quality_contact *amos_quality_get_contact(const amos_quality *quality, size_t index)
{
    return quality && index < quality->contact_count ? &quality->contacts[index] : NULL;
}

const char *amos_quality_get_json(const amos_quality *quality)
{
    return quality ? quality->json : NULL;
}

/* ---- beginning ---- */

char *amosi_quality_text(const char *text)
{
    char *copy = amosi_alloc_array(strlen(text) + 1, 4), *to = copy;
    while (copy && *text) {
        const size_t length = amosi_utf8_length(text, strlen(text));
        if (length)
            memcpy(to, text, length);
        else
            snprintf(to, 5, "\\x%02x", (unsigned char)*text);
        to += length ? length : 4;
        text += length ? length : 1;
    }
    if (copy)
        *to = '\0';
    return copy;
}

static const amos_quality_facts unknown = {
    .modality = AMOS_MODALITY_UNKNOWN,
    .sex = '?',
    .age_years = -1,
    .connectivity = 26,
    .spacing = {1, 1, 1},
    .affine = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0},
    .min = NAN,
    .max = NAN,
    .mean = NAN,
    .p01 = NAN,
    .p50 = NAN,
    .p99 = NAN,
    .constant_first = -1,
    .repeated_first = -1,
};

amos_status amosi_quality_begin(const char *case_id, amos_quality **out, amos_error *err)
{
    amos_quality *q = amosi_zalloc(sizeof *q);
    if (!q)
        return amosi_fail_nomem(err, NULL);
    q->facts = unknown;
    q->facts.case_id = amosi_quality_text(case_id ? case_id : "");
    q->facts.message = amosi_quality_text("");
    if (q->facts.case_id && q->facts.message) {
        *out = q;
        return AMOS_OK;
    }
    amos_quality_free(q);
    return amosi_fail_nomem(err, NULL);
}

void amosi_quality_place(const amos_layout *layout, amos_quality_facts *facts)
{
    memcpy(facts->shape, layout->shape, sizeof facts->shape);
    facts->has_geometry = layout->has_geometry != 0;
    if (!layout->has_geometry)
        return;
    const amos_geometry *g = &layout->geometry;
    memcpy(facts->spacing, g->spacing, sizeof facts->spacing);
    if (g->source != AMOS_AFFINE_SPACING)
        memcpy(facts->orientation, g->orientation, sizeof facts->orientation);
    for (int i = 0; i < 12; i++)
        facts->affine[i] = g->affine[i / 4][i % 4];
}
