/* SPDX-License-Identifier: BSD-3-Clause */
/* The rule that parses file names. Tests of listing, opening and writing check that they follow it. */
#include "base/volume_name.h"

#include <string.h>

#include "support/main.h"

static const struct name_row {
    const char *path;
    enum amosi_volume_kind kind;
    int gz;
    const char *stem; /* the part before the suffix */
    int is_listed, with_headers;
} names[] = {
    {"x.nii", AMOSI_NAME_SINGLE, 0, "x", 1, 1},
    {"x.nii.gz", AMOSI_NAME_SINGLE, 1, "x", 1, 1},
    {"X.NII", AMOSI_NAME_SINGLE, 0, "X", 1, 1},
    {"X.NII.GZ", AMOSI_NAME_SINGLE, 1, "X", 1, 1},
    {"x.Nii.gZ", AMOSI_NAME_SINGLE, 1, "x", 1, 1},
    {"a.b.nii", AMOSI_NAME_SINGLE, 0, "a.b", 1, 1},
    {"x.nii.nii.gz", AMOSI_NAME_SINGLE, 1, "x.nii", 1, 1},
    {"\xc3\x84.nii", AMOSI_NAME_SINGLE, 0, "\xc3\x84", 1, 1},
    {"x.hdr", AMOSI_NAME_HEADER, 0, "x", 0, 1},
    {"x.HDR.gz", AMOSI_NAME_HEADER, 1, "x", 0, 1},
    {"x.img", AMOSI_NAME_IMAGE, 0, "x", 0, 0},
    {"x.Img.GZ", AMOSI_NAME_IMAGE, 1, "x", 0, 0},
    {".x.nii", AMOSI_NAME_SINGLE, 0, ".x", 0, 0},
    {"._x.nii.gz", AMOSI_NAME_SINGLE, 1, "._x", 0, 0},
    {".x.hdr", AMOSI_NAME_HEADER, 0, ".x", 0, 0},
    {".nii", AMOSI_NAME_SINGLE, 0, "", 0, 0},
    {".nii.gz", AMOSI_NAME_SINGLE, 1, "", 0, 0},
    {"x.gz", AMOSI_NAME_OTHER, 1, "x.gz", 0, 0},
    {"x.nii.gz.part", AMOSI_NAME_OTHER, 0, "x.nii.gz.part", 0, 0},
    {"x.nrrd", AMOSI_NAME_OTHER, 0, "x.nrrd", 0, 0},
    {"nii", AMOSI_NAME_OTHER, 0, "nii", 0, 0},
    {"xnii", AMOSI_NAME_OTHER, 0, "xnii", 0, 0},
    {"x.nii ", AMOSI_NAME_OTHER, 0, "x.nii ", 0, 0},
    {"x", AMOSI_NAME_OTHER, 0, "x", 0, 0},
    {"", AMOSI_NAME_OTHER, 0, "", 0, 0},
};

START_TEST(names_say_what_a_file_is)
{
    const struct name_row *row = &names[_i];
    struct amosi_volume_name name = amosi_volume_name(row->path);
    ck_assert_int_eq(name.kind, row->kind);
    ck_assert_int_eq(name.gz, row->gz);
    ck_assert_uint_eq(name.stem, strlen(row->stem));
    ck_assert_int_eq(amosi_volume_name_is_listed(row->path), row->is_listed);
    ck_assert_int_eq(amosi_volume_name_is_listed_or_header(row->path), row->with_headers);
    size_t id = strlen(row->stem) ? strlen(row->stem) : strlen(row->path);
    ck_assert_uint_eq(amosi_volume_name_id_length(row->path), id);
}
END_TEST

START_TEST(folders_before_a_name_do_not_matter)
{
    ck_assert_int_eq(amosi_volume_name("/a.nii/b").kind, AMOSI_NAME_OTHER);
    ck_assert_int_eq(amosi_volume_name("/a/b.NII").kind, AMOSI_NAME_SINGLE);
    ck_assert_uint_eq(amosi_volume_name("/a/b.nii.GZ").stem, strlen("/a/b"));
    ck_assert_str_eq(amosi_base_name("/a/b.nii"), "b.nii");
    ck_assert_str_eq(amosi_base_name("b.nii"), "b.nii");
    ck_assert_str_eq(amosi_base_name("a/"), "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("volume_name");
    TCase *rules = add_case(suite, "names", 10);
    tcase_add_loop_test(rules, names_say_what_a_file_is, 0, (int)(sizeof names / sizeof names[0]));
    tcase_add_test(rules, folders_before_a_name_do_not_matter);
    return run_suite(suite);
}
