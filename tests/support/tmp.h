/* SPDX-License-Identifier: BSD-3-Clause */
/* One directory for the files of a test program. It is created before the tests fork and removed after them. */
#ifndef TESTS_TMP_H
#define TESTS_TMP_H

#include <stddef.h>

#include "support/bytes.h"

void tmp_begin(void); /* by run_suite() */
void tmp_end(void);   /* by run_suite() */

const char *tmp_dir(void);

/* The path of `name` in the directory; from malloc(). */
char *tmp_path(const char *name);

/* Writes a file of that name and returns its path; from malloc(). Directories in the name are created. */
char *tmp_write(const char *name, const void *data, size_t size);
char *tmp_write_bytes(const char *name, const struct bytes *b);

/* The content of a file; ends the test if it cannot be read. */
struct bytes read_file(const char *path);

#endif
