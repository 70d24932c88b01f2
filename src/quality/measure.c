/* SPDX-License-Identifier: BSD-3-Clause */
#include "quality/measure.h"

#include <string.h>

#include "base/error/fail.h"
#include "base/error/names.h"
#include "base/error/options.h"
#include "base/math/rounding.h"
#include "label/labelmap.h"

amos_status amosi_quality_options(amos_quality_options *to, const amos_quality_options *from, amos_error *err)
{
    amos_status status = amosi_options_copy(to, sizeof *to, from, "amos_quality_options", err);
    if (status)
        return status;
    if (to->flags & ~AMOS_QUALITY_NO_IMAGE)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_quality_options has an unknown flag.");
    if (to->connectivity && to->connectivity != 6 && to->connectivity != 18 && to->connectivity != 26)
        return amosi_fail(err, AMOS_E_ARG, NULL, "The connectivity is %d; it must be 6, 18 or 26.", to->connectivity);
    if (to->threads < 0 || to->name_count > AMOSI_LABELS)
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "amos_quality_options has %d threads and %zu names; at least 0 and at most %d are allowed.",
                          to->threads, to->name_count, AMOSI_LABELS);
    if (!amosi_name_is_known(amos_modality_name(to->modality)))
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_quality_options has a modality that does not exist.");
    return AMOS_OK;
}

static amos_status measure_label(const struct amosi_quality_subject *s, const amos_quality_options *options,
                                 amos_error *err)
{
    amos_status status = amosi_quality_organs(s, options->names, options->name_count, err);
    if (!status)
        status = amosi_quality_contacts(s, err);
    if (!status)
        amosi_quality_digest_label(s);
    s->out->facts.has_label = 1;
    return status;
}

static amos_status measure_all(struct amosi_quality_subject *s, const amos_quality_options *options, amos_error *err)
{
    amos_status status = AMOS_OK;
    if (s->map)
        status = measure_label(s, options, err);
    if (!status && s->image) {
        s->out->facts.has_image = 1;
        status = amosi_quality_image(s, err);
    }
    if (!status && s->image && s->map)
        status = amosi_quality_intensities(s, err);
    if (!status && s->image && s->map)
        amosi_quality_edges(s);
    return status;
}

amos_status amosi_quality_measure(amos_quality *quality, const amos_labelmap *map, const float *image,
                                  const amos_layout *layout, const amos_quality_options *options, amos_error *err)
{
    const amos_components_options finding = {sizeof finding, AMOS_COMPONENTS_HOLES, options->connectivity,
                                             options->threads};
    struct amosi_quality_subject s = {.map = map, .image = image, .out = quality};
    amos_components *components = NULL;
    amos_status status = AMOS_OK;
    amosi_quality_place(layout, &quality->facts);
    memcpy(s.spacing, quality->facts.spacing, sizeof s.spacing);
    quality->facts.connectivity = options->connectivity ? options->connectivity : 26;
    if (map)
        status = amos_components_find(map, &finding, &components, err);
    s.components = components;
    if (!status) {
        const int rounding = amosi_rounding_begin();
        status = measure_all(&s, options, err);
        amosi_rounding_end(rounding);
    }
    amos_components_free(components);
    return status;
}

amos_status amos_quality_measure(const amos_labelmap *map, const float *image, const amos_quality_options *options,
                                 amos_quality **out, amos_error *err)
{
    amos_quality_options o;
    amos_quality *quality = NULL;
    if (out)
        *out = NULL;
    if (!out || !map || !map->voxels)
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "amos_quality_measure needs a label map with voxels and a place for the facts.");
    amos_status status = amosi_quality_options(&o, options, err);
    if (!status)
        status = amosi_quality_begin(o.case_id, &quality, err);
    if (status)
        return status;
    if (o.modality)
        quality->facts.modality = o.modality;
    status = amosi_quality_measure(quality, map, image, &map->layout, &o, err);
    if (!status)
        status = amosi_quality_write(quality, err);
    if (status)
        amos_quality_free(quality);
    else
        *out = quality;
    return status;
}
