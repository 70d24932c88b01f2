/* SPDX-License-Identifier: BSD-3-Clause */
#include "support/make/nifti.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/main.h"

static const struct {
    int code;
    size_t bytes;
    size_t part;
} types[] = {
    [AMOS_TYPE_INT8] = {256, 1, 1},         [AMOS_TYPE_UINT8] = {2, 1, 1},           [AMOS_TYPE_INT16] = {4, 2, 2},
    [AMOS_TYPE_UINT16] = {512, 2, 2},       [AMOS_TYPE_INT32] = {8, 4, 4},           [AMOS_TYPE_UINT32] = {768, 4, 4},
    [AMOS_TYPE_INT64] = {1024, 8, 8},       [AMOS_TYPE_UINT64] = {1280, 8, 8},       [AMOS_TYPE_FLOAT32] = {16, 4, 4},
    [AMOS_TYPE_FLOAT64] = {64, 8, 8},       [AMOS_TYPE_FLOAT128] = {1536, 16, 16},   [AMOS_TYPE_COMPLEX64] = {32, 8, 4},
    [AMOS_TYPE_COMPLEX128] = {1792, 16, 8}, [AMOS_TYPE_COMPLEX256] = {2048, 32, 16}, [AMOS_TYPE_RGB24] = {128, 3, 1},
    [AMOS_TYPE_RGBA32] = {2304, 4, 1},
};

size_t nifti_type_bytes(amos_type type)
{
    return types[type].bytes;
}

size_t nifti_part_bytes(amos_type type)
{
    return types[type].part;
}

int nifti_type_code(amos_type type)
{
    return types[type].code;
}

/* ---- header fields ---- */

enum kind { I8, I16, I32, I64, F32, F64 };

static const size_t kind_bytes[] = {[I8] = 1, [I16] = 2, [I32] = 4, [I64] = 8, [F32] = 4, [F64] = 8};

struct field {
    const char *name;
    int count;
    struct {
        size_t offset;
        enum kind kind;
    } in[2]; /* NIfTI-1, NIfTI-2 */
};

static const struct field fields[] = {
    {"sizeof_hdr", 1, {{0, I32}, {0, I32}}},         {"magic", 4, {{344, I8}, {4, I8}}},
    {"dim_info", 1, {{39, I8}, {524, I8}}},          {"dim", 8, {{40, I16}, {16, I64}}},
    {"intent_p1", 1, {{56, F32}, {80, F64}}},        {"intent_p2", 1, {{60, F32}, {88, F64}}},
    {"intent_p3", 1, {{64, F32}, {96, F64}}},        {"intent_code", 1, {{68, I16}, {504, I32}}},
    {"datatype", 1, {{70, I16}, {12, I16}}},         {"bitpix", 1, {{72, I16}, {14, I16}}},
    {"slice_start", 1, {{74, I16}, {224, I64}}},     {"pixdim", 8, {{76, F32}, {104, F64}}},
    {"vox_offset", 1, {{108, F32}, {168, I64}}},     {"scl_slope", 1, {{112, F32}, {176, F64}}},
    {"scl_inter", 1, {{116, F32}, {184, F64}}},      {"slice_end", 1, {{120, I16}, {232, I64}}},
    {"slice_code", 1, {{122, I8}, {496, I32}}},      {"xyzt_units", 1, {{123, I8}, {500, I32}}},
    {"cal_max", 1, {{124, F32}, {192, F64}}},        {"cal_min", 1, {{128, F32}, {200, F64}}},
    {"slice_duration", 1, {{132, F32}, {208, F64}}}, {"toffset", 1, {{136, F32}, {216, F64}}},
    {"descrip", 80, {{148, I8}, {240, I8}}},         {"aux_file", 24, {{228, I8}, {320, I8}}},
    {"qform_code", 1, {{252, I16}, {344, I32}}},     {"sform_code", 1, {{254, I16}, {348, I32}}},
    {"quatern_b", 1, {{256, F32}, {352, F64}}},      {"quatern_c", 1, {{260, F32}, {360, F64}}},
    {"quatern_d", 1, {{264, F32}, {368, F64}}},      {"qoffset_x", 1, {{268, F32}, {376, F64}}},
    {"qoffset_y", 1, {{272, F32}, {384, F64}}},      {"qoffset_z", 1, {{276, F32}, {392, F64}}},
    {"srow_x", 4, {{280, F32}, {400, F64}}},         {"srow_y", 4, {{296, F32}, {432, F64}}},
    {"srow_z", 4, {{312, F32}, {464, F64}}},         {"intent_name", 16, {{328, I8}, {508, I8}}},
    {"extender", 4, {{348, I8}, {540, I8}}},
};

static const struct field *find_field(const char *name)
{
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    ck_abort_msg("no header field is called %s", name);
    return NULL;
}

static int host_is_big(void)
{
    const uint16_t one = 1;
    unsigned char first;
    memcpy(&first, &one, 1);
    return first == 0;
}

/* Converts between host order and the file's order, part by part. */
static void swap_parts(unsigned char *data, size_t bytes, size_t part, int big_endian)
{
    if (big_endian == host_is_big())
        return;
    for (size_t at = 0; at + part <= bytes; at += part)
        for (size_t i = 0; i < part / 2; i++) {
            unsigned char c = data[at + i];
            data[at + i] = data[at + part - 1 - i];
            data[at + part - 1 - i] = c;
        }
}

static size_t field_place(const struct nifti_file *file, const struct field *field, int index, enum kind *kind)
{
    int v = file->version == 2;
    *kind = field->in[v].kind;
    size_t at = field->in[v].offset + (size_t)index * kind_bytes[*kind];
    ck_assert_msg(at + kind_bytes[*kind] <= file->bytes.size, "field %s[%d] is beyond the file", field->name, index);
    return at;
}

#define PUT(type) (memcpy(raw, &(type){(type)value}, sizeof(type)))
#define GET(type, out) \
    do { \
        type item; \
        memcpy(&item, raw, sizeof item); \
        out = (double)item; \
    } while (0)

void nifti_poke(struct nifti_file *file, const char *field, int index, double value)
{
    enum kind kind;
    size_t at = field_place(file, find_field(field), index, &kind);
    unsigned char raw[8];
    switch (kind) {
    case I8:
        raw[0] = (unsigned char)((int)value & 0xff);
        break;
    case I16:
        PUT(int16_t);
        break;
    case I32:
        PUT(int32_t);
        break;
    case I64:
        PUT(int64_t);
        break;
    case F32:
        PUT(float);
        break;
    case F64:
        PUT(double);
        break;
    }
    swap_parts(raw, kind_bytes[kind], kind_bytes[kind], file->big_endian);
    memcpy(file->bytes.data + at, raw, kind_bytes[kind]);
}

double nifti_peek(const struct nifti_file *file, const char *field, int index)
{
    enum kind kind;
    size_t at = field_place(file, find_field(field), index, &kind);
    unsigned char raw[8];
    double value = 0;
    memcpy(raw, file->bytes.data + at, kind_bytes[kind]);
    swap_parts(raw, kind_bytes[kind], kind_bytes[kind], file->big_endian);
    switch (kind) {
    case I8:
        GET(int8_t, value);
        break;
    case I16:
        GET(int16_t, value);
        break;
    case I32:
        GET(int32_t, value);
        break;
    case I64:
        GET(int64_t, value);
        break;
    case F32:
        GET(float, value);
        break;
    case F64:
        GET(double, value);
        break;
    }
    return value;
}

size_t nifti_field_offset(const struct nifti_file *file, const char *field)
{
    return find_field(field)->in[file->version == 2].offset;
}

void nifti_poke_bytes(struct nifti_file *file, const char *field, const void *data, size_t size)
{
    size_t at = nifti_field_offset(file, field);
    ck_assert_msg(at + size <= file->bytes.size, "field %s is beyond the file", field);
    memcpy(file->bytes.data + at, data, size);
}

/* ---- building a file ---- */

static void poke_row(struct nifti_file *file, const char *field, const double row[4])
{
    for (int i = 0; i < 4; i++)
        nifti_poke(file, field, i, row[i]);
}

static void poke_geometry(struct nifti_file *file, const struct nifti_spec *spec)
{
    static const double identity[3][4] = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}};
    static const char *const quatern[] = {"quatern_b", "quatern_c", "quatern_d"};
    static const char *const offset[] = {"qoffset_x", "qoffset_y", "qoffset_z"};
    static const char *const srow[] = {"srow_x", "srow_y", "srow_z"};
    int plain = 1;
    for (int i = 0; i < 8; i++)
        plain = plain && spec->pixdim[i] == 0;
    for (int i = 0; i < 8; i++)
        nifti_poke(file, "pixdim", i, plain && i < 4 ? 1 : spec->pixdim[i]);
    int sform_code = !spec->no_forms && !spec->sform_code && !spec->qform_code ? 1 : spec->sform_code;
    nifti_poke(file, "qform_code", 0, spec->qform_code);
    nifti_poke(file, "sform_code", 0, sform_code);
    int empty = 1;
    for (int i = 0; i < 12; i++)
        empty = empty && spec->srow[i / 4][i % 4] == 0;
    for (int i = 0; i < 3; i++) {
        nifti_poke(file, quatern[i], 0, spec->quatern[i]);
        nifti_poke(file, offset[i], 0, spec->qoffset[i]);
        if (sform_code)
            poke_row(file, srow[i], empty ? identity[i] : spec->srow[i]);
    }
}

static void random_voxels(unsigned char *out, size_t count, amos_type type, uint64_t seed)
{
    uint64_t state = seed + 1;
    if (type == AMOS_TYPE_FLOAT32 || type == AMOS_TYPE_FLOAT64) {
        for (size_t i = 0; i < count; i++) {
            double value = (double)(random_below(&state, 2000001) - 1000000) / 64.0;
            float single = (float)value;
            if (type == AMOS_TYPE_FLOAT32)
                memcpy(out + i * sizeof single, &single, sizeof single);
            else
                memcpy(out + i * sizeof value, &value, sizeof value);
        }
        return;
    }
    for (size_t i = 0; i < count * types[type].bytes; i++)
        out[i] = (unsigned char)random_next(&state);
}

static void add_voxels(struct nifti_file *file, const struct nifti_spec *spec)
{
    size_t bytes = (size_t)file->voxels * types[file->type].bytes;
    unsigned char *voxels = must_alloc(bytes);
    if (spec->voxels)
        memcpy(voxels, spec->voxels, bytes);
    else
        random_voxels(voxels, (size_t)file->voxels, file->type, spec->seed);
    swap_parts(voxels, bytes, types[file->type].part, file->big_endian);
    struct bytes *to = file->pair ? &file->image : &file->bytes;
    if (to->size < file->vox_offset)
        bytes_add_fill(to, 0, file->vox_offset - to->size);
    bytes_add(to, voxels, bytes);
    free(voxels);
}

static void set_shape(struct nifti_file *file, const struct nifti_spec *spec)
{
    static const int64_t small[3] = {4, 3, 2};
    int ndim = spec->ndim ? spec->ndim : 3;
    file->voxels = 1;
    file->frames = 1;
    nifti_poke(file, "dim", 0, ndim);
    for (int i = 0; i < 7; i++) {
        int64_t dim = i >= ndim ? 1 : spec->dim[i] ? spec->dim[i] : i < 3 && !spec->ndim ? small[i] : 1;
        nifti_poke(file, "dim", i + 1, (double)dim);
        file->dim[i] = dim;
        file->voxels *= dim;
        if (i < 3)
            file->shape[i] = dim;
        else
            file->frames *= dim;
    }
}

static void poke_text(struct nifti_file *file, const char *field, const char *text, size_t room)
{
    size_t length = strlen(text);
    nifti_poke_bytes(file, field, text, length < room ? length : room);
}

struct nifti_file nifti_make(const struct nifti_spec *spec)
{
    struct nifti_file file = {.version = spec->version ? spec->version : 1,
                              .big_endian = spec->big_endian,
                              .pair = spec->pair,
                              .type = spec->type ? spec->type : AMOS_TYPE_UINT8};
    size_t header = file.version == 2 ? 540 : 348;
    bytes_add_fill(&file.bytes, 0, header + 4);
    nifti_poke(&file, "sizeof_hdr", 0, (double)header);
    set_shape(&file, spec);
    nifti_poke(&file, "datatype", 0, types[file.type].code);
    nifti_poke(&file, "bitpix", 0, (double)types[file.type].bytes * 8);
    nifti_poke(&file, "scl_slope", 0, spec->slope);
    nifti_poke(&file, "scl_inter", 0, spec->inter);
    file.slope = nifti_peek(&file, "scl_slope", 0);
    file.inter = nifti_peek(&file, "scl_inter", 0);
    nifti_poke(&file, "xyzt_units", 0, spec->xyzt_units ? spec->xyzt_units : 2);
    nifti_poke(&file, "intent_code", 0, spec->intent_code);
    if (spec->descrip)
        poke_text(&file, "descrip", spec->descrip, 80);
    poke_geometry(&file, spec);
    if (file.version == 2)
        nifti_poke_bytes(&file, "magic", file.pair ? "ni2\0\r\n\x1a\n" : "n+2\0\r\n\x1a\n", 8);
    else
        nifti_poke_bytes(&file, "magic", file.pair ? "ni1" : "n+1", 4);
    if (spec->extensions) {
        nifti_poke(&file, "extender", 0, 1);
        bytes_add(&file.bytes, spec->extensions, spec->extension_bytes);
    }
    file.vox_offset = spec->vox_offset ? (size_t)spec->vox_offset : file.pair ? 0 : file.bytes.size;
    nifti_poke(&file, "vox_offset", 0, (double)file.vox_offset);
    add_voxels(&file, spec);
    return file;
}

void nifti_free(struct nifti_file *file)
{
    bytes_free(&file->bytes);
    bytes_free(&file->image);
}

static int world_axis(char letter, int *sign)
{
    static const char letters[] = "RLASIP"; /* R+ L- A+ ... */
    *sign = letter == 'R' || letter == 'A' || letter == 'S' ? 1 : -1;
    ck_assert_msg(letter && strchr(letters, letter), "no direction is called %c", letter);
    return letter == 'R' || letter == 'L' ? 0 : letter == 'A' || letter == 'P' ? 1 : 2;
}

void nifti_set_sform(struct nifti_spec *spec, const char *orientation, const double spacing[3], const double origin[3])
{
    memset(spec->srow, 0, sizeof spec->srow);
    spec->sform_code = 1;
    spec->pixdim[0] = 1;
    for (int axis = 0; axis < 3; axis++) {
        int sign;
        int world = world_axis(orientation[axis], &sign);
        spec->srow[world][axis] = sign * spacing[axis];
        spec->pixdim[axis + 1] = spacing[axis];
        spec->srow[axis][3] = origin[axis];
    }
}

struct nifti_file label_file(const uint8_t *values, const int64_t shape[3], amos_type type, const char *orientation,
                             const double spacing[3])
{
    static const double origin[3] = {-50, 20, 300};
    size_t count = (size_t)(shape[0] * shape[1] * shape[2]);
    long double *numbers = must_alloc(count * sizeof *numbers);
    for (size_t i = 0; i < count; i++)
        numbers[i] = values[i];
    void *stored = stored_voxels(numbers, count, type);
    struct nifti_spec spec = {.ndim = 3, .dim = {shape[0], shape[1], shape[2]}, .type = type, .voxels = stored};
    nifti_set_sform(&spec, orientation, spacing, origin);
    struct nifti_file file = nifti_make(&spec);
    free(stored);
    free(numbers);
    return file;
}
