#define _POSIX_C_SOURCE 200809L
#include "args.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/words.h"
#include "cli.h"

#define WORD_MAX 32 /* longer words get no suggestion */
#define OPTIONS_MAX 32

static const struct args_option help_option = {'h', "help", NULL, "print this text", NULL, NULL};

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

/* Prints a text from column `indent` on, where the cursor stands. */
static void print_wrapped(const char *text, int indent)
{
    const char *line;
    size_t bytes;
    for (int first = 1; amosi_words_wrap(&text, CLI_LINE_WIDTH - (size_t)indent, &line, &bytes); first = 0)
        printf("%s%*s%.*s", first ? "" : "\n", first ? 0 : indent, "", (int)bytes, line);
    putchar('\n');
}

/* "  -j, --threads N": how wide it is; with a stream it is printed. */
static int put_option_name(FILE *out, const struct args_option *option)
{
    char letter[8] = "    ", text[80];
    if (option->letter)
        snprintf(letter, sizeof letter, "-%c, ", option->letter);
    int width = snprintf(text, sizeof text, "  %s--%s%s%s", letter, option->name, option->meta ? " " : "",
                         option->meta ? option->meta : "");
    if (out)
        fputs(text, out);
    return width;
}

static void print_option(const struct args_option *option, int column)
{
    int width = put_option_name(stdout, option);
    printf("%*s", column - width, "");
    print_wrapped(option->help, column);
}

static void print_help(const struct args_command *command)
{
    int column = put_option_name(NULL, &help_option);
    for (const struct args_option *option = command->options; option->name; option++) {
        int width = put_option_name(NULL, option);
        column = width > column ? width : column;
    }
    printf("Usage: amos %s [OPTION...] %s\n\n", command->name, command->usage);
    print_wrapped(command->summary, 0);
    if (command->details) {
        putchar('\n');
        print_wrapped(command->details, 0);
    }
    puts("\nOptions:");
    for (const struct args_option *option = command->options; option->name; option++)
        print_option(option, column + 2);
    print_option(&help_option, column + 2);
    if (command->examples)
        puts("\nExamples:");
    for (size_t i = 0; command->examples && command->examples[i]; i++)
        printf("  %s\n", command->examples[i]);
}

/* ---- parsing ---- */

/* What is being parsed; errors are reported where they are met, as usage errors. */
struct parser {
    const struct args_command *command;
    int argc;
    char **argv;
    int at;    /* the word being looked at */
    bool help; /* --help was seen */
};

static bool wrong_option(const struct args_command *command, const char *name, size_t length)
{
    char word[WORD_MAX + 2];
    const char *names[OPTIONS_MAX + 2];
    size_t count = 0;
    for (const struct args_option *o = command->options; o->name && count < OPTIONS_MAX; o++)
        names[count++] = o->name;
    names[count++] = help_option.name;
    names[count] = NULL;
    snprintf(word, sizeof word, "%.*s", (int)length, name);
    const char *suggestion = args_suggest(word, names);
    if (suggestion)
        cli_error("%s: There is no option --%.*s; did you mean --%s?", command->name, (int)length, name, suggestion);
    else
        cli_error("%s: There is no option --%.*s; see: amos %s --help", command->name, (int)length, name,
                  command->name);
    return false;
}

/* Stores a flag or hands the value to its taker. */
static bool take_value(struct parser *parser, const struct args_option *option, const char *value)
{
    char why[256] = "";
    if (!option->take) {
        *(bool *)option->value = true;
        return true;
    }
    if (option->take(value, option->value, why, sizeof why))
        return true;
    cli_error("%s: --%s cannot be \"%s\"; %s.", parser->command->name, option->name, value, why);
    return false;
}

/* The value after '=' or directly after a letter (`joined`, may be NULL), else the next word. */
static bool take_option(struct parser *parser, const struct args_option *option, const char *joined)
{
    if (option == &help_option) {
        parser->help = true;
        return true;
    }
    if (!option->take && joined) {
        cli_error("%s: --%s takes no value.", parser->command->name, option->name);
        return false;
    }
    if (option->take && !joined) {
        if (parser->at + 1 >= parser->argc) {
            cli_error("%s: --%s needs a value: --%s %s", parser->command->name, option->name, option->name,
                      option->meta);
            return false;
        }
        joined = parser->argv[++parser->at];
    }
    return take_value(parser, option, joined);
}

static bool take_long(struct parser *parser, const char *word)
{
    size_t length = strcspn(word, "=");
    const char *joined = word[length] ? word + length + 1 : NULL;
    if (length == strlen(help_option.name) && strncmp(word, help_option.name, length) == 0)
        return take_option(parser, &help_option, joined);
    for (const struct args_option *o = parser->command->options; o->name; o++)
        if (strlen(o->name) == length && strncmp(word, o->name, length) == 0)
            return take_option(parser, o, joined);
    return wrong_option(parser->command, word, length);
}

static const struct args_option *find_letter(const struct args_command *command, char letter)
{
    if (letter == help_option.letter)
        return &help_option;
    for (const struct args_option *o = command->options; o->name; o++)
        if (o->letter == letter)
            return o;
    return NULL;
}

/* "-j4", "-j", "-ab": flags may stand together, a value ends the word. */
static bool take_letters(struct parser *parser, const char *letters)
{
    for (; *letters; letters++) {
        const struct args_option *option = find_letter(parser->command, *letters);
        if (!option) {
            cli_error("%s: There is no option -%c; see: amos %s --help", parser->command->name, *letters,
                      parser->command->name);
            return false;
        }
        if (option->take)
            return take_option(parser, option, letters[1] ? letters + 1 : NULL);
        if (!take_option(parser, option, NULL))
            return false;
    }
    return true;
}

static bool check_operands(const struct args_command *command, const struct args *args)
{
    if (args->count < command->min_operands)
        cli_error("%s: Too few words: amos %s %s", command->name, command->name, command->usage);
    else if (command->max_operands >= 0 && args->count > command->max_operands)
        cli_error("%s: One word too many: \"%s\"; see: amos %s --help", command->name,
                  args->operands[command->max_operands], command->name);
    else
        return true;
    return false;
}

bool args_parse(const struct args_command *command, int argc, char **argv, struct args *out, int *code)
{
    struct parser parser = {.command = command, .argc = argc, .argv = argv, .at = 1};
    bool options_ended = false, good = true;
    *out = (struct args){argv + 1, 0};
    for (; parser.at < argc && good && !parser.help; parser.at++) {
        char *word = argv[parser.at];
        if (options_ended || word[0] != '-' || word[1] == '\0')
            out->operands[out->count++] = word; /* never beyond the word being looked at */
        else if (strcmp(word, "--") == 0)
            options_ended = true;
        else if (word[1] == '-')
            good = take_long(&parser, word + 2);
        else
            good = take_letters(&parser, word + 1);
    }
    *code = CLI_USAGE;
    if (good && parser.help) {
        print_help(command);
        *code = CLI_OK;
        return false;
    }
    return good && check_operands(command, out);
}
