/* SPDX-License-Identifier: BSD-3-Clause */
/* Every file of the shared data against the results of nibabel 5.0.0. Where nibabel has no result, or differs from
 * the NIfTI standard, the expected results are here, with the reason. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <amos/amos.h>
#include <cjson/cJSON.h>

#include "support/main.h"
#include "support/shared.h"
#include "support/tmp.h"

static cJSON *golden; /* file name -> results of nibabel */

/* The entries for a test, for loops. */
struct list {
    const cJSON *entries[128];
    int count;
};

static struct list volumes;      /* nibabel could read them */
static struct list with_range;   /* and computed their range: numbers */
static struct list with_ras;     /* and could reorient them: three dimensions */
static struct list labels;       /* and counted their labels */
static struct list orientations; /* of one volume */
static struct list errors;       /* nibabel refuses them */

/* nibabel computes the affine in double from float32 fields, as the library does: only the order of a few
 * operations may differ. Offsets of hundreds of millimetres result from sums that cancel, so the tolerance is a
 * fraction of the largest element. */
static const double affine_tolerance = 1e-6;

/* We deviate from nibabel here: without any form it flips x and sets the origin to the centre, like ANALYZE readers
 * did; nifti1.h, method 1, has +spacing on the diagonal, no offset and no known orientation. */
static const struct exception {
    const char *name;
    double spacing;
} without_forms[] = {
    {"formats/nifti-rs/minimal.nii", 3},
    {"formats/nifti-rs/minimal.nii.gz", 3},
};

static const struct exception *exception_of(const char *name)
{
    for (size_t i = 0; i < sizeof without_forms / sizeof without_forms[0]; i++)
        if (strcmp(without_forms[i].name, name) == 0)
            return &without_forms[i];
    return NULL;
}

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static double number(const cJSON *object, const char *name)
{
    const cJSON *item = member(object, name);
    ck_assert_msg(cJSON_IsNumber(item), "%s: the golden file has no %s", object->string, name);
    return item->valuedouble;
}

static amos_volume *open_shared(const char *name, amos_status expected)
{
    char *path = shared_path(name);
    amos_volume *volume = NULL;
    amos_error err = {0};
    assert_status_at(__FILE__, __LINE__, name, amos_volume_open(path, NULL, &volume, &err), expected, &err);
    free(path);
    return volume;
}

/* CRC-32 of voxels in little-endian order. */
static uint32_t crc_of(const amos_array *array, size_t part)
{
    const uint16_t one = 1;
    const amos_layout *layout = amos_array_layout(array);
    unsigned char *data = amos_array_data(array);
    if (*(const unsigned char *)&one == 0) /* a big-endian host */
        for (size_t at = 0; at + part <= layout->bytes; at += part)
            for (size_t i = 0; i < part / 2; i++) {
                unsigned char c = data[at + i];
                data[at + i] = data[at + part - 1 - i];
                data[at + part - 1 - i] = c;
            }
    return (uint32_t)crc32_z(0, data, layout->bytes);
}

static amos_array *load(const amos_volume *volume, amos_type type, const char *orientation, const char *name)
{
    amos_read_options o = {.size = sizeof o, .type = type, .orientation = orientation, .frame = AMOS_FRAME_ALL};
    amos_array *array = NULL;
    amos_error err = {0};
    assert_status_at(__FILE__, __LINE__, name, amos_volume_load(volume, &o, &array, &err), AMOS_OK, &err);
    return array;
}

static void assert_crc(const amos_volume *volume, amos_type type, const char *orientation, size_t part, const cJSON *e,
                       const char *what)
{
    amos_array *array = load(volume, type, orientation, e->string);
    uint32_t got = crc_of(array, part);
    ck_assert_msg((double)got == number(e, what), "%s: %s is %u, not %.0f", e->string, what, got, number(e, what));
    amos_array_free(array);
}

/* `affine` is the 16 numbers, row by row. */
static void assert_affine(const double *affine, const cJSON *expected, const char *name, const char *what)
{
    double largest = 0;
    for (int i = 0; i < 16; i++)
        largest = fmax(largest, fabs(cJSON_GetArrayItem(cJSON_GetArrayItem(expected, i / 4), i % 4)->valuedouble));
    for (int i = 0; i < 16; i++) {
        double e = cJSON_GetArrayItem(cJSON_GetArrayItem(expected, i / 4), i % 4)->valuedouble;
        ck_assert_msg(fabs(affine[i] - e) <= affine_tolerance * largest, "%s: %s[%d][%d] is %.17g, not %.17g", name,
                      what, i / 4, i % 4, affine[i], e);
    }
}

static void assert_shape(const amos_volume_info *info, const cJSON *expected, const char *name)
{
    int n = cJSON_GetArraySize(expected);
    ck_assert_msg(info->ndim == n, "%s: %d dimensions, not %d", name, info->ndim, n);
    for (int i = 0; i < 7; i++) {
        double e = i < n ? cJSON_GetArrayItem(expected, i)->valuedouble : 1;
        ck_assert_msg((double)info->dim[i] == e, "%s: dim[%d] is %lld, not %.0f", name, i + 1, (long long)info->dim[i],
                      e);
    }
}

/* NumPy's type strings; "rgb" is nibabel's structured type, by its voxel size. */
static const struct {
    const char *dtype;
    amos_type type;
} dtypes[] = {
    {"|i1", AMOS_TYPE_INT8},    {"|u1", AMOS_TYPE_UINT8},     {"<i2", AMOS_TYPE_INT16},
    {"<u2", AMOS_TYPE_UINT16},  {"<i4", AMOS_TYPE_INT32},     {"<u4", AMOS_TYPE_UINT32},
    {"<i8", AMOS_TYPE_INT64},   {"<u8", AMOS_TYPE_UINT64},    {"<f4", AMOS_TYPE_FLOAT32},
    {"<f8", AMOS_TYPE_FLOAT64}, {"<c8", AMOS_TYPE_COMPLEX64}, {"<c16", AMOS_TYPE_COMPLEX128},
};

static amos_type type_of(const cJSON *e)
{
    const char *dtype = member(e, "dtype")->valuestring;
    if (strcmp(dtype, "rgb") == 0)
        return strstr(e->string, "rgba") ? AMOS_TYPE_RGBA32 : AMOS_TYPE_RGB24;
    for (size_t i = 0; i < sizeof dtypes / sizeof dtypes[0]; i++)
        if (strcmp(dtypes[i].dtype, dtype) == 0)
            return dtypes[i].type;
    ck_abort_msg("%s: dtype %s is unknown", e->string, dtype);
    return AMOS_TYPE_STORED;
}

static size_t part_bytes(amos_type type)
{
    return type == AMOS_TYPE_COMPLEX64    ? 4
           : type == AMOS_TYPE_COMPLEX128 ? 8
           : type >= AMOS_TYPE_RGB24      ? 1
                                          : amos_type_bytes(type);
}

/* ---- headers ---- */

static void assert_header(const amos_volume *volume, const cJSON *e)
{
    const amos_volume_info *info = amos_volume_get_info(volume);
    assert_shape(info, member(e, "shape"), e->string);
    ck_assert_msg(info->type == type_of(e), "%s: type %s", e->string, amos_type_name(info->type));
    ck_assert_msg(info->big_endian == (member(e, "byteorder")->valuestring[0] == '>'), "%s: byte order", e->string);
    ck_assert_msg(info->qform_code == (int)number(e, "qform_code"), "%s: qform_code %d", e->string, info->qform_code);
    ck_assert_msg(info->sform_code == (int)number(e, "sform_code"), "%s: sform_code %d", e->string, info->sform_code);
}

static void assert_geometry(const amos_volume *volume, const cJSON *e)
{
    amos_geometry g;
    amos_error err = {0};
    assert_status_at(__FILE__, __LINE__, e->string, amos_volume_get_geometry(volume, &g, &err), AMOS_OK, &err);
    const struct exception *x = exception_of(e->string);
    if (!x) {
        assert_affine(g.affine[0], member(e, "affine"), e->string, "affine");
        ck_assert_msg(strcmp(g.orientation, member(e, "axcodes")->valuestring) == 0, "%s: orientation %s", e->string,
                      g.orientation);
        for (int i = 0; i < 3 && i < cJSON_GetArraySize(member(e, "zooms")); i++) {
            double zoom = cJSON_GetArrayItem(member(e, "zooms"), i)->valuedouble;
            ck_assert_msg(fabs(g.spacing[i] - zoom) <= affine_tolerance * zoom, "%s: spacing %g, not %g", e->string,
                          g.spacing[i], zoom);
        }
        return;
    }
    ck_assert_msg(g.source == AMOS_AFFINE_SPACING, "%s: affine from %s", e->string, amos_affine_source_name(g.source));
    ck_assert_msg(amos_volume_warnings(volume) & AMOS_W_NOORIENT, "%s: no warning", e->string);
    for (int i = 0; i < 16; i++) {
        double expected = i == 15 ? 1 : i % 5 == 0 ? x->spacing : 0;
        ck_assert_msg(g.affine[i / 4][i % 4] == expected, "%s: affine[%d][%d] is %g", e->string, i / 4, i % 4,
                      g.affine[i / 4][i % 4]);
    }
}

START_TEST(header_and_geometry_agree)
{
    const cJSON *e = volumes.entries[_i];
    amos_volume *volume = open_shared(e->string, AMOS_OK);
    assert_header(volume, e);
    assert_geometry(volume, e);
    amos_volume_free(volume);
}
END_TEST

/* ---- voxels ---- */

START_TEST(voxels_agree)
{
    const cJSON *e = volumes.entries[_i];
    amos_volume *volume = open_shared(e->string, AMOS_OK);
    amos_type type = amos_volume_get_info(volume)->type;
    assert_crc(volume, AMOS_TYPE_STORED, NULL, part_bytes(type), e, "crc32_raw_le_x_fastest");
    if (member(e, "crc32_scaled_f32_x_fastest"))
        assert_crc(volume, AMOS_TYPE_FLOAT32, NULL, 4, e, "crc32_scaled_f32_x_fastest");
    amos_error err = {0};
    assert_status_at(__FILE__, __LINE__, e->string, amos_volume_verify(volume, NULL, NULL, &err), AMOS_OK, &err);
    amos_volume_free(volume);
}
END_TEST

/* Smallest and largest scaled value and the mean, over all frames. */
START_TEST(ranges_agree)
{
    const cJSON *e = with_range.entries[_i], *expected = member(e, "scaled_min_max_mean");
    amos_volume *volume = open_shared(e->string, AMOS_OK);
    amos_value_range range = AMOS_VALUE_RANGE_INIT;
    amos_error err = {0};
    assert_status_at(__FILE__, __LINE__, e->string, amos_volume_get_range(volume, NULL, &range, &err), AMOS_OK, &err);
    const double got[3] = {range.min, range.max, range.mean};
    for (int i = 0; i < 3; i++) {
        double want = cJSON_GetArrayItem(expected, i)->valuedouble;
        ck_assert_msg(fabs(got[i] - want) <= 1e-9 * (fabs(range.min) + fabs(range.max) + 1e-300),
                      "%s: item %d is %.17g, not %.17g", e->string, i, got[i], want);
    }
    amos_volume_free(volume);
}
END_TEST

/* nibabel reorients only 3-D files here. Without any form its RAS differs from the standard's, see above: then the
 * stored voxels are already in the only known order. */
START_TEST(reorientation_to_ras_agrees)
{
    const cJSON *e = with_ras.entries[_i];
    amos_volume *volume = open_shared(e->string, AMOS_OK);
    size_t part = part_bytes(amos_volume_get_info(volume)->type);
    if (exception_of(e->string)) {
        amos_array *array = load(volume, AMOS_TYPE_STORED, "RAS", e->string);
        ck_assert_msg((double)crc_of(array, part) == number(e, "crc32_raw_le_x_fastest"), "%s was turned", e->string);
        amos_array_free(array);
        amos_volume_free(volume);
        return;
    }
    amos_array *array = load(volume, AMOS_TYPE_STORED, "RAS", e->string);
    const amos_layout *layout = amos_array_layout(array);
    for (int i = 0; i < 3; i++)
        ck_assert_msg((double)layout->shape[i] == cJSON_GetArrayItem(member(e, "ras_shape"), i)->valuedouble,
                      "%s: RAS shape", e->string);
    assert_affine(layout->geometry.affine[0], member(e, "ras_affine"), e->string, "ras_affine");
    ck_assert_msg(strcmp(layout->geometry.orientation, "RAS") == 0, "%s: %s", e->string, layout->geometry.orientation);
    amos_array_free(array);
    assert_crc(volume, AMOS_TYPE_STORED, "RAS", part, e, "crc32_raw_le_ras_x_fastest");
    amos_volume_free(volume);
}
END_TEST

/* ---- labels ---- */

static void assert_organ(const amos_organ_stats *s, const cJSON *e, const char *key)
{
    const cJSON *count = member(member(e, "label_counts"), key);
    double voxels = count ? count->valuedouble : 0;
    ck_assert_msg((double)s->voxels == voxels, "%s, label %s: %llu voxels, not %.0f", e->string, key,
                  (unsigned long long)s->voxels, voxels);
    ck_assert_msg(s->present == (voxels > 0), "%s, label %s: present %d", e->string, key, s->present);
    double ml = voxels * number(e, "voxel_mm3") / 1000;
    ck_assert_msg(fabs(s->millilitres - ml) <= 1e-6 * (ml + 1), "%s, label %s: %g ml, not %g", e->string, key,
                  s->millilitres, ml);
    const cJSON *box = member(member(e, "label_bbox_inclusive"), key);
    const cJSON *centre = member(member(e, "label_centroid_mm"), key);
    for (int d = 0; d < 3 && box; d++) {
        double first = cJSON_GetArrayItem(cJSON_GetArrayItem(box, 0), d)->valuedouble;
        double last = cJSON_GetArrayItem(cJSON_GetArrayItem(box, 1), d)->valuedouble;
        ck_assert_msg((double)s->box.start[d] == first && (double)s->box.stop[d] - 1 == last,
                      "%s, label %s: box along %d is %lld..%lld", e->string, key, d, (long long)s->box.start[d],
                      (long long)s->box.stop[d] - 1);
    }
    for (int d = 0; d < 3 && centre; d++) {
        double mm = cJSON_GetArrayItem(centre, d)->valuedouble;
        ck_assert_msg(fabs(s->centroid_mm[d] - mm) <= affine_tolerance * (fabs(mm) + 100),
                      "%s, label %s: centroid %.12g, not %.12g", e->string, key, s->centroid_mm[d], mm);
    }
    ck_assert_msg((box != NULL) == (centre != NULL), "%s, label %s: the golden file is odd", e->string, key);
}

START_TEST(labels_agree)
{
    const cJSON *e = labels.entries[_i];
    char *path = shared_path(e->string);
    for (int only = 0; only < 2; only++) {
        amos_labelmap_options o = {.size = sizeof o, .flags = only ? AMOS_LABELMAP_STATS_ONLY : 0};
        amos_labelmap *map = NULL;
        amos_error err = {0};
        assert_status_at(__FILE__, __LINE__, e->string, amos_labelmap_open(path, NULL, &o, &map, &err), AMOS_OK, &err);
        for (int label = 0; label <= 15; label++) {
            char key[12];
            snprintf(key, sizeof key, "%d", label);
            assert_organ(amos_labelmap_get_stats(map, label), e, key);
        }
        amos_labelmap_free(map);
    }
    free(path);
}
END_TEST

/* ---- files without a golden entry, and those that nibabel refuses ---- */

static const struct refused_row {
    const char *name;
    amos_status expected;
    const char *why;
} refused[] = {
    {"formats/nifti-reader-js/not-nifti.nii", AMOS_E_HDR_MAGIC, "random bytes"},
    {"formats/nifti-rs/fuzz_artifacts/crash-1.nii", AMOS_E_HDR_MAGIC, "sizeof_hdr 0 (H04)"},
    {"formats/nifti-rs/fuzz_artifacts/crash-ed7d46344d7efb3b9f0c374d66d2e02f66cc447d.nii", AMOS_E_HDR_MAGIC,
     "sizeof_hdr (H04)"},
    {"formats/nifti-rs/fuzz_artifacts/crash-08123ef33416bd6f0c5fa63d44b681b8581d62a0", AMOS_E_HDR_MAGIC,
     "sizeof_hdr (H04)"},
    {"formats/nifti-rs/fuzz_artifacts/crash-98aa054390f8d3f932f190dc22ef62c6ff2d6619", AMOS_E_HDR_MAGIC,
     "sizeof_hdr (H04)"},
    {"formats/nifti-rs/fuzz_artifacts/crash-d03c6346fe83a026738f6b8cd2a9335a3f8cb158", AMOS_E_HDR_MAGIC,
     "sizeof_hdr (H04)"},
    {"formats/nifti-rs/avg152T1_LR_nifti.hdr.gz", AMOS_E_OPEN, "neither .img nor .img.gz is there (H11)"},
    {"formats/nifti-rs/minimal.img", AMOS_E_UNSUPPORTED, "opened by its .img (H11)"},
    {"formats/nifti-rs/minimal2.img.gz", AMOS_E_UNSUPPORTED, "opened by its .img (H11)"},
    {"formats/nifti-reader-js/air.img.gz", AMOS_E_UNSUPPORTED, "opened by its .img (H11)"},
};

START_TEST(broken_files_are_refused)
{
    char *path = shared_path(refused[_i].name);
    amos_volume *volume = (amos_volume *)path;
    amos_error err = {0};
    amos_status status = amos_volume_open(path, NULL, &volume, &err);
    ck_assert_msg(status == refused[_i].expected, "%s (%s): %s", refused[_i].name, refused[_i].why,
                  amos_status_name(status));
    ck_assert_ptr_null(volume);
    assert_sentence(&err, status, refused[_i].name);
    free(path);
}
END_TEST

START_TEST(what_nibabel_refuses_is_refused)
{
    const cJSON *e = errors.entries[_i];
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (strcmp(refused[i].name, e->string) == 0)
            return;
    ck_abort_msg("%s: nibabel says %s, and this test does not say what is expected", e->string,
                 member(e, "nibabel_error")->valuestring);
}
END_TEST

/* Pairs: the same volume exists in another container. */
static const struct pair_row {
    const char *header;
    const char *same_as; /* NULL: readable, with this shape */
    int64_t shape[3];
    int version;
} pairs[] = {
    {"formats/nifti-rs/minimal.hdr", "formats/nifti-rs/minimal.nii", {64, 64, 10}, 1},
    {"formats/nifti-rs/minimal.hdr.gz", "formats/nifti-rs/minimal.nii", {64, 64, 10}, 1},
    {"formats/nifti-rs/minimal2.hdr", "formats/nifti-rs/minimal.nii", {64, 64, 10}, 1},
    {"formats/nifti-reader-js/air.hdr.gz", "formats/nifti-reader-js/air2.hdr.gz", {79, 67, 64}, 1},
    {"formats/nifti-reader-js/air2.hdr.gz", "formats/nifti-reader-js/air.hdr.gz", {79, 67, 64}, 2},
};

START_TEST(pairs_are_read)
{
    const struct pair_row *row = &pairs[_i];
    amos_volume *volume = open_shared(row->header, AMOS_OK), *other = open_shared(row->same_as, AMOS_OK);
    const amos_volume_info *info = amos_volume_get_info(volume);
    ck_assert_int_eq(info->is_pair, 1);
    ck_assert_int_eq(info->nifti_version, row->version);
    ck_assert_mem_eq(info->shape, row->shape, sizeof row->shape);
    amos_array *a = load(volume, AMOS_TYPE_STORED, NULL, row->header),
               *b = load(other, AMOS_TYPE_STORED, NULL, row->same_as);
    ck_assert_uint_eq(amos_array_layout(a)->bytes, amos_array_layout(b)->bytes);
    ck_assert_mem_eq(amos_array_data(a), amos_array_data(b), amos_array_layout(a)->bytes);
    for (int i = 0; i < 16; i++)
        ck_assert_double_eq(amos_array_layout(a)->geometry.affine[i / 4][i % 4],
                            amos_array_layout(b)->geometry.affine[i / 4][i % 4]);
    amos_array_free(a);
    amos_array_free(b);
    amos_volume_free(volume);
    amos_volume_free(other);
}
END_TEST

/* All orientations of the same volume give the same RAS voxels, at the same places. */
START_TEST(orientations_are_one_volume)
{
    const cJSON *e = orientations.entries[_i], *first = orientations.entries[0];
    amos_volume *volume = open_shared(e->string, AMOS_OK), *other = open_shared(first->string, AMOS_OK);
    amos_array *a = load(volume, AMOS_TYPE_STORED, "RAS", e->string),
               *b = load(other, AMOS_TYPE_STORED, "RAS", first->string);
    ck_assert_uint_eq(amos_array_layout(a)->bytes, amos_array_layout(b)->bytes);
    ck_assert_mem_eq(amos_array_data(a), amos_array_data(b), amos_array_layout(a)->bytes);
    double apart = 1;
    amos_error err = {0};
    assert_ok(
        amos_geometry_get_displacement(&amos_array_layout(a)->geometry, &amos_array_layout(b)->geometry, &apart, &err),
        &err);
    ck_assert_double_lt(apart, 1e-4); /* the files' offsets are float32 numbers near 100 */
    amos_array_free(a);
    amos_array_free(b);
    amos_volume_free(volume);
    amos_volume_free(other);
}
END_TEST

static void take(struct list *list, const cJSON *e, int belongs)
{
    if (belongs && list->count < 128)
        list->entries[list->count++] = e;
}

static void read_golden(void)
{
    char *path = shared_path("golden/nibabel.json");
    struct bytes text = read_file(path);
    golden = cJSON_ParseWithLength((const char *)text.data, text.size);
    for (const cJSON *e = golden ? golden->child : NULL; e; e = e->next) {
        take(&errors, e, member(e, "nibabel_error") != NULL);
        take(&volumes, e, member(e, "nibabel_error") == NULL);
        take(&with_range, e, member(e, "scaled_min_max_mean") != NULL);
        take(&with_ras, e, member(e, "ras_shape") != NULL);
        take(&labels, e, member(e, "label_counts") != NULL);
        take(&orientations, e, strncmp(e->string, "formats/orientations/", 21) == 0);
    }
    bytes_free(&text);
    free(path);
}

START_TEST(the_golden_file_is_whole)
{
    ck_assert_int_eq(volumes.count, 68);
    ck_assert_int_eq(errors.count, 3);
    ck_assert_int_eq(orientations.count, 24);
    ck_assert_int_eq(labels.count, 5);
    ck_assert_int_gt(with_ras.count, 40);
    ck_assert_int_gt(with_range.count, 50);
}
END_TEST

/* Without the shared data the program must still report that it ran. */
START_TEST(nothing_is_there)
{
    ck_assert_ptr_null(golden);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("golden");
    if (!shared_data("comparing with nibabel")) {
        tcase_add_test(add_case(suite, "nothing", 4), nothing_is_there);
        return run_suite(suite);
    }
    read_golden();
    TCase *whole = add_case(suite, "golden", 10);
    tcase_add_test(whole, the_golden_file_is_whole);
    TCase *files = add_case(suite, "files", 60);
    tcase_add_loop_test(files, header_and_geometry_agree, 0, volumes.count);
    tcase_add_loop_test(files, voxels_agree, 0, volumes.count);
    tcase_add_loop_test(files, ranges_agree, 0, with_range.count);
    tcase_add_loop_test(files, reorientation_to_ras_agrees, 0, with_ras.count);
    tcase_add_loop_test(files, orientations_are_one_volume, 0, orientations.count);
    tcase_add_loop_test(files, labels_agree, 0, labels.count);
    TCase *others = add_case(suite, "others", 10);
    tcase_add_loop_test(others, broken_files_are_refused, 0, (int)(sizeof refused / sizeof refused[0]));
    tcase_add_loop_test(others, what_nibabel_refuses_is_refused, 0, errors.count);
    tcase_add_loop_test(others, pairs_are_read, 0, (int)(sizeof pairs / sizeof pairs[0]));
    int status = run_suite(suite);
    cJSON_Delete(golden);
    return status;
}
