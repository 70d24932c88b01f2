/* SPDX-License-Identifier: BSD-3-Clause */
/* The NIfTI header section of the catalogue of odd input: rows H01 to H78. Geometry faults are in
 * test_geometry.c, pairs in test_malformed_pair.c, types and values in test_types.c. */
#include <math.h>
#include <string.h>

#include "support/main.h"
#include "support/malformed.h"

/* Variants 0..3 of many rows: NIfTI-1 and -2, little- and big-endian. */
static struct nifti_spec spec_of(int variant)
{
    return (struct nifti_spec){.version = 1 + (variant & 1),
                               .big_endian = variant >> 1 & 1,
                               .ndim = 3,
                               .dim = {20, 10, 6},
                               .type = AMOS_TYPE_INT16,
                               .seed = 55};
}

static void remake(struct odd_input *in, int variant)
{
    struct nifti_spec spec = spec_of(variant);
    odd_remake(in, &spec);
}

static void whole(struct odd_input *in, int v)
{
    remake(in, v);
}

/* ---- too short, not NIfTI ---- */

static void fewer_than_348(struct odd_input *in, int v)
{
    static const size_t sizes[] = {0, 1, 3, 4, 100, 347};
    bytes_cut(&in->nifti.bytes, sizes[v]);
    in->suffix = ".nii";
    bytes_add(&in->file, in->nifti.bytes.data, in->nifti.bytes.size);
}

static void without_extender(struct odd_input *in, int v)
{
    remake(in, v / 4);
    bytes_cut(&in->nifti.bytes, (v / 4 ? 540 : 348) + (size_t)v % 4);
}

static void fewer_than_540(struct odd_input *in, int v)
{
    static const size_t sizes[] = {4, 12, 347, 348, 352, 539};
    remake(in, 1);
    bytes_cut(&in->nifti.bytes, sizes[v]);
}

static void other_header_size(struct odd_input *in, int v)
{
    static const int sizes[] = {0, 1, 347, 349, 539, 541, -1, 0x5c010000 + 1, 352, 0x7fffffff};
    nifti_poke(&in->nifti, "sizeof_hdr", 0, sizes[v]);
}

static void size_of_the_other_version(struct odd_input *in, int v)
{
    remake(in, v);
    nifti_poke(&in->nifti, "sizeof_hdr", 0, v & 1 ? 348 : 540);
}

static void swapped_size_only(struct odd_input *in, int v)
{
    remake(in, v * 2);
    in->nifti.big_endian = !in->nifti.big_endian;
    nifti_poke(&in->nifti, "sizeof_hdr", 0, 348);
}

static void swapped_dim_only(struct odd_input *in, int v)
{
    static const int dims[] = {1, 3, 4, 7};
    remake(in, v / 4 * 2);
    in->nifti.big_endian = !in->nifti.big_endian;
    nifti_poke(&in->nifti, "dim", 0, dims[v % 4]);
}

static void pair_magic_in_one_file(struct odd_input *in, int v)
{
    remake(in, v);
    nifti_poke_bytes(&in->nifti, "magic", v & 1 ? "ni2" : "ni1", 4);
}

static void no_magic(struct odd_input *in, int v)
{
    remake(in, v * 2);
    nifti_poke_bytes(&in->nifti, "magic", "\0\0\0", 4);
}

static void other_magic(struct odd_input *in, int v)
{
    static const char *const magics[] = {"n+1x", "n+3", "n+2", "N+1", "ni3", "x+1", "n+1 ", " n+1"};
    nifti_poke_bytes(&in->nifti, "magic", magics[v], 4);
}

static void other_magic_2(struct odd_input *in, int v)
{
    static const char *const magics[] = {"n+1\0\r\n\x1a\n", "n+3\0\r\n\x1a\n", "\0\0\0\0\r\n\x1a\n", "\0\0\0\0\0\0\0\0",
                                         "n+2x\r\n\x1a\n"};
    remake(in, 1);
    nifti_poke_bytes(&in->nifti, "magic", magics[v], 8);
}

static void text_mode_magic(struct odd_input *in, int v)
{
    static const char *const magics[] = {"n+2\0\n\x1a\n\0", "n+2\0\r\n\x1a\r", "n+2\0\0\0\0\0", "n+2\0\r\r\n\x1a"};
    remake(in, 1);
    nifti_poke_bytes(&in->nifti, "magic", magics[v], 8);
}

static void ascii_nifti(struct odd_input *in, int v)
{
    static const size_t sizes[] = {12, 200, 3000};
    bytes_add(&in->file, "<nifti_image", 12);
    bytes_add_fill(&in->file, ' ', sizes[v] - 12);
    in->suffix = ".nii";
}

/* ---- dimensions ---- */

static void ndim_0(struct odd_input *in, int v)
{
    remake(in, v);
    nifti_poke(&in->nifti, "dim", 0, 0);
}

static void ndim_odd_1(struct odd_input *in, int v)
{
    static const int dims[] = {8, -1, 32767, -32768, 9};
    remake(in, v / 5 * 2);
    nifti_poke(&in->nifti, "dim", 0, dims[v % 5]);
}

static void ndim_odd_2(struct odd_input *in, int v)
{
    static const double dims[] = {8, 200, -1, 1099511627776.0};
    remake(in, 1 + v / 4 * 2);
    nifti_poke(&in->nifti, "dim", 0, dims[v % 4]);
}

static void dim_not_positive(struct odd_input *in, int v)
{
    static const int dims[] = {0, -1, -32768};
    remake(in, v % 4);
    nifti_poke(&in->nifti, "dim", 1 + v / 4 % 3, dims[v / 12]);
}

static void no_frames(struct odd_input *in, int v)
{
    struct nifti_spec spec = spec_of(v % 4);
    spec.ndim = 4 + v / 4;
    odd_remake(in, &spec);
    nifti_poke(&in->nifti, "dim", spec.ndim, v % 2 ? -1 : 0);
}

static void large_dims(struct odd_input *in, int version, const double *dims, int count)
{
    remake(in, version - 1);
    nifti_poke(&in->nifti, "dim", 0, count);
    for (int i = 0; i < count; i++)
        nifti_poke(&in->nifti, "dim", i + 1, dims[i]);
}

static void product_overflows(struct odd_input *in, int v)
{
    static const double rows[][7] = {{32767, 32767, 32767, 32767, 32767, 1, 1},
                                     {32767, 32767, 32767, 32767, 32767, 32767, 32767},
                                     {16384, 16384, 16384, 16384, 256, 1, 1}};
    large_dims(in, 1, rows[v], 7);
}

static void product_wraps(struct odd_input *in, int v)
{
    static const double rows[][3] = {{4294967297.0, 4294967296.0, 1}, /* 2^64 + 2^32 */
                                     {4294967296.0, 4294967296.0, 1}, /* 2^64: 0 */
                                     {4611686018427387904.0, 4, 1},   /* 2^64 by 2^62 * 4 */
                                     {4611686018427387904.0, 2, 1},   /* 2^63 */
                                     {6148914691236516864.0, 3, 1}};  /* a little under 2^64 */
    large_dims(in, 2, rows[v], 3);
}

static void bytes_overflow(struct odd_input *in, int v)
{
    static const double rows[][3] = {{1073741824.0, 2147483648.0, 1}, {1073741824.0, 1073741824.0, 2}};
    large_dims(in, 2, rows[v], 3);
    nifti_poke(&in->nifti, "datatype", 0, v ? 1280 : 64); /* 2^61 times 8 bytes */
    nifti_poke(&in->nifti, "bitpix", 0, 64);
}

static void over_the_limit(struct odd_input *in, int v)
{
    static const double rows[][3] = {{32767, 32767, 32767}, {2048, 2048, 2049}};
    large_dims(in, 1, rows[v], 3);
}

static void garbage_beyond_ndim(struct odd_input *in, int v)
{
    struct nifti_spec spec = spec_of(v);
    odd_remake(in, &spec);
    for (int i = 4; i < 8; i++)
        nifti_poke(&in->nifti, "dim", i, i % 2 ? -7 : 32767);
}

/* ---- type ---- */

static void bitpix_wrong(struct odd_input *in, int v)
{
    static const int pixels[] = {0, 8, 32, -1};
    remake(in, v % 4);
    nifti_poke(&in->nifti, "bitpix", 0, pixels[v / 4]);
}

static void datatype_unknown(struct odd_input *in, int v)
{
    static const int codes[] = {0, 1, 3, 999, 255, -4, 4097};
    remake(in, v % 4);
    nifti_poke(&in->nifti, "datatype", 0, codes[v / 4]);
}

/* ---- vox_offset ---- */

static void offset_0(struct odd_input *in, int v)
{
    remake(in, v % 2 * 2);
    nifti_poke(&in->nifti, "vox_offset", 0, 0);
    if (v / 2)
        gzip_add(&in->file, in->nifti.bytes.data, in->nifti.bytes.size, NULL);
}

static void offset_0_and_more_bytes(struct odd_input *in, int v)
{
    offset_0(in, v % 2);
    if (v / 4)
        bytes_add(&in->nifti.bytes, "\0\0\0\0", 4);
    else
        bytes_cut_tail(&in->nifti.bytes, 4);
    if (v / 2 % 2)
        gzip_add(&in->file, in->nifti.bytes.data, in->nifti.bytes.size, NULL);
}

static void offset_inside_the_header(struct odd_input *in, int v)
{
    static const double offsets[] = {1, 100, 347, 348, 351};
    remake(in, v / 5 * 2);
    nifti_poke(&in->nifti, "vox_offset", 0, offsets[v % 5]);
}

static void offset_is_no_number(struct odd_input *in, int v)
{
    static const double offsets[] = {
        (double)NAN, (double)INFINITY, -(double)INFINITY,     1e30, 4611686018427387904.0, -1, -352, -1e30, 352.5,
        352.0001,    3.4e38,           9223372036854775808.0, 1e-40};
    remake(in, v / 13 * 2);
    nifti_poke(&in->nifti, "vox_offset", 0, offsets[v % 13]);
}

static void offset_inside_the_header_2(struct odd_input *in, int v)
{
    static const double offsets[] = {0, 1, 352, 540, 543, -1, -540, 4611686018427387904.0, -9223372036854775808.0};
    remake(in, 1 + v / 9 * 2);
    nifti_poke(&in->nifti, "vox_offset", 0, offsets[v % 9]);
}

static void offset_odd(struct odd_input *in, int v)
{
    static const int more[] = {1, 2, 8, 15, 17};
    struct nifti_spec spec = spec_of(v % 4);
    spec.vox_offset = (v % 2 ? 544 : 352) + more[v / 4];
    odd_remake(in, &spec);
}

static void offset_beyond_the_data(struct odd_input *in, int v)
{
    remake(in, v % 4);
    nifti_poke(&in->nifti, "vox_offset", 0, v / 4 ? 1000000 : 10000);
    if (v / 8)
        gzip_add(&in->file, in->nifti.bytes.data, in->nifti.bytes.size, NULL);
}

static void offset_too_large_for_float32(struct odd_input *in, int v)
{
    struct nifti_spec spec = spec_of(0);
    spec.vox_offset = 16777216 + 32;
    odd_remake(in, &spec);
    if (v)
        gzip_add(&in->file, in->nifti.bytes.data, in->nifti.bytes.size, NULL);
}

/* ---- extensions ---- */

/* One extension of `room` bytes whose esize field says `esize`. */
static void one_extension(struct odd_input *in, int variant, int32_t esize, int32_t ecode, size_t room)
{
    struct nifti_spec spec = spec_of(variant);
    struct bytes list = {0};
    for (int i = 0; i < 2; i++) {
        uint32_t value = (uint32_t)(i ? ecode : esize);
        unsigned char le[4] = {(unsigned char)value, (unsigned char)(value >> 8), (unsigned char)(value >> 16),
                               (unsigned char)(value >> 24)};
        unsigned char be[4] = {le[3], le[2], le[1], le[0]};
        bytes_add(&list, spec.big_endian ? be : le, 4);
    }
    bytes_add_fill(&list, 'e', room - 8);
    spec.extensions = list.data;
    spec.extension_bytes = list.size;
    odd_remake(in, &spec);
    bytes_free(&list);
}

static void freesurfer_extension(struct odd_input *in, int v)
{
    one_extension(in, v, 144, 8, 144); /* NIfTI-1: vox_offset 496 */
}

static void extender_without_extension(struct odd_input *in, int v)
{
    remake(in, v);
    nifti_poke(&in->nifti, "extender", 0, 1);
}

static void extension_size_wrong(struct odd_input *in, int v)
{
    static const int32_t sizes[] = {0, 8, -16, 20, 15, 1, INT32_MIN, 0x7ffffff0, 48, 1 << 20};
    one_extension(in, v % 4, sizes[v / 4], 6, 32);
}

static void extension_code_odd(struct odd_input *in, int v)
{
    static const int32_t codes[] = {0, 1, 7, -2, 999999, INT32_MAX};
    one_extension(in, v % 4, 32, codes[v / 4], 32);
}

static void extensions_over_the_limit(struct odd_input *in, int v)
{
    one_extension(in, v % 4, 160, 6, 160);
    in->limits.max_extensions = 159;
    if (v / 4)
        gzip_add(&in->file, in->nifti.bytes.data, in->nifti.bytes.size, NULL);
}

static void extensions_at_the_limit(struct odd_input *in, int v)
{
    one_extension(in, v % 4, 160, 6, 160);
    in->limits.max_extensions = 160;
}

/* ---- scaling ---- */

static void slope_of(struct odd_input *in, int v, double slope, double inter)
{
    struct nifti_spec spec = spec_of(v);
    spec.slope = slope;
    spec.inter = inter;
    odd_remake(in, &spec);
}

static void slope_not_finite(struct odd_input *in, int v)
{
    static const double slopes[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
    slope_of(in, v % 4, slopes[v / 4], 3);
}

static void inter_not_finite(struct odd_input *in, int v)
{
    static const double inters[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
    slope_of(in, v % 4, v / 12 ? 2.5 : 1, inters[v / 4 % 3]);
}

static void slope_0_and_any_inter(struct odd_input *in, int v)
{
    static const double inters[] = {0, 5, (double)NAN, (double)INFINITY};
    slope_of(in, v % 4, 0, inters[v / 4]);
}

/* ---- geometry that is odd but usable ---- */

static struct nifti_spec qform_spec(int v)
{
    struct nifti_spec spec = spec_of(v);
    spec.qform_code = 1;
    for (int i = 0; i < 4; i++)
        spec.pixdim[i] = 1 + i;
    return spec;
}

static void qfac_0(struct odd_input *in, int v)
{
    struct nifti_spec spec = qform_spec(v);
    spec.pixdim[0] = 0;
    odd_remake(in, &spec);
}

static void qfac_odd(struct odd_input *in, int v)
{
    static const double factors[] = {5, -0.5, (double)NAN};
    struct nifti_spec spec = qform_spec(v % 4);
    spec.pixdim[0] = factors[v / 4];
    odd_remake(in, &spec);
}

static void sheared(struct odd_input *in, int v)
{
    struct nifti_spec spec = spec_of(v);
    spec.sform_code = 1;
    const double rows[3][4] = {{1, 0.3, 0, 0}, {0, 1, 0, 0}, {0, 0.2, 2, 0}};
    memcpy(spec.srow, rows, sizeof rows);
    memcpy(spec.pixdim, (const double[4]){1, 1, 1.063, 2}, 4 * sizeof(double));
    odd_remake(in, &spec);
}

static void oblique_but_straight(struct odd_input *in, int v)
{
    struct nifti_spec spec = spec_of(v);
    spec.sform_code = 1;
    const double rows[3][4] = {{0.96, -0.56, 0, 0}, {0.28, 1.92, 0, 0}, {0, 0, 5, 0}};
    memcpy(spec.srow, rows, sizeof rows);
    memcpy(spec.pixdim, (const double[4]){1, 1, 2, 5}, 4 * sizeof(double));
    odd_remake(in, &spec);
}

static void forms_disagree(struct odd_input *in, int v)
{
    struct nifti_spec spec = qform_spec(v);
    spec.pixdim[0] = 1;
    spec.sform_code = 1;
    const double rows[3][4] = {{-2, 0, 0, 0}, {0, 3, 0, 0}, {0, 0, 4, 0}};
    memcpy(spec.srow, rows, sizeof rows);
    odd_remake(in, &spec);
}

static void no_forms(struct odd_input *in, int v)
{
    struct nifti_spec spec = spec_of(v);
    spec.no_forms = 1;
    odd_remake(in, &spec);
}

static void form_codes_odd(struct odd_input *in, int v)
{
    static const int codes[] = {-5, 99, 32767};
    remake(in, v % 4); /* sform_code 1 */
    nifti_poke(&in->nifti, "qform_code", 0, codes[v / 4]);
}

static void all_form_codes_odd(struct odd_input *in, int v)
{
    remake(in, v);
    nifti_poke(&in->nifti, "sform_code", 0, 99);
    nifti_poke(&in->nifti, "qform_code", 0, -5);
}

/* ---- unused fields ---- */

static void silly_fields(struct odd_input *in, int v)
{
    static const char *const fields[] = {"cal_max",   "cal_min",   "slice_duration", "toffset",
                                         "intent_p1", "intent_p2", "intent_p3"};
    remake(in, v);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        nifti_poke(&in->nifti, fields[i], 0, (double)NAN);
    nifti_poke(&in->nifti, "slice_start", 0, -5);
    nifti_poke(&in->nifti, "slice_end", 0, 32000);
    nifti_poke(&in->nifti, "slice_code", 0, 77);
    nifti_poke(&in->nifti, "intent_code", 0, -9);
    nifti_poke(&in->nifti, "dim_info", 0, -1);
}

static void units_odd(struct odd_input *in, int v)
{
    static const int units[] = {0x40 | 2, 0x80 | 2, 4, 7, 0xff, 56 | 2};
    remake(in, v % 4);
    nifti_poke(&in->nifti, "xyzt_units", 0, units[v / 4]);
}

/* ---- length of plain files ---- */

static void too_short(struct odd_input *in, int v)
{
    static const size_t missing[] = {1, 2, 1200, 2400};
    remake(in, v % 4);
    bytes_cut_tail(&in->nifti.bytes, missing[v / 4]);
}

static void bytes_follow(struct odd_input *in, int v)
{
    remake(in, v % 4);
    bytes_add_fill(&in->nifti.bytes, 0, v / 4 ? 1 << 20 : 1);
}

/* The limit max_extra applies to data that must be decoded; the rest of a plain file costs nothing. */
static void many_bytes_follow(struct odd_input *in, int v)
{
    remake(in, v);
    bytes_add_fill(&in->nifti.bytes, 0, (1 << 20) + 1);
}

static const struct odd_row rows[] = {
    {"H08-H09", "either version and byte order", whole, 4, AMOS_OK, 0, NULL},
    {"H01", "fewer than 348 bytes", fewer_than_348, 6, AMOS_E_HDR_SHORT, 0, NULL},
    {"H02", "no extender", without_extender, 8, AMOS_E_HDR_SHORT, 0, NULL},
    {"H03", "sizeof_hdr 540 and fewer bytes", fewer_than_540, 6, AMOS_E_HDR_SHORT, 0, NULL},
    {"H04", "other sizeof_hdr", other_header_size, 10, AMOS_E_HDR_MAGIC, 0, NULL},
    {"H05", "sizeof_hdr of the other version", size_of_the_other_version, 4, AMOS_E_HDR_MAGIC, 0, NULL},
    {"H06", "sizeof_hdr swapped, dim[0] not", swapped_size_only, 2, AMOS_E_HDR_ENDIAN, 0, NULL},
    {"H07", "dim[0] swapped, sizeof_hdr not", swapped_dim_only, 8, AMOS_E_HDR_ENDIAN, 0, NULL},
    {"H10", "ni1 in a .nii", pair_magic_in_one_file, 4, AMOS_E_UNSUPPORTED, 0, ".img"},
    {"H12", "ANALYZE", no_magic, 2, AMOS_E_UNSUPPORTED, 0, "ANALYZE"},
    {"H13", "other magic", other_magic, 8, AMOS_E_HDR_MAGIC, 0, NULL},
    {"H13-2", "other magic in NIfTI-2", other_magic_2, 5, AMOS_E_HDR_MAGIC, 0, NULL},
    {"H14", "NIfTI-2 magic after a text-mode transfer", text_mode_magic, 4, AMOS_E_HDR_MAGIC, 0, "text"},
    {"H15", "NIfTI in ASCII", ascii_nifti, 3, AMOS_E_UNSUPPORTED, 0, NULL},
    {"H16", "dim[0] 0", ndim_0, 4, AMOS_E_HDR_DIM, 0, "dim[0]"},
    {"H17", "dim[0] of 8, -1, 32767", ndim_odd_1, 10, AMOS_E_HDR_DIM, 0, NULL},
    {"H18", "NIfTI-2 dim[0] of 8, 200, -1, 2^40", ndim_odd_2, 8, AMOS_E_HDR_DIM, 0, NULL},
    {"H20-H21", "a dimension not positive", dim_not_positive, 36, AMOS_E_HDR_DIM, 0, "dim["},
    {"H22", "no frames", no_frames, 16, AMOS_E_HDR_DIM, 0, NULL},
    {"H26", "garbage beyond dim[0]", garbage_beyond_ndim, 4, AMOS_OK, 0, NULL},
    {"H27", "product overflows", product_overflows, 3, AMOS_E_LIMIT, 0, NULL},
    {"H28", "product wraps around", product_wraps, 5, AMOS_E_LIMIT, 0, NULL},
    {"H29", "bytes overflow", bytes_overflow, 2, AMOS_E_LIMIT, 0, NULL},
    {"H30", "far more than the file can hold", over_the_limit, 2, AMOS_E_DATA_SHORT, 0, "copy or download"},
    {"H31", "bitpix wrong", bitpix_wrong, 16, AMOS_OK, AMOS_W_BITPIX, NULL},
    {"H32", "unknown datatype", datatype_unknown, 28, AMOS_E_HDR_DTYPE, 0, NULL},
    {"H37", "vox_offset 0", offset_0, 4, AMOS_OK, AMOS_W_OFFSET, NULL},
    {"H37-size", "vox_offset 0 and another size", offset_0_and_more_bytes, 8, AMOS_E_HDR_OFFSET, 0, NULL},
    {"H38", "vox_offset inside the header", offset_inside_the_header, 10, AMOS_E_HDR_OFFSET, 0, NULL},
    {"H39-H42", "vox_offset is no place", offset_is_no_number, 26, AMOS_E_HDR_OFFSET, 0, NULL},
    {"H43", "vox_offset no multiple of 16", offset_odd, 20, AMOS_OK, AMOS_W_ALIGN, NULL},
    {"H44", "vox_offset beyond the data", offset_beyond_the_data, 16, AMOS_E_DATA_SHORT, 0, "copy or download"},
    {"H45", "vox_offset over 2^24", offset_too_large_for_float32, 2, AMOS_OK, AMOS_W_OFFSET, NULL},
    {"H46", "an extension of FreeSurfer", freesurfer_extension, 4, AMOS_OK, 0, NULL},
    {"H47", "extender without extension", extender_without_extension, 4, AMOS_OK, AMOS_W_EXT, NULL},
    {"H48-H49", "esize wrong", extension_size_wrong, 40, AMOS_OK, AMOS_W_EXT, NULL},
    {"H50", "extensions over the limit", extensions_over_the_limit, 8, AMOS_E_LIMIT, 0, NULL},
    {"H50-at", "extensions at the limit", extensions_at_the_limit, 4, AMOS_OK, 0, NULL},
    {"H51", "odd ecode", extension_code_odd, 24, AMOS_OK, 0, NULL},
    {"H53", "slope 0 and any inter", slope_0_and_any_inter, 16, AMOS_OK, 0, NULL},
    {"H54", "slope not finite", slope_not_finite, 12, AMOS_OK, AMOS_W_SCALE, NULL},
    {"H55", "inter not finite", inter_not_finite, 24, AMOS_E_HDR_SCALE, 0, NULL},
    {"H61", "qfac 0", qfac_0, 4, AMOS_OK, 0, NULL},
    {"H62", "odd qfac", qfac_odd, 12, AMOS_OK, AMOS_W_QFAC, NULL},
    {"H67", "sheared sform", sheared, 4, AMOS_OK, AMOS_W_SHEAR, NULL},
    {"H67-straight", "oblique sform", oblique_but_straight, 4, AMOS_OK, 0, NULL},
    {"H68", "forms disagree", forms_disagree, 4, AMOS_OK, AMOS_W_FORMS, NULL},
    {"H69", "neither form", no_forms, 4, AMOS_OK, AMOS_W_NOORIENT, NULL},
    {"H70", "odd form code", form_codes_odd, 12, AMOS_OK, AMOS_W_CODE, NULL},
    {"H70-both", "odd form codes and no other", all_form_codes_odd, 4, AMOS_OK, AMOS_W_CODE | AMOS_W_NOORIENT, NULL},
    {"H73", "silly fields", silly_fields, 4, AMOS_OK, 0, NULL},
    {"H74", "odd units", units_odd, 24, AMOS_OK, AMOS_W_UNITS, NULL},
    {"H75", "NIfTI-2 vox_offset is no place", offset_inside_the_header_2, 18, AMOS_E_HDR_OFFSET, 0, NULL},
    {"H76-H78", "too short", too_short, 16, AMOS_E_DATA_SHORT, 0, "copy or download"},
    {"H77", "bytes follow", bytes_follow, 8, AMOS_OK, AMOS_W_EXTRA, NULL},
    {"H77-many", "many bytes follow", many_bytes_follow, 4, AMOS_OK, AMOS_W_EXTRA, NULL},
};

int main(void)
{
    Suite *suite = suite_create("malformed header");
    add_odd_rows(suite, rows, (int)(sizeof rows / sizeof rows[0]));
    return run_suite(suite);
}
