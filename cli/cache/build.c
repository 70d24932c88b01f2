/* SPDX-License-Identifier: BSD-3-Clause */
/* amos cache build: caches the cases of a data set. */
#define _POSIX_C_SOURCE 200809L
#include "cache/notes.h"
#include "cache/parts.h"

#include <string.h>

#include "accept/accept.h"
#include "accept/place.h"
#include "kit/interrupt.h"
#include "kit/json.h"
#include "kit/message.h"
#include "kit/options.h"
#include "kit/progress.h"
#include "open/dataset.h"
#include "shard/shard.h"

struct caching {
    const amos_cache *cache;
    bool json;
    const amos_dataset *dataset;
    size_t counts[AMOS_CACHE_STAGED + 1]; /* of each outcome */
    struct cache_notes notes;
    size_t accepted;     /* labels in which something was accepted, */
    amos_accepted found; /* and what */
    struct place_notes places;
    struct shard shard;
};

static bool is_cached(amos_cache_outcome outcome)
{
    return outcome == AMOS_CACHE_KEPT || outcome == AMOS_CACHE_BUILT || outcome == AMOS_CACHE_REBUILT ||
           outcome == AMOS_CACHE_STAGED;
}

/* Of the label of an entry, and of its place. */
static amos_warnings warnings_of(const amos_cache_entry_info *entry)
{
    return entry->layout.warnings | entry->label_warnings;
}

static void print_json(const amos_case *c, amos_cache_outcome outcome, amos_status status, const amos_error *err,
                       const amos_cache_entry_info *entry)
{
    cJSON *object = cJSON_CreateObject();
    const amos_case_info *info = amos_case_get_info(c);
    json_put_text(object, "case", info->id);
    json_put_text(object, "split", amos_split_name(info->split));
    json_put_text(object, "outcome", amos_cache_outcome_name(outcome));
    json_put_text(object, "status", amos_status_name(status));
    json_put_text(object, "message", status ? err->message : NULL);
    if (entry) {
        json_put_bool(object, "labels", entry->has_labels);
        accept_found_put(object, "accepted", &entry->accepted);
        json_put_warnings(object, warnings_of(entry));
        json_put_number(object, "displacement_mm", entry->displacement);
        cache_notes_json(object, entry);
    }
    (void)json_print_line(object); /* a failure is reported there; see cli_stdout_good() */
}

static void note_accepted(struct caching *run, const amos_accepted *found)
{
    char text[ACCEPT_TEXT];
    if (!accept_found_text(found, text)[0])
        return;
    run->accepted++;
    accept_found_add(&run->found, found);
}

static amos_status report_case(void *user, const amos_case *c, amos_cache_outcome outcome, amos_status status,
                               const amos_error *err)
{
    struct caching *run = user;
    amos_cache_entry *entry = NULL;
    amos_error unused; /* an entry may have been pruned meanwhile */
    run->counts[outcome]++;
    if (is_cached(outcome) && amos_cache_entry_open(run->cache, c, &entry, &unused) != AMOS_OK)
        entry = NULL;
    const amos_cache_entry_info *found = amos_cache_entry_get_info(entry);
    if (found) {
        note_accepted(run, &found->accepted);
        place_notes_add(&run->places, amos_case_get_info(c)->id, warnings_of(found));
    }
    const bool put = shard_put_receipt(&run->shard, status, err);
    progress_hide();
    if (found)
        cache_notes_take(&run->notes, run->dataset, c, found, !run->json);
    if (run->json)
        print_json(c, outcome, status, err, found);
    else if (status)
        cli_error_of(err);
    amos_cache_entry_free(entry);
    cli_flush();
    return put && cli_stdout_good() ? AMOS_OK : AMOS_E_IO;
}

static size_t count_all(const struct caching *run, bool cached)
{
    size_t all = 0;
    for (size_t i = 0; i <= AMOS_CACHE_STAGED; i++)
        all += is_cached((amos_cache_outcome)i) == cached ? run->counts[i] : 0;
    return all;
}

static void print_summary(const struct caching *run)
{
    static const struct {
        amos_cache_outcome outcome;
        const char *what;
    } rest[] = {{AMOS_CACHE_FAILED, "failed"},
                {AMOS_CACHE_NO_IMAGE, "left out, because the image file is missing"},
                {AMOS_CACHE_NO_LABEL, "left out, because the label file is missing"}};
    char text[ACCEPT_TEXT];
    size_t all = count_all(run, true);
    cli_print("%zu case%s cached in %s: %zu built, %zu built again, %zu already there\n", all, all == 1 ? "" : "s",
              amos_cache_folder(run->cache), run->counts[AMOS_CACHE_BUILT], run->counts[AMOS_CACHE_REBUILT],
              run->counts[AMOS_CACHE_KEPT]);
    if (run->counts[AMOS_CACHE_STAGED])
        cli_print("%zu of them copied from upstream\n", run->counts[AMOS_CACHE_STAGED]);
    if (run->accepted)
        cli_print("voxels of %zu label%s: %s\n", run->accepted, run->accepted == 1 ? "" : "s",
                  accept_found_text(&run->found, text));
    place_notes_print(stdout, &run->places);
    cache_notes_print(&run->notes);
    for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++) {
        size_t count = run->counts[rest[i].outcome];
        if (count)
            cli_print("%zu case%s %s\n", count, count == 1 ? "" : "s", rest[i].what);
    }
}

static bool cache_all(struct caching *run, const amos_case_filter *filter, int threads)
{
    amos_error err;
    const amos_cache_build_options o = {.size = sizeof o,
                                        .threads = threads,
                                        .filter = filter,
                                        .progress = {progress_show, NULL},
                                        .built = report_case,
                                        .built_user = run,
                                        .shard = run->shard.number.index,
                                        .shards = run->shard.number.count};
    progress_start("caching", PROGRESS_CASES);
    amos_status status = amos_cache_build(run->cache, run->dataset, &o, &err);
    progress_stop();
    const bool empty_shard = !status && shard_is_part(&run->shard) && run->shard.count;
    size_t left_out = count_all(run, false);
    if (status && cli_stdout_good() && !run->counts[AMOS_CACHE_FAILED]) /* else the case was reported */
        cli_error_of(&err);
    else if (!status && left_out + count_all(run, true) == 0 && !empty_shard)
        cli_error("%s: No case of the data set fits the options; amos list shows its cases.",
                  amos_dataset_get_info(run->dataset)->root);
    else if (!run->json && cli_stdout_good())
        print_summary(run);
    return !status && !left_out && (count_all(run, true) || empty_shard);
}

static bool begin_shard(struct caching *run, const amos_case_filter *filter, int *code)
{
    const amos_case *c = NULL;
    amos_error err;
    while (amos_dataset_next(run->dataset, filter, &c, &err) == AMOS_OK && c) {
        const amos_case_info *info = amos_case_get_info(c);
        const char *files[2] = {info->image_path, info->label_path};
        shard_add(&run->shard, info->id, files, 2);
    }
    return shard_start(&run->shard, code);
}

static int cache_cases(struct caching *run, const amos_dataset *dataset, const char *folder,
                       const amos_cache_options *options, const amos_case_filter *filter, int threads)
{
    int code = CLI_FAILED;
    amos_error err;
    amos_cache *cache = NULL;
    amos_status status = amos_cache_open(folder, options, &cache, &err);
    run->dataset = dataset;
    run->cache = cache;
    if (status)
        cli_error_of(&err);
    if (!status && begin_shard(run, filter, &code))
        code = shard_end(&run->shard, cache_all(run, filter, threads) ? CLI_OK : CLI_FAILED);
    amos_cache_free(cache);
    return code;
}

struct build_values {
    struct accept_options accept;
    struct dataset_choice dataset;
    const char *folder;
    amos_case_filter filter;
    amos_cache_options cache;
    int64_t threads, positions;
    struct args_list spacing;
    struct args_size chunk;
    bool cubic, crop, missing_labels, json;
    struct shard_choice shard;
};

static int build(const struct args *args, void *values)
{
    struct build_values *given = values;
    struct caching run = {.json = given->json};
    amos_cache_options *cache = &given->cache;
    cache->flags =
        (given->crop ? AMOS_CACHE_CROP_BODY : 0) | (given->missing_labels ? AMOS_CACHE_ALLOW_MISSING_LABELS : 0);
    cache->interpolation = given->cubic ? AMOS_INTERPOLATION_CUBIC : AMOS_INTERPOLATION_LINEAR;
    cache->positions = (int)given->positions;
    memcpy(cache->spacing, given->spacing.value, sizeof cache->spacing);
    memcpy(cache->chunk, given->chunk.value, sizeof cache->chunk);
    amos_error err;
    amos_dataset *dataset;
    struct accepting accepting;
    if (dataset_open(args->operands[0], &given->dataset, &dataset, &err) != AMOS_OK) {
        cli_error_of(&err);
        return CLI_FAILED;
    }
    int code = accepting_make(&given->accept, dataset, &accepting);
    cache->accept = &accepting.accept;
    accepting.volume.temporaries = (amos_temporaries){interrupt_temporaries, NULL};
    cache->volume = &accepting.volume;
    if (code == CLI_OK)
        code = shard_begin(&run.shard, args, &given->shard, NULL);
    if (code == CLI_OK)
        code = cache_cases(&run, dataset, given->folder, cache, &given->filter, (int)given->threads);
    shard_free(&run.shard);
    accepting_free(&accepting);
    amos_dataset_free(dataset);
    return code;
}

static const struct build_values defaults = {.filter = {.size = sizeof defaults.filter},
                                             .cache = AMOS_CACHE_OPTIONS_INIT};

static const struct args_option options[] = {
    OPTION_CACHE_FOLDER(struct build_values),
    ARGS_VALUE(0, "stage", "PATH|URL", "copy the entries that this folder or URL has, and build only the others",
               args_folder, struct build_values, cache.upstream),
    ARGS_VALUE(0, "max-size", "SIZE", "with --stage: keep at most SIZE bytes in the folder", args_bytes,
               struct build_values, cache.max_bytes),
    OPTION_SPLIT(struct build_values, filter.split),
    OPTION_MODALITY(struct build_values, filter.modality),
    OPTIONS_DATASET(struct build_values, dataset),
    OPTION_ORIENT(struct build_values, cache.orientation),
    OPTION_SPACING("resample to this spacing in mm; 0 keeps the spacing of that axis", struct build_values),
    ARGS_FLAG("cubic", "resample images by cubic instead of linear interpolation", struct build_values, cubic),
    ARGS_FLAG("crop", "crop to the box around the body", struct build_values, crop),
    ARGS_FLAG("allow-missing-labels", "cache a case whose label file is missing without labels", struct build_values,
              missing_labels),
    ARGS_RANGE(0, "positions", "N", "sample N voxels of each organ (default: 1024)", args_integer, struct build_values,
               positions, 1, 65536),
    ARGS_VALUE(0, "chunk", "XxYxZ", "size of a chunk in voxels (default: 64x32x16)", args_shape, struct build_values,
               chunk),
    OPTIONS_ACCEPT(struct build_values, accept),
    OPTION_THREADS(struct build_values),
    OPTION_JSON("print one JSON object per line, one for each case", struct build_values),
    OPTIONS_SHARD(struct build_values, shard),
    ARGS_END};

static const char *const examples[] = {"amos cache build amos22 -j 8",
                                       "amos cache build amos22 --split training --spacing 1.5,1.5,2 --crop",
                                       "amos cache build amos22 --folder /scratch/cache --stage /nfs/cache", NULL};

const struct command command_cache_build = {
    .name = "build",
    .title = "cache the cases of a data set",
    .operands = "DIR",
    .summary = "Cache the cases of a data set: voxels, labels, statistics and sampled voxels of each organ.",
    .details =
        "Cases that are already cached with the same settings are skipped if their files have the same content, also "
        "after they were copied or moved. A build can be stopped at any time; the same command continues it. A case "
        "whose image or label file is missing is left out, with a line and exit code 1. What is accepted is one of the "
        "settings: a loader that reads the cache is given the same.",
    .examples = examples,
    .options = options,
    .min_operands = 1,
    .max_operands = 1,
    .values_bytes = sizeof(struct build_values),
    .defaults = &defaults,
    .run = build,
};
