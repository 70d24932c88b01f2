/* SPDX-License-Identifier: BSD-3-Clause */
/* Measuring what is in memory. */
#ifndef AMOSI_QUALITY_MEASURE_H
#define AMOSI_QUALITY_MEASURE_H

#include "quality/quality.h"

/* Checks the caller's options. AMOS_OK or AMOS_E_ARG. */
amos_status amosi_quality_options(amos_quality_options *to, const amos_quality_options *from, amos_error *err);

/* Fills facts that were begun. map or image may be NULL; the layout is that of either. AMOS_OK, AMOS_E_LIMIT or
 * AMOS_E_NOMEM. */
amos_status amosi_quality_measure(amos_quality *quality, const amos_labelmap *map, const float *image,
                                  const amos_layout *layout, const amos_quality_options *options, amos_error *err);

#endif
