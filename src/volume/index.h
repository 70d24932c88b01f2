/* SPDX-License-Identifier: BSD-3-Clause */
/* The seek index of a volume, and reading with it. */
#ifndef AMOSI_VOLUME_INDEX_H
#define AMOSI_VOLUME_INDEX_H

#include "volume/volume.h"

/* The index, if the volume has one. The first call looks for it in the folder, and builds it if the options ask for
 * that. Only cancellation and lack of memory are failures. */
amos_status amosi_volume_find_index(const amos_volume *volume, const struct amosi_progress *progress,
                                    const struct amosi_index **out, amos_error *err);

/* Call this if the index gave wrong data: it is not used again, and its file is removed. */
void amosi_volume_refuse_index(const amos_volume *volume);

#endif
