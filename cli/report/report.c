/* SPDX-License-Identifier: BSD-3-Clause */
/* amos report: a data set as a folder of pages, which a browser opens without a network and without a server. */
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "kit/describe.h"
#include "kit/json.h"
#include "kit/message.h"
#include "kit/options.h"
#include "report/pages.h"
#include "report/part.h"
#include "shard/shard.h"

enum { SIZE_LEAST = 16, SIZE_MOST = 4096, WORST_MOST = 1000000 };

struct report_values {
    struct review_question question;
    const char *output;
    int64_t size, worst, threads;
    bool force, json;
    struct shard_choice shard;
};

/* ---- what is said ---- */

static size_t drawn(const struct report_run *run)
{
    size_t files = 0;
    for (size_t i = 0; i < run->set->count; i++)
        files += run->records[i].file != NULL;
    return files;
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static bool print_outcome(const struct report_run *run)
{
    char size[DESCRIBE_BYTES];
    size_t cases = run->set->count, kept = cases - run->made;
    cli_print("%s: %zu case%s, %zu of them to look at, %s", run->folder->path, cases, plural(cases), drawn(run),
              describe_bytes(run->bytes, size));
    if (kept)
        cli_print("; %zu kept from an earlier run", kept);
    if (run->set->unused)
        cli_print("; %zu prediction%s of other cases", run->set->unused, plural(run->set->unused));
    cli_print("\nOpen %s/index.html in a browser.\n", run->folder->path);
    return cli_stdout_good();
}

static bool print_json(const struct report_run *run)
{
    cJSON *object = cJSON_CreateObject();
    json_put_text(object, "report", run->folder->path);
    json_put_text(object, "data_set", amos_dataset_get_info(run->set->dataset)->name);
    json_put_unsigned(object, "cases", run->set->count);
    json_put_unsigned(object, "made", run->made);
    json_put_unsigned(object, "kept", run->set->count - run->made);
    json_put_unsigned(object, "files", drawn(run));
    json_put_unsigned(object, "bytes", run->bytes);
    json_put_unsigned(object, "unused_predictions", run->set->unused);
    cJSON *faults = cJSON_AddArrayToObject(object, "failed");
    for (size_t i = 0; i < run->set->count; i++)
        if (run->failed[i])
            json_append(faults, cJSON_CreateString(run->set->items[i].id));
    return json_print(object);
}

/* ---- the command ---- */

static int make_report(const struct report_values *given, struct report_run *run, const char *head)
{
    bool good = report_run_make(run, &given->question);
    if (good && shard_is_part(run->shard))
        good = report_part_put(run);
    else if (good)
        good = report_pages_write(run, head) && (given->json ? print_json(run) : print_outcome(run));
    const int code = good && !run->bad ? CLI_OK : CLI_FAILED;
    report_run_free(run);
    return good ? shard_end(run->shard, code) : CLI_FAILED;
}

static int report_set(const struct report_values *given, const struct review_set *set, struct shard *shard)
{
    char *head = report_head_line(set, &given->question, given->size, (size_t)given->worst);
    struct report_folder folder;
    const bool part = shard_is_part(shard);
    const struct report_folder_options options = {.path = given->output,
                                                  .data_set = amos_dataset_get_info(set->dataset)->name,
                                                  .head = head,
                                                  .force = given->force,
                                                  .merge = shard_is_merge(shard),
                                                  .shard = part ? shard->number.index : 0,
                                                  .shards = part ? shard->number.count : 0};
    if (!head)
        return CLI_FAILED;
    int code = report_folder_open(&options, &folder) ? CLI_OK : CLI_FAILED;
    struct report_run run = {.set = set,
                             .folder = &folder,
                             .size = given->size,
                             .worst = (size_t)given->worst,
                             .force = given->force,
                             .shard = shard,
                             .threads = (int)given->threads};
    if (code == CLI_OK)
        code = make_report(given, &run, head);
    report_folder_close(&folder);
    free(head);
    return code;
}

static bool is_sensible(const struct report_values *given)
{
    if (!given->output)
        cli_error("report: --output is missing; name a folder, such as -o report/.");
    else if (strcmp(given->output, "-") == 0)
        cli_error("report: --output cannot be \"-\", as a report is a folder; name one, such as -o report/.");
    else if (given->worst && !given->question.prediction)
        cli_error("report: --worst needs --prediction, whose scores choose the cases; name cases by --cases instead.");
    else
        return true;
    return false;
}

/* Tells the shard of all cases. */
static bool begin_shard(const struct review_set *set, struct shard *shard, int *code)
{
    shard->makes_files = true;
    for (size_t i = 0; i < set->count; i++) {
        const struct review_item *item = &set->items[i];
        const char *const files[3] = {item->info->image_path, item->reference, item->prediction};
        shard_add(shard, item->id, files, 3);
    }
    return shard_start(shard, code);
}

static const char *const not_of_a_shard[] = {"json", NULL};

static int report(const struct args *args, void *values)
{
    struct report_values *given = values;
    struct review_set set;
    struct shard shard;
    given->question.root = args->operands[0];
    if (!is_sensible(given))
        return CLI_USAGE;
    int code = shard_begin(&shard, args, &given->shard, not_of_a_shard);
    if (code == CLI_OK) {
        code = review_set_open(&given->question, &set);
        if (code == CLI_OK && begin_shard(&set, &shard, &code))
            code = report_set(given, &set, &shard);
        review_set_close(&set);
    }
    shard_free(&shard);
    return code;
}

static const struct report_values defaults = {.size = 256};

static const struct args_option options[] = {
    ARGS_VALUE('o', "output", "OUT", "the folder of the report; created if missing", args_folder, struct report_values,
               output),
    ARGS_RANGE(0, "size", "N", "width of the pictures in voxels (default: 256); wider slices are averaged",
               args_integer, struct report_values, size, SIZE_LEAST, SIZE_MOST),
    ARGS_RANGE(0, "worst", "N", "pictures of the N cases with the lowest mean Dice only; all are in the tables",
               args_integer, struct report_values, worst, 1, WORST_MOST),
    OPTIONS_REVIEW(struct report_values, question),
    ARGS_FLAG("force", "make all cases again, and write into a folder that is no report or that of another data set",
              struct report_values, force),
    OPTION_THREADS(struct report_values),
    OPTION_JSON("print what was made as JSON", struct report_values),
    OPTIONS_SHARD(struct report_values, shard),
    ARGS_END};

static const char details[] =
    "The report needs no network and no server: index.html is opened in a browser from the disk. It has all cases with "
    "their volumes, and with --prediction their scores, as figures and as a table; each case can be looked at slice by "
    "slice, and judged.\n\n"
    "A report that was interrupted goes on: cases whose files are whole, and whose images, labels, predictions and "
    "options "
    "have not changed, are kept. A damaged case is a row with its reason, and the exit code is 1. Shards write into "
    "one folder, and amos "
    "merge completes it.";

static const char *const examples[] = {"amos report amos22 -o report",
                                       "amos report amos22 -p predictions --split validation -o report -j 8",
                                       "amos report amos22 -p predictions --worst 20 -o worst", NULL};

const struct command command_report = {
    .name = "report",
    .title = "make a report of a data set to look at in a browser",
    .operands = "DIR -o OUT",
    .summary = "Make a report of a data set, and of predictions for it, to look at in a browser.",
    .details = details,
    .examples = examples,
    .options = options,
    .min_operands = 1,
    .max_operands = 1,
    .values_bytes = sizeof(struct report_values),
    .defaults = &defaults,
    .run = report,
};
