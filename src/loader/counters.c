/* SPDX-License-Identifier: BSD-3-Clause */
#include "loader/counters.h"

void amosi_loader_count_memory(struct amosi_loader_shared *shared, int64_t bytes)
{
    uint64_t now = atomic_fetch_add(&shared->memory, (uint64_t)bytes) + (uint64_t)bytes;
    uint64_t peak = atomic_load(&shared->memory_peak);
    while (now > peak && !atomic_compare_exchange_weak(&shared->memory_peak, &peak, now)) {
    }
}
