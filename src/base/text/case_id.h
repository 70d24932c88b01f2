/* SPDX-License-Identifier: BSD-3-Clause */
/* What a case's name says: its number in AMOS, and with it the modality. */
#ifndef AMOSI_CASE_ID_H
#define AMOSI_CASE_ID_H

#include <stdint.h>

#include <amos/dataset.h>

/* The number of a name such as AMOS gives its cases: 18 for "amos_0018", "AMOS_18", "amos_0018_0000" and
 * "amos_0018_pred.nii.gz"; -1 for every other name. */
int64_t amosi_amos_number(const char *name);

/* The number of a case in a data set, which need not be AMOS: amosi_amos_number(), else the number at the end of the id;
 * -1 if there is none or it is too large. */
int64_t amosi_case_number(const char *id);

/* CT below 500 and without a number (-1), MRI from there. */
amos_modality amosi_modality_of_number(int64_t number);

/* The modality of a file outside of a data set: AMOS_MODALITY_ANY unless it is named as AMOS names its cases. */
amos_modality amosi_modality_of_name(const char *name);

#endif
