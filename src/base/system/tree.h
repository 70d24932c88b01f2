/* SPDX-License-Identifier: BSD-3-Clause */
/* Removing folders with what is in them. */
#ifndef AMOSI_TREE_H
#define AMOSI_TREE_H

#include <stdbool.h>

/* Removes a file, or a folder with all that is in it. Links are removed, not followed. What is not there counts as removed.
 * Allocates nothing, so that it works where memory has run out. False, with errno, if something stays. */
bool amosi_tree_remove(const char *path);

#endif
