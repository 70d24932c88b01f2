/* SPDX-License-Identifier: BSD-3-Clause */
#include <amos/verdicts.h>

#include <string.h>

#include "base/error/fail.h"
#include "base/error/options.h"
#include "base/system/alloc.h"
#include "dataset/text.h"
#include "dataset/verdicts/entries.h"
#include "dataset/verdicts/read.h"

void amos_verdicts_free(amos_verdicts *verdicts)
{
    if (!verdicts)
        return;
    amosi_free(verdicts->entries);
    amosi_free(verdicts->cases);
    amosi_arena_free(&verdicts->texts);
    amosi_free(verdicts);
}

/* `text` is changed, and has a NUL after its last byte. */
static amos_status make(const char *path, const amos_limits *limits, char *text, size_t length, amos_verdicts **out,
                        amos_error *err)
{
    amos_verdicts *verdicts = amosi_zalloc(sizeof *verdicts);
    if (!verdicts || !(verdicts->info.path = amosi_arena_text(&verdicts->texts, path, strlen(path)))) {
        amos_verdicts_free(verdicts);
        return amosi_fail_nomem(err, path);
    }
    amos_status status = amosi_verdicts_read(verdicts, limits, text, length, err);
    if (!status && !amosi_verdicts_judge(verdicts))
        status = amosi_fail_nomem(err, path);
    if (status)
        amos_verdicts_free(verdicts);
    else
        *out = verdicts;
    return status;
}

amos_status amos_verdicts_open(const char *path, amos_verdicts **out, amos_error *err)
{
    amos_limits limits;
    char *text = NULL;
    size_t length;
    if (out)
        *out = NULL;
    if (!path || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_verdicts_open needs a path and a place for the verdicts.");
    amos_status status = amosi_limits_copy(&limits, NULL, err);
    if (!status)
        status = amosi_text_read(path, limits.max_json_bytes, &text, &length, err);
    if (status)
        return status;
    status = make(path, &limits, text, length, out, err);
    amosi_free(text);
    return status;
}

amos_status amos_verdicts_open_memory(const void *data, size_t bytes, amos_verdicts **out, amos_error *err)
{
    static const char name[] = "(memory)";
    amos_limits limits;
    if (out)
        *out = NULL;
    if ((!data && bytes) || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "amos_verdicts_open_memory needs a text and a place for the verdicts.");
    amos_status status = amosi_limits_copy(&limits, NULL, err);
    if (!status && bytes > limits.max_json_bytes)
        status = amosi_fail(err, AMOS_E_LIMIT, name, "the text has %zu bytes; at most %llu are allowed.", bytes,
                            (unsigned long long)limits.max_json_bytes);
    if (status)
        return status;
    char *text = amosi_alloc(bytes + 1);
    if (!text)
        return amosi_fail_nomem(err, name);
    if (bytes)
        memcpy(text, data, bytes);
    text[bytes] = '\0';
    status = make(name, &limits, text, bytes, out, err);
    amosi_free(text);
    return status;
}

const amos_verdicts_info *amos_verdicts_get_info(const amos_verdicts *verdicts)
{
    return verdicts ? &verdicts->info : NULL;
}

const amos_verdict_entry *amos_verdicts_get(const amos_verdicts *verdicts, size_t index)
{
    return verdicts && index < verdicts->info.count ? &verdicts->entries[index] : NULL;
}

amos_verdict amos_verdicts_of(const amos_verdicts *verdicts, const char *case_id)
{
    size_t low = 0, high = verdicts && case_id ? verdicts->case_count : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(verdicts->cases[middle].id, case_id);
        if (order == 0)
            return verdicts->cases[middle].verdict;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return AMOS_VERDICT_NONE;
}
