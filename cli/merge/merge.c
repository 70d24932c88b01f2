/* SPDX-License-Identifier: BSD-3-Clause */
/* amos merge: the whole of the parts that shards have made. The command of the shards runs again, by their options, on the
 * same list of cases, and takes what was found about each from the parts: so its reports are those of one run. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "kit/message.h"
#include "kit/options.h"
#include "kit/outfile.h"
#include "merge/collect.h"
#include "merge/receipts.h"
#include "output.h"
#include "shard/given.h"

struct merge_values {
    const char *output, *summary;
    bool json, csv, facts, missing;
};

/* ---- the command line of the whole ---- */

struct words {
    char **items;
    size_t count;
    bool failed;
};

static void add_word(struct words *words, const char *before, const char *word)
{
    char **items = word ? realloc(words->items, (words->count + 2) * sizeof *items) : NULL;
    const size_t bytes = word ? strlen(before) + strlen(word) + 1 : 0;
    char *copy = items ? malloc(bytes) : NULL;
    words->items = items ? items : words->items;
    if (!copy) {
        words->failed = true;
        return;
    }
    snprintf(copy, bytes, "%s%s", before, word);
    items[words->count++] = copy;
    items[words->count] = NULL;
}

static void add_words(struct words *words, const cJSON *rules, const char *name)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(rules, name);
    for (const cJSON *word = list ? list->child : NULL; word; word = word->next)
        add_word(words, "", cJSON_GetStringValue(word));
}

static void free_words(struct words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->items[i]);
    free(words->items);
}

static bool has_option(const struct command *command, const char *name)
{
    for (const struct args_option *o = command->options; o->name; o++)
        if (strcmp(o->name, name) == 0)
            return true;
    return false;
}

/* The options of the whole, which no shard had. */
static bool check_formats(const struct command *command, const char *path, const struct merge_values *given)
{
    const char *names[] = {given->json ? "json" : NULL, given->csv ? "csv" : NULL, given->summary ? "summary" : NULL,
                           given->facts ? "facts" : NULL};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i] && !has_option(command, names[i])) {
            cli_error("merge: The parts are of amos %s, which has no --%s; leave it out.", path, names[i]);
            return false;
        }
    return true;
}

static void make_words(struct words *words, const struct part *part, const struct command *command,
                       const struct merge_values *given)
{
    const cJSON *rules = cJSON_GetObjectItemCaseSensitive(part->shard, "rules");
    add_word(words, "", command->name);
    add_words(words, rules, "options");
    if (given->json)
        add_word(words, "", "--json");
    if (given->csv)
        add_word(words, "", "--csv");
    if (given->facts)
        add_word(words, "", "--facts");
    if (given->summary)
        add_word(words, "--summary=", given->summary);
    if (given->output && has_option(command, "output"))
        add_word(words, "--output=", given->output);
    add_word(words, "", "--");
    add_words(words, rules, "operands");
}

/* ---- running it ---- */

struct whole {
    const struct command *command;
    struct shard_parts *parts;
};

static void give_parts(void *user, void *values)
{
    const struct whole *whole = user;
    for (const struct args_option *o = whole->command->options; o->name; o++)
        if (o->type == &args_shard)
            ((struct shard_choice *)((char *)values + o->offset))->made = whole->parts;
}

static int run_whole(struct whole *whole, const struct merge_values *given)
{
    struct words words = {.items = NULL};
    const struct part *first = &whole->parts->items[0];
    int code = CLI_FAILED;
    make_words(&words, first, whole->command, given);
    char **order = words.failed ? NULL : calloc(words.count + 1, sizeof *order); /* the parser moves the operands */
    if (order) {
        memcpy(order, words.items, words.count * sizeof *order);
        code = command_run(whole->command, first->command, (int)words.count, order, give_parts, whole);
    } else {
        cli_error("Memory ran out.");
    }
    free(order);
    free_words(&words);
    return code;
}

/* For a command that prints: what it prints goes to the file, which appears whole. */
static int run_into(struct whole *whole, const struct merge_values *given)
{
    struct outfile *out = outfile_open(given->output);
    cli_flush();
    const int before = out ? dup(STDOUT_FILENO) : -1;
    if (before < 0 || dup2(outfile_descriptor(out), STDOUT_FILENO) < 0) {
        if (out)
            cli_error("%s: The output cannot be written: no descriptor is left.", given->output);
        (void)outfile_finish(out, false);
        return CLI_FAILED;
    }
    int code = run_whole(whole, given);
    cli_flush();
    const bool good = cli_stdout_good() && whole->parts->done;
    (void)dup2(before, STDOUT_FILENO);
    close(before);
    return outfile_finish(out, good) ? code : CLI_FAILED;
}

static int merge_parts(struct collected *collected, const struct merge_values *given)
{
    struct whole whole = {.parts = &collected->parts};
    const struct part *first = &collected->parts.items[0];
    whole.command = command_find(first->command);
    for (size_t i = 0; given->output && i < collected->parts.count; i++)
        if (!output_spares("merge", given->output, collected->parts.items[i].path))
            return CLI_USAGE;
    if (first->receipts && (given->output || given->csv || given->summary || given->facts)) {
        cli_error(
            "merge: The parts are of amos %s, which wrote its files itself; --output, --csv, --summary and --facts "
            "do nothing here.",
            first->command);
        return CLI_USAGE;
    }
    if (first->receipts)
        return receipts_report(whole.parts, given->json);
    if (!whole.command || whole.command->parts || !has_option(whole.command, "shard")) {
        cli_error("%s: The part is of \"%s\", which is no command that has shards.", first->path, first->command);
        return CLI_FAILED;
    }
    if (!check_formats(whole.command, first->command, given))
        return CLI_USAGE;
    const bool prints = given->output && !has_option(whole.command, "output");
    return prints ? run_into(&whole, given) : run_whole(&whole, given);
}

static int say_missing(const struct collected *collected, const char *missing, bool asked)
{
    if (!missing)
        cli_error("Memory ran out.");
    else if (asked && missing[0])
        cli_print("--array=%s\n", missing);
    else if (missing[0])
        cli_error("merge: %zu of %zu shards are missing, or not whole; run them again with --array=%s (which amos "
                  "merge --missing prints).",
                  collected->of - collected->parts.count, collected->of, missing);
    return missing && !missing[0] ? CLI_OK : CLI_FAILED;
}

static int merge(const struct args *args, void *values)
{
    const struct merge_values *given = values;
    struct collected collected;
    int code = CLI_FAILED;
    if (given->json && given->csv) {
        cli_error("merge: --json and --csv were both given; use one of them.");
        return CLI_USAGE;
    }
    if (collect_parts(args->operands, args->count, &collected)) {
        char *missing = collect_missing(&collected);
        code = say_missing(&collected, missing, given->missing);
        free(missing);
        if (code == CLI_OK && !given->missing)
            code = merge_parts(&collected, given);
    }
    collect_free(&collected);
    return code;
}

static const struct args_option options[] = {
    OPTION_OUTPUT("write the result to this file, which appears whole (default: stdout)", struct merge_values, output),
    OPTION_JSON("the result as JSON, as the command prints it", struct merge_values),
    ARGS_FLAG("csv", "the result as CSV, of a command that has it", struct merge_values, csv),
    ARGS_VALUE(0, "summary", "FILE", "of amos score: also write nnU-Net's summary.json", args_file, struct merge_values,
               summary),
    ARGS_FLAG("facts", "of amos check --quality, with --json: also print what was measured of each case",
              struct merge_values, facts),
    ARGS_FLAG("missing", "print the shards that are missing, as an option for Slurm's sbatch, and merge nothing",
              struct merge_values, missing),
    ARGS_END};

static const char *const examples[] = {"amos merge parts --json -o results.json", "amos merge parts --missing", NULL};

const struct command command_merge = {
    .name = "merge",
    .title = "make the whole of what shards have done",
    .operands = "PART|DIR...",
    .summary =
        "Make the result of a whole run from the parts of its shards: what is printed and written is what one run "
        "would have printed and written, byte for byte.",
    .details =
        "PART is a file that a command with --shard and --parts has written; of a DIR, all such files. Parts that were "
        "made "
        "by other options or another version, or of another data set, are refused, and so is a shard that is there "
        "twice. If "
        "one is missing, nothing is made, and the missing ones are named. The command is run as the shards ran it, but "
        "no "
        "volume is read: the folders that it names must be there, in the same place, with the same files. For cache "
        "build, "
        "convert and index, whose work is the files that they write, the cases are counted and the failures named. For "
        "report the "
        "folder that the shards wrote into is completed.",
    .examples = examples,
    .options = options,
    .min_operands = 1,
    .max_operands = -1,
    .values_bytes = sizeof(struct merge_values),
    .run = merge,
};
