/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: what marks a function as part of the public API. */
#ifndef AMOS_EXPORT_H
#define AMOS_EXPORT_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define AMOS_API __attribute__((visibility("default")))
#define AMOS_MUST_CHECK __attribute__((warn_unused_result))
#else
#define AMOS_API
#define AMOS_MUST_CHECK
#endif

#define AMOS_VERSION_MAJOR 0
#define AMOS_VERSION_MINOR 1
#define AMOS_VERSION_PATCH 0
#define AMOS_VERSION_STRING "0.1.0"

#ifdef __cplusplus
extern "C" {
#endif

/* The version of the library that is linked, "0.1.0" (compare with AMOS_VERSION_STRING, that of the header).
 * Static storage; any thread. */
AMOS_API const char *amos_version(void);

/* What this build can do, one "name value" a line, such as "zlib 1.2.13" or "lz4 off".
 * Static storage; any thread. */
AMOS_API const char *amos_features(void);

#ifdef __cplusplus
}
#endif

#endif
