/* amos stats: what is measured, and its two reports. */
#ifndef CLI_STATS_STATS_H
#define CLI_STATS_STATS_H

#include <amos/amos.h>

#include <stdbool.h>

#include "kit/json.h"
#include "kit/resolve.h"

#define STATS_LABELS 256 /* a voxel of a label map is a byte */

/* One case, or one label file, and what was measured of it. */
struct subject {
    const struct target *target;
    const amos_case *c;     /* NULL for a label file */
    const char *image_path; /* NULL for a label file */
    const char *label_path; /* NULL where the case has none */
    amos_error image_error; /* status AMOS_OK: the image was measured */
    amos_error label_error; /* status AMOS_OK: `map` is there, if label_path is */
    int64_t image_shape[3];
    amos_range range;
    amos_warnings image_warnings;
    amos_labelmap *map; /* statistics only */
    bool first, last;   /* of its target */
};

/* One organ over all cases that have it. */
struct organ_summary {
    size_t cases;
    double mean, sum_of_squares; /* Welford's: of the millilitres, from the mean */
    double min, max;
    const char *min_id, *max_id;
};

/* A whole data set. */
struct summary {
    size_t labels; /* label maps with a known voxel size */
    int max_label;
    struct organ_summary organs[STATS_LABELS];
};

void summary_add(struct summary *summary, const struct subject *subject);

/* Of a sample; 0 below two cases. */
double summary_sd(const struct organ_summary *organ);

/* Organs present and allowed, and all of them together; 0 where there is no map. */
struct organ_total {
    int present, possible;
    double millilitres;
};
struct organ_total subject_total(const struct subject *subject);

/* For people: the title, one line and the summary of a data set; all of a single case or label file. */
bool stats_print_title(const struct target *target);
void stats_print_line(const struct subject *subject);
bool stats_print_summary(const struct target *target, const struct summary *summary);
bool stats_print_detail(const struct subject *subject);

/* For programs. */
cJSON *stats_subject_json(const struct subject *subject);
cJSON *stats_dataset_json(const struct target *target);
void stats_put_summary(cJSON *object, const struct target *target, const struct summary *summary);

#endif
