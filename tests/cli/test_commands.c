/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of commands, including nested ones, against --help, the messages, the manual page and README.md. A new
 * command is tested without a change here. */
#define _POSIX_C_SOURCE 200809L
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "support/bytes.h"
#include "support/command.h"
#include "support/main.h"
#include "support/tmp.h"

/* A command and its full name: "cache build". */
struct listed {
    const struct command *command;
    char path[64], parent[64];
};

static struct listed commands[64];
static int command_count;

static void list_parts(const struct command *command, const char *path)
{
    for (size_t i = 0; command->parts && command->parts[i]; i++) {
        if (command_count == (int)(sizeof commands / sizeof commands[0]))
            abort();
        struct listed *listed = &commands[command_count++];
        listed->command = command->parts[i];
        snprintf(listed->parent, sizeof listed->parent, "%s", path);
        snprintf(listed->path, sizeof listed->path, "%s%s%s", path, *path ? " " : "", command->parts[i]->name);
    }
}

/* Runs "amos" with arguments formatted by printf; inserted texts are split at spaces too. */
static struct outcome run_line(const char *format, ...)
{
    char line[256];
    va_list values;
    va_start(values, format);
    ck_assert_int_lt(vsnprintf(line, sizeof line, format, values), (int)sizeof line);
    va_end(values);
    return run_amos(line);
}

static void assert_has(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "\"%s\" is not in: %s", part, text);
}

static void assert_narrow(const char *text)
{
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
        bool example = strncmp(line, "  amos ", 7) == 0;
        ck_assert_msg(example || strcspn(line, "\n") <= 80, "too wide: %.*s", (int)strcspn(line, "\n"), line);
    }
}

/* A usage error: exit code 2, one line on stderr that contains `part`, nothing on stdout. */
static void assert_mistake(struct outcome outcome, const char *part)
{
    assert_exit(&outcome, 2);
    ck_assert_str_eq(outcome.out, "");
    ck_assert_msg(strncmp(outcome.err, "amos: ", 6) == 0, "%s", outcome.err);
    assert_has(outcome.err, part);
    ck_assert_ptr_eq(strchr(outcome.err, '\n'), outcome.err + strlen(outcome.err) - 1);
    outcome_free(&outcome);
}

/* ---- the table ---- */

START_TEST(a_table_is_complete)
{
    const struct command *c = commands[_i].command;
    ck_assert_msg(c->name && c->title && c->operands && c->summary && c->options && c->run && c->examples,
                  "something is missing of %s", commands[_i].path);
    ck_assert_uint_ge(c->values_bytes, 1);
    ck_assert(c->title[0] >= 'a' && c->title[0] <= 'z' && c->title[strlen(c->title) - 1] != '.');
    ck_assert(c->summary[0] >= 'A' && c->summary[0] <= 'Z' && c->summary[strlen(c->summary) - 1] == '.');
    for (const struct args_option *o = c->options; o->name; o++) {
        ck_assert_msg(o->offset < c->values_bytes, "--%s has no place in the struct", o->name);
        ck_assert_msg((o->meta != NULL) == (o->type != NULL), "--%s is half a flag", o->name);
        ck_assert_msg(o->letter != 'h' && strcmp(o->name, "help") != 0, "%s has a help of its own", commands[_i].path);
        for (const struct args_option *other = c->options; other < o; other++)
            ck_assert_msg(strcmp(o->name, other->name) != 0 && (!o->letter || o->letter != other->letter),
                          "--%s is there twice", o->name);
    }
}
END_TEST

/* The type of an option lists its values; the message for another value names all of them. */
START_TEST(choices_are_taken_and_named)
{
    const struct command *c = commands[_i].command;
    for (const struct args_option *o = c->options; o->name; o++) {
        if (!o->type || !o->type->choice)
            continue;
        char why[256] = "";
        int64_t value[16];
        ck_assert(!o->type->parse(o, "none-of-them", value, why, sizeof why));
        ck_assert_ptr_nonnull(o->type->choice(1));
        for (size_t n = 0; o->type->choice(n); n++) {
            assert_has(why, o->type->choice(n));
            ck_assert_msg(o->type->parse(o, o->type->choice(n), value, why, sizeof why), "--%s %s", o->name,
                          o->type->choice(n));
        }
    }
}
END_TEST

/* ---- help ---- */

START_TEST(every_command_has_help)
{
    const struct listed *l = &commands[_i];
    const struct command *c = l->command;
    char text[192];
    struct outcome option = run_line("%s --help", l->path), letter = run_line("%s -h", l->path);
    assert_exit(&option, 0);
    assert_narrow(option.out);
    snprintf(text, sizeof text, "Usage: amos %s %s[OPTION...]%s%s\n\n", l->path, c->parts ? "COMMAND " : "",
             *c->operands ? " " : "", c->operands);
    ck_assert_msg(strncmp(option.out, text, strlen(text)) == 0, "%s", option.out);
    for (const struct args_option *o = c->options; o->name; o++) {
        char dash[8] = "    ";
        if (o->letter)
            snprintf(dash, sizeof dash, "-%c, ", o->letter);
        bool optional = o->type && o->type->optional;
        snprintf(text, sizeof text, "\n  %s--%s%s%s%s  ", dash, o->name,
                 optional  ? "[="
                 : o->meta ? " "
                           : "",
                 o->meta ? o->meta : "", optional ? "]" : "");
        assert_has(option.out, text);
        snprintf(text, sizeof text, "  %.*s", (int)strcspn(o->help, " \n"), o->help);
        assert_has(option.out, text);
    }
    assert_has(option.out, "-h, --help  ");
    for (size_t i = 0; c->examples[i]; i++) {
        snprintf(text, sizeof text, "\n  %s\n", c->examples[i]);
        assert_has(option.out, text);
    }
    ck_assert_str_eq(option.out, letter.out);
    outcome_free(&option);
    outcome_free(&letter);
}
END_TEST

START_TEST(help_explains_every_command)
{
    const struct listed *l = &commands[_i];
    struct outcome option = run_line("%s --help", l->path);
    struct outcome word =
        *l->parent ? run_line("%s help %s", l->parent, l->command->name) : run_line("help %s", l->command->name);
    assert_exit(&word, 0);
    ck_assert_str_eq(option.out, word.out);
    struct outcome first = run_line("help %s", l->path);
    ck_assert_str_eq(option.out, first.out);
    outcome_free(&option);
    outcome_free(&word);
    outcome_free(&first);
}
END_TEST

START_TEST(help_lists_every_command)
{
    const struct listed *l = &commands[_i];
    char name[80];
    struct outcome option = *l->parent ? run_line("%s --help", l->parent) : run_line("--help");
    struct outcome word = *l->parent ? run_line("%s help", l->parent) : run_line("help");
    assert_exit(&option, 0);
    assert_narrow(option.out);
    ck_assert_str_eq(option.out, word.out);
    snprintf(name, sizeof name, "\n  %s ", l->command->name);
    const char *line = strstr(option.out, name);
    ck_assert_msg(line != NULL, "%s is not in the help", l->path);
    line += strlen(name);
    line += strspn(line, " ");
    ck_assert_msg(strncmp(line, l->command->title, strlen(l->command->title)) == 0, "%s", line);
    outcome_free(&option);
    outcome_free(&word);
}
END_TEST

static const struct command *part_named(const struct command *command, const char *name)
{
    for (size_t i = 0; command->parts[i]; i++)
        if (strcmp(command->parts[i]->name, name) == 0)
            return command->parts[i];
    ck_abort_msg("There is no command %s.", name);
}

/* The examples of --help are valid command lines, up to a pipe. */
START_TEST(examples_are_understood)
{
    const struct listed *l = &commands[_i];
    for (size_t i = 0; l->command->examples[i]; i++) {
        char line[256], *words[32] = {NULL}, *state = NULL;
        int count = 0, names = 1, code;
        struct args args;
        snprintf(line, sizeof line, "%.*s", (int)strcspn(l->command->examples[i], "|"), l->command->examples[i]);
        for (char *word = strtok_r(line, " ", &state); word && count < 31; word = strtok_r(NULL, " ", &state))
            words[count++] = word;
        ck_assert_str_eq(words[0], "amos");
        const struct command *c = &command_amos;
        for (; c->parts && names < count; names++)
            c = part_named(c, words[names]);
        ck_assert_msg(l->command->parts || c == l->command, "%s shows another command", l->path);
        void *values = must_alloc(c->values_bytes);
        memset(values, 0, c->values_bytes);
        ck_assert_msg(args_parse(c, l->path, count - names + 1, words + names - 1, values, &args, &code), "%s",
                      l->command->examples[i]);
        free(values);
    }
}
END_TEST

/* ---- usage errors ---- */

START_TEST(a_mistyped_command_is_suggested)
{
    const struct listed *l = &commands[_i];
    char typed[160], suggestion[320];
    snprintf(typed, sizeof typed, "%s%s%sx", l->parent, *l->parent ? " " : "", l->command->name);
    snprintf(suggestion, sizeof suggestion, "There is no command \"%s\"; did you mean \"%s\"?", typed, l->path);
    assert_mistake(run_line("%s", typed), suggestion);
}
END_TEST

START_TEST(a_mistyped_option_is_suggested)
{
    const struct listed *l = &commands[_i];
    for (const struct args_option *o = l->command->options; o->name; o++) {
        char typed[64], suggestion[192];
        snprintf(typed, sizeof typed, "--%sx", o->name);
        snprintf(suggestion, sizeof suggestion, "amos: %s: There is no option %s; did you mean --%s?", l->path, typed,
                 o->name);
        assert_mistake(run_line("%s %s", l->path, typed), suggestion);
    }
}
END_TEST

START_TEST(a_group_expects_one_of_its_commands)
{
    const struct listed *l = &commands[_i];
    char says[256];
    if (!l->command->parts)
        return;
    snprintf(says, sizeof says, "amos: %s: A command was expected: ", l->path);
    for (size_t i = 0; l->command->parts[i]; i++)
        snprintf(says + strlen(says), sizeof says - strlen(says), "%s%s",
                 i == 0                     ? ""
                 : l->command->parts[i + 1] ? ", "
                                            : " or ",
                 l->command->parts[i]->name);
    assert_mistake(run_line("%s", l->path), says);
    snprintf(says, sizeof says, "There is no command \"%s zzzzzz\"; see: amos %s --help", l->path, l->path);
    assert_mistake(run_line("%s zzzzzz", l->path), says);
}
END_TEST

/* ---- texts ---- */

static char *read_text(const char *path)
{
    struct bytes bytes = read_file(path);
    char *text = must_alloc(bytes.size + 1);
    memcpy(text, bytes.data, bytes.size);
    text[bytes.size] = '\0';
    bytes_free(&bytes);
    return text;
}

/* The length of a section of a manual page. */
static size_t section_length(const char *text)
{
    const char *part = strstr(text, "\n.Ss "), *whole = strstr(text, "\n.Sh ");
    const char *end = part && (!whole || part < whole) ? part : whole;
    return end ? (size_t)(end - text) : strlen(text);
}

/* Finds a whole name: "amos score" is not in "amos score-compare". */
static const char *find_name(const char *text, const char *name)
{
    for (const char *at = text; (at = strstr(at, name)) != NULL; at++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz-", at[strlen(name)]) || !at[strlen(name)])
            return at;
    return NULL;
}

START_TEST(the_manual_page_has_every_command_and_option)
{
    const struct listed *l = &commands[_i];
    char name[128], *page = read_text("man/amos.1");
    snprintf(name, sizeof name, "\n.Ss amos %s", l->path);
    if (!l->command->parts) { /* else its commands have sections of their own */
        const char *section = find_name(page, name);
        ck_assert_msg(section != NULL, "man/amos.1 has no section \"amos %s\"", l->path);
        page[(section - page) + 1 + (ptrdiff_t)section_length(section + 1)] = '\0';
        for (const struct args_option *o = l->command->options; o->name; o++) {
            snprintf(name, sizeof name, "Fl -%s", o->name);
            ck_assert_msg(find_name(section, name) != NULL, "man/amos.1 has no --%s of amos %s", o->name, l->path);
        }
    }
    free(page);
}
END_TEST

START_TEST(the_readme_has_every_command)
{
    const struct listed *l = &commands[_i];
    if (*l->parent)
        return;
    char name[80], *text = read_text("README.md");
    snprintf(name, sizeof name, "amos %s", l->path);
    ck_assert_msg(find_name(text, name) != NULL, "README.md has no \"%s\"", name);
    free(text);
}
END_TEST

int main(void)
{
    list_parts(&command_amos, "");
    for (int i = 0; i < command_count; i++)
        list_parts(commands[i].command, commands[i].path);
    Suite *suite = suite_create("commands");
    TCase *table = add_case(suite, "table", 20);
    tcase_add_loop_test(table, a_table_is_complete, 0, command_count);
    tcase_add_loop_test(table, choices_are_taken_and_named, 0, command_count);
    TCase *help = add_case(suite, "help", 20);
    tcase_add_loop_test(help, every_command_has_help, 0, command_count);
    tcase_add_loop_test(help, help_explains_every_command, 0, command_count);
    tcase_add_loop_test(help, help_lists_every_command, 0, command_count);
    tcase_add_loop_test(help, examples_are_understood, 0, command_count);
    TCase *mistakes = add_case(suite, "mistakes", 20);
    tcase_add_loop_test(mistakes, a_mistyped_command_is_suggested, 0, command_count);
    tcase_add_loop_test(mistakes, a_mistyped_option_is_suggested, 0, command_count);
    tcase_add_loop_test(mistakes, a_group_expects_one_of_its_commands, 0, command_count);
    TCase *texts = add_case(suite, "texts", 20);
    tcase_add_loop_test(texts, the_manual_page_has_every_command_and_option, 0, command_count);
    tcase_add_loop_test(texts, the_readme_has_every_command, 0, command_count);
    return run_suite(suite);
}
