/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "kit/args.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/command.h"
#include "kit/message.h"
#include "base/text/words.h"

#define WORD_MAX 32 /* longer names get no suggestion */

/* Every command has this option; it is in no table. */
static const struct args_option help_option = {'h', "help", NULL, "print this help", NULL, 0, 0, 0};

/* ---- suggestions ---- */

const char *args_suggest(const char *word, const char *const *names)
{
    const char *nearest = NULL;
    size_t length = strlen(word), allowed = length / 3 + 1;
    for (size_t i = 0; names[i] && length <= WORD_MAX; i++) {
        size_t name_length = strlen(names[i]);
        bool begins = length >= 2 && strncmp(names[i], word, length) == 0;
        size_t distance = name_length > WORD_MAX ? WORD_MAX : amosi_words_distance(word, names[i]);
        if (begins)
            distance = 0;
        if (distance <= allowed && distance < name_length) {
            nearest = names[i];
            allowed = distance ? distance - 1 : 0;
            if (distance == 0)
                break;
        }
    }
    return nearest;
}

/* ---- --help ---- */

/* Prints a wrapped text at column `indent`, where the cursor is. */
static void print_wrapped(const char *text, int indent)
{
    const char *line;
    size_t bytes;
    for (bool first = true; amosi_words_wrap(&text, CLI_LINE_WIDTH - (size_t)indent, &line, &bytes); first = false) {
        if (!first)
            cli_print("\n%*s", indent, "");
        cli_print("%.*s", (int)bytes, line);
    }
    cli_print_text("\n");
}

/* Returns the width of "  -j, --threads N", and prints it if wanted. */
static int put_option_name(bool print, const struct args_option *option)
{
    char letter[8] = "    ", text[80];
    if (option->letter)
        snprintf(letter, sizeof letter, "-%c, ", option->letter);
    bool optional = option->type && option->type->optional;
    int width = snprintf(text, sizeof text, "  %s--%s%s%s%s", letter, option->name,
                         optional       ? "[="
                         : option->meta ? " "
                                        : "",
                         option->meta ? option->meta : "", optional ? "]" : "");
    if (print)
        cli_print_text(text);
    return width;
}

static void print_option(const struct args_option *option, int column)
{
    int width = put_option_name(true, option);
    cli_print("%*s", column - width, "");
    print_wrapped(option->help, column);
}

static void print_options(const struct args_option *options)
{
    int column = put_option_name(false, &help_option);
    for (const struct args_option *option = options; option->name; option++) {
        int width = put_option_name(false, option);
        column = width > column ? width : column;
    }
    cli_print_line("\nOptions:");
    for (const struct args_option *option = options; option->name; option++)
        print_option(option, column + 2);
    print_option(&help_option, column + 2);
}

static void print_part(const char *name, const char *title, size_t widest)
{
    cli_print("  %-*s  ", (int)widest, name);
    print_wrapped(title, (int)widest + 4);
}

static void print_parts(const struct command *const *parts)
{
    size_t widest = strlen(COMMAND_HELP);
    for (size_t i = 0; parts[i]; i++)
        widest = strlen(parts[i]->name) > widest ? strlen(parts[i]->name) : widest;
    cli_print_line("\nCommands:");
    for (size_t i = 0; parts[i]; i++)
        print_part(parts[i]->name, parts[i]->title, widest);
    print_part(COMMAND_HELP, "explain one of these commands", widest);
}

void args_print_help(const struct command *command, const char *path)
{
    cli_print("Usage: amos %s%s%s[OPTION...]%s%s\n\n", path, *path ? " " : "", command->parts ? "COMMAND " : "",
              *command->operands ? " " : "", command->operands);
    print_wrapped(command->summary, 0);
    if (command->details) {
        cli_print_text("\n");
        print_wrapped(command->details, 0);
    }
    if (command->parts)
        print_parts(command->parts);
    print_options(command->options);
    if (command->examples)
        cli_print_line("\nExamples:");
    for (size_t i = 0; command->examples && command->examples[i]; i++)
        cli_print("  %s\n", command->examples[i]);
    if (command->notes) {
        cli_print_text("\n");
        cli_print_line(command->notes);
    }
}

/* ---- parsing ---- */

/* The state of parsing. Errors are reported at once, as usage errors. */
struct parser {
    const struct command *command;
    const char *path;
    int argc;
    char **argv;
    void *values;
    struct args *out;
    int at;    /* index of the current argument */
    bool help; /* --help was seen */
};

static void report_mistake(const struct parser *parser, const char *format, ...) CLI_PRINTF(2, 3);

/* Reports "cache build: SENTENCE", or the sentence alone for amos itself. */
static void report_mistake(const struct parser *parser, const char *format, ...)
{
    char sentence[512];
    va_list values;
    va_start(values, format);
    vsnprintf(sentence, sizeof sentence, format, values);
    va_end(values);
    cli_error("%s%s%s", parser->path, *parser->path ? ": " : "", sentence);
}

static void report_unknown_option(const struct parser *parser, const char *dashes, const char *name)
{
    report_mistake(parser, "There is no option %s%s%s; see: amos %s%s--help", dashes, name,
                   parser->command->parts ? "; a command comes first" : "", parser->path, *parser->path ? " " : "");
}

static bool refuse_option(const struct parser *parser, const char *name, size_t length)
{
    char word[WORD_MAX + 2], whole[256];
    const char *names[ARGS_OPTIONS + 2];
    size_t count = 0;
    for (const struct args_option *o = parser->command->options; o->name && count < ARGS_OPTIONS; o++)
        names[count++] = o->name;
    names[count++] = help_option.name;
    names[count] = NULL;
    snprintf(word, sizeof word, "%.*s", (int)length, name);
    snprintf(whole, sizeof whole, "%.*s", (int)length, name);
    const char *suggestion = args_suggest(word, names);
    if (suggestion)
        report_mistake(parser, "There is no option --%s; did you mean --%s?", whole, suggestion);
    else
        report_unknown_option(parser, "--", whole);
    return false;
}

static void note_given(const struct parser *parser, const struct args_option *option, const char *text)
{
    const ptrdiff_t row = option - parser->command->options;
    if (row < ARGS_OPTIONS)
        parser->out->given[row] = text ? text : "";
}

const char *args_given(const struct args *args, const char *name)
{
    const struct args_option *options = args->command->options;
    for (size_t i = 0; i < ARGS_OPTIONS && options[i].name; i++)
        if (strcmp(options[i].name, name) == 0)
            return args->given[i];
    return NULL;
}

/* Stores a flag or reads the value. */
static bool store_value(const struct parser *parser, const struct args_option *option, const char *text)
{
    char why[256] = "";
    void *value = (char *)parser->values + option->offset;
    if (!option->type) {
        *(bool *)value = true;
        note_given(parser, option, NULL);
        return true;
    }
    if (option->type->parse(option, text, value, why, sizeof why)) {
        note_given(parser, option, text);
        return true;
    }
    report_mistake(parser, "--%s cannot be \"%s\"; %s.", option->name, text, why);
    return false;
}

/* The value follows '=' or the letter directly (`joined`, may be NULL), else it is the next argument. */
static bool parse_option(struct parser *parser, const struct args_option *option, const char *joined)
{
    if (option == &help_option) {
        parser->help = true;
        return true;
    }
    if (!option->type && joined) {
        report_mistake(parser, "--%s takes no value.", option->name);
        return false;
    }
    if (option->type && !joined && !option->type->optional) {
        if (parser->at + 1 >= parser->argc) {
            report_mistake(parser, "--%s needs a value: --%s %s", option->name, option->name, option->meta);
            return false;
        }
        joined = parser->argv[++parser->at];
    }
    return store_value(parser, option, joined);
}

static bool parse_long(struct parser *parser, const char *word)
{
    size_t length = strcspn(word, "=");
    const char *joined = word[length] ? word + length + 1 : NULL;
    if (length == strlen(help_option.name) && strncmp(word, help_option.name, length) == 0)
        return parse_option(parser, &help_option, joined);
    for (const struct args_option *o = parser->command->options; o->name; o++)
        if (strlen(o->name) == length && strncmp(word, o->name, length) == 0)
            return parse_option(parser, o, joined);
    return refuse_option(parser, word, length);
}

static const struct args_option *find_letter(const struct command *command, char letter)
{
    if (letter == help_option.letter)
        return &help_option;
    for (const struct args_option *o = command->options; o->name; o++)
        if (o->letter == letter)
            return o;
    return NULL;
}

/* "-j4", "-j", "-ab": flags can be combined; a value ends the argument. */
static bool parse_letters(struct parser *parser, const char *letters)
{
    for (; *letters; letters++) {
        const struct args_option *option = find_letter(parser->command, *letters);
        if (!option) {
            report_unknown_option(parser, "-", (const char[]){*letters, '\0'});
            return false;
        }
        if (option->type)
            return parse_option(parser, option, letters[1] ? letters + 1 : NULL);
        if (!parse_option(parser, option, NULL))
            return false;
    }
    return true;
}

/* A command without operands that works in a folder: people give it as an operand. */
static bool takes_folder(const struct command *command)
{
    for (const struct args_option *o = command->options; o->name; o++)
        if (command->max_operands == 0 && strcmp(o->name, "folder") == 0)
            return true;
    return false;
}

static bool check_operands(const struct parser *parser, const struct args *args)
{
    const struct command *command = parser->command;
    if (args->count < command->min_operands)
        report_mistake(parser, "An operand is missing; usage: amos %s %s", parser->path, command->operands);
    else if (command->max_operands >= 0 && args->count > command->max_operands)
        report_mistake(
            parser, "The operand \"%s\" is one too many;%s see: amos %s%s--help", args->operands[command->max_operands],
            takes_folder(command) ? " give a folder by --folder;" : "", parser->path, *parser->path ? " " : "");
    else
        return true;
    return false;
}

bool args_parse(const struct command *command, const char *path, int argc, char **argv, void *values, struct args *out,
                int *code)
{
    struct parser parser = {
        .command = command, .path = path, .argc = argc, .argv = argv, .values = values, .out = out, .at = 1};
    bool options_ended = false, good = true;
    *out = (struct args){.operands = argv + 1, .command = command, .path = path, .values = values};
    for (; parser.at < argc && good && !parser.help; parser.at++) {
        char *word = argv[parser.at];
        if (options_ended || word[0] != '-' || word[1] == '\0')
            out->operands[out->count++] = word; /* never beyond the current argument */
        else if (strcmp(word, "--") == 0)
            options_ended = true;
        else if (word[1] == '-')
            good = parse_long(&parser, word + 2);
        else
            good = parse_letters(&parser, word + 1);
    }
    *code = CLI_USAGE;
    if (good && parser.help) {
        args_print_help(command, path);
        *code = CLI_OK;
        return false;
    }
    return good && check_operands(&parser, out);
}
