/* SPDX-License-Identifier: BSD-3-Clause */
/* The names of every enum that is printed or typed: each value has a name, the name parses to the value, and the
 * message for an unknown name lists them all. */
#include <stdio.h>
#include <string.h>

#include <amos/amos.h>

#include "support/main.h"

struct names {
    const char *noun;
    int count; /* values are 0..count-1 */
    const char *(*name)(int value);
    amos_status (*parse)(const char *name, int *out, amos_error *err);
    const char *unknown; /* the name of an invalid number */
};

/* The two functions of an enum, with int as its type. */
#define ENUM(noun) \
    static const char *noun##_name(int value) \
    { \
        return amos_##noun##_name((amos_##noun)value); \
    } \
    static amos_status noun##_parse(const char *name, int *out, amos_error *err) \
    { \
        amos_##noun value = (amos_##noun)0; \
        amos_status status = amos_##noun##_parse(name, out ? &value : NULL, err); \
        if (out) \
            *out = (int)value; \
        return status; \
    }

static const char *amos_measure_name(amos_measure measure)
{
    const amos_measure_info *info = amos_measure_get((int)measure);
    return info ? info->name : "?";
}

/* The same of an enum whose names nobody types: it has no parser of its own. */
#define PRINTED(noun, which) \
    static const char *noun##_name(int value) \
    { \
        return amos_##noun##_name((amos_##noun)value); \
    } \
    static amos_status noun##_parse(const char *name, int *out, amos_error *err) \
    { \
        return amos_enum_parse(which, name, out, err); \
    }
PRINTED(affine_source, AMOS_ENUM_AFFINE_SOURCE)
PRINTED(level, AMOS_ENUM_LEVEL)
PRINTED(cache_outcome, AMOS_ENUM_CACHE_OUTCOME)
ENUM(status)
ENUM(type)
ENUM(inflate)
ENUM(index_use)
ENUM(split)
ENUM(modality)
ENUM(convention)
ENUM(absent)
ENUM(measure)
ENUM(interpolation)
ENUM(sampling)
ENUM(image_type)
ENUM(label_type)
ENUM(scaling_method)
ENUM(mirror)
ENUM(omission)
ENUM(tile_type)
ENUM(quality_kind)
ENUM(verdict)

#define ROW(noun, last, unknown) \
    { \
#noun, (int)(last) + 1, noun##_name, noun##_parse, unknown \
    }
static const struct names all[] = {
    ROW(status, AMOS_E_RANGE, "E_?"),
    ROW(type, AMOS_TYPE_RGBA32, "?"),
    ROW(inflate, AMOS_INFLATE_OWN, "?"),
    ROW(index_use, AMOS_INDEX_BUILD, "?"),
    ROW(affine_source, AMOS_AFFINE_SFORM, "?"),
    ROW(split, AMOS_SPLIT_TEST, "?"),
    ROW(modality, AMOS_MODALITY_UNKNOWN, "?"),
    ROW(convention, AMOS_CONVENTION_MEDPY_0_4, "?"),
    ROW(absent, AMOS_ABSENT_ONE, "?"),
    ROW(measure, AMOS_MEASURE_COUNT - 1, "?"),
    ROW(level, AMOS_LEVEL_PERCENTILE, "?"),
    ROW(interpolation, AMOS_INTERPOLATION_BSPLINE, "?"),
    ROW(cache_outcome, AMOS_CACHE_STAGED, "?"),
    ROW(sampling, AMOS_SAMPLING_TILES, "?"),
    ROW(image_type, AMOS_IMAGE_TYPE_FLOAT16, "?"),
    ROW(label_type, AMOS_LABEL_TYPE_NONE, "?"),
    ROW(scaling_method, AMOS_SCALING_CASE_RANGE, "?"),
    ROW(mirror, AMOS_MIRROR_KEEP, "?"),
    ROW(omission, AMOS_OMISSION_DAMAGED, "?"),
    ROW(tile_type, AMOS_TILE_TYPE_BFLOAT16, "?"),
    ROW(quality_kind, AMOS_QUALITY_DUPLICATE_LABEL, "?"),
    ROW(verdict, AMOS_VERDICT_UNSURE, "?"),
};
#define COUNT ((int)(sizeof all / sizeof all[0]))

START_TEST(each_value_has_a_name_of_its_own)
{
    const struct names *n = &all[_i];
    for (int value = 0; value < n->count; value++) {
        const char *name = n->name(value);
        ck_assert_msg(name && *name && strchr(name, '?') == NULL, "%s %d", n->noun, value);
        for (int other = 0; other < value; other++)
            ck_assert_str_ne(name, n->name(other));
    }
    const int others[] = {-1, n->count, 1000, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        ck_assert_str_eq(n->name(others[i]), n->unknown);
}
END_TEST

static void assert_parses(const struct names *n, const char *name, int value)
{
    amos_error err = {0};
    int got = -1;
    assert_ok(n->parse(name, &got, &err), &err);
    ck_assert_msg(got == value, "%s \"%s\" is %d, not %d", n->noun, name, got, value);
}

START_TEST(each_name_parses_in_any_case)
{
    const struct names *n = &all[_i];
    for (int value = 0; value < n->count; value++) {
        char changed[64];
        size_t length = 0;
        for (const char *at = n->name(value); *at; at++)
            changed[length++] = *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A') : *at == '_' ? '-' : *at;
        changed[length] = '\0';
        assert_parses(n, n->name(value), value);
        assert_parses(n, changed, value);
    }
}
END_TEST

static void assert_refused(const struct names *n, const char *name, amos_error *err)
{
    int got = -1;
    *err = (amos_error){0};
    assert_status(n->parse(name, &got, err), AMOS_E_ARG, err);
    ck_assert_msg(got == 0, "%s \"%s\" gives %d", n->noun, name ? name : "NULL", got);
    assert_sentence(err, AMOS_E_ARG, n->noun);
    for (int value = 0; value < n->count; value++)
        ck_assert_msg(strstr(err->message, n->name(value)) != NULL, "%s is missing: %s", n->name(value), err->message);
}

START_TEST(another_name_is_refused_with_a_list_of_all)
{
    static const char *const names[] = {"", " ", "xyzzy", "?", "0", "1", "two\nlines", "\xe9", NULL};
    const struct names *n = &all[_i];
    amos_error err;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_refused(n, names[i], &err);
        ck_assert_msg(strstr(err.message, "did you mean") == NULL, "%s", err.message);
    }
    assert_status(n->parse(n->name(0), NULL, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, n->noun);
    assert_status(n->parse("xyzzy", NULL, NULL), AMOS_E_ARG, NULL);
}
END_TEST

START_TEST(a_name_that_is_nearly_right_is_suggested)
{
    static const struct {
        amos_status (*parse)(const char *name, int *out, amos_error *err);
        const char *name, *meant;
    } rows[] = {{split_parse, "traning", "training"},
                {type_parse, "flaot32", "float32"},
                {scaling_method_parse, "z-scores", "zscore"},
                {interpolation_parse, "lineer", "linear"},
                {inflate_parse, "zlip", "zlib"},
                {convention_parse, "deepmnd", "deepmind"},
                {status_parse, "E_GZCRD", "E_GZ_CRC"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char wanted[64];
        int got;
        amos_error err;
        snprintf(wanted, sizeof wanted, "did you mean \"%s\"? Use ", rows[i].meant);
        assert_status(rows[i].parse(rows[i].name, &got, &err), AMOS_E_ARG, &err);
        ck_assert_msg(strstr(err.message, wanted) != NULL, "%s", err.message);
    }
}
END_TEST

START_TEST(an_unknown_enum_has_no_names)
{
    static const int unknown[] = {-1, (int)AMOS_ENUM_VERDICT + 1, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        amos_error err = {0};
        int value = 7;
        ck_assert_str_eq(amos_enum_name((amos_enum)unknown[i], 0), "?");
        assert_status(amos_enum_parse((amos_enum)unknown[i], "training", &value, &err), AMOS_E_ARG, &err);
        ck_assert_int_eq(value, 0);
        assert_status(amos_enum_parse((amos_enum)unknown[i], "training", NULL, &err), AMOS_E_ARG, &err);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("names");
    TCase *names = add_case(suite, "names", 10);
    tcase_add_loop_test(names, each_value_has_a_name_of_its_own, 0, COUNT);
    tcase_add_loop_test(names, each_name_parses_in_any_case, 0, COUNT);
    tcase_add_loop_test(names, another_name_is_refused_with_a_list_of_all, 0, COUNT);
    tcase_add_test(names, a_name_that_is_nearly_right_is_suggested);
    tcase_add_test(names, an_unknown_enum_has_no_names);
    return run_suite(suite);
}
