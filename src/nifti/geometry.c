/* SPDX-License-Identifier: BSD-3-Clause */
#include "nifti/geometry.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include <nifti2_io.h>

#include "base/error/fail.h"
#include "base/error/names.h"
#include "base/math/rounding.h"

/* Two axes of the affine count as sheared above this cosine; float32 rounding stays far below it. */
#define SHEAR_COSINE 1e-4

/* A matrix counts as singular if the determinant of its axis directions is below this. */
#define SINGULAR 1e-9

/* The state while an affine is computed from a header. */
struct task {
    const struct amosi_header *header;
    const char *path;
    double spacing[3]; /* from pixdim, mm; 1 for axes that the file does not have */
    double unit;       /* mm per unit of the header */
    amos_warnings warnings;
    amos_error *err;
};

/* nifti1.h: units of space are metres, millimetres or micrometres. */
static double millimetres_per_unit(int unit)
{
    return unit == NIFTI_UNITS_METER ? 1000.0 : unit == NIFTI_UNITS_MICRON ? 0.001 : 1.0;
}

static amos_status read_spacing(struct task *t, bool lenient)
{
    const amos_volume_info *info = &t->header->info;
    for (int i = 0; i < 3; i++) {
        double p = info->pixdim[i + 1];
        bool axis_exists = i < info->ndim;
        if (!axis_exists && !(isfinite(p) && p > 0))
            p = 1;
        if (lenient && isfinite(p) && p < 0) {
            p = -p;
            t->warnings |= AMOS_W_PIXDIM;
        }
        if (!isfinite(p) || p <= 0)
            return amosi_fail(t->err, AMOS_E_GEOM, t->path,
                              "pixdim[%d] is %g; the spacing between voxels must be a positive number.", i + 1, p);
        t->spacing[i] = p * t->unit;
    }
    return AMOS_OK;
}

static amos_status from_sform(struct task *t, double affine[4][4])
{
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 4; j++) {
            double value = t->header->srow[i][j] * t->unit;
            if (!isfinite(value))
                return amosi_fail(t->err, AMOS_E_GEOM, t->path, "the sform has an entry that is not a finite number (srow_%c).",
                                  'x' + i);
            affine[i][j] = value;
        }
    return AMOS_OK;
}

static amos_status from_qform(struct task *t, double affine[4][4])
{
    const double *q = t->header->quatern, *offset = t->header->qoffset;
    for (int i = 0; i < 3; i++)
        if (!isfinite(q[i]) || !isfinite(offset[i]))
            return amosi_fail(t->err, AMOS_E_GEOM, t->path, "the qform has an entry that is not a finite number.");
    double squares = q[0] * q[0] + q[1] * q[1] + q[2] * q[2];
    if (squares > 1 + 3 * (double)FLT_EPSILON)
        return amosi_fail(t->err, AMOS_E_GEOM, t->path,
                          "the qform's quaternion (%g, %g, %g) is longer than 1; it is not a rotation.", q[0], q[1],
                          q[2]);
    double qfac = t->header->info.pixdim[0] < 0 ? -1 : 1;
    nifti_dmat44 m = nifti_quatern_to_dmat44(q[0], q[1], q[2], offset[0] * t->unit, offset[1] * t->unit,
                                             offset[2] * t->unit, t->spacing[0], t->spacing[1], t->spacing[2], qfac);
    memcpy(affine, m.m, sizeof m.m);
    return AMOS_OK;
}

static void from_spacing(const struct task *t, double affine[4][4])
{
    for (int i = 0; i < 3; i++)
        affine[i][i] = t->spacing[i];
}

static double column_norm(const double a[4][4], int j)
{
    return sqrt(a[0][j] * a[0][j] + a[1][j] * a[1][j] + a[2][j] * a[2][j]);
}

static double determinant(const double a[4][4])
{
    return a[0][0] * (a[1][1] * a[2][2] - a[1][2] * a[2][1]) - a[0][1] * (a[1][0] * a[2][2] - a[1][2] * a[2][0]) +
           a[0][2] * (a[1][0] * a[2][1] - a[1][1] * a[2][0]);
}

/* The directions of the axes as unit vectors. AMOS_E_GEOM if they do not span space. */
static amos_status axis_directions(struct task *t, const double affine[4][4], double out[4][4])
{
    memset(out, 0, 16 * sizeof(double));
    out[3][3] = 1;
    for (int j = 0; j < 3; j++) {
        double norm = column_norm(affine, j);
        for (int i = 0; i < 3; i++)
            out[i][j] = norm > 0 && isfinite(norm) ? affine[i][j] / norm : 0;
    }
    if (fabs(determinant((const double(*)[4])out)) > SINGULAR)
        return AMOS_OK;
    return amosi_fail(t->err, AMOS_E_GEOM, t->path, "the sform is singular: its axes do not span three dimensions.");
}

static bool is_sheared(const double unit[4][4])
{
    for (int j = 0; j < 3; j++) {
        int k = (j + 1) % 3;
        double cosine = unit[0][j] * unit[0][k] + unit[1][j] * unit[1][k] + unit[2][j] * unit[2][k];
        if (fabs(cosine) > SHEAR_COSINE)
            return true;
    }
    return false;
}

static void name_orientation(const double unit[4][4], char out[4])
{
    static const char letters[] = {'?', 'R', 'L', 'A', 'P', 'S', 'I'};
    nifti_dmat44 m;
    memcpy(m.m, unit, sizeof m.m);
    int code[3] = {0, 0, 0};
    nifti_dmat44_to_orientation(m, &code[0], &code[1], &code[2]);
    for (int i = 0; i < 3; i++)
        out[i] = letters[code[i]];
    out[3] = '\0';
}

static amos_status finish_geometry(struct task *t, amos_geometry *g)
{
    double unit[4][4];
    amos_status status = axis_directions(t, (const double(*)[4])g->affine, unit);
    if (status)
        return status;
    name_orientation((const double(*)[4])unit, g->orientation);
    if (strchr(g->orientation, '?'))
        return amosi_fail(t->err, AMOS_E_GEOM, t->path, "the affine gives no orientation.");
    if (is_sheared((const double(*)[4])unit))
        t->warnings |= AMOS_W_SHEAR;
    for (int i = 0; i < 3; i++)
        g->spacing[i] = g->source == AMOS_AFFINE_SFORM ? column_norm((const double(*)[4])g->affine, i) : t->spacing[i];
    return AMOS_OK;
}

static double smallest(const double v[3])
{
    double m = v[0] < v[1] ? v[0] : v[1];
    return m < v[2] ? m : v[2];
}

/* Checks whether sform and qform, both present, give the same positions. */
static void compare_forms(struct task *t, const amos_geometry *g, bool spacing_is_good)
{
    amos_geometry other = *g;
    struct task quiet = *t;
    quiet.err = NULL;
    double apart = INFINITY;
    if (spacing_is_good && from_qform(&quiet, other.affine) == AMOS_OK &&
        amos_geometry_get_displacement(g, &other, &apart, NULL) == AMOS_OK && apart <= 0.01 * smallest(g->spacing))
        return;
    t->warnings |= AMOS_W_FORMS;
}

static amos_status solve_geometry(struct task *t, bool lenient, amos_geometry *g)
{
    const amos_volume_info *info = &t->header->info;
    memset(g->affine, 0, sizeof g->affine);
    g->affine[3][3] = 1;
    g->source = info->sform_code > 0   ? AMOS_AFFINE_SFORM
                : info->qform_code > 0 ? AMOS_AFFINE_QFORM
                                       : AMOS_AFFINE_SPACING;
    amos_error *err = t->err;
    if (g->source == AMOS_AFFINE_SFORM)
        t->err = NULL; /* an error in pixdim does not matter then */
    amos_status spacing = read_spacing(t, lenient), status = spacing;
    t->err = err;
    if (g->source == AMOS_AFFINE_SFORM)
        status = from_sform(t, g->affine);
    else if (!status && g->source == AMOS_AFFINE_QFORM)
        status = from_qform(t, g->affine);
    else if (!status)
        from_spacing(t, g->affine);
    if (!status)
        status = finish_geometry(t, g);
    if (!status && g->source == AMOS_AFFINE_SFORM && info->qform_code > 0)
        compare_forms(t, g, spacing == AMOS_OK);
    if (g->source == AMOS_AFFINE_SPACING)
        t->warnings |= AMOS_W_NOORIENT;
    return status;
}

amos_status amosi_geometry_from_header(const struct amosi_header *header, bool lenient, const char *path,
                                       amos_geometry *out, amos_warnings *warnings, amos_error *err)
{
    struct task t = {.header = header, .path = path, .err = err};
    t.unit = millimetres_per_unit(header->info.space_unit);
    amos_geometry g = {{0}, {0}, {{0}}, AMOS_AFFINE_SPACING, ""};
    memcpy(g.shape, header->info.shape, sizeof g.shape);
    *out = g;
    amos_status status = solve_geometry(&t, lenient, &g);
    if (!status)
        *out = g;
    if (warnings)
        *warnings |= t.warnings;
    return status;
}

void amos_geometry_to_mm(const amos_geometry *geometry, const double voxel[3], double mm[3])
{
    const double v[3] = {voxel[0], voxel[1], voxel[2]};
    int rounding = amosi_rounding_begin();
    for (int i = 0; i < 3; i++) {
        const double *row = geometry->affine[i];
        mm[i] = row[0] * v[0] + row[1] * v[1] + row[2] * v[2] + row[3];
    }
    amosi_rounding_end(rounding);
}

amos_status amos_geometry_get_displacement(const amos_geometry *a, const amos_geometry *b, double *displacement_mm,
                                       amos_error *err)
{
    if (!a || !b || !displacement_mm)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_geometry_get_displacement needs two geometries and a place.");
    *displacement_mm = 0;
    if (memcmp(a->shape, b->shape, sizeof a->shape) != 0)
        return amosi_fail(err, AMOS_E_PAIR_SHAPE, NULL,
                          "The shapes differ: %lld x %lld x %lld and %lld x %lld x %lld voxels.", (long long)a->shape[0],
                          (long long)a->shape[1], (long long)a->shape[2], (long long)b->shape[0], (long long)b->shape[1],
                          (long long)b->shape[2]);
    int rounding = amosi_rounding_begin();
    for (int corner = 0; corner < 8; corner++) {
        double voxel[3], p[3], q[3];
        for (int i = 0; i < 3; i++)
            voxel[i] = corner >> i & 1 ? (double)(a->shape[i] - 1) : 0;
        amos_geometry_to_mm(a, voxel, p);
        amos_geometry_to_mm(b, voxel, q);
        double d = sqrt((p[0] - q[0]) * (p[0] - q[0]) + (p[1] - q[1]) * (p[1] - q[1]) + (p[2] - q[2]) * (p[2] - q[2]));
        if (!(d <= *displacement_mm))
            *displacement_mm = d;
    }
    amosi_rounding_end(rounding);
    return AMOS_OK;
}

bool amosi_geometry_is_sheared(const amos_geometry *geometry)
{
    struct task t = {.path = NULL};
    double unit[4][4];
    return axis_directions(&t, geometry->affine, unit) != AMOS_OK || is_sheared((const double(*)[4])unit);
}

double amosi_geometry_voxel_mm3(const amos_geometry *geometry)
{
    return fabs(determinant((const double(*)[4])geometry->affine));
}

void amosi_geometry_crop(amos_geometry *geometry, const amos_box *box)
{
    const double first[3] = {(double)box->start[0], (double)box->start[1], (double)box->start[2]};
    double origin[3];
    amos_geometry_to_mm(geometry, first, origin);
    for (int i = 0; i < 3; i++) {
        geometry->affine[i][3] = origin[i];
        geometry->shape[i] = box->stop[i] - box->start[i];
    }
}
