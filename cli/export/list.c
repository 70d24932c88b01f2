/* SPDX-License-Identifier: BSD-3-Clause */
#define _XOPEN_SOURCE 700
#include "export/list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit/message.h"
#include "kit/report.h"

/* ---- the option ---- */

static const char *format_choice(size_t n)
{
    static const char *const names[] = {"decathlon", "auto3dseg"};
    return n < sizeof names / sizeof names[0] ? names[n] : NULL;
}

static bool parse_format(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    (void)option;
    for (size_t n = 0; format_choice(n); n++) {
        if (strcmp(text, format_choice(n)) == 0) {
            *(enum list_format *)value = (enum list_format)n;
            return true;
        }
    }
    return args_refuse_choice(format_choice, why, bytes);
}

const struct args_type args_list_format = {.parse = parse_format, .choice = format_choice};

/* ---- what is written ---- */

static bool write_list(const struct list_content *content)
{
    struct report report;
    if (!report_begin(&report))
        return false;
    bool made = content->given->format == LIST_CSV ? list_write_csv(report.stream, content)
                                                   : list_write_json(report.stream, content);
    return report_put(&report, made ? content->given->output : NULL);
}

/* The folder of the output, with links resolved. From malloc(); NULL after a failure, which is reported. */
static char *output_folder(const char *output)
{
    const char *slash = strrchr(output, '/');
    char *folder = slash ? strndup(output, (size_t)(slash - output) + 1) : strdup(".");
    char *real = folder ? realpath(folder, NULL) : NULL;
    if (!real)
        cli_error("%s: The folder cannot be opened: %s.", folder ? folder : output, strerror(errno));
    free(folder);
    return real;
}

static bool make_folds(const struct list_export *given, const struct export_cases *cases, struct folds *out)
{
    const bool wanted = given->has_folds || given->format == LIST_AUTO3DSEG;
    *out = (struct folds){0, 0, NULL};
    if (!wanted || !cases->labelled)
        return true;
    const amos_case_info **infos = export_cases_infos(cases);
    bool good = infos && folds_make(&given->folds, given->fold_count, infos, cases->labelled, out);
    free(infos);
    if (good && !out->count) {
        cli_error("There are %zu labelled cases, which cannot be parted into %zu folds; --folds chooses fewer.",
                  cases->labelled, given->fold_count);
        return false;
    }
    if (!good || !folds_overlap(out))
        return good;
    cli_error("%s: A case validates in several folds; a list names one fold of each.", given->folds.path);
    return false;
}

static void count_lists(const struct list_content *content, struct list_exported *out)
{
    size_t counts[4] = {0, 0, 0, 0};
    for (size_t i = 0; i < content->cases->count; i++)
        counts[list_split(content, i)]++;
    *out = (struct list_exported){counts[AMOS_SPLIT_TRAINING], counts[AMOS_SPLIT_VALIDATION], counts[AMOS_SPLIT_TEST],
                                  content->cases->skipped, content->folds->count};
}

static int write_cases(const struct list_export *given, struct export_cases *cases, struct list_exported *out)
{
    const struct export_checks checks = {
        .on_fault = given->on_fault, .threads = given->threads, .progress = given->progress, .shard = given->shard};
    struct folds folds = {0, 0, NULL};
    bool piped = strcmp(given->output, "-") == 0;
    struct list_export own = *given;
    own.paths = piped ? EXPORT_ABSOLUTE : given->paths;
    char *folder = piped ? strdup("/") : output_folder(given->output);
    bool go_on = false;
    const int code = folder ? export_cases_check(cases, &checks, &go_on) : CLI_FAILED;
    bool good = go_on && make_folds(given, cases, &folds);
    const struct list_content content = {&own, cases, &folds, folder};
    good = good && write_list(&content);
    if (good)
        count_lists(&content, out);
    folds_free(&folds);
    free(folder);
    return good ? CLI_OK : go_on ? CLI_FAILED : code;
}

int list_export_write(const struct list_export *given, struct list_exported *out)
{
    const struct export_selection selection = {
        .modality = given->modality, .verdicts = given->verdicts, .only = given->only};
    struct export_cases cases = {.items = NULL};
    *out = (struct list_exported){0, 0, 0, 0, 0};
    if (!given->force && strcmp(given->output, "-") != 0 && access(given->output, F_OK) == 0) {
        cli_error("%s: This is there already; --force replaces it, or give another name.", given->output);
        return CLI_FAILED;
    }
    int code = CLI_FAILED;
    if (export_cases_select(given->dataset, &selection, &cases))
        code = write_cases(given, &cases, out);
    export_cases_free(&cases);
    return code;
}
