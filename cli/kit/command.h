/* SPDX-License-Identifier: BSD-3-Clause */
/* What a command is, and how one is called. Commands may have commands of their own: amos cache build.
 *
 * A struct command is all that is known of it: the list of commands, --help, the message for a name that is not there,
 * and the tests are made from it. */
#ifndef CLI_KIT_COMMAND_H
#define CLI_KIT_COMMAND_H

#include "kit/args.h"

struct command {
    const char *name;                  /* "build" */
    const char *title;                 /* in the list of commands: "cache the cases of a data set" */
    const char *operands;              /* as --help shows them: "FILE|DIR|CASE..."; "" */
    const char *summary;               /* one sentence; '\n' breaks the line */
    const char *details;               /* NULL, or more for --help, wrapped as well */
    const char *notes;                 /* NULL, or lines that end --help, as they are */
    const char *const *examples;       /* whole command lines, ended by NULL; NULL: none */
    const struct args_option *options; /* ended by ARGS_END */
    int min_operands, max_operands;    /* -1: any number */
    size_t values_bytes;               /* of the struct that the options fill, at least 1 */
    const void *defaults;              /* NULL: all bytes 0 */
    /* Returns an enum cli_exit. `values` is the struct of the options, which it may change. */
    int (*run)(const struct args *args, void *values);
    /* Its own commands, ended by NULL; NULL: none. Then `run` is for its options alone. */
    const struct command *const *parts;
};

/* Every command that has commands of its own has this one too: amos help COMMAND. */
#define COMMAND_HELP "help"

/* Calls a command with all that follows its name; argv[0] is the name. `path` are the names that lead to it, "cache
 * build", shorter than 64 bytes in all; "" for amos itself. Returns an enum cli_exit. */
int command_call(const struct command *command, const char *path, int argc, char **argv);

#endif
