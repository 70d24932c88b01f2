/* SPDX-License-Identifier: BSD-3-Clause */
/* The batches of a loader, epoch after epoch, if the number of ranks changes.
 *
 * Batch `step` of rank r of W ranks has the number step * W + r in its epoch. What is in it depends on the seed, the
 * epoch, W and this number, and on nothing else. An epoch that was begun by W ranks is finished in their order, by
 * however many there are: batches that are not done yet are dealt to them in turn, in the order of their numbers. If that
 * does not come out even, the last step of patches is filled up by the first batches of the epoch, that of whole volumes
 * and tiles by padding. The next epoch has the order of the ranks that are there. */
#ifndef AMOSI_LOADER_DRAW_COURSE_H
#define AMOSI_LOADER_DRAW_COURSE_H

#include "loader/draw/draw.h"

struct amosi_course {
    struct amosi_order order; /* of every epoch but the first */
    uint64_t epoch;           /* the first */
    struct amosi_order begun; /* of those who began it; its rank is not used */
    uint64_t done;            /* its batches that were done before */
    uint64_t first, steps;    /* the step at which it goes on, and the number of its steps for this loader */
};

/* From the beginning of an epoch. */
struct amosi_course amosi_course_make(const struct amosi_order *order, uint64_t epoch);

/* Goes on where `done` batches of an epoch are done that `world` ranks began. *step gets this loader's next step.
 * AMOS_E_ARG if there is no such place. */
amos_status amosi_course_resume(struct amosi_course *course, const struct amosi_loader_settings *s,
                                const struct amosi_loader_cases *cases, uint64_t epoch, uint64_t world, uint64_t done,
                                uint64_t *step, amos_error *err);

/* The number of steps of an epoch. */
uint64_t amosi_course_steps(const struct amosi_course *course, uint64_t epoch);

/* By whom an epoch was begun, and its batches that are done before a step. */
uint64_t amosi_course_world(const struct amosi_course *course, uint64_t epoch);
uint64_t amosi_course_done(const struct amosi_course *course, uint64_t epoch, uint64_t step);

/* Batches of this loader are numbered from the first epoch on. */
uint64_t amosi_course_number(const struct amosi_course *course, uint64_t epoch, uint64_t step);
void amosi_course_place(const struct amosi_course *course, uint64_t number, uint64_t *epoch, uint64_t *step);

/* What sample `i` of a batch is drawn from. */
struct amosi_pick amosi_course_pick(const struct amosi_course *course, const struct amosi_loader_settings *s,
                                    const struct amosi_loader_cases *cases, uint64_t epoch, uint64_t step, uint64_t i);

#endif
