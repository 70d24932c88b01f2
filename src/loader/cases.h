/* SPDX-License-Identifier: BSD-3-Clause */
/* The cases of a loader and their properties at opening. */
#ifndef AMOSI_LOADER_CASES_H
#define AMOSI_LOADER_CASES_H

#include <amos/type.h>

#include "base/error/log.h"
#include "loader/settings.h"
#include "volume/volume.h"

/* A case. It owns its strings. */
struct amosi_loader_case {
    char *id;
    char *image_path;
    char *label_path;     /* NULL if labels are not requested */
    char *entry_name;     /* of its file in the cache; NULL without a cache */
    uint64_t entry_bytes; /* of that file, if the cache has an upstream; else 0 */
    char *entry_key;      /* the source and settings of its cache entry; see struct amosi_cache_key */
    struct amosi_volume_identity image_file, label_file; /* its files at opening; only without a cache */
    size_t dataset_index;
    amos_modality modality;
    int left_right;                     /* the axis along the patient's left-right axis; -1: not known */
    amos_geometry geometry;             /* of the voxels as samples see them; the shape is always valid */
    amos_type stored;                   /* stored type of the image */
    double slope, inter;                /* value = slope * stored + inter */
    uint64_t organs[AMOSI_LABEL_WORDS]; /* its foreground labels; only if settings.needs_organs */
    amos_warnings warnings;             /* of its files, their voxels and the pair, as far as they were read */
    uint64_t memory;                    /* bytes in use: decoded, or as an open cache entry */
    amos_loader_case_info info;         /* for callers: a view of the fields above */
    int64_t first_tile, tiles;          /* only for tiles: its first tile among all tiles, and its count */
};

/* The cases that contain an organ. */
struct amosi_organ_cases {
    int organ;
    uint32_t *cases; /* indices into amosi_loader_cases.all */
    uint32_t count;
};

/* A case that could not be read. */
struct amosi_damage {
    amos_error err;
};

/* A case that was chosen but cannot be used. It owns the texts of `info`. */
struct amosi_left_out {
    amos_loader_left_out info;
    char *id, *message;
};

/* All cases of a loader. They do not change after opening. */
struct amosi_loader_cases {
    struct amosi_loader_case *all;
    uint32_t count;
    struct amosi_organ_cases *organs; /* only for balanced draws */
    uint32_t organ_count;
    int64_t tiles;                           /* of all cases together */
    int64_t largest[3];                      /* the largest size along each axis */
    uint64_t largest_voxels, largest_memory; /* of one case */
    struct amosi_damage *damage;             /* the cases that could not be read at opening */
    size_t damage_count;
    struct amosi_left_out *left_out; /* all that were chosen but are not in `all`; in the order of the data set */
    size_t left_out_count, left_out_room;
    int orientation_count; /* different ones */
};

/* Chooses the cases and reads the properties of each. Those that cannot be used are left out, listed, and logged;
 * the status of a damaged one is returned with AMOS_LOADER_STOP_AT_DAMAGE. On failure too, amosi_loader_cases_free()
 * must follow. */
amos_status amosi_loader_cases_make(struct amosi_loader_cases *cases, const amos_dataset *dataset,
                                    const struct amosi_loader_settings *settings, const struct amosi_log *log,
                                    amos_error *err);

/* Frees all cases and lists, but not *cases itself. */
void amosi_loader_cases_free(struct amosi_loader_cases *cases);

/* Whether voxels that were opened again have the shape, type and scaling that the case had at opening. */
bool amosi_loader_case_fits(const struct amosi_loader_case *c, const amos_layout *layout, double slope, double inter);

#endif
