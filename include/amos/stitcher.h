/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: joins the tiles of an inference into labels, without the sum of the whole volume in memory.
 *
 * The tiles of a tiling are added in their order. At each voxel the weighted means of all channels are compared, as
 * amos_tiling_add() and amos_tiling_argmax() do it, with the same result; but a voxel is compared as soon as its last
 * tile was added, and what it took is used again. So in memory are only the sums of voxels between their first and
 * their last tile: channels * 4 bytes for each voxel of about the planes in which a layer of tiles and the next one
 * overlap, and of a tile's height besides. amos_stitcher_get_info() says how many bytes that is, and how many the whole
 * sum would take. */
#ifndef AMOS_STITCHER_H
#define AMOS_STITCHER_H

#include <amos/tiling.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The labels of a volume while its tiles come. One thread at a time; threads of its own work inside
 * amos_stitcher_add() (amos_tiling_options.threads). */
typedef struct amos_stitcher amos_stitcher;

/* The type of a tile's values: logits or probabilities, what the mean is to be made of. */
typedef enum amos_tile_type {
    AMOS_TILE_TYPE_FLOAT32 = 0,
    AMOS_TILE_TYPE_FLOAT16 = 1, /* IEEE binary16 */
    AMOS_TILE_TYPE_BFLOAT16 = 2 /* the upper half of a float32 */
} amos_tile_type;

/* "float32", "float16", "bfloat16". As amos_enum_name() and amos_enum_parse(). */
static inline const char *amos_tile_type_name(amos_tile_type tile_type)
{
    return amos_enum_name(AMOS_ENUM_TILE_TYPE, (int)tile_type);
}

static inline AMOS_MUST_CHECK amos_status amos_tile_type_parse(const char *name, amos_tile_type *out, amos_error *err)
{
    int value = 0;
    amos_status status = amos_enum_parse(AMOS_ENUM_TILE_TYPE, name, out ? &value : NULL, err);
    if (out)
        *out = (amos_tile_type)value;
    return status;
}

/* Receives planes start..stop-1 of the volume: uint8 (stop - start, Y, X), packed, borrowed during the call. Planes come
 * in order, each of them once, on the thread that called amos_stitcher_add(). AMOS_OK goes on; any other value ends the
 * call with that status, and *err is what the function put there. */
typedef amos_status (*amos_stitcher_planes_fn)(void *user, const uint8_t *labels, int64_t start, int64_t stop,
                                               amos_error *err);

/* How tiles are joined, and where labels go. Start from AMOS_STITCHER_OPTIONS_INIT and set the channels, and labels or
 * planes or both. */
typedef struct amos_stitcher_options {
    size_t size;                    /* sizeof(amos_stitcher_options) */
    int64_t channels;               /* of a tile: 1..256; the label of a voxel is the number of its largest channel, the
                                     * first of equal ones. NaN never wins */
    uint32_t flips;                 /* AMOS_FLIP_...: test-time mirroring. Each tile is added once for each
                                     * combination of these axes, with its values as the network gave them for the
                                     * mirrored input; they are turned back here, and their mean counts. 0: added once */
    uint8_t *labels;                /* (Z, Y, X), packed; NULL: only `planes` gets them */
    size_t bytes;                   /* of labels; at least one for each voxel */
    amos_stitcher_planes_fn planes; /* NULL: not called */
    void *user;                     /* passed to it */
} amos_stitcher_options;

/* The defaults; channels, and labels or planes, must be set. */
#define AMOS_STITCHER_OPTIONS_INIT \
    { \
        sizeof(amos_stitcher_options), 0, 0, NULL, 0, NULL, NULL \
    }

/* What a stitcher needs and how far it is. Lent by the stitcher; it changes with each tile. */
typedef struct amos_stitcher_info {
    int64_t tile;       /* the tile that is to be added next; amos_tiling_count() when all are there */
    uint32_t flips;     /* the axes along which its input is mirrored: a combination of amos_stitcher_options.flips */
    int64_t planes;     /* planes 0..planes-1 have their labels */
    uint64_t bytes;     /* memory of the stitcher, without the caller's labels: it does not grow */
    uint64_t sum_bytes; /* what the sum of the whole volume would take: voxels * channels * 4 */
} amos_stitcher_info;

/* Makes a stitcher for a volume of the tiling, which must outlive it. The labels must too. On success the caller owns
 * *out and releases it with amos_stitcher_free().
 * Returns AMOS_OK, AMOS_E_ARG or AMOS_E_NOMEM. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_stitcher_make(const amos_tiling *tiling, const amos_stitcher_options *options,
                                                        amos_stitcher **out, amos_error *err);

/* Releases a stitcher; NULL does nothing. No other thread may be using it. */
AMOS_API void amos_stitcher_free(amos_stitcher *stitcher);

/* Adds the network's output for the tile that is next: amos_stitcher_info.tile and .flips, which `index` and `flips`
 * must repeat. `tile` is (channels, D, H, W), packed, of the given type, aligned to its values; `bytes` is its size. What
 * lies beyond the volume is not used.
 * Returns AMOS_OK, AMOS_E_ARG, or what `planes` returned; after that the stitcher takes no more tiles. The result does
 * not depend on the number of threads. */
AMOS_API AMOS_MUST_CHECK amos_status amos_stitcher_add(amos_stitcher *stitcher, int64_t index, uint32_t flips,
                                                       const void *tile, amos_tile_type type, size_t bytes,
                                                       amos_error *err);

/* The facts of a stitcher, borrowed from it; NULL for NULL. */
AMOS_API const amos_stitcher_info *amos_stitcher_get_info(const amos_stitcher *stitcher);

#ifdef __cplusplus
}
#endif

#endif
