/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "compare/nnunet_file.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text/volume_name.h"
#include "kit/message.h"
#include "score/results.h"
#include "score/side.h"

enum { LABELS_MOST = 255 };

bool nnunet_file_is(const cJSON *root)
{
    return cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(root, NNUNET_CASES));
}

static bool out_of_memory(const struct score_file *file)
{
    cli_error("%s: Memory ran out while the file was read.", file->path);
    return false;
}

static bool refuse(const struct score_file *file, const char *what)
{
    cli_error("%s: %s; nnU-Net's summary.json was expected.", file->path, what);
    return false;
}

/* ---- metrics ---- */

/* What nnU-Net calls a metric, and what this command does. Counts are none. */
static const struct known {
    const char *theirs, *ours;
} known[] = {{"Dice", "dice"}, {"IoU", "jaccard"}, {"HD95", "hd95"}, {"ASSD", "assd"}};
#define KNOWN (sizeof known / sizeof known[0])

/* "NSD_1mm" -> "nsd_1mm". NULL: no metric that is compared. From malloc(). */
static char *our_name(const char *theirs)
{
    for (size_t i = 0; i < KNOWN; i++)
        if (strcmp(theirs, known[i].theirs) == 0)
            return strdup(known[i].ours);
    char *name = strncmp(theirs, "NSD_", 4) == 0 ? strdup(theirs) : NULL;
    for (size_t i = 0; name && i < 3; i++)
        name[i] = (char)tolower((unsigned char)name[i]);
    return name;
}

/* The metrics of the first label of the first case, in their order; *theirs are the file's names for them. */
static bool take_metrics(struct score_file *file, const cJSON *metrics, const char *theirs[SCORE_METRICS])
{
    file->metrics = calloc(SCORE_METRICS, sizeof *file->metrics);
    file->own_metrics = calloc(SCORE_METRICS, sizeof *file->own_metrics);
    if (!file->metrics || !file->own_metrics)
        return out_of_memory(file);
    const cJSON *metric;
    cJSON_ArrayForEach(metric, metrics)
    {
        char *name = metric->string ? our_name(metric->string) : NULL;
        if (!name)
            continue;
        if (file->metric_count == SCORE_METRICS) {
            free(name);
            break;
        }
        theirs[file->metric_count] = metric->string;
        file->own_metrics[file->metric_count] = name;
        file->metrics[file->metric_count++] = name;
    }
    return file->metric_count > 0 || refuse(file, "The first case has no Dice");
}

/* A number, or what was NaN ("") or infinite. */
static bool read_value(const cJSON *value, double *out)
{
    const char *text = cJSON_GetStringValue(value);
    *out = cJSON_IsNumber(value) ? value->valuedouble : text && *text ? (double)INFINITY : (double)NAN;
    return cJSON_IsNumber(value) || cJSON_IsNull(value) || (text && (!*text || strcmp(text, "inf") == 0));
}

/* ---- cases ---- */

/* Labels are the keys "1", "2", ...; a region of several, "(1, 2)", is none that can be compared. */
static bool count_labels(struct score_file *file, const cJSON *labels)
{
    char key[16];
    size_t count = 0;
    do
        snprintf(key, sizeof key, "%zu", ++count);
    while (count <= LABELS_MOST && cJSON_GetObjectItemCaseSensitive(labels, key));
    file->label_count = count - 1;
    if (file->label_count == 0 || (size_t)cJSON_GetArraySize(labels) != file->label_count)
        return refuse(file, "The labels of the first case are not 1, 2, ... without gaps");
    if (!(file->organs = calloc(file->label_count, sizeof *file->organs)))
        return out_of_memory(file);
    for (size_t label = 0; label < file->label_count; label++) {
        snprintf(key, sizeof key, "label %u", (unsigned)(label + 1) % 1000);
        if (!(file->organs[label] = strdup(key)))
            return out_of_memory(file);
    }
    return true;
}

static char *id_of(const cJSON *item)
{
    const char *path = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "reference_file"));
    if (!path)
        path = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "prediction_file"));
    const char *name = path ? amosi_base_name(path) : NULL;
    return name && *name ? side_id_of(name, amosi_volume_name_id_length(name)) : NULL;
}

static bool read_labels(const struct score_file *file, const cJSON *labels, const char *const theirs[SCORE_METRICS],
                        double *values)
{
    char key[16];
    if ((size_t)cJSON_GetArraySize(labels) != file->label_count)
        return refuse(file, "The cases do not have the same labels");
    for (size_t label = 1; label <= file->label_count; label++) {
        snprintf(key, sizeof key, "%zu", label);
        const cJSON *metrics = cJSON_GetObjectItemCaseSensitive(labels, key);
        for (size_t m = 0; m < file->metric_count; m++)
            if (!read_value(cJSON_GetObjectItemCaseSensitive(metrics, theirs[m]), values++))
                return refuse(file, "A label of a case lacks a number");
    }
    return true;
}

static bool add_case(struct score_file *file, const cJSON *item, const char *theirs[SCORE_METRICS])
{
    const cJSON *labels = cJSON_GetObjectItemCaseSensitive(item, "metrics");
    if (!cJSON_IsObject(labels))
        return refuse(file, "A case has no metrics");
    if (!file->organs && !(count_labels(file, labels) && take_metrics(file, labels->child, theirs)))
        return false;
    if (!score_file_make_room(file))
        return false;
    struct score_file_case *to = &file->cases[file->count];
    *to = (struct score_file_case){id_of(item), calloc(file->label_count * file->metric_count, sizeof *to->values)};
    file->count++;
    if (!to->id)
        return refuse(file, "A case has no reference_file");
    if (!to->values)
        return out_of_memory(file);
    return read_labels(file, labels, theirs, to->values);
}

/* What amos score --summary says about its rules. Where a label is in neither map, nnU-Net's metrics are NaN. */
static void read_rules(struct score_file *file)
{
    const cJSON *rules = cJSON_GetObjectItemCaseSensitive(file->head, "amos");
    file->nnunet = true;
    file->convention = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(rules, "convention"));
    file->source = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(rules, "convention_source"));
    file->missing = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(rules, "missing"));
    file->absent = amos_absent_name(AMOS_ABSENT_NAN);
}

bool nnunet_file_take(struct score_file *file)
{
    const char *theirs[SCORE_METRICS] = {NULL};
    const cJSON *item;
    read_rules(file);
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(file->head, NNUNET_CASES))
    {
        if (!add_case(file, item, theirs))
            return false;
    }
    return file->count > 0 || refuse(file, "There is no case");
}
