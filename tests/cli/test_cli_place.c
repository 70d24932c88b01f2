/* SPDX-License-Identifier: BSD-3-Clause */
/* What the commands say about where voxels lie: unknown, turned, elsewhere (P05, P07, P21), a negative spacing (H60). */
#define _POSIX_C_SOURCE 200809L
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>
#include <cjson/cJSON.h>

#include "support/command.h"
#include "support/main.h"
#include "support/make/nifti.h"
#include "support/tmp.h"

enum { X = 9, Y = 8, Z = 7 };

static void *free_later[64];
static int later;

static const char *keep(char *text)
{
    ck_assert_int_lt(later, 64);
    return free_later[later++] = text;
}

/* A case: the image LAS; the label as the row says. */
enum kind { LIKE, NOWHERE, TURNED, ELSEWHERE, NEGATIVE };

static struct nifti_spec spec_of(enum kind kind)
{
    static uint8_t voxels[X * Y * Z], turned[X * Y * Z];
    const double spacing[3] = {0.75, 0.75, 5}, origin[3] = {3, -40, 100}, elsewhere[3] = {15.5, -40, 100},
                 other_end[3] = {3 - 8 * 0.75, -40, 100};
    for (int i = 0; i < X * Y * Z; i++)
        voxels[i] = i % X < 3 && i / X % Y < 5 ? 6 : 0;
    for (int i = 0; i < X * Y * Z; i++)
        turned[i] = voxels[i / X * X + X - 1 - i % X];
    struct nifti_spec spec = {.ndim = 3, .dim = {X, Y, Z}, .type = AMOS_TYPE_UINT8, .voxels = voxels};
    nifti_set_sform(&spec, kind == TURNED ? "RAS" : "LAS", spacing,
                    kind == TURNED      ? other_end
                    : kind == ELSEWHERE ? elsewhere
                                        : origin);
    if (kind == TURNED)
        spec.voxels = turned;
    if (kind == NOWHERE || kind == NEGATIVE)
        spec.sform_code = 0;
    spec.no_forms = kind == NOWHERE;
    if (kind == NEGATIVE) {
        spec.qform_code = 1;
        spec.pixdim[0] = -1;
        spec.pixdim[1] = -0.75;
        spec.quatern[1] = 1;
        memcpy(spec.qoffset, origin, sizeof origin);
    }
    return spec;
}

static const char *write_spec(const char *name, const struct nifti_spec *spec)
{
    struct nifti_file file = nifti_make(spec);
    const char *path = keep(tmp_write_bytes(name, &file.bytes));
    nifti_free(&file);
    return path;
}

/* The image of a case, 100 HU everywhere, and its label. */
static const char *write_case(const char *tree, enum kind kind)
{
    char name[128];
    struct nifti_spec image = spec_of(LIKE), label = spec_of(kind);
    int16_t values[X * Y * Z];
    for (int i = 0; i < X * Y * Z; i++)
        values[i] = (int16_t)(i % 100);
    image.type = AMOS_TYPE_INT16;
    image.voxels = values;
    snprintf(name, sizeof name, "%s/imagesTr/amos_0001.nii", tree);
    write_spec(name, &image);
    snprintf(name, sizeof name, "%s/labelsTr/amos_0001.nii", tree);
    write_spec(name, &label);
    return keep(tmp_path(tree));
}

static const char *write_label(const char *name, enum kind kind)
{
    struct nifti_spec spec = spec_of(kind);
    return write_spec(name, &spec);
}

/* Output with single blanks only, so that a sentence is found wherever it is wrapped. */
static void assert_says_all(struct outcome outcome, int code, bool on_stderr, const char *const words[])
{
    char *text = on_stderr ? outcome.err : outcome.out, *to = text;
    ck_assert_msg(outcome.code == code, "exit code %d: %s%s", outcome.code, outcome.out, outcome.err);
    for (char *at = text; *at; at++)
        if (!strchr(" \n\t", *at))
            *to++ = *at;
        else if (to > text && to[-1] != ' ')
            *to++ = ' ';
    *to = '\0';
    for (; *words; words++)
        ck_assert_msg(strstr(text, *words) != NULL, "\"%s\" is not in: %.1500s", *words, text);
    outcome_free(&outcome);
}

#define SAYS(outcome, code, ...) assert_says_all(outcome, code, false, (const char *const[]){__VA_ARGS__, NULL})
#define SAYS_ASIDE(outcome, code, ...) assert_says_all(outcome, code, true, (const char *const[]){__VA_ARGS__, NULL})

START_TEST(stats_says_where_a_label_lies)
{
    const char *tree = write_case("elsewhere", ELSEWHERE), *turned = write_case("turned", TURNED);
    SAYS(run_amos("stats %s", tree), 0, "note ", "the label is 12.5 mm away from its image", "--geometry-tolerance");
    SAYS(run_amos("stats %s/amos_0001", tree), 0, "note ", "the label is 12.5 mm away from its image");
    SAYS(run_amos("stats %s/amos_0001 --json", tree), 0, "\"pair\": { \"status\": \"E_PAIR_GEOM\"", "12.5 mm away");
    SAYS(run_amos("stats %s/amos_0001 --json --geometry-tolerance 13mm", tree), 0, "\"pair\": { \"status\": \"OK\"",
         "\"displacement_mm\": 12.5");
    SAYS(run_amos("stats %s", turned), 0, "note 1 of 1 case (amos_0001): the same place, but stored in another",
         "(W_TURNED)");
    SAYS(run_amos("stats %s/amos_0001", turned), 0,
         "note the same place, but stored RAS; the axes were turned (W_TURNED)");
    SAYS(run_amos("stats %s/amos_0001 --json", turned), 0, "\"warnings\": [\"W_TURNED\"]", "\"turned_from\": \"RAS\"");
    const char *nowhere = write_label("nowhere.nii", NOWHERE);
    SAYS(run_amos("stats %s", nowhere), 0, "note position and orientation are unknown, so voxels are taken as stored",
         "(W_NOORIENT)");
}
END_TEST

START_TEST(H60_stats_says_why_there_are_no_millilitres)
{
    const char *tree = write_case("negative", NEGATIVE);
    SAYS(run_amos("stats %s/labelsTr/amos_0001.nii", tree), 0, "note ", "pixdim[1] is -0.75", "--lenient");
    SAYS(run_amos("stats %s", tree), 0, "note ", "pixdim[1] is -0.75", "--lenient");
    SAYS(run_amos("stats %s/amos_0001 --json", tree), 0, "\"geometry_message\": \"", "pixdim[1] is -0.75",
         "\"pair\": null");
    SAYS(run_amos("stats %s/amos_0001 --lenient", tree), 0, "0.3 ml",
         "a negative spacing was made positive (W_PIXDIM)");
}
END_TEST

START_TEST(H60_every_command_can_be_lenient)
{
    const char *tree = write_case("lenient", NEGATIVE), *label = keep(tmp_path("lenient/labelsTr/amos_0001.nii"));
    const char *picture = keep(tmp_path("lenient.png")), *raw = keep(tmp_path("lenient.raw")),
               *folder = keep(tmp_path("lenient-cache"));
    SAYS(run_amos("check %s", tree), 1, "E_GEOM", "--lenient");
    SAYS(run_amos("check --lenient %s", tree), 0, "W_PIXDIM", "1 pair checked: 1 good");
    SAYS(run_amos("info %s", label), 0, "geometry none", "--lenient");
    SAYS(run_amos("info --lenient %s", label), 0, "orientation LAS", "W_PIXDIM");
    SAYS_ASIDE(run_amos("score -r %s -p %s", label, label), 1, "--lenient");
    SAYS(run_amos("score --lenient -r %s -p %s", label, label), 0, "accepted negative spacings",
         "a negative spacing was made positive (W_PIXDIM)");
    SAYS_ASIDE(run_amos("dump %s --orient RAS -o %s", label, raw), 1, "--lenient");
    SAYS_ASIDE(run_amos("dump %s --lenient --orient RAS -o %s", label, raw), 0, "W_PIXDIM");
    struct outcome drawn = run_amos("view %s/amos_0001 -o %s", tree, picture);
    if (drawn.code == 1) /* else there is no libpng */
        SAYS_ASIDE(run_amos("view --lenient %s/amos_0001 -o %s", tree, picture), 0, "W_PIXDIM");
    outcome_free(&drawn);
#ifdef AMOS_HAVE_LZ4
    SAYS_ASIDE(run_amos("cache build %s --folder %s", tree, folder), 1, "--lenient");
    SAYS(run_amos("cache build --lenient %s --folder %s", tree, folder), 0, "1 case cached", "(W_PIXDIM)");
#else
    (void)folder;
#endif
}
END_TEST

START_TEST(score_says_where_predictions_lie)
{
    const char *r = write_label("r.nii", LIKE), *turned = write_label("t.nii", TURNED),
               *nowhere = write_label("n.nii", NOWHERE);
    SAYS(run_amos("score -r %s -p %s", r, turned), 0, "note 1 of 1 case (", "(W_TURNED)");
    SAYS(run_amos("score -r %s -p %s --json", r, turned), 0, "\"W_TURNED\"", "\"turned_from\": \"RAS\"", "\"dice\": 1");
    SAYS(run_amos("score -r %s -p %s --csv", r, turned), 0, ",warnings,message", ",W_TURNED,");
    SAYS(run_amos("score -r %s -p %s", r, nowhere), 0,
         "position and orientation are unknown, so voxels are taken as stored", "(W_NOORIENT)");
    SAYS(run_amos("score -r %s -p %s --json", r, nowhere), 0, "\"W_NOORIENT\"", "\"turned_from\": null");
    SAYS(run_amos("score -r %s -p %s --csv", r, nowhere), 0, ",W_NOORIENT,");
    SAYS_ASIDE(run_amos("score -r %s -p %s", r, write_label("e.nii", ELSEWHERE)), 1, "12.5 mm away from its reference",
               "--geometry-tolerance");
}
END_TEST

START_TEST(check_cache_and_view_say_it_too)
{
    const char *turned = write_case("said-turned", TURNED), *nowhere = write_case("said-nowhere", NOWHERE);
    const char *picture = keep(tmp_path("said.png"));
    SAYS(run_amos("check %s", turned), 0, "W_TURNED", "the same place, but stored RAS; the axes were turned");
    SAYS(run_amos("check %s --json", turned), 0, "\"turned_from\":\"RAS\"");
    SAYS(run_amos("check %s", nowhere), 0, "W_NOORIENT");
    struct outcome drawn = run_amos("view %s/amos_0001 -o %s", turned, picture);
    if (drawn.code == 0) { /* else there is no libpng */
        SAYS_ASIDE(run_amos("view %s/amos_0001 -o %s", turned, picture), 0, "(W_TURNED)");
        SAYS_ASIDE(run_amos("view %s/amos_0001 -o %s", nowhere, picture), 0, "(W_NOORIENT)");
    }
    outcome_free(&drawn);
#ifdef AMOS_HAVE_LZ4
    const char *folder = keep(tmp_path("said-cache"));
    SAYS(run_amos("cache build %s --folder %s", turned, folder), 0, "note 1 of 1 case (amos_0001)", "(W_TURNED)");
    SAYS(run_amos("cache build %s --folder %s --json", turned, folder), 0, "\"warnings\":[\"W_TURNED\"]",
         "\"displacement_mm\":");
    SAYS(run_amos("cache build %s --folder %s", nowhere, folder), 0, "(W_NOORIENT)");
#endif
    const char *raw = keep(tmp_path("said.raw"));
    SAYS_ASIDE(run_amos("dump %s/labelsTr/amos_0001.nii --orient RAS -o %s", nowhere, raw), 0, "(W_NOORIENT)");
}
END_TEST

static void drop_all(void)
{
    while (later)
        free(free_later[--later]);
}

int main(void)
{
    Suite *suite = suite_create("place in the command");
    TCase *place = add_case(suite, "place", 30);
    tcase_add_checked_fixture(place, NULL, drop_all);
    tcase_add_test(place, stats_says_where_a_label_lies);
    tcase_add_test(place, H60_stats_says_why_there_are_no_millilitres);
    tcase_add_test(place, H60_every_command_can_be_lenient);
    tcase_add_test(place, score_says_where_predictions_lie);
    tcase_add_test(place, check_cache_and_view_say_it_too);
    return run_suite(suite);
}
