/* The words of a command line: one table per command says which options there are; the same table prints --help.
 *
 *   struct args_integer threads = {0, 0, 1024};
 *   bool json = false;
 *   const struct args_option options[] = {
 *       {'j', "threads", "N", "use N threads (default: one per processor)", args_take_integer, &threads},
 *       {0, "json", NULL, "print JSON", NULL, &json},
 *       {0, NULL, NULL, NULL, NULL, NULL}};
 *   const struct args_command command = {
 *       .name = "stats", .usage = "DIR|CASE|LABEL", .summary = "Show how large the organs are.",
 *       .examples = stats_examples, .options = options, .min_operands = 1, .max_operands = -1};
 *   struct args args;
 *   int code;
 *   if (!args_parse(&command, argc, argv, &args, &code))
 *       return code;
 */
#ifndef CLI_ARGS_H
#define CLI_ARGS_H

#include <amos/amos.h>

#include <stdbool.h>
#include <stddef.h>

/* Reads the value of an option. On failure it writes into `why` what was expected, as the end of a sentence:
 * "expected an integer from 1 to 64". Commands may have takers of their own. */
typedef bool (*args_take_fn)(const char *text, void *value, char *why, size_t bytes);

struct args_option {
    char letter;       /* short form, 0: none */
    const char *name;  /* long form without "--"; NULL ends the table */
    const char *meta;  /* what the value is called in --help: "N"; NULL for a flag */
    const char *help;  /* a few words; '\n' breaks the line */
    args_take_fn take; /* NULL: a flag, `value` is a bool that becomes true */
    void *value;
};

struct args_command {
    const char *name;            /* "list" */
    const char *usage;           /* the operands: "DIR" */
    const char *summary;         /* one sentence; '\n' breaks the line */
    const char *details;         /* NULL, or more for --help, wrapped as well */
    const char *const *examples; /* whole command lines, ended by NULL */
    const struct args_option *options;
    int min_operands, max_operands; /* -1: any number */
};

struct args {
    char **operands; /* the words that are no options, in order; in argv */
    int count;
};

/* Parses all words. Options and operands may be mixed; "--" ends the options; a lone "-" is an operand.
 * True: go on. False: return *code (after --help, or after a usage error that was reported). */
bool args_parse(const struct args_command *command, int argc, char **argv, struct args *out, int *code);

/* The name nearest to a mistyped word, or NULL where none is near. names[] ends with NULL. */
const char *args_suggest(const char *word, const char *const *names);

/* A whole number within min..max; `value` starts as the default. */
struct args_integer {
    int64_t value;
    int64_t min, max;
};

/* Numbers separated by commas, "0.8,0.8,5": at least min_count, at most max_count (<= 8). count 0: not given. */
struct args_numbers {
    size_t count;
    size_t min_count, max_count;
    double value[8];
};

/* A size in voxels, "512x512x100". All zero: not given. */
struct args_size {
    int64_t value[3];
};

/* Says what is accepted, by the message of the library's parser that refused a name; false. */
bool args_refuse_name(const amos_error *err, char *why, size_t bytes);

/* Takers, and what their `value` points to. */
bool args_take_text(const char *text, void *value, char *why, size_t bytes);        /* const char * */
bool args_take_integer(const char *text, void *value, char *why, size_t bytes);     /* struct args_integer */
bool args_take_numbers(const char *text, void *value, char *why, size_t bytes);     /* struct args_numbers */
bool args_take_size(const char *text, void *value, char *why, size_t bytes);        /* struct args_size */
bool args_take_bytes(const char *text, void *value, char *why, size_t bytes);       /* uint64_t */
bool args_take_box(const char *text, void *value, char *why, size_t bytes);         /* amos_box */
bool args_take_orientation(const char *text, void *value, char *why, size_t bytes); /* const char *: NULL as stored */
bool args_take_split(const char *text, void *value, char *why, size_t bytes);       /* amos_split */
bool args_take_modality(const char *text, void *value, char *why, size_t bytes);    /* amos_modality */

#endif
