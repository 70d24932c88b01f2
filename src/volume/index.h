/* SPDX-License-Identifier: BSD-3-Clause */
/* The seek index of a volume, and reading with it. */
#ifndef AMOSI_VOLUME_INDEX_H
#define AMOSI_VOLUME_INDEX_H

#include "volume/volume.h"

/* The index, if the volume has one. The first call looks for it in the folder, and where the options say so builds it;
 * only a cancel or lack of memory are failures. */
amos_status amosi_volume_find_index(const amos_volume *volume, const struct amosi_progress *progress,
                                    const struct amosi_index **out, amos_error *err);

/* It led to wrong data: it is not used again, and the file of it is removed. */
void amosi_volume_refuse_index(const amos_volume *volume);

#endif
