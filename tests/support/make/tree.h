/* SPDX-License-Identifier: BSD-3-Clause */
/* Small data set trees below the temporary directory. Their volumes are garbage, which must not affect opening a
 * data set. */
#ifndef TESTS_TREE_H
#define TESTS_TREE_H

#include <amos/dataset.h>

/* Begins an empty tree; every test uses another name. The functions below work on the last begun tree. */
void tree_begin(const char *name);

const char *tree_root(void);

/* The path of a file in the tree; static storage, valid until the fourth next call. */
const char *tree_path(const char *name);

/* Writes a file; its folders are created. */
void tree_put(const char *name, const char *text);

/* Writes volumes, a list of names that ends with NULL. */
void tree_volumes(const char *first, ...) __attribute__((sentinel));

/* Writes a text as dataset.json; a ' in it becomes a ". */
void tree_json(const char *text);

/* Wraps lists such as "'training': [...]" into an object with the label table of AMOS and writes it. */
void tree_lists(const char *lists);

/* Opens the tree; a failure ends the test. */
amos_dataset *tree_open(void);
amos_dataset *tree_open_with(const amos_dataset_options *options);

/* Opens the tree, which must fail with this status and a sentence that contains `words`. Fills the error. */
void tree_refuse(const amos_dataset_options *options, amos_status status, const char *words, amos_error *err);

/* The findings of validation, one per line: "E_OPEN path-in-tree case-id\n" or "W_LEAK ..."; from malloc(). Asserts
 * that each message is a sentence that begins with the path. */
char *tree_findings(const amos_dataset *dataset);

#endif
