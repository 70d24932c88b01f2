/* SPDX-License-Identifier: BSD-3-Clause */
/* A small data set tree for the targets that need files; removed when the process ends. */
#ifndef FUZZ_TREE_H
#define FUZZ_TREE_H

#include <stddef.h>
#include <stdint.h>

/* The folder, with imagesTr, labelsTr and imagesTs and a few files in them; created at the first call. */
const char *fuzz_tree(void);

/* The path of a file of the tree. */
void fuzz_tree_path(char *out, size_t bytes, const char *name);

/* Writes a file of the tree, or removes it if it exists. */
void fuzz_tree_write(const char *name, const uint8_t *data, size_t size);
void fuzz_tree_remove(const char *name);

#endif
