/* SPDX-License-Identifier: BSD-3-Clause */
#include "stats/subject.h"

static amos_status measure_image(struct subject *subject, amos_error *err)
{
    amos_volume *volume;
    subject->range.size = sizeof subject->range;
    amos_status status = amos_volume_open(subject->image_path, NULL, &volume, err);
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

static amos_status measure_label(struct subject *subject, const struct accepting *accepting, amos_error *err)
{
    const amos_accept accept = accepting_for(accepting, subject->target->dataset);
    const amos_labelmap_options options = {
        .size = sizeof options, .flags = AMOS_LABELMAP_STATS_ONLY, .accept = &accept, .threads = 1};
    return amos_labelmap_open(subject->label_path, NULL, &options, &subject->map, err);
}

void subject_measure(struct subject *subject, const struct accepting *accepting)
{
    if (subject->image_path)
        subject->image_error.status = measure_image(subject, &subject->image_error);
    if (subject->label_path)
        subject->label_error.status = measure_label(subject, accepting, &subject->label_error);
}

struct organ_total subject_total(const struct subject *subject)
{
    struct organ_total total = {0, 0, 0.0};
    for (int label = 1; label <= amos_labelmap_max_label(subject->map); label++) {
        const amos_organ_stats *organ = amos_labelmap_get_stats(subject->map, label);
        total.possible++;
        total.present += organ->present != 0;
        total.millilitres += organ->millilitres;
    }
    return total;
}
