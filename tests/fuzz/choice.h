/* SPDX-License-Identifier: BSD-3-Clause */
/* What the first bytes of an input choose, for the targets that read volumes. */
#ifndef FUZZ_CHOICE_H
#define FUZZ_CHOICE_H

#include <amos/volume.h>

/* How the rest of the input becomes a file, and how that is read. */
struct choice {
    int packed;   /* it is put into whole gzip members */
    int members;  /* how many */
    int how;      /* any byte: the target's own choice */
    int box;
    amos_type type;
    const char *orientation;
    int64_t frame;
    uint32_t flags;
};

/* Takes three bytes off the input. */
struct choice choose(const uint8_t **data, size_t *size);

/* The read that was chosen. */
amos_read_options choice_options(const struct choice *c, const amos_volume_info *info);

/* The file that was chosen; malloc'd. */
uint8_t *choice_file(const struct choice *c, const uint8_t *data, size_t size, size_t *file_size);

/* Low enough that a bomb does not slow the fuzzer down. */
amos_limits choice_limits(void);

#endif
