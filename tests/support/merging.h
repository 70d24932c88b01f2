/* SPDX-License-Identifier: BSD-3-Clause */
/* For tests of `amos merge`: a data set with faults, and the parts that the shards of a command leave of it. */
#ifndef TESTS_MERGING_H
#define TESTS_MERGING_H

#include <check.h>
#include <sys/types.h>

#include "support/command.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* 18 cases, of which a label is cut off and another has a value that is none; predictions, of which one is damaged;
 * and the folder of the parts, which is not there at first. */
extern struct merging {
    char *set, *predictions, *labels, *parts;
} merging;

/* Makes them for each test of the case, and returns it. */
TCase *merging_case(TCase *tests);

/* Runs a command, in which %R is the set, %P are the predictions and %L the labels; `more` follows it. */
struct outcome run_words(const char *words, const char *more);

/* Runs one shard of such a command, and all of them after removing the parts that are there. */
void run_shard(const char *words, int index, int count, const char *more);
void run_shards(const char *words, int count);

/* "PARTS/2-of-3.jsonl", "FOLDER/NAME"; from malloc(). */
char *part_path(int index, int count);
char *join(const char *folder, const char *name);

/* Replaces a text in a part, which must have it. */
void change_part(const char *path, const char *from, const char *to);
void write_text(const char *path, const char *text, size_t bytes);
void remove_tree(const char *path);
ino_t inode_of(const char *path);

/* Merges with an output, which must not appear. */
void assert_refused(const char *expected);

void assert_has(const char *text, const char *part);
void assert_text_is_file(const char *text, const char *path);

/* That two folders hold the same, but for hidden files. */
void assert_same_trees(const char *a, const char *b);

#endif
