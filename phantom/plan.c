/* SPDX-License-Identifier: BSD-3-Clause */
/* Plans the patients, and the storage of their scans. The real data set is mostly int16 LAS with only a qform; the
 * first six cases also show the other variants that occur in it. */
#define _POSIX_C_SOURCE 200809L
#include "phantom/phantom.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "phantom/body/noise.h"
#include "phantom/patient.h"

#define KINDS 6
#define VIEW_Y 8.0 /* reference mm in the middle of the picture */
#define FAT 16.0   /* mm, of an average body */

const struct phantom_options phantom_defaults = {
    .cases = PHANTOM_CASES_DEFAULT, .size = {192, 160, 72}, .seed = 1, .level = 6};

enum orientation { LAS, RAS, LPS };

/* The six kinds of cases. They repeat, except that the storage is plain from the seventh case on. */
struct kind {
    amos_split split;
    amos_modality modality;
    double low, high; /* range of the scan, reference mm */
    enum orientation orientation;
    bool oblique, qform, sform;
    amos_type image, label;
    double inter;
    bool label_off; /* the affine of the label differs from that of the image in the last digits */
};

static const struct kind kinds[KINDS] = {
    {AMOS_SPLIT_TRAINING, AMOS_MODALITY_CT, -20, 308, LAS, false, true, false, AMOS_TYPE_INT16, AMOS_TYPE_UINT8, 0,
     false},
    {AMOS_SPLIT_TRAINING, AMOS_MODALITY_CT, -22, 306, LAS, false, true, false, AMOS_TYPE_INT16, AMOS_TYPE_UINT16, 0,
     true},
    {AMOS_SPLIT_TRAINING, AMOS_MODALITY_MRI, 88, 300, RAS, false, false, true, AMOS_TYPE_INT16, AMOS_TYPE_UINT8, 0,
     false},
    {AMOS_SPLIT_VALIDATION, AMOS_MODALITY_CT, -16, 312, LAS, true, true, true, AMOS_TYPE_INT16, AMOS_TYPE_UINT8, 0,
     false},
    {AMOS_SPLIT_TEST, AMOS_MODALITY_CT, 84, 312, LAS, false, true, false, AMOS_TYPE_UINT16, AMOS_TYPE_UINT16, -1024,
     false},
    {AMOS_SPLIT_TEST, AMOS_MODALITY_MRI, 96, 304, LPS, false, true, false, AMOS_TYPE_INT16, AMOS_TYPE_UINT16, 0, false},
};

/* Numbers increase with gaps, CT from 1 (below 500), MRI from 507, and are interleaved between the splits. */
static int case_number(int index, amos_modality modality)
{
    int round = index / KINDS, nth = 0;
    for (int i = 0; i < index % KINDS; i++)
        nth += kinds[i].modality == modality;
    if (modality == AMOS_MODALITY_MRI) {
        nth += 2 * round;
        return 507 + nth + nth / 6;
    }
    nth += 4 * round;
    return 1 + nth * 5 / 2 + (nth % 3 == 1);
}

static double to_micrometres(double mm)
{
    return (double)(int64_t)(mm * 1000.0 + 0.5) / 1000.0;
}

/* Chooses a spacing that covers the body, unless one is given. */
static void plan_spacing(const struct phantom_options *options, const struct kind *kind,
                         const struct phantom_patient *patient, double spacing[3])
{
    double more = patient->fat > FAT ? patient->fat - FAT : 0; /* than the body that the numbers are for */
    double across = (392.0 + 2.0 * more) * patient->scale[0] / (double)options->size[0];
    double along = (316.0 + 1.5 * more) * patient->scale[1] / (double)options->size[1];
    double plane = across > along ? across : along;
    const double fitting[3] = {plane, plane, (kind->high - kind->low) * patient->scale[2] / (double)options->size[2]};
    for (int i = 0; i < 3; i++)
        spacing[i] = (float)(options->spacing[0] > 0 ? options->spacing[i] : to_micrometres(fitting[i]));
}

/* a * b of two quaternions (a, b, c, d). */
static void multiply_quaternions(const double p[4], const double q[4], double out[4])
{
    out[0] = p[0] * q[0] - p[1] * q[1] - p[2] * q[2] - p[3] * q[3];
    out[1] = p[0] * q[1] + p[1] * q[0] + p[2] * q[3] - p[3] * q[2];
    out[2] = p[0] * q[2] - p[1] * q[3] + p[2] * q[0] + p[3] * q[1];
    out[3] = p[0] * q[3] + p[1] * q[2] - p[2] * q[1] + p[3] * q[0];
}

/* The qform of an axis-aligned orientation, tilted by some degrees if oblique: b, c and d as in a header. */
static void plan_rotation(const struct kind *kind, double quatern[3])
{
    static const double base[3][4] = {[LAS] = {0, 0, 1, 0}, [RAS] = {1, 0, 0, 0}, [LPS] = {0, 0, 0, 1}};
    double tilt[4] = {1, 0, 0, 0}, q[4];
    if (kind->oblique) {
        tilt[1] = 0.026;
        tilt[2] = -0.012;
        tilt[3] = 0.035;
        tilt[0] = sqrt(1.0 - tilt[1] * tilt[1] - tilt[2] * tilt[2] - tilt[3] * tilt[3]);
    }
    multiply_quaternions(tilt, base[kind->orientation], q);
    for (int i = 0; i < 3; i++)
        quatern[i] = (float)(q[0] < 0 ? -q[i + 1] : q[i + 1]);
}

/* nifti1.h, "METHOD 2", without the offset. */
static void plan_axes(const struct kind *kind, amos_geometry *g)
{
    double quatern[3];
    plan_rotation(kind, quatern);
    double b = quatern[0], c = quatern[1], d = quatern[2];
    double rest = 1.0 - (b * b + c * c + d * d), qfac = kind->orientation == LAS ? -1.0 : 1.0;
    double a = rest > 0 ? sqrt(rest) : 0;
    const double rotation[3][3] = {
        {a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)},
        {2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)},
        {2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - c * c - b * b},
    };
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            g->affine[i][j] = rotation[i][j] * g->spacing[j] * (j == 2 ? qfac : 1.0);
    g->affine[3][3] = 1;
}

/* Sets the offset so that the middle of the volume is at `center`; the axes are already set. */
static void plan_offset(amos_geometry *g, const double center[3])
{
    for (int i = 0; i < 3; i++) {
        double at = center[i];
        for (int j = 0; j < 3; j++)
            at -= g->affine[i][j] * 0.5 * (double)(g->shape[j] - 1);
        g->affine[i][3] = (float)at;
    }
}

static void plan_layouts(const struct phantom_options *options, const struct kind *kind, const double center[3],
                         struct phantom_case *out)
{
    amos_layout *image = &out->image;
    amos_geometry *g = &image->geometry;
    image->type = kind->image;
    image->shape[3] = 1;
    memcpy(image->shape, options->size, sizeof options->size);
    memcpy(g->shape, options->size, sizeof g->shape);
    image->has_geometry = 1;
    g->source = kind->sform ? AMOS_AFFINE_SFORM : AMOS_AFFINE_QFORM;
    plan_spacing(options, kind, &out->patient, g->spacing);
    plan_axes(kind, g);
    plan_offset(g, center);
    out->inter = kind->inter;
    out->qform_code = kind->qform;
    out->sform_code = kind->sform;
    out->label = *image;
    out->label.type = kind->label;
    if (kind->label_off)
        out->label.geometry.affine[0][3] = nextafterf((float)g->affine[0][3], 1e6f);
}

/* The affine that a reader gets: an sform is stored as float32. */
static void read_affine(const struct phantom_case *c, double affine[3][4])
{
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 4; j++) {
            double exact = c->image.geometry.affine[i][j];
            affine[i][j] = c->sform_code ? (float)exact : exact;
        }
}

void phantom_plan(const struct phantom_options *options, int index, struct phantom_case *out)
{
    struct kind kind = kinds[index % KINDS];
    if (index >= KINDS) {
        kind.orientation = LAS;
        kind.oblique = kind.sform = kind.label_off = false;
        kind.qform = true;
        kind.image = AMOS_TYPE_INT16;
        kind.inter = 0;
        kind.label = index / KINDS % 2 ? AMOS_TYPE_UINT16 : AMOS_TYPE_UINT8;
    }
    memset(out, 0, sizeof *out);
    out->index = index;
    out->number = case_number(index, kind.modality);
    snprintf(out->id, sizeof out->id, "amos_%04d", out->number);
    out->split = kind.split;
    out->has_label = kind.split != AMOS_SPLIT_TEST;
    out->in_metadata = index % KINDS != 4;
    phantom_plan_patient(options->seed, index, kind.modality, &out->patient);
    const double *scale = out->patient.scale;
    uint64_t key = random_bits(out->patient.seed, 0x706c616365u);
    double table = to_micrometres(700 + 600 * phantom_even(key, 0));
    const double center[3] = {to_micrometres(5 * phantom_even(key, 1)), to_micrometres(20 * phantom_even(key, 2)),
                              table};
    plan_layouts(options, &kind, center, out);
    memcpy(out->grid.shape, out->image.shape, sizeof out->grid.shape);
    read_affine(out, out->grid.affine);
    out->grid.origin[0] = center[0];
    out->grid.origin[1] = center[1] - VIEW_Y * scale[1];
    out->grid.origin[2] = center[2] - 0.5 * (kind.low + kind.high) * scale[2];
}
