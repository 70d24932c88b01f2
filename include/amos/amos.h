/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: includes all headers of the C interface.
 *
 * Results do not depend on the caller's floating-point rounding mode, and calls do not change the mode. The library
 * calls the caller's functions, such as progress, with rounding to nearest.
 *
 * An option struct contains its size. Initialize it with its AMOS_..._INIT macro, in C and in C++:
 *   amos_case_filter filter = AMOS_CASE_FILTER_INIT;
 * A NULL pointer to options means the same values.
 *
 * The library owns a struct that a get_info function returns. The struct is valid as long as its handle. Later versions
 * may add members at its end: read it through the pointer, and copy single members instead of the whole struct. */
#ifndef AMOS_AMOS_H
#define AMOS_AMOS_H

#include <amos/accept.h>
#include <amos/archive.h>
#include <amos/array.h>
#include <amos/cache.h>
#include <amos/components.h>
#include <amos/context.h>
#include <amos/dataset.h>
#include <amos/enum.h>
#include <amos/error.h>
#include <amos/export.h>
#include <amos/geometry.h>
#include <amos/labelmap.h>
#include <amos/loader.h>
#include <amos/organ.h>
#include <amos/pair.h>
#include <amos/pool.h>
#include <amos/quality.h>
#include <amos/resample.h>
#include <amos/score.h>
#include <amos/status.h>
#include <amos/stitcher.h>
#include <amos/tiling.h>
#include <amos/type.h>
#include <amos/url.h>
#include <amos/verdicts.h>
#include <amos/volume.h>
#include <amos/workers.h>
#include <amos/writer.h>

#endif
