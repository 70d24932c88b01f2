/* SPDX-License-Identifier: BSD-3-Clause */
/* Row H11 of the catalogue of odd input: pairs of .hdr and .img. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <amos/volume.h>

#include "support/make/gzip.h"
#include "support/main.h"
#include "support/make/nifti.h"
#include "support/tmp.h"

static const struct pair_row {
    const char *what;
    int gzip; /* bit 1 the .hdr, bit 2 the .img */
    int version;
    int hdr_bytes; /* cut to this size; 0: all 352 or 544 */
    int img_add;   /* bytes more or fewer */
    double vox_offset;
    amos_status expected;
    amos_warnings warnings;
} pairs[] = {
    {"as it is", 0, 1, 0, 0, 0, AMOS_OK, 0},
    {"as it is, NIfTI-2", 0, 2, 0, 0, 0, AMOS_OK, 0},
    {"header of 348 bytes", 0, 1, 348, 0, 0, AMOS_OK, 0},
    {"header of 540 bytes", 0, 2, 540, 0, 0, AMOS_OK, 0},
    {"header of 348 bytes, both packed", 3, 1, 348, 0, 0, AMOS_OK, 0},
    {"header of 347 bytes", 0, 1, 347, 0, 0, AMOS_E_HDR_SHORT, 0},
    {"image a byte short", 0, 1, 0, -1, 0, AMOS_E_DATA_SHORT, 0},
    {"packed image a byte short", 2, 1, 0, -1, 0, AMOS_E_DATA_SHORT, 0},
    {"image with 5 bytes more", 0, 1, 0, 5, 0, AMOS_OK, AMOS_W_EXTRA},
    {"packed image with 5 bytes more", 2, 1, 0, 5, 0, AMOS_OK, AMOS_W_EXTRA},
    {"voxels at 16", 0, 1, 0, 0, 16, AMOS_OK, 0},
    {"voxels at 16, packed", 3, 2, 0, 0, 16, AMOS_OK, 0},
    {"voxels at 7", 0, 1, 0, 0, 7, AMOS_OK, AMOS_W_ALIGN},
    {"voxels at -1", 0, 1, 0, 0, -1, AMOS_E_HDR_OFFSET, 0},
    {"voxels at 0.5", 0, 1, 0, 0, 0.5, AMOS_E_HDR_OFFSET, 0},
    {"voxels beyond the image", 0, 1, 0, 0, 100000, AMOS_E_DATA_SHORT, 0},
};

static char *write_pair_part(const char *stem, const char *suffix, const struct bytes *plain, int gzip)
{
    char name[64];
    struct bytes packed = gzip_of(plain);
    snprintf(name, sizeof name, "%s%s%s", stem, suffix, gzip ? ".gz" : "");
    char *path = tmp_write_bytes(name, gzip ? &packed : plain);
    bytes_free(&packed);
    return path;
}

START_TEST(H11_pair)
{
    const struct pair_row *row = &pairs[_i];
    struct nifti_spec spec = {.pair = 1,
                              .version = row->version,
                              .ndim = 3,
                              .dim = {20, 10, 6},
                              .type = AMOS_TYPE_INT16,
                              .seed = 3,
                              .vox_offset =
                                  row->vox_offset > 0 && row->vox_offset < 100 ? (int64_t)row->vox_offset : 0};
    struct nifti_file file = nifti_make(&spec);
    nifti_poke(&file, "vox_offset", 0, row->vox_offset);
    if (row->hdr_bytes)
        bytes_cut(&file.bytes, (size_t)row->hdr_bytes);
    bytes_cut_tail(&file.image, row->img_add < 0 ? (size_t)-row->img_add : 0);
    bytes_add_fill(&file.image, 9, row->img_add > 0 ? (size_t)row->img_add : 0);
    char stem[32];
    snprintf(stem, sizeof stem, "H11-%d", _i);
    free(write_pair_part(stem, ".img", &file.image, row->gzip & 2));
    char *path = write_pair_part(stem, ".hdr", &file.bytes, row->gzip & 1);
    amos_volume *volume = NULL;
    amos_error err = {0};
    amos_status status = amos_volume_open(path, NULL, &volume, &err);
    if (!status) {
        unsigned char *got = must_alloc(2400);
        status = amos_volume_read(volume, NULL, got, 2400, &err);
        size_t bytes;
        unsigned char *expected = row->expected ? NULL : nifti_host_voxels(&file, &bytes);
        if (expected)
            ck_assert_mem_eq(got, expected, bytes);
        free(expected);
        free(got);
    }
    assert_status_at(__FILE__, __LINE__, row->what, status, row->expected, &err);
    if (!status)
        assert_warnings_at(__FILE__, __LINE__, row->what, amos_volume_warnings(volume), row->warnings);
    amos_volume_free(volume);
    free(path);
    nifti_free(&file);
}
END_TEST

/* Only <stem>.img and <stem>.img.gz are ever read as the voxels. */
START_TEST(H11_no_other_sibling)
{
    static const char *const siblings[] = {"%s.nii", "%s.nii.gz", "%s.IMG", "%s.hdr.img", "%s.img.bz2", "%s"};
    struct nifti_spec spec = {.pair = 1, .seed = 3};
    struct nifti_file file = nifti_make(&spec);
    char stem[32], name[64];
    snprintf(stem, sizeof stem, "alone%d", _i);
    snprintf(name, sizeof name, siblings[_i], stem);
    free(tmp_write_bytes(name, &file.image));
    char *path = write_pair_part(stem, ".hdr", &file.bytes, 0);
    amos_volume *volume = (amos_volume *)&file;
    amos_error err = {0};
    assert_status(amos_volume_open(path, NULL, &volume, &err), AMOS_E_OPEN, &err);
    ck_assert_ptr_null(volume);
    ck_assert_msg(strstr(err.message, ".img") != NULL, "%s", err.message);
    free(path);
    nifti_free(&file);
}
END_TEST

START_TEST(H11_suffixes_in_capitals)
{
    static const char *const names[][2] = {
        {"%s.HDR", "%s.IMG"}, {"%s.HDR.GZ", "%s.IMG.GZ"}, {"%s.HDR", "%s.img"}, {"%s.Hdr.gz", "%s.IMG"}};
    struct nifti_spec spec = {.pair = 1, .ndim = 3, .dim = {20, 10, 6}, .seed = 3};
    struct nifti_file file = nifti_make(&spec);
    const struct bytes *plain[] = {&file.bytes, &file.image};
    char *paths[2];
    for (int i = 0; i < 2; i++) {
        char stem[32], name[64];
        struct bytes packed = gzip_of(plain[i]);
        snprintf(stem, sizeof stem, "capitals%d", _i);
        snprintf(name, sizeof name, names[_i][i], stem);
        size_t end = strlen(name) - 1;
        paths[i] = tmp_write_bytes(name, name[end] == 'Z' || name[end] == 'z' ? &packed : plain[i]);
        bytes_free(&packed);
    }
    amos_volume *volume = NULL;
    amos_error err = {0};
    assert_ok(amos_volume_open(paths[0], NULL, &volume, &err), &err);
    assert_warnings(amos_volume_warnings(volume), 0);
    assert_ok(amos_volume_verify(volume, NULL, NULL, &err), &err);
    amos_volume_free(volume);
    assert_status(amos_volume_open(paths[1], NULL, &volume, &err), AMOS_E_UNSUPPORTED, &err);
    free(paths[0]);
    free(paths[1]);
    nifti_free(&file);
}
END_TEST

START_TEST(H11_opened_by_the_image)
{
    struct nifti_spec spec = {.pair = 1, .ndim = 3, .dim = {20, 10, 6}, .seed = 3};
    struct nifti_file file = nifti_make(&spec);
    char stem[32];
    snprintf(stem, sizeof stem, "image%d", _i);
    free(write_pair_part(stem, ".hdr", &file.bytes, _i & 1));
    char *path = write_pair_part(stem, ".img", &file.image, _i >> 1);
    amos_volume *volume = (amos_volume *)&file;
    amos_error err = {0};
    assert_status(amos_volume_open(path, NULL, &volume, &err), AMOS_E_UNSUPPORTED, &err);
    ck_assert_ptr_null(volume);
    ck_assert_msg(strstr(err.message, ".hdr") != NULL, "%s", err.message);
    free(path);
    nifti_free(&file);
}
END_TEST

START_TEST(H11_header_in_memory)
{
    struct nifti_spec spec = {.pair = 1, .version = 1 + _i};
    struct nifti_file file = nifti_make(&spec);
    amos_volume *volume = (amos_volume *)&file;
    amos_error err = {0};
    assert_status(amos_volume_open_memory(file.bytes.data, file.bytes.size, NULL, &volume, &err), AMOS_E_UNSUPPORTED,
                  &err);
    ck_assert_ptr_null(volume);
    nifti_free(&file);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("malformed pair");
    TCase *pair = add_case(suite, "H11", 10);
    tcase_add_loop_test(pair, H11_pair, 0, (int)(sizeof pairs / sizeof pairs[0]));
    tcase_add_loop_test(pair, H11_no_other_sibling, 0, 6);
    tcase_add_loop_test(pair, H11_suffixes_in_capitals, 0, 4);
    tcase_add_loop_test(pair, H11_opened_by_the_image, 0, 4);
    tcase_add_loop_test(pair, H11_header_in_memory, 0, 2);
    return run_suite(suite);
}
