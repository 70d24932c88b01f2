/* SPDX-License-Identifier: BSD-3-Clause */
/* Counters that all threads of a loader share. */
#ifndef AMOSI_LOADER_COUNTERS_H
#define AMOSI_LOADER_COUNTERS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Counters of a loader that any thread may increase, and the flag that stops all threads. */
struct amosi_loader_shared {
    atomic_bool stop; /* true: running work ends with AMOS_E_CANCEL */
    _Atomic uint64_t decode_ns, idle_ns, copy_ns, hits, misses, samples; /* as in amos_loader_stats */
    _Atomic uint64_t not_finite, retries;                                /* the same */
    _Atomic uint64_t memory, memory_peak;                                /* bytes */
    _Atomic uint64_t accepted;                                           /* as in amos_loader_stats */
    atomic_bool *logged; /* for each case: it is among `accepted`; owned by the loader */
};

/* Adds `bytes` to the memory in use and updates the peak. A negative number releases memory. Any thread. */
void amosi_loader_count_memory(struct amosi_loader_shared *shared, int64_t bytes);

#endif
