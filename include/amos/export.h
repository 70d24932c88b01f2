/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: attributes of public functions, the version, and the features of the build. */
#ifndef AMOS_EXPORT_H
#define AMOS_EXPORT_H

#include <stddef.h>
#include <stdint.h>

/* AMOS_API marks a public function. AMOS_MUST_CHECK warns if the caller ignores the result. */
#if defined(__GNUC__)
#define AMOS_API __attribute__((visibility("default")))
#define AMOS_MUST_CHECK __attribute__((warn_unused_result))
#else
#define AMOS_API
#define AMOS_MUST_CHECK
#endif

/* The version of this header. */
#define AMOS_VERSION_MAJOR 0
#define AMOS_VERSION_MINOR 1
#define AMOS_VERSION_PATCH 0
#define AMOS_VERSION_STRING "0.1.0"

#ifdef __cplusplus
extern "C" {
#endif

/* The version of the linked library, such as "0.1.0". AMOS_VERSION_STRING is the version of the header.
 * Static storage; any thread. */
AMOS_API const char *amos_version(void);

/* The features of this build: one "name value" per line, such as "zlib 1.2.13" or "lz4 off".
 * Static storage; any thread. */
AMOS_API const char *amos_features(void);

#ifdef __cplusplus
}
#endif

#endif
