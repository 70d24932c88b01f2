/* SPDX-License-Identifier: BSD-3-Clause */
/* Volumes in ZIP archives: rows N13 to N16 of the catalogue of odd input. */
#include <errno.h>
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

static struct nifti_file scan;
static struct bytes packed_scan;

static void make_scan(void)
{
    const struct nifti_spec spec = {.ndim = 3, .dim = {40, 30, 12}, .type = AMOS_TYPE_INT16, .seed = 7};
    scan = nifti_make(&spec);
    packed_scan = gzip_of(&scan.bytes);
}

static void free_scan(void)
{
    nifti_free(&scan);
    bytes_free(&packed_scan);
}

static struct zip_member plain_member(const char *name)
{
    return (struct zip_member){.name = name, .data = scan.bytes.data, .size = scan.bytes.size};
}

static struct zip_member packed_member(const char *name)
{
    return (struct zip_member){.name = name, .data = packed_scan.data, .size = packed_scan.size};
}

static char *write_zip(const char *name, const struct zip_member *members, size_t count, const struct zip_end *end)
{
    struct bytes archive = zip_make(members, count, end);
    char *path = tmp_write_bytes(name, &archive);
    bytes_free(&archive);
    return path;
}

static char *join(const char *archive, const char *name)
{
    size_t bytes = strlen(archive) + strlen(name) + 2;
    char *path = must_alloc(bytes);
    snprintf(path, bytes, "%s/%s", archive, name);
    return path;
}

static void assert_reads(const char *archive, const char *name)
{
    char *path = join(archive, name);
    amos_volume *volume;
    amos_error err;
    assert_status_at(__FILE__, __LINE__, path, amos_volume_open(path, NULL, &volume, &err), AMOS_OK, &err);
    ck_assert_str_eq(amos_volume_get_info(volume)->path, path);
    assert_reads_as(volume, &scan);
    amos_volume_free(volume);
    free(path);
}

/* ---- right ones ---- */

START_TEST(N13_a_path_goes_on_into_an_archive)
{
    struct zip_member members[] = {packed_member("results/a.nii.gz"),
                                   packed_member("b.nii.gz"),
                                   plain_member("c.nii"),
                                   plain_member("d/e.nii"),
                                   {.name = "results/", .data = "", .size = 0}};
    members[1].deflated = members[3].deflated = 1;
    members[2].local_extra = 20;
    const struct zip_end commented = {.comment = "a comment"};
    char *path = write_zip("right.zip", members, 5, _i ? &commented : NULL);
    assert_reads(path, "results/a.nii.gz");
    assert_reads(path, "b.nii.gz");
    assert_reads(path, "c.nii");
    assert_reads(path, "d/e.nii");
    free(path);
}
END_TEST

START_TEST(N13_ZIP64)
{
    struct zip_member members[] = {packed_member("a.nii.gz"), plain_member("b.nii")};
    const struct zip_end wide = {.wide = 1, .comment = "x"};
    members[_i % 2].wide = 1;
    members[1].deflated = 1;
    char *path = write_zip("wide.zip", members, 2, _i / 2 ? &wide : NULL);
    assert_reads(path, "a.nii.gz");
    assert_reads(path, "b.nii");
    free(path);
}
END_TEST

START_TEST(N13_backslashes_of_Windows)
{
    const struct zip_member member = packed_member("results\\a.nii.gz");
    char *path = write_zip("windows.zip", &member, 1, NULL);
    assert_reads(path, "results/a.nii.gz");
    free(path);
}
END_TEST

START_TEST(N13_a_pair_in_an_archive)
{
    const struct nifti_spec spec = {.ndim = 3, .dim = {5, 4, 3}, .type = AMOS_TYPE_INT16, .pair = 1, .seed = 3};
    struct nifti_file pair = nifti_make(&spec);
    const struct zip_member members[] = {{.name = "p.hdr", .data = pair.bytes.data, .size = pair.bytes.size},
                                         {.name = "p.img", .data = pair.image.data, .size = pair.image.size}};
    char *archive = write_zip("pair.zip", members, 2, NULL), *path = join(archive, "p.hdr");
    amos_volume *volume;
    amos_error err;
    assert_ok(amos_volume_open(path, NULL, &volume, &err), &err);
    assert_reads_as(volume, &pair);
    amos_volume_free(volume);
    nifti_free(&pair);
    free(path);
    free(archive);
}
END_TEST

/* ---- lists ---- */

static char listed[512];

static amos_status note_member(void *user, const char *path, uint64_t bytes)
{
    const size_t *before = user;
    size_t used = strlen(listed);
    snprintf(listed + used, sizeof listed - used, "%s %llu\n", path + *before, (unsigned long long)bytes);
    return AMOS_OK;
}

static amos_status refuse_member(void *user, const char *path, uint64_t bytes)
{
    (void)path;
    (void)bytes;
    ++*(int *)user;
    return AMOS_E_CANCEL;
}

START_TEST(an_archive_is_listed)
{
    const struct zip_member members[] = {{.name = "d/", .data = ""},
                                         {.name = "d/b.nii", .data = "12345", .size = 5},
                                         {.name = "a.txt", .data = "", .size = 0}};
    char *path = write_zip("listed.zip", members, 3, NULL);
    size_t before = strlen(path);
    amos_error err;
    int calls = 0;
    listed[0] = '\0';
    assert_ok(amos_archive_list(path, note_member, &before, &err), &err);
    ck_assert_str_eq(listed, "/d/b.nii 5\n/a.txt 0\n");
    ck_assert_int_eq(amos_archive_list(path, refuse_member, &calls, &err), AMOS_E_CANCEL);
    ck_assert_int_eq(calls, 1);
    assert_status(amos_archive_list(NULL, note_member, &before, &err), AMOS_E_ARG, &err);
    assert_status(amos_archive_list(path, NULL, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_archive_list(tmp_dir(), note_member, NULL, &err), AMOS_E_NOTREG, &err);
    free(path);
    path = tmp_write("text.zip", "no archive at all, but long enough", 34);
    assert_status(amos_archive_list(path, note_member, &before, &err), AMOS_E_UNSUPPORTED, &err);
    free(path);
}
END_TEST

START_TEST(an_empty_archive_has_no_member)
{
    char *path = write_zip("none.zip", NULL, 0, NULL);
    size_t before = strlen(path);
    amos_error err;
    listed[0] = '\0';
    assert_ok(amos_archive_list(path, note_member, &before, &err), &err);
    ck_assert_str_eq(listed, "");
    free(path);
}
END_TEST

/* ---- wrong ones ---- */

static void assert_refused(const char *archive, const char *name, amos_status expected, const char *words)
{
    char *path = join(archive, name);
    amos_volume *volume;
    amos_error err;
    assert_status_at(__FILE__, __LINE__, words, amos_volume_open(path, NULL, &volume, &err), expected, &err);
    ck_assert_msg(strstr(err.message, words) != NULL, "\"%s\" is not in: %s", words, err.message);
    ck_assert_int_eq(strncmp(err.message, archive, strlen(archive)), 0);
    free(path);
}

static const struct zip_end wrong_ends[] = {
    {.count_add = 1},
    {.count_add = 60000},
    {.bytes_add = 1},
    {.bytes_add = -1},
    {.at_add = 1},
    {.at_add = -1},
    {.gap = 3},
    {.wide = 1, .record_add = 1},
    {.wide = 1, .count_add = 1},
    {.wide = 1, .at_add = 1},
    {.wide = 1, .record_add = INT64_MAX},
    {.wide = 1, .count_add = INT64_MAX},
    {.wide = 1, .at_add = INT64_MIN},
};

START_TEST(N14_a_damaged_directory)
{
    const struct zip_member member = packed_member("a.nii.gz");
    char *path = write_zip("directory.zip", &member, 1, &wrong_ends[_i]);
    assert_refused(path, "a.nii.gz", AMOS_E_GZ_DATA, "the ZIP archive is damaged");
    free(path);
}
END_TEST

START_TEST(N14_an_archive_that_is_cut_off)
{
    const struct zip_member member = packed_member("a.nii.gz");
    struct bytes archive = zip_make(&member, 1, NULL);
    for (size_t cut = 1; cut < archive.size - 22; cut += cut < 90 ? 1 : 97) {
        struct bytes part = {archive.data, archive.size - cut, 0};
        char *path = tmp_write_bytes("cut.zip", &part);
        assert_refused(path, "a.nii.gz", AMOS_E_GZ_TRUNC, "it is cut off");
        free(path);
    }
    bytes_free(&archive);
}
END_TEST

static const struct wrong_row {
    struct zip_member damage;
    amos_status status;
    const char *words;
} wrong[] = {
    {{.crc_xor = 1}, AMOS_E_GZ_CRC, "CRC-32"},
    {{.crc_xor = 1, .deflated = 1}, AMOS_E_GZ_CRC, "CRC-32"},
    {{.spoil = 500}, AMOS_E_GZ_CRC, "CRC-32"},
    {{.size_add = 1}, AMOS_E_GZ_DATA, "cannot hold its size"},
    {{.size_add = 1, .deflated = 1}, AMOS_E_GZ_DATA, "its deflated data is wrong"},
    {{.size_add = -1, .deflated = 1}, AMOS_E_GZ_DATA, "its deflated data is wrong"},
    {{.packed_add = -1, .deflated = 1}, AMOS_E_GZ_DATA, "its deflated data is wrong"},
    {{.packed_add = 20, .size_add = 20}, AMOS_E_GZ_DATA, "it lies beyond the end"},
    {{.packed_add = INT32_MAX}, AMOS_E_GZ_DATA, "an entry of its directory is wrong"},
    {{.at_add = 1}, AMOS_E_GZ_DATA, "does not begin where the directory says"},
    {{.at_add = 100000}, AMOS_E_GZ_DATA, "an entry of its directory is wrong"},
    {{.wide = 1, .at_add = INT64_MAX}, AMOS_E_GZ_DATA, "an entry of its directory is wrong"},
    {{.wide = 1, .packed_add = INT64_MAX}, AMOS_E_GZ_DATA, "an entry of its directory is wrong"},
    {{.wrong_signature = 1}, AMOS_E_GZ_DATA, "does not begin where the directory says"},
    {{.local_extra = 60000, .packed_add = 1, .size_add = 1}, AMOS_E_GZ_DATA, "it lies beyond the end"},
};

START_TEST(N14_a_damaged_member)
{
    struct zip_member members[] = {packed_member("first.nii.gz"), wrong[_i].damage};
    /* The content of a stored member that is gzipped is checked by its own CRC-32, when it is read. */
    bool plain = wrong[_i].status == AMOS_E_GZ_CRC && !wrong[_i].damage.deflated;
    members[1].name = plain ? "a.nii" : "a.nii.gz";
    members[1].data = plain ? scan.bytes.data : packed_scan.data;
    members[1].size = plain ? scan.bytes.size : packed_scan.size;
    char *path = write_zip("member.zip", members, 2, NULL);
    assert_refused(path, members[1].name, wrong[_i].status, wrong[_i].words);
    if (strstr(wrong[_i].words, "directory is") == NULL)
        assert_reads(path, "first.nii.gz");
    free(path);
}
END_TEST

START_TEST(N15_what_cannot_be_unpacked)
{
    struct zip_member members[] = {packed_member("e.nii.gz"), packed_member("x.nii.gz"), packed_member("u.nii.gz")};
    const struct zip_end parts = {.disk = 1};
    members[0].flags = 1;
    members[1].method = 95;
    members[2].method = 77;
    char *path = write_zip("methods.zip", members, 3, NULL);
    assert_refused(path, "e.nii.gz", AMOS_E_UNSUPPORTED, "is encrypted; unpack the archive");
    assert_refused(path, "x.nii.gz", AMOS_E_UNSUPPORTED, "packed by xz (method 95)");
    assert_refused(path, "u.nii.gz", AMOS_E_UNSUPPORTED, "packed by an unknown method (method 77)");
    free(path);
    path = write_zip("parts.zip", members, 3, &parts);
    assert_refused(path, "e.nii.gz", AMOS_E_UNSUPPORTED, "one of several parts");
    free(path);
}
END_TEST

START_TEST(N13_a_missing_member)
{
    const struct zip_member member = packed_member("a.nii.gz");
    char *path = write_zip("missing.zip", &member, 1, NULL), *no_archive = tmp_write("plain.nii.gz", "text text", 9);
    amos_volume *volume;
    amos_error err;
    assert_refused(path, "b.nii.gz", AMOS_E_OPEN, "the ZIP archive has no such member: No such file or directory.");
    assert_refused(path, "a.nii.gz/x", AMOS_E_OPEN, "the ZIP archive has no such member");
    char *inside = join(no_archive, "a.nii.gz");
    assert_status(amos_volume_open(inside, NULL, &volume, &err), AMOS_E_OPEN, &err);
    ck_assert_int_eq(err.sys_errno, ENOTDIR);
    assert_status(amos_volume_open(inside, NULL, &volume, NULL), AMOS_E_OPEN, &err);
    free(inside);
    free(no_archive);
    free(path);
}
END_TEST

/* A member that claims more than its packed bytes can hold, or than the limit allows, costs nothing. */
START_TEST(N16_a_member_that_claims_too_much)
{
    struct zip_member members[] = {packed_member("a.nii.gz"), packed_member("b.nii.gz")};
    members[0].deflated = 1;
    members[0].size_add = UINT32_MAX - 1 - (int64_t)packed_scan.size;
    char *archive = write_zip("bomb.zip", members, 2, NULL), *path = join(archive, "b.nii.gz");
    assert_refused(archive, "a.nii.gz", AMOS_E_GZ_DATA, "cannot hold its size");
    amos_limits limits = AMOS_LIMITS_INIT;
    amos_volume_options options = AMOS_VOLUME_OPTIONS_INIT;
    amos_volume *volume;
    amos_error err;
    limits.max_uncompressed = packed_scan.size - 1;
    options.limits = &limits;
    assert_status(amos_volume_open(path, &options, &volume, &err), AMOS_E_LIMIT, &err);
    free(path);
    free(archive);
}
END_TEST

/* Any change of a byte gives an answer, whatever it is, and nothing else. */
START_TEST(N14_every_byte_changed)
{
    const struct zip_member members[] = {{.name = "a.nii.gz", .data = "12345678", .size = 8, .deflated = 1},
                                         {.name = "b.nii", .data = "12345678", .size = 8, .wide = 1}};
    const struct zip_end wide = {.wide = 1};
    struct bytes archive = zip_make(members, 2, &wide);
    size_t before = strlen(tmp_dir()) + strlen("/turned.zip");
    for (size_t i = 0; i < archive.size; i++)
        for (unsigned char turn = 1; turn; turn = (unsigned char)(turn << 1)) {
            archive.data[i] ^= turn;
            char *path = tmp_write_bytes("turned.zip", &archive), *member = join(path, "b.nii");
            amos_volume *volume = NULL;
            amos_error err;
            listed[0] = '\0';
            (void)!amos_archive_list(path, note_member, &before, &err);
            (void)!amos_volume_open(member, NULL, &volume, &err);
            ck_assert_ptr_null(volume);
            free(member);
            free(path);
            archive.data[i] ^= turn;
        }
    bytes_free(&archive);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("archive");
    TCase *right = add_case(suite, "right", 10), *bad = add_case(suite, "wrong", 20);
    tcase_add_checked_fixture(right, make_scan, free_scan);
    tcase_add_checked_fixture(bad, make_scan, free_scan);
    tcase_add_loop_test(right, N13_a_path_goes_on_into_an_archive, 0, 2);
    tcase_add_loop_test(right, N13_ZIP64, 0, 4);
    tcase_add_test(right, N13_backslashes_of_Windows);
    tcase_add_test(right, N13_a_pair_in_an_archive);
    tcase_add_test(right, N13_a_missing_member);
    tcase_add_test(right, an_archive_is_listed);
    tcase_add_test(right, an_empty_archive_has_no_member);
    tcase_add_loop_test(bad, N14_a_damaged_directory, 0, (int)(sizeof wrong_ends / sizeof wrong_ends[0]));
    tcase_add_test(bad, N14_an_archive_that_is_cut_off);
    tcase_add_loop_test(bad, N14_a_damaged_member, 0, (int)(sizeof wrong / sizeof wrong[0]));
    tcase_add_test(bad, N14_every_byte_changed);
    tcase_add_test(bad, N15_what_cannot_be_unpacked);
    tcase_add_test(bad, N16_a_member_that_claims_too_much);
    return run_suite(suite);
}
