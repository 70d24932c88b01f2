/* SPDX-License-Identifier: BSD-3-Clause */
/* A part of the cases of a command. The command makes the list of all its cases as ever, and tells it here; then it does
 * those that the shard holds, and says what was found about each. From all parts amos merge makes the whole by running the
 * command again: it lists its cases as ever, and takes what was found from the parts.
 *
 *   struct shard shard;
 *   int code = shard_begin(&shard, args, &given->shard, not_of_a_shard);
 *   for (i = 0; i < count; i++)
 *       shard_add(&shard, id[i], files[i], 2);
 *   if (code == CLI_OK && shard_start(&shard, &code)) {
 *       for (i = 0; i < count; i++)
 *           if (shard_holds(&shard, i) && !shard_take(&shard, i, facts, &found[i]))
 *               find_out(i, &found[i]), shard_put(&shard, facts_of(&found[i]));
 *       if (!shard_is_part(&shard))
 *           report(found);
 *       code = shard_end(&shard, code);
 *   }
 *   shard_free(&shard);
 *
 * Without --shard all of this does nothing, and the shard holds all cases. */
#ifndef CLI_SHARD_SHARD_H
#define CLI_SHARD_SHARD_H

#include <amos/amos.h>

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/math/digest.h"
#include "kit/args.h"
#include "kit/report.h"
#include "shard/given.h"

struct shard {
    const struct args *args;
    const struct shard_choice *choice;
    struct shard_number number; /* 1 of 1 for the whole */
    const char **names;         /* of all cases, in order; not owned */
    size_t count, room;
    struct amosi_digest digest; /* of the data set */
    char digest_text[65];
    char *path;           /* of the part that is written; NULL: none */
    struct report report; /* of it */
    size_t put;           /* how many cases it has */
    bool writing, no_memory, receipts;
    bool makes_files; /* the shards write files, and so does amos merge: --force is no rule. Set before shard_start() */
};

/* Asks the engine. `not_of_a_shard` are the names of the options that only the whole has, such as "csv"; it ends with NULL. Returns
 * CLI_OK, or CLI_USAGE or CLI_FAILED with a report. Release with shard_free() in either case. */
int shard_begin(struct shard *shard, const struct args *args, const struct shard_choice *choice,
                const char *const *not_of_a_shard);

/* The next case of the list, and the files that it is made of; NULL among them is a file that it lacks. `name` must stay. */
void shard_add(struct shard *shard, const char *name, const char *const *files, size_t count);

/* After the last case. True if the work can begin. False if it must not: *code is then CLI_OK if the part is already there and
 * whole (--resume), or CLI_FAILED with a report, such as if the parts that are merged are of another data set. */
bool shard_start(struct shard *shard, int *code);

/* Whether the case of this number in the list is done by this run. */
bool shard_holds(const struct shard *shard, size_t index);

/* Keeps those that it holds of an array with an item for each case; returns their number. */
size_t shard_keep(const struct shard *shard, void *items, size_t bytes);

/* Whether this run does a part: it makes no report of its own. */
bool shard_is_part(const struct shard *shard);

/* Whether this run makes the whole from parts: nothing is read. */
bool shard_is_merge(const struct shard *shard);

/* What the parts say of a case, if they are merged; NULL if they are not, or (AMOS_E_JSON_SCHEMA in *err) if they say nothing
 * that can be read. Release it with cJSON_Delete(). Any thread. */
cJSON *shard_take(const struct shard *shard, size_t index, amos_error *err);

/* The failure of a command that cannot read what shard_take() gave. */
amos_status shard_refuse_facts(const struct shard *shard, size_t index, amos_error *err);

/* What was found about the next case that the shard holds; releases it. Does nothing if no part is written. False after a
 * failure, which is reported. */
bool shard_put(struct shard *shard, cJSON *facts);

/* The same for a command whose work is its files: whether the case is good. amos merge counts them, and does not run the command. */
bool shard_put_receipt(struct shard *shard, amos_status status, const amos_error *err);

/* Ends the part, if it has all its cases, and says where it is. Returns `code`, or CLI_FAILED with a report. */
int shard_end(struct shard *shard, int code);

void shard_free(struct shard *shard);

/* "shard": {"index", "count", "cases", "total", "rules", "version", "data_set"}: which cases of which data set a result is of, and by
 * which options. */
void shard_json_put(cJSON *object, const struct shard *shard);

#endif
