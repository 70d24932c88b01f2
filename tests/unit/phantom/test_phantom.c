/* SPDX-License-Identifier: BSD-3-Clause */
/* The generator of artificial bodies: the same voxels everywhere, plausible anatomy on the right sides, and a tree that
 * the library reads back. */
#define _XOPEN_SOURCE 700
#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "phantom/body/body.h"
#include "phantom/case.h"
#include "phantom/mistake.h"
#include "phantom/prediction.h"
#include "phantom/raster.h"
#include "phantom/text.h"
#include "support/bytes.h"
#include "support/command.h"
#include "support/main.h"
#include "support/tmp.h"

/* A rendered case. */
struct scan {
    struct phantom_case c;
    size_t voxels;
    int16_t *image;
    uint8_t *label;
};

static struct scan render(const struct phantom_case *c)
{
    struct scan s = {.c = *c};
    s.voxels = (size_t)(c->grid.shape[0] * c->grid.shape[1] * c->grid.shape[2]);
    s.image = must_alloc(2 * s.voxels);
    s.label = must_alloc(s.voxels);
    ck_assert(phantom_render(c, s.image, s.label));
    return s;
}

static void scan_free(struct scan *s)
{
    free(s->image);
    free(s->label);
}

static struct phantom_options sized(int64_t x, int64_t y, int64_t z)
{
    struct phantom_options options = phantom_defaults;
    options.size[0] = x;
    options.size[1] = y;
    options.size[2] = z;
    options.level = 1;
    return options;
}

static struct scan render_index(const struct phantom_options *options, int index)
{
    struct phantom_case c;
    phantom_plan(options, index, &c);
    return render(&c);
}

/* The hash of the image as little-endian int16, then of the label. */
static uint32_t checksum(const struct scan *s)
{
    uLong crc = crc32(0, NULL, 0);
    for (size_t i = 0; i < s->voxels; i++) {
        unsigned v = (unsigned)s->image[i] & 0xffff;
        const unsigned char bytes[2] = {(unsigned char)(v & 0xff), (unsigned char)(v >> 8)};
        crc = crc32(crc, bytes, 2);
    }
    for (size_t i = 0; i < s->voxels; i++)
        crc = crc32(crc, &s->label[i], 1);
    return (uint32_t)crc;
}

/* Recorded once; they must be the same for every compiler, optimisation and machine. */
START_TEST(voxels_are_the_same_everywhere)
{
    static const uint32_t recorded[8] = {0xedc45727, 0x8c90a471, 0xc804344c, 0xa5cfc4a6,
                                         0x8bfd143e, 0xb836c9a4, 0x75e0f0ce, 0xd282d41c};
    const struct phantom_options options = sized(56, 48, 32);
    struct scan s = render_index(&options, _i);
    uint32_t crc = checksum(&s);
    ck_assert_msg(crc == recorded[_i], "case %d has the checksum 0x%08x, expected 0x%08x", _i, crc, recorded[_i]);
    scan_free(&s);
}
END_TEST

START_TEST(seeds_and_cases_differ)
{
    struct phantom_options options = sized(24, 20, 12);
    uint32_t seen[8];
    for (int i = 0; i < 8; i++) {
        options.seed = i < 4 ? 1 : 2;
        struct scan s = render_index(&options, i % 4);
        seen[i] = checksum(&s);
        for (int j = 0; j < i; j++)
            ck_assert_uint_ne(seen[i], seen[j]);
        scan_free(&s);
    }
}
END_TEST

START_TEST(slices_do_not_depend_on_their_order)
{
    const struct phantom_options options = sized(40, 36, 20);
    struct scan s = render_index(&options, _i);
    struct phantom_body *body = must_alloc(sizeof *body);
    phantom_body_make(body, &s.c.patient);
    struct phantom_raster *raster = phantom_raster_new(body, &s.c.grid);
    ck_assert_ptr_nonnull(raster);
    size_t plane = s.voxels / 20;
    int16_t *image = must_alloc(2 * plane);
    uint8_t *label = must_alloc(plane);
    for (int64_t k = 19; k >= 0; k--) {
        phantom_raster_slice(raster, k, image, label);
        ck_assert_mem_eq(image, s.image + (size_t)k * plane, 2 * plane);
        ck_assert_mem_eq(label, s.label + (size_t)k * plane, plane);
    }
    free(image);
    free(label);
    phantom_raster_free(raster);
    free(body);
    scan_free(&s);
}
END_TEST

/* The tables of a body must have room for the body of any seed. */
START_TEST(bodies_fit_their_tables)
{
    struct phantom_body *body = must_alloc(sizeof *body);
    struct phantom_options options = phantom_defaults;
    for (int i = 0; i < 60; i++) {
        struct phantom_case c;
        options.seed = (uint64_t)i * 77;
        phantom_plan(&options, i, &c);
        phantom_body_make(body, &c.patient);
        ck_assert_uint_lt(body->shape_count, PHANTOM_MAX_SHAPES * 3 / 4);
        ck_assert_uint_lt(body->part_count, PHANTOM_MAX_PARTS * 3 / 4);
    }
    free(body);
}
END_TEST

/* Volume and centre of an organ, by the affine alone. */
struct organ {
    uint64_t voxels;
    double millilitres, center[3];
};

static struct organ measure(const struct scan *s, int organ)
{
    struct organ o = {0, 0, {0, 0, 0}};
    const double(*m)[4] = s->c.grid.affine;
    const int64_t *shape = s->c.grid.shape;
    for (size_t n = 0; n < s->voxels; n++) {
        if (s->label[n] != organ)
            continue;
        const int64_t row = (int64_t)n / shape[0], slice = row / shape[1];
        const double at[3] = {(double)((int64_t)n % shape[0]), (double)(row % shape[1]), (double)slice};
        o.voxels++;
        for (int i = 0; i < 3; i++)
            o.center[i] += m[i][0] * at[0] + m[i][1] * at[1] + m[i][2] * at[2] + m[i][3];
    }
    for (int i = 0; i < 3; i++)
        o.center[i] /= (double)(o.voxels ? o.voxels : 1);
    double volume = m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
                    m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
                    m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
    o.millilitres = (double)o.voxels * fabs(volume) / 1000.0;
    return o;
}

/* Generous ranges for an adult; the scan may cut off the prostate or uterus, the vessels and the esophagus. */
static const double plausible[AMOS_ORGAN_COUNT][2] = {
    {0, 0},    {50, 650}, {70, 330}, {70, 330}, {5, 160},  {4, 70},   {700, 2700}, {120, 1300},
    {25, 300}, {35, 250}, {20, 220}, {1.5, 16}, {1.5, 16}, {20, 220}, {30, 650},   {8, 220}};

START_TEST(organs_have_plausible_volumes)
{
    struct phantom_options options = sized(128, 106, 72);
    for (int seed = 1; seed <= 3; seed++) {
        options.seed = (uint64_t)seed;
        struct scan s = render_index(&options, _i);
        for (int organ = 1; organ < AMOS_ORGAN_COUNT; organ++) {
            double ml = measure(&s, organ).millilitres;
            bool pelvic = organ == AMOS_ORGAN_BLADDER || organ == AMOS_ORGAN_PROSTATE_UTERUS;
            bool absent = s.c.patient.missing >> organ & 1 || (pelvic && s.c.patient.modality == AMOS_MODALITY_MRI);
            if (absent) /* a full bladder may just reach into the scan */
                ck_assert_msg(ml < (organ == AMOS_ORGAN_BLADDER ? 30 : 1e-9),
                              "case %d seed %d: organ %d should be absent", _i, seed, organ);
            else
                ck_assert_msg(ml > plausible[organ][0] && ml < plausible[organ][1],
                              "case %d seed %d: organ %d has %.1f ml", _i, seed, organ, ml);
        }
        scan_free(&s);
    }
}
END_TEST

/* Standard deviation over mean, of cases that have the organ and hold all of it. */
static double spread_of(const double *millilitres, int count)
{
    double sum = 0, squares = 0;
    for (int i = 0; i < count; i++)
        sum += millilitres[i];
    for (int i = 0; i < count; i++)
        squares += (millilitres[i] - sum / count) * (millilitres[i] - sum / count);
    return sqrt(squares / count) / (sum / count);
}

/* Volumes vary as in people, not by 11 to 17 % in nearly all organs. */
START_TEST(volumes_vary_as_in_people)
{
    static const double least[AMOS_ORGAN_COUNT] = {0,    0.25, 0.13, 0.13, 0.35, 0.20, 0.12, 0.25,
                                                   0.20, 0.20, 0.20, 0.18, 0.18, 0.20, 0.35, 0.25};
    enum { CASES = 24 };
    static double seen[AMOS_ORGAN_COUNT][CASES];
    int count[AMOS_ORGAN_COUNT] = {0};
    const struct phantom_options options = sized(80, 66, 54);
    for (int i = 0; i < CASES; i++) {
        struct scan s = render_index(&options, i / 2 * 6 + i % 2); /* CT of a man, of a woman, ... */
        for (int organ = 1; organ < AMOS_ORGAN_COUNT; organ++)
            if (!(s.c.patient.missing >> organ & 1))
                seen[organ][count[organ]++] = measure(&s, organ).millilitres;
        scan_free(&s);
    }
    for (int organ = 1; organ < AMOS_ORGAN_COUNT; organ++) {
        double spread = spread_of(seen[organ], count[organ]);
        ck_assert_msg(spread > least[organ] && spread < 0.9, "organ %d varies by %.0f %%", organ, 100 * spread);
    }
}
END_TEST

/* Sexes, ages and builds. */
START_TEST(patients_differ)
{
    const struct phantom_options options = phantom_defaults;
    double youngest = 200, oldest = 0, lean = 100, fat = 0, small = 9, large = 0;
    int women = 0;
    for (int i = 0; i < 60; i++) {
        struct phantom_case c;
        phantom_plan(&options, i, &c);
        const struct phantom_patient *p = &c.patient;
        ck_assert(p->age >= 18 && p->age <= 91);
        youngest = fmin(youngest, p->age);
        oldest = fmax(oldest, p->age);
        lean = fmin(lean, p->fat);
        fat = fmax(fat, p->fat);
        small = fmin(small, p->scale[2]);
        large = fmax(large, p->scale[2]);
        women += p->female;
    }
    ck_assert(youngest < 35 && oldest > 75);
    ck_assert(lean < 10 && fat > 30);
    ck_assert(small < 0.93 && large > 1.08);
    ck_assert_int_eq(women, 30);
}
END_TEST

/* -- Predictions --------------------------------------------------------------------------------------------------- */

/* Voxels of an organ in `a` and not in `b`. */
static size_t only_in(const struct scan *s, const uint8_t *a, const uint8_t *b, int organ)
{
    size_t count = 0;
    for (size_t i = 0; i < s->voxels; i++)
        count += a[i] == organ && b[i] != organ;
    return count;
}

static void assert_mistake(const struct scan *s, const struct phantom_mistake *m)
{
    static const uint8_t nothing[1 << 20];
    uint8_t *made = must_alloc(s->voxels);
    ck_assert_uint_le(s->voxels, sizeof nothing);
    memcpy(made, s->label, s->voxels);
    phantom_make_mistake(&s->c, m, s->label, made);
    size_t all = only_in(s, s->label, nothing, m->organ), lost = only_in(s, s->label, made, m->organ);
    size_t gained = only_in(s, made, s->label, m->organ), of_other = only_in(s, made, s->label, m->other);
    ck_assert_uint_gt(all, 0);
    switch (m->kind) {
    case PHANTOM_MISSED:
        ck_assert(lost == all && gained == 0);
        break;
    case PHANTOM_CUT_OFF:
        ck_assert(lost > all / 4 && lost < all && gained == 0);
        break;
    case PHANTOM_SWAPPED:
        ck_assert(lost > all / 4 && of_other == lost);
        break;
    case PHANTOM_SHIFTED:
        ck_assert(lost > 0 && gained > 0 && gained <= lost);
        break;
    case PHANTOM_SPECKS:
    case PHANTOM_LEAKED:
        ck_assert(lost == 0 && gained > 0);
        break;
    }
    free(made);
}

/* Each kind does what it says, and the cases of a data set have all kinds. */
START_TEST(mistakes_are_as_described)
{
    const struct phantom_options options = sized(80, 66, 54);
    struct scan s = render_index(&options, 0); /* has every organ */
    bool found[PHANTOM_LEAKED + 1] = {false};
    for (int i = 0; i < 12; i++) {
        size_t count;
        struct phantom_case c;
        phantom_plan(&options, i / 4 * 6 + i % 4, &c);
        const struct phantom_mistake *mistakes = phantom_mistakes(&c, &count);
        for (size_t n = 0; n < count; n++) {
            assert_mistake(&s, &mistakes[n]);
            found[mistakes[n].kind] = true;
        }
    }
    for (int kind = 0; kind <= PHANTOM_LEAKED; kind++)
        ck_assert_msg(found[kind], "no case has a mistake of kind %d", kind);
    scan_free(&s);
}
END_TEST

/* Borders move, by more in organs that are hard to see; the prediction does not depend on anything but the case. */
START_TEST(predictions_are_alike_but_not_equal)
{
    const struct phantom_options options = sized(112, 92, 72);
    struct scan s = render_index(&options, 1);
    uint8_t *one = must_alloc(s.voxels), *two = must_alloc(s.voxels);
    phantom_predict(&s.c, s.label, one);
    phantom_predict(&s.c, s.label, two);
    ck_assert_mem_eq(one, two, s.voxels);
    double wrong[AMOS_ORGAN_COUNT] = {0};
    for (int organ = 1; organ < AMOS_ORGAN_COUNT; organ++) {
        size_t all = measure(&s, organ).voxels;
        if (all == 0)
            continue;
        wrong[organ] = (double)only_in(&s, s.label, one, organ) / (double)all;
        ck_assert_msg(wrong[organ] > 0.002 && wrong[organ] < 0.9, "organ %d: %g is wrong", organ, wrong[organ]);
    }
    ck_assert_double_gt(wrong[AMOS_ORGAN_STOMACH], wrong[AMOS_ORGAN_LIVER]);
    free(one);
    free(two);
    scan_free(&s);
}
END_TEST

/* A volume of one voxel, one line, one plane has predictions as well. */
START_TEST(predictions_of_any_size)
{
    static const int64_t sizes[][3] = {{1, 1, 1}, {1, 40, 3}, {40, 1, 2}, {9, 9, 1}, {2, 3, 50}};
    const struct phantom_options options = sized(sizes[_i][0], sizes[_i][1], sizes[_i][2]);
    for (int i = 0; i < 12; i++) {
        struct scan s = render_index(&options, i);
        uint8_t *made = must_alloc(s.voxels);
        phantom_predict(&s.c, s.label, made);
        for (size_t n = 0; n < s.voxels; n++)
            ck_assert_uint_lt(made[n], AMOS_ORGAN_COUNT);
        free(made);
        scan_free(&s);
    }
}
END_TEST

START_TEST(first_case_has_every_organ)
{
    const struct phantom_options options = phantom_defaults;
    struct scan s = render_index(&options, 0);
    for (int organ = 1; organ < AMOS_ORGAN_COUNT; organ++)
        ck_assert_uint_gt(measure(&s, organ).voxels, 0);
    scan_free(&s);
}
END_TEST

/* x increases to the patient's right, y to the front, z to the head. */
static void assert_sides(const struct scan *s)
{
    struct organ o[AMOS_ORGAN_COUNT];
    for (int i = 1; i < AMOS_ORGAN_COUNT; i++)
        o[i] = measure(s, i);
    double middle = s->c.grid.origin[0];
    ck_assert_double_lt(o[AMOS_ORGAN_LEFT_KIDNEY].center[0], middle - 40);
    ck_assert_double_gt(o[AMOS_ORGAN_RIGHT_KIDNEY].center[0], middle + 40);
    ck_assert_double_lt(o[AMOS_ORGAN_RIGHT_KIDNEY].center[2], o[AMOS_ORGAN_LEFT_KIDNEY].center[2]);
    ck_assert_double_gt(o[AMOS_ORGAN_LIVER].center[0], middle + 30);
    ck_assert_double_lt(o[AMOS_ORGAN_SPLEEN].center[0], middle - 60);
    ck_assert_double_lt(o[AMOS_ORGAN_STOMACH].center[0], middle - 20);
    ck_assert_double_gt(o[AMOS_ORGAN_GALL_BLADDER].center[0], middle + 30);
    ck_assert_double_lt(o[AMOS_ORGAN_AORTA].center[0], o[AMOS_ORGAN_POSTCAVA].center[0] - 15);
    ck_assert_double_lt(o[AMOS_ORGAN_LEFT_ADRENAL_GLAND].center[0], o[AMOS_ORGAN_RIGHT_ADRENAL_GLAND].center[0] - 30);
    ck_assert_double_gt(o[AMOS_ORGAN_LEFT_ADRENAL_GLAND].center[2], o[AMOS_ORGAN_LEFT_KIDNEY].center[2]);
    ck_assert_double_gt(o[AMOS_ORGAN_PANCREAS].center[1], o[AMOS_ORGAN_AORTA].center[1]);
    ck_assert_double_gt(o[AMOS_ORGAN_STOMACH].center[1], o[AMOS_ORGAN_SPLEEN].center[1] + 20);
    ck_assert_double_gt(o[AMOS_ORGAN_ESOPHAGUS].center[2], o[AMOS_ORGAN_DUODENUM].center[2] + 80);
    ck_assert_double_lt(o[AMOS_ORGAN_BLADDER].center[2], o[AMOS_ORGAN_DUODENUM].center[2] - 80);
    ck_assert_double_lt(o[AMOS_ORGAN_PROSTATE_UTERUS].center[1], o[AMOS_ORGAN_BLADDER].center[1]);
}

/* Stored axis n of the volume is axis order[n] of the first case, backwards if flip[n]. */
static struct phantom_case reoriented(const struct phantom_case *c, const int order[3], const bool flip[3])
{
    struct phantom_case out = *c;
    for (int i = 0; i < 3; i++)
        out.grid.affine[i][3] = c->grid.affine[i][3];
    for (int n = 0; n < 3; n++) {
        int from = order[n];
        out.grid.shape[n] = c->grid.shape[from];
        for (int i = 0; i < 3; i++) {
            out.grid.affine[i][n] = flip[n] ? -c->grid.affine[i][from] : c->grid.affine[i][from];
            out.grid.affine[i][3] += flip[n] ? c->grid.affine[i][from] * (double)(c->grid.shape[from] - 1) : 0;
        }
    }
    return out;
}

START_TEST(orientations_show_the_same_patient)
{
    static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    const bool flip[3] = {_i & 1, _i & 2, _i & 4};
    const struct phantom_options options = sized(72, 60, 54);
    struct phantom_case c;
    phantom_plan(&options, 0, &c);
    struct scan s = render(&c);
    assert_sides(&s);
    for (int o = 0; o < 6; o++) {
        struct phantom_case other = reoriented(&c, orders[o], flip);
        struct scan t = render(&other);
        assert_sides(&t);
        for (int organ = 1; organ < AMOS_ORGAN_COUNT; organ++) {
            struct organ a = measure(&s, organ), b = measure(&t, organ);
            for (int i = 0; i < 3; i++) /* voxels are 5 mm, and the ends of thin vessels fall one way or the other */
                ck_assert_msg(fabs(a.center[i] - b.center[i]) < 1.5, "organ %d, axis %d: %f mm and %f mm", organ, i,
                              a.center[i], b.center[i]);
            ck_assert_msg(fabs(a.millilitres - b.millilitres) < 0.05 * a.millilitres + 0.5, "organ %d: %f ml and %f ml",
                          organ, a.millilitres, b.millilitres);
        }
        scan_free(&t);
    }
    scan_free(&s);
}
END_TEST

/* Mean of the image within an organ. */
static double mean_within(const struct scan *s, int organ)
{
    double sum = 0;
    size_t count = 0;
    for (size_t i = 0; i < s->voxels; i++)
        if (s->label[i] == organ) {
            sum += s->image[i];
            count++;
        }
    return sum / (double)count;
}

START_TEST(organs_have_plausible_hounsfield_values)
{
    const struct phantom_options options = sized(128, 106, 72);
    struct scan s = render_index(&options, 0); /* portal phase */
    ck_assert_int_eq(s.c.patient.phase, PHANTOM_PORTAL);
    double liver = mean_within(&s, AMOS_ORGAN_LIVER), aorta = mean_within(&s, AMOS_ORGAN_AORTA);
    ck_assert(liver > 85 && liver < 130);
    ck_assert(aorta > 110 && aorta < 190);
    ck_assert(mean_within(&s, AMOS_ORGAN_BLADDER) > -5 && mean_within(&s, AMOS_ORGAN_BLADDER) < 35);
    ck_assert(mean_within(&s, AMOS_ORGAN_LEFT_KIDNEY) > 130);
    ck_assert_int_eq(s.image[0], -1024); /* a corner is outside the field of view */
    scan_free(&s);
    s = render_index(&options, 1); /* arterial phase */
    ck_assert_double_gt(mean_within(&s, AMOS_ORGAN_AORTA), mean_within(&s, AMOS_ORGAN_POSTCAVA) + 100);
    scan_free(&s);
}
END_TEST

static const int64_t odd_sizes[][3] = {{16, 16, 8}, {1, 1, 1},  {17, 33, 5}, {3, 64, 2},
                                       {65, 2, 31}, {1, 1, 40}, {200, 1, 1}};

START_TEST(any_size_works)
{
    const int64_t *size = odd_sizes[_i];
    const struct phantom_options options = sized(size[0], size[1], size[2]);
    for (int index = 0; index < 6; index++) {
        struct scan s = render_index(&options, index);
        for (size_t i = 0; i < s.voxels; i++) {
            ck_assert_uint_lt(s.label[i], AMOS_ORGAN_COUNT);
            ck_assert(s.image[i] >= -1024 && s.image[i] <= 3071);
        }
        scan_free(&s);
    }
}
END_TEST

/* -- The tree ------------------------------------------------------------------------------------------------------ */

static char *inside(const char *root, const char *name)
{
    size_t bytes = strlen(root) + strlen(name) + 2;
    char *path = must_alloc(bytes);
    snprintf(path, bytes, "%s/%s", root, name);
    return path;
}

static bool exists(const char *root, const char *name)
{
    char *path = inside(root, name);
    struct stat info;
    bool there = lstat(path, &info) == 0;
    free(path);
    return there;
}

static int files_counted;

static int count_file(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)path;
    (void)info;
    (void)where;
    files_counted += kind != FTW_D;
    return 0;
}

/* Files below a folder, not counting folders. */
static int count_files(const char *root)
{
    files_counted = 0;
    ck_assert_int_eq(nftw(root, count_file, 8, FTW_PHYS), 0);
    return files_counted;
}

static amos_dataset *open_tree(const char *root)
{
    amos_dataset *dataset = NULL;
    amos_error err;
    assert_ok(amos_dataset_open(root, NULL, &dataset, &err), &err);
    return dataset;
}

static void no_finding(void *user, const amos_finding *finding)
{
    (void)user;
    ck_abort_msg("%s", finding->message);
}

START_TEST(tree_is_a_data_set)
{
    const struct phantom_options options = sized(32, 28, 16);
    amos_error err;
    char *root = tmp_path("tree");
    assert_ok(phantom_write_tree(root, &options, &err), &err);
    amos_dataset *dataset = open_tree(root);
    ck_assert_str_eq(amos_dataset_get_info(dataset)->name, "AMOS phantom");
    ck_assert_uint_eq(amos_dataset_get_info(dataset)->count, 6);
    ck_assert_int_eq(amos_dataset_get_info(dataset)->max_label, 15);
    assert_ok(amos_dataset_validate(dataset, no_finding, NULL, &err), &err);
    int mri = 0, labelled = 0, described = 0, in_split[4] = {0, 0, 0, 0};
    for (size_t i = 0; i < 6; i++) {
        const amos_case *c = amos_dataset_get(dataset, i);
        ck_assert(amos_case_get_info(c)->has_image);
        mri += amos_case_get_info(c)->modality == AMOS_MODALITY_MRI;
        labelled += amos_case_get_info(c)->has_label;
        described += amos_case_get_info(c)->metadata != NULL;
        in_split[amos_case_get_info(c)->split]++;
        ck_assert_int_eq(amos_case_get_info(c)->has_label, amos_case_get_info(c)->split != AMOS_SPLIT_TEST);
    }
    ck_assert_int_eq(mri, 2);
    ck_assert_int_eq(labelled, 4);
    ck_assert_int_eq(described, 5);
    ck_assert_int_eq(in_split[AMOS_SPLIT_TRAINING], 3);
    ck_assert_int_eq(in_split[AMOS_SPLIT_VALIDATION], 1);
    ck_assert_int_eq(in_split[AMOS_SPLIT_TEST], 2);
    ck_assert_int_eq(count_files(root), 6 + 4 + 3); /* plus dataset.json, the CSV, the list */
    amos_dataset_free(dataset);
    free(root);
}
END_TEST

/* Ids are distinct, and on the right side of 500. */
START_TEST(ids_are_distinct)
{
    bool seen[1000] = {false};
    const struct phantom_options options = phantom_defaults;
    for (int i = 0; i < PHANTOM_CASES_MAX; i++) {
        struct phantom_case c;
        phantom_plan(&options, i, &c);
        ck_assert(c.number >= 1 && c.number <= 600);
        ck_assert(!seen[c.number]);
        ck_assert_int_eq(c.number < 500, c.patient.modality == AMOS_MODALITY_CT);
        seen[c.number] = true;
    }
}
END_TEST

/* The stored voxels of a file, scaled, against what was rendered. */
static void assert_image(const amos_volume *volume, const struct scan *s)
{
    amos_read_options as_int16 = {.size = sizeof as_int16, .type = AMOS_TYPE_INT16};
    amos_array *array = NULL;
    amos_error err;
    assert_ok(amos_volume_load(volume, &as_int16, &array, &err), &err);
    ck_assert_uint_eq(amos_array_layout(array)->bytes, 2 * s->voxels);
    ck_assert_mem_eq(amos_array_data(array), s->image, 2 * s->voxels);
    amos_array_free(array);
}

static void assert_affine(const amos_volume *volume, const struct scan *s, const char *orientation)
{
    amos_geometry g;
    amos_error err;
    assert_ok(amos_volume_get_geometry(volume, &g, &err), &err);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 4; j++)
            ck_assert_double_eq_tol(g.affine[i][j], s->c.grid.affine[i][j], 1e-9 + 1e-12 * fabs(g.affine[i][j]));
    ck_assert_str_eq(g.orientation, orientation);
}

struct stored {
    const char *id, *orientation;
    amos_type image, label; /* AMOS_TYPE_STORED: no label */
    amos_affine_source source;
    int qform_code;
    double inter;
};

static const struct stored stored[6] = {
    {"amos_0001", "LAS", AMOS_TYPE_INT16, AMOS_TYPE_UINT8, AMOS_AFFINE_QFORM, 1, 0},
    {"amos_0004", "LAS", AMOS_TYPE_INT16, AMOS_TYPE_UINT16, AMOS_AFFINE_QFORM, 1, 0},
    {"amos_0507", "RAS", AMOS_TYPE_INT16, AMOS_TYPE_UINT8, AMOS_AFFINE_SFORM, 0, 0},
    {"amos_0006", "LAS", AMOS_TYPE_INT16, AMOS_TYPE_UINT8, AMOS_AFFINE_SFORM, 1, 0},
    {"amos_0008", "LAS", AMOS_TYPE_UINT16, AMOS_TYPE_STORED, AMOS_AFFINE_QFORM, 1, -1024},
    {"amos_0508", "LPS", AMOS_TYPE_INT16, AMOS_TYPE_STORED, AMOS_AFFINE_QFORM, 1, 0},
};

static void assert_label(const amos_case *c, const struct stored *want, const struct scan *s)
{
    amos_pair *pair = NULL;
    amos_labelmap *map = NULL;
    amos_error err;
    assert_ok(amos_pair_open_case(c, NULL, &pair, &err), &err);
    ck_assert_int_eq((int)amos_volume_get_info(amos_pair_get_info(pair)->label)->type, (int)want->label);
    assert_ok(amos_labelmap_load(amos_pair_get_info(pair)->label, NULL, &map, &err), &err);
    ck_assert_mem_eq(amos_labelmap_voxels(map), s->label, s->voxels);
    double off = amos_pair_get_info(pair)->displacement;
    if (strcmp(want->id, "amos_0004") == 0)
        ck_assert(off > 0 && off < 1e-4);
    else
        ck_assert(off == 0);
    amos_labelmap_free(map);
    amos_pair_free(pair);
}

START_TEST(files_hold_what_was_rendered)
{
    const struct phantom_options options = sized(40, 33, 21);
    amos_error err;
    char *root = tmp_path("stored");
    assert_ok(phantom_write_tree(root, &options, &err), &err);
    amos_dataset *dataset = open_tree(root);
    for (int i = 0; i < 6; i++) {
        const struct stored *want = &stored[i];
        struct scan s = render_index(&options, i);
        amos_volume *volume = NULL;
        ck_assert_str_eq(s.c.id, want->id);
        const amos_case *c = amos_dataset_find(dataset, want->id);
        ck_assert_ptr_nonnull(c);
        assert_ok(amos_volume_open(amos_case_get_info(c)->image_path, NULL, &volume, &err), &err);
        const amos_volume_info *info = amos_volume_get_info(volume);
        ck_assert_int_eq((int)info->type, (int)want->image);
        ck_assert_int_eq(info->qform_code, want->qform_code);
        ck_assert_int_eq(info->sform_code, want->source == AMOS_AFFINE_SFORM);
        ck_assert(info->slope == 1.0 && info->inter == want->inter);
        ck_assert_int_eq((int)info->vox_offset, 352);
        assert_warnings(amos_volume_warnings(volume), 0);
        assert_affine(volume, &s, want->orientation);
        assert_image(volume, &s);
        if (want->label != AMOS_TYPE_STORED)
            assert_label(c, want, &s);
        amos_volume_free(volume);
        scan_free(&s);
    }
    amos_dataset_free(dataset);
    free(root);
}
END_TEST

/* No name and no time in the gzip header, like `gzip -n`: the same tree has the same bytes at any time. */
START_TEST(files_do_not_depend_on_time_or_threads)
{
    struct phantom_options options = sized(24, 20, 10);
    amos_error err;
    char *one = tmp_path("one"), *three = tmp_path("three");
    options.threads = 1;
    assert_ok(phantom_write_tree(one, &options, &err), &err);
    options.threads = 3;
    assert_ok(phantom_write_tree(three, &options, &err), &err);
    for (int i = 0; i < options.cases; i++) {
        struct phantom_case c;
        char name[PHANTOM_NAME_BYTES];
        phantom_plan(&options, i, &c);
        phantom_image_name(&c, name);
        char *a = inside(one, name), *b = inside(three, name);
        struct bytes left = read_file(a), right = read_file(b);
        ck_assert_uint_eq(left.size, right.size);
        ck_assert_mem_eq(left.data, right.data, left.size);
        static const unsigned char plain[8] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0};
        ck_assert_mem_eq(left.data, plain, sizeof plain);
        bytes_free(&left);
        bytes_free(&right);
        free(a);
        free(b);
    }
    free(one);
    free(three);
}
END_TEST

START_TEST(uncompressed_files_are_written_too)
{
    const struct phantom_options options = sized(10, 9, 4);
    struct scan s = render_index(&options, 0);
    char *image = tmp_path("plain.nii"), *label = tmp_path("plain_label.nii");
    amos_error err;
    const struct phantom_targets to = {.image_path = image, .label_path = label, .level = 1};
    assert_ok(phantom_write_case(&s.c, &to, NULL, &err), &err);
    struct bytes b = read_file(image);
    ck_assert_uint_eq(b.size, 352 + 2 * s.voxels);
    amos_volume *volume = NULL;
    assert_ok(amos_volume_open(image, NULL, &volume, &err), &err);
    assert_image(volume, &s);
    amos_volume_free(volume);
    bytes_free(&b);
    free(image);
    free(label);
    scan_free(&s);
}
END_TEST

/* Stops after some voxels. */
static int stop_early(void *user, uint64_t done, uint64_t total)
{
    (void)user;
    return done > 0 && done < total;
}

START_TEST(interrupted_tree_is_no_data_set_and_can_be_resumed)
{
    struct phantom_options options = sized(256, 220, 160);
    amos_error err;
    char *root = tmp_path("interrupted");
    options.cases = 2;
    options.threads = 2; /* with 1, a cancel waits for the end of the case */
    options.progress.function = stop_early;
    ck_assert_int_eq(phantom_write_tree(root, &options, &err), AMOS_E_CANCEL);
    ck_assert(!exists(root, PHANTOM_JSON_NAME));
    ck_assert_int_eq(count_files(root), 1); /* the list alone: no half volume, nothing under a temporary name */
    options = sized(16, 16, 8);
    assert_ok(phantom_write_tree(root, &options, &err), &err);
    ck_assert_int_eq(count_files(root), 13);
    free(root);
}
END_TEST

START_TEST(older_tree_is_replaced)
{
    struct phantom_options options = sized(8, 8, 4);
    amos_error err;
    char *root = tmp_path("older");
    options.cases = 12;
    assert_ok(phantom_write_tree(root, &options, &err), &err);
    char *foreign = inside(root, "labelsTs/amos_0008.nii.gz");
    free(tmp_write("older/labelsTs/amos_0008.nii.gz", "mine", 4));
    options.cases = 2;
    assert_ok(phantom_write_tree(root, &options, &err), &err);
    ck_assert(!exists(root, "imagesTr/amos_0507.nii.gz"));
    ck_assert(exists(root, "labelsTs/amos_0008.nii.gz")); /* a foreign file in the tree stays */
    ck_assert_int_eq(count_files(root), 4 + 3 + 1);
    amos_dataset *dataset = open_tree(root);
    ck_assert_uint_eq(amos_dataset_get_info(dataset)->count, 2);
    amos_dataset_free(dataset);
    free(foreign);
    free(root);
}
END_TEST

/* A list that was edited must not lead out of the tree. */
START_TEST(list_names_nothing_outside)
{
    static const char list[] = PHANTOM_LIST_TITLE "../outside\n/outside\nimagesTr/../../outside\n\n";
    const struct phantom_options options = sized(8, 8, 4);
    amos_error err;
    char *outside = tmp_write("outside", "x", 1);
    free(tmp_write("edited/.amos-phantom", list, sizeof list - 1));
    char *root = tmp_path("edited");
    assert_ok(phantom_write_tree(root, &options, &err), &err);
    ck_assert_int_eq(access(outside, F_OK), 0);
    free(outside);
    free(root);
}
END_TEST

static void assert_refused(const char *path, const char *says)
{
    struct outcome o = run_amos("phantom %s --size 8x8x4", path);
    assert_exit(&o, 1);
    ck_assert_msg(strstr(o.err, says) != NULL, "%s", o.err);
    outcome_free(&o);
}

START_TEST(other_folders_are_refused)
{
    char *file = tmp_write("busy/notes.txt", "keep", 4), *folder = tmp_path("busy");
    assert_refused(folder, "The folder has other files and no phantom data set; give a new or empty folder.");
    ck_assert_int_eq(count_files(folder), 1);
    assert_refused(file, "This is not a folder; a new or empty folder was expected.");
    char *deep = tmp_path("none/at/all");
    assert_refused(deep, "The folder cannot be created: No such file or directory.");
    free(file);
    free(folder);
    free(deep);
}
END_TEST

START_TEST(command_makes_a_tree)
{
    char *root = tmp_path("made");
    struct outcome o = run_amos("phantom %s --cases 3 --size 12x11x5 --spacing 30,30,60 --seed 9 --level 9 -j 2", root);
    assert_exit(&o, 0);
    ck_assert_ptr_nonnull(strstr(o.out, "3 cases (2 CT, 1 MRI) of 12x11x5 voxels."));
    outcome_free(&o);
    char *path = inside(root, "imagesTr/amos_0001.nii.gz");
    amos_volume *volume = NULL;
    amos_geometry g;
    amos_error err;
    assert_ok(amos_volume_open(path, NULL, &volume, &err), &err);
    assert_ok(amos_volume_get_geometry(volume, &g, &err), &err);
    ck_assert(g.shape[0] == 12 && g.shape[1] == 11 && g.shape[2] == 5);
    ck_assert(g.spacing[0] == 30 && g.spacing[2] == 60);
    amos_volume_free(volume);
    free(path);
    free(root);
}
END_TEST

START_TEST(command_refuses_bad_words)
{
    static const char *const words[] = {
        "--cases 0",       "--cases 241",      "--size 0x1x1", "--size 40000x1x1", "--spacing 1,2",
        "--spacing 0,1,1", "--spacing -1,1,1", "--level 10",   "--seed -1",        "-j 0"};
    char *root = tmp_path("never");
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        char line[128];
        snprintf(line, sizeof line, "phantom %%s %s", words[i]);
        struct outcome o = run_amos(line, root);
        assert_exit(&o, 2);
        outcome_free(&o);
    }
    ck_assert_int_ne(access(root, F_OK), 0);
    free(root);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("phantom");
    TCase *voxels = add_case(suite, "voxels", 20);
    tcase_add_loop_test(voxels, voxels_are_the_same_everywhere, 0, 8);
    tcase_add_test(voxels, seeds_and_cases_differ);
    tcase_add_loop_test(voxels, slices_do_not_depend_on_their_order, 0, 4);
    tcase_add_test(voxels, bodies_fit_their_tables);
    tcase_add_loop_test(voxels, any_size_works, 0, (int)(sizeof odd_sizes / sizeof odd_sizes[0]));
    TCase *anatomy = add_case(suite, "anatomy", 30);
    tcase_add_test(anatomy, first_case_has_every_organ);
    tcase_add_test(anatomy, volumes_vary_as_in_people);
    tcase_add_test(anatomy, patients_differ);
    TCase *predictions = add_case(suite, "predictions", 30);
    tcase_add_test(predictions, mistakes_are_as_described);
    tcase_add_test(predictions, predictions_are_alike_but_not_equal);
    tcase_add_loop_test(predictions, predictions_of_any_size, 0, 5);
    tcase_add_test(anatomy, organs_have_plausible_hounsfield_values);
    tcase_add_loop_test(anatomy, orientations_show_the_same_patient, 0, 1);
    TCase *more = add_thorough_case(suite, "more anatomy", 30);
    tcase_add_loop_test(more, organs_have_plausible_volumes, 0, 4);
    tcase_add_loop_test(more, orientations_show_the_same_patient, 1, 8);
    TCase *tree = add_case(suite, "tree", 20);
    tcase_add_test(tree, tree_is_a_data_set);
    tcase_add_test(tree, ids_are_distinct);
    tcase_add_test(tree, files_hold_what_was_rendered);
    tcase_add_test(tree, files_do_not_depend_on_time_or_threads);
    tcase_add_test(tree, uncompressed_files_are_written_too);
    tcase_add_test(tree, interrupted_tree_is_no_data_set_and_can_be_resumed);
    tcase_add_test(tree, older_tree_is_replaced);
    tcase_add_test(tree, list_names_nothing_outside);
    TCase *command = add_case(suite, "command", 20);
    tcase_add_test(command, other_folders_are_refused);
    tcase_add_test(command, command_makes_a_tree);
    tcase_add_test(command, command_refuses_bad_words);
    return run_suite(suite);
}
