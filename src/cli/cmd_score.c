/* amos score: how well predictions agree with the reference. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "png_write.h"
#include "report.h"
#include "score_pictures.h"
#include "score_report.h"
#include "score_run.h"

enum { REPLICATES_MAX = 100000, WORST_MAX = 10000 };

struct request {
    struct score_question question;
    struct score_rules rules;
    int threads;
    bool json, csv;
    const char *output; /* NULL: stdout */
    size_t worst;
    const char *pictures;
};

/* ---- missing predictions ---- */

/* Before anything is scored: where it is an error, a long run would be for nothing. */
static bool check_missing(const struct score_pairs *pairs, const struct request *request)
{
    const char *folder = request->question.prediction;
    if (pairs->missing == 0 || request->rules.missing != SCORE_MISSING_ERROR)
        return true;
    if (pairs->missing == pairs->count && pairs->count > 1) {
        cli_error("%s: Not one of the %zu cases has a prediction here; files such as %s.nii.gz were expected.", folder,
                  pairs->count, pairs->items[0].id);
        return false;
    }
    for (size_t i = 0; i < pairs->count; i++)
        if (!pairs->items[i].prediction)
            cli_error("%s: The case %s has no prediction here.", folder, pairs->items[i].id);
    cli_error("score: Nothing was scored, because %zu of %zu predictions are missing; --missing zero counts such a case "
              "as empty, --missing skip leaves it out.",
              pairs->missing, pairs->count);
    return false;
}

/* ---- output ---- */

typedef bool (*report_fn)(FILE *out, const struct score_results *results, const struct score_summary *summary);

static bool put_report(report_fn make, const char *path, const struct score_results *results,
                       const struct score_summary *summary)
{
    struct report report;
    if (!report_begin(&report))
        return false;
    bool made = make(report.stream, results, summary);
    return report_put(&report, made ? path : NULL);
}

/* With JSON or CSV in a file, stdout is free for the table. */
static bool report_all(const struct request *request, const struct score_results *results)
{
    struct score_summary summary;
    bool for_programs = request->json || request->csv;
    const char *path = request->output ? request->output : "-";
    bool good = summary_make(results, &summary);
    if (!good)
        cli_error("Memory ran out.");
    if (good)
        good = put_report(request->json ? score_report_json : request->csv ? score_report_csv : score_report_table,
                          path, results, &summary);
    if (good && for_programs && strcmp(path, "-") != 0)
        good = put_report(score_report_table, "-", results, &summary);
    summary_free(&summary);
    return good;
}

/* ---- the command ---- */

static bool score_pairs(const struct request *request, const struct score_pairs *pairs)
{
    struct score_results results = {.rules = request->rules,
                                    .reference = request->question.reference,
                                    .prediction = request->question.prediction,
                                    .split = request->question.split,
                                    .modality = request->question.modality,
                                    .pairs = pairs};
    results.cases = calloc(pairs->count, sizeof *results.cases);
    if (!results.cases)
        cli_error("Memory ran out.");
    bool good = results.cases && score_run(&results, request->threads);
    good = good && report_all(request, &results);
    if (good && request->worst)
        good = score_draw_worst(&results, request->worst, request->pictures);
    if (good && results.refused == pairs->count - results.missing && results.missing < pairs->count)
        cli_error("score: No case could be scored.");
    good = good && results.refused == 0;
    score_run_free(&results);
    return good;
}

static int score(const struct request *request)
{
    struct score_pairs pairs;
    int code = score_pairs_find(&request->question, &pairs);
    if (code == CLI_OK && !(check_missing(&pairs, request) && score_pairs(request, &pairs)))
        code = CLI_FAILED;
    score_pairs_free(&pairs);
    return code;
}

/* ---- options ---- */

static bool refuse(char *why, size_t bytes, const char *text)
{
    snprintf(why, bytes, "%s", text);
    return false;
}

static bool take_convention(const char *text, void *value, char *why, size_t bytes)
{
    amos_error err;
    return !amos_convention_parse(text, value, &err) || args_refuse_name(&err, why, bytes);
}

static bool take_absent(const char *text, void *value, char *why, size_t bytes)
{
    amos_error err;
    return !amos_absent_parse(text, value, &err) || args_refuse_name(&err, why, bytes);
}

static bool take_missing(const char *text, void *value, char *why, size_t bytes)
{
    for (int rule = SCORE_MISSING_ERROR; rule <= SCORE_MISSING_SKIP; rule++) {
        if (strcmp(text, score_missing_name((enum score_missing)rule)) == 0) {
            *(enum score_missing *)value = (enum score_missing)rule;
            return true;
        }
    }
    return refuse(why, bytes, "error, zero or skip was expected");
}

static bool sensible(const struct request *request, const struct args_numbers *tolerances)
{
    for (size_t i = 0; i < tolerances->count; i++) {
        if (tolerances->value[i] < 0) {
            cli_error("score: A tolerance is a distance in mm and cannot be %g.", tolerances->value[i]);
            return false;
        }
    }
    if (!request->question.reference || !request->question.prediction)
        cli_error("score: Score what? Say --reference DIR --prediction DIR, or two files.");
    else if (request->json && request->csv)
        cli_error("score: One output has one form, --json or --csv.");
    else if ((request->worst > 0) != (request->pictures != NULL))
        cli_error("score: Pictures need a number and a folder: --worst 5 --pictures DIR");
    else if (request->pictures && !png_write_available())
        cli_error("score: This build has no libpng; install it (Debian: libpng-dev) and build amos again.");
    else
        return true;
    return false;
}

static const char details[] =
    "Two folders are matched by case: an AMOS data set, whose labels are taken, or a flat folder of volumes; "
    "amos_0018.nii.gz, amos_18.nii and amos_0018_anything.nii.gz are all case amos_0018, and other files need equal "
    "names. The table gives mean, standard deviation, median and worst case of each organ. Mean DSC and mean NSD are "
    "the means of all organs, as AMOS ranks them.\n\n"
    "A prediction with another shape or place than its reference, or with a value that is no label, is refused: it is "
    "in no mean, counted, and makes the exit code 1. Infinite distances are \"inf\" in JSON and CSV; what is undefined "
    "is null in JSON and nan in CSV.";

static bool parse(int argc, char **argv, struct request *request, int *code)
{
    static const char *const examples[] = {
        "amos score --reference amos22 --split va --prediction results",
        "amos score --reference labels --prediction results --json -o results.json --bootstrap 2000",
        "amos score --reference amos22 --prediction results --missing zero --worst 5 --pictures worst", NULL};
    struct args_integer threads = {0, 1, 1024}, bootstrap = {0, 1, REPLICATES_MAX}, seed = {1, 0, INT64_MAX};
    struct args_integer worst = {0, 1, WORST_MAX};
    struct args_numbers tolerances = {.count = 2, .min_count = 1, .max_count = SCORE_TOLERANCES, .value = {1, 2}};
    const struct args_option options[] = {
        {'r', "reference", "DIR|FILE", "the true labels", args_take_text, &request->question.reference},
        {'p', "prediction", "DIR|FILE", "what is to be scored", args_take_text, &request->question.prediction},
        {'t', "tolerance", "MM,MM", "tolerances of NSD (default: 1,2)", args_take_numbers, &tolerances},
        {0, "convention", "NAME", "deepmind (default), medpy or monai: how surfaces and distances are counted",
         take_convention, &request->rules.convention},
        {0, "absent", "RULE", "an organ absent in both counts nan (nothing, the default) or one", take_absent,
         &request->rules.absent},
        {0, "missing", "RULE", "error (default), zero: a missing prediction counts as empty, or skip: it is left out",
         take_missing, &request->rules.missing},
        {0, "split", "SPLIT", "only cases for training, validation or test", args_take_split,
         &request->question.split},
        {0, "modality", "MODALITY", "only ct or mri", args_take_modality, &request->question.modality},
        {'j', "threads", "N", "use N threads (default: one for each processor)", args_take_integer, &threads},
        {0, "json", NULL, "all numbers of all cases, and their summary, as JSON", NULL, &request->json},
        {0, "csv", NULL, "a line for each organ of each case", NULL, &request->csv},
        {'o', "output", "OUT", "write it there; with --json or --csv, stdout then has the table", args_take_text,
         &request->output},
        {0, "bootstrap", "N", "95 % intervals of the means from N samples of the cases", args_take_integer, &bootstrap},
        {0, "seed", "N", "another number draws other samples (default: 1)", args_take_integer, &seed},
        {0, "worst", "N", "draw the N cases with the lowest mean Dice", args_take_integer, &worst},
        {0, "pictures", "DIR", "where to", args_take_text, &request->pictures},
        {0, NULL, NULL, NULL, NULL, NULL}};
    const struct args_command command = {.name = "score",
                                         .usage = "--reference DIR|FILE --prediction DIR|FILE",
                                         .summary = "Score segmentations: Dice, NSD, HD95 and ASSD of each organ.",
                                         .details = details,
                                         .examples = examples,
                                         .options = options,
                                         .min_operands = 0,
                                         .max_operands = 0};
    struct args args;
    if (!args_parse(&command, argc, argv, &args, code))
        return false;
    request->threads = (int)threads.value;
    request->worst = (size_t)worst.value;
    request->rules.replicates = (size_t)bootstrap.value;
    request->rules.seed = (uint64_t)seed.value;
    request->rules.tolerance_count = tolerances.count;
    memcpy(request->rules.tolerances, tolerances.value, sizeof tolerances.value);
    *code = CLI_USAGE;
    return sensible(request, &tolerances);
}

int cmd_score(int argc, char **argv)
{
    struct request request = {.threads = 0};
    int code;
    return parse(argc, argv, &request, &code) ? score(&request) : code;
}
