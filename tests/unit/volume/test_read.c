/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading voxels: any box, frames, orientation and strides against a model that goes voxel by voxel. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "support/make/gzip.h"
#include "support/main.h"
#include "support/opened.h"

#define GUARD 0xA7

/* ---- the model of a read ---- */

/* All voxels of all frames as the type, packed, in stored order. */
static unsigned char *model_voxels(const struct nifti_file *file, amos_type type, size_t *size)
{
    size_t bytes;
    *size = nifti_type_bytes(type ? type : file->type);
    return type ? model_read(file, AMOS_FRAME_ALL, type, 1, &bytes) : nifti_host_voxels(file, &bytes);
}

struct expectation {
    int64_t shape[4];
    int64_t strides[4];
    int64_t offset;
    size_t bytes;
    unsigned char *buffer; /* expected after the read, GUARD where nothing is written */
    int64_t first[3];      /* stored index of voxel 0 */
    int64_t last[3];       /* and of the last one */
};

static void expect_shape(struct expectation *e, const struct nifti_file *file, const struct axis_map *map,
                         const amos_read_options *o, amos_box *box)
{
    *box = o->box;
    int whole = 1;
    for (int d = 0; d < 3; d++)
        whole = whole && box->start[d] == 0 && box->stop[d] == 0;
    for (int d = 0; d < 3; d++) {
        if (whole)
            box->stop[d] = file->shape[map->axis[d]];
        e->shape[d] = box->stop[d] - box->start[d];
    }
    e->shape[3] = o->frame == AMOS_FRAME_ALL ? file->frames : 1;
}

static void expect_layout(struct expectation *e, const amos_read_options *o, size_t size)
{
    int packed = 1;
    for (int d = 0; d < 4; d++)
        packed = packed && o->strides[d] == 0;
    int64_t stride = (int64_t)size, last = 0;
    for (int d = 0; d < 4; d++) {
        e->strides[d] = packed ? stride : o->strides[d];
        stride *= e->shape[d];
        if (e->strides[d] > 0)
            last += (e->shape[d] - 1) * e->strides[d];
    }
    e->offset = packed ? 0 : o->offset;
    e->bytes = (size_t)(e->offset + last) + size;
}

static struct expectation expect_read(const struct nifti_file *file, const char *stored, const amos_read_options *o)
{
    struct expectation e = {0};
    struct axis_map map = model_axes(stored, o->orientation ? o->orientation : stored);
    amos_box box;
    size_t size;
    unsigned char *voxels = model_voxels(file, o->type, &size);
    expect_shape(&e, file, &map, o, &box);
    expect_layout(&e, o, size);
    e.buffer = must_alloc(e.bytes);
    memset(e.buffer, GUARD, e.bytes);
    int64_t first_frame = o->frame == AMOS_FRAME_ALL ? 0 : o->frame;
    int64_t i[4];
    for (i[3] = 0; i[3] < e.shape[3]; i[3]++)
        for (i[2] = 0; i[2] < e.shape[2]; i[2]++)
            for (i[1] = 0; i[1] < e.shape[1]; i[1]++)
                for (i[0] = 0; i[0] < e.shape[0]; i[0]++) {
                    int64_t index[3], s[3], to = e.offset;
                    for (int d = 0; d < 3; d++)
                        index[d] = box.start[d] + i[d];
                    for (int d = 0; d < 4; d++)
                        to += i[d] * e.strides[d];
                    model_source_index(&map, file->shape, index, s);
                    int64_t n = s[0] + file->shape[0] *
                                           (s[1] + file->shape[1] * (s[2] + file->shape[2] * (first_frame + i[3])));
                    memcpy(e.buffer + to, voxels + (size_t)n * size, size);
                }
    int64_t last[3];
    for (int d = 0; d < 3; d++)
        last[d] = box.stop[d] - 1;
    model_source_index(&map, file->shape, box.start, e.first);
    model_source_index(&map, file->shape, last, e.last);
    free(voxels);
    return e;
}

/* ---- asserting one read ---- */

static void stored_mm(const struct nifti_spec *spec, const int64_t index[3], double mm[3])
{
    for (int row = 0; row < 3; row++)
        mm[row] = spec->srow[row][0] * (double)index[0] + spec->srow[row][1] * (double)index[1] +
                  spec->srow[row][2] * (double)index[2] + spec->srow[row][3];
}

static void assert_layout(const amos_layout *layout, const struct expectation *e, const struct nifti_spec *spec,
                          const amos_read_options *o)
{
    ck_assert_mem_eq(layout->shape, e->shape, sizeof e->shape);
    ck_assert_mem_eq(layout->strides, e->strides, sizeof e->strides);
    ck_assert_int_eq(layout->offset, e->offset);
    ck_assert_uint_eq(layout->bytes, e->bytes);
    ck_assert_int_eq(layout->type, o->type ? o->type : spec->type);
    ck_assert_int_eq(layout->has_geometry, 1);
    ck_assert_mem_eq(layout->geometry.shape, e->shape, 3 * sizeof e->shape[0]);
    const double zero[3] = {0, 0, 0};
    const double end[3] = {(double)(e->shape[0] - 1), (double)(e->shape[1] - 1), (double)(e->shape[2] - 1)};
    double got[3], expected[3];
    amos_geometry_to_mm(&layout->geometry, zero, got);
    stored_mm(spec, e->first, expected);
    for (int d = 0; d < 3; d++)
        ck_assert_double_eq_tol(got[d], expected[d], 1e-9);
    amos_geometry_to_mm(&layout->geometry, end, got);
    stored_mm(spec, e->last, expected);
    for (int d = 0; d < 3; d++)
        ck_assert_double_eq_tol(got[d], expected[d], 1e-9);
    if (o->orientation)
        ck_assert_str_eq(layout->geometry.orientation, o->orientation);
}

static void assert_same_bytes(const unsigned char *got, const unsigned char *expected, size_t bytes, const char *what)
{
    for (size_t i = 0; i < bytes; i++)
        ck_assert_msg(got[i] == expected[i], "%s: byte %zu of %zu is %02x, not %02x", what, i, bytes, got[i],
                      expected[i]);
}

static void assert_read(const amos_volume *volume, const struct nifti_file *file, const struct nifti_spec *spec,
                        const char *stored, const amos_read_options *o)
{
    char what[160];
    snprintf(what, sizeof what, "%s as %s, %s to %s, frame %d of %d", amos_type_name(file->type),
             amos_type_name(o->type), stored, o->orientation ? o->orientation : "stored", (int)o->frame,
             (int)file->frames);
    struct expectation e = expect_read(file, stored, o);
    amos_layout layout;
    amos_error err;
    assert_ok(amos_volume_get_layout(volume, o, &layout, &err), &err);
    assert_layout(&layout, &e, spec, o);
    unsigned char *got = must_alloc(e.bytes);
    memset(got, GUARD, e.bytes);
    assert_status_at(__FILE__, __LINE__, what, amos_volume_read(volume, o, got, e.bytes, &err), AMOS_OK, &err);
    assert_same_bytes(got, e.buffer, e.bytes, what);
    free(got);
    free(e.buffer);
}

/* ---- random files and reads ---- */

static amos_type numeric(uint64_t *seed)
{
    return (amos_type)(1 + random_below(seed, 10));
}

static const char *random_geometry(struct nifti_spec *spec, uint64_t *seed)
{
    const double spacing[3] = {0.5, 1.25, 4};
    const double origin[3] = {-100, 12.5, 700};
    const char *stored = orientation_name((int)random_below(seed, 48));
    nifti_set_sform(spec, stored, spacing, origin);
    return stored;
}

static struct nifti_spec random_spec(uint64_t *seed, int64_t largest)
{
    static const double slopes[] = {0, 1, 2, 0.5, -1.25};
    struct nifti_spec spec = {.version = 1 + (int)random_below(seed, 2), .big_endian = (int)random_below(seed, 2)};
    spec.ndim = 3 + (int)random_below(seed, 3);
    for (int i = 0; i < 3; i++)
        spec.dim[i] = 1 + random_below(seed, largest);
    spec.dim[3] = 1 + random_below(seed, 3);
    spec.dim[4] = 1 + random_below(seed, 2);
    spec.type = (amos_type)(1 + random_below(seed, 16));
    spec.slope = slopes[random_below(seed, 5)];
    spec.inter = (double)random_below(seed, 3);
    spec.seed = random_next(seed);
    if (random_below(seed, 4) == 0)
        spec.vox_offset = (spec.version == 2 ? 544 : 352) + random_below(seed, 300);
    return spec;
}

static amos_box random_box(const int64_t shape[3], const struct axis_map *map, uint64_t *seed)
{
    amos_box box;
    for (int d = 0; d < 3; d++) {
        int64_t n = shape[map->axis[d]];
        box.start[d] = random_below(seed, n);
        box.stop[d] = box.start[d] + 1 + random_below(seed, n - box.start[d]);
    }
    return box;
}

/* Axes in any order, with gaps, backwards: no two voxels share a byte, all are aligned for the type. */
static void random_strides(amos_read_options *o, const int64_t shape[4], size_t size, uint64_t *seed)
{
    int order[4] = {0, 1, 2, 3};
    for (int i = 3; i > 0; i--) {
        int j = (int)random_below(seed, i + 1), swap = order[i];
        order[i] = order[j];
        order[j] = swap;
    }
    int64_t step = (int64_t)size * (1 + random_below(seed, 3));
    o->offset = (int64_t)size * random_below(seed, 5);
    for (int i = 0; i < 4; i++) {
        int d = order[i];
        o->strides[d] = step;
        step *= shape[d];
        step += (int64_t)size * random_below(seed, 3);
        if (random_below(seed, 2)) {
            o->offset += (shape[d] - 1) * o->strides[d];
            o->strides[d] = -o->strides[d];
        }
    }
}

static amos_read_options random_options(const struct nifti_file *file, const char *stored, uint64_t *seed)
{
    amos_read_options o = {.size = sizeof o, .flags = AMOS_READ_SATURATE};
    if (amos_type_get((int)file->type)->numeric && random_below(seed, 3))
        o.type = numeric(seed);
    if (random_below(seed, 2))
        o.orientation = orientation_name((int)random_below(seed, 48));
    o.frame = random_below(seed, file->frames + 1) - 1;
    struct axis_map map = model_axes(stored, o.orientation ? o.orientation : stored);
    if (random_below(seed, 2))
        o.box = random_box(file->shape, &map, seed);
    if (random_below(seed, 2)) {
        struct expectation e = {0};
        amos_box box;
        expect_shape(&e, file, &map, &o, &box);
        random_strides(&o, e.shape, nifti_type_bytes(o.type ? o.type : file->type), seed);
    }
    return o;
}

static struct bytes random_packing(const struct bytes *plain, uint64_t *seed)
{
    struct gzip_member stored = {.form = GZIP_BODY_STORED, .block = 1000};
    struct gzip_member fixed = {.form = GZIP_BODY_FIXED, .flags = GZIP_FNAME | GZIP_FHCRC, .name = "x.nii"};
    struct bytes out = {0};
    switch (random_below(seed, 6)) {
    case 0:
        bytes_add(&out, plain->data, plain->size);
        return out;
    case 1:
        return gzip_in_members(plain, 1 + (size_t)random_below(seed, 5000), NULL);
    case 2:
        return gzip_in_members(plain, 1 + (size_t)random_below(seed, 100000), &fixed);
    case 3:
        gzip_add(&out, plain->data, plain->size, &stored);
        return out;
    case 4:
        return gzip_bgzf(plain);
    default:
        return gzip_of(plain);
    }
}

static amos_volume *open_by_any(const struct bytes *packed, uint64_t *seed)
{
    amos_volume_options options = {.size = sizeof options, .inflate = (amos_inflate)random_below(seed, 3)};
    amos_volume *volume = NULL;
    amos_error err;
    assert_ok(amos_volume_open_memory(packed->data, packed->size, &options, &volume, &err), &err);
    return volume;
}

static void read_at_random(uint64_t seed, int64_t largest, int reads)
{
    struct nifti_spec spec = random_spec(&seed, largest);
    const char *stored = random_geometry(&spec, &seed);
    struct nifti_file file = nifti_make(&spec);
    struct bytes packed = random_packing(&file.bytes, &seed);
    amos_volume *volume = open_by_any(&packed, &seed);
    for (int i = 0; i < reads; i++) {
        amos_read_options o = random_options(&file, stored, &seed);
        assert_read(volume, &file, &spec, stored, &o);
    }
    amos_volume_free(volume);
    bytes_free(&packed);
    nifti_free(&file);
}

START_TEST(any_read_gives_what_the_model_gives)
{
    read_at_random((uint64_t)_i, 9, 12);
}
END_TEST

/* Many tiles: voxels of every size cross their borders. */
START_TEST(large_reads_give_what_the_model_gives)
{
    read_at_random((uint64_t)_i + 5000, 90, 2);
}
END_TEST

/* Every stored orientation to RAS, back, and to a third one, all frames. */
START_TEST(every_orientation_turns_into_every_other)
{
    uint64_t seed = (uint64_t)_i;
    const double spacing[3] = {1, 2, 3}, origin[3] = {10, 20, 30};
    const char *stored = orientation_name(_i);
    struct nifti_spec spec = {
        .ndim = 4, .dim = {5, 4, 3, 2}, .type = AMOS_TYPE_INT16, .seed = seed, .big_endian = _i % 2};
    nifti_set_sform(&spec, stored, spacing, origin);
    struct nifti_file file = nifti_make(&spec);
    struct bytes packed = gzip_of(&file.bytes);
    amos_volume *volume = open_bytes(&packed);
    for (int t = 0; t < 48; t++) {
        amos_read_options o = {.size = sizeof o, .orientation = orientation_name(t), .frame = AMOS_FRAME_ALL};
        assert_read(volume, &file, &spec, stored, &o);
    }
    amos_volume_free(volume);
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

/* A volume that is read as RAS, written as RAS and read in its old orientation is unchanged. */
START_TEST(to_ras_and_back_is_nothing)
{
    const double spacing[3] = {1, 2, 3}, origin[3] = {10, 20, 30};
    const char *stored = orientation_name(_i);
    struct nifti_spec spec = {.ndim = 3, .dim = {6, 5, 4}, .type = AMOS_TYPE_FLOAT32, .seed = 3};
    nifti_set_sform(&spec, stored, spacing, origin);
    struct nifti_file file = nifti_make(&spec);
    amos_volume *volume = open_made(&file);
    amos_read_options to_ras = {.size = sizeof to_ras, .orientation = "RAS"};
    amos_array *ras = NULL;
    amos_error err;
    assert_ok(amos_volume_load(volume, &to_ras, &ras, &err), &err);
    const amos_geometry *g = &amos_array_layout(ras)->geometry;
    struct nifti_spec second = {.ndim = 3,
                                .dim = {g->shape[0], g->shape[1], g->shape[2]},
                                .type = AMOS_TYPE_FLOAT32,
                                .sform_code = 1,
                                .voxels = amos_array_data(ras),
                                .version = 2};
    memcpy(second.srow, g->affine, sizeof second.srow);
    struct nifti_file turned = nifti_make(&second);
    amos_volume *again = open_made(&turned);
    amos_read_options back = {.size = sizeof back, .orientation = stored};
    amos_array *old = NULL;
    assert_ok(amos_volume_load(again, &back, &old, &err), &err);
    size_t bytes;
    unsigned char *expected = nifti_host_voxels(&file, &bytes);
    ck_assert_uint_eq(amos_array_layout(old)->bytes, bytes);
    ck_assert_mem_eq(amos_array_data(old), expected, bytes);
    for (int i = 0; i < 12; i++)
        ck_assert_double_eq_tol(amos_array_layout(old)->geometry.affine[i / 4][i % 4], spec.srow[i / 4][i % 4], 1e-9);
    free(expected);
    amos_array_free(old);
    amos_array_free(ras);
    amos_volume_free(again);
    amos_volume_free(volume);
    nifti_free(&turned);
    nifti_free(&file);
}
END_TEST

/* Options NULL: the first frame, whole, as stored, packed. */
START_TEST(null_options_read_the_first_frame)
{
    struct nifti_spec spec = {.ndim = 4, .dim = {4, 3, 2, 5}, .type = AMOS_TYPE_INT32, .slope = 2, .seed = 8};
    struct nifti_file file = nifti_make(&spec);
    amos_volume *volume = open_made(&file);
    size_t bytes;
    unsigned char *expected = nifti_host_voxels(&file, &bytes);
    int32_t got[24];
    amos_error err;
    assert_ok(amos_volume_read(volume, NULL, got, sizeof got, &err), &err);
    ck_assert_mem_eq(got, expected, sizeof got);
    amos_array *array = NULL;
    assert_ok(amos_volume_load(volume, NULL, &array, &err), &err);
    ck_assert_uint_eq(amos_array_layout(array)->bytes, sizeof got);
    ck_assert_mem_eq(amos_array_data(array), expected, sizeof got);
    amos_array_free(array);
    free(expected);
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("read");
    TCase *model = add_case(suite, "model", 30);
    tcase_add_loop_test(model, any_read_gives_what_the_model_gives, 0, 300);
    tcase_add_loop_test(model, large_reads_give_what_the_model_gives, 0, 30);
    tcase_add_test(model, null_options_read_the_first_frame);
    TCase *orientation = add_case(suite, "orientation", 30);
    tcase_add_loop_test(orientation, every_orientation_turns_into_every_other, 0, 48);
    tcase_add_loop_test(orientation, to_ras_and_back_is_nothing, 0, 48);
    return run_suite(suite);
}
