/* SPDX-License-Identifier: BSD-3-Clause */
/* What all threads of a loader count. */
#ifndef AMOSI_LOADER_COUNTERS_H
#define AMOSI_LOADER_COUNTERS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Counters of a loader that any thread may raise, and what must make everybody stop. */
struct amosi_loader_shared {
    atomic_bool stop;
    _Atomic uint64_t decode_ns, idle_ns, copy_ns, hits, misses, samples;
    _Atomic uint64_t memory, memory_peak;
};

/* Notes that bytes came into use, or went (a negative number). */
void amosi_loader_count_memory(struct amosi_loader_shared *shared, int64_t bytes);

#endif
