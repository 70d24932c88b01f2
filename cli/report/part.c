/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "report/part.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "folder.h"
#include "kit/json.h"
#include "kit/message.h"
#include "report/case_file.h"
#include "shard/part.h"

/* ---- writing ---- */

static bool put_case(const struct report_run *run, size_t i)
{
    char *line = report_record_line(&run->records[i]);
    cJSON *facts = line ? cJSON_CreateObject() : NULL;
    json_put_text(facts, "record", line);
    json_put_text(facts, "fault", run->faults[i]);
    json_put_bool(facts, "fresh", run->fresh[i]);
    free(line);
    return facts && shard_put(run->shard, facts);
}

bool report_part_put(const struct report_run *run)
{
    for (size_t i = 0; i < run->set->count; i++)
        if (shard_holds(run->shard, i) && !put_case(run, i))
            return false;
    return true;
}

/* ---- reading ---- */

/* Whether a record is that of the item, and its file is called as this run would call it. */
static bool is_of_item(const struct report_record *record, const struct review_item *item)
{
    char *name = report_case_file_name(item);
    const bool same = name && strcmp(record->id, item->id) == 0 && (!record->file || strcmp(record->file, name) == 0);
    free(name);
    return same;
}

static bool take_case(struct report_run *run, size_t i, const cJSON *facts)
{
    const char *line = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(facts, "record"));
    const cJSON *fault = cJSON_GetObjectItemCaseSensitive(facts, "fault"),
                *fresh = cJSON_GetObjectItemCaseSensitive(facts, "fresh");
    char *copy = line ? strdup(line) : NULL;
    bool good = copy && cJSON_IsBool(fresh) && (cJSON_IsNull(fault) || cJSON_IsString(fault)) &&
                report_record_read(copy, strlen(copy), &run->records[i]) &&
                is_of_item(&run->records[i], &run->set->items[i]);
    free(copy);
    run->fresh[i] = cJSON_IsTrue(fresh);
    run->failed[i] = cJSON_IsString(fault);
    if (good && run->failed[i])
        cli_error("%s", cJSON_GetStringValue(fault));
    return good;
}

bool report_part_take(struct report_run *run)
{
    amos_error err;
    for (size_t i = 0; i < run->set->count; i++) {
        cJSON *facts = shard_take(run->shard, i, &err);
        const bool good = facts && take_case(run, i, facts);
        cJSON_Delete(facts);
        if (facts && !good)
            (void)shard_refuse_facts(run->shard, i, &err);
        if (!good) {
            cli_error_of(&err);
            return false;
        }
    }
    return true;
}

/* ---- files ---- */

/* A file appears whole, so that its size says enough. */
static bool is_there(const struct report_run *run, const struct report_record *record)
{
    struct stat about;
    char *path = report_folder_join(run->folder, record->file);
    const bool there =
        path && stat(path, &about) == 0 && S_ISREG(about.st_mode) && (uint64_t)about.st_size == record->bytes;
    free(path);
    return there;
}

bool report_part_check_files(const struct report_run *run)
{
    for (size_t i = 0; i < run->set->count; i++) {
        const struct report_record *record = &run->records[i];
        if (record->file && !is_there(run, record)) {
            cli_error(
                "%s/%s: The file that a shard wrote is not there, or is another one; run shard %zu again, without "
                "--resume.",
                run->folder->path, record->file, i % run->shard->choice->made->count + 1);
            return false;
        }
    }
    return true;
}
