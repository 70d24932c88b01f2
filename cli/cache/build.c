/* amos cache build: caches the cases of a data set. */
#include "cache/parts.h"

#include <string.h>

#include "kit/args.h"
#include "kit/json.h"
#include "kit/progress.h"

struct run {
    bool json;
    size_t kept, built, rebuilt, failed;
};

static void print_json(const amos_case *c, amos_cache_outcome outcome, amos_status status, const amos_error *err)
{
    static const char *const outcomes[] = {"failed", "kept", "built", "rebuilt"};
    cJSON *object = cJSON_CreateObject();
    json_put_text(object, "case", amos_case_id(c));
    json_put_text(object, "split", amos_split_name(amos_case_split(c)));
    json_put_text(object, "outcome", outcomes[outcome]);
    json_put_text(object, "status", amos_status_name(status));
    json_put_text(object, "message", status ? err->message : NULL);
    (void)json_print_line(object); /* a failure is reported there, and cli_stdout_good() tells of it */
}

static amos_status built(void *user, const amos_case *c, amos_cache_outcome outcome, amos_status status,
                         const amos_error *err)
{
    struct run *run = user;
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

static void print_summary(const struct run *run, const amos_cache *cache)
{
    size_t all = run->kept + run->built + run->rebuilt;
    cli_print("%zu case%s cached in %s: %zu built, %zu built again, %zu already there\n", all, all == 1 ? "" : "s",
              amos_cache_folder(cache), run->built, run->rebuilt, run->kept);
    if (run->failed)
        cli_print("%zu case%s failed\n", run->failed, run->failed == 1 ? "" : "s");
}

static bool build(struct run *run, const char *path, const char *folder, const amos_cache_options *options,
                  const amos_case_filter *filter, int threads)
{
    amos_error err;
    amos_dataset *dataset = NULL;
    amos_cache *cache = NULL;
    amos_status status = amos_dataset_open(path, NULL, &dataset, &err);
    if (!status)
        status = amos_cache_open(folder, options, &cache, &err);
    if (!status) {
        const amos_cache_build_options o = {.size = sizeof o, .threads = threads, .filter = filter,
                                            .progress = progress_tell, .built = built, .built_user = run};
        progress_start("caching", PROGRESS_CASES);
        status = amos_cache_build(cache, dataset, &o, &err);
        progress_stop();
    }
    if (status && cli_stdout_good() && !run->failed) /* else the case was told of */
        cli_error_of(&err);
    if (cache && !run->json && cli_stdout_good())
        print_summary(run, cache);
    amos_cache_free(cache);
    amos_dataset_free(dataset);
    return !status && !run->failed;
}

int cmd_cache_build(int argc, char **argv)
{
    static const char *const examples[] = {"amos cache build amos22 -j 8",
                                           "amos cache build amos22 --split training --spacing 1.5,1.5,2 --crop", NULL};
    struct run run = {0};
    const char *folder = NULL;
    bool cubic = false, crop = false;
    struct args_integer threads = {0, 1, 1024}, positions = {0, 1, 65536};
    struct args_numbers spacing = {.min_count = 3, .max_count = 3};
    struct args_size chunk = {{0, 0, 0}};
    amos_case_filter filter = {.size = sizeof filter};
    amos_cache_options cache = {.size = sizeof cache};
    const struct args_option options[] = {
        CACHE_FOLDER_OPTION(&folder),
        {0, "split", "SPLIT", "only training, validation or test", args_take_split, &filter.split},
        {0, "modality", "CT|MRI", "only cases of that modality", args_take_modality, &filter.modality},
        {0, "orient", "AXES", "turn voxels to RAS, LPS, ... (default: as stored)", args_take_orientation, &cache.orientation},
        {0, "spacing", "X,Y,Z", "resample to so many mm; 0: as it is along that axis", args_take_numbers, &spacing},
        {0, "cubic", NULL, "resample images by cubic interpolation, not linear", NULL, &cubic},
        {0, "crop", NULL, "keep only the box that holds the body", NULL, &crop},
        {0, "positions", "N", "sample N voxels of each organ (default: 1024)", args_take_integer, &positions},
        {0, "chunk", "XxYxZ", "voxels of a chunk (default: 64x32x16)", args_take_size, &chunk},
        {'j', "threads", "N", "use N threads (default: one for each processor)", args_take_integer, &threads},
        {0, "json", NULL, "print one JSON object a line for each case", NULL, &run.json},
        {0, NULL, NULL, NULL, NULL, NULL}};
    const struct args_command command = {
        .name = "cache build",
        .usage = "DIR",
        .summary = "Cache the cases of a data set: voxels, labels, statistics and sampled voxels of each organ.",
        .details = "Cases that are cached already with the same settings, and whose files have not changed, are left alone. "
                   "It can be stopped at any time and goes on where it was.",
        .examples = examples,
        .options = options,
        .min_operands = 1,
        .max_operands = 1,
    };
    struct args args;
    int code;
    if (!args_parse(&command, argc, argv, &args, &code))
        return code;
    cache.flags = crop ? AMOS_CACHE_CROP_BODY : 0;
    cache.interpolation = cubic ? AMOS_INTERPOLATION_CUBIC : AMOS_INTERPOLATION_LINEAR;
    cache.positions = (int)positions.value;
    memcpy(cache.spacing, spacing.value, sizeof cache.spacing);
    memcpy(cache.chunk, chunk.value, sizeof cache.chunk);
    return build(&run, args.operands[0], folder, &cache, &filter, (int)threads.value) ? CLI_OK : CLI_FAILED;
}
