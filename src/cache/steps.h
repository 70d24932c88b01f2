/* SPDX-License-Identifier: BSD-3-Clause */
/* The steps of preprocessing a case before it is cached, in order. A new step is a row of the table plus its settings,
 * as fields of struct amos_cache; these fields are part of the key of entries and of a loader's fingerprint. */
#ifndef AMOSI_CACHE_STEPS_H
#define AMOSI_CACHE_STEPS_H

#include <amos/pair.h>

#include "base/text/fields.h"
#include "cache/cache.h"
#include "prepare/case.h"

/* A case during preprocessing. */
struct amosi_preparation {
    const amos_cache *cache;
    const amos_volume *image; /* its opened file, */
    const amos_pair *pair;    /* and that with its label; NULL if it has none */
    int max_label;
    amos_accepted accepted; /* of the label file */
    amos_warnings warnings; /* of the label file, its voxels and the pair */
    struct amosi_prepare_case c;
    amos_box crop; /* the box that is kept, in voxels after reorienting and before resampling */
    struct amosi_prepare_positions positions;
    uint32_t position_counts[AMOSI_LABELS];
    bool lost[AMOSI_LABELS]; /* labels that cropping or resampling left no voxel of */
    uint32_t collapsed;      /* as in amos_cache_entry_info */
};

struct amosi_step {
    const char *name;
    bool (*wanted)(const amos_cache *cache);                          /* NULL: always */
    amos_status (*run)(struct amosi_preparation *p, amos_error *err); /* NULL: done while reading or writing */
    const struct amosi_field *key; /* fields of struct amos_cache that the result depends on; NULL if none */
    void (*write)(const struct amosi_accept *accept, amosi_fields_fn write,
                  void *user); /* NULL, or writes more of them */
    int revision; /* of what the step computes: raised when the same settings give another result; 0 at first */
    bool drawn;   /* what a loader draws from the entry also depends on them */
};

extern const struct amosi_step amosi_steps[];
extern const size_t amosi_step_count;

/* Runs all wanted steps. Before, set `cache`, `image`, `pair`, `max_label` and the members of `c` other than voxels, and zero all
 * else. Release it afterwards, also on failure. */
amos_status amosi_steps_run(struct amosi_preparation *p, amos_error *err);
void amosi_preparation_free(struct amosi_preparation *p);

/* Writes the settings of all steps, or only of the `drawn` ones, as text. */
void amosi_steps_write(const amos_cache *cache, bool only_drawn, amosi_fields_fn write, void *user);

#endif
