/* SPDX-License-Identifier: BSD-3-Clause */
/* A thread of a loader that copies the entries of the cases that it will draw next from the upstream of its cache. */
#ifndef AMOSI_LOADER_AHEAD_H
#define AMOSI_LOADER_AHEAD_H

#include "loader/core.h"

/* Starts it, if the cache has an upstream and the loader has threads. Without it entries are copied when they are
 * needed. Call it with all signals blocked. */
void amosi_loader_ahead_start(amos_loader *loader);

/* Joins it, after loader->quit and shared.stop were set. */
void amosi_loader_ahead_end(amos_loader *loader);

#endif
