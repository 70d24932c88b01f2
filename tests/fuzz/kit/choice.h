/* SPDX-License-Identifier: BSD-3-Clause */
/* The choices made by the first bytes of an input, for the targets that read volumes. */
#ifndef FUZZ_CHOICE_H
#define FUZZ_CHOICE_H

#include <amos/volume.h>

/* How the rest of the input becomes a file, and how the file is read. */
struct choice {
    int packed;  /* it is packed into whole gzip members */
    int members; /* number of members */
    int how;     /* any byte: the target's own choice */
    int box;
    amos_type type;
    const char *orientation;
    int64_t frame;
    uint32_t flags;
};

/* Consumes three bytes of the input. */
struct choice choose(const uint8_t **data, size_t *size);

/* The chosen read. */
amos_read_options choice_options(const struct choice *c, const amos_volume_info *info);

/* The chosen file; malloc'd. */
uint8_t *choice_file(const struct choice *c, const uint8_t *data, size_t size, size_t *file_size);

/* Limits low enough that a bomb does not slow the fuzzer down. */
amos_limits choice_limits(void);

#endif
