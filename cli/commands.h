/* SPDX-License-Identifier: BSD-3-Clause */
/* The commands of amos.
 *
 * To add one, write cli/NAME.c (or a folder cli/NAME/ of several files) that ends with `const struct command
 * command_NAME`, declare it here and list it in commands.c; tests/cli/test_commands.c tests everything that follows
 * from the table, and requires a section in man/amos.1 and the name in README.md. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "kit/command.h"

/* `amos` itself: its parts are the commands, in the order of --help. */
extern const struct command command_amos;

/* Each is in the file with its name (cli/info.c), or in its folder (cli/score/score.c). */
extern const struct command command_info;
extern const struct command command_list;
extern const struct command command_stats;
extern const struct command command_check;
extern const struct command command_dump;
extern const struct command command_convert;
extern const struct command command_view;
extern const struct command command_score;
extern const struct command command_score_compare;
extern const struct command command_merge;
extern const struct command command_report;
extern const struct command command_index;
extern const struct command command_cache;
extern const struct command command_export;
extern const struct command command_pack;
extern const struct command command_serve;
extern const struct command command_organs;
extern const struct command command_fetch;
extern const struct command command_phantom;
extern const struct command command_complete;

#endif
