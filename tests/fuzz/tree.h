/* A small data set tree for the targets that need one; it goes away when the process ends. */
#ifndef FUZZ_TREE_H
#define FUZZ_TREE_H

#include <stddef.h>
#include <stdint.h>

/* The folder, with imagesTr, labelsTr and imagesTs and a few files in them; made at the first call. */
const char *fuzz_tree(void);

/* Writes a file of the tree. */
void fuzz_tree_write(const char *name, const uint8_t *data, size_t size);

#endif
