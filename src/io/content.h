/* SPDX-License-Identifier: BSD-3-Clause */
/* What a file really is, whatever its name says: recognised by its first bytes, so that a message can say it and name
 * the way on. Only files that were refused are looked at. */
#ifndef AMOSI_IO_CONTENT_H
#define AMOSI_IO_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that recognition wants to see: a tar archive says what it is at byte 257. */
#define AMOSI_CONTENT_BYTES ((size_t)512)

/* Both complete a sentence: "this is <what>, not a NIfTI volume; <way>." */
struct amosi_content {
    const char *what; /* "a Git LFS pointer" */
    const char *way;  /* "run \"git lfs pull\" ..." */
    bool plain;       /* empty, text or JSON: where a text is expected, it may be one that is damaged */
};

/* `start` are the first bytes of a file, at most AMOSI_CONTENT_BYTES are looked at; none is an empty file. NULL if they
 * are those of a NIfTI file, or of nothing that is known here. */
const struct amosi_content *amosi_content_of(const unsigned char *start, size_t bytes);

#endif
