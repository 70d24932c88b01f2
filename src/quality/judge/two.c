/* SPDX-License-Identifier: BSD-3-Clause */
/* Rules about two organs of one case: contact, side and order. */
#include <math.h>

#include "quality/judge/anatomy.h"
#include "quality/judge/judge.h"

struct two {
    const amos_quality_organ *one, *other;
    char one_name[AMOSI_NAME_BYTES], other_name[AMOSI_NAME_BYTES];
};

/* False if one of them is absent. */
static bool find_two(const amos_quality *quality, int one, int other, struct two *two)
{
    two->one = amosi_organ_of(quality, one);
    two->other = amosi_organ_of(quality, other);
    if (!two->one || !two->other)
        return false;
    amosi_organ_words(two->one, two->one_name);
    amosi_organ_words(two->other, two->other_name);
    return true;
}

static void judge_contacts(struct amosi_judging *j, size_t index)
{
    const amos_quality_contact *c;
    for (size_t i = 0; (c = amos_quality_get_contact(j->cases[index], i)) != NULL; i++) {
        const amos_quality_organ *one = amos_quality_get_organ(j->cases[index], c->label),
                                 *other = amos_quality_get_organ(j->cases[index], c->other);
        char one_name[AMOSI_NAME_BYTES], other_name[AMOSI_NAME_BYTES], area[AMOSI_SHORT_BYTES];
        if (c->mm2 < j->limits.contact_mm2 || amosi_anatomy_may_touch(one->organ, other->organ))
            continue;
        const struct amosi_suspicion s = {AMOS_QUALITY_CONTACT,  index, one, c->at, c->mm2, NAN,
                                          j->limits.contact_mm2, "mm2"};
        amosi_suspect(j, &s, "The %s touches the %s over %s mm2; in a body they lie apart.",
                      amosi_organ_words(one, one_name), amosi_organ_words(other, other_name),
                      amosi_short_number(c->mm2, area));
    }
}

/* How far the middle of one organ lies beyond that of the other along an axis of RAS+, in mm. */
static double beyond(const amos_quality *quality, const struct two *two, int axis)
{
    double one[3], other[3];
    amosi_organ_center(amos_quality_get_facts(quality), two->one, one);
    amosi_organ_center(amos_quality_get_facts(quality), two->other, other);
    return one[axis] - other[axis];
}

static void judge_sides(struct amosi_judging *j, size_t index)
{
    struct two two;
    for (const struct amosi_anatomy_side *side = amosi_anatomy_sides; side->right; side++) {
        char far[AMOSI_SHORT_BYTES];
        if (!find_two(j->cases[index], side->right, side->left, &two))
            continue;
        const double mm = beyond(j->cases[index], &two, 0);
        const struct amosi_suspicion s = {AMOS_QUALITY_SIDE, index, two.one, NULL, mm, j->limits.side_mm, NAN, "mm"};
        if (mm < j->limits.side_mm)
            amosi_suspect(
                j, &s,
                "The middle of the %s lies %s mm on the %s of the middle of the %s; it is expected on its right.",
                two.one_name, amosi_short_number(fabs(mm), far), mm < 0 ? "left" : "right", two.other_name);
    }
}

static bool is_cut(const amos_quality_facts *facts, const amos_quality_organ *organ)
{
    return amosi_organ_reaches(facts, organ->border, 'S') || amosi_organ_reaches(facts, organ->border, 'I');
}

static void judge_orders(struct amosi_judging *j, size_t index)
{
    const amos_quality_facts *facts = amos_quality_get_facts(j->cases[index]);
    struct two two;
    for (const struct amosi_anatomy_order *order = amosi_anatomy_orders; order->more; order++) {
        char far[AMOSI_SHORT_BYTES];
        if (!find_two(j->cases[index], order->more, order->less, &two) ||
            (order->whole && (is_cut(facts, two.one) || is_cut(facts, two.other))))
            continue;
        const double mm = beyond(j->cases[index], &two, order->axis);
        const struct amosi_suspicion s = {AMOS_QUALITY_ORDER, index, two.one, NULL, mm, -j->limits.order_mm, NAN, "mm"};
        if (mm < -j->limits.order_mm)
            amosi_suspect(j, &s, "The middle of the %s lies %s mm %s the middle of the %s; it is expected %s it.",
                          two.one_name, amosi_short_number(-mm, far), order->axis == 2 ? "below" : "behind",
                          two.other_name, order->axis == 2 ? "above" : "in front of");
    }
}

void amosi_judge_anatomy(struct amosi_judging *j, size_t index)
{
    judge_contacts(j, index);
    if (!amos_quality_get_facts(j->cases[index])->orientation[0])
        return;
    judge_sides(j, index);
    judge_orders(j, index);
}
