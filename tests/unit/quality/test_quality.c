/* SPDX-License-Identifier: BSD-3-Clause */
/* Facts and findings of one case: phantoms with planted faults, of which each is found, and without, of which nothing is
 * found that is not there. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "quality/values.h"
#include "support/accept.h"
#include "support/bytes.h"
#include "support/main.h"
#include "support/make/patient.h"
#include "support/model/components.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
enum { WHOLE = 0, CLEAN = 3, THOROUGH = 12 }; /* the first phantom has every organ */

static amos_error err;
static struct patient whole;

static void set_up(void)
{
    whole = patient_make(WHOLE);
}

static void tear_down(void)
{
    patient_free(&whole);
}

/* ---- faults ---- */

static int64_t voxel_at(const struct patient *b, int64_t x, int64_t y, int64_t z)
{
    return x + y * b->row + z * b->slice;
}

/* A voxel of the organ whose 26 neighbours belong to it. */
static int64_t inner_voxel(const struct patient *b, int organ)
{
    for (int64_t n = b->slice + b->row + 1; n < b->voxels - b->slice - b->row - 1; n++) {
        int same = 0;
        for (int64_t z = -1; z <= 1; z++)
            for (int64_t y = -1; y <= 1; y++)
                for (int64_t x = -1; x <= 1; x++)
                    same += b->label[n + voxel_at(b, x, y, z)] == organ;
        if (same == 27)
            return n;
    }
    ck_abort_msg("organ %d has no inner voxel", organ);
    return 0;
}

static void exchange(struct patient *b, int one, int other)
{
    for (int64_t n = 0; n < b->voxels; n++) {
        const int here = b->label[n];
        b->label[n] = (uint8_t)(here == one ? other : here == other ? one : here);
    }
}

/* Background at a corner of the volume becomes liver. */
static void plant_speck(struct patient *b)
{
    b->label[voxel_at(b, 2, 2, 2)] = AMOS_ORGAN_LIVER;
}

static void plant_part(struct patient *b)
{
    memset(b->label + voxel_at(b, 2, 2, 2), AMOS_ORGAN_LIVER, 10);
}

static void plant_hole(struct patient *b)
{
    b->label[inner_voxel(b, AMOS_ORGAN_LIVER)] = 0;
}

/* From the liver along x to the first plane. */
static void plant_border(struct patient *b)
{
    const int64_t n = inner_voxel(b, AMOS_ORGAN_LIVER);
    memset(b->label + n - n % b->row, AMOS_ORGAN_LIVER, (size_t)(n % b->row));
}

/* From the right kidney along x until it meets the left one, over three rows of three slices. */
static void plant_contact(struct patient *b)
{
    for (int64_t z = 0; z < b->shape[2]; z++)
        for (int64_t y = 0; y < b->shape[1]; y++) {
            uint8_t *row = b->label + voxel_at(b, 0, y, z);
            uint8_t *right = memchr(row, AMOS_ORGAN_RIGHT_KIDNEY, (size_t)b->row),
                    *left = memchr(row, AMOS_ORGAN_LEFT_KIDNEY, (size_t)b->row);
            if (right && left && right < left)
                memset(right, AMOS_ORGAN_RIGHT_KIDNEY, (size_t)(left - right));
        }
}

static void plant_side(struct patient *b)
{
    exchange(b, AMOS_ORGAN_RIGHT_KIDNEY, AMOS_ORGAN_LEFT_KIDNEY);
}

static void plant_side_of_glands(struct patient *b)
{
    exchange(b, AMOS_ORGAN_RIGHT_ADRENAL_GLAND, AMOS_ORGAN_LEFT_ADRENAL_GLAND);
}

static void plant_order(struct patient *b)
{
    exchange(b, AMOS_ORGAN_ESOPHAGUS, AMOS_ORGAN_BLADDER);
}

static void erase(struct patient *b, int organ)
{
    for (int64_t n = 0; n < b->voxels; n++)
        b->label[n] = b->label[n] == organ ? 0 : b->label[n];
}

static void plant_missing(struct patient *b)
{
    erase(b, AMOS_ORGAN_SPLEEN);
}

static void plant_missing_prostate(struct patient *b)
{
    erase(b, AMOS_ORGAN_PROSTATE_UTERUS);
}

static void plant_shift(struct patient *b)
{
    memmove(b->label + 2, b->label, (size_t)b->voxels - 2);
}

static void plant_shift_of_slices(struct patient *b)
{
    memmove(b->label + b->slice, b->label, (size_t)(b->voxels - b->slice));
}

static void plant_constant(struct patient *b)
{
    for (int64_t n = 0; n < b->slice; n++)
        b->image[3 * b->slice + n] = -1000;
}

static void plant_repeated(struct patient *b)
{
    memcpy(b->image + 31 * b->slice, b->image + 30 * b->slice, sizeof(float) * (size_t)b->slice);
}

static void plant_nan(struct patient *b)
{
    b->image[voxel_at(b, 5, 6, 7)] = NAN;
    b->image[voxel_at(b, 5, 6, 8)] = INFINITY;
}

static void plant_range(struct patient *b)
{
    for (int64_t n = 0; n < b->voxels; n++)
        b->image[n] += 1024;
}

static void plant_nothing_labelled(struct patient *b)
{
    memset(b->label, 0, (size_t)b->voxels);
}

/* `alone`: nothing else is found than without the fault. */
static const struct fault {
    const char *name;
    void (*plant)(struct patient *);
    amos_quality_kind kind;
    int label;
    bool alone;
} faults[] = {
    {"a speck", plant_speck, AMOS_QUALITY_SPECKS, 6, true},
    {"a part", plant_part, AMOS_QUALITY_PART, 6, true},
    {"a hole", plant_hole, AMOS_QUALITY_HOLE, 6, true},
    {"an organ at the border", plant_border, AMOS_QUALITY_BORDER, 6, true},
    {"kidneys that touch", plant_contact, AMOS_QUALITY_CONTACT, 2, false},
    {"kidneys exchanged", plant_side, AMOS_QUALITY_SIDE, 2, false},
    {"glands exchanged", plant_side_of_glands, AMOS_QUALITY_SIDE, 11, false},
    {"esophagus below", plant_order, AMOS_QUALITY_ORDER, 5, false},
    {"no spleen", plant_missing, AMOS_QUALITY_MISSING, 1, true},
    {"no prostate", plant_missing_prostate, AMOS_QUALITY_MISSING, 15, true},
    {"a shift along x", plant_shift, AMOS_QUALITY_SHIFT, 0, true},
    {"a shift along z", plant_shift_of_slices, AMOS_QUALITY_SHIFT, 0, true},
    {"a constant slice", plant_constant, AMOS_QUALITY_CONSTANT, 0, true},
    {"a repeated slice", plant_repeated, AMOS_QUALITY_REPEATED, 0, true},
    {"NaN", plant_nan, AMOS_QUALITY_NONFINITE, 0, true},
    {"no HU", plant_range, AMOS_QUALITY_RANGE, 0, true},
    {"no label", plant_nothing_labelled, AMOS_QUALITY_EMPTY, 0, false},
};

static void assert_complete(const struct patient *b, const amos_quality_finding *f)
{
    ck_assert_str_eq(f->case_id, b->c.id);
    ck_assert(f->has_place);
    for (int i = 0; i < 3; i++) {
        const double *row = b->c.label.geometry.affine[i];
        const double mm =
            row[0] * (double)f->voxel[0] + row[1] * (double)f->voxel[1] + row[2] * (double)f->voxel[2] + row[3];
        ck_assert_int_ge(f->voxel[i], 0);
        ck_assert_int_lt(f->voxel[i], b->shape[i]);
        ck_assert_double_eq_tol(f->mm[i], mm, 1e-9);
    }
    ck_assert(isfinite(f->value));
    ck_assert(isfinite(f->low) || isfinite(f->high));
    ck_assert_msg(f->value < f->low || f->value > f->high, "%s: %g is what was expected", f->text, f->value);
    ck_assert_int_gt((int)strlen(f->expected), 0);
    ck_assert_int_eq(f->text[strlen(f->text) - 1], '.');
    ck_assert_str_eq(f->organ, f->label ? amos_organ_get(f->label)->name : "");
}

START_TEST(each_planted_fault_is_found)
{
    const struct fault *fault = &faults[_i];
    struct patient b = patient_copy(&whole);
    amos_quality *clean = patient_measure(&whole, NULL);
    amos_quality_findings *before = judge_one(clean);
    fault->plant(&b);
    amos_quality *facts = patient_measure(&b, NULL);
    amos_quality_findings *findings = judge_one(facts);
    const size_t all = amos_quality_findings_count(findings),
                 of_kind = count_findings(findings, fault->kind, fault->label);
    ck_assert_int_eq((int)count_findings(before, fault->kind, fault->label), 0);
    ck_assert_msg(of_kind == 1 || (of_kind && !fault->alone), "%s: %zu findings of the fault", fault->name, of_kind);
    ck_assert_msg(!fault->alone || all == 1 + amos_quality_findings_count(before), "%s: %zu findings", fault->name,
                  all);
    for (size_t i = 0; i < all; i++)
        assert_complete(&b, amos_quality_findings_get(findings, i));
    amos_quality_findings_free(findings);
    amos_quality_findings_free(before);
    amos_quality_free(facts);
    amos_quality_free(clean);
    patient_free(&b);
}
END_TEST

/* A file that has the spacing alone does not say where left and right are. */
START_TEST(sides_need_an_orientation)
{
    struct patient b = patient_copy(&whole);
    plant_side(&b);
    b.c.label.geometry.source = AMOS_AFFINE_SPACING;
    amos_quality *facts = patient_measure(&b, NULL);
    amos_quality_findings *findings = judge_one(facts);
    ck_assert_str_eq(amos_quality_get_facts(facts)->orientation, "");
    ck_assert_uint_eq(count_findings(findings, AMOS_QUALITY_SIDE, -1), 0);
    ck_assert_uint_eq(count_findings(findings, AMOS_QUALITY_ORDER, -1), 0);
    amos_quality_findings_free(findings);
    amos_quality_free(facts);
    patient_free(&b);
}
END_TEST

/* The shift says how the label would have to move, and how far. */
START_TEST(a_shift_is_measured)
{
    struct patient b = patient_copy(&whole);
    plant_shift(&b);
    amos_quality *facts = patient_measure(&b, NULL);
    const amos_quality_facts *f = amos_quality_get_facts(facts);
    ck_assert_int_eq((int)f->edge_shift[0], -2);
    ck_assert_int_eq((int)f->edge_shift[1], 0);
    ck_assert_int_eq((int)f->edge_shift[2], 0);
    ck_assert_double_gt(f->edge_best, 1.2 * f->edge_here);
    amos_quality_free(facts);
    patient_free(&b);
}
END_TEST

/* ---- clean phantoms ---- */

/* How many components of a label the flood fill finds beside the largest. */
static int64_t parts_beside(const struct patient *b, int label)
{
    uint32_t *numbers = must_alloc(4 * (size_t)b->voxels);
    struct component_model *parts;
    int64_t of_label = 0;
    const int64_t count = component_model(b->label, b->shape, 26, numbers, &parts);
    for (int64_t i = 0; i < count; i++)
        of_label += parts[i].label == label;
    free(parts);
    free(numbers);
    return of_label - 1;
}

/* Organs that the patient lacks are missing, and components that there are, are found; nothing else is. */
START_TEST(nothing_is_invented)
{
    struct patient b = patient_make(_i);
    amos_quality *facts = patient_measure(&b, NULL);
    amos_quality_findings *findings = judge_one(facts);
    for (size_t i = 0; i < amos_quality_findings_count(findings); i++) {
        const amos_quality_finding *f = amos_quality_findings_get(findings, i);
        if (f->kind == AMOS_QUALITY_MISSING)
            ck_assert_msg(b.c.patient.missing >> f->label & 1, "%s: %s", f->case_id, f->text);
        else if (f->kind == AMOS_QUALITY_SPECKS || f->kind == AMOS_QUALITY_PART)
            ck_assert_msg(parts_beside(&b, f->label) > 0, "%s: %s", f->case_id, f->text);
        else
            ck_abort_msg("%s: %s", f->case_id, f->text);
    }
    for (int organ = 1; organ < AMOS_ORGAN_COUNT; organ++)
        if (b.c.patient.missing >> organ & 1 && b.c.patient.modality == AMOS_MODALITY_CT) /* MRI may not hold it */
            ck_assert_int_eq((int)count_findings(findings, AMOS_QUALITY_MISSING, organ), 1);
    amos_quality_findings_free(findings);
    amos_quality_free(facts);
    patient_free(&b);
}
END_TEST

/* ---- facts ---- */

/* Facts against plain loops over the voxels. */
START_TEST(facts_of_organs_are_those_of_the_voxels)
{
    amos_quality *facts = patient_measure(&whole, NULL);
    uint32_t *numbers = must_alloc(4 * (size_t)whole.voxels);
    struct component_model *parts;
    const int64_t count = component_model(whole.label, whole.shape, 26, numbers, &parts);
    for (int label = 1; label <= 15; label++) {
        const amos_quality_organ *organ = amos_quality_get_organ(facts, label);
        double sum = 0;
        uint64_t voxels = 0, of_label = 0;
        for (int64_t n = 0; n < whole.voxels; n++)
            if (whole.label[n] == label) {
                sum += (double)whole.image[n];
                voxels++;
            }
        ck_assert_int_eq(organ->organ, label);
        ck_assert_uint_eq(organ->voxels, voxels);
        ck_assert_double_eq_tol(organ->mean, sum / (double)voxels, 1e-9 * fabs(organ->mean));
        for (int64_t i = 0; i < count; i++)
            if (parts[i].label == label) {
                const amos_quality_part *part = &organ->part[of_label++];
                const int64_t at = voxel_at(&whole, part->at[0], part->at[1], part->at[2]);
                ck_assert_uint_eq(part->voxels, (uint64_t)parts[i].voxels);
                ck_assert_uint_eq(numbers[at], (uint32_t)i + 1);
                ck_assert_int_eq(part->border != 0, parts[i].border);
            }
        ck_assert_uint_eq(organ->parts, of_label);
    }
    free(parts);
    free(numbers);
    amos_quality_free(facts);
}
END_TEST

/* Pairs of neighbours, by looking at every voxel. */
START_TEST(contacts_are_those_of_the_voxels)
{
    amos_quality *facts = patient_measure(&whole, NULL);
    uint64_t faces[16][16] = {{0}};
    const int64_t step[3] = {1, whole.row, whole.slice};
    const amos_quality_contact *c;
    for (int64_t n = 0; n < whole.voxels; n++) {
        const int64_t at[3] = {n % whole.row, n / whole.row % whole.shape[1], n / whole.slice};
        for (int axis = 0; axis < 3; axis++)
            if (at[axis] + 1 < whole.shape[axis]) {
                const int a = whole.label[n], b = whole.label[n + step[axis]];
                faces[a < b ? a : b][a < b ? b : a]++;
            }
    }
    for (size_t i = 0; (c = amos_quality_get_contact(facts, i)) != NULL; i++) {
        ck_assert_uint_eq(c->faces, faces[c->label][c->other]);
        ck_assert_int_eq(whole.label[voxel_at(&whole, c->at[0], c->at[1], c->at[2])], c->label);
        ck_assert_double_gt(c->mm2, 0);
        faces[c->label][c->other] = 0;
    }
    for (int a = 1; a < 16; a++)
        for (int b = a + 1; b < 16; b++)
            ck_assert_uint_eq(faces[a][b], 0);
    amos_quality_free(facts);
}
END_TEST

START_TEST(threads_change_nothing)
{
    amos_labelmap *map = patient_map(&whole);
    amos_quality *one, *many;
    amos_quality_options options = AMOS_QUALITY_OPTIONS_INIT;
    options.threads = 1;
    assert_ok(amos_quality_measure(map, whole.image, &options, &one, &err), &err);
    options.threads = 5;
    assert_ok(amos_quality_measure(map, whole.image, &options, &many, &err), &err);
    ck_assert_str_eq(amos_quality_get_json(one), amos_quality_get_json(many));
    amos_quality_free(many);
    amos_quality_free(one);
    amos_labelmap_free(map);
}
END_TEST

START_TEST(a_label_alone_has_no_facts_of_an_image)
{
    amos_labelmap *map = patient_map(&whole);
    amos_quality *facts;
    assert_ok(amos_quality_measure(map, NULL, NULL, &facts, &err), &err);
    const amos_quality_facts *f = amos_quality_get_facts(facts);
    ck_assert(f->has_label && !f->has_image);
    ck_assert(isnan(f->min) && isnan(amos_quality_get_organ(facts, 6)->mean));
    ck_assert_str_eq(f->image_digest, "");
    ck_assert_uint_eq(f->edge_faces, 0);
    ck_assert_int_eq(f->modality, AMOS_MODALITY_UNKNOWN);
    amos_quality_free(facts);
    amos_labelmap_free(map);
}
END_TEST

/* One voxel of label or image changes its digest, and that of the other stays. */
START_TEST(digests_are_of_the_content)
{
    struct patient b = patient_copy(&whole);
    amos_quality *facts[3];
    facts[0] = patient_measure(&b, NULL);
    b.image[1000] += 1;
    facts[1] = patient_measure(&b, NULL);
    b.label[inner_voxel(&b, 6)] = 7;
    facts[2] = patient_measure(&b, NULL);
    const amos_quality_facts *a = amos_quality_get_facts(facts[0]), *image = amos_quality_get_facts(facts[1]),
                             *both = amos_quality_get_facts(facts[2]);
    ck_assert_str_ne(a->image_digest, image->image_digest);
    ck_assert_str_eq(a->label_digest, image->label_digest);
    ck_assert_str_eq(image->image_digest, both->image_digest);
    ck_assert_str_ne(image->label_digest, both->label_digest);
    ck_assert_uint_eq(strlen(a->label_digest), 64);
    for (int i = 0; i < 3; i++)
        amos_quality_free(facts[i]);
    patient_free(&b);
}
END_TEST

/* The names of the data set say which organ a label is: here the kidneys have other numbers. */
START_TEST(organs_go_by_their_names)
{
    const char *names[16] = {"background", "left kidney", "Right Kidney", "tumour", ""};
    amos_quality_options options = AMOS_QUALITY_OPTIONS_INIT;
    struct patient b = patient_copy(&whole);
    for (int64_t n = 0; n < b.voxels; n++)
        b.label[n] = b.label[n] == 2 ? 2 : b.label[n] == 3 ? 1 : 0;
    options.names = names;
    options.name_count = 5;
    amos_quality *facts = patient_measure(&b, &options);
    amos_quality_findings *findings = judge_one(facts);
    ck_assert_int_eq(amos_quality_get_organ(facts, 1)->organ, AMOS_ORGAN_LEFT_KIDNEY);
    ck_assert_str_eq(amos_quality_get_organ(facts, 1)->name, "left_kidney");
    ck_assert_str_eq(amos_quality_get_organ(facts, 3)->name, "tumour");
    ck_assert_str_eq(amos_quality_get_organ(facts, 4)->name, "label 4");
    ck_assert_int_eq(amos_quality_get_organ(facts, 5)->organ, 0);
    ck_assert_uint_eq(amos_quality_findings_count(findings), 0);
    amos_quality_findings_free(findings);
    amos_quality_free(facts);
    patient_free(&b);
}
END_TEST

/* More specks than are listed are counted all the same. */
START_TEST(many_specks_are_counted)
{
    struct patient b = patient_copy(&whole);
    memset(b.label, 0, (size_t)b.voxels);
    memset(b.label + voxel_at(&b, 20, 20, 20), 6, 50);
    for (int64_t i = 0; i < 100; i++)
        b.label[voxel_at(&b, 2 + i % 20 * 3, 60 + i / 20 * 3, 30)] = 6;
    amos_quality *facts = patient_measure(&b, NULL);
    amos_quality_findings *findings = judge_one(facts);
    const amos_quality_organ *liver = amos_quality_get_organ(facts, 6);
    ck_assert_uint_eq(liver->parts, 101);
    ck_assert_uint_eq(liver->part_count, AMOS_QUALITY_PARTS);
    ck_assert_uint_eq(count_findings(findings, AMOS_QUALITY_SPECKS, 6), 1);
    ck_assert_double_eq(amos_quality_findings_get(findings, 0)->value, 100);
    amos_quality_findings_free(findings);
    amos_quality_free(facts);
    patient_free(&b);
}
END_TEST

START_TEST(bad_options_are_refused)
{
    amos_labelmap *map = patient_map(&whole);
    amos_quality *facts;
    amos_quality_options options[5];
    for (int i = 0; i < COUNT(options); i++)
        options[i] = (amos_quality_options)AMOS_QUALITY_OPTIONS_INIT;
    options[0].connectivity = 7;
    options[1].threads = -1;
    options[2].flags = 8;
    options[3].modality = (amos_modality)9;
    options[4].name_count = 257;
    for (int i = 0; i < COUNT(options); i++) {
        facts = (amos_quality *)map;
        assert_status(amos_quality_measure(map, NULL, &options[i], &facts, &err), AMOS_E_ARG, &err);
        ck_assert_ptr_null(facts);
    }
    assert_status(amos_quality_measure(NULL, NULL, NULL, &facts, &err), AMOS_E_ARG, &err);
    assert_status(amos_quality_measure(map, NULL, NULL, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_quality_open_case(NULL, NULL, &facts, &err), AMOS_E_ARG, &err);
    amos_labelmap_free(map);
    ck_assert_ptr_null(amos_quality_get_facts(NULL));
    ck_assert_ptr_null(amos_quality_get_json(NULL));
    ck_assert_ptr_null(amos_quality_get_organ(NULL, 1));
    ck_assert_ptr_null(amos_quality_get_contact(NULL, 0));
    amos_quality_free(NULL);
}
END_TEST

/* ---- values ---- */

/* Ends and number exactly, and the sum as far as its order matters; with and without NaN, at every length. */
START_TEST(values_are_those_of_a_plain_loop)
{
    enum { MOST = 9000 };
    static float voxels[MOST];
    const size_t lengths[] = {0, 1, 7, 8, 9, 4095, 4096, 4097, 8192, MOST};
    for (int i = 0; i < MOST; i++)
        voxels[i] = (float)((i * 7919) % 4001) - 1500 + 0.25f;
    voxels[5000] = _i == 1 ? NAN : _i == 2 ? -INFINITY : voxels[5000];
    for (int k = 0; k < COUNT(lengths); k++) {
        struct amosi_quality_values got, want = {INFINITY, -INFINITY, 0, 0, 0};
        amosi_quality_values_of(voxels, lengths[k], &got);
        for (size_t i = 0; i < lengths[k]; i++)
            if (isfinite(voxels[i])) {
                want.min = fminf(want.min, voxels[i]);
                want.max = fmaxf(want.max, voxels[i]);
                want.sum += (double)voxels[i];
                want.finite++;
            }
        ck_assert_uint_eq(got.finite, want.finite);
        ck_assert(got.min == want.min && got.max == want.max && got.sum == want.sum); /* quarters add exactly */
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("quality");
    TCase *planted = add_case(suite, "faults", 20), *clean = add_case(suite, "clean", 20),
          *facts = add_case(suite, "facts", 20), *values = add_case(suite, "values", 10);
    tcase_add_unchecked_fixture(planted, set_up, tear_down);
    tcase_add_loop_test(planted, each_planted_fault_is_found, 0, COUNT(faults));
    tcase_add_test(planted, sides_need_an_orientation);
    tcase_add_test(planted, a_shift_is_measured);
    tcase_add_loop_test(clean, nothing_is_invented, 0, CLEAN);
    tcase_add_loop_test(add_thorough_case(suite, "clean_all", 20), nothing_is_invented, CLEAN, THOROUGH);
    tcase_add_unchecked_fixture(facts, set_up, tear_down);
    tcase_add_test(facts, facts_of_organs_are_those_of_the_voxels);
    tcase_add_test(facts, contacts_are_those_of_the_voxels);
    tcase_add_test(facts, threads_change_nothing);
    tcase_add_test(facts, a_label_alone_has_no_facts_of_an_image);
    tcase_add_test(facts, digests_are_of_the_content);
    tcase_add_test(facts, organs_go_by_their_names);
    tcase_add_test(facts, many_specks_are_counted);
    tcase_add_test(facts, bad_options_are_refused);
    tcase_add_loop_test(values, values_are_those_of_a_plain_loop, 0, 3);
    return run_suite(suite);
}
