/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score-compare: a result of `amos score --json`, or nnU-Net's summary.json, read back. */
#ifndef CLI_COMPARE_SCORE_FILE_H
#define CLI_COMPARE_SCORE_FILE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

struct score_file {
    const char *path;
    cJSON *head;                                        /* the file without its cases */
    const char *convention, *source, *absent, *missing; /* in `head`, like the metrics; source may be NULL */
    const char **metrics;
    char **own_metrics; /* NULL, or the texts of metrics that are not in `head` */
    size_t metric_count;
    char **organs;      /* names of 1..label_count; NULL without a scored case */
    size_t label_count; /* organs are 1..label_count */
    struct score_file_case {
        char *id;
        double *values; /* [(label - 1) * metric_count + metric] */
    } * cases;          /* those that have a score, by their ids */
    size_t count, room;
    bool nnunet; /* it is nnU-Net's: convention, source and missing may be NULL, and labels have no names */
};

/* Reads and checks the whole file: JSON without a key twice in an object, in the format of `amos score --json` or nnU-Net's. Of a case
 * only the numbers stay in memory. False after a failure, which is reported. Release with score_file_free() in either
 * case. */
bool score_file_read(const char *path, struct score_file *out);
void score_file_free(struct score_file *file);

/* If one of two is nnU-Net's, keeps the metrics that both have, in the order of the first, and gives labels without names
 * those of the other file. False if memory ran out, which is reported. `b` then borrows from `a`. */
bool score_file_align(struct score_file *a, struct score_file *b);

/* Room for one more case. False if memory ran out, which is reported. */
bool score_file_make_room(struct score_file *file);

/* The value of a metric (its index in the file) of an organ, 1..label_count: a number, INFINITY, or NaN for null. */
double score_file_value(const struct score_file *file, size_t index, size_t label, size_t metric);

/* The name of an organ; "" if the file has none. */
const char *score_file_organ(const struct score_file *file, size_t label);

#endif
