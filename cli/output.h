/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether a name is right for an output: it must not promise another format, and the file must not be an input of the
 * same run. Both are checked before the work begins. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdbool.h>

/* What is written; a set of bits. */
enum output_kind {
    OUTPUT_RAW = 1,
    OUTPUT_PNG = 2,
    OUTPUT_TABLE = 4,
    OUTPUT_JSON = 8,
    OUTPUT_CSV = 16,
    OUTPUT_ZIP = 32
};

/* False if the suffix of a path is that of another format, which is reported as a usage error: "view: x.jpg ...".
 * "-" fits. */
bool output_name_fits(const char *command, const char *path, enum output_kind kind);

/* False if both are one file, by whatever names or links, which is reported as a usage error. `input` may be NULL. */
bool output_spares(const char *command, const char *output, const char *input);

#endif
