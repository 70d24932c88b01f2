/* SPDX-License-Identifier: BSD-3-Clause */
/* A part: the file with the results of one shard. Each of its lines is a JSON value: the first says which shard this is,
 * the last that it is whole, and each between is what was found about one case of the shard, in order.
 *
 *   {"format": "amos part 1", "shard": {...}, "receipts": false}
 *   {...}
 *   {"end": 1}
 * */
#ifndef CLI_SHARD_PART_H
#define CLI_SHARD_PART_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#define PART_FORMAT "amos part 1"

struct part {
    char *path;
    char *text;                               /* of the whole file */
    const char **lines;                       /* of the cases; each ends before a newline */
    size_t count;                             /* of them */
    cJSON *shard;                             /* the member of this name of the first line */
    size_t index, of, total;                  /* which shard, of how many; cases of the whole */
    bool receipts;                            /* its command wrote files: amos merge counts, and runs nothing */
    const char *command, *version, *data_set; /* point into `shard` */
    char *rules;                              /* as text, to be compared */
};

/* The parts of one run, by index: all of them are there. */
struct shard_parts {
    struct part *items;
    size_t count;
    bool done; /* the command that made the whole of them came to its end */
};

/* Whether a name is that of a part, and of which one. */
bool part_name_read(const char *name, size_t *index, size_t *count);

/* Reads a part. False if there is none, or if it is not whole; a sentence about that, from malloc(), is then in *why (NULL
 * if memory ran out). Release with part_free() in either case. */
bool part_read(const char *path, struct part *out, char **why);

/* The same from text of `bytes` bytes before a NUL, which the part takes over; it is from malloc(). */
bool part_take(const char *path, char *text, size_t bytes, struct part *out, char **why);

void part_free(struct part *part);

/* What a part has of the k-th of its cases; NULL if memory ran out or the line is no JSON. Release it with cJSON_Delete(). */
cJSON *part_case(const struct part *part, size_t k);

/* The name of the case behind *at, which is NULL at first and is moved. */
const char *part_next_name(const struct part *part, const cJSON **at);

/* How many of the cases a shard holds. */
size_t part_held(size_t total, size_t index, size_t count);

#endif
