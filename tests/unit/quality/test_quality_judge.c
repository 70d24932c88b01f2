/* SPDX-License-Identifier: BSD-3-Clause */
/* Facts as JSON, and findings about a case among others, from facts that are changed as JSON. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>
#include <cjson/cJSON.h>

#include "support/accept.h"
#include "support/bytes.h"
#include "support/main.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
enum { CASES = 24, ODD = 5 };

static amos_error err;

/* ---- facts ---- */

/* Facts of three organs in a small volume: enough for JSON. */
static amos_quality *measure_small(void)
{
    enum { SIDE = 12, VOXELS = SIDE * SIDE * SIDE };
    static uint8_t voxels[VOXELS];
    static float image[VOXELS];
    const amos_layout layout = {
        .type = AMOS_TYPE_UINT8,
        .shape = {SIDE, SIDE, SIDE, 1},
        .bytes = VOXELS,
        .has_geometry = 1,
        .geometry = {.shape = {SIDE, SIDE, SIDE},
                     .spacing = {8, 8, 8},
                     .affine = {{8, 0, 0, -40}, {0, 8, 0, 0.1}, {0, 0, 8, 1.0 / 3}, {0, 0, 0, 1}},
                     .orientation = "RAS"}};
    amos_quality_options options = AMOS_QUALITY_OPTIONS_INIT;
    amos_labelmap *map;
    amos_quality *facts;
    memset(voxels, 0, sizeof voxels);
    for (int z = 3; z < 8; z++)
        for (int y = 3; y < 8; y++)
            for (int x = 2; x < 10; x++)
                voxels[x + SIDE * (y + SIDE * z)] = x < 5 ? 1 : 6;
    voxels[4 + SIDE * (9 + SIDE)] = 14;
    for (int i = 0; i < VOXELS; i++)
        image[i] = (float)(i * 37 % 1201) - 1000 + (float)voxels[i] * 100;
    options.case_id = "case \"0\"\n\xff\xc3\xa4";
    options.modality = AMOS_MODALITY_CT;
    assert_ok(amos_labelmap_make(&layout, voxels, VOXELS, NULL, &map, &err), &err);
    assert_ok(amos_quality_measure(map, image, &options, &facts, &err), &err);
    amos_labelmap_free(map);
    return facts;
}

static amos_quality *parse(const char *text)
{
    amos_quality *facts;
    assert_ok(amos_quality_parse(text, strlen(text), &facts, &err), &err);
    return facts;
}

START_TEST(json_gives_the_same_facts)
{
    amos_quality *facts = measure_small();
    const char *text = amos_quality_get_json(facts);
    amos_quality *again = parse(text);
    const amos_quality_facts *a = amos_quality_get_facts(facts), *b = amos_quality_get_facts(again);
    ck_assert_str_eq(amos_quality_get_json(again), text);
    ck_assert_str_eq(b->case_id, "case \"0\"\n\\xff\xc3\xa4");
    ck_assert_mem_eq(a->affine, b->affine, sizeof a->affine);
    ck_assert(a->mean == b->mean && a->edge_here == b->edge_here);
    ck_assert_ptr_null(strchr(text, '\n'));
    amos_quality_free(again);
    amos_quality_free(facts);
}
END_TEST

/* ---- JSON that is refused ---- */

/* The object or list at a path such as "organs/5/part". */
static cJSON *walk(cJSON *root, const char *path)
{
    char word[32];
    while (*path) {
        const size_t length = strcspn(path, "/");
        snprintf(word, sizeof word, "%.*s", (int)length, path);
        root = cJSON_IsArray(root) ? cJSON_GetArrayItem(root, atoi(word)) : cJSON_GetObjectItem(root, word);
        ck_assert_ptr_nonnull(root);
        path += length + (path[length] == '/');
    }
    return root;
}

static void refuse(cJSON *root, amos_status status, const char *words)
{
    char *text = cJSON_PrintUnformatted(root);
    amos_quality *facts = (amos_quality *)root;
    amos_status got = amos_quality_parse(text, strlen(text), &facts, &err);
    ck_assert_msg(got == status, "%s: %s", words, amos_status_name(got));
    ck_assert_ptr_null(facts);
    ck_assert_msg(strstr(err.message, words) != NULL, "%s lacks %s", err.message, words);
    cJSON_free(text);
}

/* Without any one of its members, facts are refused, and the message names it. */
START_TEST(J47_no_member_may_be_missing)
{
    static const char *const objects[] = {"", "organs/0", "organs/0/part/0", "contacts/0"};
    amos_quality *facts = measure_small();
    for (int k = 0; k < COUNT(objects); k++) {
        cJSON *whole = cJSON_Parse(amos_quality_get_json(facts));
        const int count = cJSON_GetArraySize(walk(whole, objects[k]));
        ck_assert_int_gt(count, 3);
        for (int i = 0; i < count; i++) {
            cJSON *root = cJSON_Duplicate(whole, 1), *item = cJSON_DetachItemFromArray(walk(root, objects[k]), i);
            refuse(root, AMOS_E_JSON_SCHEMA, item->string);
            cJSON_Delete(item);
            cJSON_Delete(root);
        }
        cJSON_Delete(whole);
    }
    amos_quality_free(facts);
}
END_TEST

/* A value in place of another one. */
static const struct {
    const char *object, *name, *value;
} wrong[] = {
    {"", "case_id", "7"},
    {"", "split", "\"half\""},
    {"", "modality", "\"any\""},
    {"", "sex", "\"MF\""},
    {"", "sex", "\"\""},
    {"", "age_years", "-2"},
    {"", "age_years", "1.5"},
    {"", "status", "\"E_NONE\""},
    {"", "has_label", "1"},
    {"", "shape", "[1,2]"},
    {"", "shape", "[1,2,3,4]"},
    {"", "shape", "[1,2,-3]"},
    {"", "affine", "[1,0,0,0,0,1,0,0,0,0,1,null]"},
    {"", "orientation", "\"LAX\""},
    {"", "orientation", "\"LASSO\""},
    {"", "label_digest", "\"0123456789012345678901234567890123456789012345678901234567890123456789\""},
    {"", "mean", "\"1\""},
    {"", "nonfinite", "1e300"},
    {"", "organs", "{}"},
    {"", "organs", "[1]"},
    {"", "contacts", "[[]]"},
    {"organs/0", "label", "2"},
    {"organs/0", "organ", "16"},
    {"organs/0", "name", "null"},
    {"organs/0", "mm3", "-1"},
    {"organs/0", "border", "64"},
    {"organs/0", "part", "[]"},
    {"organs/0", "parts", "0"},
    {"contacts/0", "other", "1"},
    {"contacts/0", "other", "200"},
};

START_TEST(J47_no_member_may_be_wrong)
{
    amos_quality *facts = measure_small();
    cJSON *root = cJSON_Parse(amos_quality_get_json(facts));
    const char *words = strcmp(wrong[_i].name, "parts") ? wrong[_i].name : "part";
    ck_assert(cJSON_ReplaceItemInObjectCaseSensitive(walk(root, wrong[_i].object), wrong[_i].name,
                                                     cJSON_Parse(wrong[_i].value)));
    refuse(root, AMOS_E_JSON_SCHEMA, words);
    cJSON_Delete(root);
    amos_quality_free(facts);
}
END_TEST

START_TEST(J47_no_text_may_be_cut)
{
    amos_quality *facts = measure_small(), *none;
    const char *text = amos_quality_get_json(facts);
    for (size_t bytes = 0; bytes < strlen(text); bytes += 1 + bytes / 16)
        assert_status(amos_quality_parse(text, bytes, &none, &err), AMOS_E_JSON_SYNTAX, &err);
    assert_status(amos_quality_parse("[]", 2, &none, &err), AMOS_E_JSON_SCHEMA, &err);
    assert_status(amos_quality_parse(NULL, 2, &none, &err), AMOS_E_ARG, &err);
    assert_status(amos_quality_parse(text, 2, NULL, &err), AMOS_E_ARG, &err);
    amos_quality_free(facts);
}
END_TEST

/* ---- cases among others ---- */

/* JSON of CASES cases that differ a little: CT, men and women in turn. */
static cJSON *make_set(void)
{
    static const char *const organs[] = {"organs/0", "organs/5"};
    cJSON *set = cJSON_CreateArray();
    amos_quality *facts = measure_small();
    for (int i = 0; i < CASES; i++) {
        cJSON *root = cJSON_Parse(amos_quality_get_json(facts));
        char text[65];
        snprintf(text, sizeof text, "amos_%04d", i);
        cJSON_SetValuestring(walk(root, "case_id"), text);
        cJSON_ReplaceItemInObject(root, "sex", cJSON_CreateString(i % 2 ? "F" : "M"));
        cJSON_ReplaceItemInObject(root, "image_digest", cJSON_CreateString(text));
        cJSON_ReplaceItemInObject(root, "label_digest", cJSON_CreateString(text));
        for (int k = 0; k < COUNT(organs); k++) {
            cJSON_SetNumberValue(walk(walk(root, organs[k]), "mm3"), 100000 + 1000 * (i * 7 % 11));
            cJSON_SetNumberValue(walk(walk(root, organs[k]), "mean"), 80 + i * 5 % 7);
        }
        cJSON_AddItemToArray(set, root);
    }
    amos_quality_free(facts);
    return set;
}

static amos_quality_findings *judge_set(const cJSON *set, const amos_quality_limits *limits)
{
    amos_quality *cases[CASES] = {NULL};
    amos_quality_findings *findings;
    int count = 0;
    for (const cJSON *item = set->child; item; item = item->next) {
        char *text = cJSON_PrintUnformatted(item);
        cases[count++] = parse(text);
        cJSON_free(text);
    }
    assert_ok(amos_quality_judge((const amos_quality *const *)cases, (size_t)count, limits, &findings, &err), &err);
    for (int i = 0; i < count; i++)
        amos_quality_free(cases[i]);
    return findings;
}

/* Findings as text, a line for each. From malloc(). */
static char *text_of(const amos_quality_findings *findings)
{
    char *text = must_alloc(1000 * amos_quality_findings_count(findings) + 1000);
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < amos_quality_findings_count(findings); i++) {
        const amos_quality_finding *f = amos_quality_findings_get(findings, i);
        used += (size_t)snprintf(text + used, 1000, "%s %s %s %a %a %a %s %s\n", f->case_id,
                                 amos_quality_kind_name(f->kind), f->organ, f->value, f->low, f->high, f->expected,
                                 f->text);
    }
    return text;
}

/* What is changed in case ODD, and what is found then. */
static const struct {
    const char *object, *name;
    const char *value;
    amos_quality_kind kind;
    const char *words, *expected;
} odd[] = {
    {"organs/5", "mm3", "800000", AMOS_QUALITY_VOLUME, "volume of the liver is 800000 mm3; the median of 12 cases is ",
     "mm3"},
    {"organs/5", "mm3", "10000", AMOS_QUALITY_VOLUME, "volume of the liver is 10000 mm3", "mm3"},
    {"organs/5", "mean", "400", AMOS_QUALITY_INTENSITY, "mean intensity of the liver is 400 HU", "-17 to 183 HU"},
    {"", "p99", "3000", AMOS_QUALITY_INTENSITY, "99th percentile of the image is 3000 HU", "HU"},
    {"", "spacing", "[8,8,0.5]", AMOS_QUALITY_SPACING, "spacing along z of the image is 0.5 mm", "2 to 32 mm"},
    {"", "shape", "[12,200,12]", AMOS_QUALITY_SIZE, "size along y of the image is 1600 mm", "24 to 384 mm"},
    {"", "image_digest", "\"amos_0003\"", AMOS_QUALITY_DUPLICATE_IMAGE, "same image as amos_0003", "at most 1 case"},
    {"", "label_digest", "\"amos_0002\"", AMOS_QUALITY_DUPLICATE_LABEL, "same label as amos_0002", "at most 1 case"},
    {"", "status", "\"E_GZ_CRC\"", AMOS_QUALITY_UNREADABLE, "checksum", ""},
};

START_TEST(an_odd_case_is_found)
{
    cJSON *set = make_set(), *object = walk(cJSON_GetArrayItem(set, ODD), odd[_i].object);
    amos_quality_findings *before = judge_set(set, NULL);
    char *text = text_of(before);
    ck_assert_msg(amos_quality_findings_count(before) == 0, "%s", text);
    ck_assert(cJSON_ReplaceItemInObjectCaseSensitive(object, odd[_i].name, cJSON_Parse(odd[_i].value)));
    amos_quality_findings *findings = judge_set(set, NULL);
    /* another spacing is another size too */
    ck_assert_uint_eq(amos_quality_findings_count(findings), odd[_i].kind == AMOS_QUALITY_SPACING ? 2 : 1);
    const amos_quality_finding *f = amos_quality_findings_get(findings, 0);
    ck_assert_str_eq(f->case_id, "amos_0005");
    ck_assert_uint_eq(f->index, ODD);
    ck_assert_str_eq(amos_quality_kind_name(f->kind), amos_quality_kind_name(odd[_i].kind));
    ck_assert_msg(strstr(f->text, odd[_i].words) != NULL, "%s", f->text);
    ck_assert_msg(strstr(f->expected, odd[_i].expected) != NULL, "%s", f->expected);
    free(text);
    amos_quality_findings_free(findings);
    amos_quality_findings_free(before);
    cJSON_Delete(set);
}
END_TEST

/* The volumes of a man and a woman are exchanged: each is usual in the set, but not for the sex. */
START_TEST(sexes_have_distributions_of_their_own)
{
    cJSON *set = make_set();
    for (int i = 0; i < CASES; i++)
        cJSON_SetNumberValue(walk(cJSON_GetArrayItem(set, i), "organs/5/mm3"),
                             ((i == ODD - 1 || (i % 2 && i != ODD)) ? 500000 : 100000));
    amos_quality_limits limits = AMOS_QUALITY_LIMITS_INIT;
    amos_quality_findings *fine = judge_set(set, &limits);
    limits.group_cases = 13; /* there are 12 of each sex */
    amos_quality_findings *coarse = judge_set(set, &limits);
    limits.group_cases = CASES + 1;
    amos_quality_findings *none = judge_set(set, &limits);
    ck_assert_uint_eq(amos_quality_findings_count(fine), 2);
    ck_assert_str_eq(amos_quality_findings_get(fine, 0)->case_id, "amos_0004");
    ck_assert_str_eq(amos_quality_findings_get(fine, 1)->case_id, "amos_0005");
    ck_assert_uint_eq(amos_quality_findings_count(coarse), 0);
    ck_assert_uint_eq(amos_quality_findings_count(none), 0);
    amos_quality_findings_free(fine);
    amos_quality_findings_free(coarse);
    amos_quality_findings_free(none);
    cJSON_Delete(set);
}
END_TEST

/* Intensities of MRI have no unit: only their relation to other organs counts. */
START_TEST(mri_is_compared_by_relations)
{
    cJSON *set = make_set();
    for (int i = 0; i < CASES; i++) {
        cJSON *root = cJSON_GetArrayItem(set, i);
        cJSON_ReplaceItemInObject(root, "modality", cJSON_CreateString("MRI"));
        for (int k = 0; k < 15; k++) {
            cJSON *mean = walk(cJSON_GetArrayItem(walk(root, "organs"), k), "mean");
            if (!cJSON_IsNull(mean))
                cJSON_SetNumberValue(mean, cJSON_GetNumberValue(mean) * (1 + i));
        }
        cJSON_SetNumberValue(walk(root, "p99"), 300);
    }
    amos_quality_findings *same = judge_set(set, NULL);
    cJSON *liver = walk(cJSON_GetArrayItem(set, ODD), "organs/5/mean");
    cJSON_SetNumberValue(liver, cJSON_GetNumberValue(liver) / 16);
    amos_quality_findings *odd_one = judge_set(set, NULL);
    char *text = text_of(same);
    ck_assert_msg(amos_quality_findings_count(same) == 0, "%s", text);
    ck_assert_uint_ge(amos_quality_findings_count(odd_one), 1);
    for (size_t i = 0; i < amos_quality_findings_count(odd_one); i++)
        ck_assert_str_eq(amos_quality_findings_get(odd_one, i)->case_id, "amos_0005");
    free(text);
    amos_quality_findings_free(same);
    amos_quality_findings_free(odd_one);
    cJSON_Delete(set);
}
END_TEST

/* An organ that no case has is not drawn in the data set; one that the others have is missing. */
START_TEST(organs_that_are_never_drawn_are_not_missing)
{
    static const char *const liver = "{\"voxels\":0,\"part\":[],\"parts\":0,\"border\":0}";
    cJSON *set = make_set(), *change = cJSON_Parse(liver);
    /* the spleen becomes a right kidney and label 14 a stomach, with which a liver is expected */
    for (int i = 0; i < CASES; i++) {
        cJSON *root = cJSON_GetArrayItem(set, i);
        cJSON_SetNumberValue(walk(root, "organs/0/organ"), (int)AMOS_ORGAN_RIGHT_KIDNEY);
        cJSON_SetNumberValue(walk(root, "organs/1/organ"), (int)AMOS_ORGAN_SPLEEN);
        cJSON_SetNumberValue(walk(root, "organs/13/organ"), (int)AMOS_ORGAN_STOMACH);
        cJSON_SetNumberValue(walk(root, "organs/6/organ"), (int)AMOS_ORGAN_BLADDER);
    }
    amos_quality_limits limits = AMOS_QUALITY_LIMITS_INIT;
    limits.side_mm = limits.contact_mm2 = 0;
    limits.order_mm = 1000;
    limits.contact_mm2 = 1e9;
    for (int many = 0; many < 2; many++) {
        for (int i = many ? 0 : ODD; i < (many ? CASES : ODD + 1); i++)
            for (const cJSON *member = change->child; member; member = member->next)
                cJSON_ReplaceItemInObject(walk(cJSON_GetArrayItem(set, i), "organs/5"), member->string,
                                          cJSON_Duplicate(member, 1));
        amos_quality_findings *findings = judge_set(set, &limits);
        char *text = text_of(findings);
        ck_assert_msg((strstr(text, "amos_0005 missing liver") != NULL) == !many, "%s", text);
        free(text);
        amos_quality_findings_free(findings);
    }
    cJSON_Delete(change);
    cJSON_Delete(set);
}
END_TEST

/* ---- limits ---- */

START_TEST(every_limit_is_in_the_table)
{
    const amos_quality_limits defaults = AMOS_QUALITY_LIMITS_INIT;
    const amos_quality_limit_info *info;
    amos_quality_findings *findings;
    size_t count = 0;
    for (; (info = amos_quality_limit_get(count)) != NULL; count++) {
        amos_quality_limits limits = defaults;
        double *value = (double *)(void *)((char *)&limits + info->offset);
        ck_assert_uint_eq(info->offset, sizeof(size_t) + count * sizeof(double));
        ck_assert_double_eq(*value, info->value);
        *value = NAN;
        assert_status(amos_quality_judge(NULL, 0, &limits, &findings, &err), AMOS_E_ARG, &err);
        ck_assert_ptr_nonnull(strstr(err.message, info->name));
        ck_assert_ptr_null(findings);
    }
    ck_assert_uint_eq(sizeof(size_t) + count * sizeof(double), sizeof defaults);
}
END_TEST

START_TEST(judging_nothing_finds_nothing)
{
    amos_quality_findings *findings;
    const amos_quality *none[1] = {NULL};
    assert_ok(amos_quality_judge(NULL, 0, NULL, &findings, &err), &err);
    ck_assert_uint_eq(amos_quality_findings_count(findings), 0);
    ck_assert_ptr_null(amos_quality_findings_get(findings, 0));
    amos_quality_findings_free(findings);
    amos_quality_findings_free(NULL);
    assert_status(amos_quality_judge(none, 1, NULL, &findings, &err), AMOS_E_ARG, &err);
    assert_status(amos_quality_judge(NULL, 1, NULL, &findings, &err), AMOS_E_ARG, &err);
    assert_status(amos_quality_judge(NULL, 0, NULL, NULL, &err), AMOS_E_ARG, &err);
    ck_assert_uint_eq(amos_quality_findings_count(NULL), 0);
    ck_assert_ptr_null(amos_quality_findings_get(NULL, 0));
}
END_TEST

START_TEST(kinds_have_names)
{
    for (int kind = 0; kind <= AMOS_QUALITY_DUPLICATE_LABEL; kind++) {
        amos_quality_kind read;
        ck_assert_str_ne(amos_quality_kind_name((amos_quality_kind)kind), "?");
        assert_ok(amos_quality_kind_parse(amos_quality_kind_name((amos_quality_kind)kind), &read, &err), &err);
        ck_assert_int_eq((int)read, kind);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("quality_judge");
    TCase *json = add_case(suite, "json", 10), *set = add_case(suite, "set", 10),
          *limits = add_case(suite, "limits", 10);
    tcase_add_test(json, json_gives_the_same_facts);
    tcase_add_test(json, J47_no_member_may_be_missing);
    tcase_add_loop_test(json, J47_no_member_may_be_wrong, 0, COUNT(wrong));
    tcase_add_test(json, J47_no_text_may_be_cut);
    tcase_add_loop_test(set, an_odd_case_is_found, 0, COUNT(odd));
    tcase_add_test(set, sexes_have_distributions_of_their_own);
    tcase_add_test(set, mri_is_compared_by_relations);
    tcase_add_test(set, organs_that_are_never_drawn_are_not_missing);
    tcase_add_test(limits, every_limit_is_in_the_table);
    tcase_add_test(limits, judging_nothing_finds_nothing);
    tcase_add_test(limits, kinds_have_names);
    return run_suite(suite);
}
