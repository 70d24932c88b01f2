/* SPDX-License-Identifier: BSD-3-Clause */
/* amos check: reads everything and reports what is wrong with each file, pair and data set. */
#define _POSIX_C_SOURCE 200809L
#include "kit/message.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_item.h"
#include "accept/accept.h"
#include "accept/place.h"
#include "commands.h"
#include "kit/json.h"
#include "kit/options.h"
#include "kit/progress.h"
#include "kit/read_ahead.h"
#include "kit/resolve.h"
#include "base/text/volume_name.h"
#include "open/dataset.h"
#include "quality/check.h"
#include "quality/limits.h"
#include "shard/shard.h"

struct tally {
    size_t looked_at, bad, warned;
};

struct checking {
    amos_volume_options volume;
    struct accepting accepting;
    enum check_role role; /* of files */
    bool json;
    int max_label;                 /* of the files that are being added; 0: not known */
    const amos_dataset *imageless; /* the data set that is being added, if no case of it has an image; else NULL */
    struct check_item *items;
    size_t count, room;
    struct tally files, pairs, datasets;
    size_t labels; /* among the files */
    size_t dataset_count;
    bool quality;
    bool no_memory;
    bool silent;   /* what is found in the data sets is not reported: a shard leaves that to the whole */
    bool unlisted; /* a data set has no list of cases */
    struct shard shard;
};

/* ---- reporting ---- */

static void put_file(cJSON *object, const struct finding *finding)
{
    json_put_unsigned(object, "nonfinite", finding->nonfinite);
    json_put_text(object, "role", finding->is_label ? "label" : "image");
    if (finding->is_label)
        accept_found_put(object, "accepted", &finding->accepted);
}

static void print_json(const struct finding *finding)
{
    cJSON *object = cJSON_CreateObject();
    json_put_text(object, "path", finding->path);
    json_put_text(object, "status", amos_status_name(finding->status));
    json_put_warnings(object, finding->warnings);
    json_put_text(object, "message", finding->message);
    json_put_text(object, "kind", finding->kind);
    json_put_text(object, "case", finding->case_id && finding->case_id[0] ? finding->case_id : NULL);
    if (strcmp(finding->kind, "file") == 0)
        put_file(object, finding);
    if (strcmp(finding->kind, "pair") == 0) {
        json_put_number(object, "displacement_mm", finding->displacement);
        json_put_text(object, "turned_from", finding->turned_from[0] ? finding->turned_from : NULL);
    }
    (void)json_print_line(object); /* for a failure see cli_stdout_good() */
}

/* The sentence of a finding usually begins with its path. */
static void print_sentence(const char *mark, const char *path, const char *sentence)
{
    bool named = strncmp(sentence, path, strlen(path)) == 0;
    cli_print("%-13s %s%s%s\n", mark, named ? "" : path, named ? "" : ": ", sentence);
}

static void print_for_people(const struct finding *finding)
{
    if (finding->status)
        print_sentence(amos_status_name(finding->status), finding->path, finding->message);
    char text[ACCEPT_TEXT], place[PLACE_TEXT];
    bool said = finding->status || !finding->message; /* a data set's warning has a sentence of its own */
    for (int i = 0; i < AMOS_WARNING_BITS; i++) {
        amos_warnings bit = finding->warnings & ((amos_warnings)1 << i);
        if (!amos_warning_name(bit))
            continue;
        print_sentence(amos_warning_name(bit), finding->path,
                       !said                  ? finding->message
                       : bit == AMOS_W_TURNED ? place_text(bit, finding->turned_from, place)
                                              : accept_warning_text(bit, &finding->accepted, text));
    }
    if (finding->nonfinite)
        cli_print("%-13s %s: %" PRIu64 " voxel%s NaN or infinite\n", "note", finding->path, finding->nonfinite,
                  finding->nonfinite == 1 ? " is" : "s are");
}

static void report_finding(struct checking *run, struct tally *tally, const struct finding *finding)
{
    if (!finding->kind || run->silent)
        return;
    tally->looked_at++;
    run->labels += finding->is_label;
    tally->bad += finding->status != AMOS_OK;
    tally->warned += !finding->status && finding->warnings;
    progress_hide();
    if (!run->json)
        print_for_people(finding);
    else if (strcmp(finding->kind, "pair") != 0 || finding->status || finding->warnings)
        print_json(finding);
    cli_flush();
}

static void print_tally(const struct tally *tally, const char *one, const char *many)
{
    if (!tally->looked_at)
        return;
    cli_print("%zu %s checked: %zu good", tally->looked_at, tally->looked_at == 1 ? one : many,
              tally->looked_at - tally->bad);
    if (tally->warned)
        cli_print(" (%zu with warnings)", tally->warned);
    cli_print(", %zu bad\n", tally->bad);
}

static void print_summary(const struct checking *run)
{
    print_tally(&run->files, "file", "files");
    if (run->labels && !run->dataset_count)
        cli_print("%zu of the files %s checked as %s\n", run->labels, run->labels == 1 ? "was" : "were",
                  run->labels == 1 ? "a label" : "labels");
    print_tally(&run->pairs, "pair", "pairs");
    if (run->dataset_count)
        cli_print("%zu data set%s checked: %zu fault%s, %zu warning%s\n", run->dataset_count,
                  run->dataset_count == 1 ? "" : "s", run->datasets.bad, run->datasets.bad == 1 ? "" : "s",
                  run->datasets.warned, run->datasets.warned == 1 ? "" : "s");
}

/* ---- what is checked ---- */

static void add_item(struct checking *run, struct check_item item)
{
    if (run->count == run->room) {
        size_t room = run->room ? 2 * run->room : 64;
        struct check_item *items = realloc(run->items, room * sizeof *items);
        if (!items) {
            run->no_memory = true;
            free(item.owned_path);
            return;
        }
        run->items = items;
        run->room = room;
    }
    run->items[run->count++] = item;
}

/* What is accepted in the files that are being added. */
static amos_accept accept_here(const struct checking *run)
{
    amos_accept accept = run->accepting.accept;
    if (!accept.max_label)
        accept.max_label = run->max_label;
    return accept;
}

static bool add_file(void *user, const char *path)
{
    struct checking *run = user;
    char *copy = strdup(path);
    if (copy)
        add_item(run,
                 (struct check_item){.path = copy, .owned_path = copy, .role = run->role, .accept = accept_here(run)});
    else
        run->no_memory = true;
    return !run->no_memory;
}

/* Whether it is about the missing image of a case. */
static bool is_missing_image(const amos_dataset *dataset, const amos_finding *found)
{
    const amos_case *c = found->case_id[0] ? amos_dataset_find(dataset, found->case_id) : NULL;
    return c && found->status == AMOS_E_OPEN && strcmp(amos_case_get_info(c)->image_path, found->path) == 0;
}

static void report_no_images(struct checking *run, const amos_dataset *dataset)
{
    char message[200];
    const struct finding finding = {
        .kind = "dataset", .path = amos_dataset_get_info(dataset)->root, .status = AMOS_E_OPEN, .message = message};
    snprintf(
        message, sizeof message,
        "none of the %zu cases has its image; --labels checks the labels alone, as after amos fetch --labels-only.",
        amos_dataset_get_info(dataset)->count);
    if (run->role != CHECK_LABELS)
        report_finding(run, &run->datasets, &finding);
}

static void found_by_validation(void *user, const amos_finding *found)
{
    struct checking *run = user;
    if (run->imageless && is_missing_image(run->imageless, found))
        return;
    const struct finding finding = {.kind = "dataset",
                                    .path = found->path,
                                    .case_id = found->case_id,
                                    .status = found->status,
                                    .message = found->message,
                                    .warnings = found->warnings};
    report_finding(run, &run->datasets, &finding);
    run->no_memory |= found->status == AMOS_E_NOMEM; /* a fault of this run, not of the data set */
    /* An unlisted volume is read as well. */
    if (found->warnings & AMOS_W_UNLISTED && amosi_volume_name_is_listed(amosi_base_name(found->path)))
        (void)add_file(run, found->path); /* for a failure see no_memory */
}

static void add_case(struct checking *run, const struct target *target, const amos_case *c, bool validated)
{
    struct check_item item = {
        .c = c, .accept = accepting_for(&run->accepting, target->dataset), .validated = validated};
    add_item(run, item);
}

static void add_dataset(struct checking *run, const struct target *target)
{
    amos_error err = target->error;
    amos_status status = err.status;
    run->imageless = !status && dataset_has_labels_alone(target->dataset) ? target->dataset : NULL;
    if (run->imageless)
        report_no_images(run, run->imageless);
    if (!status)
        status = amos_dataset_validate(target->dataset, found_by_validation, run, &err);
    if (status) {
        const struct finding finding = {
            .kind = "dataset", .path = err.path[0] ? err.path : target->path, .status = status, .message = err.message};
        run->unlisted = true;
        if (run->silent || shard_is_merge(&run->shard))
            cli_error_of(&err);
        report_finding(run, &run->datasets, &finding);
    }
    for (size_t i = 0; i < target_case_count(target); i++)
        add_case(run, target, amos_dataset_get(target->dataset, i), true);
    run->dataset_count++;
}

static void add_target(struct checking *run, const struct target *target)
{
    run->max_label = target->dataset                 ? amos_dataset_get_info(target->dataset)->max_label
                     : target->kind == TARGET_FOLDER ? folder_max_label(target->path)
                                                     : 0;
    if (target->kind == TARGET_CASE)
        add_case(run, target, target->c, false);
    else if (target->kind == TARGET_DATASET)
        add_dataset(run, target);
    else
        (void)target_each_file(target, add_file, run); /* for a failure see no_memory */
}

/* ---- the command ---- */

/* With --quality, what was measured must be there. */
static bool take_facts(const struct checking *run, struct check_item *item, const cJSON *facts)
{
    return check_item_take(item, facts) && (item->quality != NULL) == (run->quality && quality_concerns(item));
}

static amos_status inspect_item(void *user, size_t index, amos_error *err)
{
    struct checking *run = user;
    /* a bad file becomes a finding */
    if (!shard_is_merge(&run->shard) && index + CLI_READ_AHEAD < run->count)
        check_item_read_ahead(&run->items[index + CLI_READ_AHEAD]);
    cJSON *facts = shard_take(&run->shard, index, err);
    if (!facts && shard_is_merge(&run->shard))
        return err->status;
    if (facts && !take_facts(run, &run->items[index], facts)) {
        cJSON_Delete(facts);
        return shard_refuse_facts(&run->shard, index, err);
    }
    if (!facts)
        check_item_inspect(&run->items[index], &run->volume);
    cJSON_Delete(facts);
    return AMOS_OK;
}

static amos_status report_item(void *user, size_t index, amos_status status, const amos_error *err)
{
    struct checking *run = user;
    struct check_item *item = &run->items[index];
    (void)err;
    if (status) /* the part of a shard cannot be read */
        return status;
    report_finding(run, &run->files, &item->image);
    report_finding(run, &run->files, &item->label);
    report_finding(run, &run->pairs, &item->pair);
    return cli_stdout_good() ? AMOS_OK : AMOS_E_IO;
}

static bool check_all(struct checking *run, int threads)
{
    amos_error err;
    amos_workers_options options = {.size = sizeof options, .threads = threads, .progress = {progress_show, NULL}};
    progress_start("checking", run->count && run->items[0].c ? PROGRESS_CASES : PROGRESS_FILES);
    amos_status status = amos_workers_run(run->count, &options, inspect_item, report_item, run, &err);
    progress_stop();
    if (status && cli_stdout_good())
        cli_error_of(&err);
    if (run->no_memory)
        cli_error("Memory ran out.");
    return !status && !run->no_memory;
}

struct check_values {
    struct accept_options accept;
    struct dataset_choice dataset;
    struct quality_limits limits;
    int64_t threads;
    bool labels, images, strict, quality, facts, json;
    struct shard_choice shard;
};

static void add_to_shard(struct checking *run)
{
    for (size_t i = 0; i < run->count; i++) {
        const struct check_item *item = &run->items[i];
        const amos_case_info *info = amos_case_get_info(item->c); /* NULL for a file */
        const char *files[2] = {info ? info->image_path : item->path, info ? info->label_path : NULL};
        shard_add(&run->shard, info ? info->id : amosi_base_name(item->path), files, 2);
    }
}

/* Leaves the items that the shard holds. */
static void keep_items(struct checking *run)
{
    for (size_t i = 0; i < run->count; i++)
        if (!shard_holds(&run->shard, i))
            free(run->items[i].owned_path);
    run->count = shard_keep(&run->shard, run->items, sizeof *run->items);
}

/* All of them are put at the end, when everything is known of each. */
static bool put_facts(struct checking *run)
{
    bool good = true;
    for (size_t i = 0; good && i < run->count; i++)
        good = shard_put(&run->shard, check_item_json(&run->items[i]));
    return good;
}

static void free_items(struct checking *run)
{
    for (size_t i = 0; i < run->count; i++) {
        free(run->items[i].owned_path);
        amos_quality_free(run->items[i].quality);
    }
    free(run->items);
}

/* A shard measures, and the whole is judged. A case that cannot be read is a result, which makes the command fail. */
static bool check_quality(const struct checking *run, const struct check_values *given, bool *all_read)
{
    const struct quality_request request = {.volume = &run->volume,
                                            .limits = quality_limits_make(&given->limits),
                                            .json = run->json,
                                            .facts = given->facts,
                                            .threads = (int)given->threads};
    if (!quality_measure_items(run->items, run->count, &request))
        return false;
    *all_read = quality_could_read(run->items, run->count);
    return shard_is_part(&run->shard) || quality_report(run->items, run->count, &request);
}

/* A shard says what is wrong with its own cases; the data set and the sums are for the whole. */
static int check_targets(struct checking *run, const struct targets *targets, const struct check_values *given,
                         bool *good)
{
    int code;
    run->silent = shard_is_part(&run->shard);
    for (size_t i = 0; i < targets->count; i++)
        add_target(run, &targets->items[i]);
    if ((run->silent || shard_is_merge(&run->shard)) && run->unlisted) {
        *good = false;
        return CLI_FAILED;
    }
    run->silent = false;
    add_to_shard(run);
    if (!shard_start(&run->shard, &code)) {
        *good = code == CLI_OK;
        return code;
    }
    keep_items(run);
    bool all_read = true;
    *good = check_all(run, (int)given->threads);
    if (*good && !run->json && !shard_is_part(&run->shard))
        print_summary(run);
    if (*good && given->quality)
        *good = check_quality(run, given, &all_read);
    if (*good && shard_is_part(&run->shard))
        *good = put_facts(run);
    return *good ? shard_end(&run->shard, all_read ? CLI_OK : CLI_FAILED) : CLI_FAILED;
}

static const char *const not_of_a_shard[] = {"json", "facts", NULL};

static int check(const struct args *args, void *values)
{
    struct check_values *given = values;
    struct checking run = {.volume = {.size = sizeof run.volume, .flags = given->strict ? AMOS_OPEN_STRICT : 0},
                           .role = given->labels   ? CHECK_LABELS
                                   : given->images ? CHECK_IMAGES
                                                   : CHECK_BY_NAME,
                           .quality = given->quality,
                           .json = given->json};
    struct targets targets;
    if (given->labels && given->images) {
        cli_error("check: --labels and --images were both given; use one of them.");
        return CLI_USAGE;
    }
    if (given->facts && !(given->quality && given->json) && !given->shard.given.text) {
        cli_error("check: --facts was given without --quality --json; give all three.");
        return CLI_USAGE;
    }
    given->dataset.quiet = true; /* its warnings are findings */
    bool good = targets_resolve(args->operands, args->count, &given->dataset, &targets);
    int code = good ? accepting_make(&given->accept, targets_names(&targets), &run.accepting) : CLI_FAILED;
    run.volume.flags |= run.accepting.volume.flags;
    if (code == CLI_OK)
        code = shard_begin(&run.shard, args, &given->shard, not_of_a_shard);
    if (code == CLI_OK)
        code = check_targets(&run, &targets, given, &good);
    free_items(&run);
    shard_free(&run.shard);
    accepting_free(&run.accepting);
    targets_free(&targets);
    if (code != CLI_OK)
        return code;
    return good && !run.files.bad && !run.pairs.bad && !run.datasets.bad ? CLI_OK : CLI_FAILED;
}

static const struct args_option options[] = {
    ARGS_FLAG("labels", "the files that are no case of a data set are labels, and a data set may lack all images",
              struct check_values, labels),
    ARGS_FLAG("images", "they are images, whatever their folder is called", struct check_values, images),
    OPTIONS_ACCEPT(struct check_values, accept),
    OPTION_THREADS(struct check_values),
    OPTIONS_DATASET(struct check_values, dataset),
    ARGS_FLAG("strict", "count trailing bytes after the gzip data as a fault", struct check_values, strict),
    ARGS_FLAG("quality",
              "also look for labels and images that can be read but look wrong: specks, parts, holes, sides, shifts, "
              "missing organs, outliers, duplicates and more",
              struct check_values, quality),
    OPTION_LIMIT(struct check_values, limits),
    ARGS_FLAG("facts", "with --quality --json, also print what was measured of each case", struct check_values, facts),
    OPTION_JSON(
        "print one JSON object per line: one for each file, and one for each fault or warning of pairs and data sets, "
        "and each finding of --quality",
        struct check_values),
    OPTIONS_SHARD(struct check_values, shard),
    ARGS_END};

static const char *const examples[] = {"amos check amos22 -j 8", "amos check imagesTr/*.nii.gz --json",
                                       "amos check amos22 --quality --limit speck_mm3=50", NULL};

const struct command command_check = {
    .name = "check",
    .title = "read everything and report what is wrong",
    .operands = "FILE|DIR|CASE...",
    .summary = "Read everything and report what is wrong with each file, each pair of image and label, and the data "
               "set. The exit code is 1 if anything is wrong.",
    .details =
        "A label must have only values that are labels, from 0 to 15 or to the largest of the data set's table, "
        "unless an option accepts others; what was accepted is counted. The labels of data sets and cases are "
        "known. Other files, such as those of a folder or ZIP archive that is not a data set, are labels if "
        "--labels says so, or if their folder is called label, prediction, "
        "pred, segmentation, seg, mask (or their plurals) or infer, alone or with a split after it "
        "(labelsTr) or more words (preds_fold0), or has nnU-Net's predict_from_raw_data_args.json. There, a "
        "file whose values span more than 1000 is still "
        "an image. All other files are images. CASE is DIR ID or DIR/ID. Findings of --quality are hints for a person "
        "who looks; they do not change the exit code, except that a case cannot be read.",
    .examples = examples,
    .options = options,
    .min_operands = 1,
    .max_operands = -1,
    .values_bytes = sizeof(struct check_values),
    .run = check,
};
