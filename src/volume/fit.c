/* SPDX-License-Identifier: BSD-3-Clause */
#include "volume/fit.h"

#include <math.h>
#include <string.h>

#include "base/error/fail.h"
#include "volume/accept.h"

static bool same_when_sorted(const int64_t a[3], const int64_t b[3])
{
    static const int orders[5][3] = {{0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (int i = 0; i < 5; i++)
        if (a[0] == b[orders[i][0]] && a[1] == b[orders[i][1]] && a[2] == b[orders[i][2]])
            return true;
    return false;
}

/* Prints " PATH", or nothing. */
#define PATH_FORMAT "%s%s"
#define PATH_OF(side) (side)->path ? " " : "", (side)->path ? (side)->path : ""

amos_status amosi_fit_shape(const struct amosi_side *base, const struct amosi_side *other, amos_error *err)
{
    const int64_t *a = base->shape, *b = other->shape;
    if (memcmp(a, b, 3 * sizeof *a) == 0)
        return AMOS_OK;
    return amosi_fail(
        err, AMOS_E_PAIR_SHAPE, other->path,
        "the %s has %lld x %lld x %lld voxels and its %s" PATH_FORMAT " has %lld x %lld x %lld; they must be equal%s.",
        other->what, (long long)b[0], (long long)b[1], (long long)b[2], base->what, PATH_OF(base), (long long)a[0],
        (long long)a[1], (long long)a[2], same_when_sorted(a, b) ? " (it looks as if the axes were exchanged)" : "");
}

amos_status amosi_fit_place(const struct amosi_side *base, const struct amosi_side *other, const amos_accept *accept,
                            bool lenient, struct amosi_fit *fit, amos_error *err)
{
    if (base->geometry.source == AMOS_AFFINE_SPACING || other->geometry.source == AMOS_AFFINE_SPACING) {
        fit->warnings |= AMOS_W_NOORIENT;
        return AMOS_OK;
    }
    const double *spacing = base->geometry.spacing;
    double smallest = fmin(spacing[0], fmin(spacing[1], spacing[2]));
    double allowed = fmax(accept->tolerance_voxels * smallest, accept->tolerance_mm);
    amos_status status = amos_geometry_get_displacement(&base->geometry, &other->geometry, &fit->displacement, err);
    if (status || fit->displacement <= allowed)
        return status;
    if (lenient) {
        fit->warnings |= AMOS_W_GEOM;
        return AMOS_OK;
    }
    return amosi_fail(err, AMOS_E_PAIR_GEOM, other->path,
                      "the %s is %.4g mm away from its %s" PATH_FORMAT "; up to %.4g mm are accepted; %s.",
                      other->what, fit->displacement, base->what, PATH_OF(base), allowed,
                      amosi_hint(AMOSI_HINT_TOLERANCE));
}
