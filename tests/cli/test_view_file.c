/* SPDX-License-Identifier: BSD-3-Clause */
/* `amos view` on files: sides of the patient, detection of labels, messages, and that a failure leaves nothing. */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "kit/message.h"
#include "draw/png.h"
#include "support/main.h"
#include "support/make/nifti.h"
#include "support/shared.h"
#include "support/tmp.h"
#include "view/layout.h"
#include "view/load.h"
#include "view/render.h"

enum { N = 40 }; /* voxels along each stored axis of the bodies below */

/* The position of a voxel between the patient's left, back and feet (0) and right, front and head (1). */
static void place(const char *orientation, const int64_t index[3], double share[3])
{
    for (int axis = 0; axis < 3; axis++) {
        int world = strchr("RL", orientation[axis]) ? 0 : strchr("AP", orientation[axis]) ? 1 : 2;
        double along = ((double)index[axis] + 0.5) / (double)N;
        share[world] = strchr("RAS", orientation[axis]) ? along : 1 - along;
    }
}

static int between(double value, double low, double high)
{
    return value > low && value < high;
}

/* A body of 0 HU with three blocks of 300 HU: each is at two of right, front and head, and in the middle of the
 * third direction. So each of the three middle planes shows exactly one block, at its own sides. */
static struct nifti_spec body(const char *orientation, int16_t *voxels)
{
    for (int64_t i = 0; i < N * N * N; i++) {
        const int64_t index[3] = {i % N, i / N % N, i / N / N};
        double share[3] = {0};
        place(orientation, index, share);
        int far = 0, middle = 0;
        for (int w = 0; w < 3; w++) {
            far += between(share[w], 0.7, 0.9);
            middle += between(share[w], 0.4, 0.6);
        }
        voxels[i] = far == 2 && middle == 1 ? 300 : 0;
    }
    struct nifti_spec spec = {.type = AMOS_TYPE_INT16, .dim = {N, N, N}, .voxels = voxels};
    const double spacing[3] = {4, 4, 4}, origin[3] = {-50, 20, 300}; /* as in label_file() */
    nifti_set_sform(&spec, orientation, spacing, origin);
    return spec;
}

static char *write_body(const char *name, const char *orientation, const char *descrip)
{
    int16_t *voxels = must_alloc(sizeof(int16_t) * N * N * N);
    struct nifti_spec spec = body(orientation, voxels);
    spec.descrip = descrip;
    struct nifti_file file = nifti_make(&spec);
    char *path = tmp_write_bytes(name, &file.bytes);
    nifti_free(&file);
    free(voxels);
    return path;
}

/* A cube of one organ in the middle of the volume of the bodies. */
static char *write_label(const char *name, int organ, amos_type type)
{
    const int64_t shape[3] = {N, N, N};
    const double spacing[3] = {4, 4, 4};
    uint8_t *values = must_alloc(N * N * N);
    for (int i = 0; i < N * N * N; i++)
        values[i] =
            abs(i % N - N / 2) < 10 && abs(i / N % N - N / 2) < 10 && abs(i / N / N - N / 2) < 10 ? (uint8_t)organ : 0;
    struct nifti_file file = label_file(values, shape, type, "RAS", spacing);
    char *path = tmp_write_bytes(name, &file.bytes);
    nifti_free(&file);
    free(values);
    return path;
}

static void load(const view_source *source, view_loaded *loaded)
{
    amos_error err;
    assert_ok(view_load(source, loaded, &err), &err);
}

static view_layout layout_of(const view_scene *scene)
{
    view_layout layout;
    view_plan plan;
    view_plan_planes(scene, &plan);
    view_render_layout(scene, &plan, NULL, &layout);
    return layout;
}

/* ---- sides ---- */

/* The position of the white pixels of an image: 0..1 from its left and from its top. The edges, which have letters,
 * do not count. */
static void white_centre(const view_canvas *canvas, view_rect r, double *across, double *down)
{
    double x_sum = 0, y_sum = 0;
    int count = 0;
    for (int y = r.y + 60; y < r.y + r.height - 60; y++)
        for (int x = r.x + 60; x < r.x + r.width - 60; x++)
            if (canvas->rgb[3 * (y * canvas->width + x)] == 255) {
                x_sum += x + 0.5 - r.x;
                y_sum += y + 0.5 - r.y;
                count++;
            }
    ck_assert_int_gt(count, 500);
    *across = x_sum / count / r.width;
    *down = y_sum / count / r.height;
}

/* In any stored orientation, the patient's right is on the left, the front at the top or left, the head at the top. */
START_TEST(sides_are_right_in_every_orientation)
{
    char *path = write_body("amos_0001.nii", orientation_name(_i), NULL);
    view_loaded loaded;
    const view_source source = {.image = path};
    load(&source, &loaded);
    view_layout layout = layout_of(&loaded.scene);
    view_canvas canvas;
    view_plan plan;
    view_plan_planes(&loaded.scene, &plan);
    ck_assert_int_eq(view_render(&loaded.scene, &plan, NULL, &canvas), 0);
    for (int p = 0; p < VIEW_PLANES; p++) {
        double across, down;
        white_centre(&canvas, layout.image[p], &across, &down);
        ck_assert_double_eq_tol(across, 0.2, 0.02);
        ck_assert_double_eq_tol(down, 0.2, 0.02);
    }
    ck_assert_ptr_nonnull(strstr(loaded.scene.details, orientation_name(_i)));
    view_canvas_free(&canvas);
    view_unload(&loaded);
    free(path);
}
END_TEST

/* ---- contents of the picture ---- */

/* Integers 0..15 in any type are a label; other integers are an image. */
START_TEST(a_label_is_recognised)
{
    char *as_uint8 = write_label("a.nii", 6, AMOS_TYPE_UINT8), *as_float = write_label("b.nii", 6, AMOS_TYPE_FLOAT32);
    char *empty = write_label("c.nii", 0, AMOS_TYPE_UINT8), *large = write_label("d.nii", 16, AMOS_TYPE_UINT8);
    char *const paths[4] = {as_uint8, as_float, empty, large};
    for (int i = 0; i < 4; i++) {
        const view_source source = {.image = paths[i]};
        view_loaded loaded;
        load(&source, &loaded);
        ck_assert_int_eq(loaded.scene.label != NULL, i < 2);
        ck_assert_int_eq(loaded.scene.grey != NULL, i >= 2);
        ck_assert_int_eq(strstr(loaded.scene.details, "label only") != NULL, i < 2);
        view_unload(&loaded);
        free(paths[i]);
    }
}
END_TEST

START_TEST(organs_come_with_their_volumes)
{
    char *image = write_body("amos_0002.nii", "LPS", NULL), *label = write_label("organ.nii", 6, AMOS_TYPE_UINT16);
    char *same = write_body("amos_0003.nii", "RAS", NULL);
    const view_source source = {.image = same, .label = label};
    view_loaded loaded;
    load(&source, &loaded);
    ck_assert(loaded.scene.grey != NULL && loaded.scene.label != NULL);
    ck_assert_int_eq(loaded.scene.organ_count, 15);
    for (int i = 0; i < loaded.scene.organ_count; i++)
        ck_assert_int_eq(loaded.scene.organs[i].present, i == 5);
    ck_assert_str_eq(loaded.scene.organs[5].title, "Liver");
    ck_assert_double_eq_tol(loaded.scene.organs[5].millilitres, 19 * 19 * 19 * 64 / 1000.0, 1e-6);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(loaded.scene.cut[i], N / 2);
    view_unload(&loaded);
    const view_source elsewhere = {.image = image, .label = label};
    amos_error err;
    assert_status(view_load(&elsewhere, &loaded, &err), AMOS_E_PAIR_GEOM, &err);
    view_unload(&loaded);
    free(same);
    free(label);
    free(image);
}
END_TEST

static const char *window_of(const char *path, amos_modality modality)
{
    static char window[64];
    const view_source source = {.image = path, .modality = modality};
    view_loaded loaded;
    load(&source, &loaded);
    snprintf(window, sizeof window, "%s", loaded.scene.window);
    view_unload(&loaded);
    return window;
}

START_TEST(the_number_decides_the_window)
{
    char *ct = write_body("amos_0499.nii", "RAS", NULL), *mri = write_body("amos_0501.nii", "RAS", NULL);
    char *other = write_body("scan.nii", "RAS", NULL), *exception = write_body("amos_0500.nii", "RAS", NULL);
    ck_assert_str_eq(window_of(ct, AMOS_MODALITY_ANY), "W 400  L 40 HU");
    ck_assert_str_eq(window_of(mri, AMOS_MODALITY_ANY), "Percentiles 1-99: 300 to 301");
    ck_assert_str_eq(window_of(mri, AMOS_MODALITY_CT), "W 400  L 40 HU");
    ck_assert_str_eq(window_of(other, AMOS_MODALITY_ANY), "Percentiles 1-99: 300 to 301");
    ck_assert_str_eq(window_of(exception, AMOS_MODALITY_ANY), "W 400  L 40 HU");
    free(exception);
    free(other);
    free(mri);
    free(ct);
}
END_TEST

/* If the name does not give the modality, the values do: air in Hounsfield units. */
START_TEST(air_makes_a_ct)
{
    int16_t voxels[8] = {-1000, 0, 40, 100, 20, 30, 50, 60};
    struct nifti_spec spec = {.type = AMOS_TYPE_INT16, .dim = {2, 2, 2}, .voxels = voxels};
    struct nifti_file file = nifti_make(&spec);
    char *path = tmp_write_bytes("other.nii", &file.bytes);
    ck_assert_str_eq(window_of(path, AMOS_MODALITY_ANY), "W 400  L 40 HU");
    free(path);
    nifti_free(&file);
}
END_TEST

static void details_of(struct nifti_spec *spec, view_loaded *loaded)
{
    struct nifti_file file = nifti_make(spec);
    char *path = tmp_write_bytes("geometry.nii", &file.bytes);
    const view_source source = {.image = path};
    load(&source, loaded);
    free(path);
    nifti_free(&file);
}

/* A prediction that was replaced after scoring must not be read beyond its end. */
START_TEST(a_prediction_of_another_shape_is_refused)
{
    static const int64_t shape[3] = {N, N, N - 1};
    static const double spacing[3] = {4, 4, 4};
    static const uint8_t values[N * N * (N - 1)];
    struct nifti_file file = label_file(values, shape, AMOS_TYPE_UINT8, "RAS", spacing);
    char *label = write_label("shape_label.nii", 6, AMOS_TYPE_UINT8);
    char *prediction = tmp_write_bytes("shape_prediction.nii", &file.bytes);
    const view_source source = {.label = label, .prediction = prediction};
    view_loaded loaded;
    amos_error err;
    assert_status(view_load(&source, &loaded, &err), AMOS_E_PAIR_SHAPE, &err);
    assert_sentence(&err, AMOS_E_PAIR_SHAPE, "prediction");
    view_unload(&loaded);
    nifti_free(&file);
    free(prediction);
    free(label);
}
END_TEST

/* Labels at one place in any orientation: one off the middle, so that each turn of it differs. */
static char *write_place(const char *name, const char *orientation, bool oriented)
{
    static uint8_t values[N * N * N];
    const double spacing[3] = {4, 4, 4};
    double share[3], origin[3];
    for (int64_t i = 0; i < N * N * N; i++) {
        place(orientation, (const int64_t[3]){i % N, i / N % N, i / N / N}, share);
        values[i] = between(share[0], 0.5, 0.9) && between(share[1], 0.3, 0.6) && between(share[2], 0.1, 0.3) ? 6 : 0;
    }
    for (int axis = 0; axis < 3; axis++) {
        int world = strchr("RL", orientation[axis]) ? 0 : strchr("AP", orientation[axis]) ? 1 : 2;
        origin[world] = strchr("RAS", orientation[axis]) ? -2 * (N - 1) : 2 * (N - 1);
    }
    struct nifti_spec spec = {.type = AMOS_TYPE_UINT8, .dim = {N, N, N}, .voxels = values};
    nifti_set_sform(&spec, orientation, spacing, origin);
    spec.no_forms = !oriented;
    spec.sform_code = oriented;
    struct nifti_file file = nifti_make(&spec);
    char *path = tmp_write_bytes(name, &file.bytes);
    nifti_free(&file);
    return path;
}

/* A picture shows the prediction as the score compares it: at its place, whatever its orientation; voxel by voxel if that
 * is not known. */
START_TEST(a_prediction_is_drawn_where_it_lies)
{
    static const char *const orders[] = {"RAS", "LAS", "LPI", "SPR", "LAS"};
    char *label = write_place("place_label.nii", "LAS", true);
    char *prediction = write_place("place_prediction.nii", orders[_i], _i < 4);
    const view_source source = {.label = label, .prediction = _i == 1 ? label : prediction};
    view_loaded loaded;
    load(&source, &loaded);
    ck_assert_mem_eq(loaded.scene.prediction, loaded.scene.label, N * N * N);
    view_unload(&loaded);
    free(prediction);
    free(label);
}
END_TEST

START_TEST(odd_geometry_is_said)
{
    view_loaded loaded;
    struct nifti_spec unknown = {.no_forms = 1, .dim = {5, 6, 7}};
    details_of(&unknown, &loaded);
    ck_assert_int_eq(loaded.scene.oriented, 0);
    ck_assert_ptr_nonnull(strstr(loaded.scene.details, "orientation unknown"));
    view_unload(&loaded);
    struct nifti_spec oblique = {
        .dim = {5, 6, 7}, .sform_code = 1, .srow = {{0.8, -0.6, 0, 0}, {0.6, 0.8, 0, 0}, {0, 0, 2, 0}}};
    details_of(&oblique, &loaded);
    ck_assert_int_eq(loaded.scene.oriented, 1);
    ck_assert_ptr_nonnull(strstr(loaded.scene.details, "oblique by 37\xC2\xB0"));
    view_unload(&loaded);
    struct nifti_spec frames = {.ndim = 4, .dim = {5, 6, 7, 3}};
    details_of(&frames, &loaded);
    ck_assert_ptr_nonnull(strstr(loaded.scene.details, "first of 3 frames"));
    ck_assert_ptr_null(strstr(loaded.scene.details, "oblique"));
    view_unload(&loaded);
}
END_TEST

/* ---- the command ---- */

/* Runs the command with up to four arguments; said() returns its stderr. */
static int view(const char *a, const char *b, const char *c, const char *d)
{
    char *log = tmp_path("said");
    ck_assert_ptr_nonnull(freopen(log, "w", stderr));
    free(log);
    char words[5][1200] = {"view"};
    const char *const given[4] = {a, b, c, d};
    char *argv[6] = {words[0], NULL};
    int argc = 1;
    for (int i = 0; i < 4 && given[i]; i++, argc++) {
        snprintf(words[argc], sizeof words[argc], "%s", given[i]);
        argv[argc] = words[argc];
    }
    argv[argc] = NULL;
    int code = command_call(&command_view, "view", argc, argv);
    fflush(stderr);
    return code;
}

static int said(const char *what)
{
    char *log = tmp_path("said");
    struct bytes text = read_file(log);
    bytes_add_fill(&text, 0, 1);
    int found = strstr((const char *)text.data, what) != NULL;
    if (!found)
        printf("it said: %s", (const char *)text.data);
    bytes_free(&text);
    free(log);
    return found;
}

static int files_in(const char *folder)
{
    int count = 0;
    DIR *d = opendir(folder);
    ck_assert_ptr_nonnull(d);
    for (const struct dirent *e; (e = readdir(d)) != NULL;)
        count += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    closedir(d);
    return count;
}

static char *fresh_folder(const char *name)
{
    char *path = tmp_path(name);
    ck_assert_int_eq(mkdir(path, 0777), 0);
    return path;
}

#ifdef AMOS_HAVE_LIBPNG

static const unsigned char signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

START_TEST(a_picture_is_written_whole)
{
    char *image = write_body("amos_0004.nii", "LAS", NULL), *folder = fresh_folder("whole");
    char *out = tmp_path("whole/out.png");
    ck_assert_int_eq(view(image, "-o", out, NULL), CLI_OK);
    struct bytes png = read_file(out);
    ck_assert_mem_eq(png.data, signature, 8);
    ck_assert_mem_eq(png.data + png.size - 8, "IEND", 4);
    ck_assert_int_eq(files_in(folder), 1);
    bytes_free(&png);
    free(out);
    free(folder);
    free(image);
}
END_TEST

/* descrip may have the patient's name: it is not drawn. */
START_TEST(descrip_does_not_reach_the_picture)
{
    char *first = tmp_path("first.png"), *second = tmp_path("second.png");
    char *image = write_body("amos_0005.nii", "LAS", "");
    ck_assert_int_eq(view(image, "-o", first, NULL), CLI_OK);
    free(image);
    image = write_body("amos_0005.nii", "LAS", "DOE^JANE 1970-01-01");
    ck_assert_int_eq(view(image, "-o", second, NULL), CLI_OK);
    struct bytes a = read_file(first), b = read_file(second);
    ck_assert_uint_eq(a.size, b.size);
    ck_assert_mem_eq(a.data, b.data, a.size);
    bytes_free(&b);
    bytes_free(&a);
    free(image);
    free(second);
    free(first);
}
END_TEST

START_TEST(the_picture_can_go_to_stdout)
{
    char *image = write_body("amos_0006.nii", "LAS", NULL), *out = tmp_path("stdout.png");
    ck_assert_ptr_nonnull(freopen(out, "w", stdout));
    ck_assert_int_eq(view(image, "-o", "-", NULL), CLI_OK);
    struct bytes png = read_file(out);
    ck_assert_mem_eq(png.data, signature, 8);
    bytes_free(&png);
    free(out);
    free(image);
}
END_TEST

START_TEST(a_failure_leaves_nothing)
{
    char *image = write_body("amos_0007.nii", "LAS", NULL), *folder = fresh_folder("nothing");
    char *out = tmp_path("nothing/out.png"), *nowhere = tmp_path("nothing/no/out.png"), *missing = tmp_path("no.nii");
    char *cut = tmp_path("cut.nii");
    struct bytes file = read_file(image);
    free(tmp_write("cut.nii", file.data, file.size / 2));
    bytes_free(&file);
    ck_assert_int_eq(view(image, "-o", nowhere, NULL), CLI_FAILED);
    ck_assert(said("no/out.png") && said("No such file"));
    ck_assert_int_eq(view(missing, "-o", out, NULL), CLI_FAILED);
    ck_assert(said("E_OPEN"));
    ck_assert_int_eq(view(cut, "-o", out, NULL), CLI_FAILED);
    ck_assert(said("E_DATA_SHORT"));
    ck_assert_int_eq(files_in(folder), 0);
    free(cut);
    free(missing);
    free(nowhere);
    free(out);
    free(folder);
    free(image);
}
END_TEST

START_TEST(wrong_words_are_exit_code_2)
{
    char *image = write_body("tree/imagesTr/amos_0008.nii.gz", "LAS", NULL), *tree = tmp_path("tree");
    char *label = write_label("tree/labelsTr/amos_0008.nii.gz", 3, AMOS_TYPE_UINT8), *out = tmp_path("case.png");
    ck_assert_int_eq(view(NULL, NULL, NULL, NULL), CLI_USAGE);
    ck_assert_int_eq(view(image, NULL, NULL, NULL), CLI_USAGE);
    ck_assert(said("-o OUT.png"));
    ck_assert_int_eq(view(image, image, "-o", out), CLI_USAGE);
    ck_assert(said("2 operands were given"));
    ck_assert_int_eq(view(tree, "-o", out, NULL), CLI_USAGE);
    ck_assert(said("name one of its cases, as in ") && said("tree/amos_0008."));
    ck_assert_int_eq(view(tree, "amos_0009", "-o", out), CLI_FAILED);
    ck_assert_int_ne(access(out, F_OK), 0);
    free(out);
    free(label);
    free(tree);
    free(image);
}
END_TEST

#else

START_TEST(without_libpng_it_says_so)
{
    char *image = write_body("amos_0009.nii", "LAS", NULL), *folder = fresh_folder("without");
    char *out = tmp_path("without/out.png");
    ck_assert_int_eq(view(image, "-o", out, NULL), CLI_USAGE);
    ck_assert(said("libpng"));
    ck_assert_int_eq(files_in(folder), 0);
    free(out);
    free(folder);
    free(image);
}
END_TEST

#endif

/* ---- real data ---- */

#ifdef AMOS_HAVE_LIBPNG
static const char *const real_cases[] = {"amos_0018", "amos_0302", "amos_0311", "amos_0405", "amos_0508", "amos_0551"};

START_TEST(real_cases_are_drawn)
{
    char *tree = shared_path("amos-mini"), *out = tmp_path("real.png");
    ck_assert_int_eq(view(tree, real_cases[_i], "-o", out), CLI_OK);
    struct bytes png = read_file(out);
    ck_assert_mem_eq(png.data, signature, 8);
    ck_assert_uint_gt(png.size, 100000);
    bytes_free(&png);
    free(out);
    free(tree);
}
END_TEST
#endif

int main(void)
{
    Suite *suite = suite_create("view_file");
    TCase *scene = add_case(suite, "scene", 60);
    tcase_add_loop_test(scene, sides_are_right_in_every_orientation, 0, 8);
    tcase_add_test(scene, a_label_is_recognised);
    tcase_add_test(scene, organs_come_with_their_volumes);
    tcase_add_test(scene, the_number_decides_the_window);
    tcase_add_test(scene, air_makes_a_ct);
    tcase_add_test(scene, odd_geometry_is_said);
    TCase *orientations = add_thorough_case(suite, "orientations", 60);
    tcase_add_loop_test(orientations, sides_are_right_in_every_orientation, 8, 48);
    tcase_add_test(scene, a_prediction_of_another_shape_is_refused);
    tcase_add_loop_test(scene, a_prediction_is_drawn_where_it_lies, 0, 5);
    TCase *command = add_case(suite, "command", 60);
#ifdef AMOS_HAVE_LIBPNG
    tcase_add_test(command, a_picture_is_written_whole);
    tcase_add_test(command, descrip_does_not_reach_the_picture);
    tcase_add_test(command, the_picture_can_go_to_stdout);
    tcase_add_test(command, a_failure_leaves_nothing);
    tcase_add_test(command, wrong_words_are_exit_code_2);
    if (shared_data("pictures of real cases"))
        tcase_add_loop_test(command, real_cases_are_drawn, 0, 6);
#else
    tcase_add_test(command, without_libpng_it_says_so);
#endif
    return run_suite(suite);
}
