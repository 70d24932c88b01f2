/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory stays within the bounds that <amos/volume.h> declares, whatever a file has or claims (rows G13, G36 to
 * G39, H27, H30, H49). The peak of bytes in use is measured for each call. The memory of `amos stats` does not
 * depend on the size of volumes. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <amos/amos.h>

#include "faults/heap.h"
#include "support/command.h"
#include "support/make/gzip.h"
#include "support/main.h"
#include "support/make/nifti.h"
#include "support/opened.h"
#include "support/tmp.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define MIB ((int64_t)1 << 20)

/* The allowance of <amos/volume.h> in addition to the result. */
#define OVERHEAD MIB

/* The allowance of the manual for `amos stats` of 600 cases with 4 threads. */
#define STATS_RESIDENT_KIB (40 * 1024)
#define SCORE_RESIDENT_KIB (32 << 10)
#define COMPARE_RESIDENT_KIB (48 << 10) /* the file has 14 MB */

static const amos_inflate libraries[] = {AMOS_INFLATE_AUTO, AMOS_INFLATE_ZLIB, AMOS_INFLATE_OWN};

static amos_volume_options with_library(int i)
{
    return (amos_volume_options){.size = sizeof(amos_volume_options), .inflate = libraries[i]};
}

/* ---- every kind of read ---- */

enum { READ, LOAD, LOAD_FLOAT, LOAD_BOX, RANGE, VERIFY, LABELS, LABEL_STATS, KINDS };

static const char *const kinds[KINDS] = {"read",  "load",   "load as float64", "load a box",
                                         "range", "verify", "label map",       "label statistics"};

/* Runs the read; *result is the number of bytes of the result that the library allocated. */
static amos_status do_kind(int kind, const amos_volume *volume, void *buffer, size_t bytes, int64_t *result,
                           amos_error *err)
{
    amos_read_options options = {.size = sizeof options,
                                 .type = kind == LOAD_FLOAT ? AMOS_TYPE_FLOAT64 : AMOS_TYPE_STORED};
    amos_labelmap_options labels = {.size = sizeof labels, .flags = kind == LABEL_STATS ? AMOS_LABELMAP_STATS_ONLY : 0};
    amos_array *array = NULL;
    amos_labelmap *map = NULL;
    amos_value_range range = AMOS_VALUE_RANGE_INIT;
    amos_status status = AMOS_OK;
    if (kind == LOAD_BOX)
        options.box = (amos_box){{10, 10, 10}, {60, 60, 60}};
    if (kind == READ)
        status = amos_volume_read(volume, &options, buffer, bytes, err);
    else if (kind == RANGE)
        status = amos_volume_get_range(volume, NULL, &range, err);
    else if (kind == VERIFY)
        status = amos_volume_verify(volume, NULL, NULL, err);
    else if (kind == LABELS || kind == LABEL_STATS)
        status = amos_labelmap_load(volume, &labels, &map, err);
    else
        status = amos_volume_load(volume, &options, &array, err);
    *result = array ? (int64_t)amos_array_layout(array)->bytes : 0;
    if (kind == LABELS && map)
        *result = (int64_t)amos_labelmap_layout(map)->bytes;
    amos_labelmap_free(map);
    amos_array_free(array);
    return status;
}

/* 96 x 96 x 96 labels of int16, 1.7 MB: more than the overhead, so that a superfluous copy is detected. */
static struct nifti_file labels_file(void)
{
    int64_t shape[3] = {96, 96, 96};
    double spacing[3] = {1, 1, 1};
    uint8_t *values = must_alloc(96 * 96 * 96);
    uint64_t seed = 1;
    for (int i = 0; i < 96 * 96 * 96; i++)
        values[i] = (uint8_t)random_below(&seed, 16);
    struct nifti_file file = label_file(values, shape, AMOS_TYPE_INT16, "LAS", spacing);
    free(values);
    return file;
}

START_TEST(reads_take_what_is_declared)
{
    amos_volume_options options = with_library(_i);
    struct nifti_file file = labels_file();
    struct bytes packed = gzip_of(&file.bytes);
    char *path = tmp_write_bytes("labels.nii.gz", &packed);
    size_t bytes = 2 * 96 * 96 * 96;
    void *buffer = must_alloc(bytes);
    amos_error err;
    for (int kind = 0; kind < KINDS; kind++) {
        amos_volume *volume = NULL;
        int64_t result;
        heap_watch();
        amos_status status = amos_volume_open(path, &options, &volume, &err);
        int64_t opening = heap_peak();
        assert_ok(status, &err);
        heap_watch();
        status = do_kind(kind, volume, buffer, bytes, &result, &err);
        int64_t peak = heap_peak();
        assert_ok(status, &err);
        ck_assert_msg(opening <= OVERHEAD, "opening took %lld bytes", (long long)opening);
        ck_assert_msg(peak <= result + OVERHEAD, "%s: %lld bytes for a result of %lld", kinds[kind], (long long)peak,
                      (long long)result);
        amos_volume_free(volume);
    }
    free(buffer);
    free(path);
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

/* ---- bombs ---- */

/* A header that claims this shape of uint8, then `members` gzip members of 1 MiB of zeros each. */
static struct bytes bomb(int64_t x, int64_t y, int64_t z, int members)
{
    static unsigned char zeros[1 << 20];
    struct nifti_spec spec = {.version = 2, .ndim = 3, .dim = {1, 1, 1}, .type = AMOS_TYPE_UINT8};
    struct nifti_file file = nifti_make(&spec);
    struct bytes all = {0}, one = {0};
    nifti_poke(&file, "dim", 1, (double)x);
    nifti_poke(&file, "dim", 2, (double)y);
    nifti_poke(&file, "dim", 3, (double)z);
    gzip_add(&all, file.bytes.data, file.vox_offset, NULL);
    gzip_add(&one, zeros, sizeof zeros, NULL);
    for (int i = 0; i < members; i++)
        bytes_add(&all, one.data, one.size);
    bytes_free(&one);
    nifti_free(&file);
    return all;
}

/* Empty stored blocks without end, or empty members. */
static struct bytes nothing(int members)
{
    static const unsigned char block[5] = {0, 0, 0, 0xff, 0xff};
    struct bytes all = bomb(100, 100, 100, 0);
    if (!members)
        gzip_add_header(&all, NULL);
    for (int i = 0; i < 800000; i++) {
        if (members)
            gzip_add(&all, "", 0, &(struct gzip_member){.form = GZIP_BODY_STORED});
        else
            bytes_add(&all, block, sizeof block);
        if (members && i > 70000)
            break;
    }
    return all;
}

static const struct {
    const char *name;
    int64_t x, y, z;
    int members;   /* of 1 MiB zeros; -1: empty blocks; -2: empty members */
    uint64_t most; /* max_uncompressed; 0: the default */
    amos_status opened, verified;
} bombs[] = {
    {"G36 far more than the header says", 10, 10, 10, 64, 0, AMOS_OK, AMOS_E_DATA_LONG},
    {"G37 70 TB in a small file", 32767, 32767, 32767, 1, 0, AMOS_E_DATA_SHORT, AMOS_OK},
    {"G38 much, and all of it there", 1024, 1024, 128, 128, 0, AMOS_OK, AMOS_OK},
    {"G38 more than is allowed", 1024, 1024, 128, 128, 100 << 20, AMOS_E_LIMIT, AMOS_OK},
    {"G40 less than the header says", 1024, 1024, 128, 127, 0, AMOS_OK, AMOS_E_DATA_SHORT},
    {"G39 blocks without content", 100, 100, 100, -1, 0, AMOS_OK, AMOS_E_LIMIT},
    {"G13 members without content", 100, 100, 100, -2, 0, AMOS_OK, AMOS_E_LIMIT},
    {"H28 a product that overflows", 4294967297, 4294967296, 1, 1, 0, AMOS_E_LIMIT, AMOS_OK},
    {"H27 2^62 voxels", 1LL << 31, 1LL << 31, 1, 1, 0, AMOS_E_LIMIT, AMOS_OK},
};

START_TEST(bombs_do_no_harm)
{
    amos_volume_options options = with_library(_i / COUNT(bombs));
    int b = _i % COUNT(bombs);
    amos_limits limits = {.size = sizeof limits, .max_uncompressed = bombs[b].most};
    struct bytes all = bombs[b].members < 0 ? nothing(bombs[b].members == -2)
                                            : bomb(bombs[b].x, bombs[b].y, bombs[b].z, bombs[b].members);
    char *path = tmp_write_bytes("bomb.nii.gz", &all);
    amos_volume *volume = NULL;
    amos_error err = {.message = ""};
    options.limits = &limits;
    heap_watch();
    amos_status status = amos_volume_open(path, &options, &volume, &err);
    int64_t peak = heap_peak();
    ck_assert_msg(status == bombs[b].opened, "%s: %s", bombs[b].name, err.message);
    ck_assert_msg(peak <= OVERHEAD, "%s: opening took %lld bytes", bombs[b].name, (long long)peak);
    if (volume) {
        heap_watch();
        status = amos_volume_verify(volume, NULL, NULL, &err);
        peak = heap_peak();
        ck_assert_msg(status == bombs[b].verified, "%s: %s", bombs[b].name, err.message);
        ck_assert_msg(peak <= OVERHEAD, "%s: %lld bytes", bombs[b].name, (long long)peak);
    }
    amos_volume_free(volume);
    unlink(path);
    free(path);
    bytes_free(&all);
}
END_TEST

/* ---- hostile headers ---- */

/* Random fields in a valid file: whatever they claim, memory is bounded by the actual data. */
START_TEST(hostile_headers_take_nothing)
{
    amos_volume_options options = with_library(_i);
    static unsigned char voxels[65536];
    struct nifti_spec spec = {.ndim = 3, .dim = {64, 32, 16}, .type = AMOS_TYPE_INT16, .voxels = voxels};
    uint64_t seed = 5;
    int opened = 0;
    for (int round = 0; round < 400; round++) {
        spec.version = 1 + round % 2;
        struct nifti_file file = nifti_make(&spec);
        size_t header = spec.version == 1 ? 348 : 540;
        for (int64_t n = random_below(&seed, 4); n >= 0; n--)
            file.bytes.data[4 + random_below(&seed, (int64_t)header - 4)] ^=
                (unsigned char)(1 << random_below(&seed, 8));
        if (round % 3 == 0)
            nifti_poke(&file, "dim", (int)random_below(&seed, 8), (double)random_below(&seed, 32768));
        struct bytes packed = gzip_of(&file.bytes);
        amos_volume *volume = NULL;
        amos_error err;
        heap_watch();
        amos_status status = amos_volume_open_memory(packed.data, packed.size, &options, &volume, &err);
        int64_t peak = heap_peak();
        ck_assert_msg(peak <= OVERHEAD, "round %d, opening: %lld bytes, %s", round, (long long)peak,
                      amos_status_name(status));
        for (int kind = LOAD; volume && kind < KINDS; kind++) {
            int64_t result;
            amos_read_options read = {.size = sizeof read, .type = AMOS_TYPE_FLOAT64};
            amos_layout layout = {.bytes = 0};
            (void)!amos_volume_get_layout(volume, &read, &layout, NULL);
            size_t most = layout.bytes > amos_volume_get_info(volume)->stored_bytes
                              ? layout.bytes
                              : (size_t)amos_volume_get_info(volume)->stored_bytes;
            heap_watch();
            status = do_kind(kind, volume, NULL, 0, &result, &err);
            peak = heap_peak();
            ck_assert_msg(peak <= (int64_t)most + OVERHEAD, "round %d, %s: %lld bytes, %s", round, kinds[kind],
                          (long long)peak, amos_status_name(status));
            opened += kind == LOAD;
        }
        amos_volume_free(volume);
        bytes_free(&packed);
        nifti_free(&file);
    }
    ck_assert_int_gt(opened, 40);
}
END_TEST

/* A dataset.json takes its size plus 256 bytes per value, as documented. */
START_TEST(a_dense_manifest_takes_what_is_declared)
{
    struct bytes text = {0};
    const char *begin = "{\"training\": [], \"labels\": {}, \"x\": [0", *end = "]}";
    bytes_add(&text, begin, strlen(begin));
    for (int i = 0; i < 200000; i++)
        bytes_add(&text, i % 2 ? ",{}" : ",0", i % 2 ? 3 : 2);
    bytes_add(&text, end, strlen(end));
    free(tmp_write_bytes("dense/dataset.json", &text));
    char *path = tmp_path("dense");
    amos_dataset *dataset = NULL;
    amos_error err;
    heap_watch();
    amos_status status = amos_dataset_open(path, NULL, &dataset, &err);
    int64_t peak = heap_peak();
    assert_ok(status, &err);
    ck_assert_msg(peak <= MIB + (int64_t)text.size + 256 * 200004, "%lld bytes", (long long)peak);
    amos_dataset_free(dataset);
    free(path);
    bytes_free(&text);
}
END_TEST

/* ---- amos stats ---- */

/* Sanitizers use memory of their own, many times that of the program. */
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
static char *make_volume(const char *name, int64_t x, int64_t y, int64_t slabs, amos_type type)
{
    struct nifti_spec spec = {.ndim = 3, .dim = {1, 1, 1}, .type = type, .sform_code = 0};
    double spacing[3] = {1, 1, 2}, origin[3] = {0, 0, 0};
    nifti_set_sform(&spec, "LAS", spacing, origin);
    struct nifti_file file = nifti_make(&spec);
    struct bytes all = {0}, slab = {0};
    size_t bytes = (size_t)(x * y * 8) * nifti_type_bytes(type);
    unsigned char *zeros = calloc(1, bytes);
    ck_assert_ptr_nonnull(zeros);
    nifti_poke(&file, "dim", 1, (double)x);
    nifti_poke(&file, "dim", 2, (double)y);
    nifti_poke(&file, "dim", 3, (double)(8 * slabs));
    gzip_add(&all, file.bytes.data, file.vox_offset, NULL);
    gzip_add(&slab, zeros, bytes, NULL);
    for (int64_t i = 0; i < slabs; i++)
        bytes_add(&all, slab.data, slab.size);
    char *path = tmp_write_bytes(name, &all);
    free(zeros);
    bytes_free(&slab);
    bytes_free(&all);
    nifti_free(&file);
    return path;
}

/* 600 cases whose files are links to four; every 150th case is as large as the largest of AMOS. */
static char *make_tree(void)
{
    char *small_image = make_volume("small_image.nii.gz", 32, 32, 1, AMOS_TYPE_INT16);
    char *small_label = make_volume("small_label.nii.gz", 32, 32, 1, AMOS_TYPE_UINT8);
    char *large_image = make_volume("large_image.nii.gz", 512, 512, 25, AMOS_TYPE_INT16);
    char *large_label = make_volume("large_label.nii.gz", 512, 512, 25, AMOS_TYPE_UINT8);
    free(tmp_write("many/imagesTr/.keep", "", 0));
    free(tmp_write("many/labelsTr/.keep", "", 0));
    for (int i = 1; i <= 600; i++)
        for (int label = 0; label < 2; label++) {
            char name[64];
            snprintf(name, sizeof name, "many/%s/amos_%04d.nii.gz", label ? "labelsTr" : "imagesTr", i);
            char *path = tmp_path(name);
            const char *target =
                i % 150 == 0 ? (label ? large_label : large_image) : (label ? small_label : small_image);
            ck_assert_int_eq(symlink(target, path), 0);
            free(path);
        }
    free(small_image);
    free(small_label);
    free(large_image);
    free(large_label);
    return tmp_path("many");
}

START_TEST(stats_stays_small)
{
    static const char *const words[] = {"stats %s -j 4", "stats %s -j 4 --json"};
    if (getenv("AMOS_EMULATOR")) {
        puts("Skipped: stats_stays_small, as what is resident would be the emulator too.");
        return;
    }
    char *tree = make_tree();
    for (int i = 0; i < 2; i++) {
        struct rusage usage;
        int status;
        pid_t pid = start_amos(words[i], tree);
        ck_assert_int_eq(wait4(pid, &status, 0, &usage), pid);
        ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "amos stats ended with %d", status);
        printf("amos stats, 600 cases, %s: %ld KiB resident.\n", i ? "JSON" : "table", usage.ru_maxrss);
        ck_assert_int_le(usage.ru_maxrss, STATS_RESIDENT_KIB);
    }
    free(tree);
}
END_TEST

static void assert_resident(const char *what, pid_t pid, long most)
{
    struct rusage usage;
    int status;
    ck_assert_int_eq(wait4(pid, &status, 0, &usage), pid);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s ended with %d", what, status);
    printf("%s: %ld KiB resident.\n", what, usage.ru_maxrss);
    ck_assert_int_le(usage.ru_maxrss, most);
}

/* The reports of many cases pass through memory case by case: 1,500 of 86 KiB would be 126 MiB. */
START_TEST(scores_stay_small)
{
    if (getenv("AMOS_EMULATOR")) {
        puts("Skipped: scores_stay_small, as what is resident would be the emulator too.");
        return;
    }
    char *label = make_volume("score_label.nii.gz", 32, 32, 1, AMOS_TYPE_UINT8);
    free(tmp_write("flat/.keep", "", 0));
    for (int i = 1; i <= 1500; i++) {
        char name[64];
        snprintf(name, sizeof name, "flat/amos_%04d.nii.gz", i);
        char *path = tmp_path(name);
        ck_assert_int_eq(symlink(label, path), 0);
        free(path);
    }
    char *folder = tmp_path("flat"), *json = tmp_path("scores.json");
    assert_resident("amos score --json, 1,500 cases",
                    start_amos("score -r %s -p %s --json -j 2 -o %s", folder, folder, json), SCORE_RESIDENT_KIB);
    assert_resident("amos score --csv, 1,500 cases", start_amos("score -r %s -p %s --csv -j 2", folder, folder),
                    SCORE_RESIDENT_KIB);
    assert_resident("amos score-compare, 1,500 cases", start_amos("score-compare %s %s", json, json),
                    COMPARE_RESIDENT_KIB);
    free(json);
    free(folder);
    free(label);
}
END_TEST
#endif

int main(void)
{
    Suite *suite = suite_create("bounds");
    TCase *library = add_case(suite, "library", 60);
    tcase_add_loop_test(library, reads_take_what_is_declared, 0, COUNT(libraries));
    tcase_add_loop_test(library, bombs_do_no_harm, 0, COUNT(libraries) * COUNT(bombs));
    tcase_add_loop_test(library, hostile_headers_take_nothing, 0, COUNT(libraries));
    tcase_add_test(library, a_dense_manifest_takes_what_is_declared);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    TCase *command = add_case(suite, "stats", 60);
    tcase_add_test(command, stats_stays_small);
    tcase_add_test(command, scores_stay_small);
#endif
    return run_suite(suite);
}
