/* SPDX-License-Identifier: BSD-3-Clause */
/* Rules about a case among others: a quantity that is far from its distribution in the data set. The distance is the
 * robust z of Iglewicz and Hoaglin (1993): from the median, in units of 1.4826 times the median absolute deviation, which
 * estimates a standard deviation without being moved by the outliers. The unit has a least size, so that cases that are
 * nearly equal do not make an outlier of a small difference. */
#include <math.h>
#include <string.h>

#include "base/math/exact.h"
#include "base/math/sort.h"
#include "base/system/alloc.h"
#include "quality/judge/judge.h"

#define MAD_TO_DEVIATION 1.4826

/* Whose distribution a case belongs to. Modality and sex if there are enough of them, else modality. */
enum { MODALITIES = 4, SEXES = 3, GROUPS = MODALITIES * (SEXES + 1) };

struct group {
    size_t count;
    double median, deviation;
};

/* A quantity of every case. */
struct quantity {
    struct amosi_judging *j;
    double *values;  /* of each case; NaN: it has none */
    double *scratch; /* room for as many */
    struct group groups[GROUPS];
    double least; /* of the deviation */
    double limit; /* of z */
    bool log2;    /* values are logarithms */
};

/* ---- distributions ---- */

static int sex_of(const amos_quality_facts *facts)
{
    return facts->sex == 'M' ? 0 : facts->sex == 'F' ? 1 : 2;
}

/* The group of a case: with `fine` that of its modality and sex, else that of its modality. */
static int group_of(const amos_quality_facts *facts, bool fine)
{
    return (int)facts->modality * (SEXES + 1) + (fine ? sex_of(facts) : SEXES);
}

static int compare_doubles(const void *one, const void *other)
{
    const double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

static double median(double *values, size_t count)
{
    amosi_sort(values, count, sizeof *values, compare_doubles);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static void describe_group(struct quantity *q, int number)
{
    struct group *group = &q->groups[number];
    const bool fine = number % (SEXES + 1) != SEXES;
    group->count = 0;
    for (size_t i = 0; i < q->j->count; i++)
        if (!isnan(q->values[i]) && group_of(amos_quality_get_facts(q->j->cases[i]), fine) == number)
            q->scratch[group->count++] = q->values[i];
    if (!group->count)
        return;
    group->median = median(q->scratch, group->count);
    for (size_t i = 0; i < group->count; i++)
        q->scratch[i] = fabs(q->scratch[i] - group->median);
    const double deviation = MAD_TO_DEVIATION * median(q->scratch, group->count);
    group->deviation = deviation > q->least ? deviation : q->least;
}

/* The group that a case is compared with; NULL if none is large enough. */
static const struct group *choose_group(const struct quantity *q, const amos_quality_facts *facts)
{
    const struct group *fine = &q->groups[group_of(facts, true)], *coarse = &q->groups[group_of(facts, false)];
    return (double)fine->count >= q->j->limits.group_cases     ? fine
           : (double)coarse->count >= q->j->limits.group_cases ? coarse
                                                               : NULL;
}

/* ---- one quantity ---- */

static double unscale(const struct quantity *q, double value)
{
    return !q->log2 ? value : fabs(value) < 1000 ? amosi_exp2(value) : (double)NAN;
}

/* What a quantity is of: of an organ by its label, or of the case. */
struct about {
    amos_quality_kind kind;
    int label;
    const char *what; /* "volume" */
    const char *unit;
};

static void judge_value(struct quantity *q, const struct about *about, size_t index)
{
    const amos_quality *quality = q->j->cases[index];
    const struct group *group = choose_group(q, amos_quality_get_facts(quality));
    if (isnan(q->values[index]) || !group)
        return;
    const double z = (q->values[index] - group->median) / group->deviation;
    if (fabs(z) < q->limit)
        return;
    const amos_quality_organ *organ = amos_quality_get_organ(quality, about->label);
    const struct amosi_suspicion s = {about->kind,
                                      index,
                                      organ,
                                      NULL,
                                      unscale(q, q->values[index]),
                                      unscale(q, group->median - q->limit * group->deviation),
                                      unscale(q, group->median + q->limit * group->deviation),
                                      about->unit};
    char name[AMOSI_NAME_BYTES], value[AMOSI_SHORT_BYTES], middle[AMOSI_SHORT_BYTES], far[AMOSI_SHORT_BYTES];
    amosi_suspect(q->j, &s, "The %s of the %s is %s%s%s; the median of %zu cases is %s, and the robust z is %s.",
                  about->what, organ ? amosi_organ_words(organ, name) : "image", amosi_short_number(s.value, value),
                  s.unit[0] ? " " : "", s.unit, group->count, amosi_short_number(unscale(q, group->median), middle),
                  amosi_short_number(z, far));
}

static void judge_quantity(struct quantity *q, const struct about *about)
{
    for (int number = 0; number < GROUPS; number++)
        describe_group(q, number);
    for (size_t i = 0; i < q->j->count; i++)
        judge_value(q, about, i);
}

/* ---- the quantities ---- */

#define VOLUME_LEAST 0.3   /* log2: 23 %, by which organs of healthy people differ */
#define HU_LEAST 20        /* of organs in CT */
#define BLOOD_HU_LEAST 40  /* of those that contrast medium brightens by 100 HU and more from phase to phase */
#define RELATIVE_LEAST 0.3 /* log2, of intensities without a unit */
#define IMAGE_HU_LEAST 50  /* of the brightest voxels in CT */
#define GRID_LEAST 0.4     /* log2: 32 % of a spacing or a size */

static double logarithm(double value)
{
    return value > 0 && isfinite(value) ? amosi_log2(value) : (double)NAN;
}

static bool is_ct(const amos_quality_facts *facts)
{
    return facts->modality == AMOS_MODALITY_CT;
}

/* An organ that reaches the border may be cut off. */
static void judge_volume(struct quantity *q, int label)
{
    const struct about about = {AMOS_QUALITY_VOLUME, label, "volume", "mm3"};
    for (size_t i = 0; i < q->j->count; i++) {
        const amos_quality_organ *organ = amos_quality_get_organ(q->j->cases[i], label);
        q->values[i] = organ && organ->voxels && !organ->border ? logarithm(organ->mm3) : (double)NAN;
    }
    q->least = VOLUME_LEAST;
    q->limit = q->j->limits.volume_z;
    q->log2 = true;
    judge_quantity(q, &about);
}

/* The mean of all organs, with which intensities without a unit are compared. */
static double mean_of_organs(const amos_quality *quality)
{
    const amos_quality_organ *organ;
    double sum = 0, voxels = 0;
    for (int label = 1; (organ = amos_quality_get_organ(quality, label)) != NULL; label++)
        if (organ->voxels && isfinite(organ->mean)) {
            sum += organ->mean * (double)organ->voxels;
            voxels += (double)organ->voxels;
        }
    return voxels > 0 ? sum / voxels : (double)NAN;
}

/* The first organ of that label that a case has decides. */
static bool is_rich_in_blood(const struct amosi_judging *j, int label)
{
    static const unsigned rich = 1u << AMOS_ORGAN_SPLEEN | 1u << AMOS_ORGAN_RIGHT_KIDNEY |
                                 1u << AMOS_ORGAN_LEFT_KIDNEY | 1u << AMOS_ORGAN_AORTA | 1u << AMOS_ORGAN_POSTCAVA;
    for (size_t i = 0; i < j->count; i++) {
        const amos_quality_organ *organ = amos_quality_get_organ(j->cases[i], label);
        if (organ)
            return rich >> organ->organ & 1;
    }
    return false;
}

/* CT has a unit; of others the share of the mean of all organs is compared. */
static void judge_intensity(struct quantity *q, int label, bool ct)
{
    const struct about about = {AMOS_QUALITY_INTENSITY, label,
                                ct ? "mean intensity" : "mean intensity, relative to that of all organs,",
                                ct ? "HU" : ""};
    for (size_t i = 0; i < q->j->count; i++) {
        const amos_quality *quality = q->j->cases[i];
        const amos_quality_organ *organ = amos_quality_get_organ(quality, label);
        q->values[i] = NAN;
        if (!organ || !organ->voxels || !isfinite(organ->mean) || is_ct(amos_quality_get_facts(quality)) != ct)
            continue;
        q->values[i] = ct ? organ->mean : logarithm(organ->mean / mean_of_organs(quality));
    }
    q->least = !ct ? RELATIVE_LEAST : is_rich_in_blood(q->j, label) ? BLOOD_HU_LEAST : HU_LEAST;
    q->limit = q->j->limits.intensity_z;
    q->log2 = !ct;
    judge_quantity(q, &about);
}

static void judge_image(struct quantity *q, bool ct)
{
    const struct about about = {AMOS_QUALITY_INTENSITY, 0, "99th percentile", ct ? "HU" : ""};
    for (size_t i = 0; i < q->j->count; i++) {
        const amos_quality_facts *facts = amos_quality_get_facts(q->j->cases[i]);
        q->values[i] = is_ct(facts) != ct ? (double)NAN : ct ? facts->p99 : logarithm(facts->p99);
    }
    q->least = ct ? IMAGE_HU_LEAST : RELATIVE_LEAST;
    q->limit = q->j->limits.intensity_z;
    q->log2 = !ct;
    judge_quantity(q, &about);
}

static void judge_grid(struct quantity *q, int axis, bool size)
{
    static const char *const spacings[] = {"spacing along x", "spacing along y", "spacing along z"};
    static const char *const sizes[] = {"size along x", "size along y", "size along z"};
    const struct about about = {size ? AMOS_QUALITY_SIZE : AMOS_QUALITY_SPACING, 0, size ? sizes[axis] : spacings[axis],
                                "mm"};
    for (size_t i = 0; i < q->j->count; i++) {
        const amos_quality_facts *facts = amos_quality_get_facts(q->j->cases[i]);
        const double count = size ? (double)facts->shape[axis] : 1;
        q->values[i] = facts->has_geometry ? logarithm(count * facts->spacing[axis]) : (double)NAN;
    }
    q->least = GRID_LEAST;
    q->limit = size ? q->j->limits.size_z : q->j->limits.spacing_z;
    q->log2 = true;
    judge_quantity(q, &about);
}

/* The largest label of any case. */
static int last_label(const struct amosi_judging *j)
{
    int last = 0;
    for (size_t i = 0; i < j->count; i++)
        while (amos_quality_get_organ(j->cases[i], last + 1))
            last++;
    return last;
}

static void judge_all(struct quantity *q)
{
    const int last = last_label(q->j);
    for (int label = 1; label <= last; label++) {
        judge_volume(q, label);
        judge_intensity(q, label, true);
        judge_intensity(q, label, false);
    }
    judge_image(q, true);
    judge_image(q, false);
    for (int axis = 0; axis < 3; axis++) {
        judge_grid(q, axis, false);
        judge_grid(q, axis, true);
    }
}

void amosi_judge_outliers(struct amosi_judging *j)
{
    struct quantity q = {.j = j,
                         .values = amosi_alloc_array(j->count, sizeof *q.values),
                         .scratch = amosi_alloc_array(j->count, sizeof *q.scratch)};
    if (q.values && q.scratch)
        judge_all(&q);
    else
        j->no_memory = true;
    amosi_free(q.scratch);
    amosi_free(q.values);
}
