/* SPDX-License-Identifier: BSD-3-Clause */
/* amos index: builds seek indexes for compressed volumes and reports their sizes. */
#define _POSIX_C_SOURCE 200809L
#include "kit/message.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "kit/describe.h"
#include "kit/interrupt.h"
#include "kit/json.h"
#include "kit/options.h"
#include "kit/progress.h"
#include "kit/read_ahead.h"
#include "kit/resolve.h"
#include "open/dataset.h"
#include "shard/shard.h"
#include "base/text/volume_name.h"

struct item {
    const char *path;
    uint64_t file_bytes, index_bytes; /* index_bytes 0: no index; an uncompressed file needs none */
    bool built;                       /* false: the file already had one */
};

struct indexing {
    amos_volume_options volume;
    bool json;
    struct item *items;
    size_t count, room;
    size_t built, had, plain, failed;
    uint64_t file_bytes, index_bytes; /* of the files that have an index */
    struct shard shard;
};

/* ---- the work ---- */

static amos_status index_file(void *user, size_t index, amos_error *err)
{
    struct indexing *run = user;
    struct item *item = &run->items[index];
    amos_volume *volume;
    if (index + CLI_READ_AHEAD < run->count)
        amos_file_read_ahead(run->items[index + CLI_READ_AHEAD].path);
    amos_status status = amos_volume_open(item->path, &run->volume, &volume, err);
    if (status)
        return status;
    item->file_bytes = amos_volume_get_info(volume)->file_bytes;
    if (amos_volume_index_bytes(volume) == 0 && amos_volume_get_info(volume)->compressed) {
        status = amos_volume_build_index(volume, NULL, err);
        item->built = !status;
    }
    if (!status)
        item->index_bytes = amos_volume_index_bytes(volume);
    amos_volume_free(volume);
    return status;
}

static void print_json(const struct item *item, amos_status status, const amos_error *err)
{
    cJSON *object = cJSON_CreateObject();
    json_put_text(object, "path", item->path);
    json_put_text(object, "status", amos_status_name(status));
    json_put_text(object, "message", status ? err->message : NULL);
    json_put_unsigned(object, "file_bytes", item->file_bytes);
    json_put_unsigned(object, "index_bytes", item->index_bytes);
    json_put_bool(object, "built", item->built);
    (void)json_print_line(object); /* for a failure see cli_stdout_good() */
}

/* The folder cannot be written: that is no matter of the file, and all others would fail too. */
static bool is_of_folder(const struct item *item, amos_status status, const amos_error *err)
{
    if (!status)
        return false;
    bool known = err->path[0] && strlen(item->path) < sizeof err->path;
    return status == AMOS_E_OPEN && known && strcmp(err->path, item->path) != 0;
}

static amos_status report_file(void *user, size_t index, amos_status status, const amos_error *err)
{
    struct indexing *run = user;
    const struct item *item = &run->items[index];
    if (is_of_folder(item, status, err))
        return status;
    if (status)
        run->failed++;
    else if (!item->index_bytes)
        run->plain++;
    else if (item->built)
        run->built++;
    else
        run->had++;
    if (!status && item->index_bytes) {
        run->file_bytes += item->file_bytes;
        run->index_bytes += item->index_bytes;
    }
    if (!shard_put_receipt(&run->shard, status, err))
        return AMOS_E_IO;
    progress_hide();
    if (run->json)
        print_json(item, status, err);
    else if (status)
        cli_error_of(err);
    cli_flush();
    return cli_stdout_good() ? AMOS_OK : AMOS_E_IO;
}

static void print_summary(const struct indexing *run)
{
    char indexes[DESCRIBE_BYTES], files[DESCRIBE_BYTES];
    size_t count = run->built + run->had;
    if (count) {
        cli_print("%zu index%s: %s for %s of compressed files", count, count == 1 ? "" : "es",
                  describe_bytes(run->index_bytes, indexes), describe_bytes(run->file_bytes, files));
        cli_print(" (%.1f %%); %zu built, %zu already there\n",
                  (double)run->index_bytes / (double)run->file_bytes * 100, run->built, run->had);
    }
    if (run->plain)
        cli_print("%zu file%s not compressed and need%s no index\n", run->plain, run->plain == 1 ? " is" : "s are",
                  run->plain == 1 ? "s" : "");
    if (run->failed)
        cli_print("%zu file%s failed\n", run->failed, run->failed == 1 ? "" : "s");
}

/* ---- what is indexed ---- */

static bool add_file(void *user, const char *path)
{
    struct indexing *run = user;
    if (run->count == run->room) {
        size_t room = run->room ? 2 * run->room : 64;
        struct item *items = realloc(run->items, room * sizeof *items);
        if (!items) {
            cli_error("Memory ran out.");
            return false;
        }
        run->items = items;
        run->room = room;
    }
    run->items[run->count++] = (struct item){.path = path};
    return true;
}

static bool add_target(struct indexing *run, const struct target *target)
{
    if (target->error.status) {
        cli_error_of(&target->error);
        return false;
    }
    return target_each_file(target, add_file, run);
}

/* ---- the command ---- */

static bool build_all(struct indexing *run, int threads)
{
    amos_error err;
    amos_workers_options options = {.size = sizeof options, .threads = threads, .progress = {progress_show, NULL}};
    progress_start("indexing", PROGRESS_FILES);
    amos_status status = amos_workers_run(run->count, &options, index_file, report_file, run, &err);
    progress_stop();
    if (status && cli_stdout_good())
        cli_error_of(&err);
    if (!run->json && cli_stdout_good())
        print_summary(run);
    return !status && !run->failed;
}

struct index_values {
    struct dataset_choice dataset;
    int64_t threads;
    const char *folder;
    bool json;
    struct shard_choice shard;
};

static bool begin_shard(struct indexing *run, int *code)
{
    for (size_t i = 0; i < run->count; i++)
        shard_add(&run->shard, amosi_base_name(run->items[i].path), &run->items[i].path, 1);
    if (!shard_start(&run->shard, code))
        return false;
    run->count = shard_keep(&run->shard, run->items, sizeof *run->items);
    return true;
}

static int index_targets(const struct args *args, void *values)
{
    struct index_values *given = values;
    given->dataset.quiet = true; /* an index does not depend on what a case is */
    struct indexing run = {.volume = {.size = sizeof run.volume,
                                      .index = AMOS_INDEX_USE,
                                      .index_folder = given->folder,
                                      .temporaries = {interrupt_temporaries, NULL}},
                           .json = given->json};
    struct targets targets;
    bool good = targets_resolve(args->operands, args->count, &given->dataset, &targets);
    for (size_t i = 0; i < targets.count && good; i++)
        good = add_target(&run, &targets.items[i]);
    int code = good ? shard_begin(&run.shard, args, &given->shard, NULL) : CLI_FAILED;
    if (code == CLI_OK && begin_shard(&run, &code))
        code = shard_end(&run.shard, build_all(&run, (int)given->threads) ? CLI_OK : CLI_FAILED);
    shard_free(&run.shard);
    free(run.items);
    targets_free(&targets);
    return code;
}

static const struct args_option options[] = {
    OPTION_THREADS(struct index_values),
    ARGS_VALUE(0, "folder", "DIR", "folder of the indexes (default: $XDG_CACHE_HOME/amos or ~/.cache/amos)",
               args_folder, struct index_values, folder),
    OPTIONS_DATASET(struct index_values, dataset),
    OPTION_JSON("print one JSON object per line, one for each file", struct index_values),
    OPTIONS_SHARD(struct index_values, shard),
    ARGS_END};

static const char *const examples[] = {"amos index amos22 -j 8",
                                       "amos index imagesTr/*.nii.gz --folder /scratch/indexes", NULL};

const struct command command_index = {
    .name = "index",
    .title = "build indexes for reading parts of volumes",
    .operands = "FILE|DIR|CASE...",
    .summary = "Build seek indexes. With an index, a part of a .nii.gz can be read without decoding everything before "
               "it, and several threads can decode one file.",
    .details = "Files that already have an index are skipped. Indexes take a few per cent of the size of the "
               "compressed files. Their folder can be emptied at any time. CASE is DIR ID or DIR/ID.",
    .examples = examples,
    .options = options,
    .min_operands = 1,
    .max_operands = -1,
    .values_bytes = sizeof(struct index_values),
    .run = index_targets,
};
