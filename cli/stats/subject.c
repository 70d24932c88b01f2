/* SPDX-License-Identifier: BSD-3-Clause */
#include "stats/subject.h"

#include "base/error/fail.h"
#include "base/text/volume_name.h"

static amos_status measure_image(struct subject *subject, const struct accepting *accepting, amos_error *err)
{
    amos_volume *volume;
    subject->range.size = sizeof subject->range;
    amos_status status = amos_volume_open(subject->image_path, &accepting->volume, &volume, err);
    if (!status)
        status = amos_volume_get_range(volume, NULL, &subject->range, err);
    if (!status) {
        for (int i = 0; i < 3; i++)
            subject->image_shape[i] = amos_volume_get_info(volume)->shape[i];
        subject->image_warnings = amos_volume_warnings(volume);
    }
    amos_volume_free(volume);
    return status;
}

/* Keeps the facts of what was found, for reports; the rest is released. */
static amos_status keep_found(struct subject *subject, const amos_labelmap *map, const amos_components *parts,
                              amos_error *err)
{
    subject->map = found_map_of(map);
    subject->parts = parts ? found_parts_of(parts) : NULL;
    return subject->map && (!parts || subject->parts) ? AMOS_OK : amosi_fail_nomem(err, subject->label_path);
}

static amos_status measure_label(struct subject *subject, const struct accepting *accepting, amos_error *err)
{
    amos_accept accept = accepting_for(accepting, subject->target->names);
    if (!accept.max_label)
        accept.max_label = subject->max_label;
    const amos_labelmap_options options = {.size = sizeof options,
                                           .flags = subject->connectivity ? 0 : AMOS_LABELMAP_STATS_ONLY,
                                           .accept = &accept,
                                           .threads = 1};
    const amos_components_options finding = {sizeof finding, AMOS_COMPONENTS_HOLES, subject->connectivity, 1};
    amos_volume *volume;
    amos_labelmap *map = NULL;
    amos_components *parts = NULL;
    amos_geometry unused;
    amos_status status = amos_volume_open(subject->label_path, &accepting->volume, &volume, err);
    if (!status)
        status = amos_labelmap_load(volume, &options, &map, err);
    if (!status && subject->connectivity)
        status = amos_components_find(map, &finding, &parts, err);
    if (map && keep_found(subject, map, parts, status ? NULL : err) && !status)
        status = AMOS_E_NOMEM;
    if (!status)
        subject->place_error.status = amos_volume_get_geometry(volume, &unused, &subject->place_error);
    amos_components_free(parts);
    amos_labelmap_free(map);
    amos_volume_free(volume);
    return status;
}

/* Whether image and label do not belong together; anything else that fails is a failure. */
static bool is_misfit(amos_status status)
{
    return status == AMOS_E_PAIR_SHAPE || status == AMOS_E_PAIR_GEOM || status == AMOS_E_GEOM || status == AMOS_E_DUP ||
           status == AMOS_E_UNSUPPORTED;
}

/* Whether the label lies on its image. That they do not fit is no failure: each was measured on its own. */
static void compare_places(struct subject *subject, const struct accepting *accepting)
{
    const amos_accept accept = accepting_for(accepting, subject->target->names);
    const amos_pair_options options = {.size = sizeof options, .accept = &accept, .volume = &accepting->volume};
    amos_pair *pair;
    subject->place_error.status =
        amos_pair_open(subject->image_path, subject->label_path, &options, &pair, &subject->place_error);
    subject->compared = true;
    if (subject->place_error.status && !is_misfit(subject->place_error.status)) {
        subject->label_error = subject->place_error;
        subject->place_error.status = AMOS_OK;
        subject->compared = false;
    }
    if (pair)
        subject->pair = *amos_pair_get_info(pair);
    subject->pair.image = subject->pair.label = NULL;
    amos_pair_free(pair);
}

void subject_measure(struct subject *subject, const struct accepting *accepting)
{
    if (subject->image_path)
        subject->image_error.status = measure_image(subject, accepting, &subject->image_error);
    if (subject->label_path)
        subject->label_error.status = measure_label(subject, accepting, &subject->label_error);
    if (subject->image_path && subject->label_path && !subject->image_error.status && !subject->label_error.status &&
        !subject->place_error.status)
        compare_places(subject, accepting);
}

amos_warnings subject_warnings(const struct subject *subject)
{
    return subject->image_warnings | subject->pair.warnings | (subject->map ? subject->map->warnings : 0);
}

const char *subject_name(const struct subject *subject)
{
    return subject->c ? amos_case_get_info(subject->c)->id : amosi_base_name(subject->label_path);
}

struct organ_total subject_total(const struct subject *subject)
{
    struct organ_total total = {0, 0, 0.0};
    for (int label = 1; subject->map && label <= subject->map->max_label; label++) {
        const amos_organ_stats *organ = &subject->map->organs[label];
        total.possible++;
        total.present += organ->present != 0;
        total.millilitres += organ->millilitres;
    }
    return total;
}
