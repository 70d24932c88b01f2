/* SPDX-License-Identifier: BSD-3-Clause */
#include "phantom/mistake.h"

#include "phantom/body/noise.h"

enum { SHIFT_MM = 7, LEAK_MM = 9, LEAK_CELL_MM = 30, SPECKS = 7 };

/* Each labelled case gets a row, in turn; the first has every kind of organ. */
static const struct phantom_mistake mistakes[][PHANTOM_MISTAKES] = {
    {{PHANTOM_MISSED, AMOS_ORGAN_GALL_BLADDER, 0},
     {PHANTOM_LEAKED, AMOS_ORGAN_STOMACH, 0},
     {PHANTOM_SPECKS, AMOS_ORGAN_SPLEEN, 0}},
    {{PHANTOM_SWAPPED, AMOS_ORGAN_DUODENUM, AMOS_ORGAN_PANCREAS},
     {PHANTOM_SHIFTED, AMOS_ORGAN_LEFT_ADRENAL_GLAND, 0},
     {PHANTOM_SPECKS, AMOS_ORGAN_LIVER, 0}},
    {{PHANTOM_CUT_OFF, AMOS_ORGAN_POSTCAVA, 0},
     {PHANTOM_LEAKED, AMOS_ORGAN_LIVER, 0},
     {PHANTOM_MISSED, AMOS_ORGAN_RIGHT_ADRENAL_GLAND, 0}},
    {{PHANTOM_SWAPPED, AMOS_ORGAN_BLADDER, AMOS_ORGAN_PROSTATE_UTERUS},
     {PHANTOM_SHIFTED, AMOS_ORGAN_PANCREAS, 0},
     {PHANTOM_SPECKS, AMOS_ORGAN_RIGHT_KIDNEY, 0}},
    {{PHANTOM_SWAPPED, AMOS_ORGAN_RIGHT_KIDNEY, AMOS_ORGAN_LEFT_KIDNEY},
     {PHANTOM_CUT_OFF, AMOS_ORGAN_ESOPHAGUS, 0},
     {PHANTOM_LEAKED, AMOS_ORGAN_DUODENUM, 0}},
    {{PHANTOM_SHIFTED, AMOS_ORGAN_GALL_BLADDER, 0},
     {PHANTOM_SPECKS, AMOS_ORGAN_AORTA, 0},
     {PHANTOM_LEAKED, AMOS_ORGAN_PANCREAS, 0}},
    {{PHANTOM_SWAPPED, AMOS_ORGAN_STOMACH, AMOS_ORGAN_SPLEEN},
     {PHANTOM_MISSED, AMOS_ORGAN_LEFT_ADRENAL_GLAND, 0},
     {PHANTOM_CUT_OFF, AMOS_ORGAN_AORTA, 0}},
};

const struct phantom_mistake *phantom_mistakes(const struct phantom_case *c, size_t *count)
{
    int labelled = c->index / 6 * 4 + c->index % 6; /* of six cases, the first four have labels */
    *count = PHANTOM_MISTAKES;
    return mistakes[(size_t)labelled % (sizeof mistakes / sizeof mistakes[0])];
}

/* A case in memory, with the steps from voxel to voxel. */
struct field {
    const struct phantom_case *c;
    const int64_t *shape;
    int64_t row, slice, voxels;
    uint64_t key;
};

static struct field field_of(const struct phantom_case *c, const struct phantom_mistake *m)
{
    const int64_t *shape = c->label.shape;
    return (struct field){.c = c,
                          .shape = shape,
                          .row = shape[0],
                          .slice = shape[0] * shape[1],
                          .voxels = shape[0] * shape[1] * shape[2],
                          .key =
                              random_bits(c->patient.seed, 0x6d697374u + 16 * (uint64_t)m->organ + (uint64_t)m->kind)};
}

static int64_t voxels_in(const struct field *f, int axis, double mm)
{
    return (int64_t)(mm / f->c->label.geometry.spacing[axis] + 0.5);
}

/* The slice in the middle of an organ; that of the volume if there is no voxel. */
static int64_t middle_of(const struct field *f, const uint8_t *label, int organ)
{
    int64_t sum = 0, count = 0;
    for (int64_t k = 0; k < f->shape[2]; k++)
        for (int64_t n = k * f->slice; n < (k + 1) * f->slice; n++)
            if (label[n] == organ) {
                sum += k;
                count++;
            }
    return count ? sum / count : f->shape[2] / 2;
}

static void cut_off(const struct field *f, int organ, const uint8_t *label, uint8_t *prediction)
{
    int64_t end = middle_of(f, label, organ) * f->slice;
    for (int64_t n = 0; n < end; n++)
        prediction[n] = prediction[n] == organ ? 0 : prediction[n];
}

static void miss(const struct field *f, int organ, uint8_t *prediction)
{
    for (int64_t n = 0; n < f->voxels; n++)
        prediction[n] = prediction[n] == organ ? 0 : prediction[n];
}

static void swap(const struct field *f, const struct phantom_mistake *m, const uint8_t *label, uint8_t *prediction)
{
    int64_t end = (middle_of(f, label, m->organ) + 1) * f->slice;
    for (int64_t n = 0; n < end && n < f->voxels; n++) {
        int here = prediction[n];
        prediction[n] = (uint8_t)(here == m->organ ? m->other : here == m->other ? m->organ : here);
    }
}

/* The organ's own voxels, moved along x and y of the file. */
static void shift(const struct field *f, int organ, const uint8_t *label, uint8_t *prediction)
{
    int64_t dx = voxels_in(f, 0, 0.7 * (double)SHIFT_MM), dy = voxels_in(f, 1, 0.7 * (double)SHIFT_MM);
    dx = phantom_even(f->key, 0) < 0 ? -dx : dx;
    dy = phantom_even(f->key, 1) < 0 ? -dy : dy;
    miss(f, organ, prediction);
    for (int64_t n = 0; n < f->voxels; n++) {
        int64_t x = n % f->row + dx, y = n / f->row % f->shape[1] + dy;
        if (label[n] == organ && x >= 0 && x < f->shape[0] && y >= 0 && y < f->shape[1])
            prediction[n + dy * f->row + dx] = (uint8_t)organ;
    }
}

static int64_t at_most(int64_t index, int64_t last)
{
    return index > last ? last : index;
}

/* A ball in the background. */
static void add_ball(const struct field *f, int organ, const double center[3], double radius, uint8_t *prediction)
{
    int64_t low[3], high[3];
    const double *spacing = f->c->label.geometry.spacing;
    for (int axis = 0; axis < 3; axis++) {
        double reach = radius / spacing[axis], first = center[axis] - reach;
        low[axis] = first > 0 ? (int64_t)first : 0;
        high[axis] = at_most((int64_t)(center[axis] + reach) + 1, f->shape[axis] - 1);
    }
    for (int64_t k = low[2]; k <= high[2]; k++)
        for (int64_t j = low[1]; j <= high[1]; j++)
            for (int64_t i = low[0]; i <= high[0]; i++) {
                double x = ((double)i - center[0]) * spacing[0], y = ((double)j - center[1]) * spacing[1];
                double z = ((double)k - center[2]) * spacing[2];
                uint8_t *voxel = &prediction[k * f->slice + j * f->row + i];
                if (x * x + y * y + z * z <= radius * radius && *voxel == 0)
                    *voxel = (uint8_t)organ;
            }
}

/* In the middle three fifths of the volume, where the body is. */
static void add_specks(const struct field *f, int organ, uint8_t *prediction)
{
    for (uint64_t i = 0; i < SPECKS; i++) {
        double center[3];
        for (int axis = 0; axis < 3; axis++) {
            double share = 0.5 + 0.3 * phantom_even(f->key, 4 * i + (uint64_t)axis);
            center[axis] = (double)(int64_t)(share * (double)f->shape[axis]);
        }
        add_ball(f, organ, center, 4.5 + 2.5 * phantom_even(f->key, 4 * i + 3), prediction);
    }
}

static void leak(const struct field *f, int organ, const uint8_t *label, uint8_t *prediction)
{
    const double *spacing = f->c->label.geometry.spacing;
    int64_t reach = voxels_in(f, 0, LEAK_MM), step = phantom_even(f->key, 0) < 0 ? -1 : 1;
    for (int64_t n = 0; n < f->voxels; n++) {
        int64_t x = n % f->row, next = x + step;
        if (label[n] != organ || next < 0 || next >= f->row || label[n + step] == organ)
            continue; /* not at the border */
        int64_t y = n / f->row % f->shape[1], z = n / f->slice;
        const double at[3] = {(double)x * spacing[0], (double)y * spacing[1], (double)z * spacing[2]};
        double amount;
        phantom_field(f->key, LEAK_CELL_MM, at, 1, &amount);
        int64_t far = (int64_t)((double)reach * 2 * (amount + 0.1));
        for (int64_t i = 1; i <= far && i <= reach && x + i * step >= 0 && x + i * step < f->row; i++)
            prediction[n + i * step] = (uint8_t)organ;
    }
}

static bool has(const struct field *f, const uint8_t *label, int organ)
{
    for (int64_t n = 0; n < f->voxels; n++)
        if (label[n] == organ)
            return true;
    return false;
}

void phantom_make_mistake(const struct phantom_case *c, const struct phantom_mistake *mistake, const uint8_t *label,
                          uint8_t *prediction)
{
    const struct field f = field_of(c, mistake);
    int organ = mistake->organ;
    if (!has(&f, label, organ))
        return;
    switch (mistake->kind) {
    case PHANTOM_MISSED:
        miss(&f, organ, prediction);
        break;
    case PHANTOM_CUT_OFF:
        cut_off(&f, organ, label, prediction);
        break;
    case PHANTOM_SWAPPED:
        swap(&f, mistake, label, prediction);
        break;
    case PHANTOM_SHIFTED:
        shift(&f, organ, label, prediction);
        break;
    case PHANTOM_SPECKS:
        add_specks(&f, organ, prediction);
        break;
    case PHANTOM_LEAKED:
        leak(&f, organ, label, prediction);
        break;
    }
}
