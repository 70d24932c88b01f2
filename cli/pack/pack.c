/* SPDX-License-Identifier: BSD-3-Clause */
/* amos pack: predictions as a submission to the challenge. */
#define _POSIX_C_SOURCE 200809L
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "kit/json.h"
#include "kit/message.h"
#include "kit/options.h"
#include "open/dataset.h"
#include "output.h"
#include "pack/archive.h"

struct pack_values {
    struct pack_question question;
    const char *output;
    int64_t task, threads; /* task 0: not given */
    bool check, force, json;
};

/* Of the challenge; a submission with another number of cases counts as invalid there. */
static size_t cases_of_task(int64_t task)
{
    return task == 1 ? 100 : task == 2 ? 120 : 0;
}

/* ---- what is said ---- */

static void name_faults(const struct pack_cases *cases)
{
    for (size_t i = 0; i < cases->count; i++)
        if (cases->items[i].fault.status)
            cli_error("%s: %s (%s)", cases->items[i].info->id, cases->items[i].fault.message,
                      amos_status_name(cases->items[i].fault.status));
}

static void print_notes(const struct pack_values *given, const struct pack_cases *cases)
{
    size_t wanted = cases_of_task(given->task);
    for (size_t i = 0; i < cases->count; i++) {
        const struct pack_case *c = &cases->items[i];
        if (c->empty)
            cli_print("note        %s: the prediction has no organ\n", c->info->id);
        if (c->turned_from[0])
            cli_print("note        %s: the prediction is stored %s; its voxels are turned to those of the image\n",
                      c->info->id, c->turned_from);
    }
    if (cases->unused)
        cli_print("note        %zu prediction%s of other cases, left out\n", cases->unused,
                  cases->unused == 1 ? "" : "s");
    if (wanted && wanted != cases->count)
        cli_print("note        the challenge wants exactly %zu cases of task %d\n", wanted, (int)given->task);
}

static bool print_outcome(const struct pack_values *given, const struct pack_cases *cases)
{
    print_notes(given, cases);
    if (given->check)
        cli_print("%s: %zu prediction%s; all are on the grids of their images, and their voxels are labels\n",
                  given->question.prediction, cases->count, cases->count == 1 ? "" : "s");
    else
        cli_print("%s: %zu case%s\n", given->output, cases->count, cases->count == 1 ? "" : "s");
    return cli_stdout_good();
}

static cJSON *case_json(const struct pack_case *c)
{
    cJSON *object = cJSON_CreateObject();
    json_put_text(object, "id", c->info->id);
    json_put_text(object, "prediction", c->prediction);
    json_put_text(object, "status", amos_status_name(c->fault.status));
    json_put_text(object, "message", c->fault.status ? c->fault.message : NULL);
    json_put_bool(object, "empty", c->empty);
    json_put_text(object, "turned_from", c->turned_from[0] ? c->turned_from : NULL);
    return object;
}

static bool print_json(const struct pack_values *given, const struct pack_cases *cases, bool good)
{
    size_t wanted = cases_of_task(given->task);
    cJSON *object = cJSON_CreateObject();
    json_put_text(object, "archive", good && !given->check ? given->output : NULL);
    json_put_bool(object, "good", good);
    if (wanted)
        json_put_unsigned(object, "challenge_cases", wanted);
    else
        json_put_null(object, "challenge_cases");
    json_put_unsigned(object, "unused_predictions", cases->unused);
    cJSON *list = cJSON_AddArrayToObject(object, "cases");
    for (size_t i = 0; i < cases->count; i++)
        json_append(list, case_json(&cases->items[i]));
    return json_print(object);
}

/* ---- the command ---- */

static bool is_sensible(const struct pack_values *given)
{
    if (!given->question.reference || !given->question.prediction)
        cli_error("pack: --reference or --prediction is missing; give the data set and the folder of predictions.");
    else if (!given->check && !given->task)
        cli_error("pack: --task is missing; give 1 (CT) or 2 (CT and MRI), or --check alone.");
    else if (!given->check && !given->output)
        cli_error("pack: --output is missing; name the archive, such as -o results.zip, or give --check alone.");
    else if (given->check && given->output)
        cli_error(
            "pack: --check writes nothing; omit --output, or omit --check, as all is checked before it is packed.");
    else if (given->output && strcmp(given->output, "-") == 0)
        cli_error("pack: --output cannot be \"-\", as the archive is written under another name first; name a file.");
    else
        return !given->output || given->force || output_name_fits("pack", given->output, OUTPUT_ZIP);
    return false;
}

static bool is_free(const struct pack_values *given)
{
    if (!given->output || given->force || access(given->output, F_OK) != 0)
        return true;
    cli_error("%s: This is there already; --force replaces it, or give another name.", given->output);
    return false;
}

static int pack_found(const struct pack_values *given, struct pack_cases *cases)
{
    bool good = pack_archive(cases, given->check ? NULL : given->output, (int)given->threads);
    name_faults(cases);
    if (given->json)
        return print_json(given, cases, good) && good ? CLI_OK : CLI_FAILED;
    if (!good && !given->check)
        cli_error("pack: Nothing was packed; the messages above say why.");
    return good && print_outcome(given, cases) ? CLI_OK : CLI_FAILED;
}

static int pack(const struct args *args, void *values)
{
    struct pack_values *given = values;
    struct pack_cases cases;
    (void)args;
    if (!is_sensible(given))
        return CLI_USAGE;
    if (!is_free(given))
        return CLI_FAILED;
    given->question.modality = given->task == 1 ? AMOS_MODALITY_CT : AMOS_MODALITY_ANY;
    int code = pack_cases_find(&given->question, &cases) ? CLI_OK : CLI_FAILED;
    for (size_t i = 0; code == CLI_OK && given->output && i < cases.count; i++)
        if (!output_spares("pack", given->output, cases.items[i].prediction) ||
            !output_spares("pack", given->output, given->question.prediction))
            code = CLI_USAGE;
    if (code == CLI_OK)
        code = pack_found(given, &cases);
    pack_cases_free(&cases);
    return code;
}

static const struct pack_values defaults = {.question = {.split = AMOS_SPLIT_VALIDATION}};

static const struct args_option options[] = {
    ARGS_VALUE('r', "reference", "DIR", "the data set, whose images are compared", args_folder, struct pack_values,
               question.reference),
    ARGS_VALUE('p', "prediction", "DIR", "the predictions: a folder of volumes, or a ZIP archive", args_file,
               struct pack_values, question.prediction),
    ARGS_RANGE(0, "task", "N", "the task of the challenge: 1 (CT) or 2 (CT and MRI)", args_integer, struct pack_values,
               task, 1, 2),
    ARGS_VALUE('o', "output", "OUT.zip", "the archive", args_file, struct pack_values, output),
    ARGS_FLAG("check", "check the predictions, and write nothing", struct pack_values, check),
    ARGS_VALUE(0, "split", "SPLIT", "the cases of this split (default: validation)", args_split, struct pack_values,
               question.split),
    ARGS_FLAG("force", "replace an archive that is there", struct pack_values, force),
    OPTIONS_DATASET(struct pack_values, question.dataset),
    OPTION_THREADS(struct pack_values),
    OPTION_JSON("print what was found as JSON", struct pack_values),
    ARGS_END};

static const char *const examples[] = {"amos pack -r amos22 -p predictions --task 1 -o results.zip",
                                       "amos pack -r amos22 -p predictions --check --split test", NULL};

const struct command command_pack = {
    .name = "pack",
    .title = "pack predictions as a submission to the challenge",
    .operands = "-r DIR -p DIR --task N -o OUT.zip",
    .summary = "Pack predictions as AMOS's challenge takes them, or check them alone. No labels are needed.",
    .details =
        "The archive has results/amos_0008.nii.gz and so on: every validation case of the task and none else, as "
        "uint8, each with the geometry of its image. Refused are missing predictions, shapes or places that differ "
        "from the image's, and values that are no label. Predictions are matched with cases as in amos score. One "
        "that is stored in another orientation is turned.",
    .examples = examples,
    .options = options,
    .values_bytes = sizeof(struct pack_values),
    .defaults = &defaults,
    .run = pack,
};
