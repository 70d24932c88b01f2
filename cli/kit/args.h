/* SPDX-License-Identifier: BSD-3-Clause */
/* The options and operands of a command line. Each command has one table of its options; the parser, --help and the
 * tests read it. Each value is a member of a struct of the command.
 *
 *   struct list_values {
 *       int64_t threads;
 *       bool json;
 *   };
 *   static const struct args_option options[] = {
 *       ARGS_RANGE('j', "threads", "N", "use N threads", args_integer, struct list_values, threads, 1, 1024),
 *       ARGS_FLAG("json", "print JSON", struct list_values, json),
 *       ARGS_END};
 * */
#ifndef CLI_KIT_ARGS_H
#define CLI_KIT_ARGS_H

#include <amos/amos.h>

#include <stdbool.h>
#include <stddef.h>

struct args_option;
struct command;

/* Reads the value of an option. On failure writes into `why` what was expected, as the end of a sentence: "an integer
 * from 1 to 64 was expected". */
typedef bool (*args_parse_fn)(const struct args_option *option, const char *text, void *value, char *why, size_t bytes);

/* The type of an option's value. A command may define its own types. */
struct args_type {
    args_parse_fn parse;
    const char *(*choice)(size_t n); /* the n-th choice, NULL after the last; NULL: not a choice */
    bool optional; /* the value may be left out, and is only read after '='; without it parse() gets NULL */
    /* Writes a value so that parse() reads it; NULL: the last text that was given is the whole of it. */
    void (*write)(const void *value, char *text, size_t bytes);
};

struct args_option {
    char letter;                  /* short form, 0: none */
    const char *name;             /* long form without "--"; NULL ends the table */
    const char *meta;             /* name of the value in --help: "N"; NULL for a flag */
    const char *help;             /* a short text; '\n' breaks the line */
    const struct args_type *type; /* NULL: a flag, a bool that becomes true */
    size_t offset;                /* of the value in the command's struct */
    int64_t min, max;             /* limits of an integer; for numbers, of their count */
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

/* A command's table has fewer options than this. */
enum { ARGS_OPTIONS = 64 };

struct args {
    char **operands; /* the arguments that are no options, in order; point into argv */
    int count;
    const struct command *command;
    const char *path; /* its full name: "cache build" */
    /* What was given for each row of the command's table: NULL for nothing, "" for a flag. */
    const char *given[ARGS_OPTIONS];
    const void *values; /* the command's struct */
};

/* Enough for what args_type.write() writes. */
enum { ARGS_TEXT = 2048 };

/* What was given for the option of this name: NULL for nothing, "" for a flag. */
const char *args_given(const struct args *args, const char *name);

/* Parses the arguments after the command's name, argv[0]. `path` is the full name of the command, "cache build".
 * `values` holds the defaults and receives the given values. Options and operands may be mixed; "--" ends the
 * options; a lone "-" is an operand. If true, the command can run. If false, it returns *code: --help was printed, or
 * a usage error was reported. */
bool args_parse(const struct command *command, const char *path, int argc, char **argv, void *values, struct args *out,
                int *code);

/* Prints the text of --help. */
void args_print_help(const struct command *command, const char *path);

/* The name nearest to a mistyped one, or NULL if none is near. names[] ends with NULL. */
const char *args_suggest(const char *word, const char *const *names);

/* The types, each with the C type of its value. */
struct args_list {
    size_t count; /* 0: not given */
    double value[8];
};
struct args_size {
    int64_t value[3]; /* voxels, each at least 1; all zero: not given */
};
extern const struct args_type args_file;        /* const char *, a path; some commands accept "-" */
extern const struct args_type args_folder;      /* const char * */
extern const struct args_type args_integer;     /* int64_t, within the option's limits */
extern const struct args_type args_numbers;     /* struct args_list, "0.8,0.8,5"; at most 8 */
extern const struct args_type args_shape;       /* struct args_size, "512x512x100" */
extern const struct args_type args_bytes;       /* uint64_t, "500M" */
extern const struct args_type args_box;         /* amos_box */
extern const struct args_type args_orientation; /* const char *, NULL: as stored */
extern const struct args_type args_voxel_type;  /* amos_type: numeric, or AMOS_TYPE_STORED */
extern const struct args_type args_split;       /* amos_split */
extern const struct args_type args_modality;    /* amos_modality */

/* For a command's own types: both write into `why` and return false. args_refuse() writes the given end of a
 * sentence, args_refuse_choice() the choices: "a, b or c was expected". */
bool args_refuse(char *why, size_t bytes, const char *expected);
bool args_refuse_choice(const char *(*choice)(size_t n), char *why, size_t bytes);

#endif
