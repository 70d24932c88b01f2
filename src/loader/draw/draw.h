/* SPDX-License-Identifier: BSD-3-Clause */
/* What each sample of each batch is: a function of the options, the cases, and its place. */
#ifndef AMOSI_LOADER_DRAW_DRAW_H
#define AMOSI_LOADER_DRAW_DRAW_H

#include "loader/cases.h"
#include "loader/draw/random.h"

/* Which case, before anything of it is read. */
struct amosi_pick {
    struct amosi_source_of_chance chance; /* its index is the number of the draw, the same whatever rank makes it */
    uint32_t which;                       /* case */
    int organ;                            /* of a balanced visit; else 0 */
    int64_t tile;
    bool none; /* beyond the last whole volume or tile */
};

/* The order of an epoch for one rank. */
struct amosi_order {
    uint64_t steps;  /* batches an epoch */
    uint64_t draws;  /* samples an epoch */
    uint64_t visits; /* of cases; patches only */
};

/* AMOS_E_ARG where an epoch would be too long. */
amos_status amosi_order_make(struct amosi_order *order, const struct amosi_loader_settings *s,
                             const struct amosi_loader_cases *cases, amos_error *err);

/* Sample `n` of 0..draws-1. */
struct amosi_pick amosi_draw_pick(const struct amosi_order *order, const struct amosi_loader_settings *s,
                                  const struct amosi_loader_cases *cases, uint32_t epoch, uint64_t n);

/* Another case in its place, for `attempt` 1, 2, ...; false when all have had their turn. */
bool amosi_draw_stand_in(const struct amosi_loader_cases *cases, struct amosi_pick *pick, uint32_t attempt);

/* What a draw must know of the case's voxels. */
struct amosi_organ_places {
    const void *user;
    /* Some voxels of an organ, x y z; NULL where it is absent. */
    const int32_t (*(*get)(const void *user, int organ, size_t *count))[3];
};

/* Where the patch lies. */
struct amosi_place {
    int64_t start[3], size[3];
    int organ; /* that it was forced to contain; 0: none */
};

/* `places` may be NULL where there are no labels. */
struct amosi_place amosi_draw_place(const struct amosi_loader_settings *s, const struct amosi_loader_case *c,
                                    const struct amosi_pick *pick, const struct amosi_organ_places *places);

/* What is changed. */
struct amosi_change {
    uint32_t flips;
    int quarter_turns;
    bool affine;
    double degrees[3], zoom;
    double gamma;      /* 1: none */
    double contrast;   /* 1: none */
    double brightness; /* 0: none */
    double noise;      /* 0: none */
};

struct amosi_change amosi_draw_change(const struct amosi_loader_settings *s, const struct amosi_pick *pick,
                                      const struct amosi_place *place);

#endif
