/* SPDX-License-Identifier: BSD-3-Clause */
/* The text of a file of verdicts: JSON, JSON lines or CSV. */
#ifndef AMOSI_DATASET_VERDICTS_READ_H
#define AMOSI_DATASET_VERDICTS_READ_H

#include <amos/context.h>

#include "dataset/verdicts/entries.h"

/* Appends the entries of a text to verdicts->entries; verdicts->info.path is its name. The text is changed; it must have a
 * NUL after its last byte. AMOS_OK, AMOS_E_ARG (CSV), _JSON_SYNTAX, _JSON_SCHEMA, _LIMIT or _NOMEM. */
amos_status amosi_verdicts_read(amos_verdicts *verdicts, const amos_limits *limits, char *text, size_t length,
                                amos_error *err);

#endif
