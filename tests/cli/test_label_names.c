/* SPDX-License-Identifier: BSD-3-Clause */
/* Names and colours of labels: those of the data set's own table, wherever the command shows one. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit/describe.h"
#include "support/command.h"
#include "support/main.h"
#include "support/make/small_set.h"
#include "view/load.h"

static void put(const char *root, const char *name, const char *text)
{
    char *path = small_set_path(root, name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
    free(path);
}

#define BTCV \
    "{\"training\": [{\"image\": \"imagesTr/amos_0001.nii.gz\", \"label\": \"labelsTr/amos_0001.nii.gz\"}], " \
    "\"labels\": " \
    "{\"0\": \"background\", \"1\": \"portal vein\", \"2\": \"liver\", \"3\": \"3\", \"4\": \"left kidney\", \"5\": " \
    "\"Pancreas\", \"6\": \"a name of an organ that is far too long for the room that a legend has for one\"}}"

START_TEST(names_and_colours_are_the_data_sets_own)
{
    char *root = small_set_make("btcv");
    amos_dataset *ds;
    amos_error err;
    put(root, "dataset.json", BTCV);
    assert_ok(amos_dataset_open(root, NULL, &ds, &err), &err);
    const amos_case *c = amos_dataset_get(ds, 0);
    const view_source source = {
        .image = amos_case_get_info(c)->image_path, .label = amos_case_get_info(c)->label_path, .c = c, .dataset = ds};
    view_loaded loaded;
    assert_ok(view_load(&source, &loaded, &err), &err);
    static const char *const titles[] = {
        "portal vein", "liver", "3", "left kidney", "Pancreas", "a name of an organ that is f\xE2\x80\xA6", "label 7"};
    for (int i = 0; i < 7; i++)
        ck_assert_str_eq(loaded.scene.organs[i].title, titles[i]);
    const unsigned char *liver = amos_organ_get(AMOS_ORGAN_LIVER)->rgb;
    ck_assert_int_eq(loaded.scene.organs[1].color.r, liver[0]);
    ck_assert_int_eq(loaded.scene.organs[1].color.g, liver[1]);
    view_unload(&loaded);
    for (int label = 1; label <= 7; label++) {
        unsigned char rgb[3];
        describe_label_color(ds, label, rgb);
        for (int organ = 1; organ < AMOS_ORGAN_COUNT; organ++) {
            bool same = memcmp(rgb, amos_organ_get(organ)->rgb, 3) == 0;
            bool meant = (label == 2 && organ == AMOS_ORGAN_LIVER) || (label == 4 && organ == AMOS_ORGAN_LEFT_KIDNEY) ||
                         (label == 5 && organ == AMOS_ORGAN_PANCREAS);
            ck_assert_msg(same == meant, "label %d has the colour of organ %d", label, organ);
        }
    }
    ck_assert_str_eq(describe_label(ds, 7), "label 7"); /* AMOS's stomach is none of this data set's */
    amos_dataset_free(ds);
    free(root);
}
END_TEST

/* Distance of two colours in CIELAB (D65), IEC 61966-2-1 and CIE 15. */
static double distance(const unsigned char a[3], const unsigned char b[3])
{
    static const double to_xyz[3][3] = {{0.4124564 / 0.95047, 0.3575761 / 0.95047, 0.1804375 / 0.95047},
                                        {0.2126729, 0.7151522, 0.0721750},
                                        {0.0193339 / 1.08883, 0.1191920 / 1.08883, 0.9503041 / 1.08883}};
    double f[2][3];
    for (int side = 0; side < 2; side++)
        for (int i = 0; i < 3; i++) {
            double sum = 0;
            for (int k = 0; k < 3; k++) {
                double v = (side ? b : a)[k] / 255.0;
                sum += to_xyz[i][k] * (v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4));
            }
            f[side][i] = sum > 216.0 / 24389 ? cbrt(sum) : (24389.0 / 27 * sum + 16) / 116;
        }
    double l = 116 * (f[0][1] - f[1][1]), p = 500 * (f[0][0] - f[0][1] - f[1][0] + f[1][1]);
    double q = 200 * (f[0][1] - f[0][2] - f[1][1] + f[1][2]);
    return sqrt(l * l + p * p + q * q);
}

/* Labels that AMOS does not have lie beside organs: the portal vein beside the stomach. */
START_TEST(other_labels_are_far_from_the_organs)
{
    unsigned char rgb[32][3];
    for (int label = 1; label < 32; label++) {
        describe_label_color(NULL, label, rgb[label]);
        for (int other = 1; other < label; other++)
            ck_assert_msg(distance(rgb[label], rgb[other]) > 20, "labels %d and %d differ by %.1f", label, other,
                          distance(rgb[label], rgb[other]));
    }
}
END_TEST

static void assert_says(struct outcome outcome, const char *part)
{
    ck_assert_msg(outcome.code == 0, "exit code %d: %s", outcome.code, outcome.err);
    ck_assert_msg(strstr(outcome.out, part) != NULL, "\"%s\" is not in: %s", part, outcome.out);
    outcome_free(&outcome);
}

/* The folder labelsTr alone, or a file of it, belongs to the data set that has it. */
START_TEST(a_label_of_a_data_set_has_its_names)
{
    char *root = small_set_make("flat");
    put(root, "dataset.json", BTCV);
    char *flat = small_set_path(root, "labelsTr"), *file = small_set_path(root, "labelsTr/amos_0001.nii.gz");
    char *picture = small_set_path(root, "v.png");
    assert_says(run_amos("score -r %s -p %s --csv", flat, flat), ",2,liver,");
    assert_says(run_amos("score -r %s -p %s --csv", file, file), ",1,portal vein,");
    assert_says(run_amos("stats %s", file), "\nportal vein ");
    assert_says(run_amos("stats %s %s --json", file, file), "\"organ\":\t\"left kidney\"");
#ifdef AMOS_HAVE_LIBPNG
    assert_says(run_amos("view %s -o %s", file, picture), "");
    assert_says(run_amos("view %s --organ portal_vein --json -o %s", file, picture), "\"label\":\t1,");
    assert_says(run_amos("view %s --organ 6 --json -o %s/", flat, flat), "a name of an organ that is f");
    assert_says(run_amos("view --label %s --organ 1 --json -o %s", file, picture), "\"name\":\t\"portal vein\"");
#endif
    assert_says(run_amos("stats %s --relabel 1=pancreas,2=portal_vein,*=* --json", file), "\"organ\":\t\"Pancreas\"");
    char *json = small_set_path(root, "dataset.json");
    unlink(json);
    assert_says(run_amos("score -r %s -p %s --csv", flat, flat), ",1,spleen,");
    assert_says(run_amos("stats %s", file), "\nSpleen ");
    free(json);
    free(picture);
    free(file);
    free(flat);
    free(root);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("label_names");
    TCase *labels = add_case(suite, "labels", 30);
    tcase_add_test(labels, a_label_of_a_data_set_has_its_names);
    tcase_add_test(labels, names_and_colours_are_the_data_sets_own);
    tcase_add_test(labels, other_labels_are_far_from_the_organs);
    return run_suite(suite);
}
