/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "base/error/fail.h"
#include "base/math/rounding.h"
#include "nifti/geometry.h"

const struct amosi_axes amosi_axes_same = {{0, 1, 2}, {false, false, false}};

bool amosi_axes_change_nothing(const struct amosi_axes *axes)
{
    for (int i = 0; i < 3; i++)
        if (axes->to[i] != i || axes->flip[i])
            return false;
    return true;
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* The world axis of a letter: 0 left-right, 1 back-front, 2 foot-head; -1 if it is none of these. */
static int world_axis(char letter)
{
    switch (upper(letter)) {
    case 'L':
    case 'R':
        return 0;
    case 'A':
    case 'P':
        return 1;
    case 'S':
    case 'I':
        return 2;
    default:
        return -1;
    }
}

static bool is_orientation(const char *text)
{
    bool seen[3] = {false, false, false};
    if (!text)
        return false;
    for (int i = 0; i < 3; i++) {
        int axis = world_axis(text[i]); /* also -1 at the end of a text that is too short */
        if (axis < 0 || seen[axis])
            return false;
        seen[axis] = true;
    }
    return text[3] == '\0';
}

amos_status amosi_axes_between(const char *from, const char *wanted, struct amosi_axes *out, amos_error *err)
{
    if (!is_orientation(wanted))
        return amosi_fail(
            err, AMOS_E_ARG, NULL,
            "\"%.20s\" is not an orientation; give three letters such as RAS or LPS: one of L and R, one of A "
            "and P, one of S and I.",
            wanted ? wanted : "");
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            if (world_axis(from[i]) == world_axis(wanted[j])) {
                out->to[i] = j;
                out->flip[i] = upper(from[i]) != upper(wanted[j]);
            }
    return AMOS_OK;
}

void amosi_geometry_apply(const amos_geometry *from, const struct amosi_axes *axes, amos_geometry *out)
{
    amos_geometry g = *from;
    for (int i = 0; i < 3; i++) {
        static const char opposites[] = "RLAPSI";
        int to = axes->to[i];
        char letter = from->orientation[i];
        const char *place = letter ? strchr(opposites, letter) : NULL;
        g.shape[to] = from->shape[i];
        g.spacing[to] = from->spacing[i];
        g.orientation[to] = axes->flip[i] && place ? opposites[(place - opposites) ^ 1] : letter;
        for (int row = 0; row < 3; row++) {
            double step = from->affine[row][i];
            g.affine[row][to] = axes->flip[i] ? 0 - step : step; /* no negative zero */
            if (axes->flip[i])
                g.affine[row][3] += step * (double)(from->shape[i] - 1);
        }
    }
    *out = g;
}

const char *amosi_shape_hint(const int64_t a[3], const int64_t b[3])
{
    static const int orders[4][3] = {{0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}};
    if (a[0] == b[2] && a[1] == b[1] && a[2] == b[0])
        return " (it looks as if the axes were exchanged: z, y, x instead of x, y, z)";
    for (int i = 0; i < 4; i++)
        if (a[0] == b[orders[i][0]] && a[1] == b[orders[i][1]] && a[2] == b[orders[i][2]])
            return " (it looks as if the axes were exchanged)";
    return "";
}

amos_status amos_geometry_reorient(const amos_geometry *geometry, const char *orientation, amos_geometry *out,
                                   amos_error *err)
{
    if (!geometry || !out || !is_orientation(geometry->orientation))
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_geometry_reorient needs a geometry with an orientation.");
    struct amosi_axes axes;
    amos_status status = amosi_axes_between(geometry->orientation, orientation, &axes, err);
    int rounding = amosi_rounding_begin();
    if (!status)
        amosi_geometry_apply(geometry, &axes, out);
    amosi_rounding_end(rounding);
    return status;
}
