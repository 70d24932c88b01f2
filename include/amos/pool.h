/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: a pool of reusable memory for voxels.
 *
 * The first access to new memory costs about a tenth of the time of decoding an image into it, and half of the time of
 * decoding a label map. A pool avoids this cost when volumes are read one after another: an array or label map that is
 * freed returns its memory to the pool, and the next one takes it from there.
 *
 * Without a pool the library keeps the memory that was freed last, at most 128 MiB, for the next array or label map of
 * about the same size. The system may take this memory back at any time (MADV_FREE). The library frees it when there is
 * no memory for an array or label map. */
#ifndef AMOS_POOL_H
#define AMOS_POOL_H

#include <amos/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A pool of buffers. Several threads may use one pool at once. A child process may use it after fork(). */
typedef struct amos_buffer_pool amos_buffer_pool;

/* Creates a pool. It keeps at most max_bytes of unused memory (0: 1 GiB) in at most 16 pieces; more memory is returned
 * to the system. Set it in amos_read_options, amos_labelmap_options or amos_score_options.
 * On success the caller owns *out and releases it with amos_buffer_pool_free().
 * Returns AMOS_OK, AMOS_E_ARG or AMOS_E_NOMEM. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_buffer_pool_make(uint64_t max_bytes, amos_buffer_pool **out, amos_error *err);

/* Releases the pool; NULL does nothing. Arrays and label maps that use it stay valid and may be freed later. */
AMOS_API void amos_buffer_pool_free(amos_buffer_pool *pool);

/* The bytes of unused memory that the pool keeps now; 0 for NULL. Any thread. */
AMOS_API uint64_t amos_buffer_pool_idle_bytes(const amos_buffer_pool *pool);

#ifdef __cplusplus
}
#endif

#endif
