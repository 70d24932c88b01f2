/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: memory for voxels that is used again.
 *
 * Touching fresh memory costs about a tenth of the time that decoding into it takes. Who reads one volume after the other
 * gives the reads a pool: an array or label map that is freed leaves its memory there, and the next one takes it. */
#ifndef AMOS_POOL_H
#define AMOS_POOL_H

#include <amos/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Any number of threads may use one pool at once; also a child after fork(). */
typedef struct amos_buffer_pool amos_buffer_pool;

/* A pool that keeps up to max_bytes of unused memory (0: 1 GiB) in at most 16 pieces; what goes beyond is given back to the
 * system. Name it in amos_read_options, amos_labelmap_options or amos_score_options.
 * On success *out is the caller's, to be released by amos_buffer_pool_free().
 * Returns AMOS_OK, AMOS_E_ARG or AMOS_E_NOMEM. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_buffer_pool_make(uint64_t max_bytes, amos_buffer_pool **out, amos_error *err);

/* Releases it; NULL is fine. Arrays and label maps made with it stay as they are, and may be freed later. */
AMOS_API void amos_buffer_pool_free(amos_buffer_pool *pool);

/* Bytes that it keeps unused at this moment; 0 for NULL. Any thread. */
AMOS_API uint64_t amos_buffer_pool_idle_bytes(const amos_buffer_pool *pool);

#ifdef __cplusplus
}
#endif

#endif
