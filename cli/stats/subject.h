/* SPDX-License-Identifier: BSD-3-Clause */
/* amos stats: the measurements of one case or label file. */
#ifndef CLI_STATS_SUBJECT_H
#define CLI_STATS_SUBJECT_H

#include <amos/amos.h>

#include <stdbool.h>

#include "accept/accept.h"
#include "kit/resolve.h"
#include "stats/found.h"

/* One case or label file, and its measurements. */
struct subject {
    const struct target *target;
    const amos_case *c;     /* NULL for a label file */
    const char *image_path; /* NULL for a label file */
    const char *label_path; /* NULL if the case has none */
    amos_error image_error; /* status AMOS_OK: the image was measured */
    amos_error label_error; /* status AMOS_OK: `map` is set if label_path is */
    int64_t image_shape[3];
    amos_value_range range;
    amos_warnings image_warnings;
    int connectivity;          /* of components; 0: they are not asked for */
    struct found_parts *parts; /* NULL: not asked for, or no map */
    struct found_map *map;
    amos_error place_error; /* why the label has no millilitres; if `compared`, why it does not lie on its image */
    bool compared;          /* image and label were opened as a pair */
    amos_pair_info pair;    /* without its volumes; all zero if they do not fit */
    int max_label;          /* of a folder of labels that is part of a data set; 0: see accepting_for() */
    bool first, last;       /* of its target */
};

/* Reads the image and the label. Failures are stored in the subject. Any thread. */
void subject_measure(struct subject *subject, const struct accepting *accepting);

/* The warnings of both files and of the pair. */
amos_warnings subject_warnings(const struct subject *subject);

/* Numbers of present and of possible organs, and their total volume; 0 without a map. */
struct organ_total {
    int present, possible;
    double millilitres;
};
struct organ_total subject_total(const struct subject *subject);

/* What the line of a subject begins with: the id of its case, else the name of its file. */
const char *subject_name(const struct subject *subject);

#endif
