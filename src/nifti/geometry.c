/* SPDX-License-Identifier: BSD-3-Clause */
#include "nifti/geometry.h"

#include <math.h>
#include <string.h>

#include <nifti2_io.h>

#include <amos/accept.h>

#include "base/error/fail.h"
#include "base/error/names.h"
#include "base/math/rounding.h"
#include "nifti/quaternion.h"

/* Two axes of the affine count as sheared above this cosine; float32 rounding stays far below it. */
#define SHEAR_COSINE 1e-4

/* A matrix counts as singular if the determinant of its axis directions is below this. */
#define SINGULAR 1e-9

/* pixdim and sform give different spacings if they differ by more than this share. */
#define SPACING_SHARE 0.01

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
                              "pixdim[%d] is %g; the spacing between voxels must be a positive number%s.", i + 1, p,
                              isfinite(p) && p < 0 ? "; --lenient (lenient) takes its absolute value" : "");
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
                return amosi_fail(t->err, AMOS_E_GEOM, t->path,
                                  "the sform has an entry that is not a finite number (srow_%c).", 'x' + i);
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
    double squares = amosi_quaternion_squares(q);
    if (squares > AMOSI_QUATERNION_LONGEST)
        return amosi_fail(
            t->err, AMOS_E_GEOM, t->path,
            "the qform's quaternion (%.9g, %.9g, %.9g) has the length %.9g, so it is not a rotation; up to "
            "%.5f is taken as 1.",
            q[0], q[1], q[2], sqrt(squares), sqrt(AMOSI_QUATERNION_LONGEST));
    if (squares > AMOSI_QUATERNION_ROUNDED)
        t->warnings |= AMOS_W_QUATERN;
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

/* ---- two readings ---- */

bool amosi_geometry_other_reading(const struct amosi_header *header, const amos_geometry *geometry,
                                  amos_geometry *other)
{
    double rotation[3][3];
    if (geometry->source != AMOS_AFFINE_QFORM || !amosi_quaternion_has_two_readings(header->quatern))
        return false;
    *other = *geometry;
    amosi_quaternion_rotation(header->quatern, rotation);
    const double qfac = header->info.pixdim[0] < 0 ? -1 : 1;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            other->affine[i][j] = rotation[i][j] * geometry->spacing[j] * (j == 2 ? qfac : 1);
    return true;
}

/* ---- what a header says twice ---- */

/* Checks whether sform and qform, both present, give the same positions by one of the qform's readings. */
static void compare_forms(struct task *t, const amos_geometry *g, bool spacing_is_good)
{
    amos_geometry qform = *g, other;
    struct task quiet = *t;
    quiet.err = NULL;
    double apart = INFINITY, allowed = AMOS_TOLERANCE_VOXELS * amosi_geometry_smallest_spacing(g);
    if (spacing_is_good && from_qform(&quiet, qform.affine) == AMOS_OK &&
        amos_geometry_get_displacement(g, &qform, &apart, NULL) == AMOS_OK && apart <= allowed)
        return;
    qform.source = AMOS_AFFINE_QFORM;
    memcpy(qform.spacing, t->spacing, sizeof qform.spacing);
    if (isfinite(apart) && amosi_geometry_other_reading(t->header, &qform, &other) &&
        amosi_geometry_displacement_between(&qform, &other, g) <= allowed)
        return;
    t->warnings |= AMOS_W_FORMS;
}

/* Checks whether pixdim and sform give the same spacing, along the axes that have more than one voxel. */
static void compare_spacing(struct task *t, const amos_geometry *g)
{
    for (int i = 0; i < 3; i++) {
        double given = fabs(t->header->info.pixdim[i + 1]) * t->unit;
        if (g->shape[i] > 1 && !(fabs(given - g->spacing[i]) <= SPACING_SHARE * g->spacing[i]))
            t->warnings |= AMOS_W_SPACING;
    }
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
    if (!status && g->source == AMOS_AFFINE_SFORM && !(t->warnings & AMOS_W_FORMS)) /* which says it for pixdim too */
        compare_spacing(t, g);
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

bool amosi_geometry_orient(amos_geometry *geometry)
{
    struct task t = {.path = NULL};
    double unit[4][4];
    geometry->orientation[0] = '\0';
    if (axis_directions(&t, (const double(*)[4])geometry->affine, unit))
        return false;
    name_orientation((const double(*)[4])unit, geometry->orientation);
    if (strchr(geometry->orientation, '?'))
        geometry->orientation[0] = '\0';
    return geometry->orientation[0] != '\0';
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
