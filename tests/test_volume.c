/* Opening: every kind of file and source gives the same; what the header says; handles, limits, threads. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <amos/amos.h>

#include "support/gzip_make.h"
#include "support/main.h"
#include "support/opened.h"
#include "support/tmp.h"

#define ROWS(array) ((int)(sizeof(array) / sizeof((array)[0])))

static void assert_reads_as(const amos_volume *volume, const struct nifti_file *file)
{
    size_t expected_bytes, bytes;
    unsigned char *expected = nifti_host_voxels(file, &expected_bytes);
    void *got = read_all(volume, AMOS_TYPE_STORED, &bytes);
    ck_assert_uint_eq(bytes, expected_bytes);
    ck_assert_mem_eq(got, expected, bytes);
    free(got);
    free(expected);
}

/* ---- one volume in every wrapping ---- */

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
    ck_assert_ptr_nonnull(amos_volume_path(volume));
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
    uint64_t fail_from; /* offsets at and beyond it fail; UINT64_MAX: none */
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

static amos_source as_source(struct source *s, const char *name)
{
    return (amos_source){.size = sizeof(amos_source),
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
    amos_source source = as_source(&s, gzip ? "mine.nii.gz" : "mine.nii");
    amos_volume *volume = NULL;
    amos_error err;
    assert_ok(amos_volume_open_source(&source, NULL, &volume, &err), &err);
    memset(&source, 0xff, sizeof source); /* it was copied */
    assert_usual_info(volume, variant, 0, gzip);
    ck_assert_str_eq(amos_volume_path(volume), gzip ? "mine.nii.gz" : "mine.nii");
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
    amos_source source = as_source(&s, NULL);
    source.close = NULL;
    amos_volume *volume = NULL;
    amos_error err;
    assert_ok(amos_volume_open_source(&source, NULL, &volume, &err), &err);
    ck_assert_str_eq(amos_volume_path(volume), "(callbacks)");
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
    amos_source source = as_source(&s, gzip ? "mine.nii.gz" : "mine.nii");
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

/* A source that breaks its word is an error, and never a buffer overrun. */
START_TEST(a_lying_source_is_an_error)
{
    static int64_t (*const liars[])(void *, uint64_t, void *, size_t) = {source_says_too_much, source_ends_early,
                                                                         source_returns_nonsense};
    struct nifti_spec spec = {.ndim = 3, .dim = {40, 40, 20}, .seed = 5};
    struct nifti_file file = nifti_make(&spec);
    struct bytes packed = gzip_of(&file.bytes);
    struct source s = {.bytes = _i & 1 ? packed : file.bytes, .fail_from = UINT64_MAX};
    amos_source source = as_source(&s, NULL);
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
    amos_source source = as_source(&s, "mine.nii");
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

/* H19, H23, H24, H25, and H26: what stands beyond ndim is nobody's business. */
START_TEST(dimensions_become_shape_and_frames)
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

START_TEST(slope_zero_asks_for_no_scaling)
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

START_TEST(description_is_bounded)
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

START_TEST(extensions_are_counted)
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

START_TEST(odd_names_are_only_bytes)
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

/* ---- options ---- */

static amos_status open_with(const struct bytes *b, const amos_volume_options *options, amos_volume **out,
                             amos_error *err)
{
    return amos_volume_open_memory(b->data, b->size, options, out, err);
}

START_TEST(a_shorter_or_longer_struct_works)
{
    struct nifti_spec spec = {.no_forms = 1, .pixdim = {1, -1, 1, 1}};
    struct nifti_file file = nifti_make(&spec);
    struct {
        amos_volume_options known;
        char later[64];
    } o = {{.size = offsetof(amos_volume_options, inflate), .flags = AMOS_OPEN_LENIENT, .inflate = (amos_inflate)77},
           {0}};
    amos_volume *volume = NULL;
    amos_error err = {0};
    assert_ok(open_with(&file.bytes, &o.known, &volume, &err), &err); /* inflate lies beyond the stated size */
    ck_assert_uint_ne(amos_volume_warnings(volume) & AMOS_W_PIXDIM, 0);
    amos_volume_free(volume);
    o.known.inflate = AMOS_INFLATE_ZLIB;
    o.known.size = sizeof o;
    assert_ok(open_with(&file.bytes, &o.known, &volume, &err), &err);
    amos_volume_free(volume);
    o.later[63] = 1;
    assert_status(open_with(&file.bytes, &o.known, &volume, &err), AMOS_E_ARG, &err);
    ck_assert_ptr_null(volume);
    o.known.size = 3;
    assert_status(open_with(&file.bytes, &o.known, &volume, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, "size 3");
    nifti_free(&file);
}
END_TEST

START_TEST(short_limits_work)
{
    struct nifti_spec spec = {0};
    struct nifti_file file = nifti_make(&spec);
    amos_limits limits = {.size = offsetof(amos_limits, max_extra), .max_uncompressed = 23, .max_members = 1};
    amos_volume_options o = {.size = sizeof o, .limits = &limits};
    amos_volume *volume = NULL;
    amos_error err = {0};
    assert_status(open_with(&file.bytes, &o, &volume, &err), AMOS_E_LIMIT, &err);
    limits.max_uncompressed = 24;
    assert_ok(open_with(&file.bytes, &o, &volume, &err), &err);
    amos_volume_free(volume);
    limits.size = 1;
    assert_status(open_with(&file.bytes, &o, &volume, &err), AMOS_E_ARG, &err);
    nifti_free(&file);
}
END_TEST

START_TEST(options_are_copied)
{
    struct nifti_spec spec = {.seed = 3};
    struct nifti_file file = nifti_make(&spec);
    struct bytes packed = gzip_in_members(&file.bytes, 100, NULL);
    amos_limits *limits = must_alloc(sizeof *limits);
    *limits = (amos_limits){.size = sizeof *limits, .max_members = 50};
    amos_volume_options *o = must_alloc(sizeof *o);
    *o = (amos_volume_options){.size = sizeof *o, .limits = limits, .inflate = AMOS_INFLATE_ZLIB};
    amos_volume *volume = NULL;
    amos_error err = {0};
    assert_ok(open_with(&packed, o, &volume, &err), &err);
    free(limits);
    free(o);
    assert_reads_as(volume, &file);
    amos_volume_free(volume);
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

START_TEST(wrong_options_are_refused)
{
    struct nifti_spec spec = {0};
    struct nifti_file file = nifti_make(&spec);
    amos_volume_options rows[] = {
        {.size = sizeof rows[0], .flags = 0x40000000u},
        {.size = sizeof rows[0], .inflate = (amos_inflate)4},
        {.size = sizeof rows[0], .inflate = (amos_inflate)-1},
    };
    amos_volume *volume = (amos_volume *)&spec;
    amos_error err = {0};
    assert_status(open_with(&file.bytes, &rows[_i], &volume, &err), AMOS_E_ARG, &err);
    ck_assert_ptr_null(volume);
    assert_sentence(&err, AMOS_E_ARG, "options");
    nifti_free(&file);
}
END_TEST

START_TEST(an_inflate_library_that_is_not_built_in_is_unsupported)
{
    static const amos_inflate choices[] = {AMOS_INFLATE_AUTO, AMOS_INFLATE_ISAL, AMOS_INFLATE_LIBDEFLATE,
                                           AMOS_INFLATE_ZLIB};
    struct nifti_spec spec = {0};
    struct nifti_file file = nifti_make(&spec);
    struct bytes packed = gzip_of(&file.bytes);
    amos_volume_options o = {.size = sizeof o, .inflate = choices[_i]};
    amos_volume *volume = NULL;
    amos_error err = {0};
    amos_status status = open_with(&packed, &o, &volume, &err);
    assert_status(status, has_inflate(choices[_i]) ? AMOS_OK : AMOS_E_UNSUPPORTED, &err);
    amos_volume_free(volume);
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

struct said {
    int lines;
    char text[4096];
};

static void listen(void *user, amos_log_level level, const char *message)
{
    struct said *said = user;
    ck_assert_int_ge((int)level, AMOS_LOG_DEBUG);
    ck_assert_int_le((int)level, AMOS_LOG_WARNING);
    ck_assert_ptr_null(strchr(message, '\n'));
    size_t length = strlen(message);
    ck_assert_uint_gt(length, 5);
    ck_assert_int_eq(message[length - 1], '.');
    said->lines++;
    strncat(said->text, message, sizeof said->text - strlen(said->text) - 1);
}

/* H52: what stands in extensions or texts may name a patient. */
START_TEST(the_log_names_warnings_and_no_patient)
{
    static const char secret[32] = "\x20\0\0\0\x02\0\0\0SECRET^PATIENT";
    struct nifti_spec spec = {.extensions = secret, .extension_bytes = sizeof secret, .descrip = "SECRET^PATIENT"};
    struct nifti_file file = nifti_make(&spec);
    nifti_poke(&file, "bitpix", 0, 77);
    struct said said = {0};
    amos_volume_options o = {.size = sizeof o, .log = listen, .log_user = &said};
    amos_volume *volume = NULL;
    amos_error err;
    assert_ok(open_with(&file.bytes, &o, &volume, &err), &err);
    assert_warnings(amos_volume_warnings(volume), AMOS_W_BITPIX);
    ck_assert_int_ge(said.lines, 1);
    ck_assert_msg(strstr(said.text, "bitpix") != NULL, "%s", said.text);
    ck_assert_ptr_null(strstr(said.text, "SECRET"));
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

/* ---- NULL ---- */

START_TEST(null_is_harmless)
{
    amos_volume *volume = (amos_volume *)&volume;
    amos_geometry geometry;
    amos_error err = {0};
    amos_volume_free(NULL);
    ck_assert_ptr_null(amos_volume_get_info(NULL));
    ck_assert_ptr_null(amos_volume_path(NULL));
    ck_assert_uint_eq(amos_volume_warnings(NULL), 0);
    assert_status(amos_volume_get_geometry(NULL, &geometry, &err), AMOS_E_ARG, &err);
    assert_status(amos_volume_open(NULL, NULL, &volume, &err), AMOS_E_ARG, &err);
    ck_assert_ptr_null(volume);
    assert_sentence(&err, AMOS_E_ARG, "NULL path");
    assert_status(amos_volume_open("x", NULL, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_volume_open_memory(NULL, 10, NULL, &volume, &err), AMOS_E_ARG, &err);
    assert_status(amos_volume_open_memory("x", 1, NULL, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_volume_open_memory(NULL, 10, NULL, &volume, NULL), AMOS_E_ARG, NULL);
    struct nifti_spec spec = {0};
    struct nifti_file file = nifti_make(&spec);
    volume = open_made(&file);
    assert_status(amos_volume_get_geometry(volume, NULL, &err), AMOS_E_ARG, &err);
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

/* A call that succeeds leaves the caller's error alone. */
START_TEST(success_does_not_touch_the_error)
{
    struct nifti_spec spec = {0};
    struct nifti_file file = nifti_make(&spec);
    struct bytes packed = gzip_of(&file.bytes);
    amos_error err, before;
    memset(&err, 0x5c, sizeof err);
    before = err;
    amos_volume *volume = NULL;
    amos_array *array = NULL;
    amos_geometry geometry;
    ck_assert_int_eq(open_with(&packed, NULL, &volume, &err), AMOS_OK);
    ck_assert_int_eq(amos_volume_load(volume, NULL, &array, &err), AMOS_OK);
    ck_assert_int_eq(amos_volume_verify(volume, NULL, NULL, NULL, &err), AMOS_OK);
    ck_assert_int_eq(amos_volume_get_geometry(volume, &geometry, &err), AMOS_OK);
    ck_assert_mem_eq(&err, &before, sizeof err);
    amos_array_free(array);
    amos_volume_free(volume);
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

/* ---- threads and processes ---- */

struct reader {
    const amos_volume *volume;
    const unsigned char *expected; /* stored voxels in host order */
    const float *values;           /* scaled */
    uint64_t seed;
    int failures;
};

enum { X = 64, Y = 60, Z = 50 };

static int read_one_box(struct reader *r)
{
    amos_read_options o = {.size = sizeof o, .type = random_below(&r->seed, 2) ? AMOS_TYPE_FLOAT32 : AMOS_TYPE_STORED};
    for (int d = 0; d < 3; d++) {
        int64_t n = d == 0 ? X : d == 1 ? Y : Z;
        o.box.start[d] = random_below(&r->seed, n);
        o.box.stop[d] = o.box.start[d] + 1 + random_below(&r->seed, n - o.box.start[d]);
    }
    amos_array *array = NULL;
    if (amos_volume_load(r->volume, &o, &array, NULL))
        return 0;
    const amos_layout *layout = amos_array_layout(array);
    const unsigned char *got = amos_array_data(array);
    size_t size = o.type ? 4 : 2;
    const unsigned char *from = o.type ? (const unsigned char *)r->values : r->expected;
    int same = 1;
    for (int64_t z = 0; z < layout->shape[2]; z++)
        for (int64_t y = 0; y < layout->shape[1]; y++) {
            int64_t n = o.box.start[0] + X * (o.box.start[1] + y + Y * (o.box.start[2] + z));
            size_t row = (size_t)layout->shape[0] * size;
            same = same && memcmp(got + (size_t)(y * layout->strides[1] + z * layout->strides[2]),
                                  from + (size_t)n * size, row) == 0;
        }
    amos_array_free(array);
    return same;
}

static void *reader_main(void *argument)
{
    struct reader *r = argument;
    for (int i = 0; i < 12; i++) {
        r->failures += !read_one_box(r);
        if (i % 6 == 0)
            r->failures += amos_volume_verify(r->volume, NULL, NULL, NULL, NULL) != AMOS_OK;
        amos_geometry g;
        r->failures += amos_volume_get_geometry(r->volume, &g, NULL) != AMOS_OK;
        r->failures += amos_volume_warnings(r->volume) != 0;
    }
    return NULL;
}

/* F28: sixteen threads, one handle. */
START_TEST(many_threads_read_through_one_handle)
{
    enum { THREADS = 16 };
    struct nifti_spec spec = {.ndim = 3,
                              .dim = {X, Y, Z},
                              .type = AMOS_TYPE_INT16,
                              .slope = 0.5,
                              .inter = 7,
                              .seed = 31,
                              .big_endian = _i & 1};
    struct nifti_file file = nifti_make(&spec);
    char stem[32];
    snprintf(stem, sizeof stem, "threads%d", _i);
    amos_volume *volume = open_written(&file, stem, _i >> 1);
    size_t bytes;
    struct reader readers[THREADS];
    pthread_t threads[THREADS];
    unsigned char *expected = nifti_host_voxels(&file, &bytes);
    float *values = model_read(&file, 0, AMOS_TYPE_FLOAT32, 0, &bytes);
    for (int i = 0; i < THREADS; i++) {
        readers[i] = (struct reader){volume, expected, values, (uint64_t)i, 0};
        ck_assert_int_eq(pthread_create(&threads[i], NULL, reader_main, &readers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        ck_assert_msg(readers[i].failures == 0, "thread %d: %d failures", i, readers[i].failures);
    }
    free(values);
    free(expected);
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

/* F22: a child reads through the handle that it inherited, while the parent does the same. */
START_TEST(a_forked_child_can_read)
{
    struct nifti_spec spec = {.ndim = 3, .dim = {X, Y, Z}, .type = AMOS_TYPE_INT16, .seed = 31};
    struct nifti_file file = nifti_make(&spec);
    amos_volume *volume = open_written(&file, "fork", _i);
    size_t bytes, expected_bytes;
    unsigned char *expected = nifti_host_voxels(&file, &expected_bytes);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    unsigned char *got = must_alloc(expected_bytes);
    amos_status status = amos_volume_read(volume, NULL, got, expected_bytes, NULL);
    int same = status == AMOS_OK && memcmp(got, expected, expected_bytes) == 0;
    if (child == 0)
        _exit(same ? 0 : 1);
    ck_assert_int_eq(same, 1);
    int result = -1;
    ck_assert_int_eq(waitpid(child, &result, 0), child);
    ck_assert(WIFEXITED(result) && WEXITSTATUS(result) == 0);
    free(got);
    got = read_all(volume, AMOS_TYPE_STORED, &bytes);
    ck_assert_mem_eq(got, expected, bytes);
    free(got);
    free(expected);
    amos_volume_free(volume);
    nifti_free(&file);
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
    tcase_add_loop_test(header, dimensions_become_shape_and_frames, 0, 4 * ROWS(dim_rows));
    tcase_add_loop_test(header, slope_zero_asks_for_no_scaling, 0, 14);
    tcase_add_loop_test(header, description_is_bounded, 0, 2);
    tcase_add_loop_test(header, extensions_are_counted, 0, 16);
    TCase *paths = add_case(suite, "paths", 10);
    tcase_add_test(paths, a_pair_takes_img_before_img_gz);
    tcase_add_loop_test(paths, odd_names_are_only_bytes, 0, 7);
    tcase_add_test(paths, a_long_path_loses_its_beginning_in_the_error);
    TCase *options = add_case(suite, "options", 10);
    tcase_add_test(options, a_shorter_or_longer_struct_works);
    tcase_add_test(options, short_limits_work);
    tcase_add_test(options, options_are_copied);
    tcase_add_loop_test(options, wrong_options_are_refused, 0, 3);
    tcase_add_loop_test(options, an_inflate_library_that_is_not_built_in_is_unsupported, 0, 4);
    tcase_add_test(options, the_log_names_warnings_and_no_patient);
    tcase_add_test(options, null_is_harmless);
    tcase_add_test(options, success_does_not_touch_the_error);
    TCase *threads = add_case(suite, "threads", 60);
    tcase_add_loop_test(threads, many_threads_read_through_one_handle, 0, 4);
    tcase_add_loop_test(threads, a_forked_child_can_read, 0, 2);
    return run_suite(suite);
}
