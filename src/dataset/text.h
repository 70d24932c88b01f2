/* SPDX-License-Identifier: BSD-3-Clause */
/* A whole text file in memory: dataset.json, the metadata CSV. */
#ifndef AMOSI_DATASET_TEXT_H
#define AMOSI_DATASET_TEXT_H

#include <amos/error.h>

/* Reads a regular file of at most `max_bytes` bytes. *data belongs to the caller (amosi_free) and has a NUL after its
 * last byte. AMOS_OK, AMOS_E_OPEN, _NOTREG, _LIMIT, _NOMEM, _IO or _CHANGED. */
amos_status amosi_text_read(const char *path, uint64_t max_bytes, char **data, size_t *length, amos_error *err);

#endif
