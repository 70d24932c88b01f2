/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: everything.
 *
 * What a call gives does not depend on the caller's floating-point rounding mode, and the mode stays as it is. Functions
 * of the caller's, such as progress, are called while numbers are rounded to nearest.
 *
 * An option struct carries its size and is set up by its AMOS_..._INIT macro, in C and in C++:
 *   amos_case_filter filter = AMOS_CASE_FILTER_INIT;
 * NULL in place of options means the same values.
 *
 * A struct that a get_info function returns belongs to the library. It lives as long as its handle, and later versions may
 * add members at its end: read it through the pointer and copy single members, not the whole. */
#ifndef AMOS_AMOS_H
#define AMOS_AMOS_H

#include <amos/array.h>
#include <amos/cache.h>
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
#include <amos/score.h>
#include <amos/status.h>
#include <amos/tiling.h>
#include <amos/type.h>
#include <amos/volume.h>
#include <amos/workers.h>
#include <amos/writer.h>

#endif
