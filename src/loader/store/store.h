/* SPDX-License-Identifier: BSD-3-Clause */
/* The source of a loader's voxels: all threads share the cases in memory, which are kept as long as the budget allows.
 * A table of functions implements each kind of case: decoded volumes (files.c) or open cache entries (cache.c). */
#ifndef AMOSI_LOADER_STORE_STORE_H
#define AMOSI_LOADER_STORE_STORE_H

#include <amos/cache.h>

#include "loader/counters.h"
#include "loader/draw/draw.h"

/* Intensity statistics of the body's voxels (scaled by the file's slope). */
struct amosi_body {
    double mean, deviation, low, high; /* the last two: 0.5 % and 99.5 % percentile */
};

/* A case that a thread holds. */
struct amosi_held {
    uint32_t which; /* index of the case */
    const struct amosi_loader_case *c;
    const void *content;              /* its type depends on the kind of store */
    struct amosi_body body;           /* may be zero if the scaling does not need it */
    struct amosi_organ_places places; /* valid while the case is held */
    const amos_accepted *accepted;    /* in its label; the same; NULL without labels */
};

/* The voxels of a box. Steps are in voxels. */
struct amosi_view {
    amos_type type;                       /* of the image as stored: any numeric type */
    double slope, inter;                  /* value = slope * stored + inter */
    amos_box box;                         /* in the volume */
    const void *image;                    /* its first voxel */
    const uint8_t *label;                 /* NULL if labels are not requested */
    bool label_checked;                   /* no label is above the loader's max_label: they were checked when decoded */
    int64_t image_step[3], label_step[3]; /* along x, y, z */
};

/* A thread's buffers for views; they grow as needed. */
struct amosi_view_scratch {
    void *image, *label;
    size_t image_bytes, label_bytes;
};

/* The functions of a kind of store; defined below. */
struct amosi_store_kind;

/* Iterates over a box of a case in parts. Each voxel is in exactly one part. The parts are chosen for fast reading:
 * only one is in memory at a time, and it stays in the processor's cache. */
struct amosi_parts {
    const struct amosi_store_kind *kind;
    const struct amosi_loader_settings *settings;
    struct amosi_loader_shared *shared;
    const struct amosi_held *held;
    amos_box box;
    struct amosi_view part; /* the current part */
    bool ended;             /* `part` is the last one */
    /* only for cache.c */
    struct amosi_scratch *scratch[2]; /* for image and labels */
    int64_t next[3], stop[3];         /* indices in the grid of chunks: the next chunk, and the end of the box */
    uint64_t decode_ns;
};

/* The functions of a kind of store. `settings` determine which parts of a case are needed. */
struct amosi_store_kind {
    unsigned most; /* how many cases may be in memory at once */
    /* Loads a case; the store owns *content and releases it with drop(). May take long; shared->stop cancels it. On
     * failure nothing is kept. */
    amos_status (*load)(const struct amosi_loader_settings *settings, struct amosi_loader_shared *shared,
                        const struct amosi_loader_case *c, void **content, amos_error *err);
    /* Releases the content of a case. */
    void (*drop)(void *content);
    /* Fills held->body and held->places of a loaded case. */
    void (*describe)(const void *content, struct amosi_held *held);
    /* A view of a box within the volume. It is valid while the case is held and until the next use of the scratch. */
    amos_status (*view)(const struct amosi_loader_settings *settings, struct amosi_loader_shared *shared,
                        const struct amosi_held *held, const amos_box *box, struct amosi_view_scratch *scratch,
                        struct amosi_view *view, amos_error *err);
    /* The same in parts; see struct amosi_parts. begin_parts and end_parts may be NULL. next_part fills parts->part;
     * there is at least one part. */
    amos_status (*begin_parts)(struct amosi_parts *parts, amos_error *err);
    amos_status (*next_part)(struct amosi_parts *parts, bool *is_last, amos_error *err);
    void (*end_parts)(struct amosi_parts *parts);
};

/* Cases as decoded volumes, and as open cache entries. */
extern const struct amosi_store_kind amosi_store_files, amosi_store_cache;

/* The cases in memory. All functions but make and free may be called on any thread. */
struct amosi_store;

/* Creates a store. `budget` is the memory for cases only, in bytes; it must be enough for the largest case. Settings,
 * cases and counters must outlive the store. The caller releases *out with amosi_store_free(). AMOS_E_NOMEM. */
amos_status amosi_store_make(const struct amosi_loader_settings *settings, const struct amosi_loader_cases *cases,
                             uint64_t budget, struct amosi_loader_shared *shared, struct amosi_store **out,
                             amos_error *err);

/* Releases the store and all its cases, which nobody may hold; NULL does nothing. */
void amosi_store_free(struct amosi_store *store);

/* Holds a case in memory: loads it, or waits until another thread has loaded it or memory is free. AMOS_E_CANCEL after
 * shared->stop. A thread must not hold more than one case. After AMOS_OK, amosi_store_release()
 * must follow. */
amos_status amosi_store_hold(struct amosi_store *store, uint32_t which, struct amosi_held *held, amos_error *err);

/* Ends the hold of a case; the case may then be evicted. `good`: its voxels could be read. */
void amosi_store_release(struct amosi_store *store, const struct amosi_held *held, bool good);

/* Says that reading a case failed with an error that may pass. What is in memory of it is dropped before the next use,
 * so that its files are opened again. */
void amosi_store_doubt(struct amosi_store *store, uint32_t which);

/* Says that a sample was lost to such an error. After AMOSI_STORE_LOSSES in a row the case is failed for good, as by any
 * other error; returns whether it is. */
#define AMOSI_STORE_LOSSES 3u
bool amosi_store_lose(struct amosi_store *store, uint32_t which, const amos_error *why);

/* A view of a box within the volume of a held case; see `view` of struct amosi_store_kind. */
amos_status amosi_store_view(struct amosi_store *store, const struct amosi_held *held, const amos_box *box,
                             struct amosi_view_scratch *scratch, struct amosi_view *view, amos_error *err);

/* Begins to iterate over a box of a held case. After AMOS_OK, amosi_parts_end() must follow. */
amos_status amosi_parts_begin(struct amosi_parts *parts, const struct amosi_store *store, const struct amosi_held *held,
                              const amos_box *box, amos_error *err);

/* The next part. It is valid until the next call for the same parts. *part is NULL after the last one. */
amos_status amosi_parts_next(struct amosi_parts *parts, const struct amosi_view **part, amos_error *err);

/* Ends the iteration, also before the last part, and releases its memory. */
void amosi_parts_end(struct amosi_parts *parts);

/* Wakes all waiting threads. Call it after setting shared->stop. */
void amosi_store_wake(struct amosi_store *store);

/* Forgets which cases failed, so that they are tried again. Call it after an error that ended the run. */
void amosi_store_forget_failures(struct amosi_store *store);

#endif
