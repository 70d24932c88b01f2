/* SPDX-License-Identifier: BSD-3-Clause */
/* Verdicts as CSV. */
#ifndef AMOSI_DATASET_VERDICTS_CSV_H
#define AMOSI_DATASET_VERDICTS_CSV_H

#include "dataset/verdicts/entries.h"

/* Appends the entries of a text, whose first line names the columns. The text is changed; it must have a NUL after its last
 * byte. AMOS_OK, AMOS_E_ARG or AMOS_E_NOMEM. */
amos_status amosi_verdicts_read_csv(amos_verdicts *verdicts, char *text, size_t length, amos_error *err);

#endif
