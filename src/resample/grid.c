/* SPDX-License-Identifier: BSD-3-Clause */
#include "resample/grid.h"

#include <math.h>
#include <string.h>

#include <amos/resample.h>

#include "base/error/fail.h"
#include "base/math/rounding.h"

/* ---- another spacing ---- */

static amos_status respace_axis(struct amosi_grid *grid, int axis, double before, double after, const char *path,
                                amos_error *err)
{
    const double count = (double)grid->before[axis];
    grid->axis[axis] = axis;
    grid->after[axis] = grid->before[axis];
    grid->step[axis] = 1;
    if (after != 0 && after != before) {
        double wanted = rint(count * before / after);
        if (wanted > (double)AMOSI_GRID_MOST)
            return amosi_fail(err, AMOS_E_LIMIT, path,
                              "with %g mm an axis would have %.0f voxels; at most %lld are possible.", after, wanted,
                              (long long)AMOSI_GRID_MOST);
        grid->after[axis] = wanted < 1 ? 1 : (int64_t)wanted;
        grid->step[axis] = after / before;
    }
    grid->first[axis] = (count - 1 - (double)(grid->after[axis] - 1) * grid->step[axis]) / 2;
    grid->matrix[axis][axis] = grid->step[axis];
    grid->matrix[axis][3] = grid->first[axis];
    return AMOS_OK;
}

static void move_geometry(const struct amosi_grid *grid, const double spacing[3], amos_geometry *geometry)
{
    double origin[3];
    amos_geometry_to_mm(geometry, grid->first, origin);
    for (int i = 0; i < 3; i++) {
        geometry->shape[i] = grid->after[i];
        geometry->spacing[i] = spacing[i] != 0 ? spacing[i] : geometry->spacing[i];
        geometry->affine[i][3] = origin[i];
        for (int k = 0; k < 3; k++)
            geometry->affine[i][k] *= grid->step[k];
    }
}

static bool is_spacing(double mm)
{
    return isfinite(mm) && mm >= 0;
}

amos_status amosi_grid_respace(const amos_geometry *old, const double spacing[3], const char *path,
                               struct amosi_grid *grid, amos_geometry *geometry, amos_error *err)
{
    amos_status status = AMOS_OK;
    memset(grid, 0, sizeof *grid);
    grid->separable = true;
    for (int i = 0; i < 3 && !status; i++) {
        grid->before[i] = old->shape[i];
        if (!is_spacing(spacing[i]))
            return amosi_fail(err, AMOS_E_ARG, path,
                              "%s spacing along %c is %g; it must be a positive number of millimetres, or 0 for the "
                              "present one.",
                              path ? "the" : "The", 'x' + i, spacing[i]);
        status = respace_axis(grid, i, old->spacing[i], spacing[i], path, err);
    }
    if (status)
        return status;
    *geometry = *old;
    move_geometry(grid, spacing, geometry);
    return AMOS_OK;
}

amos_status amos_geometry_resample(const amos_geometry *geometry, const double spacing[3], amos_geometry *out,
                                   amos_error *err)
{
    struct amosi_grid grid;
    amos_geometry moved;
    if (!geometry || !spacing || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "amos_geometry_resample needs a geometry, a spacing and a place for the result.");
    const int rounding = amosi_rounding_begin();
    amos_status status = amosi_grid_respace(geometry, spacing, NULL, &grid, &moved, err);
    if (!status)
        *out = moved;
    amosi_rounding_end(rounding);
    return status;
}

/* ---- another geometry ---- */

static double minor(const double a[4][4], int i, int k)
{
    const int r = (i + 1) % 3, s = (i + 2) % 3, c = (k + 1) % 3, d = (k + 2) % 3;
    return a[r][c] * a[s][d] - a[r][d] * a[s][c];
}

/* matrix = inverse(a) * b, for affines; false if `a` has no inverse. */
static bool divide(const double a[4][4], const double b[4][4], double matrix[3][4])
{
    const double det = a[0][0] * minor(a, 0, 0) + a[0][1] * minor(a, 0, 1) + a[0][2] * minor(a, 0, 2);
    bool good = isfinite(det) && det != 0;
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 4; k++) {
            double sum = 0;
            for (int j = 0; j < 3; j++)
                sum += minor(a, j, i) / det * (k < 3 ? b[j][k] : b[j][3] - a[j][3]);
            matrix[i][k] = sum;
            good = good && isfinite(sum);
        }
    return good;
}

/* The column of a row's largest entry. */
static int main_column(const double row[4])
{
    int best = 0;
    for (int k = 1; k < 3; k++)
        if (fabs(row[k]) > fabs(row[best]))
            best = k;
    return best;
}

/* Finds the order of the axes; what a row has beside its largest entry may move a voxel of the new grid by no more than
 * the slack. Half of that is kept, so that the voxels in the middle stay where they are. */
static void find_axes(struct amosi_grid *grid)
{
    unsigned found = 0;
    grid->separable = true;
    for (int row = 0; row < 3; row++) {
        const int column = main_column(grid->matrix[row]);
        double first = grid->matrix[row][3], moved = 0;
        for (int k = 0; k < 3; k++)
            if (k != column) {
                double half = grid->matrix[row][k] * (double)(grid->after[k] - 1) / 2;
                moved += fabs(half);
                first += half;
            }
        found |= 1u << column;
        grid->axis[column] = row;
        grid->first[column] = first;
        grid->step[column] = grid->matrix[row][column];
        grid->separable = grid->separable && moved <= AMOSI_GRID_SLACK;
    }
    grid->separable = grid->separable && found == 7;
}

static amos_status check_shape(const amos_geometry *wanted, amos_error *err)
{
    for (int i = 0; i < 3; i++) {
        if (wanted->shape[i] < 1)
            return amosi_fail(err, AMOS_E_ARG, NULL, "The grid has %lld voxels along %c; it must have at least one.",
                              (long long)wanted->shape[i], 'x' + i);
        if (wanted->shape[i] > AMOSI_GRID_MOST)
            return amosi_fail(err, AMOS_E_LIMIT, NULL, "The grid has %lld voxels along %c; at most %lld are possible.",
                              (long long)wanted->shape[i], 'x' + i, (long long)AMOSI_GRID_MOST);
    }
    return AMOS_OK;
}

amos_status amosi_grid_between(const amos_geometry *old, const amos_geometry *wanted, struct amosi_grid *grid,
                               amos_error *err)
{
    memset(grid, 0, sizeof *grid);
    amos_status status = check_shape(wanted, err);
    if (status)
        return status;
    memcpy(grid->before, old->shape, sizeof grid->before);
    memcpy(grid->after, wanted->shape, sizeof grid->after);
    if (!divide(old->affine, wanted->affine, grid->matrix))
        return amosi_fail(err, AMOS_E_GEOM, NULL,
                          "The affine of the voxels cannot be inverted, or one of the affines is not finite, so the "
                          "new voxels have no place in the old grid.");
    find_axes(grid);
    for (int i = 0; i < 3 && grid->separable; i++)
        grid->separable = grid->step[i] != 0;
    return AMOS_OK;
}
