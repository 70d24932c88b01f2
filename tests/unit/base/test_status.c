/* SPDX-License-Identifier: BSD-3-Clause */
/* Statuses, warnings, version, features: their names are part of the contract. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <amos/amos.h>

#include "base/error/fail.h"
#include "base/text/utf8.h"
#include "base/error/progress.h"
#include "support/main.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* The numbers never change: this list only grows. */
static const char *const status_names[] = {
    "OK",          "E_ARG",         "E_NOMEM",       "E_OPEN",       "E_NOTREG",    "E_IO",         "E_CHANGED",
    "E_PATH",      "E_GZ_HEADER",   "E_GZ_DATA",     "E_GZ_TRUNC",   "E_GZ_CRC",    "E_GZ_SIZE",    "E_GZ_TRAIL",
    "E_HDR_SHORT", "E_HDR_MAGIC",   "E_HDR_ENDIAN",  "E_HDR_DIM",    "E_HDR_DTYPE", "E_HDR_OFFSET", "E_HDR_SCALE",
    "E_GEOM",      "E_UNSUPPORTED", "E_LIMIT",       "E_DATA_SHORT", "E_DATA_LONG", "E_PAIR_SHAPE", "E_PAIR_GEOM",
    "E_LABEL",     "E_JSON_SYNTAX", "E_JSON_SCHEMA", "E_DUP",        "E_INDEX",     "E_FORK",       "E_CANCEL",
    "E_RANGE",
};

static const char *const warning_names[] = {
    "W_PADDING", "W_TRAILING", "W_SUFFIX",   "W_EXTRA",    "W_BITPIX",  "W_PRECISION",  "W_OFFSET",
    "W_ALIGN",   "W_EXT",      "W_SCALE",    "W_SHEAR",    "W_FORMS",   "W_CODE",       "W_QFAC",
    "W_PIXDIM",  "W_UNITS",    "W_NOORIENT", "W_GEOM",     "W_EMPTY",   "W_LEAK",       "W_COUNT",
    "W_LABELS",  "W_UNLISTED", "W_METADATA", "W_ROUNDED",  "W_IGNORED", "W_RELABELLED", "W_TURNED",
    "W_READING", "W_QUATERN",  "W_SPACING",  "W_MODALITY", "W_RENAMED", "W_UNUSED",
};

START_TEST(status_has_its_name)
{
    ck_assert_str_eq(amos_status_name((amos_status)_i), status_names[_i]);
    const char *text = amos_status_text((amos_status)_i);
    ck_assert_ptr_nonnull(text);
    ck_assert_uint_gt(strlen(text), 3);
    for (int other = 0; other < _i; other++)
        ck_assert_str_ne(text, amos_status_text((amos_status)other));
}
END_TEST

START_TEST(other_numbers_are_no_status)
{
    static const int numbers[] = {-1, COUNT(status_names), 1000, INT32_MAX, INT32_MIN};
    ck_assert_str_eq(amos_status_name((amos_status)numbers[_i]), "E_?");
    ck_assert_ptr_nonnull(amos_status_text((amos_status)numbers[_i]));
}
END_TEST

START_TEST(warning_has_its_name)
{
    amos_warnings bit = (amos_warnings)1 << _i;
    if (!warning_names[_i]) {
        ck_assert_ptr_null(amos_warning_name(bit));
        ck_assert_ptr_null(amos_warning_text(bit));
        return;
    }
    ck_assert_str_eq(amos_warning_name(bit), warning_names[_i]);
    ck_assert_ptr_nonnull(amos_warning_text(bit));
    ck_assert_uint_gt(strlen(amos_warning_text(bit)), 3);
}
END_TEST

START_TEST(only_one_bit_is_a_warning)
{
    ck_assert_ptr_null(amos_warning_name(0));
    ck_assert_ptr_null(amos_warning_text(0));
    ck_assert_ptr_null(amos_warning_name(AMOS_W_PADDING | AMOS_W_EXTRA));
    ck_assert_ptr_null(amos_warning_text(AMOS_W_PADDING | AMOS_W_EXTRA));
    for (int i = COUNT(warning_names); i < AMOS_WARNING_BITS; i++) {
        ck_assert_ptr_null(amos_warning_name((amos_warnings)1 << i));
        ck_assert_ptr_null(amos_warning_text((amos_warnings)1 << i));
    }
}
END_TEST

START_TEST(version_is_that_of_the_header)
{
    char expected[32];
    snprintf(expected, sizeof expected, "%d.%d.%d", AMOS_VERSION_MAJOR, AMOS_VERSION_MINOR, AMOS_VERSION_PATCH);
    ck_assert_str_eq(amos_version(), expected);
    ck_assert_str_eq(AMOS_VERSION_STRING, expected);
}
END_TEST

/* Lines of "name value", each with a line end. */
START_TEST(features_are_lines_of_name_and_value)
{
    const char *line = amos_features();
    int lines = 0;
    for (const char *end; *line; line = end + 1, lines++) {
        end = strchr(line, '\n');
        ck_assert_ptr_nonnull(end);
        const char *space = memchr(line, ' ', (size_t)(end - line));
        ck_assert_ptr_nonnull(space);
        ck_assert(space > line);
        ck_assert(space + 1 < end);
        for (const char *c = line; c < end; c++)
            ck_assert_msg(isprint((unsigned char)*c), "byte %d", *c);
    }
    ck_assert_int_ge(lines, 4);
}
END_TEST

START_TEST(every_library_that_may_be_missing_is_a_feature)
{
    static const char *const names[] = {"zlib ", "lz4 ", "isal ", "libdeflate "};
    const char *found = strstr(amos_features(), names[_i]);
    ck_assert_ptr_nonnull(found);
    ck_assert(found == amos_features() || found[-1] == '\n');
}
END_TEST

/* ---- messages ---- */

START_TEST(a_message_without_a_path_begins_a_sentence)
{
    amos_error err;
    amosi_fail_nomem(&err, NULL);
    assert_sentence(&err, AMOS_E_NOMEM, "no path");
    ck_assert_str_eq(err.message, "There is not enough memory to go on.");
    amosi_fail_nomem(&err, "");
    ck_assert_str_eq(err.message, "There is not enough memory to go on.");
    amosi_fail_nomem(&err, "a/b.nii");
    ck_assert_str_eq(err.message, "a/b.nii: there is not enough memory to go on.");
    amosi_fail(&err, AMOS_E_ARG, NULL, "amos_volume_read needs a volume and a buffer.");
    ck_assert_str_eq(err.message, "amos_volume_read needs a volume and a buffer.");
}
END_TEST

static int stop(void *user, uint64_t done, uint64_t total)
{
    (void)user;
    return done == total;
}

START_TEST(a_cancel_without_a_path_begins_a_sentence)
{
    const struct amosi_progress progress = {stop, NULL, 5, NULL};
    amos_error err;
    ck_assert_int_eq(amosi_progress_report(&progress, 5, &err), AMOS_E_CANCEL);
    ck_assert_str_eq(err.message, "The work was stopped on request.");
}
END_TEST

/* Texts of one to four letters' bytes, so that the end of the field falls on each byte of a letter. */
START_TEST(a_text_that_is_too_long_ends_with_a_whole_letter)
{
    static const char *const letters[] = {"\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"};
    char text[2048] = "";
    amos_error err;
    memset(text, 'a', (size_t)_i);
    for (const char *letter = letters[_i % 3]; strlen(text) < 1500;)
        strcat(text, letter);
    amosi_fail(&err, AMOS_E_ARG, NULL, "%s", text);
    size_t length = strlen(err.message);
    ck_assert_uint_gt(length, sizeof err.message - 5);
    ck_assert_uint_eq(amosi_utf8_end(err.message, length), length);
    amosi_fail_case(&err, text);
    length = strlen(err.case_id);
    ck_assert_uint_gt(length, sizeof err.case_id - 5);
    ck_assert_uint_eq(amosi_utf8_end(err.case_id, length), length);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("status");
    TCase *statuses = add_case(suite, "statuses", 4);
    tcase_add_loop_test(statuses, status_has_its_name, 0, COUNT(status_names));
    tcase_add_loop_test(statuses, other_numbers_are_no_status, 0, 5);
    TCase *warnings = add_case(suite, "warnings", 4);
    tcase_add_loop_test(warnings, warning_has_its_name, 0, COUNT(warning_names));
    tcase_add_test(warnings, only_one_bit_is_a_warning);
    TCase *messages = add_case(suite, "messages", 4);
    tcase_add_test(messages, a_message_without_a_path_begins_a_sentence);
    tcase_add_loop_test(messages, a_text_that_is_too_long_ends_with_a_whole_letter, 0, 12);
    tcase_add_test(messages, a_cancel_without_a_path_begins_a_sentence);
    TCase *version = add_case(suite, "version", 4);
    tcase_add_test(version, version_is_that_of_the_header);
    tcase_add_test(version, features_are_lines_of_name_and_value);
    tcase_add_loop_test(version, every_library_that_may_be_missing_is_a_feature, 0, 4);
    return run_suite(suite);
}
