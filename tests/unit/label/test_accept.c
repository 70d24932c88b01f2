/* SPDX-License-Identifier: BSD-3-Clause */
/* What is accepted in labels: the same for files and for voxels in memory, counted, and named by the refusal. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "support/accept.h"
#include "support/main.h"
#include "support/make/nifti.h"
#include "support/opened.h"

enum { VOXELS = 4 * 3 * 2 };

static amos_error err;

#define ROWS(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* ---- 24 voxels of float64, as a file or in memory ---- */

enum home { IN_FILE, IN_FILE_STATS, IN_MEMORY, HOMES };

static amos_status load(enum home home, const double voxels[VOXELS], const amos_accept *accept, amos_labelmap **out)
{
    if (home == IN_MEMORY) {
        const amos_layout layout = {.type = AMOS_TYPE_FLOAT64, .shape = {4, 3, 2, 1}};
        return amos_labelmap_make(&layout, voxels, VOXELS * sizeof *voxels, accept, out, &err);
    }
    const struct nifti_spec spec = {.type = AMOS_TYPE_FLOAT64, .voxels = voxels};
    const amos_labelmap_options options = {
        .size = sizeof options, .flags = home == IN_FILE_STATS ? AMOS_LABELMAP_STATS_ONLY : 0, .accept = accept};
    struct nifti_file file = nifti_make(&spec);
    amos_volume *volume = open_made(&file);
    amos_status status = amos_labelmap_load(volume, &options, out, &err);
    amos_volume_free(volume);
    nifti_free(&file);
    return status;
}

static amos_labelmap *accepted(enum home home, const double voxels[VOXELS], const amos_accept *accept)
{
    amos_labelmap *map = NULL;
    assert_ok(load(home, voxels, accept, &map), &err);
    return map;
}

static void assert_counts(const amos_labelmap *map, uint64_t rounded, uint64_t ignored, uint64_t relabelled)
{
    const amos_accepted *a = &amos_labelmap_get_info(map)->accepted;
    ck_assert_uint_eq(a->rounded, rounded);
    ck_assert_uint_eq(a->ignored, ignored);
    ck_assert_uint_eq(a->relabelled, relabelled);
    const amos_warnings mask = AMOS_W_ROUNDED | AMOS_W_IGNORED | AMOS_W_RELABELLED;
    assert_warnings(amos_labelmap_layout(map)->warnings & mask, (rounded ? AMOS_W_ROUNDED : 0) |
                                                                    (ignored ? AMOS_W_IGNORED : 0) |
                                                                    (relabelled ? AMOS_W_RELABELLED : 0));
}

static void assert_voxel(const amos_labelmap *map, size_t at, int label)
{
    if (amos_labelmap_voxels(map))
        ck_assert_int_eq(amos_labelmap_voxels(map)[at], label);
}

START_TEST(what_is_usual_counts_nothing)
{
    const double voxels[VOXELS] = {1, 2, 15};
    amos_labelmap *map = accepted((enum home)_i, voxels, ACCEPT(.round_within = 0.02));
    assert_counts(map, 0, 0, 0);
    ck_assert_int_eq(amos_labelmap_get_info(map)->max_label, 15);
    amos_labelmap_free(map);
    ck_assert_ptr_null(amos_labelmap_get_info(NULL));
}
END_TEST

START_TEST(rounded_values_are_counted)
{
    const double voxels[VOXELS] = {14.9999999965, 3.0078125, 3.0078125, 4, -1e-12};
    amos_labelmap *map = accepted((enum home)_i, voxels, ACCEPT(.round_within = 0.01));
    assert_counts(map, 4, 0, 0);
    ck_assert(amos_labelmap_get_info(map)->accepted.largest_rounding == 0.0078125);
    ck_assert_uint_eq(amos_labelmap_get_stats(map, 15)->voxels, 1);
    ck_assert_uint_eq(amos_labelmap_get_stats(map, 3)->voxels, 2);
    assert_voxel(map, 4, 0);
    amos_labelmap_free(map);
}
END_TEST

START_TEST(ignored_values_become_background)
{
    static const int64_t ignore[] = {255, -1, 3};
    const double voxels[VOXELS] = {255, -1, 3, 2, 255, 254.999};
    amos_labelmap *map =
        accepted((enum home)_i, voxels, ACCEPT(.ignore = ignore, .ignore_count = 3, .round_within = 0.01));
    assert_counts(map, 1, 5, 0);
    ck_assert_uint_eq(amos_labelmap_get_stats(map, 0)->voxels, VOXELS - 1);
    assert_voxel(map, 0, 0);
    assert_voxel(map, 2, 0);
    assert_voxel(map, 3, 2);
    amos_labelmap_free(map);
}
END_TEST

START_TEST(relabelled_values_are_counted)
{
    static const int64_t ignore[] = {7};
    static const amos_relabel table[] = {{500, 2}, {2, 2}, {7, 3}, {1, 0}};
    const double voxels[VOXELS] = {500, 2, 7, 1, 500};
    amos_labelmap *map =
        accepted((enum home)_i, voxels, ACCEPT(.table = table, .table_count = 4, .ignore = ignore, .ignore_count = 1));
    assert_counts(map, 0, 1, 3); /* 7 is ignored before the table is asked; 2 stays 2 */
    assert_voxel(map, 0, 2);
    assert_voxel(map, 2, 0);
    assert_voxel(map, 3, 0);
    amos_labelmap_free(map);
}
END_TEST

START_TEST(values_that_a_table_lacks_may_stay)
{
    static const amos_relabel table[] = {{500, 2}};
    const double voxels[VOXELS] = {500, 9, 0, 15};
    amos_labelmap *map =
        accepted((enum home)_i, voxels, ACCEPT(.table = table, .table_count = 1, .flags = AMOS_ACCEPT_KEEP_UNLISTED));
    assert_counts(map, 0, 0, 1);
    assert_voxel(map, 1, 9);
    amos_labelmap_free(map);
    const double beyond[VOXELS] = {500, 16};
    ck_assert_int_eq(
        load((enum home)_i, beyond, ACCEPT(.table = table, .table_count = 1, .flags = AMOS_ACCEPT_KEEP_UNLISTED), &map),
        AMOS_E_LABEL);
    ck_assert_msg(strstr(err.message, "--max-label 16") != NULL, "%s", err.message);
}
END_TEST

/* ---- refusals ---- */

static const amos_relabel one_row[] = {{1, 1}};

static const struct {
    double value;
    bool has_table;
    const char *shown, *way; /* NULL: there is none */
} refusals[] = {
    {14.9999999965, false, "the value 14.9999999965;", "--round-labels (round_within) accepts it."},
    {6.985, false, "6.985", "--round-labels=0.02 (round_within) accepts it."},
    {6.5, false, "6.5",
     "it may be a probability, which needs a threshold first, or labels were resampled with interpolation"},
    {NAN, false, "nan", "replace such values in the file first"},
    {-INFINITY, false, "-inf", "replace such values in the file first"},
    {16, false, "the value 16;", "--max-label 16 accepts it, --ignore 16 leaves it out, --relabel 16=N"},
    {255, false, "255", "--ignore 255 leaves it out"},
    {-1, false, "-1", "--ignore -1 leaves it out"},
    {256, false, "256", "--relabel 256=N gives it another label."},
    {1e300, false, "1e+300", NULL},
    {7, true, "7", "--relabel with *=* keeps such values, with *=0 it makes them background."},
};

START_TEST(a_refusal_shows_the_value_and_the_way_on)
{
    const int which = _i / HOMES;
    double voxels[VOXELS] = {1, 0, refusals[which].value};
    amos_labelmap *map = (amos_labelmap *)&err;
    const amos_accept *accept = refusals[which].has_table ? ACCEPT(.table = one_row, .table_count = 1) : NULL;
    assert_status(load((enum home)(_i % HOMES), voxels, accept, &map), AMOS_E_LABEL, &err);
    ck_assert_ptr_null(map);
    assert_sentence(&err, AMOS_E_LABEL, "a refused label");
    ck_assert_msg(strstr(err.message, refusals[which].shown) != NULL, "%s", err.message);
    ck_assert_msg(strstr(err.message, "(2, 0, 0)") != NULL, "%s", err.message);
    if (refusals[which].way)
        ck_assert_msg(strstr(err.message, refusals[which].way) != NULL, "%s", err.message);
    else
        ck_assert_msg(strstr(err.message, "--") == NULL, "%s", err.message);
}
END_TEST

/* Most voxels of an image are no labels: options for labels would not help. */
START_TEST(an_image_is_recognised)
{
    double voxels[VOXELS];
    amos_labelmap *map;
    for (int i = 0; i < VOXELS; i++)
        voxels[i] = i % 2 ? -1000 - i : i - 1000;
    assert_status(load((enum home)_i, voxels, NULL, &map), AMOS_E_LABEL, &err);
    ck_assert_msg(strstr(err.message, "; it may be an image.") != NULL, "%s", err.message);
}
END_TEST

static const int64_t zero[] = {0}, many[257] = {1};
static const amos_relabel twice[] = {{1, 1}, {1, 2}};
static const amos_accept wrong[] = {
    {.size = 1},
    {.size = sizeof wrong[0], .flags = 4},
    {.size = sizeof wrong[0], .flags = AMOS_ACCEPT_DROP_UNLISTED},
    {.size = sizeof wrong[0], .flags = 3, .table = one_row, .table_count = 1},
    {.size = sizeof wrong[0], .max_label = 256},
    {.size = sizeof wrong[0], .max_label = -1},
    {.size = sizeof wrong[0], .round_within = 0.03},
    {.size = sizeof wrong[0], .round_within = -1},
    {.size = sizeof wrong[0], .table_count = 1},
    {.size = sizeof wrong[0], .table = one_row, .table_count = 65537},
    {.size = sizeof wrong[0], .table = twice, .table_count = 2},
    {.size = sizeof wrong[0], .ignore_count = 1},
    {.size = sizeof wrong[0], .ignore = zero, .ignore_count = 1},
    {.size = sizeof wrong[0], .ignore = many, .ignore_count = 257},
    {.size = sizeof wrong[0], .tolerance_voxels = -1},
    {.size = sizeof wrong[0], .tolerance_mm = (double)NAN},
    {.size = sizeof wrong[0], .frame = -2},
};

START_TEST(a_field_that_makes_no_sense_is_refused_everywhere)
{
    const double voxels[VOXELS] = {1};
    const amos_pair_options pair = {.size = sizeof pair, .accept = &wrong[_i]};
    const amos_score_options score = {.size = sizeof score, .accept = &wrong[_i]};
    amos_labelmap *map = NULL, *good = accepted(IN_MEMORY, voxels, NULL);
    amos_pair *opened;
    amos_score *scored;
    for (int home = 0; home < HOMES; home++)
        assert_status(load((enum home)home, voxels, &wrong[_i], &map), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, "amos_accept");
    assert_status(amos_pair_open("a", "b", &pair, &opened, &err), AMOS_E_ARG, &err);
    assert_status(amos_score_make(good, good, &score, &scored, &err), AMOS_E_ARG, &err);
    amos_labelmap_free(good);
}
END_TEST

/* ---- frames ---- */

static uint8_t two_frames[2 * VOXELS];

static struct nifti_file frames_file(void)
{
    two_frames[0] = 1;
    two_frames[VOXELS] = 2;
    const struct nifti_spec spec = {.ndim = 4, .dim = {4, 3, 2, 2}, .voxels = two_frames};
    return nifti_make(&spec);
}

static amos_status load_frame(bool in_memory, int64_t frame, amos_labelmap **out)
{
    amos_accept accept = AMOS_ACCEPT_INIT;
    const amos_labelmap_options options = {.size = sizeof options, .accept = &accept};
    const amos_layout layout = {.type = AMOS_TYPE_UINT8, .shape = {4, 3, 2, 2}};
    struct nifti_file file = frames_file();
    amos_volume *volume = open_made(&file);
    accept.frame = frame;
    amos_status status = in_memory ? amos_labelmap_make(&layout, two_frames, sizeof two_frames, &accept, out, &err)
                                   : amos_labelmap_load(volume, &options, out, &err);
    amos_volume_free(volume);
    nifti_free(&file);
    return status;
}

START_TEST(one_of_several_frames_is_chosen)
{
    for (int frame = 0; frame < 2; frame++) {
        amos_labelmap *map;
        assert_ok(load_frame(_i != 0, frame, &map), &err);
        ck_assert_int_eq(amos_labelmap_voxels(map)[0], frame + 1);
        ck_assert_int_eq(amos_labelmap_layout(map)->shape[3], 1);
        ck_assert_uint_eq(amos_labelmap_get_stats(map, 0)->voxels, VOXELS - 1);
        amos_labelmap_free(map);
    }
}
END_TEST

START_TEST(several_frames_are_refused_with_the_way_on)
{
    amos_labelmap *map;
    assert_status(load_frame(_i != 0, AMOS_FRAME_ONLY, &map), AMOS_E_UNSUPPORTED, &err);
    assert_sentence(&err, AMOS_E_UNSUPPORTED, "frames");
    ck_assert_msg(strstr(err.message, "2 frames") && strstr(err.message, "argmax") && strstr(err.message, "--frame N"),
                  "%s", err.message);
    assert_status(load_frame(_i != 0, 2, &map), AMOS_E_UNSUPPORTED, &err);
    ck_assert_msg(strstr(err.message, "rame 2 was asked for; there are 2"), "%s", err.message);
}
END_TEST

/* A file with one frame is read as ever, whichever frame is asked for. */
START_TEST(a_file_with_one_frame_has_no_frames)
{
    const double voxels[VOXELS] = {1};
    amos_accept accept = AMOS_ACCEPT_INIT;
    accept.frame = 7;
    amos_labelmap_free(accepted((enum home)_i, voxels, &accept));
}
END_TEST

/* ---- numbers in memory ---- */

START_TEST(every_numeric_type_and_order_is_taken)
{
    static const long double numbers[VOXELS] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    static const amos_type types[] = {AMOS_TYPE_INT8,   AMOS_TYPE_UINT8,   AMOS_TYPE_INT16,
                                      AMOS_TYPE_UINT16, AMOS_TYPE_INT32,   AMOS_TYPE_INT64,
                                      AMOS_TYPE_UINT64, AMOS_TYPE_FLOAT32, AMOS_TYPE_FLOAT64};
    amos_layout layout = {.type = types[_i], .shape = {4, 3, 2, 1}};
    const int64_t size = (int64_t)amos_type_bytes(types[_i]);
    void *voxels = stored_voxels(numbers, VOXELS, types[_i]);
    for (int turned = 0; turned < 2; turned++) {
        const int64_t strides[4] = {6 * size, 2 * size, size, 24 * size};
        amos_labelmap *map;
        if (turned)
            memcpy(layout.strides, strides, sizeof strides);
        assert_ok(amos_labelmap_make(&layout, voxels, (size_t)(VOXELS * size), NULL, &map, &err), &err);
        for (int x = 0; x < 4; x++)
            for (int y = 0; y < 3; y++)
                for (int z = 0; z < 2; z++) {
                    const int at = turned ? 6 * x + 2 * y + z : x + 4 * y + 12 * z;
                    ck_assert_int_eq(amos_labelmap_voxels(map)[x + 4 * y + 12 * z], at < 16 ? at : 0);
                }
        amos_labelmap_free(map);
    }
    free(voxels);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("accept");
    TCase *counts = add_case(suite, "counts", 10);
    tcase_add_loop_test(counts, what_is_usual_counts_nothing, 0, HOMES);
    tcase_add_loop_test(counts, rounded_values_are_counted, 0, HOMES);
    tcase_add_loop_test(counts, ignored_values_become_background, 0, HOMES);
    tcase_add_loop_test(counts, relabelled_values_are_counted, 0, HOMES);
    tcase_add_loop_test(counts, values_that_a_table_lacks_may_stay, 0, HOMES);
    TCase *refused = add_case(suite, "refused", 10);
    tcase_add_loop_test(refused, a_refusal_shows_the_value_and_the_way_on, 0, ROWS(refusals) * HOMES);
    tcase_add_loop_test(refused, an_image_is_recognised, 0, HOMES);
    tcase_add_loop_test(refused, a_field_that_makes_no_sense_is_refused_everywhere, 0, ROWS(wrong));
    TCase *frames = add_case(suite, "frames", 10);
    tcase_add_loop_test(frames, one_of_several_frames_is_chosen, 0, 2);
    tcase_add_loop_test(frames, several_frames_are_refused_with_the_way_on, 0, 2);
    tcase_add_loop_test(frames, a_file_with_one_frame_has_no_frames, 0, HOMES);
    TCase *memory = add_case(suite, "memory", 10);
    tcase_add_loop_test(memory, every_numeric_type_and_order_is_taken, 0, 9);
    return run_suite(suite);
}
