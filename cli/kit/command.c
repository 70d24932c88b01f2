/* SPDX-License-Identifier: BSD-3-Clause */
#include "kit/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/message.h"

#define PATH_BYTES 64
#define PARTS_MAX 32

static const struct command *root;

const struct command *command_root(void)
{
    return root;
}

static const struct command *find_part(const struct command *command, const char *name)
{
    for (size_t i = 0; command->parts[i]; i++)
        if (strcmp(command->parts[i]->name, name) == 0)
            return command->parts[i];
    return NULL;
}

const struct command *command_find(const char *path)
{
    const struct command *command = root;
    char name[PATH_BYTES];
    for (size_t length; command && *path; path += length + (path[length] == ' ')) {
        length = strcspn(path, " ");
        snprintf(name, sizeof name, "%.*s", (int)length, path);
        command = command->parts ? find_part(command, name) : NULL;
    }
    return command;
}

static int refuse_part(const struct command *command, const char *path, const char *name)
{
    const char *names[PARTS_MAX + 2], *space = *path ? " " : "";
    size_t count = 0;
    for (; count < PARTS_MAX && command->parts[count]; count++)
        names[count] = command->parts[count]->name;
    names[count++] = COMMAND_HELP;
    names[count] = NULL;
    const char *suggestion = args_suggest(name, names);
    if (suggestion)
        cli_error("There is no command \"%s%s%s\"; did you mean \"%s%s%s\"?", path, space, name, path, space,
                  suggestion);
    else
        cli_error("There is no command \"%s%s%s\"; see: amos %s%s--help", path, space, name, path, space);
    return CLI_USAGE;
}

/* "A command was expected: build, info, check or prune; see: amos cache --help" */
static int refuse_nothing(const struct command *command, const char *path)
{
    char names[512] = "";
    size_t used = 0;
    for (size_t i = 0; command->parts[i] && used < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s",
                                 i == 0                  ? ""
                                 : command->parts[i + 1] ? ", "
                                                         : " or ",
                                 command->parts[i]->name);
    cli_error("%s%sA command was expected: %s; see: amos %s%s--help", path, *path ? ": " : "", names, path,
              *path ? " " : "");
    return CLI_USAGE;
}

int command_run(const struct command *command, const char *path, int argc, char **argv,
                void (*prepare)(void *user, void *values), void *user)
{
    struct args args;
    int code;
    void *values = calloc(1, command->values_bytes);
    if (!values) {
        cli_error("Memory ran out.");
        return CLI_FAILED;
    }
    if (command->defaults)
        memcpy(values, command->defaults, command->values_bytes);
    if (args_parse(command, path, argc, argv, values, &args, &code)) {
        if (prepare)
            prepare(user, values);
        code = command->run(&args, values);
    }
    free(values);
    return code;
}

/* "amos help COMMAND" is "amos COMMAND --help". */
static int call_leaf(const struct command *command, const char *path, bool help, int argc, char **argv)
{
    if (!help)
        return command_run(command, path, argc, argv, NULL, NULL);
    args_print_help(command, path);
    return CLI_OK;
}

int command_call(const struct command *command, const char *path, int argc, char **argv)
{
    char names[PATH_BYTES];
    root = *path ? root : command;
    size_t used = (size_t)snprintf(names, sizeof names, "%s", path);
    bool help = false;
    for (; command->parts; argc--, argv++) {
        if (argc < 2)
            return help ? call_leaf(command, names, help, argc, argv) : refuse_nothing(command, names);
        if (argv[1][0] == '-') /* an option of amos itself */
            return call_leaf(command, names, help, argc, argv);
        if (strcmp(argv[1], COMMAND_HELP) == 0) {
            help = true;
            continue;
        }
        const struct command *part = find_part(command, argv[1]);
        if (!part)
            return refuse_part(command, names, argv[1]);
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used ? " " : "", part->name);
        command = part;
    }
    return call_leaf(command, names, help, argc, argv);
}
