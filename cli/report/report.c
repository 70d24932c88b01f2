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

enum { SIZE_LEAST = 16, SIZE_MOST = 4096, WORST_MOST = 1000000 };

struct report_values {
    struct review_question question;
    const char *output;
    int64_t size, worst, threads;
    bool force, json;
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

static bool make_report(const struct report_values *given, struct report_run *run, const char *head)
{
    bool good = report_run_make(run, &given->question) && report_pages_write(run, head);
    if (good)
        good = given->json ? print_json(run) : print_outcome(run);
    report_run_free(run);
    return good && run->faults == 0;
}

static bool report_set(const struct report_values *given, const struct review_set *set)
{
    char *head = report_head_line(set, &given->question, given->size, (size_t)given->worst);
    struct report_folder folder;
    const struct report_folder_options options = {given->output, amos_dataset_get_info(set->dataset)->name, head,
                                                  given->force};
    if (!head)
        return false;
    bool good = report_folder_open(&options, &folder);
    struct report_run run = {.set = set,
                             .folder = &folder,
                             .size = given->size,
                             .worst = (size_t)given->worst,
                             .force = given->force,
                             .threads = (int)given->threads};
    good = good && make_report(given, &run, head);
    report_folder_close(&folder);
    free(head);
    return good;
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

static int report(const struct args *args, void *values)
{
    struct report_values *given = values;
    struct review_set set;
    given->question.root = args->operands[0];
    if (!is_sensible(given))
        return CLI_USAGE;
    int code = review_set_open(&given->question, &set);
    if (code == CLI_OK && !report_set(given, &set))
        code = CLI_FAILED;
    review_set_close(&set);
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
    ARGS_END};

static const char details[] =
    "The report needs no network and no server: index.html is opened in a browser from the disk. It has all cases with "
    "their volumes, and with --prediction their scores, as figures and as a table; each case can be looked at slice by "
    "slice, and judged.\n\n"
    "A report that was interrupted goes on: cases whose files are whole, and whose images, labels, predictions and "
    "options "
    "have not changed, are kept. A damaged case is a row with its reason, and the exit code is 1.";

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
