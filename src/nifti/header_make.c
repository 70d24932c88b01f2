/* SPDX-License-Identifier: BSD-3-Clause */
#include "nifti/header_make.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include <nifti2_io.h>

#include <amos/accept.h>

#include "base/math/bytes.h"
#include "base/error/fail.h"
#include "nifti/geometry.h"
#include "nifti/type.h"

#define LONGEST_AXIS 32767 /* dim[] is int16 */
#define DESCRIPTION_BYTES 79

/* The fields of a header that give the position of its voxels (nifti1.h). */
struct place {
    double pixdim[8];
    int units;
    int qform_code, sform_code;
    double quatern[3]; /* b, c, d */
    double offset[3];
    double srow[3][4];
};

/* ---- checks ---- */

static amos_status check_shape(const char *path, const amos_layout *layout, const struct amosi_header *reference,
                               amos_error *err)
{
    for (int i = 0; i < 4; i++) {
        if (layout->shape[i] < 1)
            return amosi_fail(err, AMOS_E_ARG, path,
                              "the layout has %lld voxels along axis %d; it must have at least 1.",
                              (long long)layout->shape[i], i);
        if (layout->shape[i] > LONGEST_AXIS)
            return amosi_fail(err, AMOS_E_UNSUPPORTED, path, "axis %d has %lld voxels; NIfTI-1 allows at most %d.", i,
                              (long long)layout->shape[i], LONGEST_AXIS);
    }
    const int64_t *wanted = reference ? reference->info.shape : layout->geometry.shape;
    if ((reference || layout->has_geometry) && memcmp(wanted, layout->shape, 3 * sizeof *wanted) != 0)
        return amosi_fail(err, reference ? AMOS_E_PAIR_SHAPE : AMOS_E_ARG, path,
                          "there are %lld x %lld x %lld voxels to write, but the %s has %lld x %lld x %lld%s.",
                          (long long)layout->shape[0], (long long)layout->shape[1], (long long)layout->shape[2],
                          reference ? "reference" : "geometry", (long long)wanted[0], (long long)wanted[1],
                          (long long)wanted[2], amosi_shape_hint(wanted, layout->shape));
    return AMOS_OK;
}

static amos_status check_options(const char *path, const amos_layout *layout, const amos_write_options *o,
                                 amos_error *err)
{
    if (!amosi_type_is_numeric(layout->type))
        return amosi_fail(err, AMOS_E_UNSUPPORTED, path,
                          "voxels of type %d (%s) cannot be written; use int8 to float64.", (int)layout->type,
                          amos_type_name(layout->type));
    double slope = fabs(o->slope), inter = fabs(o->inter);
    if (!(slope <= (double)FLT_MAX && inter <= (double)FLT_MAX) ||
        (slope < (double)FLT_MIN && (slope > 0 || inter > 0)))
        return amosi_fail(err, AMOS_E_ARG, path,
                          "slope %g with inter %g is not a scaling; both must be float32 numbers, and slope not 0.",
                          o->slope, o->inter);
    if (o->qform_code < 0 || o->qform_code > 5 || o->sform_code < 0 || o->sform_code > 5)
        return amosi_fail(err, AMOS_E_ARG, path, "the form codes are %d and %d; NIfTI has 0 to 5.", o->qform_code,
                          o->sform_code);
    if (o->reference && (o->qform_code || o->sform_code))
        return amosi_fail(err, AMOS_E_ARG, path, "with a reference the form codes are its own; leave them 0.");
    if (o->description && strlen(o->description) > DESCRIPTION_BYTES)
        return amosi_fail(err, AMOS_E_ARG, path, "the description has %zu bytes; a header holds %d.",
                          strlen(o->description), DESCRIPTION_BYTES);
    return AMOS_OK;
}

/* ---- the position of the voxels ---- */

/* Copies the position from the reference. An axis that it does not have gets a spacing that readers accept. */
static void place_as_reference(const struct amosi_header *reference, struct place *p)
{
    memcpy(p->pixdim, reference->info.pixdim, sizeof p->pixdim);
    for (int i = reference->info.ndim; i < 3; i++)
        if (!(isfinite(p->pixdim[i + 1]) && p->pixdim[i + 1] > 0))
            p->pixdim[i + 1] = 1;
    p->units = reference->info.space_unit | reference->info.time_unit;
    p->qform_code = reference->info.qform_code;
    p->sform_code = reference->info.sform_code;
    memcpy(p->quatern, reference->quatern, sizeof p->quatern);
    memcpy(p->offset, reference->qoffset, sizeof p->offset);
    memcpy(p->srow, reference->srow, sizeof p->srow);
}

static void place_qform(const amos_geometry *g, struct place *p)
{
    double spacing[3];
    nifti_dmat44 affine;
    memcpy(affine.m, g->affine, sizeof affine.m);
    nifti_dmat44_to_quatern(affine, &p->quatern[0], &p->quatern[1], &p->quatern[2], &p->offset[0], &p->offset[1],
                            &p->offset[2], &spacing[0], &spacing[1], &spacing[2], &p->pixdim[0]);
}

/* Whether the qform, as a reader finds it in float32, gives the geometry. It does not in nearly a half turn, whose small
 * rest is lost (see nifti/quaternion.h). */
static bool qform_holds(const amos_geometry *g, const struct place *p)
{
    amos_geometry read = *g;
    double q[3], at[3], mm[3], apart = INFINITY;
    for (int i = 0; i < 3; i++) {
        q[i] = (double)(float)p->quatern[i];
        at[i] = (double)(float)p->offset[i];
        mm[i] = (double)(float)p->pixdim[i + 1];
    }
    nifti_dmat44 m = nifti_quatern_to_dmat44(q[0], q[1], q[2], at[0], at[1], at[2], mm[0], mm[1], mm[2], p->pixdim[0]);
    memcpy(read.affine, m.m, sizeof m.m);
    return amos_geometry_get_displacement(g, &read, &apart, NULL) == AMOS_OK &&
           apart <= AMOS_TOLERANCE_VOXELS * amosi_geometry_smallest_spacing(g);
}

static bool numbers_good(const amos_geometry *g)
{
    bool good = true;
    for (int i = 0; i < 3; i++) {
        good = good && g->spacing[i] >= (double)FLT_MIN && isfinite(g->spacing[i]);
        for (int j = 0; j < 4; j++)
            good = good && isfinite(g->affine[i][j]);
    }
    return good && amosi_geometry_voxel_mm3(g) > 0;
}

/* The caller's codes, or those that can express the geometry. */
static amos_status choose_codes(const char *path, const amos_layout *layout, const amos_write_options *o,
                                struct place *p, amos_error *err)
{
    bool oriented = layout->has_geometry && layout->geometry.source != AMOS_AFFINE_SPACING;
    bool asked = o->qform_code || o->sform_code;
    if (asked && !layout->has_geometry)
        return amosi_fail(err, AMOS_E_ARG, path, "form codes need a geometry; leave them 0.");
    bool sheared = layout->has_geometry && amosi_geometry_is_sheared(&layout->geometry);
    if (o->qform_code && sheared)
        return amosi_fail(err, AMOS_E_GEOM, path,
                          "the axes are sheared, which a qform cannot express; use the sform alone.");
    p->qform_code = asked ? o->qform_code : oriented && !sheared;
    p->sform_code = asked ? o->sform_code : oriented;
    return AMOS_OK;
}

static amos_status place_as_layout(const char *path, const amos_layout *layout, const amos_write_options *o,
                                   struct place *p, amos_error *err)
{
    const amos_geometry *g = &layout->geometry;
    p->units = NIFTI_UNITS_MM;
    p->pixdim[0] = 1;
    for (int i = 0; i < 3; i++)
        p->pixdim[i + 1] = layout->has_geometry ? g->spacing[i] : 1;
    if (layout->has_geometry && !numbers_good(g))
        return amosi_fail(err, AMOS_E_GEOM, path,
                          "the geometry is invalid: spacing and affine must be finite numbers, and span a space.");
    amos_status status = choose_codes(path, layout, o, p, err);
    if (!status && p->qform_code)
        place_qform(g, p);
    if (!status && p->qform_code && !o->qform_code && !qform_holds(g, p)) {
        p->qform_code = 0;
        memset(p->quatern, 0, sizeof p->quatern);
        memset(p->offset, 0, sizeof p->offset);
        p->pixdim[0] = 1;
    }
    if (!status && p->sform_code)
        memcpy(p->srow, g->affine, sizeof p->srow);
    return status;
}

/* A reference may be NIfTI-2, whose numbers have 64 bits. */
static bool fits_float(const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (isfinite(values[i]) && fabs(values[i]) > (double)FLT_MAX)
            return false;
    return true;
}

static amos_status check_place(const char *path, const struct place *p, amos_error *err)
{
    if (fits_float(p->pixdim, 8) && fits_float(p->quatern, 3) && fits_float(p->offset, 3) &&
        fits_float(&p->srow[0][0], 12))
        return AMOS_OK;
    return amosi_fail(err, AMOS_E_GEOM, path, "the geometry has a number that is too large for NIfTI-1's float32.");
}

/* ---- bytes ---- */

static void put16(unsigned char *at, int64_t value)
{
    at[0] = (unsigned char)(value & 0xff);
    at[1] = (unsigned char)(value >> 8 & 0xff);
}

static void put_floats(unsigned char *at, const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        float value = (float)values[i];
        uint32_t bits;
        memcpy(&bits, &value, sizeof bits);
        amosi_put32(at + 4 * i, bits);
    }
}

static void put_place(unsigned char *header, const struct place *p)
{
    put_floats(header + 76, p->pixdim, 8);
    header[123] = (unsigned char)p->units;
    put16(header + 252, p->qform_code);
    put16(header + 254, p->sform_code);
    put_floats(header + 256, p->quatern, 3);
    put_floats(header + 268, p->offset, 3);
    put_floats(header + 280, &p->srow[0][0], 12);
}

/* Field offsets are those of nifti1.h. */
static void put_header(const amos_layout *layout, const amos_write_options *o, const struct place *p,
                       unsigned char header[AMOSI_HEADER_MADE_BYTES])
{
    const double voxel_offset = AMOSI_HEADER_MADE_BYTES, slope = o->slope != 0 ? o->slope : 1;
    memset(header, 0, AMOSI_HEADER_MADE_BYTES);
    amosi_put32(header, AMOSI_NIFTI1_BYTES);
    header[38] = 'r'; /* regular, as ANALYZE readers expect */
    put16(header + 40, layout->shape[3] > 1 ? 4 : 3);
    for (int i = 0; i < 7; i++)
        put16(header + 42 + 2 * i, i < 4 ? layout->shape[i] : 1);
    put16(header + 70, amosi_type_to_nifti(layout->type));
    put16(header + 72, 8 * (int64_t)amos_type_bytes(layout->type));
    put_place(header, p);
    put_floats(header + 108, &voxel_offset, 1);
    put_floats(header + 112, &slope, 1);
    put_floats(header + 116, &o->inter, 1);
    if (o->description)
        memcpy(header + 148, o->description, strlen(o->description));
    memcpy(header + 344, "n+1", 4);
}

amos_status amosi_header_make(const char *path, const amos_layout *layout, const amos_write_options *options,
                              const struct amosi_header *reference, unsigned char header[AMOSI_HEADER_MADE_BYTES],
                              amos_error *err)
{
    struct place place = {.units = 0};
    amos_status status = check_shape(path, layout, reference, err);
    if (!status)
        status = check_options(path, layout, options, err);
    if (!status && reference)
        place_as_reference(reference, &place);
    else if (!status)
        status = place_as_layout(path, layout, options, &place, err);
    if (!status)
        status = check_place(path, &place, err);
    if (!status)
        put_header(layout, options, &place, header);
    return status;
}
