/* SPDX-License-Identifier: BSD-3-Clause */
/* Names of unfinished downloads and of copies. */
#include "base/text/near_name.h"

#include <string.h>

#include "base/text/volume_name.h"
#include "support/main.h"

static const struct near_row {
    const char *name;
    enum amosi_near near;
    const char *original;
} names[] = {
    {"amos_0004.nii.gz.part", AMOSI_NEAR_PARTIAL, "amos_0004.nii.gz"},
    {"amos_0004.nii.gz.crdownload", AMOSI_NEAR_PARTIAL, "amos_0004.nii.gz"},
    {"amos_0004.nii.download", AMOSI_NEAR_PARTIAL, "amos_0004.nii"},
    {"amos_0004.nii.gz.aria2", AMOSI_NEAR_PARTIAL, "amos_0004.nii.gz"},
    {"amos_0004.NII.GZ.tmp", AMOSI_NEAR_PARTIAL, "amos_0004.NII.GZ"},
    {".amos_0004.nii.gz.Xq3T9a", AMOSI_NEAR_PARTIAL, "amos_0004.nii.gz"},
    {"amos_0009 (1).nii.gz", AMOSI_NEAR_COPY, "amos_0009.nii.gz"},
    {"amos_0009 (12).nii", AMOSI_NEAR_COPY, "amos_0009.nii"},
    {"amos_0009.nii (1).gz", AMOSI_NEAR_COPY, "amos_0009.nii.gz"},
    {"amos_0009(2).nii.gz", AMOSI_NEAR_COPY, "amos_0009.nii.gz"},
    {"amos_0009 - Copy.nii.gz", AMOSI_NEAR_COPY, "amos_0009.nii.gz"},
    {"amos_0009 - Copy (3).nii.gz", AMOSI_NEAR_COPY, "amos_0009.nii.gz"},
    {"amos_0009.nii - Kopie.gz", AMOSI_NEAR_COPY, "amos_0009.nii.gz"},
    {"amos_0009 copy 2.nii.gz", AMOSI_NEAR_COPY, "amos_0009.nii.gz"},
    {"Copy of amos_0009.nii.gz", AMOSI_NEAR_COPY, "amos_0009.nii.gz"},
    {"Kopie von amos_0011.nii.gz", AMOSI_NEAR_COPY, "amos_0011.nii.gz"},
    {"amos_0009.nii.gz", AMOSI_NEAR_NONE, NULL},
    {"a scan (left).nii.gz", AMOSI_NEAR_NONE, NULL},
    {"(1).nii.gz", AMOSI_NEAR_NONE, NULL},
    {"amos_0009 ().nii.gz", AMOSI_NEAR_NONE, NULL},
    {"notes.txt.part", AMOSI_NEAR_NONE, NULL},
    {".amos-0123456789abcdef.tmp", AMOSI_NEAR_NONE, NULL},
    {"._amos_0009.nii.gz", AMOSI_NEAR_NONE, NULL},
    {".part", AMOSI_NEAR_NONE, NULL},
    {"", AMOSI_NEAR_NONE, NULL},
};

START_TEST(names_say_what_they_are_nearly)
{
    char original[64] = "";
    ck_assert_msg(amosi_near_name(names[_i].name, original, sizeof original) == names[_i].near, "%s", names[_i].name);
    if (names[_i].near)
        ck_assert_str_eq(original, names[_i].original);
    /* A buffer that is one byte too short gives no name. */
    if (names[_i].near)
        ck_assert_int_eq(amosi_near_name(names[_i].name, original, strlen(names[_i].original)), AMOSI_NEAR_NONE);
}
END_TEST

START_TEST(each_guess_is_recognised)
{
    static const char *const originals[] = {"amos_0009.nii.gz", "amos_0009.nii", "x.hdr", "a b.img.gz"};
    char name[64], original[64];
    size_t n = 0;
    for (; amosi_near_guess(originals[_i], n, name, sizeof name); n++) {
        ck_assert_msg(amosi_near_name(name, original, sizeof original) != AMOSI_NEAR_NONE, "%s", name);
        ck_assert_str_eq(original, originals[_i]);
        ck_assert(!amosi_near_guess(originals[_i], n, name, strlen(name)));
    }
    ck_assert_uint_ge(n, 30);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("near_name");
    TCase *rules = add_case(suite, "names", 10);
    tcase_add_loop_test(rules, names_say_what_they_are_nearly, 0, (int)(sizeof names / sizeof names[0]));
    tcase_add_loop_test(rules, each_guess_is_recognised, 0, 4);
    return run_suite(suite);
}
