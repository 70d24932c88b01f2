/* SPDX-License-Identifier: BSD-3-Clause */
/* Verifies what other programs look for in an entry, which reading it does not need. */
#ifndef AMOSI_CACHE_OME_VERIFY_H
#define AMOSI_CACHE_OME_VERIFY_H

#include "cache/entry.h"

/* AMOS_E_INDEX if it is not what libamos writes for such an entry. */
amos_status amosi_ome_verify(const amos_cache_entry *entry, amos_error *err);

#endif
