/* SPDX-License-Identifier: BSD-3-Clause */
/* Texts: UTF-8 characters, numbers, words. */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error/fail.h"
#include "base/text/number.h"
#include "base/text/utf8.h"
#include "base/text/words.h"
#include "support/bytes.h"
#include "support/main.h"

/* ---- UTF-8 ---- */

static const struct letter_row {
    const char *text;
    size_t length; /* 0: not UTF-8 */
    unsigned point;
} letters[] = {
    {"a", 1, 'a'},
    {"\x7f", 1, 0x7f},
    {"\xc2\x80", 2, 0x80},
    {"\xdf\xbf", 2, 0x7ff},
    {"\xe0\xa0\x80", 3, 0x800},
    {"\xed\x9f\xbf", 3, 0xd7ff},
    {"\xee\x80\x80", 3, 0xe000},
    {"\xef\xbf\xbf", 3, 0xffff},
    {"\xf0\x90\x80\x80", 4, 0x10000},
    {"\xf4\x8f\xbf\xbf", 4, 0x10ffff},
    {"\x80", 0, 0},     /* a continuation byte alone */
    {"\xc0\xaf", 0, 0}, /* overlong */
    {"\xc1\xbf", 0, 0},
    {"\xe0\x9f\xbf", 0, 0},
    {"\xf0\x8f\xbf\xbf", 0, 0},
    {"\xed\xa0\x80", 0, 0},     /* a surrogate */
    {"\xf4\x90\x80\x80", 0, 0}, /* above the last code point */
    {"\xf5\x80\x80\x80", 0, 0},
    {"\xff", 0, 0},
    {"\xc3", 0, 0}, /* cut off */
    {"\xe2\x82", 0, 0},
    {"\xf0\x9f\x98", 0, 0},
    {"\xe2\x28\xa1", 0, 0},
};

START_TEST(letters_are_those_of_the_standard)
{
    const struct letter_row *row = &letters[_i];
    char text[8];
    strcpy(text, row->text);
    strcat(text, "z");
    size_t bytes = strlen(row->text);
    ck_assert_uint_eq(amosi_utf8_length(row->text, bytes), row->length);
    ck_assert_uint_eq(amosi_utf8_length(text, bytes + 1), row->length);
    for (size_t left = 1; left < row->length; left++)
        ck_assert_uint_eq(amosi_utf8_length(row->text, left), 0);
    ck_assert_uint_eq(amosi_utf8_end(text, bytes + 1), row->length ? bytes + 1 : 0);
    const char *at = row->text;
    ck_assert_uint_eq(amosi_utf8_next(&at), row->length ? row->point : AMOSI_UTF8_BAD);
    ck_assert_ptr_eq(at, row->text + (row->length ? row->length : 1));
}
END_TEST

START_TEST(letters_are_counted_and_cut)
{
    static const char text[] = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\xff\x80z"; /* a, 2, 3, 4 bytes, two bad ones, z */
    static const size_t ends[] = {0, 1, 3, 6, 10, 11, 12, 13};
    ck_assert_uint_eq(amosi_utf8_letters(text), 7);
    for (size_t i = 0; i < 8; i++)
        ck_assert_uint_eq(amosi_utf8_bytes(text, i), ends[i]);
    ck_assert_uint_eq(amosi_utf8_bytes(text, 100), 13);
    for (size_t most = 0, i = 0; most <= 14; most++) {
        while (i < 7 && ends[i + 1] <= most)
            i++;
        ck_assert_uint_eq(amosi_utf8_cut(text, 13, most), ends[i]);
    }
}
END_TEST

/* An error keeps the end of a path and the beginning of an id; half a character would not be valid text in Python. */
static const struct shown {
    const char *text, *escaped, *shown;
} unsafe_texts[] = {
    {"", "", ""},
    {"plain \xC3\xA4 \xE2\x82\xAC \xF0\x9F\x99\x82", "plain \xC3\xA4 \xE2\x82\xAC \xF0\x9F\x99\x82",
     "plain \xC3\xA4 \xE2\x82\xAC \xF0\x9F\x99\x82"},
    {"a\x1b[31m\n\x7f", "a\\x1b[31m\\x0a\\x7f", "a?[31m??"},
    {"\xC2\x80\xC2\x9B\xC2\x9F\xC2\xA0", "\\xc2\\x80\\xc2\\x9b\\xc2\\x9f\xC2\xA0", "???\xC2\xA0"},
    {"\xD8\x9C\xE2\x80\x8E\xE2\x80\x8F", "\\xd8\\x9c\\xe2\\x80\\x8e\\xe2\\x80\\x8f", "???"},
    /* Escaped here, so that it misleads nobody. NOLINTNEXTLINE(misc-misleading-bidirectional) */
    {"\xE2\x80\x8D\xE2\x80\xA8\xE2\x80\xAE\xE2\x80\xAF", "\xE2\x80\x8D\\xe2\\x80\\xa8\\xe2\\x80\\xae\xE2\x80\xAF",
     "\xE2\x80\x8D??\xE2\x80\xAF"},
    {"\xE2\x81\xA5\xE2\x81\xA6\xE2\x81\xA9", "\xE2\x81\xA5\\xe2\\x81\\xa6\\xe2\\x81\\xa9", "\xE2\x81\xA5??"},
    {"\xff\x9b\xE2\x80", "\\xff\\x9b\\xe2\\x80", "????"},
};

START_TEST(unsafe_letters_are_escaped_and_not_shown)
{
    const struct shown *row = &unsafe_texts[_i];
    char escaped[200] = "", letter[AMOSI_LETTER_BYTES], shown[64];
    for (const char *at = row->text; *at;) {
        ck_assert_uint_eq(amosi_utf8_escape(letter, &at), strlen(letter));
        strcat(escaped, letter);
    }
    ck_assert_str_eq(escaped, row->escaped);
    ck_assert_str_eq(amosi_text_show(shown, sizeof shown, row->text), row->shown);
    for (size_t room = 4; room < sizeof shown; room++) { /* a longer text is cut after a letter, and ends with dots */
        char part[64];
        amosi_text_show(part, room, row->text);
        size_t length = strlen(part);
        ck_assert_uint_lt(length, room);
        ck_assert_uint_eq(amosi_utf8_end(part, length), length);
        if (strlen(row->shown) < room)
            ck_assert_str_eq(part, row->shown);
        else
            ck_assert(length >= 3 && strcmp(part + length - 3, "...") == 0 &&
                      strncmp(part, row->shown, length - 3) == 0);
    }
}
END_TEST

START_TEST(errors_do_not_cut_letters)
{
    for (size_t shift = 0; shift < 4; shift++) {
        char name[2000];
        amos_error err;
        memset(name, 'x', shift);
        for (size_t at = shift; at + 4 < sizeof name; at += 4)
            memcpy(name + at, "\xf0\x9f\x98\x80", 5);
        amosi_fail(&err, AMOS_E_ARG, name, "this is refused.");
        amosi_fail_case(&err, name);
        ck_assert_uint_eq(amosi_utf8_end(err.path, strlen(err.path)), strlen(err.path));
        ck_assert_uint_eq(amosi_utf8_end(err.message, strlen(err.message)), strlen(err.message));
        ck_assert_uint_eq(amosi_utf8_end(err.case_id, strlen(err.case_id)), strlen(err.case_id));
        ck_assert_uint_gt(strlen(err.case_id), sizeof err.case_id - 5);
        ck_assert_uint_gt(strlen(err.path), sizeof err.path - 5);
    }
}
END_TEST

/* ---- numbers ---- */

static const struct number_row {
    double value;
    const char *text;
} numbers[] = {
    {0, "0"},
    {-0.0, "0"},
    {1.5, "1.5"},
    {0.1, "0.1"},
    {1.0 / 3, "0.3333333333333333"}, /* 16 digits */
    {0.1 + 0.2, "0.30000000000000004"},
    {-1e300, "-1e+300"},
    {5e-324, "4.94065645841247e-324"},
    {DBL_MAX, "1.7976931348623157e+308"},
    {123456789012345678.0, "1.2345678901234568e+17"},
};

START_TEST(numbers_are_short)
{
    char text[AMOSI_NUMBER_BYTES];
    ck_assert_str_eq(amosi_number_write(text, numbers[_i].value), numbers[_i].text);
}
END_TEST

/* A number that is refused does not look like one that is accepted. */
static const struct number_row shown[] = {
    {15 - 3.5e-9, "14.9999999965"},
    {15, "15"},
    {-0.0, "0"},
    {255.5 + 1e-11, "255.50000000001"},
    {18446744073709551615.0, "18446744073709551616"},
    {-1024, "-1024"},
    {1e300, "1e+300"},
    {INFINITY, "inf"},
    {-INFINITY, "-inf"},
    {0.02 + 1e-12, "0.020000000001"},
};

START_TEST(refused_numbers_have_all_digits)
{
    char text[AMOSI_NUMBER_BYTES];
    ck_assert_str_eq(amosi_number_show(text, shown[_i].value), shown[_i].text);
}
END_TEST

START_TEST(numbers_read_back)
{
    uint64_t seed = 7;
    for (int i = 0; i < 100000; i++) {
        uint64_t bits = random_next(&seed);
        double value;
        char text[AMOSI_NUMBER_BYTES];
        memcpy(&value, &bits, sizeof value);
        if (isfinite(value))
            ck_assert_msg(strtod(amosi_number_write(text, value), NULL) == value, "%s", text);
    }
}
END_TEST

static const struct taken_row {
    const char *text;
    unsigned base;
    bool good;
    uint64_t value;
    const char *rest;
} taken[] = {
    {"0", 10, true, 0, ""},
    {"007 x", 10, true, 7, " x"},
    {"18446744073709551615", 10, true, UINT64_MAX, ""},
    {"18446744073709551616", 10, false, 0, ""},
    {"99999999999999999999999", 10, false, 0, ""},
    {"12ab", 10, true, 12, "ab"},
    {"12aBg", 16, true, 0x12ab, "g"},
    {"0x12", 16, true, 0, "x12"},
    {"ffffffffffffffff", 16, true, UINT64_MAX, ""},
    {"00000000000000000001", 16, true, 1, ""},
    {"10000000000000000", 16, false, 0, ""},
    {"", 10, false, 0, ""},
    {"-1", 10, false, 0, ""},
    {"+1", 10, false, 0, ""},
    {" 1", 10, false, 0, ""},
    {"\xb2", 10, false, 0, ""},
};

START_TEST(digits_are_taken)
{
    const struct taken_row *row = &taken[_i];
    const char *at = row->text;
    uint64_t value = 5;
    ck_assert_int_eq(amosi_number_take(&at, row->base, &value), row->good);
    ck_assert_uint_eq(value, row->good ? row->value : 5);
    ck_assert_str_eq(at, row->good ? row->rest : row->text);
}
END_TEST

/* ---- words ---- */

static const struct distance_row {
    const char *a, *b;
    size_t distance;
} distances[] = {
    {"spleen", "spleen", 0},
    {"spleen", "SPLEEN", 0},
    {"right kidney", "right_kidney", 0},
    {"spleen", "splen", 1},
    {"spleen", "spleeen", 1},
    {"spleen", "spleem", 1},
    {"", "abc", 3},
    {"abc", "", 3},
    {"kitten", "sitting", 3},
    {"max-label", "maxlabel", 0},
};

START_TEST(distances_count_letters)
{
    const struct distance_row *row = &distances[_i];
    ck_assert_uint_eq(amosi_words_distance(row->a, row->b), row->distance);
    ck_assert_uint_eq(amosi_words_distance(row->b, row->a), row->distance);
}
END_TEST

static const struct wrap_row {
    const char *text;
    size_t width;
    const char *lines; /* '|' between them */
} wraps[] = {
    {"", 10, ""},
    {"one", 10, "one"},
    {"one two three", 7, "one two|three"},
    {"one two three", 6, "one|two|three"},
    {"one two three", 8, "one two|three"},
    {"one two three", 13, "one two three"},
    {"one two three", 12, "one two|three"},
    {"longer than a line", 4, "longer|than|a|line"},
    {"abcdefghij", 4, "abcdefghij"},
    {"a\nb c", 10, "a|b c"},
    {"a\n\nb", 10, "a||b"},
    {"aaa bbb\nccc", 5, "aaa|bbb|ccc"},
    {"\xc3\xa4\xc3\xa4\xc3\xa4 \xc3\xb6\xc3\xb6", 6,
     "\xc3\xa4\xc3\xa4\xc3\xa4 \xc3\xb6\xc3\xb6"}, /* characters, not bytes */
};

START_TEST(lines_are_broken_at_spaces)
{
    char found[200] = "";
    const char *text = wraps[_i].text, *line;
    for (size_t bytes; amosi_words_wrap(&text, wraps[_i].width, &line, &bytes);) {
        strncat(found, line, bytes);
        strcat(found, *text ? "|" : "");
    }
    ck_assert_str_eq(found, wraps[_i].lines);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

int main(void)
{
    Suite *suite = suite_create("text");
    TCase *utf8 = add_case(suite, "utf8", 10);
    tcase_add_loop_test(utf8, letters_are_those_of_the_standard, 0, COUNT(letters));
    tcase_add_test(utf8, letters_are_counted_and_cut);
    tcase_add_loop_test(utf8, unsafe_letters_are_escaped_and_not_shown, 0, COUNT(unsafe_texts));
    tcase_add_test(utf8, errors_do_not_cut_letters);
    TCase *number = add_case(suite, "numbers", 20);
    tcase_add_loop_test(number, numbers_are_short, 0, COUNT(numbers));
    tcase_add_loop_test(number, refused_numbers_have_all_digits, 0, (int)(sizeof shown / sizeof shown[0]));
    tcase_add_test(number, numbers_read_back);
    tcase_add_loop_test(number, digits_are_taken, 0, COUNT(taken));
    TCase *words = add_case(suite, "words", 10);
    tcase_add_loop_test(words, distances_count_letters, 0, COUNT(distances));
    tcase_add_loop_test(words, lines_are_broken_at_spaces, 0, COUNT(wraps));
    return run_suite(suite);
}
