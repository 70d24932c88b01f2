/* SPDX-License-Identifier: BSD-3-Clause */
/* What is in a folder and those below it. */
#ifndef TESTS_FOLDER_H
#define TESTS_FOLDER_H

#include <stdint.h>

/* A digest of the names and bytes of all files; 0 for an empty or missing folder. */
uint64_t folder_digest(const char *path);

#endif
