/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score-compare: the numbers of results that were read. */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>

#include "compare/score_file.h"
#include "kit/message.h"
#include "score/results.h"

static bool out_of_memory(const char *path)
{
    cli_error("%s: Memory ran out while the file was read.", path);
    return false;
}

bool score_file_make_room(struct score_file *file)
{
    if (file->count < file->room)
        return true;
    size_t room = file->room ? 2 * file->room : 64;
    struct score_file_case *cases = realloc(file->cases, room * sizeof *cases);
    if (!cases)
        return out_of_memory(file->path);
    file->cases = cases;
    file->room = room;
    return true;
}

/* ---- metrics in common ---- */

/* The place of a metric; metric_count if it is not there. */
static size_t find_metric(const struct score_file *file, const char *name)
{
    size_t m = 0;
    while (m < file->metric_count && strcmp(file->metrics[m], name) != 0)
        m++;
    return m;
}

/* Shortens the row of each label to the metrics `from`: no row is longer than before, so they move forward. */
static void keep_values(struct score_file *file, const size_t *from, size_t count)
{
    double row[SCORE_METRICS];
    for (size_t i = 0; i < file->count; i++) {
        for (size_t label = 0; label < file->label_count; label++) {
            for (size_t m = 0; m < count; m++)
                row[m] = file->cases[i].values[label * file->metric_count + from[m]];
            memcpy(file->cases[i].values + label * count, row, count * sizeof *row);
        }
    }
}

static bool take_names(struct score_file *file, const struct score_file *from)
{
    for (size_t i = 0; file->nnunet && from->organs && i < file->label_count && i < from->label_count; i++) {
        char *name = strdup(from->organs[i]);
        if (!name)
            return out_of_memory(file->path);
        free(file->organs[i]);
        file->organs[i] = name;
    }
    return true;
}

bool score_file_align(struct score_file *a, struct score_file *b)
{
    size_t of_a[SCORE_METRICS] = {0}, of_b[SCORE_METRICS] = {0}, count = 0;
    if (!a->nnunet && !b->nnunet)
        return true;
    for (size_t m = 0; m < a->metric_count; m++) {
        size_t other = find_metric(b, a->metrics[m]);
        if (other == b->metric_count)
            continue;
        of_a[count] = m;
        of_b[count++] = other;
    }
    keep_values(a, of_a, count);
    keep_values(b, of_b, count);
    for (size_t m = 0; m < count; m++) /* of_a grows, so none is overwritten before it is read */
        a->metrics[m] = b->metrics[m] = a->metrics[of_a[m]];
    a->metric_count = b->metric_count = count;
    return a->nnunet && !b->nnunet ? take_names(a, b) : take_names(b, a);
}

void score_file_free(struct score_file *file)
{
    for (size_t i = 0; i < file->count; i++) {
        free(file->cases[i].values);
        free(file->cases[i].id);
    }
    for (size_t i = 0; file->organs && i < file->label_count; i++)
        free(file->organs[i]);
    for (size_t m = 0; file->own_metrics && m < SCORE_METRICS; m++)
        free(file->own_metrics[m]);
    free(file->own_metrics);
    free(file->organs);
    free(file->cases);
    free(file->metrics);
    cJSON_Delete(file->head);
    *file = (struct score_file){.path = NULL};
}

double score_file_value(const struct score_file *file, size_t index, size_t label, size_t metric)
{
    return file->cases[index].values[(label - 1) * file->metric_count + metric];
}

const char *score_file_organ(const struct score_file *file, size_t label)
{
    return file->organs ? file->organs[label - 1] : "";
}
