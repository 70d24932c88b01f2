/* SPDX-License-Identifier: BSD-3-Clause */
/* amos cache prune: removes the least recently used cases. */
#include "cache/files.h"
#include "cache/parts.h"
#include "kit/describe.h"
#include "kit/message.h"

struct pruned {
    size_t count;
    uint64_t bytes;
};

static amos_status note_removed(void *user, const amos_cache_item *item)
{
    struct pruned *pruned = user;
    pruned->count++;
    pruned->bytes += item->bytes;
    return AMOS_OK;
}

static bool prune_folder(const char *path, uint64_t max_bytes)
{
    amos_error err;
    amos_cache *cache;
    struct pruned pruned = {0, 0};
    char size[DESCRIBE_BYTES];
    if (!cache_folder_is_there(path))
        return false;
    amos_status status = amos_cache_open(path, NULL, &cache, &err);
    if (!status)
        status = amos_cache_prune(cache, max_bytes, note_removed, &pruned, &err);
    if (status)
        cli_error_of(&err);
    if (!status || pruned.count)
        cli_print("%zu file%s removed, %s\n", pruned.count, pruned.count == 1 ? "" : "s",
                  describe_bytes(pruned.bytes, size));
    amos_cache_free(cache);
    return !status;
}

struct prune_values {
    const char *folder;
    uint64_t max_bytes;
};

static int prune(const struct args *args, void *values)
{
    const struct prune_values *given = values;
    (void)args;
    return prune_folder(given->folder, given->max_bytes) ? CLI_OK : CLI_FAILED;
}

static const struct prune_values defaults = {.max_bytes = UINT64_MAX};

static const struct args_option options[] = {
    OPTION_CACHE_FOLDER(struct prune_values),
    ARGS_VALUE(0, "max-size", "SIZE", "keep at most SIZE bytes; a suffix k, M, G or T is a power of 1000", args_bytes,
               struct prune_values, max_bytes),
    ARGS_END};

static const char *const examples[] = {"amos cache prune --folder /scratch/cache --max-size 50G", NULL};

const struct command command_cache_prune = {
    .name = "prune",
    .title = "remove the least recently used cases",
    .operands = "",
    .summary = "Remove the least recently used cases until the others fit into --max-size.",
    .details = "Files that killed builds left behind are always removed. Without --max-size, nothing else is removed.",
    .examples = examples,
    .options = options,
    .values_bytes = sizeof(struct prune_values),
    .defaults = &defaults,
    .run = prune,
};
