/* SPDX-License-Identifier: BSD-3-Clause */
/* Batches with memory of their own, for a consumer that holds more than the loader has slots for. */
#ifndef AMOSI_LOADER_BATCH_H
#define AMOSI_LOADER_BATCH_H

#include "loader/core.h"

/* A copy of a complete batch, as large as its tensors; NULL if memory runs out. amosi_batch_discard() releases it. */
struct amos_batch *amosi_batch_copy(const struct amos_batch *batch);

/* Releases a copy. */
void amosi_batch_discard(struct amos_batch *copy);

#endif
