/* SPDX-License-Identifier: BSD-3-Clause */
/* What is done to a case before it is cached: the steps, in their order. A new step is a row of the table, and fields of
 * struct amos_cache that say how; the fields are part of the key of entries and of a loader's fingerprint. */
#ifndef AMOSI_CACHE_STEPS_H
#define AMOSI_CACHE_STEPS_H

#include "base/text/fields.h"
#include "cache/cache.h"
#include "prepare/case.h"

/* A case under way. */
struct amosi_preparation {
    const amos_cache *cache;
    const amos_volume *image, *label; /* its files, opened; label NULL: it has none */
    struct amosi_cache_case c;
    amos_box crop; /* what is kept, in voxels after the reorientation and before the resampling */
    struct amosi_cache_positions positions;
    uint32_t position_counts[AMOSI_LABELS];
};

struct amosi_step {
    const char *name;
    bool (*wanted)(const amos_cache *cache);                          /* NULL: always */
    amos_status (*run)(struct amosi_preparation *p, amos_error *err); /* NULL: done while reading or writing */
    const struct amosi_field *key; /* fields of struct amos_cache that its result depends on; NULL: none */
    bool drawn;                    /* what a loader draws from the entry depends on them too */
};

extern const struct amosi_step amosi_steps[];
extern const size_t amosi_step_count;

/* Runs all steps that are wanted. `cache`, `image`, `label` and what of `c` is no voxel are set; all else is zero. In
 * either case it is to be released. */
amos_status amosi_steps_run(struct amosi_preparation *p, amos_error *err);
void amosi_preparation_free(struct amosi_preparation *p);

/* The settings of all steps, or only of those that are drawn, as text. */
void amosi_steps_write(const amos_cache *cache, bool only_drawn, amosi_fields_fn write, void *user);

#endif
