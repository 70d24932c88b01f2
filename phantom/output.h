/* SPDX-License-Identifier: BSD-3-Clause */
/* The files that a phantom writes, through the caller's functions if given. */
#ifndef PHANTOM_OUTPUT_H
#define PHANTOM_OUTPUT_H

#include "phantom/phantom.h"

/* A volume that is being written. */
struct phantom_output {
    amos_writer *writer;
    int note; /* of phantom_files.open_volume */
};
#define PHANTOM_OUTPUT_INIT \
    { \
        NULL, -1 \
    }

/* Returns the statuses of amos_writer_open(). `files` may be NULL. Release out->writer with amos_writer_free(). */
amos_status phantom_output_open(struct phantom_output *out, const struct phantom_files *files, const char *path,
                                const amos_layout *layout, const amos_write_options *options, amos_error *err);

/* Writes a text file; a failure fills err. */
amos_status phantom_output_text(const struct phantom_files *files, const char *path, const char *text, size_t bytes,
                                amos_error *err);

#endif
