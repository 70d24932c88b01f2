/* SPDX-License-Identifier: BSD-3-Clause */
#include "nifti/header.h"

#include <math.h>
#include <string.h>

#include "base/math/bytes.h"
#include "base/error/fail.h"
#include "base/text/number.h"
#include "nifti/type.h"

/* A header that is being read; field offsets are in nifti1.h and nifti2.h. */
struct reader {
    const unsigned char *bytes;
    const char *path;
    struct amosi_header *out;
    amos_error *err;
    bool big;
    bool two; /* NIfTI-2 */
};

struct field {
    int at[2]; /* byte offset in NIfTI-1 and NIfTI-2 */
};

static const struct field MAGIC = {{344, 4}}, DIM = {{40, 16}}, DATATYPE = {{70, 12}}, BITPIX = {{72, 14}},
                          PIXDIM = {{76, 104}}, VOX_OFFSET = {{108, 168}}, SLOPE = {{112, 176}}, INTER = {{116, 184}},
                          XYZT_UNITS = {{123, 500}}, DESCRIP = {{148, 240}}, QFORM_CODE = {{252, 344}},
                          SFORM_CODE = {{254, 348}}, QUATERN = {{256, 352}}, QOFFSET = {{268, 376}},
                          SROW = {{280, 400}}, INTENT_CODE = {{68, 504}};

static const unsigned char *at(const struct reader *r, struct field field)
{
    return r->bytes + field.at[r->two];
}

/* Item n of a floating field: float32 in NIfTI-1, float64 in NIfTI-2. */
static double get_real(const struct reader *r, struct field field, size_t n)
{
    const unsigned char *p = at(r, field);
    return r->two ? amosi_get_double(p + 8 * n, r->big) : (double)amosi_get_float(p + 4 * n, r->big);
}

/* A code: int16 in NIfTI-1, int32 in NIfTI-2. */
static int get_code(const struct reader *r, struct field field)
{
    const unsigned char *p = at(r, field);
    return r->two ? (int32_t)amosi_get32(p, r->big) : (int16_t)amosi_get16(p, r->big);
}

static int64_t get_dim(const struct reader *r, size_t n, bool big)
{
    const unsigned char *p = at(r, DIM);
    return r->two ? (int64_t)amosi_get64(p + 8 * n, big) : (int16_t)amosi_get16(p + 2 * n, big);
}

size_t amosi_header_size(const unsigned char *bytes)
{
    for (int big = 0; big < 2; big++) {
        uint32_t size = amosi_get32(bytes, big);
        if (size == AMOSI_NIFTI1_BYTES || size == AMOSI_NIFTI2_BYTES)
            return size;
    }
    return 0;
}

static amos_status fail_at(const struct reader *r, amos_status status, struct field field, const char *what)
{
    return amosi_fail_at(r->err, status, r->path, field.at[r->two], "%s", what);
}

/* ---- what kind of header ---- */

static amos_status read_size(struct reader *r)
{
    size_t size = amosi_header_size(r->bytes);
    if (size == 0)
        return amosi_fail_at(r->err, AMOS_E_HDR_MAGIC, r->path, 0,
                             "this is not a NIfTI file: it begins with the number %u instead of 348 or 540.",
                             amosi_get32(r->bytes, false));
    r->big = amosi_get32(r->bytes, true) == size;
    r->two = size == AMOSI_NIFTI2_BYTES;
    r->out->header_bytes = size;
    r->out->info.big_endian = r->big;
    r->out->info.nifti_version = r->two ? 2 : 1;
    r->out->swap = r->big != amosi_host_is_big_endian();
    return AMOS_OK;
}

static amos_status read_magic(struct reader *r)
{
    const unsigned char *magic = at(r, MAGIC);
    const unsigned char digit = r->two ? '2' : '1';
    if (!r->two && (memcmp(r->bytes + 4, "n+2", 4) == 0 || memcmp(r->bytes + 4, "ni2", 4) == 0))
        return fail_at(r, AMOS_E_HDR_MAGIC, MAGIC,
                       "the header's size is 348, that of NIfTI-1, but its magic is NIfTI-2's; the header is damaged.");
    if (!r->two && memcmp(magic, "\0\0\0\0", 4) == 0)
        return fail_at(
            r, AMOS_E_UNSUPPORTED, MAGIC,
            "this is an ANALYZE 7.5 header without NIfTI's magic, which is not supported; convert it to NIfTI.");
    bool single = magic[0] == 'n' && magic[1] == '+', pair = magic[0] == 'n' && magic[1] == 'i';
    if (!(single || pair) || magic[2] != digit || magic[3] != 0)
        return amosi_fail_at(r->err, AMOS_E_HDR_MAGIC, r->path, MAGIC.at[r->two],
                             "the magic of this %d-byte header is 0x%02x%02x%02x%02x instead of \"n+%c\" or \"ni%c\".",
                             (int)r->out->header_bytes, magic[0], magic[1], magic[2], magic[3], digit, digit);
    if (r->two && memcmp(magic + 4, "\r\n\x1a\n", 4) != 0)
        return fail_at(r, AMOS_E_HDR_MAGIC, MAGIC,
                       "the line ends after the magic have changed: the file was damaged by a transfer in "
                       "text mode; copy it again in binary mode.");
    r->out->separate_voxels = pair;
    return AMOS_OK;
}

/* ---- dimensions and type ---- */

static amos_status read_dims(struct reader *r)
{
    amos_volume_info *info = &r->out->info;
    int64_t ndim = get_dim(r, 0, r->big), other = get_dim(r, 0, !r->big);
    if (ndim < 1 || ndim > 7) {
        if (other >= 1 && other <= 7)
            return amosi_fail_at(r->err, AMOS_E_HDR_ENDIAN, r->path, DIM.at[r->two],
                                 "the header's size field is %s-endian, but dim[0] is %lld, which only makes sense "
                                 "%s-endian; the header is damaged.",
                                 r->big ? "big" : "little", (long long)ndim, r->big ? "little" : "big");
        return amosi_fail_at(r->err, AMOS_E_HDR_DIM, r->path, DIM.at[r->two],
                             "dim[0], the number of dimensions, is %lld; it must be 1 to 7.", (long long)ndim);
    }
    info->ndim = (int)ndim;
    info->frames = 1;
    for (size_t i = 0; i < 7; i++) {
        info->dim[i] = (int64_t)i < ndim ? get_dim(r, i + 1, r->big) : 1;
        if (info->dim[i] < 1)
            return amosi_fail_at(r->err, AMOS_E_HDR_DIM, r->path, DIM.at[r->two] + (r->two ? 8 : 2) * (int)(i + 1),
                                 "dim[%zu] is %lld; it must be at least 1.", i + 1, (long long)info->dim[i]);
        if (i < 3)
            info->shape[i] = info->dim[i];
    }
    return AMOS_OK;
}

static amos_status read_type(struct reader *r)
{
    int code = r->two ? (int16_t)amosi_get16(at(r, DATATYPE), r->big) : get_code(r, DATATYPE);
    int bitpix = (int16_t)amosi_get16(at(r, BITPIX), r->big);
    r->out->info.type = amosi_type_from_nifti(code);
    r->out->voxel_bytes = amos_type_bytes(r->out->info.type);
    if (r->out->info.type == AMOS_TYPE_STORED)
        return amosi_fail_at(r->err, AMOS_E_HDR_DTYPE, r->path, DATATYPE.at[r->two],
                             "datatype is %d, which is not a voxel type that NIfTI defines for reading.", code);
    if (bitpix != 8 * (int)r->out->voxel_bytes)
        r->out->warnings |= AMOS_W_BITPIX;
    return AMOS_OK;
}

/* Computes the numbers of voxels and bytes; hostile dimensions may overflow them. */
static amos_status count_voxels(struct reader *r)
{
    amos_volume_info *info = &r->out->info;
    uint64_t voxels = 1, most = INT64_MAX / 16; /* 16: no type that voxels are converted to is larger */
    for (size_t i = 0; i < 7; i++) {
        if (__builtin_mul_overflow(voxels, (uint64_t)info->dim[i], &voxels) || voxels > most)
            return amosi_fail_at(
                r->err, AMOS_E_LIMIT, r->path, DIM.at[r->two],
                "the dimensions %lld x %lld x %lld x ... give more voxels than a computer can address.",
                (long long)info->dim[0], (long long)info->dim[1], (long long)info->dim[2]);
        if (i >= 3)
            info->frames *= info->dim[i];
    }
    r->out->voxels = voxels;
    if (__builtin_mul_overflow(voxels, (uint64_t)r->out->voxel_bytes, &info->stored_bytes) ||
        info->stored_bytes > INT64_MAX)
        return fail_at(r, AMOS_E_LIMIT, DIM, "the dimensions give more bytes than a computer can address.");
    return AMOS_OK;
}

/* ---- scaling and offset of the voxels ---- */

static amos_status read_scaling(struct reader *r)
{
    double slope = get_real(r, SLOPE, 0), inter = get_real(r, INTER, 0);
    r->out->info.slope = 1;
    r->out->info.inter = 0;
    if (!isfinite(slope))
        r->out->warnings |= AMOS_W_SCALE;
    if (!isfinite(slope) || slope == 0)
        return AMOS_OK;
    if (!isfinite(inter))
        return amosi_fail_at(r->err, AMOS_E_HDR_SCALE, r->path, INTER.at[r->two],
                             "scl_slope is %g but scl_inter is %s; no voxel would have a value.", slope,
                             isnan(inter) ? "not a number" : "infinite");
    r->out->info.slope = slope;
    r->out->info.inter = inter;
    return AMOS_OK;
}

static amos_status fail_offset(struct reader *r, const char *rule)
{
    double offset = r->two ? (double)(int64_t)amosi_get64(at(r, VOX_OFFSET), r->big) : get_real(r, VOX_OFFSET, 0);
    char number[AMOSI_NUMBER_BYTES];
    return amosi_fail_at(r->err, AMOS_E_HDR_OFFSET, r->path, VOX_OFFSET.at[r->two], "vox_offset is %s; %s.",
                         amosi_number_show(number, offset), rule);
}

static amos_status read_offset(struct reader *r)
{
    amos_volume_info *info = &r->out->info;
    int64_t first = r->out->separate_voxels ? 0 : (int64_t)r->out->header_bytes + 4;
    double real = r->two ? 0 : get_real(r, VOX_OFFSET, 0);
    /* No file has an offset beyond 2^53. The comparison also refuses NaN. */
    if (!(real >= 0 && real <= 9007199254740992.0))
        return fail_offset(r, "it must be a number of bytes, at least 0");
    if (real != floor(real))
        return fail_offset(r, "it must be a whole number of bytes");
    int64_t offset = r->two ? (int64_t)amosi_get64(at(r, VOX_OFFSET), r->big) : (int64_t)real;
    if (offset < 0 || offset > (int64_t)1 << 53)
        return fail_offset(r, "it must be a number of bytes, at least 0 and at most 2^53");
    if (real > 16777216)
        r->out->warnings |= AMOS_W_OFFSET;
    if (offset == 0 && first > 0 && !r->two) {
        r->out->offset_missing = true;
        r->out->warnings |= AMOS_W_OFFSET;
        offset = first;
    }
    if (offset < first)
        return fail_offset(r, r->two ? "in a single NIfTI-2 file it must be at least 544"
                                     : "in a single NIfTI-1 file it must be at least 352");
    if (offset % 16)
        r->out->warnings |= AMOS_W_ALIGN;
    info->vox_offset = offset;
    return AMOS_OK;
}

/* ---- geometry ---- */

static int read_form_code(struct reader *r, struct field field)
{
    int code = get_code(r, field);
    if (code >= 0 && code <= 5)
        return code;
    r->out->warnings |= AMOS_W_CODE;
    return 0;
}

static void read_units(struct reader *r)
{
    int units = r->two ? get_code(r, XYZT_UNITS) : *at(r, XYZT_UNITS);
    int space = units & 7, time = units & 0x38;
    if ((units & ~0x3f) || space > 3 || time > 48)
        r->out->warnings |= AMOS_W_UNITS;
    r->out->info.space_unit = space > 3 ? 0 : space;
    r->out->info.time_unit = time > 48 ? 0 : time;
}

static void read_geometry(struct reader *r)
{
    struct amosi_header *out = r->out;
    out->info.qform_code = read_form_code(r, QFORM_CODE);
    out->info.sform_code = read_form_code(r, SFORM_CODE);
    for (size_t i = 0; i < 8; i++)
        out->info.pixdim[i] = get_real(r, PIXDIM, i);
    for (size_t i = 0; i < 3; i++) {
        out->quatern[i] = get_real(r, QUATERN, i);
        out->qoffset[i] = get_real(r, QOFFSET, i);
        for (size_t j = 0; j < 4; j++)
            out->srow[i][j] = get_real(r, SROW, 4 * i + j);
    }
    double qfac = out->info.pixdim[0];
    if (out->info.qform_code > 0 && qfac != 1 && qfac != -1 && qfac != 0)
        out->warnings |= AMOS_W_QFAC;
    read_units(r);
}

static void read_texts(struct reader *r)
{
    memcpy(r->out->info.description, at(r, DESCRIP), 80);
    r->out->info.description[80] = '\0';
    r->out->info.intent_code = get_code(r, INTENT_CODE);
}

amos_status amosi_header_parse(const unsigned char *header, size_t bytes, const char *path, struct amosi_header *out,
                               amos_error *err)
{
    static amos_status (*const steps[])(struct reader *) = {read_magic,   read_dims,    read_type,
                                                            count_voxels, read_scaling, read_offset};
    memset(out, 0, sizeof *out);
    struct reader r = {.bytes = header, .path = path, .out = out, .err = err};
    if (bytes >= 12 && memcmp(header, "<nifti_image", 12) == 0)
        return amosi_fail(err, AMOS_E_UNSUPPORTED, path,
                          "this is an ASCII NIfTI file (.nia), which is not supported; convert it to .nii.gz.");
    if (bytes < AMOSI_NIFTI1_BYTES)
        return amosi_fail(err, AMOS_E_HDR_SHORT, path, "there are only %zu bytes; a NIfTI header has at least 348.",
                          bytes);
    amos_status status = read_size(&r);
    if (!status && bytes < out->header_bytes)
        status = amosi_fail(err, AMOS_E_HDR_SHORT, path, "there are only %zu bytes; a NIfTI-2 header has 540.", bytes);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && !status; i++)
        status = steps[i](&r);
    if (!status) {
        read_geometry(&r);
        read_texts(&r);
    }
    return status;
}
