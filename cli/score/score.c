/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score: how well predictions agree with the reference. */
#include "folder.h"
#include "kit/message.h"

#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "compare/score_file.h"
#include "kit/options.h"
#include "kit/report.h"
#include "open/dataset.h"
#include "output.h"
#include "score/cases.h"
#include "score/nnunet.h"
#include "score/pictures.h"
#include "score/report.h"
#include "draw/png.h"
#include "draw/save.h"
#include "score/side.h"
#include "shard/shard.h"

enum { REPLICATES_MAX = 100000, WORST_MAX = 10000, NAMED_MAX = 10 };

struct score_values {
    struct score_question question;
    struct score_rules rules; /* except those below */
    struct args_list tolerances;
    int64_t threads, bootstrap, seed, worst;
    bool json, csv, force;
    const char *output;  /* NULL: stdout */
    const char *summary; /* nnU-Net's summary.json, written too; NULL: not */
    const char *from;    /* nnU-Net's summary.json, whose scores rank the cases; NULL: they are scored */
    const char *pictures;
    struct shard_choice shard;
};

/* ---- missing predictions ---- */

/* Checked before the scoring, so that a long run does not fail at its end. */
static bool check_missing(const struct score_pairs *pairs, const struct score_values *given)
{
    const char *folder = given->question.prediction;
    if (pairs->missing == 0 || given->rules.missing != SCORE_MISSING_ERROR)
        return true;
    if (pairs->missing == pairs->count && pairs->count > 1) {
        const char *other = pairs->unused ? pairs->sides[1]->entries[0].id : NULL; /* none of them is used */
        cli_error("%s: None of the %zu cases has a prediction here; files such as %s.nii.gz were expected%s%s.", folder,
                  pairs->count, pairs->items[0].id, other ? ", but those here are of other cases, such as " : "",
                  other ? other : "");
        return false;
    }
    for (size_t i = 0, named = 0; i < pairs->count && named < NAMED_MAX; i++) {
        char near[400] = "";
        if (pairs->items[i].prediction)
            continue;
        (void)side_find_near(pairs->sides[1], folder, pairs->items[i].id, near, sizeof near);
        cli_error("%s: The case %s has no prediction here%s.", folder, pairs->items[i].id, near);
        named++;
    }
    if (pairs->missing > NAMED_MAX)
        cli_error("%s: %zu more cases have no prediction here.", folder, pairs->missing - NAMED_MAX);
    cli_error("score: Nothing was scored, because %zu of %zu predictions %s missing; --missing zero counts such a "
              "case as empty, --missing skip leaves it out.",
              pairs->missing, pairs->count, pairs->missing == 1 ? "is" : "are");
    return false;
}

/* ---- output ---- */

typedef bool (*report_fn)(struct report *report, const char *path, const struct score_results *results,
                          const struct score_summary *summary);

static bool put_report(report_fn make, const char *path, const struct score_results *results,
                       const struct score_summary *summary)
{
    struct report report;
    if (!report_begin(&report))
        return false;
    bool made = make(&report, path, results, summary);
    return report_put(&report, made ? path : NULL);
}

/* If JSON or CSV goes to a file, stdout gets the table. */
static bool report_all(const struct score_values *given, const struct score_results *results)
{
    struct score_summary summary;
    bool for_programs = given->json || given->csv;
    const char *path = given->output ? given->output : "-";
    bool good = score_summary_make(results, &summary);
    if (!good)
        cli_error("Memory ran out.");
    if (good)
        good = put_report(given->json  ? score_report_json
                          : given->csv ? score_report_csv
                                       : score_report_table,
                          path, results, &summary);
    if (good && for_programs && strcmp(path, "-") != 0)
        good = put_report(score_report_table, "-", results, &summary);
    if (good && given->summary)
        good = score_write_nnunet(given->summary, results, &summary);
    score_summary_free(&summary);
    return good;
}

/* ---- the command ---- */

/* Says what the exit code means, below a table that may be long. */
static bool check_refused(const struct score_results *results)
{
    size_t count = results->count - results->missing;
    if (results->refused == 0)
        return true;
    if (results->refused == count)
        cli_error("score: No case could be scored; the messages above say why.");
    else
        cli_error("score: %zu of %zu cases were refused and are in no mean; the messages above say why.",
                  results->refused, count);
    return false;
}

static bool score_all(const struct score_values *given, struct score_results *results)
{
    bool good = score_cases(results, (int)given->threads);
    if (good && !shard_is_part(results->shard))
        good = report_all(given, results);
    if (good)
        good = shard_end(results->shard, CLI_OK) == CLI_OK;
    if (good && given->worst)
        good = score_draw_worst(results, NULL, (size_t)given->worst, given->pictures);
    return good && check_refused(results);
}

/* The scores of nnU-Net choose the cases; none is scored again. */
static bool draw_from(const struct score_values *given, struct score_results *results)
{
    struct score_file file;
    bool good = score_file_read(given->from, &file);
    good = good && score_draw_worst(results, &file, (size_t)given->worst, given->pictures);
    score_file_free(&file);
    return good;
}

static bool score_and_report(const struct score_values *given, const struct score_pairs *pairs,
                             const struct accepting accepting[2], struct shard *shard)
{
    struct score_results results = {.rules = given->rules,
                                    .accept = &accepting[0].accept,
                                    .accept_prediction = &accepting[1].accept,
                                    .volume = &accepting[0].volume,
                                    .reference = given->question.reference,
                                    .prediction = given->question.prediction,
                                    .split = given->question.split,
                                    .modality = given->question.modality,
                                    .pairs = pairs};
    results.shard = shard;
    results.cases = calloc(pairs->count, sizeof *results.cases);
    if (!results.cases)
        cli_error("Memory ran out.");
    for (size_t i = 0; results.cases && i < pairs->count; i++)
        results.cases[i].pair = &pairs->items[i];
    results.count = results.cases ? shard_keep(shard, results.cases, sizeof *results.cases) : 0;
    bool good = results.cases && (given->from ? draw_from(given, &results) : score_all(given, &results));
    score_cases_free(&results);
    return good;
}

/* An output must not replace a file that is read. */
static bool spares_inputs(const struct score_pairs *pairs, const struct score_values *given, const char *output)
{
    return !output ||
           (output_spares("score", output, given->question.reference) &&
            output_spares("score", output, given->question.prediction) &&
            output_spares("score", output, given->rules.accept.relabel) &&
            output_spares("score", output, given->rules.accept.relabel_prediction) &&
            dataset_spares("score", output, NULL, &given->question.dataset) && score_pairs_spare(pairs, output));
}

/* What is accepted in references and in predictions. */
static int make_accepting(const struct score_values *given, struct score_pairs *pairs, struct accepting out[2])
{
    struct accept_options prediction = given->rules.accept;
    prediction.relabel = prediction.relabel_prediction ? prediction.relabel_prediction : prediction.relabel;
    int code = accepting_make(&given->rules.accept, pairs->names, &out[0]);
    if (code == CLI_OK)
        code = accepting_make(&prediction, pairs->names, &out[1]);
    if (given->rules.accept.max_label)
        pairs->max_label = (int)given->rules.accept.max_label;
    for (int i = 0; i < 2; i++) {
        out[i].accept.max_label = pairs->max_label;
        out[i].accept.ignore = given->rules.accept.ignore.value; /* `prediction` ends here */
    }
    return code;
}

/* Tells the shard of all cases. */
static bool begin_shard(struct shard *shard, const struct score_pairs *pairs, int *code)
{
    for (size_t i = 0; i < pairs->count; i++) {
        const char *files[2] = {pairs->items[i].reference, pairs->items[i].prediction};
        shard_add(shard, pairs->items[i].id, files, 2);
    }
    return shard_start(shard, code);
}

static int score_folders(const struct score_values *given, struct shard *shard)
{
    struct score_pairs pairs;
    struct accepting accepting[2] = {{.table = NULL}, {.table = NULL}};
    int code = score_pairs_find(&given->question, &pairs);
    if (code == CLI_OK &&
        !(spares_inputs(&pairs, given, given->output) && spares_inputs(&pairs, given, given->summary)))
        code = CLI_USAGE;
    if (code == CLI_OK)
        code = make_accepting(given, &pairs, accepting);
    if (code == CLI_OK && !(check_missing(&pairs, given) && (!given->pictures || folder_make(given->pictures))))
        code = CLI_FAILED;
    if (code == CLI_OK && begin_shard(shard, &pairs, &code) && !score_and_report(given, &pairs, accepting, shard))
        code = CLI_FAILED;
    accepting_free(&accepting[1]);
    accepting_free(&accepting[0]);
    score_pairs_free(&pairs);
    return code;
}

/* ---- options ---- */

static const char *convention_choice(size_t n)
{
    return n < AMOS_CONVENTION_COUNT ? amos_convention_name((amos_convention)n) : NULL;
}

static bool parse_convention(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    return !amos_convention_parse(text, value, NULL) || args_refuse_choice(option->type->choice, why, bytes);
}

static const char *absent_choice(size_t n)
{
    return n <= AMOS_ABSENT_ONE ? amos_absent_name((amos_absent)n) : NULL;
}

static bool parse_absent(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    return !amos_absent_parse(text, value, NULL) || args_refuse_choice(option->type->choice, why, bytes);
}

static const char *missing_choice(size_t n)
{
    return n <= SCORE_MISSING_SKIP ? score_missing_name((enum score_missing)n) : NULL;
}

static bool parse_missing(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    for (size_t rule = 0; missing_choice(rule); rule++) {
        if (strcmp(text, missing_choice(rule)) == 0) {
            *(enum score_missing *)value = (enum score_missing)rule;
            return true;
        }
    }
    return args_refuse_choice(option->type->choice, why, bytes);
}

static const struct args_type args_convention = {.parse = parse_convention, .choice = convention_choice};
static const struct args_type args_absent = {.parse = parse_absent, .choice = absent_choice};
static const struct args_type args_missing = {.parse = parse_missing, .choice = missing_choice};

static bool names_fit(const struct score_values *given)
{
    if (given->summary && strcmp(given->summary, "-") == 0) {
        cli_error("score: --summary cannot be \"-\", as stdout gets the report; name a file, such as summary.json.");
        return false;
    }
    return given->force || ((!given->output || output_name_fits("score", given->output,
                                                                given->json  ? OUTPUT_JSON
                                                                : given->csv ? OUTPUT_CSV
                                                                             : OUTPUT_TABLE)) &&
                            (!given->summary || output_name_fits("score", given->summary, OUTPUT_JSON)));
}

/* Checks the combination of options; reports an error and returns false if it is not valid. */
static bool is_sensible(const struct score_values *given)
{
    for (size_t i = 0; i < given->tolerances.count; i++) {
        if (given->tolerances.value[i] < 0) {
            cli_error("score: The tolerance %g is negative; a distance in mm of at least 0 was expected.",
                      given->tolerances.value[i]);
            return false;
        }
    }
    if (!given->question.reference || !given->question.prediction)
        cli_error("score: --reference or --prediction is missing; give both, as two folders or two files.");
    else if (given->json && given->csv)
        cli_error("score: --json and --csv were both given; use one of them.");
    else if ((given->worst > 0) != (given->pictures != NULL))
        cli_error("score: Only one of --worst and --pictures was given; use both, as in --worst 5 --pictures DIR.");
    else if (given->from && (!given->worst || given->output || given->json || given->csv || given->summary))
        cli_error("score: --from draws the worst cases of an earlier result and writes no report; give it --worst and "
                  "--pictures, and no output.");
    else if (given->pictures && !png_write_available())
        cli_error("score: This build has no libpng, which --pictures needs; install it (Debian: libpng-dev) and build "
                  "amos again.");
    else
        return names_fit(given);
    return false;
}

static const char *const not_of_a_shard[] = {"json", "csv", "output", "summary", "worst", "from", "pictures", NULL};

static int score(const struct args *args, void *values)
{
    struct score_values *given = values;
    if (!is_sensible(given))
        return CLI_USAGE;
    given->rules.replicates = (size_t)given->bootstrap;
    given->rules.seed = (uint64_t)given->seed;
    given->rules.tolerance_count = given->tolerances.count;
    memcpy(given->rules.tolerances, given->tolerances.value, sizeof given->rules.tolerances);
    struct shard shard;
    int code = shard_begin(&shard, args, &given->shard, not_of_a_shard);
    if (code == CLI_OK)
        code = score_folders(given, &shard);
    shard_free(&shard);
    return code;
}

static const struct score_values defaults = {.tolerances = {.count = 2, .value = {1, 2}}, .seed = 1};

static const struct args_option options[] = {
    ARGS_VALUE('r', "reference", "DIR|FILE", "the reference labels", args_file, struct score_values,
               question.reference),
    ARGS_VALUE('p', "prediction", "DIR|FILE", "the labels to score", args_file, struct score_values,
               question.prediction),
    ARGS_RANGE('t', "tolerance", "MM,MM", "tolerances of NSD (default: 1,2)", args_numbers, struct score_values,
               tolerances, 1, SCORE_TOLERANCES),
    ARGS_VALUE(0, "convention", "NAME",
               "how surfaces and distances are measured: deepmind (default), medpy, monai or medpy-0.4",
               args_convention, struct score_values, rules.convention),
    ARGS_VALUE(0, "absent", "RULE", "score of an organ absent in both: nan (left out, the default) or one", args_absent,
               struct score_values, rules.absent),
    ARGS_VALUE(0, "missing", "RULE",
               "a missing prediction is an error (the default), counts as empty (zero) or is left out (skip)",
               args_missing, struct score_values, rules.missing),
    OPTIONS_ACCEPT(struct score_values, rules.accept),
    ARGS_VALUE(0, "relabel-prediction", "V=N,V=N|FILE", "the same as --relabel, for the predictions alone", args_file,
               struct score_values, rules.accept.relabel_prediction),
    OPTION_SPLIT(struct score_values, question.split),
    OPTION_MODALITY(struct score_values, question.modality),
    OPTIONS_DATASET(struct score_values, question.dataset),
    OPTION_THREADS(struct score_values),
    OPTION_JSON("print all numbers of all cases, and their summary, as JSON", struct score_values),
    ARGS_FLAG("csv", "print CSV, one line for each organ of each case", struct score_values, csv),
    OPTION_OUTPUT("write the report to this file; with --json or --csv, stdout then gets the table",
                  struct score_values, output),
    ARGS_VALUE(0, "summary", "FILE", "also write nnU-Net's summary.json, with HD95, ASSD and NSD as further keys",
               args_file, struct score_values, summary),
    OPTION_FORCE(struct score_values),
    ARGS_RANGE(0, "bootstrap", "N", "95 % intervals of the means of 10 or more cases, from N samples of them",
               args_integer, struct score_values, bootstrap, 1, REPLICATES_MAX),
    OPTION_SEED("random seed of the samples (default: 1)", struct score_values),
    ARGS_RANGE(0, "worst", "N", "draw the N cases with the lowest mean Dice", args_integer, struct score_values, worst,
               1, WORST_MAX),
    ARGS_VALUE(
        0, "from", "FILE",
        "take the scores that choose them from nnU-Net's summary.json, or from amos score --json, and score nothing",
        args_file, struct score_values, from),
    ARGS_VALUE(0, "pictures", "DIR", "the folder of the pictures; created if missing", args_folder, struct score_values,
               pictures),
    OPTIONS_SHARD(struct score_values, shard),
    ARGS_END};

static const char details[] =
    "A folder is an AMOS data set, whose labels are used, or a folder of volumes: directly in it, or one level down, "
    "as "
    "in results/ or in a folder for each case. A ZIP archive of volumes counts as a folder. The files of two folders "
    "are matched by case: amos_0018.nii.gz, amos_18.nii and amos_0018_anything.nii.gz are all case amos_0018; other "
    "files "
    "need equal names. The table gives mean, standard deviation, median and worst case of each organ. Mean DSC and "
    "mean NSD are "
    "the means of all organs, as AMOS ranks them.\n\n"
    "A prediction is refused if its shape or position differs from its reference, or if it has a value that is not a "
    "label, unless an option accepts that; what was accepted is counted in the report. Voxels where the reference has "
    "an "
    "ignored value are in no measure. Refused cases are counted, but are in no mean, and the exit code is 1. Infinite "
    "distances are \"inf\" in "
    "JSON and CSV; undefined values are null in JSON and nan in CSV.";

static const char *const examples[] = {
    "amos score --reference amos22 --split va --prediction results",
    "amos score --reference amos22 --split va --prediction results.zip",
    "amos score --reference labels --prediction results --json -o results.json --bootstrap 2000",
    "amos score --reference amos22 --prediction results --missing zero --worst 5 --pictures worst", NULL};

const struct command command_score = {
    .name = "score",
    .title = "score predictions against the reference",
    .operands = "--reference DIR|FILE --prediction DIR|FILE",
    .summary = "Score segmentations: Dice, NSD, HD95 and ASSD of each organ.",
    .details = details,
    .examples = examples,
    .options = options,
    .values_bytes = sizeof(struct score_values),
    .defaults = &defaults,
    .run = score,
};
