/* SPDX-License-Identifier: BSD-3-Clause */
/* amos complete: what a word of a command line may become. The scripts in packaging/completion call it. */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "kit/message.h"

/* A command line up to the cursor: the last word is to be completed. */
struct line {
    char **words;
    int count;
    const char *last;
};

/* ---- what is printed ---- */

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* A candidate, and a tab and what it means if that is known. The text ends at the first line break. */
static void print_candidate(const struct line *line, const char *before, const char *name, const char *meaning)
{
    size_t own = strlen(before), typed = strlen(line->last);
    if (strncmp(line->last, before, typed < own ? typed : own) != 0 || (typed > own && !begins(name, line->last + own)))
        return;
    printf("%s", before);
    cli_put(stdout, name);
    if (meaning)
        printf("\t%.*s", (int)strcspn(meaning, "\n"), meaning);
    putchar('\n');
}

/* Lines that begin with ':' ask the shell to complete names of files or folders itself. */
static void ask_for(const struct args_type *type)
{
    puts(type == &args_folder ? ":folders" : ":files");
}

/* ---- commands and options ---- */

static const struct command *part_named(const struct command *command, const char *name)
{
    for (size_t i = 0; command->parts && command->parts[i]; i++)
        if (strcmp(command->parts[i]->name, name) == 0)
            return command->parts[i];
    return NULL;
}

/* The command that the words before the last one name; *at becomes the index of the first word after its name. */
static const struct command *find_command(const struct line *line, int *at)
{
    const struct command *command = command_root();
    for (*at = 0; *at < line->count - 1; ++*at) {
        const struct command *part = part_named(command, line->words[*at]);
        if (!part && strcmp(line->words[*at], COMMAND_HELP) != 0)
            break;
        command = part ? part : command;
    }
    return command;
}

static const struct args_option *option_named(const struct command *command, const char *word)
{
    for (const struct args_option *o = command->options; o->name; o++) {
        bool is_long = begins(word, "--") && strcmp(word + 2, o->name) == 0;
        if (is_long || (o->letter && word[0] == '-' && word[1] == o->letter && !word[2]))
            return o;
    }
    return NULL;
}

static void complete_value(const struct line *line, const char *before, const struct args_option *option)
{
    const struct args_type *type = option->type;
    for (size_t n = 0; type->choice && type->choice(n); n++)
        print_candidate(line, before, type->choice(n), NULL);
    if (type == &args_file || type == &args_folder)
        ask_for(type);
}

static void complete_options(const struct line *line, const struct command *command)
{
    for (const struct args_option *o = command->options; o->name; o++)
        print_candidate(line, "--", o->name, o->help);
    print_candidate(line, "--", "help", "print this help");
}

static void complete_parts(const struct line *line, const struct command *command)
{
    for (size_t i = 0; command->parts[i]; i++)
        print_candidate(line, "", command->parts[i]->name, command->parts[i]->title);
    print_candidate(line, "", COMMAND_HELP, "explain one of these commands");
}

/* ---- operands ---- */

static void print_cases(const struct line *line, const amos_dataset *dataset)
{
    size_t count = amos_dataset_get_info(dataset)->count;
    for (size_t i = 0; i < count; i++)
        print_candidate(line, "", amos_case_get_info(amos_dataset_get(dataset, i))->id, NULL);
}

/* The ids of the cases of the data set before the last word, if there is one. */
static void complete_cases(const struct line *line, int first)
{
    for (int i = line->count - 2; i >= first; i--) {
        amos_dataset *dataset = NULL;
        if (line->words[i][0] != '-' && amos_dataset_open(line->words[i], NULL, &dataset, NULL) == AMOS_OK) {
            print_cases(line, dataset);
            amos_dataset_free(dataset);
            return;
        }
    }
}

/* "--name=value" is one word. Returns false if the last word is no such option. */
static bool complete_equals(const struct line *line, const struct command *command)
{
    const char *equals = strchr(line->last, '=');
    char name[64], before[66];
    if (!begins(line->last, "--") || !equals || (size_t)(equals - line->last) >= sizeof name)
        return false;
    snprintf(name, sizeof name, "%.*s", (int)(equals - line->last), line->last);
    snprintf(before, sizeof before, "%s=", name);
    const struct args_option *option = option_named(command, name);
    if (option && option->type)
        complete_value(line, before, option);
    return true;
}

static void complete(const struct line *line)
{
    int first;
    const struct command *command = find_command(line, &first);
    const struct args_option *before = line->count > 1 ? option_named(command, line->words[line->count - 2]) : NULL;
    if (complete_equals(line, command))
        return;
    if (before && before->type && !before->type->optional) {
        complete_value(line, "", before);
    } else if (line->last[0] == '-') {
        complete_options(line, command);
    } else if (command->parts) {
        complete_parts(line, command);
    } else if (command->max_operands != 0) {
        complete_cases(line, first);
        ask_for(&args_file);
    }
}

static int run_complete(const struct args *args, void *values)
{
    (void)values;
    if (args->count > 0)
        complete(&(struct line){args->operands, args->count, args->operands[args->count - 1]});
    return CLI_OK;
}

static const struct args_option options[] = {ARGS_END};

static const char *const examples[] = {"amos complete -- view amos22 amos_00", NULL};

const struct command command_complete = {
    .name = "complete",
    .title = "complete a command line, for shells",
    .operands = "-- [WORD...]",
    .summary = "Prints what the last word of a command line may become.",
    .details = "The words are those after \"amos\", up to the cursor; the last one may be empty. Each line is a "
               "candidate, and a tab and its meaning if there is one: commands, options, values, and the cases of a "
               "data set that stands before. The line \":files\" or \":folders\" leaves the rest to the shell. "
               "The completion scripts of bash, zsh and fish call this command.",
    .examples = examples,
    .options = options,
    .max_operands = -1,
    .values_bytes = 1,
    .run = run_complete,
};
