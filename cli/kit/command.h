/* SPDX-License-Identifier: BSD-3-Clause */
/* What a command is, and how one is called. Commands may have commands of their own: amos cache build.
 *
 * A struct command has all facts about a command. The list of commands, --help, the message for an unknown name and
 * the tests are derived from it. */
#ifndef CLI_KIT_COMMAND_H
#define CLI_KIT_COMMAND_H

#include "kit/args.h"

struct command {
    const char *name;                  /* "build" */
    const char *title;                 /* in the list of commands: "cache the cases of a data set" */
    const char *operands;              /* as --help shows them: "FILE|DIR|CASE..."; "" */
    const char *summary;               /* one sentence; '\n' breaks the line */
    const char *details;               /* NULL, or more text for --help, also wrapped */
    const char *notes;                 /* NULL, or the last lines of --help, printed unchanged */
    const char *const *examples;       /* whole command lines, ends with NULL; NULL: none */
    const struct args_option *options; /* ends with ARGS_END */
    int min_operands, max_operands;    /* -1: any number */
    size_t values_bytes;               /* size of the struct that the options fill, at least 1 */
    const void *defaults;              /* NULL: all bytes 0 */
    /* Returns an enum cli_exit. `values` is the struct of the options, which it may change. */
    int (*run)(const struct args *args, void *values);
    /* Its own commands, ends with NULL; NULL: none. If it has any, `run` handles only its options. */
    const struct command *const *parts;
};

/* Every command that has commands of its own has this one too: amos help COMMAND. */
#define COMMAND_HELP "help"

/* Calls a command with its arguments; argv[0] is its name. `path` is its full name, "cache build", shorter than 64
 * bytes; "" for amos itself. Returns an enum cli_exit. */
int command_call(const struct command *command, const char *path, int argc, char **argv);

/* The same for the command itself, which has no commands of its own; `prepare` sees its values before it runs. */
int command_run(const struct command *command, const char *path, int argc, char **argv,
                void (*prepare)(void *user, void *values), void *user);

/* The command of a full name, "cache build"; NULL if there is none. */
const struct command *command_find(const char *path);

/* The command that main() called, amos itself. */
const struct command *command_root(void);

#endif
