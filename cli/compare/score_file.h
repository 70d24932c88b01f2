/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score-compare: a result of `amos score --json`, read back. */
#ifndef CLI_COMPARE_SCORE_FILE_H
#define CLI_COMPARE_SCORE_FILE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

struct score_file {
    const char *path;
    cJSON *json;
    const char *convention, *source, *absent, *missing; /* in `json`, like all texts below; source may be NULL */
    const char **metrics;
    size_t metric_count;
    size_t label_count; /* organs are 1..label_count */
    struct score_file_case {
        const char *id;
        const cJSON *organs; /* an array of label_count objects */
    } * cases;               /* those that have a score, by their ids */
    size_t count;
};

/* Reads and checks the whole file. False after a failure, which is reported. Release with score_file_free() in either
 * case. */
bool score_file_read(const char *path, struct score_file *out);
void score_file_free(struct score_file *file);

/* The value of an organ, 1..label_count: a number, INFINITY, or NaN for null. */
double score_file_value(const struct score_file *file, size_t index, size_t label, const char *metric);

/* The name of an organ; "" if the file has none. */
const char *score_file_organ(const struct score_file *file, size_t label);

#endif
