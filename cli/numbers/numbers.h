/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score: the numbers of a score, free of the library's object, so that a shard can keep them and amos merge can read
 * them back. */
#ifndef CLI_NUMBERS_NUMBERS_H
#define CLI_NUMBERS_NUMBERS_H

#include <amos/amos.h>

#include <cjson/cJSON.h>
#include <stddef.h>

struct score_numbers {
    amos_score_info info; /* without the tolerances and percentiles, which are the rules' */
    size_t tolerances, percentiles;
    double *levels;            /* those of all organs; the organs point into them */
    amos_organ_score organs[]; /* of labels 1..info.max_label */
};

/* NULL for NULL, or if memory ran out; release with score_numbers_free(). */
struct score_numbers *score_numbers_of(const amos_score *score);
void score_numbers_free(struct score_numbers *numbers);

const amos_organ_score *score_numbers_organ(const struct score_numbers *numbers, int label);

/* As amos_score_value(). */
double score_numbers_value(const struct score_numbers *numbers, int label, amos_measure measure, size_t index);

/* All of them as JSON, exactly, and back: NULL if they cannot be read, or memory ran out. */
cJSON *score_numbers_json(const struct score_numbers *numbers);
struct score_numbers *score_numbers_read(const cJSON *json);

#endif
