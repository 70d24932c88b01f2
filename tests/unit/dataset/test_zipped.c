/* SPDX-License-Identifier: BSD-3-Clause */
/* A data set in a ZIP archive is the same as the unpacked one; rows N18 to N21 of the catalogue of odd input. */
#define _POSIX_C_SOURCE 200809L
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "support/main.h"
#include "support/make/gzip.h"
#include "support/make/nifti.h"
#include "support/make/zip.h"
#include "support/opened.h"
#include "support/tmp.h"

#define CASES 3

static const char *const ids[CASES] = {"amos_0001", "amos_0002", "amos_0507"};
static struct nifti_file scans[CASES], labels[CASES];
static struct bytes packed[2 * CASES];

static void make_files(void)
{
    for (int i = 0; i < CASES; i++) {
        const struct nifti_spec scan = {
            .ndim = 3, .dim = {40, 30, 12}, .type = AMOS_TYPE_INT16, .seed = 7 + (unsigned)i};
        const struct nifti_spec label = {.ndim = 3, .dim = {40, 30, 12}, .type = AMOS_TYPE_UINT8};
        scans[i] = nifti_make(&scan);
        labels[i] = nifti_make(&label);
        memset(labels[i].bytes.data + 352, i + 1, 40 * 30 * 12);
        packed[2 * i] = gzip_of(&scans[i].bytes);
        packed[2 * i + 1] = gzip_of(&labels[i].bytes);
    }
}

static void free_files(void)
{
    for (int i = 0; i < CASES; i++) {
        nifti_free(&scans[i]);
        nifti_free(&labels[i]);
        bytes_free(&packed[2 * i]);
        bytes_free(&packed[2 * i + 1]);
    }
}

#define JSON \
    "{\"labels\": {\"0\": \"background\", \"1\": \"spleen\", \"2\": \"r\", \"3\": \"l\"}," \
    " \"training\": [{\"image\": \"./imagesTr/amos_0001.nii.gz\", \"label\": \"./labelsTr/amos_0001.nii.gz\"}," \
    " {\"image\": \"./imagesTr/amos_0002.nii.gz\", \"label\": \"./labelsTr/amos_0002.nii.gz\"}," \
    " {\"image\": \"./imagesTr/amos_0507.nii.gz\", \"label\": \"./labelsTr/amos_0507.nii.gz\"}]}"

/* The members of the data set, below `top`; the names live as long as the test. */
static size_t members_of(const char *top, bool json, bool deflated, struct zip_member members[2 * CASES + 3])
{
    static char names[2 * CASES + 3][80];
    size_t count = 0;
    for (int i = 0; i < 2 * CASES; i++, count++) {
        snprintf(names[count], sizeof names[count], "%s%s/%s.nii.gz", top, i % 2 ? "labelsTr" : "imagesTr", ids[i / 2]);
        members[count] = (struct zip_member){
            .name = names[count], .data = packed[i].data, .size = packed[i].size, .deflated = deflated};
    }
    if (json) {
        snprintf(names[count], sizeof names[count], "%sdataset.json", top);
        members[count] = (struct zip_member){.name = names[count], .data = JSON, .size = strlen(JSON), .deflated = 1};
        count++;
    }
    members[count++] = (struct zip_member){.name = "__MACOSX/imagesTr/._amos_0001.nii.gz", .data = "x", .size = 1};
    return count;
}

static char *write_zip(const char *name, const struct zip_member *members, size_t count)
{
    struct bytes archive = zip_make(members, count, NULL);
    char *path = tmp_write_bytes(name, &archive);
    bytes_free(&archive);
    return path;
}

static char *write_set(const char *name, const char *top, bool json, bool deflated)
{
    struct zip_member members[2 * CASES + 3];
    return write_zip(name, members, members_of(top, json, deflated, members));
}

static void count_finding(void *user, const amos_finding *finding)
{
    *(size_t *)user += finding->status != AMOS_OK || finding->warnings;
}

static void assert_voxels(const amos_case *c, int i, const amos_volume_options *options)
{
    amos_volume *volume;
    amos_labelmap *map;
    amos_error err;
    assert_status(amos_volume_open(amos_case_get_info(c)->image_path, options, &volume, &err), AMOS_OK, &err);
    assert_reads_as(volume, &scans[i]);
    amos_volume_free(volume);
    assert_status(amos_labelmap_open(amos_case_get_info(c)->label_path, NULL, NULL, &map, &err), AMOS_OK, &err);
    ck_assert_uint_eq(amos_labelmap_get_stats(map, i + 1)->voxels, 40 * 30 * 12);
    amos_labelmap_free(map);
}

static void assert_set(const char *path, bool json)
{
    amos_dataset *dataset;
    amos_error err;
    size_t findings = 0;
    assert_status(amos_dataset_open(path, NULL, &dataset, &err), AMOS_OK, &err);
    ck_assert_uint_eq(amos_dataset_get_info(dataset)->count, CASES);
    ck_assert_int_eq(amos_dataset_get_info(dataset)->json_path != NULL, json);
    for (int i = 0; i < CASES; i++) {
        const amos_case *c = amos_dataset_find(dataset, ids[i]);
        uint64_t bytes;
        ck_assert_ptr_nonnull(c);
        ck_assert(amos_case_get_info(c)->has_image && amos_case_get_info(c)->has_label);
        for (int file = 0; file < 2; file++) {
            assert_status(amos_case_get_file_bytes(c, (amos_case_file)file, &bytes, &err), AMOS_OK, &err);
            ck_assert_uint_eq(bytes, packed[2 * i + file].size);
        }
        assert_voxels(c, i, NULL);
    }
    assert_status(amos_dataset_validate(dataset, count_finding, &findings, &err), AMOS_OK, &err);
    ck_assert_uint_eq(findings, 0);
    amos_dataset_free(dataset);
}

/* ---- right ones ---- */

START_TEST(N18_a_data_set_in_an_archive)
{
    static const char *const tops[] = {"", "amos22/"};
    char *path = write_set("set.zip", tops[_i & 1], _i & 2, _i & 4);
    assert_set(path, _i & 2);
    free(path);
}
END_TEST

START_TEST(N18_a_folder_of_an_archive)
{
    static const char *const ends[] = {"a/b", "a/b/", "a/b//"};
    char *path = write_set("below.zip", "a/b/", true, true), *folder = malloc(strlen(path) + 8);
    amos_dataset *dataset;
    amos_error err;
    sprintf(folder, "%s/%s", path, ends[_i]);
    assert_set(folder, true);
    assert_status(amos_dataset_open(path, NULL, &dataset, &err), AMOS_E_OPEN, &err);
    ck_assert_ptr_nonnull(strstr(err.message, "neither dataset.json nor"));
    sprintf(folder, "%s/c", path);
    assert_status(amos_dataset_open(folder, NULL, &dataset, &err), AMOS_E_OPEN, &err);
    ck_assert_ptr_nonnull(strstr(err.message, "the ZIP archive has no such folder"));
    free(folder);
    free(path);
}
END_TEST

/* The metadata may lie beside the archive. */
START_TEST(N18_metadata_beside_the_archive)
{
    char *csv = tmp_write("beside/labeled_data_meta_0000_0599.csv", "amos_id,Patient's Sex\n1,F\n2,M\n507,M\n",
                          strlen("amos_id,Patient's Sex\n1,F\n2,M\n507,M\n"));
    char *path = write_set("beside/set.zip", _i ? "amos22/" : "", true, true);
    amos_dataset *dataset;
    amos_error err;
    assert_status(amos_dataset_open(path, NULL, &dataset, &err), AMOS_OK, &err);
    const amos_case_info *info = amos_case_get_info(amos_dataset_find(dataset, "1"));
    ck_assert_ptr_nonnull(info->metadata);
    ck_assert_int_eq(info->metadata->sex, 'F');
    amos_dataset_free(dataset);
    free(path);
    free(csv);
}
END_TEST

/* An index belongs to the content, so that the file and the member have the same. */
START_TEST(N18_an_index_of_a_member)
{
    char *path = write_set("indexed.zip", "", true, _i), *folder = tmp_path("indexes");
    amos_volume_options options = {.size = sizeof options, .index = AMOS_INDEX_BUILD, .index_folder = folder};
    amos_dataset *dataset;
    amos_error err;
    assert_status(amos_dataset_open(path, NULL, &dataset, &err), AMOS_OK, &err);
    assert_voxels(amos_dataset_get(dataset, 0), 0, &options);
    options.index = AMOS_INDEX_USE;
    assert_voxels(amos_dataset_get(dataset, 0), 0, &options);
    amos_volume *volume;
    assert_status(
        amos_volume_open(amos_case_get_info(amos_dataset_get(dataset, 0))->image_path, &options, &volume, &err),
        AMOS_OK, &err);
    assert_reads_as(volume, &scans[0]);
    ck_assert(amos_volume_index_bytes(volume) > 0);
    amos_volume_free(volume);
    amos_dataset_free(dataset);
    free(folder);
    free(path);
}
END_TEST

/* A case of the archive and the same one unpacked are one case of a cache. */
START_TEST(N18_a_cache_of_an_archive)
{
    char *path = write_set("cached.zip", "", false, _i), *folder = tmp_path(_i ? "cache1" : "cache0");
    amos_dataset *dataset;
    amos_cache *cache;
    amos_cache_entry *entry;
    amos_error err;
    assert_status(amos_dataset_open(path, NULL, &dataset, &err), AMOS_OK, &err);
    amos_status status = amos_cache_open(folder, NULL, &cache, &err);
    if (status == AMOS_E_UNSUPPORTED) { /* built without LZ4 */
        amos_dataset_free(dataset);
        free(folder);
        free(path);
        return;
    }
    assert_status(status, AMOS_OK, &err);
    assert_status(amos_cache_build(cache, dataset, NULL, &err), AMOS_OK, &err);
    assert_status(amos_cache_entry_open(cache, amos_dataset_get(dataset, 0), &entry, &err), AMOS_OK, &err);
    amos_cache_entry_free(entry);
    amos_cache_free(cache);
    amos_dataset_free(dataset);
    free(folder);
    free(path);
}
END_TEST

/* ---- hostile ones ---- */

static void refuse(const char *path, amos_status status, const char *words)
{
    amos_dataset *dataset;
    amos_error err;
    assert_status(amos_dataset_open(path, NULL, &dataset, &err), status, &err);
    ck_assert_ptr_null(dataset);
    ck_assert_msg(strstr(err.message, words) != NULL, "%s", err.message);
}

START_TEST(N19_members_that_overlap)
{
    struct zip_member members[2 * CASES + 3];
    size_t count = members_of("", true, false, members);
    members[1].at_add = _i ? -4 : -(int64_t)(packed[0].size + 30 + strlen(members[0].name));
    char *path = write_zip("overlap.zip", members, count);
    refuse(path, AMOS_E_GZ_DATA, "overlap; copy or download it again.");
    free(path);
}
END_TEST

/* A size that lies is found when the member is read; nothing but its packed bytes is believed before. */
START_TEST(N19_sizes_that_lie)
{
    struct zip_member members[2 * CASES + 3];
    size_t count = members_of("", true, true, members);
    members[0].size_add = _i == 0 ? 1 : _i == 1 ? -1 : (int64_t)1 << 31;
    char *path = write_zip("lies.zip", members, count), image[512];
    amos_volume *volume;
    amos_error err;
    amos_array *array = NULL;
    snprintf(image, sizeof image, "%s/imagesTr/amos_0001.nii.gz", path);
    amos_status status = amos_volume_open(image, NULL, &volume, &err);
    if (!status)
        status = amos_volume_load(volume, NULL, &array, &err);
    assert_status(status, AMOS_E_GZ_DATA, &err);
    ck_assert_ptr_nonnull(strstr(err.message, "this member of a ZIP archive is damaged"));
    amos_volume_free(volume);
    free(path);
}
END_TEST

START_TEST(N19_a_damaged_member_is_one_bad_case)
{
    struct zip_member members[2 * CASES + 3];
    size_t count = members_of("", true, _i, members);
    members[0].spoil = packed[0].size / 2;
    char *path = write_zip("spoilt.zip", members, count);
    amos_dataset *dataset;
    amos_volume *volume;
    amos_array *array;
    amos_error err;
    assert_status(amos_dataset_open(path, NULL, &dataset, &err), AMOS_OK, &err);
    amos_status status =
        amos_volume_open(amos_case_get_info(amos_dataset_get(dataset, 0))->image_path, NULL, &volume, &err);
    if (!status)
        status = amos_volume_load(volume, NULL, &array, &err);
    ck_assert_msg(status == AMOS_E_GZ_DATA || status == AMOS_E_GZ_CRC, "%d: %s", status, err.message);
    amos_volume_free(volume);
    assert_voxels(amos_dataset_get(dataset, 1), 1, NULL);
    amos_dataset_free(dataset);
    free(path);
}
END_TEST

/* Names that lead out of the archive are never used; they are counted in a warning. */
START_TEST(N20_names_that_lead_out)
{
    static const char *const names[] = {"../imagesTr/amos_0009.nii.gz", "/imagesTr/amos_0009.nii.gz",
                                        "imagesTr//amos_0009.nii.gz", "imagesTr/./amos_0009.nii.gz",
                                        "imagesTr/../imagesTr/amos_0009.nii.gz"};
    struct zip_member members[2 * CASES + 3];
    size_t count = members_of("", false, true, members);
    members[count++] = (struct zip_member){.name = names[_i], .data = packed[0].data, .size = packed[0].size};
    char *path = write_zip("out.zip", members, count);
    amos_dataset *dataset;
    amos_error err;
    assert_status(amos_dataset_open(path, NULL, &dataset, &err), AMOS_OK, &err);
    ck_assert_uint_eq(amos_dataset_get_info(dataset)->count, CASES);
    ck_assert(amos_dataset_get_info(dataset)->warnings & AMOS_W_UNUSED);
    amos_dataset_free(dataset);
    free(path);
}
END_TEST

/* As unzip would leave it: the last one. */
START_TEST(N20_one_name_twice)
{
    struct zip_member members[2 * CASES + 3];
    size_t count = members_of("", false, true, members);
    members[count] = members[0];
    members[0].data = "x";
    members[0].size = 1;
    char *path = write_zip("twice.zip", members, count + 1);
    amos_dataset *dataset;
    amos_error err;
    assert_status(amos_dataset_open(path, NULL, &dataset, &err), AMOS_OK, &err);
    ck_assert(amos_dataset_get_info(dataset)->warnings & AMOS_W_UNUSED);
    ck_assert_uint_eq(amos_dataset_get_info(dataset)->count, CASES);
    assert_voxels(amos_dataset_get(dataset, 0), 0, NULL);
    amos_dataset_free(dataset);
    free(path);
}
END_TEST

START_TEST(N21_an_archive_that_is_cut_off)
{
    char *path = write_set("whole.zip", "", true, true);
    struct bytes all = read_file(path);
    char *cut = tmp_write("cut.zip", all.data, all.size - 30);
    refuse(cut, AMOS_E_GZ_TRUNC, "so it is cut off; copy or download it again.");
    bytes_free(&all);
    free(cut);
    free(path);
}
END_TEST

/* The archive was replaced while its cases are read. */
START_TEST(N21_an_archive_that_changes)
{
    char *path = write_set("changes.zip", "", true, _i);
    amos_dataset *dataset;
    amos_volume *volume;
    amos_array *array;
    amos_error err;
    assert_status(amos_dataset_open(path, NULL, &dataset, &err), AMOS_OK, &err);
    assert_status(amos_volume_open(amos_case_get_info(amos_dataset_get(dataset, 0))->image_path, NULL, &volume, &err),
                  AMOS_OK, &err);
    FILE *file = fopen(path, "r+b");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
    ck_assert_int_eq(fputc('x', file), 'x');
    ck_assert_int_eq(fclose(file), 0);
    assert_status(amos_volume_load(volume, NULL, &array, &err), AMOS_E_CHANGED, &err);
    amos_volume_free(volume);
    amos_dataset_free(dataset);
    free(path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("zipped");
    TCase *right = add_case(suite, "right", 60);
    tcase_add_unchecked_fixture(right, make_files, free_files);
    tcase_add_loop_test(right, N18_a_data_set_in_an_archive, 0, 8);
    tcase_add_loop_test(right, N18_a_folder_of_an_archive, 0, 3);
    tcase_add_loop_test(right, N18_metadata_beside_the_archive, 0, 2);
    tcase_add_loop_test(right, N18_an_index_of_a_member, 0, 2);
    tcase_add_loop_test(right, N18_a_cache_of_an_archive, 0, 2);
    TCase *hostile = add_case(suite, "hostile", 60);
    tcase_add_unchecked_fixture(hostile, make_files, free_files);
    tcase_add_loop_test(hostile, N19_members_that_overlap, 0, 2);
    tcase_add_loop_test(hostile, N19_sizes_that_lie, 0, 3);
    tcase_add_loop_test(hostile, N19_a_damaged_member_is_one_bad_case, 0, 2);
    tcase_add_loop_test(hostile, N20_names_that_lead_out, 0, 5);
    tcase_add_test(hostile, N20_one_name_twice);
    tcase_add_test(hostile, N21_an_archive_that_is_cut_off);
    tcase_add_loop_test(hostile, N21_an_archive_that_changes, 0, 2);
    return run_suite(suite);
}
