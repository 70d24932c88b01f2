/* SPDX-License-Identifier: BSD-3-Clause */
#include "loader/omissions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error/fail.h"
#include "base/system/alloc.h"

/* What is said about each reason. A case without a label is no surprise in a data set with a test split. */
static const struct row {
    amos_log_level level;
    const char *text; /* one %s for the path, if there is one */
} rows[] = {
    [AMOS_OMISSION_NO_IMAGE] = {AMOS_LOG_WARNING, "its image %s does not exist."},
    [AMOS_OMISSION_NO_LABEL] = {AMOS_LOG_WARNING, "its label %s does not exist."},
    [AMOS_OMISSION_UNLABELLED] = {AMOS_LOG_INFO, "the data set names no label for its image %s; label type \"none\" "
                                                 "uses images alone."},
    [AMOS_OMISSION_FILTER] = {AMOS_LOG_WARNING, "the list of cases names it, and the filter excludes it: %s."},
    [AMOS_OMISSION_ORGANS] = {AMOS_LOG_WARNING, "its label %s has none of the organs that are wanted."},
    [AMOS_OMISSION_DAMAGED] = {AMOS_LOG_WARNING, "%s"},
};

/* The file that a reason is about. */
static const char *file_of(const amos_case_info *c, amos_omission reason)
{
    bool label = reason == AMOS_OMISSION_NO_LABEL || reason == AMOS_OMISSION_ORGANS;
    return label && c->label_path ? c->label_path : c->image_path;
}

static char *make_message(const amos_case_info *c, amos_omission reason, const amos_error *why)
{
    const char *text = rows[reason].text, *of = why ? why->message : file_of(c, reason), *at = strstr(text, "%s");
    size_t bytes = strlen(text) + strlen(of) + 1;
    char *message = amosi_alloc(bytes);
    if (message)
        snprintf(message, bytes, "%.*s%s%s", (int)(at - text), text, of, at + strlen("%s"));
    return message;
}

amos_status amosi_omission_note(struct amosi_loader_cases *cases, const amos_case_info *c, amos_omission reason,
                                const amos_error *why, const struct amosi_log *log, amos_error *err)
{
    if (!amosi_grow((void **)&cases->left_out, &cases->left_out_room, cases->left_out_count + 1,
                    sizeof *cases->left_out))
        return amosi_fail_nomem(err, c->image_path);
    struct amosi_left_out *one = &cases->left_out[cases->left_out_count];
    one->id = amosi_strdup(c->id);
    one->message = make_message(c, reason, why);
    if (!one->id || !one->message) {
        amosi_free(one->id);
        amosi_free(one->message);
        return amosi_fail_nomem(err, c->image_path);
    }
    one->info = (amos_loader_left_out){one->id, c->index, reason, one->message};
    cases->left_out_count++;
    amosi_log_say(log, rows[reason].level, "Case %s is left out: %s", one->id, one->message);
    return AMOS_OK;
}

static int by_index(const void *a, const void *b)
{
    size_t i = ((const struct amosi_left_out *)a)->info.case_index;
    size_t j = ((const struct amosi_left_out *)b)->info.case_index;
    return i < j ? -1 : i > j;
}

void amosi_omissions_sort(struct amosi_loader_cases *cases)
{
    if (cases->left_out_count)
        qsort(cases->left_out, cases->left_out_count, sizeof *cases->left_out, by_index);
}

void amosi_omissions_log(const struct amosi_loader_cases *cases, const struct amosi_log *log)
{
    if (cases->left_out_count)
        amosi_log_say(log, AMOS_LOG_WARNING, "%zu of %zu cases are left out; amos_loader_get_left_out() says why.",
                      cases->left_out_count, cases->left_out_count + cases->count);
}

void amosi_omissions_free(struct amosi_loader_cases *cases)
{
    for (size_t i = 0; i < cases->left_out_count; i++) {
        amosi_free(cases->left_out[i].id);
        amosi_free(cases->left_out[i].message);
    }
    amosi_free(cases->left_out);
}
