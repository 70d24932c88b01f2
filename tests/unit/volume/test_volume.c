/* SPDX-License-Identifier: BSD-3-Clause */
/* Opening: every kind of file and source gives the same result; header information; names of files. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "support/make/gzip.h"
#include "support/main.h"
#include "support/opened.h"
#include "support/tmp.h"

#define ROWS(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* ---- one volume in every container ---- */

static struct nifti_spec usual_spec(int variant, int pair)
{
    const double spacing[3] = {0.75, 0.75, 5}, origin[3] = {-100, -200, 300};
    struct nifti_spec spec = {.version = 1 + (variant & 1),
                              .big_endian = variant >> 1 & 1,
                              .pair = pair,
                              .ndim = 4,
                              .dim = {9, 8, 7, 2},
                              .type = AMOS_TYPE_INT16,
                              .slope = 2,
                              .inter = -3,
                              .intent_code = 1002,
                              .descrip = "a test",
                              .xyzt_units = 2 | 8,
                              .seed = 12};
    nifti_set_sform(&spec, "LAS", spacing, origin);
    return spec;
}

static void assert_usual_info(const amos_volume *volume, int variant, int pair, int compressed)
{
    const amos_volume_info *info = amos_volume_get_info(volume);
    ck_assert_ptr_nonnull(info);
    ck_assert(info->shape[0] == 9 && info->shape[1] == 8 && info->shape[2] == 7);
    ck_assert_int_eq(info->frames, 2);
    ck_assert_int_eq(info->ndim, 4);
    static const int64_t dim[7] = {9, 8, 7, 2, 1, 1, 1};
    ck_assert_mem_eq(info->dim, dim, sizeof dim);
    ck_assert_int_eq(info->type, AMOS_TYPE_INT16);
    ck_assert_double_eq(info->slope, 2);
    ck_assert_double_eq(info->inter, -3);
    ck_assert_double_eq(info->pixdim[0], 1);
    ck_assert_double_eq(info->pixdim[1], 0.75);
    ck_assert_double_eq(info->pixdim[3], 5);
    ck_assert_int_eq(info->qform_code, 0);
    ck_assert_int_eq(info->sform_code, 1);
    ck_assert_int_eq(info->nifti_version, 1 + (variant & 1));
    ck_assert_int_eq(info->big_endian, variant >> 1 & 1);
    ck_assert_int_eq(info->compressed, compressed);
    ck_assert_int_eq(info->is_pair, pair);
    ck_assert_int_eq(info->vox_offset, pair ? 0 : variant & 1 ? 544 : 352);
    ck_assert_int_eq(info->extension_count, 0);
    ck_assert_int_eq(info->space_unit, 2);
    ck_assert_int_eq(info->time_unit, 8);
    ck_assert_int_eq(info->intent_code, 1002);
    ck_assert_str_eq(info->description, "a test");
    ck_assert_uint_eq(info->stored_bytes, 9 * 8 * 7 * 2 * 2);
    assert_warnings(amos_volume_warnings(volume), 0);
}

START_TEST(every_file_on_disk_gives_the_same)
{
    int variant = _i & 3, pair = _i >> 2 & 1, gzip = _i >> 3;
    if (!pair && gzip > 1)
        return; /* the second bit packs the .img, which only a pair has */
    struct nifti_spec spec = usual_spec(variant, pair);
    struct nifti_file file = nifti_make(&spec);
    char stem[32];
    snprintf(stem, sizeof stem, "usual%d", _i);
    amos_volume *volume = open_written(&file, stem, gzip);
    assert_usual_info(volume, variant, pair, pair ? gzip >> 1 : gzip & 1);
    assert_reads_as(volume, &file);
    char *voxel_path = tmp_path(stem);
    char full[1024];
    snprintf(full, sizeof full, "%s%s%s", voxel_path, pair ? ".img" : ".nii",
             (pair ? gzip >> 1 : gzip & 1) ? ".gz" : "");
    struct bytes on_disk = read_file(full);
    ck_assert_uint_eq(amos_volume_get_info(volume)->file_bytes, on_disk.size);
    bytes_free(&on_disk);
    free(voxel_path);
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

START_TEST(memory_gives_the_same)
{
    int variant = _i & 3, gzip = _i >> 2;
    struct nifti_spec spec = usual_spec(variant, 0);
    struct nifti_file file = nifti_make(&spec);
    struct bytes packed = gzip_of(&file.bytes);
    amos_volume *volume = open_bytes(gzip ? &packed : &file.bytes);
    assert_usual_info(volume, variant, 0, gzip);
    ck_assert_uint_eq(amos_volume_get_info(volume)->file_bytes, gzip ? packed.size : file.bytes.size);
    ck_assert_ptr_nonnull(amos_volume_get_info(volume)->path);
    assert_reads_as(volume, &file);
    amos_volume_free(volume);
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

/* ---- a caller's own source ---- */

struct source {
    struct bytes bytes;
    size_t most;        /* bytes per call; 0: all */
    uint64_t fail_from; /* reads at this offset or beyond fail; UINT64_MAX: none */
    int fail_with;
    int closed;
};

static int64_t source_read(void *user, uint64_t offset, void *buffer, size_t bytes)
{
    struct source *s = user;
    if (offset + bytes > s->fail_from)
        return -s->fail_with;
    if (offset >= s->bytes.size)
        return 0;
    size_t n = s->bytes.size - (size_t)offset < bytes ? s->bytes.size - (size_t)offset : bytes;
    if (s->most && n > s->most)
        n = s->most;
    memcpy(buffer, s->bytes.data + offset, n);
    return (int64_t)n;
}

static void source_close(void *user)
{
    ((struct source *)user)->closed++;
}

static amos_byte_source as_source(struct source *s, const char *name)
{
    return (amos_byte_source){.size = sizeof(amos_byte_source),
                              .name = name,
                              .bytes = s->bytes.size,
                              .read_at = source_read,
                              .close = source_close,
                              .user = s};
}

START_TEST(callbacks_give_the_same)
{
    static const size_t pieces[] = {0, 1, 2, 3, 7, 8, 9, 64, 1000, 8192}; /* F10, G42 */
    int variant = _i & 3, gzip = _i >> 2 & 1;
    struct nifti_spec spec = usual_spec(variant, 0);
    struct nifti_file file = nifti_make(&spec);
    struct bytes packed = gzip_of(&file.bytes);
    struct source s = {.bytes = gzip ? packed : file.bytes, .most = pieces[_i >> 3], .fail_from = UINT64_MAX};
    amos_byte_source source = as_source(&s, gzip ? "mine.nii.gz" : "mine.nii");
    amos_volume *volume = NULL;
    amos_error err;
    assert_ok(amos_volume_open_source(&source, NULL, &volume, &err), &err);
    memset(&source, 0xff, sizeof source); /* it was copied */
    assert_usual_info(volume, variant, 0, gzip);
    ck_assert_str_eq(amos_volume_get_info(volume)->path, gzip ? "mine.nii.gz" : "mine.nii");
    assert_reads_as(volume, &file);
    ck_assert_int_eq(s.closed, 0);
    amos_volume_free(volume);
    ck_assert_int_eq(s.closed, 1);
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

START_TEST(source_needs_no_name_and_no_close)
{
    struct nifti_spec spec = usual_spec(0, 0);
    struct nifti_file file = nifti_make(&spec);
    struct bytes packed = gzip_of(&file.bytes);
    struct source s = {.bytes = _i ? packed : file.bytes, .fail_from = UINT64_MAX};
    amos_byte_source source = as_source(&s, NULL);
    source.close = NULL;
    amos_volume *volume = NULL;
    amos_error err;
    assert_ok(amos_volume_open_source(&source, NULL, &volume, &err), &err);
    ck_assert_str_eq(amos_volume_get_info(volume)->path, "(callbacks)");
    assert_warnings(amos_volume_warnings(volume), 0); /* without a name there is no wrong suffix */
    assert_reads_as(volume, &file);
    amos_volume_free(volume);
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

START_TEST(a_failing_source_is_an_io_error)
{
    static const int errnos[] = {EIO, ESTALE, ETIMEDOUT, EAGAIN}; /* F11, F12 */
    struct nifti_spec spec = {.ndim = 3, .dim = {100, 100, 60}, .type = AMOS_TYPE_INT16, .seed = 5};
    struct nifti_file file = nifti_make(&spec);
    struct bytes packed = gzip_of(&file.bytes);
    int gzip = _i & 1;
    struct source s = {.bytes = gzip ? packed : file.bytes, .fail_from = 800000, .fail_with = errnos[_i >> 1]};
    amos_byte_source source = as_source(&s, gzip ? "mine.nii.gz" : "mine.nii");
    amos_volume *volume = NULL;
    amos_error err = {0};
    assert_ok(amos_volume_open_source(&source, NULL, &volume, &err), &err);
    size_t bytes = 100 * 100 * 60 * 2;
    void *buffer = must_alloc(bytes);
    assert_status(amos_volume_read(volume, NULL, buffer, bytes, &err), AMOS_E_IO, &err);
    assert_sentence(&err, AMOS_E_IO, "source");
    ck_assert_int_eq(err.sys_errno, errnos[_i >> 1]);
    ck_assert_str_eq(err.path, gzip ? "mine.nii.gz" : "mine.nii");
    s.fail_from = UINT64_MAX;
    assert_ok(amos_volume_read(volume, NULL, buffer, bytes, &err), &err);
    free(buffer);
    amos_volume_free(volume);
    ck_assert_int_eq(s.closed, 1);

    s.fail_from = 0;
    volume = (amos_volume *)&s;
    source = as_source(&s, "mine.nii");
    assert_status(amos_volume_open_source(&source, NULL, &volume, &err), AMOS_E_IO, &err);
    ck_assert_ptr_null(volume);
    ck_assert_int_eq(s.closed, 2);
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

static int64_t source_says_too_much(void *user, uint64_t offset, void *buffer, size_t bytes)
{
    int64_t n = source_read(user, offset, buffer, bytes);
    return n < 0 ? n : (int64_t)bytes + 1;
}

static int64_t source_ends_early(void *user, uint64_t offset, void *buffer, size_t bytes)
{
    return offset + bytes > 4000 ? 0 : source_read(user, offset, buffer, bytes);
}

static int64_t source_returns_nonsense(void *user, uint64_t offset, void *buffer, size_t bytes)
{
    (void)user;
    (void)offset;
    (void)buffer;
    (void)bytes;
    return INT64_MIN;
}

/* A source that breaks its contract is an error, and never a buffer overrun. */
START_TEST(a_lying_source_is_an_error)
{
    static int64_t (*const liars[])(void *, uint64_t, void *, size_t) = {source_says_too_much, source_ends_early,
                                                                         source_returns_nonsense};
    struct nifti_spec spec = {.ndim = 3, .dim = {40, 40, 20}, .seed = 5};
    struct nifti_file file = nifti_make(&spec);
    struct bytes packed = gzip_of(&file.bytes);
    struct source s = {.bytes = _i & 1 ? packed : file.bytes, .fail_from = UINT64_MAX};
    amos_byte_source source = as_source(&s, NULL);
    source.read_at = liars[_i >> 1];
    amos_volume *volume = NULL;
    amos_error err = {0};
    amos_status status = amos_volume_open_source(&source, NULL, &volume, &err);
    if (status == AMOS_OK) {
        unsigned char *buffer = must_alloc(32000);
        status = amos_volume_read(volume, NULL, buffer, 32000, &err);
        free(buffer);
    }
    ck_assert_int_ne(status, AMOS_OK);
    assert_sentence(&err, status, "liar");
    amos_volume_free(volume);
    ck_assert_int_eq(s.closed, 1);
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

START_TEST(a_source_must_be_complete)
{
    struct source s = {.fail_from = UINT64_MAX};
    amos_volume *volume = (amos_volume *)&s;
    amos_error err = {0};
    amos_byte_source source = as_source(&s, "mine.nii");
    source.read_at = NULL;
    assert_status(amos_volume_open_source(&source, NULL, &volume, &err), AMOS_E_ARG, &err);
    ck_assert_ptr_null(volume);
    source = as_source(&s, "mine.nii");
    source.size = 0;
    assert_status(amos_volume_open_source(&source, NULL, &volume, &err), AMOS_E_ARG, &err);
    assert_status(amos_volume_open_source(NULL, NULL, &volume, &err), AMOS_E_ARG, &err);
    source = as_source(&s, "mine.nii");
    assert_status(amos_volume_open_source(&source, NULL, NULL, &err), AMOS_E_ARG, &err);
}
END_TEST

/* ---- dimensions ---- */

static const struct dim_row {
    int ndim;
    int64_t dim[7];
    int64_t shape[3];
    int64_t frames;
} dim_rows[] = {
    {1, {5}, {5, 1, 1}, 1},
    {2, {5, 4}, {5, 4, 1}, 1},
    {3, {5, 4, 3}, {5, 4, 3}, 1},
    {4, {5, 4, 3, 1}, {5, 4, 3}, 1},
    {4, {5, 4, 3, 2}, {5, 4, 3}, 2},
    {5, {5, 4, 3, 1, 3}, {5, 4, 3}, 3},
    {5, {5, 4, 3, 2, 3}, {5, 4, 3}, 6},
    {6, {5, 4, 3, 2, 3, 2}, {5, 4, 3}, 12},
    {7, {2, 2, 2, 2, 2, 2, 2}, {2, 2, 2}, 16},
    {7, {1, 1, 1, 1, 1, 1, 1}, {1, 1, 1}, 1},
};

/* H19, H23, H24, H25, and H26: dimensions beyond ndim are ignored. */
START_TEST(H19_H23_H24_H25_H26_dimensions_become_shape_and_frames)
{
    const struct dim_row *row = &dim_rows[_i / 4];
    struct nifti_spec spec = {
        .version = 1 + (_i & 1), .big_endian = _i >> 1 & 1, .ndim = row->ndim, .seed = 6, .type = AMOS_TYPE_UINT16};
    memcpy(spec.dim, row->dim, sizeof row->dim);
    struct nifti_file file = nifti_make(&spec);
    for (int i = row->ndim + 1; i <= 7; i++)
        nifti_poke(&file, "dim", i, i % 2 ? -3 : 30000);
    amos_volume *volume = open_made(&file);
    const amos_volume_info *info = amos_volume_get_info(volume);
    ck_assert_mem_eq(info->shape, row->shape, sizeof row->shape);
    ck_assert_int_eq(info->frames, row->frames);
    ck_assert_int_eq(info->ndim, row->ndim);
    for (int i = 0; i < 7; i++)
        ck_assert_int_eq(info->dim[i], i < row->ndim ? row->dim[i] : 1);
    ck_assert_uint_eq(info->stored_bytes, (uint64_t)file.voxels * 2);
    assert_reads_as(volume, &file);
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

/* ---- scaling ---- */

START_TEST(H53_H54_slope_zero_asks_for_no_scaling)
{
    static const double asked[][2] = {{0, 0}, {0, 5}, {(double)NAN, 3}, {(double)INFINITY, 3}, {-(double)INFINITY, 0},
                                      {1, 0}, {3, 4}};
    struct nifti_spec spec = {.version = 1 + (_i & 1),
                              .slope = asked[_i / 2][0],
                              .inter = asked[_i / 2][1],
                              .type = AMOS_TYPE_INT16,
                              .seed = 3};
    struct nifti_file file = nifti_make(&spec);
    amos_volume *volume = open_made(&file);
    const amos_volume_info *info = amos_volume_get_info(volume);
    int scaled = _i / 2 == 6, odd = _i / 2 >= 2 && _i / 2 <= 4;
    ck_assert_double_eq(info->slope, scaled ? 3 : 1);
    ck_assert_double_eq(info->inter, scaled ? 4 : 0);
    assert_warnings(amos_volume_warnings(volume), odd ? AMOS_W_SCALE : 0);
    size_t bytes, expected_bytes;
    void *got = read_all(volume, AMOS_TYPE_FLOAT64, &bytes);
    void *expected = model_read(&file, AMOS_FRAME_ALL, AMOS_TYPE_FLOAT64, 0, &expected_bytes);
    ck_assert_mem_eq(got, expected, bytes);
    free(expected);
    free(got);
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

/* ---- texts ---- */

START_TEST(H72_description_is_bounded)
{
    char text[100];
    memset(text, 'x', sizeof text);
    text[99] = '\0';
    struct nifti_spec spec = {.version = 1 + _i, .descrip = text}; /* H72: all 80 bytes, no NUL */
    struct nifti_file file = nifti_make(&spec);
    amos_volume *volume = open_made(&file);
    const amos_volume_info *info = amos_volume_get_info(volume);
    ck_assert_uint_eq(strlen(info->description), 80);
    ck_assert_mem_eq(info->description, text, 80);
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

/* ---- extensions ---- */

START_TEST(H50_extensions_are_counted)
{
    static const int counts[] = {1, 2, 5, 2000};
    struct bytes list = {0};
    struct nifti_spec spec = {.version = 1 + (_i & 1), .seed = 9, .big_endian = _i >> 3};
    for (int i = 0; i < counts[_i >> 1 & 3]; i++) {
        unsigned char head[8] = {16 * 2, 0, 0, 0, (unsigned char)(i % 50), 0, 0, 0};
        unsigned char swapped[8] = {0, 0, 0, 32, 0, 0, 0, (unsigned char)(i % 50)};
        bytes_add(&list, spec.big_endian ? swapped : head, 8);
        bytes_add_fill(&list, 'P', 24);
    }
    spec.extensions = list.data;
    spec.extension_bytes = list.size;
    struct nifti_file file = nifti_make(&spec);
    amos_volume *volume = open_made(&file);
    ck_assert_int_eq(amos_volume_get_info(volume)->extension_count, counts[_i >> 1 & 3]);
    ck_assert_int_eq(amos_volume_get_info(volume)->vox_offset, (int64_t)file.vox_offset);
    assert_warnings(amos_volume_warnings(volume), 0);
    assert_reads_as(volume, &file);
    amos_volume_free(volume);
    bytes_free(&list);
    nifti_free(&file);
}
END_TEST

/* ---- paths ---- */

START_TEST(a_pair_takes_img_before_img_gz)
{
    struct nifti_spec spec = usual_spec(0, 1);
    struct nifti_file file = nifti_make(&spec);
    spec.seed = 999;
    struct nifti_file other = nifti_make(&spec);
    struct bytes packed = gzip_of(&other.image);
    free(tmp_write_bytes("both/a.img.gz", &packed));
    amos_volume *volume = open_written(&file, "both/a", 0);
    assert_reads_as(volume, &file);
    ck_assert_int_eq(amos_volume_get_info(volume)->compressed, 0);
    amos_volume_free(volume);
    bytes_free(&packed);
    nifti_free(&other);
    nifti_free(&file);
}
END_TEST

START_TEST(F07_odd_names_are_only_bytes)
{
    static const char *const stems[] = {"new\nline", "bad\xff\xfeutf8", "sp ace",    "-dash",
                                        ".hidden",   "100%s%n",         "a.nii.gz.b"};
    struct nifti_spec spec = {.seed = 1};
    struct nifti_file file = nifti_make(&spec);
    amos_volume *volume = open_written(&file, stems[_i], 0);
    assert_reads_as(volume, &file);
    amos_volume_free(volume);
    bytes_cut_tail(&file.bytes, 1);
    char name[64];
    snprintf(name, sizeof name, "%s.short.nii", stems[_i]);
    char *path = tmp_write_bytes(name, &file.bytes);
    amos_error err = {0};
    assert_status(amos_volume_open(path, NULL, &volume, &err), AMOS_E_DATA_SHORT, &err);
    ck_assert_str_eq(err.path, path);
    assert_sentence(&err, AMOS_E_DATA_SHORT, stems[_i]);
    free(path);
    nifti_free(&file);
}
END_TEST

START_TEST(a_long_path_loses_its_beginning_in_the_error)
{
    char path[3000];
    memset(path, 'd', sizeof path);
    for (size_t i = 0; i < sizeof path; i += 100)
        path[i] = '/';
    memcpy(path + sizeof path - 12, "/absent.nii", 12);
    amos_volume *volume = NULL;
    amos_error err = {0};
    assert_status(amos_volume_open(path, NULL, &volume, &err), AMOS_E_OPEN, &err);
    ck_assert_int_eq(err.sys_errno, ENOENT);
    ck_assert_uint_lt(strlen(err.path), sizeof err.path);
    ck_assert_str_eq(err.path + strlen(err.path) - 11, "/absent.nii");
    assert_sentence(&err, AMOS_E_OPEN, "long path");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("volume");
    TCase *sources = add_case(suite, "sources", 10);
    tcase_add_loop_test(sources, every_file_on_disk_gives_the_same, 0, 32);
    tcase_add_loop_test(sources, memory_gives_the_same, 0, 8);
    tcase_add_loop_test(sources, callbacks_give_the_same, 0, 80);
    tcase_add_loop_test(sources, source_needs_no_name_and_no_close, 0, 2);
    tcase_add_loop_test(sources, a_failing_source_is_an_io_error, 0, 8);
    tcase_add_loop_test(sources, a_lying_source_is_an_error, 0, 6);
    tcase_add_test(sources, a_source_must_be_complete);
    TCase *header = add_case(suite, "header", 10);
    tcase_add_loop_test(header, H19_H23_H24_H25_H26_dimensions_become_shape_and_frames, 0, 4 * ROWS(dim_rows));
    tcase_add_loop_test(header, H53_H54_slope_zero_asks_for_no_scaling, 0, 14);
    tcase_add_loop_test(header, H72_description_is_bounded, 0, 2);
    tcase_add_loop_test(header, H50_extensions_are_counted, 0, 16);
    TCase *paths = add_case(suite, "paths", 10);
    tcase_add_test(paths, a_pair_takes_img_before_img_gz);
    tcase_add_loop_test(paths, F07_odd_names_are_only_bytes, 0, 7);
    tcase_add_test(paths, a_long_path_loses_its_beginning_in_the_error);
    return run_suite(suite);
}
