/* SPDX-License-Identifier: BSD-3-Clause */
/* Where a loader's voxels come from: cases that are in memory as long as the budget allows, shared by all threads. What a
 * case in memory is, a table of functions says: decoded volumes (files.c), or an entry of a cache that is open
 * (cache.c). */
#ifndef AMOSI_LOADER_STORE_STORE_H
#define AMOSI_LOADER_STORE_STORE_H

#include <amos/cache.h>

#include "loader/counters.h"
#include "loader/draw/draw.h"

/* Intensities of the body's voxels. */
struct amosi_body {
    double mean, deviation, low, high; /* the last two: 0.5 % and 99.5 % percentile */
};

/* A case that is in use. */
struct amosi_held {
    uint32_t which;
    const struct amosi_loader_case *c;
    const void *content; /* of the kind of store */
    struct amosi_body body;
    struct amosi_organ_places places;
};

/* Voxels of a box. Steps are counted in voxels. */
struct amosi_view {
    amos_type type;      /* of the image: uint8, int16, uint16 or float32 */
    double slope, inter; /* value = slope * stored + inter, 1 and 0 for float32 */
    amos_box box;        /* in the volume */
    const void *image;   /* its first voxel */
    const uint8_t *label; /* NULL where labels are not asked for */
    int64_t image_step[3], label_step[3]; /* along x, y, z */
};

/* A worker's own memory, grown as needed. */
struct amosi_view_scratch {
    void *image, *label;
    size_t image_bytes, label_bytes;
};

struct amosi_store_kind;

/* A box of a case in parts, each voxel once, as they are best read: there is no more memory than for one of them, and it is
 * in the processor's cache. The caller asks for one after the other. */
struct amosi_parts {
    const struct amosi_store_kind *kind;
    const struct amosi_loader_settings *settings;
    struct amosi_loader_shared *shared;
    const struct amosi_held *held;
    amos_box box;
    struct amosi_view part; /* the last one that was asked for */
    bool ended;
    /* of cache.c */
    struct amosi_scratch *scratch[2]; /* for image and labels */
    int64_t next[3], stop[3];         /* chunks of the grid: the next one, and where the box ends */
    uint64_t decode_ns;
};

/* What a case in memory is. `settings` say what is needed of it. */
struct amosi_store_kind {
    unsigned most; /* how many cases may be in memory at a time */
    /* May take long; looks at shared->stop. On failure nothing stays. */
    amos_status (*load)(const struct amosi_loader_settings *settings, struct amosi_loader_shared *shared,
                        const struct amosi_loader_case *c, void **content, amos_error *err);
    void (*drop)(void *content);
    /* Fills body and places of a case that is loaded. */
    void (*describe)(const void *content, struct amosi_held *held);
    /* A box that lies within the volume, readable while the case is held and the scratch is not used again. */
    amos_status (*view)(const struct amosi_loader_settings *settings, struct amosi_loader_shared *shared,
                        const struct amosi_held *held, const amos_box *box, struct amosi_view_scratch *scratch,
                        struct amosi_view *view, amos_error *err);
    /* The same in parts; see struct amosi_parts. begin_parts and end_parts may be
     * NULL. next_part fills parts->part, and there is at least one. */
    amos_status (*begin_parts)(struct amosi_parts *parts, amos_error *err);
    amos_status (*next_part)(struct amosi_parts *parts, bool *is_last, amos_error *err);
    void (*end_parts)(struct amosi_parts *parts);
};

extern const struct amosi_store_kind amosi_store_files, amosi_store_cache;

struct amosi_store;

/* `budget` is for the cases alone and holds at least the largest. Settings and cases must outlive the store. */
amos_status amosi_store_make(const struct amosi_loader_settings *settings, const struct amosi_loader_cases *cases,
                             uint64_t budget, struct amosi_loader_shared *shared, struct amosi_store **out,
                             amos_error *err);
void amosi_store_free(struct amosi_store *store);

/* Makes a case usable: loads it, or waits until another thread has, or until there is memory. AMOS_E_CANCEL after `stop`.
 * A thread must hold no more than one. */
amos_status amosi_store_hold(struct amosi_store *store, uint32_t which, struct amosi_held *held, amos_error *err);
void amosi_store_release(struct amosi_store *store, const struct amosi_held *held);

amos_status amosi_store_view(struct amosi_store *store, const struct amosi_held *held, const amos_box *box,
                             struct amosi_view_scratch *scratch, struct amosi_view *view, amos_error *err);

/* Begins to go through a box of a case that is held. After AMOS_OK amosi_parts_end() must follow. */
amos_status amosi_parts_begin(struct amosi_parts *parts, const struct amosi_store *store, const struct amosi_held *held,
                              const amos_box *box, amos_error *err);

/* The next part, readable until the next call for the same parts; *part is NULL after the last one. */
amos_status amosi_parts_next(struct amosi_parts *parts, const struct amosi_view **part, amos_error *err);
void amosi_parts_end(struct amosi_parts *parts);

/* Wakes those who wait, after `stop` was set. */
void amosi_store_wake(struct amosi_store *store);

/* After an error that ended the run: what failed may be tried again. */
void amosi_store_forget_failures(struct amosi_store *store);

#endif
