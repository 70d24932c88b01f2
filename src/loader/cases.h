/* SPDX-License-Identifier: BSD-3-Clause */
/* The cases that a loader draws from, and what is known of them at opening. */
#ifndef AMOSI_LOADER_CASES_H
#define AMOSI_LOADER_CASES_H

#include <amos/type.h>

#include "base/error/log.h"
#include "loader/settings.h"
#include "volume/volume.h"

struct amosi_loader_case {
    char *id;
    char *image_path;
    char *label_path; /* NULL where labels are not asked for */
    char *entry_name; /* of its file in the cache; NULL where there is none */
    char *entry_key;  /* what its entry was made from and how, see struct amosi_cache_key */
    struct amosi_volume_identity image_file, label_file; /* as its files were; only where there is no cache */
    size_t dataset_index;
    amos_modality modality;
    amos_geometry geometry; /* as it is drawn from; its shape is always good */
    amos_type stored;       /* type of the image */
    double slope, inter;
    uint64_t organs[AMOSI_LABEL_WORDS]; /* foreground that it has; only where settings need it */
    uint64_t memory;                    /* bytes that it takes while it is in use: decoded, or as an open cache entry */
    amos_loader_case_info info;         /* of the above, for callers */
    int64_t first_tile, tiles;          /* only for tiles: how many come before it, and how many it has */
};

/* Cases that have an organ. */
struct amosi_organ_cases {
    int organ;
    uint32_t *cases;
    uint32_t count;
};

/* A case that could not be read. */
struct amosi_damage {
    amos_error err;
};

struct amosi_loader_cases {
    struct amosi_loader_case *all;
    uint32_t count;
    struct amosi_organ_cases *organs; /* only for balanced draws */
    uint32_t organ_count;
    int64_t tiles;                           /* of all cases */
    int64_t largest[3];                      /* the largest shape along each axis */
    uint64_t largest_voxels, largest_memory; /* of one case */
    struct amosi_damage *damage;             /* left out at opening */
    size_t damage_count;
};

/* Chooses the cases and looks at each. `log` hears of those that are left out. */
amos_status amosi_loader_cases_make(struct amosi_loader_cases *cases, const amos_dataset *dataset,
                                    const struct amosi_loader_settings *settings, const struct amosi_log *log,
                                    amos_error *err);
void amosi_loader_cases_free(struct amosi_loader_cases *cases);

/* Whether voxels that were opened anew lie and are scaled as those of the case did at opening. */
bool amosi_loader_case_fits(const struct amosi_loader_case *c, const amos_layout *layout, double slope, double inter);

#endif
