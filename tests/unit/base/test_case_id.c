/* SPDX-License-Identifier: BSD-3-Clause */
/* What a case's name says, at the rule's home. */
#include "base/text/case_id.h"

#include <string.h>

#include "support/main.h"

enum { NONE = AMOS_MODALITY_UNKNOWN, CT = AMOS_MODALITY_CT, MRI = AMOS_MODALITY_MRI };

static const struct id_row {
    const char *id;
    int64_t number, before, alone; /* of an AMOS id; before anything; digits alone */
    int of_name;
} ids[] = {
    {"amos_0018", 18, 18, -1, CT},
    {"amos_0507", 507, 507, -1, MRI},
    {"amos_0499", 499, 499, -1, CT},
    {"amos_0500", 500, 500, -1, CT}, /* by its intensities */
    {"amos_0501", 501, 501, -1, MRI},
    {"amos_4999", 4999, 4999, -1, MRI},
    {"amos_5000", 5000, 5000, -1, CT}, /* the unlabelled scans */
    {"amos_6899", 6899, 6899, -1, CT},
    {"amos_6900", 6900, 6900, -1, MRI},
    {"AMOS_18", 18, 18, -1, CT},
    {"Amos_0507_0000", 507, 507, -1, MRI},
    {"amos_0507_pred", 507, 507, -1, MRI},
    {"amos_0507_0000_Trans", 507, 507, -1, MRI},
    {"amos_0507_seg.nii", 507, 507, -1, MRI},
    {"amos_0507.nii.gz", 507, 507, -1, MRI},
    {"amos_0507.NII.GZ", 507, 507, -1, MRI},
    {"amos_0507_T1", -1, 507, -1, NONE}, /* not a scan of AMOS */
    {"amos_0507_000", -1, 507, -1, NONE},
    {"amos_0507_", -1, 507, -1, NONE},
    {"amos_0507-2", -1, 507, -1, NONE},
    {"amos_0507.v2", -1, 507, -1, NONE},
    {"amos_0507b", -1, -1, -1, NONE},
    {"amos_20220101", -1, -1, -1, NONE},
    {"amos_", -1, -1, -1, NONE},
    {"amos_x7", -1, -1, -1, NONE},
    {"amos", -1, -1, -1, NONE},
    {"amos-0507", -1, -1, -1, NONE},
    {"xamos_0507", -1, -1, -1, NONE},
    {"word_0001", -1, -1, -1, NONE},
    {"FLARE22_Tr_0600", -1, -1, -1, NONE},
    {"0507", -1, -1, 507, NONE},
    {"7", -1, -1, 7, NONE},
    {"7 ", -1, -1, -1, NONE},
    {"-7", -1, -1, -1, NONE},
    {"liver", -1, -1, -1, NONE},
    {"", -1, -1, -1, NONE},
    {"amos_9223372036854775808", -1, -1, -1, NONE},
    {"9223372036854775808", -1, -1, -1, NONE},
};

START_TEST(ids_say_number_and_modality)
{
    const struct id_row *row = &ids[_i];
    ck_assert_int_eq(amosi_amos_number(row->id), row->number);
    ck_assert_int_eq(amosi_amos_number_before(row->id), row->before);
    ck_assert_int_eq(amosi_amos_number_alone(row->id), row->alone);
    ck_assert_int_eq(amosi_modality_of_name(row->id), row->of_name);
    ck_assert_int_eq(amosi_modality_of_number(row->number), row->of_name);
}
END_TEST

START_TEST(channels_are_cut)
{
    static const struct {
        const char *name;
        size_t length;
        int channel;
    } rows[] = {{"amos_0507_0000", 9, 0}, {"x_0001", 1, 1},  {"_0001", 5, -1}, {"amos_0507", 4, 507},
                {"x_001", 5, -1},         {"x_00a1", 6, -1}, {"", 0, -1}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int channel;
        ck_assert_uint_eq(amosi_channel_cut(rows[i].name, strlen(rows[i].name), &channel), rows[i].length);
        ck_assert_int_eq(channel, rows[i].channel);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("case_id");
    TCase *rules = add_case(suite, "ids", 10);
    tcase_add_loop_test(rules, ids_say_number_and_modality, 0, (int)(sizeof ids / sizeof ids[0]));
    tcase_add_test(rules, channels_are_cut);
    return run_suite(suite);
}
