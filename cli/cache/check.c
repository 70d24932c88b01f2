/* SPDX-License-Identifier: BSD-3-Clause */
/* amos cache check: reads every file of the cache. */
#include "cache/files.h"
#include "cache/parts.h"
#include "kit/message.h"
#include "kit/options.h"
#include "kit/progress.h"

struct checking {
    const struct cache_files *files;
    size_t damaged;
};

static amos_status verify_file(void *user, size_t index, amos_error *err)
{
    const struct cache_files *files = ((const struct checking *)user)->files;
    amos_cache_entry *entry;
    if (files->items[index].unfinished)
        return AMOS_OK;
    amos_status status = amos_cache_entry_open_name(files->cache, files->items[index].name, &entry, err);
    if (!status)
        status = amos_cache_entry_verify(entry, err);
    amos_cache_entry_free(entry);
    return status;
}

static amos_status report_file(void *user, size_t index, amos_status status, const amos_error *err)
{
    struct checking *checking = user;
    (void)index;
    if (status) {
        checking->damaged++;
        progress_hide();
        cli_error_of(err);
    }
    return AMOS_OK;
}

static bool verify_all(struct checking *checking, int threads)
{
    amos_error err;
    const amos_workers_options options = {
        .size = sizeof options, .threads = threads, .progress = {progress_show, NULL}};
    progress_start("checking", PROGRESS_FILES);
    amos_status status = amos_workers_run(checking->files->count, &options, verify_file, report_file, checking, &err);
    progress_stop();
    if (status)
        cli_error_of(&err);
    else
        cli_print("%zu file%s checked, %zu damaged\n", checking->files->count, checking->files->count == 1 ? "" : "s",
                  checking->damaged);
    return !status && !checking->damaged;
}

struct check_values {
    const char *folder;
    int64_t threads;
};

static int check(const struct args *args, void *values)
{
    const struct check_values *given = values;
    struct cache_files files;
    struct checking checking = {.files = &files};
    (void)args;
    bool good = cache_files_open(&files, given->folder) && verify_all(&checking, (int)given->threads);
    cache_files_close(&files);
    return good ? CLI_OK : CLI_FAILED;
}

static const struct args_option options[] = {OPTION_CACHE_FOLDER(struct check_values),
                                             OPTION_THREADS(struct check_values), ARGS_END};

static const char *const examples[] = {"amos cache check --folder /scratch/cache", NULL};

const struct command command_cache_check = {
    .name = "check",
    .title = "read all cached cases and report damaged files",
    .operands = "",
    .summary = "Read all cached cases and report damaged files.",
    .details = "To rebuild damaged files, run: amos cache build",
    .examples = examples,
    .options = options,
    .values_bytes = sizeof(struct check_values),
    .run = check,
};
