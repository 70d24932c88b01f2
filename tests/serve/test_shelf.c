/* SPDX-License-Identifier: BSD-3-Clause */
/* The memory of `amos serve`: planes of any layer are those of the file, however little memory there is and whoever asks. */
#define _POSIX_C_SOURCE 200809L
#include <amos/amos.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "serve/shelf.h"
#include "support/command.h"
#include "support/main.h"
#include "support/tmp.h"

enum { CASES = 4, WIDTH = 48, HEIGHT = 40, DEPTH = 20, CLIENTS = 8, ROUNDS = 60 };
#define VOXELS ((size_t)WIDTH * HEIGHT * DEPTH)

static amos_dataset *dataset;
static struct shelf_case files[CASES];
static amos_accept accept = AMOS_ACCEPT_INIT;
static unsigned char *expected[CASES][REQUEST_LAYERS]; /* whole layers, as stored in RAS order */

static char *owned[CASES + 10]; /* paths, until the end of a test */
static size_t owned_count;

static char *own(char *path)
{
    ck_assert_uint_lt(owned_count, sizeof owned / sizeof owned[0]);
    return owned[owned_count++] = path;
}

static void make_set(void)
{
    amos_error err;
    char *root = tmp_path("shelf");
    struct outcome made = run_amos("phantom %s --cases 4 --size 48x40x20 --predictions", root);
    ck_assert_msg(made.code == 0, "%s", made.err);
    outcome_free(&made);
    assert_ok(amos_dataset_open(root, NULL, &dataset, &err), &err);
    free(root);
}

static char *prediction_of(const amos_case_info *info)
{
    char name[200];
    snprintf(name, sizeof name, "shelf/predictions/%s.nii.gz", info->id);
    return own(tmp_path(name));
}

static unsigned char *read_whole(const char *path, amos_type type)
{
    amos_volume *volume;
    amos_array *array;
    amos_error err;
    amos_read_options options = AMOS_READ_OPTIONS_INIT;
    options.type = type;
    options.orientation = "RAS";
    assert_ok(amos_volume_open(path, NULL, &volume, &err), &err);
    assert_ok(amos_volume_load(volume, &options, &array, &err), &err);
    size_t bytes = amos_array_layout(array)->bytes;
    unsigned char *voxels = must_alloc(bytes);
    memcpy(voxels, amos_array_data(array), bytes);
    amos_array_free(array);
    amos_volume_free(volume);
    return voxels;
}

static void setup(void)
{
    make_set();
    for (size_t i = 0; i < CASES; i++) {
        const amos_case_info *info = amos_case_get_info(amos_dataset_get(dataset, i));
        files[i] = (struct shelf_case){{info->image_path, info->label_path, prediction_of(info)}};
        for (int layer = 0; layer < REQUEST_LAYERS; layer++)
            expected[i][layer] = read_whole(files[i].paths[layer], layer ? AMOS_TYPE_UINT8 : AMOS_TYPE_INT16);
    }
}

static void teardown(void)
{
    for (int i = 0; i < CASES * REQUEST_LAYERS; i++)
        free(expected[i / REQUEST_LAYERS][i % REQUEST_LAYERS]);
    while (owned_count)
        free(owned[--owned_count]);
    amos_dataset_free(dataset);
}

static struct shelf *open_shelf(uint64_t memory, bool index)
{
    struct shelf_options options = {.memory = memory, .threads = 2, .index = index, .volume = AMOS_VOLUME_OPTIONS_INIT};
    options.volume.index = index ? AMOS_INDEX_USE : AMOS_INDEX_NEVER;
    options.volume.index_folder = own(tmp_path("indexes"));
    for (int i = 0; i < REQUEST_LAYERS; i++)
        options.accept[i] = &accept;
    struct shelf *shelf = shelf_open(files, CASES, &options);
    ck_assert_ptr_nonnull(shelf);
    return shelf;
}

/* Voxel by voxel, so that nothing of the code under test is used. */
static bool is_plane(size_t number, enum request_layer layer, enum request_plane plane, int64_t index,
                     const struct shelf_plane *got)
{
    const int64_t size[3] = {WIDTH, HEIGHT, DEPTH};
    size_t item = layer ? 1 : 2;
    int across = plane == REQUEST_SAGITTAL ? 1 : 0, down = plane == REQUEST_AXIAL ? 1 : 2;
    bool same = got->size[0] == size[across] && got->size[1] == size[down] &&
                got->count == (size_t)(size[across] * size[down]) * item;
    for (int64_t v = 0; same && v < size[down]; v++)
        for (int64_t u = 0; u < size[across]; u++) {
            int64_t at[3];
            at[plane] = index;
            at[across] = u;
            at[down] = v;
            size_t voxel = (size_t)(at[0] + WIDTH * (at[1] + HEIGHT * at[2]));
            unsigned value = 0, found = 0;
            if (item == 2) {
                int16_t number16;
                memcpy(&number16, expected[number][layer] + 2 * voxel, 2);
                value = (uint16_t)number16;
                found = got->bytes[2 * (v * size[across] + u)] | (unsigned)got->bytes[2 * (v * size[across] + u) + 1]
                                                                     << 8;
            } else {
                value = expected[number][layer][voxel];
                found = got->bytes[v * size[across] + u];
            }
            if (value != found)
                return false;
        }
    return same;
}

static amos_status get_one(struct shelf *shelf, unsigned n, bool *right)
{
    static const int64_t sizes[] = {WIDTH, HEIGHT, DEPTH};
    struct shelf_plane got;
    amos_error err;
    size_t number = n % CASES;
    enum request_layer layer = (enum request_layer)(n / CASES % REQUEST_LAYERS);
    enum request_plane plane = (enum request_plane)(n / CASES / REQUEST_LAYERS % REQUEST_PLANES);
    int64_t index = n * 7 % sizes[plane];
    amos_status status = shelf_get(shelf, number, layer, plane, index, &got, &err);
    *right = status != AMOS_OK || is_plane(number, layer, plane, index, &got);
    shelf_release(shelf, &got);
    return status;
}

START_TEST(planes_are_those_of_the_file)
{
    /* All fit; an image and its open file do; only the file does. */
    static const uint64_t memories[] = {64 << 20, 2 * VOXELS + 2 * SHELF_FILE_BYTES, SHELF_FILE_BYTES + 9000};
    for (size_t m = 0; m < sizeof memories / sizeof memories[0]; m++)
        for (int index = 0; index < (m < 2 ? 2 : 1); index++) { /* building one keeps its file open */
            struct shelf *shelf = open_shelf(memories[m], index);
            for (unsigned n = 0; n < 2 * CASES * REQUEST_LAYERS * REQUEST_PLANES; n++) {
                bool right;
                amos_status status = get_one(shelf, n, &right);
                ck_assert_msg(status == AMOS_OK, "request %u with %llu bytes, index %d: %s", n,
                              (unsigned long long)memories[m], index, amos_status_name(status));
                ck_assert_msg(right, "request %u with %llu bytes", n, (unsigned long long)memories[m]);
            }
            shelf_settle(shelf);
            ck_assert_uint_le(shelf_memory(shelf).most, memories[m]);
            ck_assert(m > 0 || shelf_memory(shelf).decoded == CASES * REQUEST_LAYERS);
            shelf_close(shelf);
        }
}
END_TEST

START_TEST(labels_larger_than_the_memory_are_read_from_the_file)
{
    struct shelf *shelf = open_shelf(9000, false);
    for (unsigned n = 0; n < 2 * CASES * REQUEST_LAYERS * REQUEST_PLANES; n++) {
        bool right;
        amos_status status = get_one(shelf, n, &right);
        bool is_image = n / CASES % REQUEST_LAYERS == REQUEST_IMAGE;
        ck_assert_int_eq(status, is_image ? AMOS_E_LIMIT : AMOS_OK);
        ck_assert(right);
    }
    ck_assert_uint_eq(shelf_memory(shelf).decoded, 0);
    ck_assert_uint_le(shelf_memory(shelf).most, 9000);
    shelf_close(shelf);
}
END_TEST

struct client {
    struct shelf *shelf;
    unsigned seed;
    atomic_uint *wrong, *full, *good;
};

static void *look_around(void *user)
{
    struct client *client = user;
    for (unsigned i = 0; i < ROUNDS; i++) {
        bool right;
        amos_status status = get_one(client->shelf, client->seed * 7919 + i * 104729, &right);
        atomic_fetch_add(status == AMOS_OK ? client->good : status == AMOS_E_LIMIT ? client->full : client->wrong, 1);
        atomic_fetch_add(client->wrong, !right);
    }
    return NULL;
}

START_TEST(many_clients_stay_within_the_memory)
{
    /* Two layers of labels, or one image and what the clients hold; open files are counted too. */
    const uint64_t memory = 4 * VOXELS + 2 * SHELF_FILE_BYTES;
    struct shelf *shelf = open_shelf(memory, true);
    atomic_uint wrong = 0, full = 0, good = 0;
    pthread_t threads[CLIENTS];
    struct client clients[CLIENTS];
    for (unsigned i = 0; i < CLIENTS; i++) {
        clients[i] = (struct client){shelf, i, &wrong, &full, &good};
        ck_assert_int_eq(pthread_create(&threads[i], NULL, look_around, &clients[i]), 0);
    }
    for (unsigned i = 0; i < CLIENTS; i++)
        pthread_join(threads[i], NULL);
    shelf_settle(shelf);
    ck_assert_uint_eq(wrong, 0);
    ck_assert_uint_gt(good, full);
    ck_assert_msg(shelf_memory(shelf).most <= memory, "%llu of %llu bytes",
                  (unsigned long long)shelf_memory(shelf).most, (unsigned long long)memory);
    shelf_close(shelf);
}
END_TEST

START_TEST(wrong_questions_have_answers)
{
    struct shelf *shelf = open_shelf(64 << 20, false);
    struct shelf_plane got;
    amos_error err;
    files[1].paths[REQUEST_PREDICTION] = NULL;
    struct shelf *without = open_shelf(64 << 20, false);
    assert_status(shelf_get(without, 1, REQUEST_PREDICTION, REQUEST_AXIAL, 0, &got, &err), AMOS_E_ARG, &err);
    assert_status(shelf_get(shelf, CASES, REQUEST_IMAGE, REQUEST_AXIAL, 0, &got, &err), AMOS_E_ARG, &err);
    for (int layer = 0; layer < REQUEST_LAYERS; layer++) {
        assert_status(shelf_get(shelf, 0, (enum request_layer)layer, REQUEST_AXIAL, DEPTH, &got, &err), AMOS_E_ARG,
                      &err);
        ck_assert_ptr_null(got.bytes);
        assert_status(shelf_get(shelf, 0, (enum request_layer)layer, REQUEST_SAGITTAL, WIDTH, &got, &err), AMOS_E_ARG,
                      &err);
    }
    assert_status(shelf_borrow(shelf, (uint64_t)1 << 40, &err), AMOS_E_LIMIT, &err);
    assert_ok(shelf_borrow(shelf, 1 << 20, &err), &err);
    shelf_repay(shelf, 1 << 20);
    shelf_close(without);
    shelf_close(shelf);
    shelf_close(NULL);
}
END_TEST

START_TEST(samples_are_values_of_the_image)
{
    static float samples[1000];
    struct shelf *shelf = open_shelf(64 << 20, false), *small = open_shelf(SHELF_FILE_BYTES + 9000, false);
    struct layer_form form;
    amos_error err;
    size_t count;
    assert_ok(shelf_form(shelf, 0, &form, &err), &err);
    ck_assert_int_eq(form.type, AMOS_TYPE_INT16);
    assert_ok(shelf_sample(shelf, 0, samples, 1000, &count, &err), &err);
    ck_assert(count > 500 && count <= 1000);
    size_t step = VOXELS / 1000 + 1;
    for (size_t i = 0; i < count; i++) {
        int16_t number;
        memcpy(&number, expected[0][0] + 2 * i * step, 2);
        ck_assert(samples[i] == (float)(form.slope * number + form.inter));
    }
    assert_ok(shelf_sample(small, 0, samples, 1000, &count, &err), &err); /* its middle plane */
    ck_assert(count > 500 && count <= 1000);
    shelf_close(shelf);
    shelf_close(small);
}
END_TEST

START_TEST(a_damaged_layer_fails_alone)
{
    static const char junk[] = "not a volume";
    struct shelf_plane got;
    amos_error err;
    files[2].paths[REQUEST_REFERENCE] = own(tmp_write("junk.nii.gz", junk, sizeof junk));
    struct shelf *shelf = open_shelf(64 << 20, true);
    for (int i = 0; i < 2; i++) {
        amos_status status = shelf_get(shelf, 2, REQUEST_REFERENCE, REQUEST_AXIAL, 3, &got, &err);
        ck_assert(status != AMOS_OK && status != AMOS_E_LIMIT);
        ck_assert_ptr_nonnull(strstr(err.message, "junk.nii.gz"));
        assert_ok(shelf_get(shelf, 2, REQUEST_IMAGE, REQUEST_CORONAL, 3, &got, &err), &err);
        ck_assert(is_plane(2, REQUEST_IMAGE, REQUEST_CORONAL, 3, &got));
        shelf_release(shelf, &got);
    }
    shelf_close(shelf);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("shelf");
    TCase *planes = add_case(suite, "threads", 60);
    tcase_add_checked_fixture(planes, setup, teardown);
    tcase_add_test(planes, planes_are_those_of_the_file);
    tcase_add_test(planes, labels_larger_than_the_memory_are_read_from_the_file);
    tcase_add_test(planes, many_clients_stay_within_the_memory);
    tcase_add_test(planes, wrong_questions_have_answers);
    tcase_add_test(planes, samples_are_values_of_the_image);
    tcase_add_test(planes, a_damaged_layer_fails_alone);
    return run_suite(suite);
}
