/* SPDX-License-Identifier: BSD-3-Clause */
/* What a refused file really is. */
#ifndef AMOSI_VOLUME_EXPLAIN_H
#define AMOSI_VOLUME_EXPLAIN_H

#include "volume/volume.h"

/* The header of `volume` was refused with `status`, which is returned. If the content of the file, or what its gzip
 * data holds, is recognised (see io/content.h), the message in `err` (not NULL) becomes one that says what it is and
 * what to do. */
amos_status amosi_volume_explain(const amos_volume *volume, amos_status status, amos_error *err);

#endif
