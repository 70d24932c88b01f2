/* SPDX-License-Identifier: BSD-3-Clause */
/* Written volumes: the bytes of the file, the data read back from it, and that it exists whole or not at all. */
#define _XOPEN_SOURCE 700
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <amos/amos.h>

#include "support/main.h"
#include "support/make/nifti.h"
#include "support/opened.h"
#include "support/tmp.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static amos_error err;

static amos_layout packed_layout(amos_type type, int64_t x, int64_t y, int64_t z)
{
    return (amos_layout){.type = type, .shape = {x, y, z, 1}};
}

/* Geometry by three letters, spacing along the axes, and the place of the first voxel. */
static void give_geometry(amos_layout *layout, const char *orientation, const double spacing[3], const double origin[3])
{
    static const char letters[] = "RLAPSI";
    amos_geometry *g = &layout->geometry;
    layout->has_geometry = 1;
    memset(g, 0, sizeof *g);
    g->source = AMOS_AFFINE_SFORM;
    g->affine[3][3] = 1;
    snprintf(g->orientation, sizeof g->orientation, "%s", orientation);
    for (int j = 0; j < 3; j++) {
        int letter = (int)(strchr(letters, orientation[j]) - letters);
        g->shape[j] = layout->shape[j];
        g->spacing[j] = spacing[j];
        g->affine[letter / 2][j] = letter % 2 ? -spacing[j] : spacing[j];
        g->affine[j][3] = origin[j];
    }
}

static amos_volume *open_path(const char *path)
{
    amos_volume *volume = NULL;
    assert_ok(amos_volume_open(path, NULL, &volume, &err), &err);
    return volume;
}

static void assert_voxels(const char *path, const void *voxels, size_t bytes)
{
    amos_volume *volume = open_path(path);
    amos_array *array = NULL;
    amos_read_options options = {.size = sizeof options, .frame = AMOS_FRAME_ALL};
    assert_ok(amos_volume_load(volume, &options, &array, &err), &err);
    ck_assert_uint_eq(amos_array_layout(array)->bytes, bytes);
    ck_assert_mem_eq(amos_array_data(array), voxels, bytes);
    assert_warnings(amos_volume_warnings(volume), 0);
    amos_array_free(array);
    amos_volume_free(volume);
}

/* ---- voxels ---- */

START_TEST(every_type_is_written_as_it_is)
{
    const amos_type type = (amos_type)(_i % 10 + 1);
    const char *name = _i < 10 ? "type.nii" : "type.nii.gz";
    static const double spacing[3] = {1, 2, 3}, origin[3] = {-4, 5, 6};
    amos_layout layout = packed_layout(type, 17, 9, 5);
    layout.shape[3] = 2;
    give_geometry(&layout, "LPS", spacing, origin);
    size_t bytes = 17 * 9 * 5 * 2 * amos_type_bytes(type);
    unsigned char *voxels = must_alloc(bytes);
    uint64_t seed = 5;
    for (size_t i = 0; i < bytes; i++)
        voxels[i] = (unsigned char)random_below(&seed, 120); /* no NaN, whose bits some machines change */
    char *path = tmp_path(name);
    assert_ok(amos_file_write(path, &layout, voxels, bytes, NULL, &err), &err);
    assert_voxels(path, voxels, bytes);
    amos_volume *volume = open_path(path);
    const amos_volume_info *info = amos_volume_get_info(volume);
    ck_assert_int_eq((int)info->type, (int)type);
    ck_assert_int_eq(info->big_endian, 0);
    ck_assert_int_eq(info->nifti_version, 1);
    ck_assert_int_eq(info->frames, 2);
    ck_assert_int_eq(info->compressed, _i >= 10);
    amos_volume_free(volume);
    free(voxels);
    free(path);
}
END_TEST

/* The voxels of a buffer in each order and direction of its axes, against the same, selected voxel by voxel. */
START_TEST(any_strides_are_followed)
{
    static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    static const amos_type sized[] = {AMOS_TYPE_UINT8, AMOS_TYPE_INT16, AMOS_TYPE_FLOAT32, AMOS_TYPE_INT64};
    const int *order = orders[_i % 6];
    const int64_t size = (int64_t)amos_type_bytes(sized[_i / 48]);
    amos_layout layout = packed_layout(sized[_i / 48], 5, 4, 3);
    int64_t stride = size, bytes = 60 * size;
    for (int i = 0; i < 3; i++) {
        int axis = order[i], back = _i / 6 % 8 >> axis & 1;
        layout.strides[axis] = back ? -stride : stride;
        layout.offset += back ? stride * (layout.shape[axis] - 1) : 0;
        stride *= layout.shape[axis];
    }
    layout.strides[3] = bytes;
    unsigned char buffer[60 * 8], expected[60 * 8];
    for (int64_t i = 0; i < bytes; i++)
        buffer[i] = (unsigned char)i;
    for (int64_t n = 0; n < 60; n++)
        memcpy(expected + n * size,
               buffer + layout.offset + n % 5 * layout.strides[0] + n / 5 % 4 * layout.strides[1] +
                   n / 20 * layout.strides[2],
               (size_t)size);
    char *path = tmp_path("strides.nii");
    assert_ok(amos_file_write(path, &layout, buffer, (size_t)bytes, NULL, &err), &err);
    struct bytes file = read_file(path);
    ck_assert_uint_eq(file.size, 352 + (size_t)bytes);
    if (size == 1)
        ck_assert_mem_eq(file.data + 352, expected, (size_t)bytes);
    amos_volume *volume = open_path(path);
    unsigned char got[60 * 8];
    assert_ok(amos_volume_read(volume, NULL, got, sizeof got, &err), &err);
    ck_assert_mem_eq(got, expected, (size_t)bytes);
    ck_assert_msg(amos_file_write(path, &layout, buffer, (size_t)bytes - 1, NULL, &err) == AMOS_E_ARG,
                  "a buffer that is one byte too small was taken");
    amos_volume_free(volume);
    bytes_free(&file);
    free(path);
}
END_TEST

START_TEST(pieces_of_any_size_give_the_same_file)
{
    static const uint64_t pieces[] = {1, 7, 20, 33, 60};
    amos_layout layout = packed_layout(AMOS_TYPE_INT32, 5, 4, 3);
    int32_t voxels[60];
    for (int i = 0; i < 60; i++)
        voxels[i] = i * 1000003;
    char *whole = tmp_path("whole.nii.gz"), *path = tmp_path("pieces.nii.gz");
    assert_ok(amos_file_write(whole, &layout, voxels, sizeof voxels, NULL, &err), &err);
    struct bytes expected = read_file(whole);
    static const unsigned char plain[8] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0}; /* no name, no time */
    ck_assert_mem_eq(expected.data, plain, sizeof plain);
    for (int i = 0; i < COUNT(pieces); i++) {
        amos_writer *writer = NULL;
        assert_ok(amos_writer_open(path, &layout, NULL, &writer, &err), &err);
        for (uint64_t done = 0, n; done < 60; done += n) {
            n = 60 - done < pieces[i] ? 60 - done : pieces[i];
            assert_ok(amos_writer_add(writer, voxels + done, n, &err), &err);
        }
        assert_ok(amos_writer_finish(writer, &err), &err);
        amos_writer_free(writer);
        struct bytes got = read_file(path);
        ck_assert_uint_eq(got.size, expected.size);
        ck_assert_mem_eq(got.data, expected.data, got.size);
        bytes_free(&got);
    }
    bytes_free(&expected);
    free(path);
    free(whole);
}
END_TEST

START_TEST(scaling_and_description_are_kept)
{
    static const int16_t voxels[2] = {-3, 100};
    amos_layout layout = packed_layout(AMOS_TYPE_INT16, 2, 1, 1);
    amos_write_options options = {.size = sizeof options, .slope = 0.5, .inter = -1024, .description = "a\xc3\xa9 b"};
    char *path = tmp_path("scaled.nii.gz");
    assert_ok(amos_file_write(path, &layout, voxels, sizeof voxels, &options, &err), &err);
    amos_volume *volume = open_path(path);
    double values[2];
    amos_read_options read = {.size = sizeof read, .type = AMOS_TYPE_FLOAT64};
    assert_ok(amos_volume_read(volume, &read, values, sizeof values, &err), &err);
    ck_assert(values[0] == -1025.5 && values[1] == -974);
    ck_assert_str_eq(amos_volume_get_info(volume)->description, options.description);
    amos_volume_free(volume);
    free(path);
}
END_TEST

/* ---- geometry ---- */

static void assert_close(const amos_geometry *got, const amos_geometry *expected, double within)
{
    ck_assert_str_eq(got->orientation, expected->orientation);
    for (int i = 0; i < 3; i++) {
        ck_assert_double_eq_tol(got->spacing[i], expected->spacing[i], within);
        for (int j = 0; j < 4; j++)
            ck_assert_double_eq_tol(got->affine[i][j], expected->affine[i][j], within);
    }
}

static void write_bytes(const char *path, const amos_layout *layout, const amos_write_options *options)
{
    static const unsigned char zeros[4096];
    assert_ok(amos_file_write(path, layout, zeros, sizeof zeros, options, &err), &err);
}

/* Each orientation by the sform, by the qform, and by both, which then agree. */
START_TEST(every_orientation_comes_back)
{
    static const double spacing[3] = {0.75, 1.25, 5}, origin[3] = {-170.5, 33.25, 900.125};
    static const int codes[][2] = {{0, 0}, {1, 0}, {0, 2}, {3, 4}};
    const int *code = codes[_i % 4];
    amos_layout layout = packed_layout(AMOS_TYPE_UINT8, 6, 7, 8);
    give_geometry(&layout, orientation_name(_i / 4), spacing, origin);
    amos_write_options options = {.size = sizeof options, .qform_code = code[0], .sform_code = code[1]};
    char *path = tmp_path("orientation.nii");
    write_bytes(path, &layout, &options);
    amos_volume *volume = open_path(path);
    const amos_volume_info *info = amos_volume_get_info(volume);
    amos_geometry g;
    assert_ok(amos_volume_get_geometry(volume, &g, &err), &err);
    assert_warnings(amos_volume_warnings(volume), 0);
    assert_close(&g, &layout.geometry, code[1] || !code[0] ? 1e-12 : 1e-4);
    ck_assert_int_eq(info->qform_code, _i % 4 ? code[0] : 1);
    ck_assert_int_eq(info->sform_code, _i % 4 ? code[1] : 1);
    ck_assert_int_eq(info->space_unit, 2);
    amos_volume_free(volume);
    free(path);
}
END_TEST

START_TEST(oblique_and_sheared_axes)
{
    static const double spacing[3] = {1, 1, 1}, origin[3] = {0, 0, 0};
    amos_layout layout = packed_layout(AMOS_TYPE_UINT8, 6, 7, 8);
    amos_geometry g, *wanted = &layout.geometry;
    give_geometry(&layout, "RAS", spacing, origin);
    const double angle = _i ? 0 : 0.3;
    wanted->affine[0][0] = wanted->affine[1][1] = cos(angle);
    wanted->affine[1][0] = sin(angle);
    wanted->affine[0][1] = _i ? 0.2 : -sin(angle); /* sheared, or rotated */
    wanted->spacing[1] = _i ? sqrt(1 + 0.2 * 0.2) : 1;
    char *path = tmp_path("axes.nii.gz");
    write_bytes(path, &layout, NULL);
    amos_volume *volume = open_path(path);
    assert_ok(amos_volume_get_geometry(volume, &g, &err), &err);
    assert_close(&g, wanted, 1e-6);
    assert_warnings(amos_volume_warnings(volume), _i ? AMOS_W_SHEAR : 0);
    ck_assert_int_eq(amos_volume_get_info(volume)->qform_code, !_i);
    amos_volume_free(volume);
    free(path);
}
END_TEST

START_TEST(without_orientation_none_is_written)
{
    static const double spacing[3] = {0.5, 2, 4}, origin[3] = {0, 0, 0};
    amos_layout layout = packed_layout(AMOS_TYPE_UINT8, 6, 7, 8);
    if (_i) {
        give_geometry(&layout, "RAS", spacing, origin);
        layout.geometry.source = AMOS_AFFINE_SPACING;
    }
    char *path = tmp_path("none.nii");
    write_bytes(path, &layout, NULL);
    amos_volume *volume = open_path(path);
    amos_geometry g;
    assert_ok(amos_volume_get_geometry(volume, &g, &err), &err);
    ck_assert_int_eq((int)g.source, AMOS_AFFINE_SPACING);
    for (int i = 0; i < 3; i++)
        ck_assert(g.spacing[i] == (_i ? spacing[i] : 1));
    amos_volume_free(volume);
    free(path);
}
END_TEST

/* The geometry fields of NIfTI-1's header: spacing, units, codes and both forms. */
static void assert_same_place(const unsigned char *got, const unsigned char *expected)
{
    ck_assert_mem_eq(got + 76, expected + 76, 16);
    ck_assert_int_eq(got[123], expected[123]);
    ck_assert_mem_eq(got + 252, expected + 252, 76);
}

/* Rounded to float32, as stored in NIfTI-1: a float constant is a double where FLT_EVAL_METHOD is 1, as on s390x. */
static void round_numbers(double *numbers, int count)
{
    for (int i = 0; i < count; i++) {
        const float rounded = (float)numbers[i];
        numbers[i] = (double)rounded;
    }
}

/* Header numbers of a reference that are odd but legal stay as they are. */
START_TEST(a_reference_gives_its_forms_bit_by_bit)
{
    static const struct {
        int version, big_endian, qform_code, sform_code, units;
    } rows[] = {{1, 0, 1, 0, 2}, {1, 0, 4, 3, 2 | 8}, {1, 0, 2, 2, 3}, {1, 0, 0, 5, 1 | 16},
                {1, 1, 1, 1, 2}, {2, 0, 1, 2, 2},     {2, 1, 3, 1, 2}};
    struct nifti_spec spec = {.version = rows[_i].version,
                              .big_endian = rows[_i].big_endian,
                              .ndim = 3,
                              .dim = {6, 7, 8},
                              .type = AMOS_TYPE_INT16,
                              .qform_code = rows[_i].qform_code,
                              .sform_code = rows[_i].sform_code,
                              .quatern = {0.0125f, 0.99f, -0.003f},
                              .qoffset = {-1.1f, 2.2f, 3.3f},
                              .pixdim = {-1, 0.78125f, 0.71f, 5.0001f},
                              .xyzt_units = rows[_i].units,
                              .srow = {{-0.7f, 0.01f, 0, 12.5f}, {0.02f, 0.7f, 0, -7}, {0, 0, 5.1f, 0.1f}}};
    round_numbers(spec.quatern, 3);
    round_numbers(spec.qoffset, 3);
    round_numbers(spec.pixdim, 8);
    round_numbers(&spec.srow[0][0], 12);
    struct nifti_spec plain = spec;
    plain.version = 1;
    plain.big_endian = 0;
    struct nifti_file file = nifti_make(&spec), little = nifti_make(&plain);
    amos_volume *reference = open_made(&file);
    amos_layout layout = packed_layout(AMOS_TYPE_UINT8, 6, 7, 8);
    amos_write_options options = {.size = sizeof options, .reference = reference};
    char *path = tmp_path("placed.nii");
    write_bytes(path, &layout, &options);
    struct bytes got = read_file(path);
    assert_same_place(got.data, little.bytes.data);
    amos_volume *volume = open_path(path);
    amos_geometry a, b;
    double apart;
    assert_ok(amos_volume_get_geometry(reference, &a, &err), &err);
    assert_ok(amos_volume_get_geometry(volume, &b, &err), &err);
    assert_ok(amos_geometry_get_displacement(&a, &b, &apart, &err), &err);
    ck_assert(apart == 0);
    amos_volume_free(volume);
    amos_volume_free(reference);
    bytes_free(&got);
    nifti_free(&little);
    nifti_free(&file);
    free(path);
}
END_TEST

/* The scan would be gone, by whatever name it is written. */
START_TEST(N17_a_reference_is_not_overwritten)
{
    static const char *const names[] = {"reference.nii", "./reference.nii", "symbolic.nii", "hard.nii", "other.nii"};
    struct nifti_spec spec = {.dim = {4, 3, 2}, .seed = 1};
    struct nifti_file file = nifti_make(&spec);
    char *path = tmp_write_bytes("reference.nii", &file.bytes), *symbolic = tmp_path("symbolic.nii"),
         *hard = tmp_path("hard.nii"), *target = tmp_path(names[_i]);
    ck_assert_int_eq(symlink("reference.nii", symbolic), 0);
    ck_assert_int_eq(link(path, hard), 0);
    amos_volume *reference = open_path(path);
    amos_layout layout = packed_layout(AMOS_TYPE_UINT8, 4, 3, 2);
    const unsigned char voxels[24] = {0};
    const amos_write_options options = {.size = sizeof options, .reference = reference};
    amos_status status = amos_file_write(target, &layout, voxels, sizeof voxels, &options, &err);
    assert_status(status, _i < 4 ? AMOS_E_DUP : AMOS_OK, &err);
    if (_i < 4)
        assert_sentence(&err, AMOS_E_DUP, "the file of the reference");
    amos_volume_free(reference);
    reference = open_path(path);
    assert_reads_as(reference, &file);
    amos_volume_free(reference);
    nifti_free(&file);
    unlink(symbolic);
    unlink(hard);
    unlink(target);
    free(target);
    free(hard);
    free(symbolic);
    free(path);
}
END_TEST

/* Properties of a reference that NIfTI-1 cannot express, and axes that it lacks. */
START_TEST(references_that_need_care)
{
    struct nifti_spec spec = {.version = 2,
                              .ndim = _i ? 2 : 3,
                              .dim = {6, 7, _i ? 1 : 8},
                              .qform_code = 0,
                              .sform_code = 1,
                              .srow = {{1, 0, 0, _i ? 0 : 1e300}, {0, 1, 0, 0}, {0, 0, 1, 0}},
                              .pixdim = {1, 1, 1, _i ? -7 : 1}};
    struct nifti_file file = nifti_make(&spec);
    amos_volume *reference = open_made(&file);
    amos_layout layout = packed_layout(AMOS_TYPE_UINT8, 6, 7, spec.dim[2]);
    amos_write_options options = {.size = sizeof options, .reference = reference};
    static const unsigned char zeros[400];
    char *path = tmp_path("care.nii");
    assert_status(amos_file_write(path, &layout, zeros, sizeof zeros, &options, &err), _i ? AMOS_OK : AMOS_E_GEOM,
                  &err);
    if (_i) {
        amos_volume *volume = open_path(path);
        ck_assert(amos_volume_get_info(volume)->pixdim[3] == 1);
        amos_volume_free(volume);
    }
    amos_volume_free(reference);
    nifti_free(&file);
    free(path);
}
END_TEST

/* A read in any orientation, written back, gives the original file. */
START_TEST(voxels_are_turned_back)
{
    struct nifti_spec spec = {.ndim = 3, .dim = {5, 4, 3}, .type = AMOS_TYPE_INT16, .seed = 4};
    nifti_set_sform(&spec, orientation_name(_i % 7 * 6 + 1), (double[3]){1, 2, 3}, (double[3]){4, 5, 6});
    struct nifti_file file = nifti_make(&spec);
    amos_volume *reference = open_made(&file);
    amos_read_options read = {.size = sizeof read, .orientation = orientation_name(_i)};
    amos_array *array = NULL;
    assert_ok(amos_volume_load(reference, &read, &array, &err), &err);
    amos_write_options options = {.size = sizeof options, .reference = reference, .orientation = read.orientation};
    const amos_layout *layout = amos_array_layout(array);
    char *path = tmp_path("turned.nii");
    assert_ok(amos_file_write(path, layout, amos_array_data(array), layout->bytes, &options, &err), &err);
    struct bytes got = read_file(path);
    ck_assert_uint_eq(got.size, file.bytes.size);
    ck_assert_mem_eq(got.data + 352, file.bytes.data + 352, got.size - 352);
    assert_same_place(got.data, file.bytes.data);
    options.orientation = NULL; /* the layout's geometry says it as well */
    assert_ok(amos_file_write(path, layout, amos_array_data(array), layout->bytes, &options, &err), &err);
    struct bytes again = read_file(path);
    ck_assert_uint_eq(again.size, got.size);
    ck_assert_mem_eq(again.data, got.data, got.size);
    bytes_free(&again);
    options.orientation = "RAR";
    assert_status(amos_file_write(path, layout, amos_array_data(array), layout->bytes, &options, &err), AMOS_E_ARG,
                  &err);
    options.orientation = "RAS";
    amos_writer *writer;
    assert_status(amos_writer_open(path, layout, &options, &writer, &err), AMOS_E_ARG, &err);
    options.reference = NULL;
    assert_status(amos_file_write(path, layout, amos_array_data(array), layout->bytes, &options, &err), AMOS_E_ARG,
                  &err);
    bytes_free(&got);
    amos_array_free(array);
    amos_volume_free(reference);
    nifti_free(&file);
    free(path);
}
END_TEST

/* Voxels are never stored in an orientation that they have not. */
START_TEST(voxels_are_not_mirrored)
{
    const double spacing[3] = {1, 2, 3}, origin[3] = {4, 5, 6};
    struct nifti_spec spec = {.ndim = 3, .dim = {5, 4, 3}, .type = AMOS_TYPE_INT16, .seed = 4};
    nifti_set_sform(&spec, "LAS", spacing, origin);
    struct nifti_file file = nifti_make(&spec);
    amos_volume *reference = open_made(&file);
    amos_read_options read = {.size = sizeof read, .orientation = "RAS"};
    amos_array *array = NULL;
    assert_ok(amos_volume_load(reference, &read, &array, &err), &err);
    amos_layout layout = *amos_array_layout(array);
    amos_write_options options = {.size = sizeof options, .reference = reference};
    char *path = tmp_path("mirrored.nii");
    amos_writer *writer = NULL;
    assert_status(amos_writer_open(path, &layout, &options, &writer, &err), AMOS_E_ARG, &err);
    ck_assert_msg(strstr(err.message, "not stored LAS, as the reference is") != NULL, "%s", err.message);
    options.orientation = "LPS"; /* not what the layout says */
    assert_status(amos_file_write(path, &layout, amos_array_data(array), layout.bytes, &options, &err), AMOS_E_ARG,
                  &err);
    ck_assert_msg(strstr(err.message, "RAS by their own geometry and LPS") != NULL, "%s", err.message);
    options.orientation = NULL;
    layout.geometry.affine[0][3] += 10; /* another place */
    assert_status(amos_file_write(path, &layout, amos_array_data(array), layout.bytes, &options, &err),
                  AMOS_E_PAIR_GEOM, &err);
    assert_sentence(&err, AMOS_E_PAIR_GEOM, "mirrored.nii");
    layout.has_geometry = 0; /* voxels that say nothing lie like the file */
    assert_ok(amos_file_write(path, &layout, amos_array_data(array), layout.bytes, &options, &err), &err);
    struct bytes got = read_file(path);
    ck_assert_mem_eq(got.data + 352, amos_array_data(array), layout.bytes);
    bytes_free(&got);
    /* one orientation, another place: the reference's is written, as asked */
    amos_array_free(array);
    assert_ok(amos_volume_load(reference, NULL, &array, &err), &err);
    layout = *amos_array_layout(array);
    layout.geometry.affine[0][3] += 10;
    assert_ok(amos_file_write(path, &layout, amos_array_data(array), layout.bytes, &options, &err), &err);
    got = read_file(path);
    ck_assert_mem_eq(got.data + 352, file.bytes.data + 352, layout.bytes);
    assert_same_place(got.data, file.bytes.data);
    bytes_free(&got);
    amos_array_free(array);
    amos_volume_free(reference);
    nifti_free(&file);
    free(path);
}
END_TEST

/* Half a turn about z less 4.5e-4 rad: the quaternion's d is 1 in float32, so that the rest of the turn is lost, 0.24 mm
 * at the corner. Only the sform has it, unless the qform was asked for. */
START_TEST(a_qform_that_cannot_hold_the_turn_is_left_out)
{
    amos_layout layout = packed_layout(AMOS_TYPE_UINT8, 512, 512, 2);
    const double angle = acos(-1) - 4.5e-4, mm[3] = {0.75, 0.75, 5};
    const double affine[4][4] = {{cos(angle) * 0.75, -sin(angle) * 0.75, 0, 10},
                                 {sin(angle) * 0.75, cos(angle) * 0.75, 0, 20},
                                 {0, 0, 5, 30},
                                 {0, 0, 0, 1}};
    layout.has_geometry = 1;
    layout.geometry.source = AMOS_AFFINE_SFORM;
    memcpy(layout.geometry.shape, layout.shape, sizeof layout.geometry.shape);
    memcpy(layout.geometry.spacing, mm, sizeof mm);
    memcpy(layout.geometry.affine, affine, sizeof affine);
    uint8_t *voxels = calloc(512 * 512, 2);
    char *path = tmp_path("rest.nii");
    amos_write_options options = {.size = sizeof options, .qform_code = _i, .sform_code = _i};
    assert_ok(amos_file_write(path, &layout, voxels, 512 * 512 * 2, &options, &err), &err);
    amos_volume *volume;
    assert_ok(amos_volume_open(path, NULL, &volume, &err), &err);
    ck_assert_int_eq(amos_volume_get_info(volume)->qform_code, _i);
    ck_assert_int_eq(amos_volume_get_info(volume)->sform_code, 1);
    assert_warnings(amos_volume_warnings(volume), _i ? AMOS_W_FORMS : 0);
    amos_volume_free(volume);
    free(voxels);
    free(path);
}
END_TEST

START_TEST(nothing_is_turned_into_a_place_that_is_not_known)
{
    struct nifti_spec spec = {.dim = {4, 3, 2}, .no_forms = 1, .pixdim = {1, 0, 1, 1}};
    struct nifti_file file = nifti_make(&spec);
    amos_volume *reference = open_made(&file);
    amos_write_options options = {.size = sizeof options, .reference = reference, .orientation = "RAS"};
    amos_layout layout = packed_layout(AMOS_TYPE_UINT8, 4, 3, 2);
    static const unsigned char voxels[24];
    char *path = tmp_path("unplaced.nii");
    assert_status(amos_file_write(path, &layout, voxels, sizeof voxels, &options, &err), AMOS_E_GEOM, &err);
    assert_sentence(&err, AMOS_E_GEOM, "reference");
    free(path);
    amos_volume_free(reference);
    nifti_free(&file);
}
END_TEST

/* ---- refusals ---- */

static int stop_at_once(void *user, uint64_t done, uint64_t total)
{
    (void)user;
    return done < total;
}

struct request {
    amos_layout layout;
    amos_write_options options;
    size_t bytes;
};

static void no_shape(struct request *r)
{
    r->layout.shape[1] = 0;
}
static void long_axis(struct request *r)
{
    r->layout.shape[2] = 32768;
}
static void complex_type(struct request *r)
{
    r->layout.type = AMOS_TYPE_COMPLEX64;
}
static void no_type(struct request *r)
{
    r->layout.type = AMOS_TYPE_STORED;
}
static void few_bytes(struct request *r)
{
    r->bytes = 23;
}
static void far_stride(struct request *r)
{
    memcpy(r->layout.strides, (int64_t[4]){1, 4, INT64_MAX / 2, 1}, 32);
}
static void back_stride(struct request *r)
{
    memcpy(r->layout.strides, (int64_t[4]){-1, 4, 12, 24}, 32);
}
static void far_offset(struct request *r)
{
    r->layout.offset = INT64_MAX;
}
static void inter_alone(struct request *r)
{
    r->options.inter = 3;
}
static void nan_slope(struct request *r)
{
    r->options.slope = (double)NAN;
}
static void huge_inter(struct request *r)
{
    r->options.slope = 1, r->options.inter = 1e39;
}
static void bad_level(struct request *r)
{
    r->options.level = 10;
}
static void bad_code(struct request *r)
{
    r->options.sform_code = 6;
}
static void lone_code(struct request *r)
{
    r->layout.has_geometry = 0, r->options.qform_code = 1;
}
static void other_shape(struct request *r)
{
    r->layout.geometry.shape[0] = 5;
}
static void nan_affine(struct request *r)
{
    r->layout.geometry.affine[1][2] = (double)NAN;
}
static void flat_affine(struct request *r)
{
    memset(r->layout.geometry.affine[2], 0, 32);
}
static void no_spacing(struct request *r)
{
    r->layout.geometry.spacing[2] = 0;
}
static void far_away(struct request *r)
{
    r->layout.geometry.affine[0][3] = 1e39;
}
static void stopped(struct request *r)
{
    r->options.progress.function = stop_at_once;
}
static void no_size(struct request *r)
{
    r->options.size = 0;
}

static void sheared_qform(struct request *r)
{
    r->layout.geometry.affine[0][1] = 0.3;
    r->options.qform_code = 1;
}

static void long_description(struct request *r)
{
    static const char text[] = "12345678901234567890123456789012345678901234567890123456789012345678901234567890";
    r->options.description = text;
}

static const struct {
    void (*spoil)(struct request *request);
    amos_status status;
} refusals[] = {
    {no_shape, AMOS_E_ARG},        {long_axis, AMOS_E_UNSUPPORTED}, {complex_type, AMOS_E_UNSUPPORTED},
    {no_type, AMOS_E_UNSUPPORTED}, {few_bytes, AMOS_E_ARG},         {far_stride, AMOS_E_ARG},
    {back_stride, AMOS_E_ARG},     {far_offset, AMOS_E_ARG},        {inter_alone, AMOS_E_ARG},
    {nan_slope, AMOS_E_ARG},       {huge_inter, AMOS_E_ARG},        {bad_level, AMOS_E_ARG},
    {bad_code, AMOS_E_ARG},        {lone_code, AMOS_E_ARG},         {other_shape, AMOS_E_ARG},
    {nan_affine, AMOS_E_GEOM},     {flat_affine, AMOS_E_GEOM},      {no_spacing, AMOS_E_GEOM},
    {far_away, AMOS_E_GEOM},       {stopped, AMOS_E_CANCEL},        {no_size, AMOS_E_ARG},
    {sheared_qform, AMOS_E_GEOM},  {long_description, AMOS_E_ARG},
};

static int count_files(const char *folder)
{
    DIR *open = opendir(folder);
    ck_assert_ptr_nonnull(open);
    int count = 0;
    for (const struct dirent *entry; (entry = readdir(open)) != NULL;)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(open);
    return count;
}

START_TEST(what_cannot_be_written_leaves_the_older_file)
{
    static const double spacing[3] = {1, 1, 1}, origin[3] = {0, 0, 0};
    static const unsigned char voxels[24];
    struct request r = {packed_layout(AMOS_TYPE_UINT8, 4, 3, 2), {.size = sizeof r.options}, sizeof voxels};
    give_geometry(&r.layout, "RAS", spacing, origin);
    char *path = tmp_write("refused/x.nii.gz", "old", 3);
    char *folder = tmp_path("refused");
    refusals[_i].spoil(&r);
    amos_status status = amos_file_write(path, &r.layout, voxels, r.bytes, &r.options, &err);
    assert_status(status, refusals[_i].status, &err);
    assert_sentence(&err, status, "writing");
    struct bytes old = read_file(path);
    ck_assert(old.size == 3 && memcmp(old.data, "old", 3) == 0);
    ck_assert_int_eq(count_files(folder), 1);
    bytes_free(&old);
    free(folder);
    free(path);
}
END_TEST

START_TEST(a_reference_of_another_shape_is_refused)
{
    struct nifti_spec spec = {.ndim = 3, .dim = {6, 7, 8}};
    struct nifti_file file = nifti_make(&spec);
    amos_volume *reference = open_made(&file);
    amos_layout layout = packed_layout(AMOS_TYPE_UINT8, 7, 6, 8);
    amos_write_options options = {.size = sizeof options, .reference = reference};
    amos_writer *writer = (amos_writer *)&layout;
    char *path = tmp_path("other.nii");
    assert_status(amos_writer_open(path, &layout, &options, &writer, &err), AMOS_E_PAIR_SHAPE, &err);
    ck_assert_ptr_null(writer);
    ck_assert_msg(strstr(err.message, "axes were exchanged") != NULL, "%s", err.message);
    layout.shape[0] = 6;
    layout.shape[1] = 7;
    options.sform_code = 1; /* the reference has its own */
    assert_status(amos_writer_open(path, &layout, &options, &writer, &err), AMOS_E_ARG, &err);
    ck_assert(access(path, F_OK) != 0);
    amos_volume_free(reference);
    nifti_free(&file);
    free(path);
}
END_TEST

START_TEST(nulls_and_misuse_are_refused)
{
    static const unsigned char voxels[24];
    amos_layout layout = packed_layout(AMOS_TYPE_UINT8, 4, 3, 2);
    amos_writer *writer = NULL;
    char *path = tmp_path("misuse.nii.gz");
    assert_status(amos_file_write(NULL, &layout, voxels, 24, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_file_write("", &layout, voxels, 24, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_file_write(path, NULL, voxels, 24, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_file_write(path, &layout, NULL, 24, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_writer_open(path, &layout, NULL, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_writer_add(NULL, voxels, 1, &err), AMOS_E_ARG, &err);
    assert_status(amos_writer_finish(NULL, &err), AMOS_E_ARG, &err);
    amos_writer_free(NULL);
    assert_ok(amos_writer_open(path, &layout, NULL, &writer, &err), &err);
    assert_ok(amos_writer_add(writer, voxels, 24, &err), &err);
    assert_ok(amos_writer_add(writer, NULL, 0, &err), &err);
    assert_ok(amos_writer_finish(writer, &err), &err);
    assert_status(amos_writer_finish(writer, &err), AMOS_E_ARG, &err);
    assert_status(amos_writer_add(writer, voxels, 1, &err), AMOS_E_ARG, &err);
    amos_writer_free(writer);
    ck_assert(access(path, F_OK) == 0);
    assert_ok(amos_writer_open(path, &layout, NULL, &writer, &err), &err);
    assert_status(amos_writer_add(writer, voxels, _i ? 25 : UINT64_MAX, &err), AMOS_E_ARG, &err);
    assert_status(amos_writer_add(writer, voxels, 1, &err), AMOS_E_ARG, &err); /* it failed before */
    assert_status(amos_writer_finish(writer, &err), AMOS_E_ARG, &err);
    amos_writer_free(writer);
    assert_ok(amos_writer_open(path, &layout, NULL, &writer, &err), &err);
    assert_ok(amos_writer_add(writer, voxels, 23, &err), &err);
    assert_status(amos_writer_finish(writer, &err), AMOS_E_ARG, &err); /* one is missing */
    amos_writer_free(writer);
    free(path);
}
END_TEST

/* ---- files ---- */

static void keep_name(void *user, const char *path)
{
    snprintf(user, 300, "%s", path ? path : "");
}

START_TEST(the_temporary_name_is_told)
{
    static const unsigned char voxels[24];
    char reported[300] = "?";
    amos_layout layout = packed_layout(AMOS_TYPE_UINT8, 4, 3, 2);
    amos_write_options options = {.size = sizeof options, .temporary = keep_name, .temporary_user = reported};
    amos_writer *writer = NULL;
    char *path = tmp_path("reported.nii");
    assert_ok(amos_writer_open(path, &layout, &options, &writer, &err), &err);
    ck_assert(strncmp(reported, tmp_dir(), strlen(tmp_dir())) == 0 && strstr(reported, "/.amos-") &&
              access(reported, F_OK) == 0);
    ck_assert(access(path, F_OK) != 0);
    assert_ok(amos_writer_add(writer, voxels, 24, &err), &err);
    if (_i)
        assert_ok(amos_writer_finish(writer, &err), &err);
    amos_writer_free(writer);
    ck_assert_str_eq(reported, "");
    ck_assert_int_eq(access(path, F_OK) == 0, _i);
    unlink(path);
    free(path);
}
END_TEST

START_TEST(links_and_permissions_survive)
{
    static const unsigned char voxels[24];
    amos_layout layout = packed_layout(AMOS_TYPE_UINT8, 4, 3, 2);
    char *path = tmp_write("links/real.nii", "old", 3), *link = tmp_path("links/link.nii");
    struct stat state;
    ck_assert(chmod(path, 0640) == 0 && symlink("real.nii", link) == 0);
    assert_ok(amos_file_write(link, &layout, voxels, 24, NULL, &err), &err);
    ck_assert(lstat(link, &state) == 0 && S_ISLNK(state.st_mode));
    ck_assert(stat(path, &state) == 0 && (state.st_mode & 0777) == 0640 && state.st_size == 352 + 24);
    free(link);
    free(path);
}
END_TEST

START_TEST(what_is_no_file_is_not_replaced)
{
    static const unsigned char voxels[24];
    amos_layout layout = packed_layout(AMOS_TYPE_UINT8, 4, 3, 2);
    char *path = tmp_path("nofile.nii");
    ck_assert_int_eq(_i ? mkfifo(path, 0600) : mkdir(path, 0700), 0);
    assert_status(amos_file_write(path, &layout, voxels, 24, NULL, &err), AMOS_E_NOTREG, &err);
    ck_assert_str_eq(err.path, path);
    ck_assert_int_eq(remove(path), 0);
    assert_status(amos_file_write("/nowhere/x.nii", &layout, voxels, 24, NULL, &err), AMOS_E_OPEN, &err);
    ck_assert_str_eq(err.path, "/nowhere/x.nii");
    free(path);
}
END_TEST

START_TEST(the_suffix_decides_in_any_case)
{
    static const char *const names[] = {"case.nii", "case.NII", "case.nii.gz", "CASE.NII.GZ", "case.nii.GZ"};
    static const unsigned char voxels[24] = {3, 1, 2};
    static const double spacing[3] = {1, 1, 1}, origin[3] = {0, 0, 0};
    amos_layout layout = packed_layout(AMOS_TYPE_UINT8, 4, 3, 2);
    give_geometry(&layout, "RAS", spacing, origin);
    char *path = tmp_path(names[_i]);
    assert_ok(amos_file_write(path, &layout, voxels, 24, NULL, &err), &err);
    assert_voxels(path, voxels, 24);
    amos_volume *volume = open_path(path);
    ck_assert_int_eq(amos_volume_get_info(volume)->compressed, _i >= 2);
    amos_volume_free(volume);
    free(path);
}
END_TEST

START_TEST(another_suffix_is_refused)
{
    static const char *const names[] = {"other.nrrd", "other.gz",     "other",
                                        "other.hdr",  "other.img.gz", "other.nii.gz.part"};
    static const unsigned char voxels[24];
    amos_layout layout = packed_layout(AMOS_TYPE_UINT8, 4, 3, 2);
    char *path = tmp_path(names[_i]);
    assert_status(amos_file_write(path, &layout, voxels, 24, NULL, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, names[_i]);
    ck_assert_msg(strstr(err.message, ".nii or .nii.gz") != NULL, "%s", err.message);
    ck_assert_int_eq(access(path, F_OK), -1);
    free(path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("writer");
    TCase *voxels = add_case(suite, "voxels", 10);
    tcase_add_loop_test(voxels, every_type_is_written_as_it_is, 0, 20);
    tcase_add_loop_test(voxels, any_strides_are_followed, 0, 4 * 48);
    tcase_add_test(voxels, pieces_of_any_size_give_the_same_file);
    tcase_add_test(voxels, scaling_and_description_are_kept);
    TCase *geometry = add_case(suite, "geometry", 10);
    tcase_add_loop_test(geometry, every_orientation_comes_back, 0, 48 * 4);
    tcase_add_loop_test(geometry, oblique_and_sheared_axes, 0, 2);
    tcase_add_loop_test(geometry, without_orientation_none_is_written, 0, 2);
    tcase_add_loop_test(geometry, a_reference_gives_its_forms_bit_by_bit, 0, 7);
    tcase_add_loop_test(geometry, references_that_need_care, 0, 2);
    tcase_add_loop_test(geometry, N17_a_reference_is_not_overwritten, 0, 5);
    tcase_add_loop_test(geometry, voxels_are_turned_back, 0, 48);
    tcase_add_test(geometry, voxels_are_not_mirrored);
    tcase_add_loop_test(geometry, a_qform_that_cannot_hold_the_turn_is_left_out, 0, 2);
    tcase_add_test(geometry, nothing_is_turned_into_a_place_that_is_not_known);
    TCase *refused = add_case(suite, "refusals", 10);
    tcase_add_loop_test(refused, what_cannot_be_written_leaves_the_older_file, 0, COUNT(refusals));
    tcase_add_test(refused, a_reference_of_another_shape_is_refused);
    tcase_add_loop_test(refused, nulls_and_misuse_are_refused, 0, 2);
    TCase *files = add_case(suite, "files", 10);
    tcase_add_loop_test(files, the_temporary_name_is_told, 0, 2);
    tcase_add_test(files, links_and_permissions_survive);
    tcase_add_loop_test(files, what_is_no_file_is_not_replaced, 0, 2);
    tcase_add_loop_test(files, the_suffix_decides_in_any_case, 0, 5);
    tcase_add_loop_test(files, another_suffix_is_refused, 0, 6);
    return run_suite(suite);
}
