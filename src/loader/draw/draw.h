/* SPDX-License-Identifier: BSD-3-Clause */
/* Draws each sample of each batch: a pure function of the options, the cases, and the sample's place in the order. */
#ifndef AMOSI_LOADER_DRAW_DRAW_H
#define AMOSI_LOADER_DRAW_DRAW_H

#include "loader/cases.h"
#include "loader/draw/random.h"

/* The case of a draw, chosen before any of its voxels are read. */
struct amosi_pick {
    struct amosi_source_of_chance chance; /* index: the number of the draw over all ranks */
    uint32_t which;                       /* index of the case */
    int organ;                            /* of a balanced visit; else 0 */
    int64_t tile;                         /* of the case; else 0 */
    bool none;                            /* beyond the last whole volume or tile */
};

/* The lengths of an epoch for one rank. */
struct amosi_order {
    uint64_t steps;  /* batches per epoch */
    uint64_t draws;  /* samples per epoch */
    uint64_t visits; /* visits of cases per epoch; patches only */
    uint64_t world;  /* ranks, */
    uint32_t rank;   /* and which of them this is */
};

/* Computes the lengths for so many ranks; the rank is that of the settings. AMOS_E_ARG if an epoch is too long. */
amos_status amosi_order_make(struct amosi_order *order, const struct amosi_loader_settings *s,
                             const struct amosi_loader_cases *cases, int ranks, amos_error *err);

/* Picks the case of sample `n` (0..draws-1) of an epoch. */
struct amosi_pick amosi_draw_pick(const struct amosi_order *order, const struct amosi_loader_settings *s,
                                  const struct amosi_loader_cases *cases, uint32_t epoch, uint64_t n);

/* Replaces the picked case, which is damaged, by another one. `attempt` is 1, 2, ... Returns false after all cases were
 * tried. */
bool amosi_draw_stand_in(const struct amosi_loader_cases *cases, struct amosi_pick *pick, uint32_t attempt);

/* Access to the positions of organs in a case. */
struct amosi_organ_places {
    const void *user; /* passed to get() */
    /* Voxel indices (x, y, z) of a sample of an organ's voxels; NULL if the organ is absent. */
    const int32_t (*(*get)(const void *user, int organ, size_t *count))[3];
};

/* The box of a patch in the volume, in voxels. */
struct amosi_place {
    int64_t start[3], size[3];
    int organ; /* the organ that the patch was placed to contain; 0: none */
};

/* Draws the place of a picked sample. `places` may be NULL if there are no labels. */
struct amosi_place amosi_draw_place(const struct amosi_loader_settings *s, const struct amosi_loader_case *c,
                                    const struct amosi_pick *pick, const struct amosi_organ_places *places);

/* The augmentation of a sample. */
struct amosi_change {
    uint32_t flips;          /* AMOS_FLIP_... */
    int quarter_turns;       /* 0..3 */
    bool affine;             /* degrees and zoom apply */
    double degrees[3], zoom; /* angles about x, y, z; factor of enlargement */
    double gamma;            /* exponent; 1: none */
    double contrast;         /* factor; 1: none */
    double brightness;       /* summand; 0: none */
    double noise;            /* standard deviation; 0: none */
};

/* Draws the augmentation of a picked sample. */
struct amosi_change amosi_draw_change(const struct amosi_loader_settings *s, const struct amosi_pick *pick,
                                      const struct amosi_place *place);

#endif
