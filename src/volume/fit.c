/* SPDX-License-Identifier: BSD-3-Clause */
#include "volume/fit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <nifti2_io.h>

#include "base/error/fail.h"
#include "volume/accept.h"

struct amosi_side amosi_side_of_volume(const amos_volume *volume, const char *what)
{
    struct amosi_side side = {.what = what, .path = volume->path, .shape = volume->header.info.shape, .volume = volume};
    side.has_geometry = volume->has_geometry;
    side.geometry = volume->geometry;
    side.has_other = side.has_geometry && amosi_geometry_other_reading(&volume->header, &side.geometry, &side.other);
    return side;
}

static bool is_placed(const struct amosi_side *side)
{
    return side->has_geometry && side->geometry.source != AMOS_AFFINE_SPACING;
}

/* ---- finding the axes ---- */

/* The change number n, 0 to 47; 0 changes nothing. */
static struct amosi_axes axes_number(int n)
{
    static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    struct amosi_axes axes;
    for (int i = 0; i < 3; i++) {
        axes.to[i] = orders[n / 8][i];
        axes.flip[i] = n >> i & 1;
    }
    return axes;
}

static bool gives_shape(const struct amosi_axes *axes, const int64_t from[3], const int64_t to[3])
{
    return from[0] == to[axes->to[0]] && from[1] == to[axes->to[1]] && from[2] == to[axes->to[2]];
}

static double apart(const amos_geometry *a, const amos_geometry *b)
{
    double displacement = INFINITY;
    return amos_geometry_get_displacement(a, b, &displacement, NULL) ? INFINITY : displacement;
}

/* The smallest displacement for the positions between the two readings of `a`; `displacement` if they lie too close to
 * each other to bring it down to `allowed`. */
static double apart_between(const amos_geometry *a, const amos_geometry *second, const amos_geometry *b,
                            double displacement, double allowed)
{
    if (displacement - apart(a, second) > allowed)
        return displacement;
    return amosi_geometry_displacement_between(a, second, b);
}

/* Compares after a change of axes, and keeps the change if it is the best so far. */
static void try_axes(const struct amosi_side *base, const struct amosi_side *other, int n, double allowed,
                     struct amosi_fit *best)
{
    const struct amosi_axes axes = axes_number(n);
    amos_geometry turned, second;
    if (!gives_shape(&axes, other->shape, base->shape))
        return;
    amosi_geometry_apply(&other->geometry, &axes, &turned);
    const double displacement = apart(&base->geometry, &turned);
    struct amosi_fit fit = {displacement, n ? AMOS_W_TURNED : 0, axes, ""};
    if (displacement > allowed && base->has_other)
        fit.displacement = apart_between(&base->geometry, &base->other, &turned, displacement, allowed);
    if (fit.displacement > allowed && other->has_other) {
        amosi_geometry_apply(&other->other, &axes, &second);
        fit.displacement = apart_between(&turned, &second, &base->geometry, displacement, allowed);
    }
    if (displacement > allowed && fit.displacement <= allowed)
        fit.warnings |= AMOS_W_READING;
    if (n)
        memcpy(fit.turned_from, other->geometry.orientation, sizeof fit.turned_from);
    if (n == 0 || fit.displacement < best->displacement)
        *best = fit;
}

bool amosi_fit_find(const struct amosi_side *base, const struct amosi_side *other, double allowed,
                    struct amosi_fit *fit)
{
    *fit = (struct amosi_fit){INFINITY, 0, amosi_axes_same, ""};
    if (!is_placed(base) || !is_placed(other))
        return false;
    /* A caller who allows a lot has not allowed that a flip is overlooked, so only a usual displacement ends the search. */
    const double usual = AMOS_TOLERANCE_VOXELS * amosi_geometry_smallest_spacing(&base->geometry);
    for (int n = 0; n < 48 && !(n == 1 && fit->displacement <= fmin(allowed, usual)); n++)
        try_axes(base, other, n, allowed, fit);
    return isfinite(fit->displacement);
}

/* ---- refusing ---- */

/* Prints " PATH", or nothing. */
#define PATH_FORMAT "%s%s"
#define PATH_OF(side) (side)->path ? " " : "", (side)->path ? (side)->path : ""

static bool same_shape(const struct amosi_side *base, const struct amosi_side *other)
{
    return memcmp(base->shape, other->shape, 3 * sizeof *base->shape) == 0;
}

static amos_status fail_shape(const struct amosi_side *base, const struct amosi_side *other, amos_error *err)
{
    const int64_t *a = base->shape, *b = other->shape;
    return amosi_fail(err, AMOS_E_PAIR_SHAPE, other->path,
                      "the %s has %lld x %lld x %lld voxels and its %s" PATH_FORMAT
                      " has %lld x %lld x %lld; they must be equal%s.",
                      other->what, (long long)b[0], (long long)b[1], (long long)b[2], base->what, PATH_OF(base),
                      (long long)a[0], (long long)a[1], (long long)a[2], amosi_shape_hint(a, b));
}

static amos_status fail_geometry(const struct amosi_side *side, amos_error *err)
{
    amos_geometry unused;
    if (side->volume)
        return amos_volume_get_geometry(side->volume, &unused, err);
    return amosi_fail(err, AMOS_E_GEOM, side->path,
                      "the %s has no usable geometry, so that distances in mm are not known.", side->what);
}

/* Whether all spacings differ by the same factor of a thousand or a million. */
static bool units_look_different(const amos_geometry *a, const amos_geometry *b)
{
    double factor = a->spacing[0] / b->spacing[0];
    factor = factor < 1 ? 1 / factor : factor;
    bool same = fabs(factor - 1e3) < 1 || fabs(factor - 1e6) < 1e3;
    for (int i = 1; i < 3; i++)
        same = same && fabs(a->spacing[i] / b->spacing[i] * b->spacing[0] / a->spacing[0] - 1) < 1e-3;
    return same;
}

/* The unit that the lengths of a header are in (xyzt_units); NULL for voxels in memory. An unknown one counts as mm. */
static const char *unit_of(const struct amosi_side *side)
{
    static const char millimetres[] = "mm";
    if (!side->volume)
        return NULL;
    const int unit = side->volume->header.info.space_unit;
    return unit == NIFTI_UNITS_METER ? "metres" : unit == NIFTI_UNITS_MICRON ? "microns" : millimetres;
}

/* Prints a further half sentence on the cause if there is one. Returns the way on: no tolerance corrects a unit. */
static const char *explain(const struct amosi_side *base, const struct amosi_side *other, const struct amosi_fit *best,
                           char *text, size_t bytes)
{
    const char *units[2] = {unit_of(base), unit_of(other)};
    text[0] = '\0';
    if (units[0] && units[1] && strcmp(units[0], units[1]) != 0) {
        snprintf(text, bytes,
                 "; the header of the %s gives %s and that of the %s %s (xyzt_units), so one of them may be wrong",
                 other->what, units[1], base->what, units[0]);
        return "correct it in the file, such as by set_xyzt_units() of nibabel's header";
    }
    if (units_look_different(&base->geometry, &other->geometry)) {
        snprintf(text, bytes, "; their spacings differ as metres and millimetres do, so the unit of one may be wrong");
        return "correct it in the file";
    }
    if (best->warnings & AMOS_W_TURNED && best->displacement < amosi_geometry_smallest_spacing(&base->geometry))
        snprintf(text, bytes, "; it is stored %s instead of %s, and %.4g mm away when turned",
                 other->geometry.orientation, base->geometry.orientation, best->displacement);
    return amosi_hint(AMOSI_HINT_TOLERANCE);
}

static amos_status fail_place(const struct amosi_side *base, const struct amosi_side *other, double allowed,
                              double displacement, const struct amosi_fit *best, amos_error *err)
{
    char cause[200];
    const char *hint = explain(base, other, best, cause, sizeof cause);
    return amosi_fail(err, AMOS_E_PAIR_GEOM, other->path,
                      "the %s is %.4g mm away from its %s" PATH_FORMAT "; up to %.4g mm are accepted%s; %s.",
                      other->what, displacement, base->what, PATH_OF(base), allowed, cause, hint);
}

amos_status amosi_fit(const struct amosi_side *base, const struct amosi_side *other, const amos_accept *accept,
                      bool lenient, struct amosi_fit *fit, amos_error *err)
{
    struct amosi_fit best;
    const double smallest = amosi_geometry_smallest_spacing(&base->geometry);
    const double allowed = fmax(accept->tolerance_voxels * smallest, accept->tolerance_mm);
    bool found = amosi_fit_find(base, other, allowed, &best);
    *fit = (struct amosi_fit){0, 0, amosi_axes_same, ""};
    if (found && best.displacement <= allowed) {
        *fit = best;
        return AMOS_OK;
    }
    if (!same_shape(base, other))
        return fail_shape(base, other, err);
    if (!base->has_geometry || !other->has_geometry)
        return fail_geometry(base->has_geometry ? other : base, err);
    if (!is_placed(base) || !is_placed(other)) {
        fit->warnings = AMOS_W_NOORIENT;
        return AMOS_OK;
    }
    fit->displacement = apart(&base->geometry, &other->geometry);
    if (!lenient)
        return fail_place(base, other, allowed, fit->displacement, &best, err);
    fit->warnings = AMOS_W_GEOM;
    return AMOS_OK;
}
