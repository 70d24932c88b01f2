/* SPDX-License-Identifier: BSD-3-Clause */
#include "loader/draw/course.h"

#include "base/error/fail.h"

#define MOST_WORLD 65536u

struct amosi_course amosi_course_make(const struct amosi_order *order, uint64_t epoch)
{
    return (struct amosi_course){.order = *order, .epoch = epoch, .begun = *order, .steps = order->steps};
}

/* All batches of an epoch that so many ranks make. */
static uint64_t batches_of(const struct amosi_order *order)
{
    return order->steps * order->world;
}

amos_status amosi_course_resume(struct amosi_course *course, const struct amosi_loader_settings *s,
                                const struct amosi_loader_cases *cases, uint64_t epoch, uint64_t world, uint64_t done,
                                uint64_t *step, amos_error *err)
{
    const uint64_t own = course->order.world;
    struct amosi_course made = amosi_course_make(&course->order, epoch);
    if (world < 1 || world > MOST_WORLD)
        return amosi_fail(err, AMOS_E_ARG, NULL, "the state is of %llu ranks; 1 to %u are possible.",
                          (unsigned long long)world, MOST_WORLD);
    amos_status status = amosi_order_make(&made.begun, s, cases, (int)world, err);
    if (status)
        return status;
    const uint64_t all = batches_of(&made.begun);
    if (done >= all + MOST_WORLD)
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "the state has %llu batches behind it; an epoch of %llu ranks has %llu.",
                          (unsigned long long)done, (unsigned long long)world, (unsigned long long)all);
    if (world == own && done % own == 0) { /* nothing has changed */
        made.begun = course->order;
        *step = done / own;
    } else {
        made.done = done;
        made.first = done / own;
        made.steps = made.first + (done < all ? (all - done + own - 1) / own : 0);
        *step = made.first;
    }
    if (*step > made.steps)
        *step = made.steps;
    *course = made;
    return AMOS_OK;
}

uint64_t amosi_course_steps(const struct amosi_course *course, uint64_t epoch)
{
    return epoch == course->epoch ? course->steps : course->order.steps;
}

uint64_t amosi_course_world(const struct amosi_course *course, uint64_t epoch)
{
    return epoch == course->epoch ? course->begun.world : course->order.world;
}

uint64_t amosi_course_done(const struct amosi_course *course, uint64_t epoch, uint64_t step)
{
    bool is_first = epoch == course->epoch;
    return (is_first ? course->done : 0) + (step - (is_first ? course->first : 0)) * course->order.world;
}

uint64_t amosi_course_number(const struct amosi_course *course, uint64_t epoch, uint64_t step)
{
    return epoch == course->epoch ? step : course->steps + (epoch - course->epoch - 1) * course->order.steps + step;
}

void amosi_course_place(const struct amosi_course *course, uint64_t number, uint64_t *epoch, uint64_t *step)
{
    if (number < course->steps) {
        *epoch = course->epoch;
        *step = number;
        return;
    }
    number -= course->steps;
    *epoch = course->epoch + 1 + number / course->order.steps;
    *step = number % course->order.steps;
}

struct amosi_pick amosi_course_pick(const struct amosi_course *course, const struct amosi_loader_settings *s,
                                    const struct amosi_loader_cases *cases, uint64_t epoch, uint64_t step, uint64_t i)
{
    struct amosi_order order = epoch == course->epoch ? course->begun : course->order;
    const uint64_t all = batches_of(&order), size = (uint64_t)s->o.batch_size;
    uint64_t batch = amosi_course_done(course, epoch, step) + (uint64_t)course->order.rank;
    if (batch >= all && s->o.draw != AMOS_SAMPLING_PATCHES)
        return (struct amosi_pick){.none = true};
    batch %= all;
    order.rank = (uint32_t)(batch % order.world);
    return amosi_draw_pick(&order, s, cases, (uint32_t)epoch, batch / order.world * size + i);
}
