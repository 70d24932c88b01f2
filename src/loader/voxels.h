/* Where a loader's voxels come from: one table of functions, two stores. Files are decoded into memory and kept there
 * (voxels_memory.c), or a cache is read box by box (voxels_cache.c). */
#ifndef AMOSI_VOXELS_H
#define AMOSI_VOXELS_H

#include <stdatomic.h>

#include "loader/draw.h"

/* Counters of a loader that any thread may raise, and what must make everybody stop. */
struct amosi_loader_shared {
    atomic_bool stop;
    _Atomic uint64_t decode_ns, idle_ns, copy_ns, hits, misses, samples;
    _Atomic uint64_t memory, memory_peak;
};

/* Notes that bytes came into use, or went (a negative number). */
void amosi_loader_count_memory(struct amosi_loader_shared *shared, int64_t bytes);

/* Nanoseconds of a clock that only goes forward. */
uint64_t amosi_now(void);

/* Intensities of the body's voxels. */
struct amosi_body {
    double mean, deviation, low, high; /* the last two: 0.5 % and 99.5 % percentile */
};

/* A case that is in use. */
struct amosi_held {
    uint32_t which;
    const void *entry;
    const struct amosi_body *body;
    struct amosi_organ_places places;
};

/* Voxels of a box, readable while the case is held. Steps are counted in voxels. */
struct amosi_view {
    amos_type type;      /* of the image: uint8, int16, uint16 or float32 */
    double slope, inter; /* value = slope * stored + inter, 1 and 0 for float32 */
    const void *image;
    int64_t image_step[3];
    const uint8_t *label; /* NULL where labels are not asked for */
    int64_t label_step[3];
    int64_t start[3]; /* of the first voxel, in the volume */
};

/* A worker's own memory, grown as needed. */
struct amosi_view_scratch {
    void *image, *label;
    size_t image_bytes, label_bytes;
};

struct amosi_voxels_ops {
    /* Makes a case usable; may take long, wait for memory, and fail. AMOS_E_CANCEL after `stop`. */
    amos_status (*hold)(void *store, uint32_t which, struct amosi_held *held, amos_error *err);
    /* A box that lies within the volume. */
    amos_status (*view)(void *store, const struct amosi_held *held, const amos_box *box,
                        struct amosi_view_scratch *scratch, struct amosi_view *view, amos_error *err);
    void (*release)(void *store, struct amosi_held *held);
    /* Wakes those who wait, after `stop` was set. */
    void (*wake)(void *store);
    /* After an error that ended the run: what failed may be tried again. */
    void (*forget_failures)(void *store);
    void (*free)(void *store);
};

struct amosi_voxels {
    const struct amosi_voxels_ops *ops;
    void *store;
};

/* Bytes that a case takes in memory. */
uint64_t amosi_voxels_memory_bytes(const struct amosi_loader_case *c, bool has_labels);

/* `budget` is for decoded volumes alone and holds at least the largest. Settings and cases must outlive the store. */
amos_status amosi_voxels_memory(struct amosi_voxels *voxels, const struct amosi_loader_settings *settings,
                                const struct amosi_loader_cases *cases, uint64_t budget,
                                struct amosi_loader_shared *shared, amos_error *err);

/* The type of the image's voxels as they are kept: the stored one if views have it, else float32. */
static inline amos_type amosi_voxels_type(amos_type stored)
{
    bool kept = stored == AMOS_TYPE_UINT8 || stored == AMOS_TYPE_INT16 || stored == AMOS_TYPE_UINT16;
    return kept ? stored : AMOS_TYPE_FLOAT32;
}

#endif
