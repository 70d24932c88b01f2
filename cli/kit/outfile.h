/* SPDX-License-Identifier: BSD-3-Clause */
/* An output file that is there whole or not at all: written under a temporary name in the same folder, then renamed.
 *
 *   struct outfile *out = outfile_open("picture.png");
 *   bool good = out && outfile_write(out, bytes, count);
 *   good = outfile_finish(out, good);
 *
 * Every failure is reported on stderr by the function that meets it. When a signal ends the process the temporary file
 * is removed. "-" is stdout; a device or pipe is written directly. Several files may be open at once. */
#ifndef CLI_KIT_OUTFILE_H
#define CLI_KIT_OUTFILE_H

#include <stdbool.h>
#include <stddef.h>

struct outfile;

/* NULL after a failure. */
struct outfile *outfile_open(const char *path);

/* Writes all of it. */
bool outfile_write(struct outfile *out, const void *data, size_t bytes);

/* With `keep` gives the file its name, otherwise removes it; releases `out` (NULL is fine, and false).
 * True only when the whole file is on the disk under its name. */
bool outfile_finish(struct outfile *out, bool keep);

#endif
