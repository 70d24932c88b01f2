/* SPDX-License-Identifier: BSD-3-Clause */
/* The patients of a phantom data set: sexes, ages, builds and organs as different as those of people in a hospital. */
#ifndef PHANTOM_PATIENT_H
#define PHANTOM_PATIENT_H

#include "phantom/body/scan.h"

/* Plans the patient of the case with an index. It depends on nothing else. */
void phantom_plan_patient(uint64_t seed, int index, amos_modality modality, struct phantom_patient *out);

#endif
