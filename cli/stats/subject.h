/* SPDX-License-Identifier: BSD-3-Clause */
/* amos stats: one case or label file, and what was measured of it. */
#ifndef CLI_STATS_SUBJECT_H
#define CLI_STATS_SUBJECT_H

#include <amos/amos.h>

#include <stdbool.h>

#include "kit/resolve.h"

/* One case, or one label file, and what was measured of it. */
struct subject {
    const struct target *target;
    const amos_case *c;     /* NULL for a label file */
    const char *image_path; /* NULL for a label file */
    const char *label_path; /* NULL where the case has none */
    amos_error image_error; /* status AMOS_OK: the image was measured */
    amos_error label_error; /* status AMOS_OK: `map` is there, if label_path is */
    int64_t image_shape[3];
    amos_value_range range;
    amos_warnings image_warnings;
    amos_labelmap *map; /* statistics only */
    bool first, last;   /* of its target */
};

/* Reads the image and the label. Failures stay with the subject. Any thread. */
void subject_measure(struct subject *subject);

/* Organs present and allowed, and all of them together; 0 where there is no map. */
struct organ_total {
    int present, possible;
    double millilitres;
};
struct organ_total subject_total(const struct subject *subject);

#endif
