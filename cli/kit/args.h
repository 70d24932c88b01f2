/* SPDX-License-Identifier: BSD-3-Clause */
/* The options and operands of a command line. Each command has one table of its options; the parser, --help and the tests
 * read it, and every value has a place in a struct of the command.
 *
 *   struct list_values {
 *       int64_t threads;
 *       bool json;
 *   };
 *   static const struct args_option options[] = {
 *       ARGS_RANGE('j', "threads", "N", "use N threads", args_integer, struct list_values, threads, 1, 1024),
 *       ARGS_FLAG("json", "print JSON", struct list_values, json),
 *       ARGS_END};
 */
#ifndef CLI_KIT_ARGS_H
#define CLI_KIT_ARGS_H

#include <amos/amos.h>

#include <stdbool.h>
#include <stddef.h>

struct args_option;
struct command;

/* Reads the value of an option. On failure it writes into `why` what was expected, as the end of a sentence:
 * "an integer from 1 to 64 was expected". */
typedef bool (*args_parse_fn)(const struct args_option *option, const char *text, void *value, char *why, size_t bytes);

/* What kind of value an option has. Commands may have types of their own. */
struct args_type {
    args_parse_fn parse;
    const char *(*choice)(size_t n); /* the n-th of the values there are, NULL after the last; NULL: it is no choice */
};

struct args_option {
    char letter;                  /* short form, 0: none */
    const char *name;             /* long form without "--"; NULL ends the table */
    const char *meta;             /* what the value is called in --help: "N"; NULL for a flag */
    const char *help;             /* a few words; '\n' breaks the line */
    const struct args_type *type; /* NULL: a flag, a bool that becomes true */
    size_t offset;                /* of the value in the command's struct */
    int64_t min, max;             /* of an integer; of numbers: how many there may be */
};

#define ARGS_FLAG(name, help, values, member) \
    { \
        0, name, NULL, help, NULL, offsetof(values, member), 0, 0 \
    }
#define ARGS_VALUE(letter, name, meta, help, type, values, member) \
    { \
        letter, name, meta, help, &(type), offsetof(values, member), 0, 0 \
    }
#define ARGS_RANGE(letter, name, meta, help, type, values, member, min, max) \
    { \
        letter, name, meta, help, &(type), offsetof(values, member), min, max \
    }
#define ARGS_END \
    { \
        0, NULL, NULL, NULL, NULL, 0, 0, 0 \
    }

struct args {
    char **operands; /* what is no option, in order; in argv */
    int count;
};

/* Parses what follows the command's name, argv[0]; `path` are the names that lead to it, "cache build". `values` holds
 * the defaults and receives what is given. Options and operands may be mixed; "--" ends the options; a lone "-" is an
 * operand. True: go on. False: return *code (after --help, or after a usage error that was reported). */
bool args_parse(const struct command *command, const char *path, int argc, char **argv, void *values, struct args *out,
                int *code);

/* Prints what --help does. */
void args_print_help(const struct command *command, const char *path);

/* The name nearest to a mistyped word, or NULL where none is near. names[] ends with NULL. */
const char *args_suggest(const char *word, const char *const *names);

/* Types, and what the value is. */
struct args_list {
    size_t count; /* 0: not given */
    double value[8];
};
struct args_size {
    int64_t value[3]; /* voxels, each at least 1; all zero: not given */
};
extern const struct args_type args_file;        /* const char *, a path, or "-" where the command says so */
extern const struct args_type args_folder;      /* const char * */
extern const struct args_type args_integer;     /* int64_t, within the option's limits */
extern const struct args_type args_numbers;     /* struct args_list, "0.8,0.8,5"; at most 8 */
extern const struct args_type args_shape;       /* struct args_size, "512x512x100" */
extern const struct args_type args_bytes;       /* uint64_t, "500M" */
extern const struct args_type args_box;         /* amos_box */
extern const struct args_type args_orientation; /* const char *, NULL: as stored */
extern const struct args_type args_split;       /* amos_split */
extern const struct args_type args_modality;    /* amos_modality */

/* For types of a command. They write into `why` and give false: a sentence's end; the choices, "a, b or c was expected". */
bool args_refuse(char *why, size_t bytes, const char *expected);
bool args_refuse_choice(const char *(*choice)(size_t n), char *why, size_t bytes);

#endif
