/* SPDX-License-Identifier: BSD-3-Clause */
/* An output file that exists whole or not at all: it is written under a temporary name in the same folder, then
 * renamed.
 *
 *   struct outfile *out = outfile_open("picture.png");
 *   bool good = out && outfile_write(out, bytes, count);
 *   good = outfile_finish(out, good);
 *
 * Each function reports its failures on stderr. If a signal ends the process, the temporary file is removed. "-" is
 * stdout; a device or pipe is written directly. Several files may be open at once. */
#ifndef CLI_KIT_OUTFILE_H
#define CLI_KIT_OUTFILE_H

#include <stdbool.h>
#include <stddef.h>

struct outfile;

/* NULL after a failure. */
struct outfile *outfile_open(const char *path);

/* Writes all bytes. */
bool outfile_write(struct outfile *out, const void *data, size_t bytes);

/* For a writer of its own. */
int outfile_descriptor(const struct outfile *out);

/* Renames the file to its final name if `keep`, otherwise removes it; releases `out`. NULL is allowed and gives
 * false. True only if the whole file is on disk under its name. */
bool outfile_finish(struct outfile *out, bool keep);

#endif
