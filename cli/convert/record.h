/* SPDX-License-Identifier: BSD-3-Clause */
/* amos convert: what a folder of outputs remembers of how they were made, so that a run can be continued.
 *
 * The file FOLDER/.amos-convert has a line for each output that was begun, and one for each that was finished: a key,
 * which stands for the options and the content of the input, and the size and the last bytes of the output. An output is
 * skipped if its last line is of the same key, and size and last bytes agree. */
#ifndef CLI_CONVERT_RECORD_H
#define CLI_CONVERT_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct record;

/* Reads the lines of a folder, which must exist; the file is created when the first line is added. NULL if memory ran
 * out or the file cannot be read, which is reported. */
struct record *record_open(const char *folder);
void record_close(struct record *record);

/* What is known of an output. `name` is relative to the folder. */
enum record_state {
    RECORD_FOREIGN, /* it was not made here, or with another key */
    RECORD_BEGUN,   /* a run with this key began it, and may replace it */
    RECORD_WHOLE    /* made with this key, and as it was left */
};
enum record_state record_find(const struct record *record, const char *name, const char *path, uint64_t key);

/* Add a line. False after a failure, with errno. Any thread. */
bool record_begin(const struct record *record, const char *name, uint64_t key);
bool record_finish(const struct record *record, const char *name, const char *path, uint64_t key);

/* A key is a hash. record_hash() adds bytes to `seed`, which is RECORD_SEED or an earlier hash. record_hash_file() adds what
 * identifies an input: the size, the first 4096 bytes and the last 8 of the file. For a file in an archive these are the
 * archive's, and its path in it is added. */
#define RECORD_SEED 14695981039346656037u
uint64_t record_hash(uint64_t seed, const void *data, size_t bytes);
bool record_hash_file(uint64_t *key, const char *path); /* false after a failure, with errno */

#endif
