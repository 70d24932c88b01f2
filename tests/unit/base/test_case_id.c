/* SPDX-License-Identifier: BSD-3-Clause */
/* The rule that parses case names. */
#include "base/case_id.h"

#include "support/main.h"

enum { NONE = AMOS_MODALITY_ANY, CT = AMOS_MODALITY_CT, MRI = AMOS_MODALITY_MRI };

static const struct id_row {
    const char *id;
    int64_t amos, number;
    int of_name;
} ids[] = {
    {"amos_0018", 18, 18, CT},
    {"amos_0507", 507, 507, MRI},
    {"amos_0499", 499, 499, CT},
    {"amos_0500", 500, 500, MRI},
    {"AMOS_18", 18, 18, CT},
    {"Amos_0507_0000", 507, 507, MRI},
    {"amos_0507_pred", 507, 507, MRI},
    {"amos_0507-2", 507, 507, MRI},
    {"amos_0507.nii.gz", 507, 507, MRI},
    {"amos_0507_T1", 507, 507, MRI},
    {"amos_0507b", -1, -1, NONE},
    {"amos_0507b3", -1, 3, NONE},
    {"amos_", -1, -1, NONE},
    {"amos_x7", -1, 7, NONE},
    {"amos", -1, -1, NONE},
    {"amos-0507", -1, 507, NONE},
    {"xamos_0507", -1, 507, NONE},
    {"FLARE22_Tr_0600", -1, 600, NONE},
    {"0507", -1, 507, NONE},
    {"liver", -1, -1, NONE},
    {"", -1, -1, NONE},
    {"amos_9223372036854775807", INT64_MAX, INT64_MAX, MRI},
    {"amos_9223372036854775808", -1, -1, NONE},
    {"x9223372036854775808", -1, -1, NONE},
};

START_TEST(ids_say_number_and_modality)
{
    const struct id_row *row = &ids[_i];
    ck_assert_int_eq(amosi_amos_number(row->id), row->amos);
    ck_assert_int_eq(amosi_case_number(row->id), row->number);
    ck_assert_int_eq(amosi_modality_of_name(row->id), row->of_name);
}
END_TEST

START_TEST(numbers_say_the_modality)
{
    ck_assert_int_eq(amosi_modality_of_number(-1), CT);
    ck_assert_int_eq(amosi_modality_of_number(499), CT);
    ck_assert_int_eq(amosi_modality_of_number(500), MRI);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("case_id");
    TCase *rules = add_case(suite, "ids", 10);
    tcase_add_loop_test(rules, ids_say_number_and_modality, 0, (int)(sizeof ids / sizeof ids[0]));
    tcase_add_test(rules, numbers_say_the_modality);
    return run_suite(suite);
}
