/* SPDX-License-Identifier: BSD-3-Clause */
/* amos cache: what a cached case lost or has that a training should know of. */
#ifndef CLI_CACHE_NOTES_H
#define CLI_CACHE_NOTES_H

#include <amos/amos.h>

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

/* Cases with each kind of note. */
struct cache_notes {
    size_t unlabelled; /* its label file is missing */
    size_t lost, collapsed, not_finite;
};

/* Counts the notes of a case; with `said`, prints a sentence for each on stderr. `info` is that of its entry. */
void cache_notes_take(struct cache_notes *notes, const amos_dataset *dataset, const amos_case *c,
                      const amos_cache_entry_info *info, bool said);

/* Prints a line for each kind that was counted. */
void cache_notes_print(const struct cache_notes *notes);

/* Adds "lost_labels", "collapsed_axes" and "not_finite". */
void cache_notes_json(cJSON *object, const amos_cache_entry_info *info);

#endif
