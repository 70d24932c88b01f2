/* SPDX-License-Identifier: BSD-3-Clause */
/* The number in a case's name, and the modality that follows from it. */
#ifndef AMOSI_CASE_ID_H
#define AMOSI_CASE_ID_H

#include <stdint.h>

#include <amos/dataset.h>

/* The number of a name of the form that AMOS uses for cases: 18 for "amos_0018", "AMOS_18", "amos_0018_0000" and
 * "amos_0018_pred.nii.gz"; -1 for every other name. */
int64_t amosi_amos_number(const char *name);

/* The number of a case in any data set, AMOS or not: amosi_amos_number(), else the number at the end of the id;
 * -1 if there is none or it is too large. */
int64_t amosi_case_number(const char *id);

/* CT for numbers below 500 and for no number (-1); MRI from 500 on. */
amos_modality amosi_modality_of_number(int64_t number);

/* The modality of a file outside of a data set: AMOS_MODALITY_ANY unless its name has the form of AMOS cases. */
amos_modality amosi_modality_of_name(const char *name);

#endif
