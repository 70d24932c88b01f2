/* SPDX-License-Identifier: BSD-3-Clause */
/* A prediction for a phantom case with typical errors, for demonstrations, tests and benchmarks of scores. */
#ifndef PHANTOM_PREDICTION_H
#define PHANTOM_PREDICTION_H

#include "phantom/case.h"

/* Fills `prediction` with the label, its borders displaced by a smooth field: by little for organs that are easy to see,
 * by up to 14 mm for the others. Every third prediction is coarse, and loses what is fine. Each has three mistakes of the
 * kinds in mistake.h. Both arrays have the size of the case. */
void phantom_predict(const struct phantom_case *c, const uint8_t *label, uint8_t *prediction);

/* Reads the label file of a case and writes its prediction, with the same geometry, to to->label_path. A failure fills
 * err. */
amos_status phantom_write_prediction(const struct phantom_case *c, const char *label_path,
                                     const struct phantom_targets *to, amos_error *err);

#endif
