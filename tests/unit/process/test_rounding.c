/* SPDX-License-Identifier: BSD-3-Clause */
/* Row F30: the library's results do not depend on the caller's rounding mode, which stays unchanged, whether a call
 * succeeds or fails. Each probe digests all results of some calls and runs in every mode. */
#define _GNU_SOURCE
#include <fenv.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "support/accept.h"
#include "support/make/index.h"
#include "support/main.h"
#include "support/tmp.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static const int64_t shape[3] = {31, 17, 9};
static const double spacing[3] = {0.7, 0.9, 3.3};

/* Files that need rounding: scaled by a third, oblique, and a label that only nearly fits its image. */
static char *scaled, *fractions, *large, *label, *nearly, *apart, *indexed, *folder;

static char *write_spec(const char *name, struct nifti_spec *spec)
{
    spec->version = 2;
    spec->ndim = 3;
    memcpy(spec->dim, shape, sizeof shape);
    struct nifti_file file = nifti_make(spec);
    char *path = tmp_write_bytes(name, &file.bytes);
    nifti_free(&file);
    return path;
}

static struct nifti_spec oblique(amos_type type)
{
    struct nifti_spec spec = {.type = type, .qform_code = 1, .quatern = {0.1, -0.2, 0.3}, .seed = 5};
    spec.pixdim[0] = -1;
    for (int i = 0; i < 3; i++) {
        spec.pixdim[i + 1] = spacing[i];
        spec.qoffset[i] = -100.1 / (i + 1);
    }
    return spec;
}

static void make_label(void)
{
    static uint8_t values[31 * 17 * 9];
    uint64_t seed = 9;
    for (int i = 0; i < COUNT(values); i++)
        values[i] = (uint8_t)random_below(&seed, 5);
    struct nifti_spec spec = oblique(AMOS_TYPE_UINT8);
    spec.voxels = values;
    spec.slope = 1.001;
    label = write_spec("label.nii", &spec);
    spec.qoffset[0] += 0.003;
    nearly = write_spec("nearly.nii", &spec);
    spec.qoffset[0] += 10;
    apart = write_spec("apart.nii", &spec);
}

static void make_indexed(void)
{
    struct nifti_file file = index_volume(1, 3);
    nifti_poke(&file, "scl_slope", 0, 0.1);
    nifti_poke(&file, "scl_inter", 0, 1.0 / 3);
    struct bytes packed = pack_gzip(&file.bytes, PACK_DYNAMIC);
    indexed = tmp_write_bytes("indexed.nii.gz", &packed);
    folder = index_folder("indexes");
    bytes_free(&packed);
    nifti_free(&file);
}

static void make_files(void)
{
    struct nifti_spec spec = oblique(AMOS_TYPE_INT16);
    spec.slope = 1.0 / 3;
    spec.inter = 0.1;
    scaled = write_spec("scaled.nii", &spec);
    spec = oblique(AMOS_TYPE_INT64);
    large = write_spec("large.nii", &spec);
    static double values[31 * 17 * 9];
    for (int i = 0; i < COUNT(values); i++)
        values[i] = (double)(i - 2000) / 7;
    spec = oblique(AMOS_TYPE_FLOAT64);
    nifti_set_sform(&spec, "PIR", spacing, spec.qoffset);
    spec.voxels = values;
    fractions = write_spec("fractions.nii", &spec);
    make_label();
    make_indexed();
}

static void free_files(void)
{
    char *paths[] = {scaled, fractions, large, label, nearly, apart, indexed, folder};
    for (int i = 0; i < COUNT(paths); i++)
        free(paths[i]);
}

/* ---- digests, by integers only ---- */

static void add(uint64_t *digest, const void *data, size_t bytes)
{
    const unsigned char *p = data;
    for (size_t i = 0; i < bytes; i++)
        *digest = (*digest ^ p[i]) * 1099511628211u;
}

/* Fails if a call changed the rounding mode. */
static int mode_of_caller;

static void still(const char *call)
{
    ck_assert_msg(fegetround() == mode_of_caller, "%s changed the rounding mode", call);
}

static void add_geometry(uint64_t *digest, const amos_geometry *g)
{
    add(digest, g->shape, sizeof g->shape);
    add(digest, g->spacing, sizeof g->spacing);
    add(digest, g->affine, sizeof g->affine);
    add(digest, g->orientation, sizeof g->orientation);
}

static void add_map(uint64_t *digest, const amos_labelmap *map)
{
    add(digest, amos_labelmap_voxels(map), amos_labelmap_layout(map)->bytes);
    add_geometry(digest, &amos_labelmap_layout(map)->geometry);
    for (int i = 0; i <= amos_labelmap_max_label(map); i++) {
        const amos_organ_stats *s = amos_labelmap_get_stats(map, i);
        if (!s->present)
            continue;
        add(digest, &s->voxels, sizeof s->voxels);
        add(digest, &s->millilitres, sizeof s->millilitres);
        add(digest, s->centroid_voxel, sizeof s->centroid_voxel);
        add(digest, s->centroid_mm, sizeof s->centroid_mm);
    }
}

static amos_volume *open_path(const char *path)
{
    amos_volume *volume;
    amos_error err;
    assert_ok(amos_volume_open(path, NULL, &volume, &err), &err);
    still("amos_volume_open");
    return volume;
}

/* ---- probes ---- */

static void read_all(uint64_t *digest, const char *path, uint32_t flags)
{
    amos_volume *volume = open_path(path);
    for (int type = 0; amos_type_get(type); type++)
        for (int turned = 0; turned < 2; turned++) {
            amos_read_options options = {
                .size = sizeof options, .type = (amos_type)type, .flags = flags, .orientation = turned ? "RAS" : NULL};
            amos_array *array;
            amos_error err;
            amos_status status = amos_volume_load(volume, &options, &array, &err);
            still("amos_volume_load");
            add(digest, &status, sizeof status);
            if (status) {
                add(digest, err.message, strlen(err.message));
                continue;
            }
            add(digest, amos_array_data(array), amos_array_layout(array)->bytes);
            add_geometry(digest, &amos_array_layout(array)->geometry);
            amos_array_free(array);
        }
    amos_volume_free(volume);
}

static void read_scaled(uint64_t *digest)
{
    read_all(digest, scaled, AMOS_READ_SATURATE);
}
static void read_fractions(uint64_t *digest)
{
    read_all(digest, fractions, AMOS_READ_SATURATE);
}
static void read_large(uint64_t *digest)
{
    read_all(digest, large, AMOS_READ_SATURATE);
}
static void read_refused(uint64_t *digest)
{
    read_all(digest, scaled, 0);
}

static void read_box(uint64_t *digest)
{
    static float buffer[9 * 31 * 17];
    amos_read_options options = {
        .size = sizeof options, .type = AMOS_TYPE_FLOAT32, .orientation = "LPS", .box = {{1, 2, 3}, {9, 9, 9}}};
    amos_volume *volume = open_path(scaled);
    amos_layout layout;
    amos_error err;
    assert_ok(amos_volume_get_layout(volume, &options, &layout, &err), &err);
    still("amos_volume_get_layout");
    assert_ok(amos_volume_read(volume, &options, buffer, sizeof buffer, &err), &err);
    still("amos_volume_read");
    add_geometry(digest, &layout.geometry);
    add(digest, buffer, layout.bytes);
    options.type = AMOS_TYPE_INT8;
    ck_assert_int_eq(amos_volume_read(volume, &options, buffer, sizeof buffer, &err), AMOS_E_RANGE);
    still("amos_volume_read that fails");
    add(digest, err.message, strlen(err.message));
    amos_volume_free(volume);
}

/* Several threads decode parts of the file. */
static void read_threads(uint64_t *digest)
{
    amos_read_options options = {.size = sizeof options, .type = AMOS_TYPE_FLOAT32, .threads = 3};
    amos_volume *volume = open_indexed(indexed, folder, AMOS_INDEX_BUILD, NULL);
    amos_array *array;
    amos_error err;
    assert_ok(amos_volume_load(volume, &options, &array, &err), &err);
    still("amos_volume_load with threads");
    add(digest, amos_array_data(array), amos_array_layout(array)->bytes);
    amos_array_free(array);
    amos_volume_free(volume);
}

static void ranges(uint64_t *digest)
{
    const char *paths[] = {scaled, fractions, large};
    for (int i = 0; i < COUNT(paths); i++) {
        amos_volume *volume = open_path(paths[i]);
        amos_value_range range = AMOS_VALUE_RANGE_INIT;
        amos_error err;
        assert_ok(amos_volume_get_range(volume, NULL, &range, &err), &err);
        still("amos_volume_get_range");
        add(digest, &range.min, sizeof range - offsetof(amos_value_range, min));
        amos_volume_free(volume);
    }
}

static void geometries(uint64_t *digest)
{
    static const double voxel[3] = {1.1, 2.2, 3.3};
    const char *paths[] = {scaled, fractions};
    amos_geometry geometry, turned, other;
    double mm[3], displacement;
    amos_error err;
    for (int i = 0; i < COUNT(paths); i++) {
        amos_volume *volume = open_path(paths[i]);
        assert_ok(amos_volume_get_geometry(volume, &geometry, &err), &err);
        still("amos_volume_get_geometry");
        assert_ok(amos_geometry_reorient(&geometry, "RPI", &turned, &err), &err);
        still("amos_geometry_reorient");
        amos_geometry_to_mm(&turned, voxel, mm);
        still("amos_geometry_to_mm");
        memcpy(&other, &turned, sizeof other);
        other.affine[0][0] = 0.1;
        assert_ok(amos_geometry_get_displacement(&turned, &other, &displacement, &err), &err);
        still("amos_geometry_get_displacement");
        add_geometry(digest, &geometry);
        add_geometry(digest, &turned);
        add(digest, mm, sizeof mm);
        add(digest, &displacement, sizeof displacement);
        amos_volume_free(volume);
    }
}

/* An image and a map on other grids, axis by axis and point by point. */
static void resample(uint64_t *digest, const amos_labelmap *map)
{
    const amos_layout *layout = amos_labelmap_layout(map);
    amos_geometry grid;
    amos_resample_options o = AMOS_RESAMPLE_OPTIONS_INIT;
    amos_labelmap *other;
    amos_array *array;
    amos_error err;
    assert_ok(amos_geometry_resample(&layout->geometry, (const double[3]){0.3, 0.7, 1.1}, &grid, &err), &err);
    still("amos_geometry_resample");
    o.like = &grid;
    o.type = AMOS_TYPE_FLOAT32;
    o.threads = 2;
    for (int i = 0; i < 4; i++) {
        o.interpolation = (amos_interpolation)i;
        if (i == 3)
            grid.affine[0][1] = 0.125; /* a sum would be rounded by the test's mode */
        assert_ok(amos_array_resample(layout, amos_labelmap_voxels(map), layout->bytes, &o, &array, NULL, &err), &err);
        still("amos_array_resample");
        add(digest, amos_array_data(array), amos_array_layout(array)->bytes);
        amos_array_free(array);
    }
    o.flags = AMOS_RESAMPLE_MAJORITY;
    assert_ok(amos_labelmap_resample(map, &o, &other, NULL, &err), &err);
    still("amos_labelmap_resample");
    add_map(digest, other);
    amos_labelmap_free(other);
}

static void labels(uint64_t *digest)
{
    static const uint8_t table[16] = {0, 1, 1, 3, 2};
    amos_labelmap_options options = {
        .size = sizeof options, .accept = ACCEPT(.round_within = 0.02), .orientation = "RAS"};
    amos_labelmap *map, *merged;
    amos_error err;
    assert_ok(amos_labelmap_open(label, NULL, &options, &map, &err), &err);
    still("amos_labelmap_open");
    assert_ok(amos_labelmap_renumber(map, table, 16, &merged, &err), &err);
    still("amos_labelmap_renumber");
    resample(digest, map);
    add_map(digest, map);
    add_map(digest, merged);
    amos_labelmap_free(merged);
    amos_labelmap_free(map);
    ck_assert_int_eq(amos_labelmap_open(label, NULL, NULL, &map, &err), AMOS_E_LABEL);
    still("amos_labelmap_open that fails");
    add(digest, err.message, strlen(err.message));
}

static void pairs(uint64_t *digest)
{
    amos_read_options read = {.size = sizeof read, .type = AMOS_TYPE_FLOAT32, .orientation = "RAS"};
    amos_labelmap_options options = {.size = sizeof options, .accept = ACCEPT(.round_within = 0.02)};
    amos_pair *pair;
    amos_array *image;
    amos_labelmap *map;
    amos_error err;
    assert_ok(amos_pair_open(scaled, nearly, NULL, &pair, &err), &err);
    still("amos_pair_open");
    double displacement = amos_pair_get_info(pair)->displacement;
    add(digest, &displacement, sizeof displacement);
    assert_ok(amos_pair_load(pair, &read, &options, &image, &map, &err), &err);
    still("amos_pair_load");
    add(digest, amos_array_data(image), amos_array_layout(image)->bytes);
    add_map(digest, map);
    amos_labelmap_free(map);
    amos_array_free(image);
    amos_pair_free(pair);
    ck_assert_int_eq(amos_pair_open(scaled, apart, NULL, &pair, &err), AMOS_E_PAIR_GEOM);
    still("amos_pair_open that fails");
    add(digest, err.message, strlen(err.message));
}

/* The qform of a rotated geometry is recomputed. */
static void writing(uint64_t *digest)
{
    amos_read_options turned = {.size = sizeof turned, .orientation = "RAS"};
    amos_write_options options = {.size = sizeof options, .slope = 0.1, .inter = 0.7};
    amos_volume *volume = open_path(scaled);
    amos_array *array;
    amos_error err;
    assert_ok(amos_volume_load(volume, &turned, &array, &err), &err);
    char *path = tmp_path("written.nii");
    const amos_layout *layout = amos_array_layout(array);
    assert_ok(amos_file_write(path, layout, amos_array_data(array), layout->bytes, &options, &err), &err);
    still("amos_file_write");
    struct bytes written = read_file(path);
    add(digest, written.data, written.size);
    options.slope = 1e300;
    ck_assert_int_eq(amos_file_write(path, layout, amos_array_data(array), layout->bytes, &options, &err), AMOS_E_ARG);
    still("amos_file_write that fails");
    add(digest, err.message, strlen(err.message));
    bytes_free(&written);
    free(path);
    amos_array_free(array);
    amos_volume_free(volume);
}

/* Scores of a label map and one that differs from it. */
static void scores(uint64_t *digest)
{
    static const uint8_t table[16] = {0, 1, 3, 3, 2};
    amos_labelmap_options options = {.size = sizeof options, .accept = ACCEPT(.round_within = 0.02)};
    amos_score_options with = AMOS_SCORE_OPTIONS_INIT;
    amos_labelmap *map, *other;
    amos_score *score;
    amos_score_mean mean = AMOS_SCORE_MEAN_INIT;
    amos_error err;
    assert_ok(amos_labelmap_open(label, NULL, &options, &map, &err), &err);
    assert_ok(amos_labelmap_renumber(map, table, 16, &other, &err), &err);
    for (int c = 0; c < AMOS_CONVENTION_COUNT; c++) {
        with.convention = (amos_convention)c;
        with.threads = 2;
        assert_ok(amos_score_make(map, other, &with, &score, &err), &err);
        still("amos_score_make");
        for (int measure = 0; measure < AMOS_MEASURE_COUNT; measure++) {
            assert_ok(amos_score_get_mean(score, (amos_measure)measure, 0, &mean, &err), &err);
            still("amos_score_get_mean");
            add(digest, &mean.mean, sizeof mean.mean);
        }
        for (int i = 1; i <= 4; i++)
            add(digest, &amos_score_get_organ(score, i)->millilitres_reference, sizeof(double));
        amos_score_free(score);
    }
    ck_assert_int_eq(amos_score_open(scaled, apart, NULL, NULL, &score, &err), AMOS_E_PAIR_GEOM);
    still("amos_score_open that fails");
    add(digest, err.message, strlen(err.message));
    amos_labelmap_free(other);
    amos_labelmap_free(map);
}

static const struct probe {
    const char *name;
    void (*run)(uint64_t *digest);
} probes[] = {
    {"reading scaled integers", read_scaled},
    {"reading fractions", read_fractions},
    {"reading large integers", read_large},
    {"reading what does not fit", read_refused},
    {"reading a box", read_box},
    {"reading by several threads", read_threads},
    {"ranges", ranges},
    {"geometries", geometries},
    {"label maps", labels},
    {"pairs", pairs},
    {"scores", scores},
    {"writing", writing},
};

static uint64_t digest_in(int mode, const struct probe *probe)
{
    uint64_t digest = 1;
    mode_of_caller = mode;
    ck_assert_int_eq(fesetround(mode), 0);
    probe->run(&digest);
    fesetround(FE_TONEAREST);
    return digest;
}

START_TEST(F30_results_do_not_depend_on_the_rounding_mode)
{
    static const struct {
        const char *name;
        int mode;
    } modes[] = {{"upward", FE_UPWARD}, {"downward", FE_DOWNWARD}, {"towards zero", FE_TOWARDZERO}};
    const struct probe *probe = &probes[_i];
    uint64_t nearest = digest_in(FE_TONEAREST, probe);
    for (int i = 0; i < COUNT(modes); i++)
        ck_assert_msg(digest_in(modes[i].mode, probe) == nearest, "%s gives something else when rounding %s",
                      probe->name, modes[i].name);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rounding");
    TCase *all = add_case(suite, "rounding", 20);
    tcase_add_unchecked_fixture(all, make_files, free_files);
    tcase_add_loop_test(all, F30_results_do_not_depend_on_the_rounding_mode, 0, COUNT(probes));
    return run_suite(suite);
}
