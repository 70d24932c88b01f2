/* SPDX-License-Identifier: BSD-3-Clause */
/* amos cache build: caches the cases of a data set. */
#include "cache/parts.h"

#include <string.h>

#include "kit/json.h"
#include "kit/message.h"
#include "kit/options.h"
#include "kit/progress.h"
#include "open/dataset.h"

struct caching {
    bool json;
    size_t kept, built, rebuilt, failed;
};

static void print_json(const amos_case *c, amos_cache_outcome outcome, amos_status status, const amos_error *err)
{
    static const char *const outcomes[] = {"failed", "kept", "built", "rebuilt"};
    cJSON *object = cJSON_CreateObject();
    const amos_case_info *info = amos_case_get_info(c);
    json_put_text(object, "case", info->id);
    json_put_text(object, "split", amos_split_name(info->split));
    json_put_text(object, "outcome", outcomes[outcome]);
    json_put_text(object, "status", amos_status_name(status));
    json_put_text(object, "message", status ? err->message : NULL);
    (void)json_print_line(object); /* a failure is reported there; see cli_stdout_good() */
}

static amos_status report_case(void *user, const amos_case *c, amos_cache_outcome outcome, amos_status status,
                               const amos_error *err)
{
    struct caching *run = user;
    size_t *counts[] = {&run->failed, &run->kept, &run->built, &run->rebuilt};
    ++*counts[outcome];
    progress_hide();
    if (run->json)
        print_json(c, outcome, status, err);
    else if (status)
        cli_error_of(err);
    cli_flush();
    return cli_stdout_good() ? AMOS_OK : AMOS_E_IO;
}

static void print_summary(const struct caching *run, const amos_cache *cache)
{
    size_t all = run->kept + run->built + run->rebuilt;
    cli_print("%zu case%s cached in %s: %zu built, %zu built again, %zu already there\n", all, all == 1 ? "" : "s",
              amos_cache_folder(cache), run->built, run->rebuilt, run->kept);
    if (run->failed)
        cli_print("%zu case%s failed\n", run->failed, run->failed == 1 ? "" : "s");
}

static bool cache_cases(struct caching *run, const char *path, const struct dataset_choice *choice, const char *folder,
                        const amos_cache_options *options, const amos_case_filter *filter, int threads)
{
    amos_error err;
    amos_dataset *dataset = NULL;
    amos_cache *cache = NULL;
    amos_status status = dataset_open(path, choice, &dataset, &err);
    if (!status)
        status = amos_cache_open(folder, options, &cache, &err);
    if (!status) {
        const amos_cache_build_options o = {.size = sizeof o,
                                            .threads = threads,
                                            .filter = filter,
                                            .progress = {progress_show, NULL},
                                            .built = report_case,
                                            .built_user = run};
        progress_start("caching", PROGRESS_CASES);
        status = amos_cache_build(cache, dataset, &o, &err);
        progress_stop();
    }
    if (status && cli_stdout_good() && !run->failed) /* else the case was reported */
        cli_error_of(&err);
    if (cache && !run->json && cli_stdout_good())
        print_summary(run, cache);
    amos_cache_free(cache);
    amos_dataset_free(dataset);
    return !status && !run->failed;
}

struct build_values {
    struct dataset_choice dataset;
    const char *folder;
    amos_case_filter filter;
    amos_cache_options cache;
    int64_t threads, positions;
    struct args_list spacing;
    struct args_size chunk;
    bool cubic, crop, json;
};

static int build(const struct args *args, void *values)
{
    struct build_values *given = values;
    struct caching run = {.json = given->json};
    amos_cache_options *cache = &given->cache;
    cache->flags = given->crop ? AMOS_CACHE_CROP_BODY : 0;
    cache->interpolation = given->cubic ? AMOS_INTERPOLATION_CUBIC : AMOS_INTERPOLATION_LINEAR;
    cache->positions = (int)given->positions;
    memcpy(cache->spacing, given->spacing.value, sizeof cache->spacing);
    memcpy(cache->chunk, given->chunk.value, sizeof cache->chunk);
    bool good = cache_cases(&run, args->operands[0], &given->dataset, given->folder, cache, &given->filter,
                            (int)given->threads);
    return good ? CLI_OK : CLI_FAILED;
}

static const struct build_values defaults = {.filter = {.size = sizeof defaults.filter},
                                             .cache = AMOS_CACHE_OPTIONS_INIT};

static const struct args_option options[] = {
    OPTION_CACHE_FOLDER(struct build_values),
    OPTION_SPLIT(struct build_values, filter.split),
    OPTION_MODALITY(struct build_values, filter.modality),
    OPTIONS_DATASET(struct build_values, dataset),
    OPTION_ORIENT(struct build_values, cache.orientation),
    OPTION_SPACING("resample to this spacing in mm; 0 keeps the spacing of that axis", struct build_values),
    ARGS_FLAG("cubic", "resample images by cubic instead of linear interpolation", struct build_values, cubic),
    ARGS_FLAG("crop", "crop to the box around the body", struct build_values, crop),
    ARGS_RANGE(0, "positions", "N", "sample N voxels of each organ (default: 1024)", args_integer, struct build_values,
               positions, 1, 65536),
    ARGS_VALUE(0, "chunk", "XxYxZ", "size of a chunk in voxels (default: 64x32x16)", args_shape, struct build_values,
               chunk),
    OPTION_THREADS(struct build_values),
    OPTION_JSON("print one JSON object per line, one for each case", struct build_values),
    ARGS_END};

static const char *const examples[] = {"amos cache build amos22 -j 8",
                                       "amos cache build amos22 --split training --spacing 1.5,1.5,2 --crop", NULL};

const struct command command_cache_build = {
    .name = "build",
    .title = "cache the cases of a data set",
    .operands = "DIR",
    .summary = "Cache the cases of a data set: voxels, labels, statistics and sampled voxels of each organ.",
    .details = "Cases that are already cached with the same settings are skipped if their files have not changed. A "
               "build can be stopped at any time; the same command continues it.",
    .examples = examples,
    .options = options,
    .min_operands = 1,
    .max_operands = 1,
    .values_bytes = sizeof(struct build_values),
    .defaults = &defaults,
    .run = build,
};
