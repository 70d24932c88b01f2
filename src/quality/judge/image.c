/* SPDX-License-Identifier: BSD-3-Clause */
/* Rules about the image of one case. */
#include <inttypes.h>
#include <math.h>

#include "quality/judge/judge.h"

enum { FEWEST_FACES = 500 }; /* of which the strength of edges is known well enough */

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

/* The middle of a slice. */
static void place_in_slice(const amos_quality_facts *facts, int64_t slice, int64_t voxel[3])
{
    voxel[0] = facts->shape[0] / 2;
    voxel[1] = facts->shape[1] / 2;
    voxel[2] = slice;
}

static void judge_slices(struct amosi_judging *j, size_t index, const amos_quality_facts *facts)
{
    int64_t constant[3], repeated[3];
    place_in_slice(facts, facts->constant_first, constant);
    place_in_slice(facts, facts->repeated_first, repeated);
    const struct amosi_suspicion
        flat = {AMOS_QUALITY_CONSTANT,     index,   NULL, constant, (double)facts->constant, NAN,
                j->limits.constant_slices, "slices"},
        same = {AMOS_QUALITY_REPEATED,     index,   NULL, repeated, (double)facts->repeated, NAN,
                j->limits.repeated_slices, "slices"};
    if (facts->constant && (double)facts->constant > j->limits.constant_slices)
        amosi_suspect(j, &flat, "All voxels are equal in %" PRIu64 " slice%s of the image, first in slice %" PRId64 ".",
                      facts->constant, plural(facts->constant), facts->constant_first);
    if (facts->repeated && (double)facts->repeated > j->limits.repeated_slices)
        amosi_suspect(j, &same, "%" PRIu64 " slice%s of the image equal%s the slice before, first slice %" PRId64 ".",
                      facts->repeated, plural(facts->repeated), facts->repeated == 1 ? "s" : "", facts->repeated_first);
}

static void judge_values(struct amosi_judging *j, size_t index, const amos_quality_facts *facts)
{
    const struct amosi_suspicion nonfinite = {AMOS_QUALITY_NONFINITE,   index, NULL, facts->nonfinite_at,
                                              (double)facts->nonfinite, NAN,   0,    "voxels"},
                                 range = {AMOS_QUALITY_RANGE, index, NULL, NULL, facts->min, NAN,
                                          j->limits.air_hu,   "HU"};
    char least[AMOSI_SHORT_BYTES], limit[AMOSI_SHORT_BYTES], most[AMOSI_SHORT_BYTES];
    if (facts->nonfinite)
        amosi_suspect(j, &nonfinite, "%" PRIu64 " voxel%s of the image %s NaN or infinite.", facts->nonfinite,
                      plural(facts->nonfinite), facts->nonfinite == 1 ? "is" : "are");
    if (facts->modality == AMOS_MODALITY_CT && facts->min > j->limits.air_hu)
        amosi_suspect(j, &range,
                      "The values of this CT go from %s to %s; air would be below %s HU, so that they are cut off, "
                      "scaled, or not HU.",
                      amosi_short_number(facts->min, least), amosi_short_number(facts->max, most),
                      amosi_short_number(j->limits.air_hu, limit));
}

static void judge_shift(struct amosi_judging *j, size_t index, const amos_quality_facts *facts)
{
    const double gain = facts->edge_here > 0 ? facts->edge_best / facts->edge_here : 1;
    const struct amosi_suspicion s = {AMOS_QUALITY_SHIFT, index, NULL, NULL, gain, NAN, j->limits.shift_gain, ""};
    double mm = 0;
    char far[AMOSI_SHORT_BYTES], times[AMOSI_SHORT_BYTES];
    for (int i = 0; i < 3; i++)
        mm += (double)facts->edge_shift[i] * facts->spacing[i] * (double)facts->edge_shift[i] * facts->spacing[i];
    mm = sqrt(mm);
    if (facts->edge_faces < FEWEST_FACES || gain < j->limits.shift_gain || mm < j->limits.shift_mm || mm == 0)
        return;
    amosi_suspect(j, &s,
                  "Edges of the image at the borders of organs are %s times as strong if the label is moved by %" PRId64
                  ", %" PRId64 ", %" PRId64 " voxels, which is %s mm.",
                  amosi_short_number(gain, times), facts->edge_shift[0], facts->edge_shift[1], facts->edge_shift[2],
                  amosi_short_number(mm, far));
}

void amosi_judge_image(struct amosi_judging *j, size_t index)
{
    const amos_quality_facts *facts = amos_quality_get_facts(j->cases[index]);
    judge_slices(j, index, facts);
    judge_values(j, index, facts);
    judge_shift(j, index, facts);
}
