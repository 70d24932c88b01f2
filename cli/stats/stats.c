/* SPDX-License-Identifier: BSD-3-Clause */
/* amos stats: organ volumes, and the intensity range of images. */
#include "kit/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "kit/options.h"
#include "kit/progress.h"
#include "open/dataset.h"
#include "kit/read_ahead.h"
#include "shard/shard.h"
#include "stats/facts.h"
#include "stats/report.h"

struct measuring {
    struct accepting accepting;
    struct subject *subjects;
    size_t count;
    bool streamed;  /* there is one target, a set: what is found is printed at once, and is not kept */
    cJSON *results; /* one item for each target; NULL for people */
    cJSON *dataset; /* the item of the data set that is being reported */
    struct stats_summary *summary;
    bool good;
    struct shard shard;
};

/* A failure is stored with its subject; the others go on. */
static amos_status measure_subject(void *user, size_t index, amos_error *err)
{
    const struct measuring *run = user;
    struct subject *subject = &run->subjects[index];
    cJSON *facts = shard_take(&run->shard, index, err);
    if (shard_is_merge(&run->shard)) {
        bool good = !facts || subject_take(subject, facts);
        cJSON_Delete(facts);
        return !facts ? err->status : good ? AMOS_OK : shard_refuse_facts(&run->shard, index, err);
    }
    if (index + CLI_READ_AHEAD < run->count) {
        amos_file_read_ahead(run->subjects[index + CLI_READ_AHEAD].image_path);
        amos_file_read_ahead(run->subjects[index + CLI_READ_AHEAD].label_path);
    }
    subject_measure(subject, &run->accepting);
    return AMOS_OK;
}

/* ---- reporting, in order ---- */

static void report_errors(struct measuring *run, const struct subject *subject)
{
    if (subject->image_error.status)
        cli_error_of(&subject->image_error);
    if (subject->label_error.status)
        cli_error_of(&subject->label_error);
    run->good = run->good && !subject->image_error.status && !subject->label_error.status;
}

static void report_for_people(struct measuring *run, const struct subject *subject)
{
    progress_hide();
    if (!target_is_set(subject->target)) {
        if (subject != run->subjects)
            cli_print("\n");
        run->good = stats_print_detail(subject) && run->good;
        return;
    }
    if (subject->first && subject != run->subjects)
        cli_print("\n");
    if (subject->first)
        stats_print_title(subject->target);
    stats_print_line(subject);
    stats_print_notes(subject);
    if (subject->last)
        run->good = stats_print_summary(subject->target, run->summary) && run->good;
}

/* The same text as that of the other way. */
static void print_for_programs(struct measuring *run, const struct subject *subject)
{
    progress_hide();
    if (subject->first)
        run->good = json_write_begin(stdout, stats_dataset_json(subject->target), "cases") && run->good;
    run->good = json_write_item(stdout, stats_subject_json(subject), subject->first) && run->good;
    if (!subject->last)
        return;
    cJSON *rest = cJSON_CreateObject();
    stats_put_summary(rest, subject->target, run->summary);
    run->good = json_write_rest(stdout, rest) && run->good;
}

static void report_for_programs(struct measuring *run, const struct subject *subject)
{
    if (run->streamed) {
        print_for_programs(run, subject);
        return;
    }
    cJSON *item = stats_subject_json(subject);
    if (!target_is_set(subject->target)) {
        json_append(run->results, item);
        return;
    }
    if (subject->first)
        run->dataset = json_append(run->results, stats_dataset_json(subject->target));
    if (subject->first)
        cJSON_AddArrayToObject(run->dataset, "cases");
    json_append(cJSON_GetObjectItemCaseSensitive(run->dataset, "cases"), item);
    if (subject->last)
        stats_put_summary(run->dataset, subject->target, run->summary);
}

static void release(struct subject *subject)
{
    free(subject->parts);
    free(subject->map);
    subject->parts = NULL;
    subject->map = NULL;
}

static amos_status report_subject(void *user, size_t index, amos_status status, const amos_error *err)
{
    struct measuring *run = user;
    struct subject *subject = &run->subjects[index];
    (void)err;
    if (status) /* the part of a shard cannot be read; other failures are kept with the subject */
        return status;
    if (shard_is_part(&run->shard)) {
        report_errors(run, subject);
        const bool put = shard_put(&run->shard, subject_facts(subject));
        release(subject);
        return put ? AMOS_OK : AMOS_E_IO;
    }
    if (subject->first)
        *run->summary = (struct stats_summary){0};
    report_errors(run, subject);
    if (target_is_set(subject->target))
        stats_summary_add(run->summary, subject);
    if (run->results)
        report_for_programs(run, subject);
    else
        report_for_people(run, subject);
    release(subject);
    return cli_stdout_good() ? AMOS_OK : AMOS_E_IO;
}

/* ---- the command ---- */

/* `labels_alone`: no image is expected. */
static void add_case(struct measuring *run, const struct target *target, const amos_case *c, bool labels_alone)
{
    const amos_case_info *info = amos_case_get_info(c);
    run->subjects[run->count++] = (struct subject){
        .target = target, .c = c, .image_path = labels_alone ? NULL : info->image_path, .label_path = info->label_path};
}

/* The subjects of a target are consecutive. */
static void add_target(struct measuring *run, const struct target *target)
{
    size_t before = run->count;
    const bool labels_alone = target->dataset && dataset_has_labels_alone(target->dataset);
    if (target->kind == TARGET_FILE)
        run->subjects[run->count++] = (struct subject){.target = target, .label_path = target->path};
    else if (target->kind == TARGET_CASE)
        add_case(run, target, target->c, labels_alone);
    int max_label = target->folder ? folder_max_label(target->path) : 0;
    for (size_t i = 0; target->folder && i < target->folder->count; i++)
        run->subjects[run->count++] =
            (struct subject){.target = target, .label_path = target->folder->paths[i], .max_label = max_label};
    for (size_t i = 0; target->kind == TARGET_DATASET && i < target_case_count(target); i++)
        add_case(run, target, amos_dataset_get(target->dataset, i), labels_alone);
    if (target->kind == TARGET_DATASET && target->error.status) {
        cli_error_of(&target->error);
        run->good = false;
    } else if (run->count == before) {
        cli_error("%s: The data set has no case; one or more were expected.", target->path);
        run->good = false;
    } else {
        run->subjects[before].first = true;
        run->subjects[run->count - 1].last = true;
    }
}

static bool add_targets(struct measuring *run, const struct targets *targets)
{
    size_t room = 1;
    for (size_t i = 0; i < targets->count; i++)
        room += targets->items[i].folder ? targets->items[i].folder->count : target_case_count(&targets->items[i]) + 1;
    run->subjects = calloc(room, sizeof *run->subjects);
    run->summary = calloc(1, sizeof *run->summary);
    if (!run->subjects || !run->summary) {
        cli_error("Memory ran out.");
        return false;
    }
    for (size_t i = 0; i < targets->count; i++)
        add_target(run, &targets->items[i]);
    return true;
}

static bool measure_all(struct measuring *run, int threads)
{
    amos_error err;
    amos_workers_options options = {.size = sizeof options, .threads = threads, .progress = {progress_show, NULL}};
    progress_start("measuring", PROGRESS_CASES);
    amos_status status = amos_workers_run(run->count, &options, measure_subject, report_subject, run, &err);
    progress_stop();
    if (status && cli_stdout_good())
        cli_error_of(&err);
    for (size_t i = 0; i < run->count; i++)
        release(&run->subjects[i]);
    return !status;
}

/* One target gives an object, several give an array. */
static bool print_results(struct measuring *run, size_t asked)
{
    if (run->streamed && run->count > 0) {
        cJSON_Delete(run->results);
        return cli_stdout_good();
    }
    if (asked > 1)
        return json_print(run->results);
    cJSON *only = cJSON_DetachItemFromArray(run->results, 0);
    cJSON_Delete(run->results);
    return only ? json_print(only) : true;
}

/* The number of neighbours; 26 if the option has no value. */
static bool parse_neighbours(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    static const int known[] = {6, 18, 26};
    (void)option;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        char number[8];
        snprintf(number, sizeof number, "%d", known[i]);
        if (strcmp(text ? text : "26", number) == 0) {
            *(int *)value = known[i];
            return true;
        }
    }
    return args_refuse(why, bytes, "6, 18 or 26");
}

static const struct args_type type_neighbours = {.parse = parse_neighbours, .optional = true};

struct stats_values {
    struct accept_options accept;
    struct dataset_choice dataset;
    int64_t threads;
    int connectivity;
    bool json;
    struct shard_choice shard;
};

static const char *const not_of_a_shard[] = {"json", NULL};

/* Tells the shard of all subjects, and leaves those that it holds. */
static bool begin_shard(struct measuring *run, int *code)
{
    for (size_t i = 0; i < run->count; i++) {
        const struct subject *subject = &run->subjects[i];
        const char *files[2] = {subject->image_path, subject->label_path};
        shard_add(&run->shard, subject_name(subject), files, 2);
    }
    if (!shard_start(&run->shard, code))
        return false;
    run->count = shard_keep(&run->shard, run->subjects, sizeof *run->subjects);
    return true;
}

static int stats(const struct args *args, void *values)
{
    const struct stats_values *given = values;
    struct targets targets;
    struct measuring run = {.good = true, .results = given->json ? cJSON_CreateArray() : NULL};
    bool good = targets_resolve(args->operands, args->count, &given->dataset, &targets);
    if (good)
        targets_set_names(&targets);
    int code = good ? accepting_make(&given->accept, targets_names(&targets), &run.accepting) : CLI_FAILED;
    if (code == CLI_OK)
        code = shard_begin(&run.shard, args, &given->shard, not_of_a_shard);
    good = code == CLI_OK && add_targets(&run, &targets);
    for (size_t i = 0; good && i < run.count; i++)
        run.subjects[i].connectivity = given->connectivity;
    run.streamed = targets.count == 1 && target_is_set(&targets.items[0]);
    if (good && !run.good && shard_is_part(&run.shard)) /* a data set has no list of cases */
        code = CLI_FAILED;
    const bool begun = good && code == CLI_OK && begin_shard(&run, &code);
    good = good && code == CLI_OK;
    if (begun) {
        good = measure_all(&run, (int)given->threads);
        if (good && given->json) {
            good = print_results(&run, targets.count);
            run.results = NULL;
        }
        code = good ? shard_end(&run.shard, CLI_OK) : CLI_FAILED;
        good = good && run.good;
    }
    cJSON_Delete(run.results);
    shard_free(&run.shard);
    free(run.summary);
    free(run.subjects);
    accepting_free(&run.accepting);
    targets_free(&targets);
    return code != CLI_OK ? code : good ? CLI_OK : CLI_FAILED;
}

static const struct args_option options[] = {
    OPTIONS_ACCEPT(struct stats_values, accept),
    OPTION_THREADS(struct stats_values),
    OPTIONS_DATASET(struct stats_values, dataset),
    ARGS_VALUE(
        0, "components", "6|18|26",
        "find the connected parts of each organ, and its holes; voxels are connected by faces (6), edges (18) or "
        "corners (26, the default)",
        type_neighbours, struct stats_values, connectivity),
    OPTION_JSON("print JSON: an object for one operand, else an array", struct stats_values),
    OPTIONS_SHARD(struct stats_values, shard),
    ARGS_END};

static const char *const examples[] = {"amos stats amos22 -j 8", "amos stats amos22 18",
                                       "amos stats labelsTr/amos_0018.nii.gz --components --json", NULL};

const struct command command_stats = {
    .name = "stats",
    .title = "show organ volumes and image intensities",
    .operands = "DIR|CASE|LABEL...",
    .summary =
        "Show the volume of each organ in millilitres, and the intensity range of each image. "
        "CASE is DIR ID or DIR/ID, where ID is amos_0018 or 18. LABEL is a label file; the files of a DIR that is "
        "no data set, or of a ZIP archive, are taken as labels.",
    .details =
        "Values that are not labels make a label fail, unless an option accepts them; what was accepted is counted "
        "in the output. A label that does not lie on its image, or whose place is not known, is noted; it is measured "
        "all the same.",
    .examples = examples,
    .options = options,
    .min_operands = 1,
    .max_operands = -1,
    .values_bytes = sizeof(struct stats_values),
    .run = stats,
};
