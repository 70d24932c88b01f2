/* SPDX-License-Identifier: BSD-3-Clause */
/* amos cache build: caches the cases of a data set. */
#include "cache/parts.h"

#include <string.h>

#include "accept/accept.h"
#include "accept/place.h"
#include "kit/json.h"
#include "kit/message.h"
#include "kit/options.h"
#include "kit/progress.h"

struct caching {
    const amos_cache *cache;
    bool json;
    size_t accepted;     /* labels in which something was accepted, */
    amos_accepted found; /* and what */
    struct place_notes places;
    size_t kept, built, rebuilt, failed;
};

/* What is known of the label of an entry and of its place; all zero for one that cannot be opened. */
struct entry_facts {
    amos_accepted accepted;
    amos_warnings warnings;
    double displacement;
};

static struct entry_facts find_facts(const struct caching *run, const amos_case *c)
{
    amos_cache_entry *entry;
    struct entry_facts facts = {{0, 0, 0, 0}, 0, 0};
    if (amos_cache_entry_open(run->cache, c, &entry, NULL) == AMOS_OK) {
        const amos_cache_entry_info *info = amos_cache_entry_get_info(entry);
        facts = (struct entry_facts){info->accepted, info->layout.warnings | info->label_warnings, info->displacement};
    }
    amos_cache_entry_free(entry);
    return facts;
}

static void print_json(const amos_case *c, amos_cache_outcome outcome, amos_status status, const amos_error *err,
                       const struct entry_facts *facts)
{
    static const char *const outcomes[] = {"failed", "kept", "built", "rebuilt"};
    cJSON *object = cJSON_CreateObject();
    const amos_case_info *info = amos_case_get_info(c);
    json_put_text(object, "case", info->id);
    json_put_text(object, "split", amos_split_name(info->split));
    json_put_text(object, "outcome", outcomes[outcome]);
    json_put_text(object, "status", amos_status_name(status));
    json_put_text(object, "message", status ? err->message : NULL);
    accept_found_put(object, "accepted", &facts->accepted);
    json_put_warnings(object, facts->warnings);
    json_put_number(object, "displacement_mm", facts->displacement);
    (void)json_print_line(object); /* a failure is reported there; see cli_stdout_good() */
}

static amos_status report_case(void *user, const amos_case *c, amos_cache_outcome outcome, amos_status status,
                               const amos_error *err)
{
    struct caching *run = user;
    size_t *counts[] = {&run->failed, &run->kept, &run->built, &run->rebuilt};
    ++*counts[outcome];
    const struct entry_facts facts = find_facts(run, c);
    char text[ACCEPT_TEXT];
    if (accept_found_text(&facts.accepted, text)[0]) {
        run->accepted++;
        accept_found_add(&run->found, &facts.accepted);
    }
    if (!status)
        place_notes_add(&run->places, amos_case_get_info(c)->id, facts.warnings);
    progress_hide();
    if (run->json)
        print_json(c, outcome, status, err, &facts);
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
    char text[ACCEPT_TEXT];
    if (run->accepted)
        cli_print("voxels of %zu label%s: %s\n", run->accepted, run->accepted == 1 ? "" : "s",
                  accept_found_text(&run->found, text));
    place_notes_print(stdout, &run->places);
    if (run->failed)
        cli_print("%zu case%s failed\n", run->failed, run->failed == 1 ? "" : "s");
}

static bool cache_cases(struct caching *run, const amos_dataset *dataset, const char *folder,
                        const amos_cache_options *options, const amos_case_filter *filter, int threads)
{
    amos_error err;
    amos_cache *cache = NULL;
    amos_status status = amos_cache_open(folder, options, &cache, &err);
    if (!status) {
        run->cache = cache;
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
    return !status && !run->failed;
}

struct build_values {
    struct accept_options accept;
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
    amos_error err;
    amos_dataset *dataset;
    struct accepting accepting;
    if (amos_dataset_open(args->operands[0], NULL, &dataset, &err) != AMOS_OK) {
        cli_error_of(&err);
        return CLI_FAILED;
    }
    int code = accepting_make(&given->accept, dataset, &accepting);
    cache->accept = &accepting.accept;
    cache->volume = &accepting.volume;
    if (code == CLI_OK && !cache_cases(&run, dataset, given->folder, cache, &given->filter, (int)given->threads))
        code = CLI_FAILED;
    accepting_free(&accepting);
    amos_dataset_free(dataset);
    return code;
}

static const struct build_values defaults = {.filter = {.size = sizeof defaults.filter},
                                             .cache = AMOS_CACHE_OPTIONS_INIT};

static const struct args_option options[] = {
    OPTION_CACHE_FOLDER(struct build_values),
    OPTION_SPLIT(struct build_values, filter.split),
    OPTION_MODALITY(struct build_values, filter.modality),
    OPTION_ORIENT(struct build_values, cache.orientation),
    OPTION_SPACING("resample to this spacing in mm; 0 keeps the spacing of that axis", struct build_values),
    ARGS_FLAG("cubic", "resample images by cubic instead of linear interpolation", struct build_values, cubic),
    ARGS_FLAG("crop", "crop to the box around the body", struct build_values, crop),
    ARGS_RANGE(0, "positions", "N", "sample N voxels of each organ (default: 1024)", args_integer, struct build_values,
               positions, 1, 65536),
    ARGS_VALUE(0, "chunk", "XxYxZ", "size of a chunk in voxels (default: 64x32x16)", args_shape, struct build_values,
               chunk),
    OPTIONS_ACCEPT(struct build_values, accept),
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
    .details =
        "Cases that are already cached with the same settings are skipped if their files have not changed. A "
        "build can be stopped at any time; the same command continues it. What is accepted is one of the settings: a "
        "loader that reads the cache is given the same.",
    .examples = examples,
    .options = options,
    .min_operands = 1,
    .max_operands = 1,
    .values_bytes = sizeof(struct build_values),
    .defaults = &defaults,
    .run = build,
};
