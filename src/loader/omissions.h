/* SPDX-License-Identifier: BSD-3-Clause */
/* The cases that were chosen but cannot be used. */
#ifndef AMOSI_LOADER_OMISSIONS_H
#define AMOSI_LOADER_OMISSIONS_H

#include "loader/cases.h"

/* Adds a case to the list and logs it. `why` is the error of a damaged case, else NULL. AMOS_E_NOMEM. */
amos_status amosi_omission_note(struct amosi_loader_cases *cases, const amos_case_info *c, amos_omission reason,
                                const amos_error *why, const struct amosi_log *log, amos_error *err);

/* Brings the list into the order of the data set. */
void amosi_omissions_sort(struct amosi_loader_cases *cases);

/* Tells `log` how many there are. */
void amosi_omissions_log(const struct amosi_loader_cases *cases, const struct amosi_log *log);

/* Frees the list. */
void amosi_omissions_free(struct amosi_loader_cases *cases);

#endif
