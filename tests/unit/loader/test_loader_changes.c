/* SPDX-License-Identifier: BSD-3-Clause */
/* Files and cache entries that change while a loader runs: the information of a batch about a case is true for its
 * voxels, or the case is reported as damaged. No write goes outside the batch, whatever an entry has. */
#define _DEFAULT_SOURCE
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <amos/amos.h>

#include "support/accept.h"
#include "support/bytes.h"
#include "support/make/cache.h"
#include "support/make/cache_seal.h"
#include "support/make/gzip.h"
#include "support/make/loader_set.h"
#include "support/main.h"
#include "support/tmp.h"

enum { CASES = 3, VOXELS = 12 * 10 * 8 };

static amos_error err;

/* ---- cases ---- */

/* A case of one stored value everywhere, times a slope, whose label is one value everywhere; 0: no label. */
struct look {
    int stored, slope, label;
};

/* The content of case `number` before any change; its values are unique. */
static struct look first_look(int number)
{
    return (struct look){100 * number, 1, number};
}

static struct nifti_file make_volume(amos_type type, int value, int slope, int pair)
{
    static int16_t wide[VOXELS];
    static uint8_t narrow[VOXELS];
    for (int i = 0; i < VOXELS; i++) {
        wide[i] = (int16_t)value;
        narrow[i] = (uint8_t)value;
    }
    struct nifti_spec spec = {.dim = {12, 10, 8}, .type = type, .slope = slope, .pair = pair};
    spec.voxels = type == AMOS_TYPE_INT16 ? (const void *)wide : narrow;
    nifti_set_sform(&spec, "LAS", (double[3]){0.75, 0.75, 5}, (double[3]){-50, 20, 300});
    return nifti_make(&spec);
}

static void write_packed(const char *name, struct nifti_file file)
{
    struct bytes packed = gzip_of(&file.bytes);
    free(tmp_write_bytes(name, &packed));
    bytes_free(&packed);
    nifti_free(&file);
}

static void write_case(const char *tree, int number, struct look look)
{
    char name[128];
    snprintf(name, sizeof name, "%s/imagesTr/amos_%04d.nii.gz", tree, number);
    write_packed(name, make_volume(AMOS_TYPE_INT16, look.stored, look.slope, 0));
    snprintf(name, sizeof name, "%s/labelsTr/amos_%04d.nii.gz", tree, number);
    if (look.label)
        write_packed(name, make_volume(AMOS_TYPE_UINT8, look.label, 0, 0));
}

/* A tree, and a cache of it if requested. */
struct world {
    const char *tree;
    amos_dataset *dataset;
    amos_cache *cache;
};

static struct world world_make(const char *tree, bool cached)
{
    struct world w = {.tree = tree};
    char folder[64];
    for (int number = 1; number <= CASES; number++)
        write_case(tree, number, first_look(number));
    w.dataset = cache_tree_open(tree);
    if (cached) {
        snprintf(folder, sizeof folder, "%s-cache", tree);
        w.cache = cache_open(folder, NULL);
        assert_ok(amos_cache_build(w.cache, w.dataset, NULL, &err), &err);
    }
    return w;
}

static void world_free(struct world *w)
{
    amos_cache_free(w->cache);
    amos_dataset_free(w->dataset);
}

/* ---- loaders ---- */

/* Whole volumes, one after the other, with as few cases in memory as possible. */
static amos_loader *open_loader(const struct world *w, amos_loader_options o)
{
    amos_loader *loader = NULL;
    o.size = sizeof o;
    o.cache = w->cache;
    o.threads = 1;
    o.prefetch = 1;
    for (int i = 0; i < 3 && o.draw != AMOS_SAMPLING_WHOLE; i++)
        o.patch[i] = 8;
    for (o.memory_budget = 1 << 18; o.memory_budget < 1 << 28; o.memory_budget += 1 << 18)
        if (amos_loader_open(w->dataset, &o, &loader, &err) != AMOS_E_LIMIT)
            break;
    ck_assert_msg(loader != NULL, "%s", err.message);
    return loader;
}

static int case_number(const char *id)
{
    return atoi(id + strlen("amos_"));
}

/* The label of an element at a voxel, whatever its type, as one number; -1: none of the planes of one-hot labels. */
static int label_at(const amos_tensor *label, size_t voxels, amos_label_type type, size_t i)
{
    const uint8_t *bytes = label->data;
    const int64_t *wide = label->data;
    if (type != AMOS_LABEL_TYPE_ONEHOT)
        return type == AMOS_LABEL_TYPE_INT64 ? (int)wide[i] : bytes[i];
    for (int plane = 0; plane < label->shape[1]; plane++)
        if (bytes[(size_t)plane * voxels + i])
            return plane;
    return -1;
}

/* Each element has the content of its case when the loader was opened, or it is marked as damaged and blank. */
static void check_batch(const amos_batch *batch, amos_label_type type)
{
    const amos_batch_info *info = amos_batch_get_info(batch);
    const float *values = info->image.data;
    size_t voxels = (size_t)(info->image.shape[2] * info->image.shape[3] * info->image.shape[4]);
    struct look look = first_look(case_number(amos_batch_get_sample(batch, 0)->case_id));
    for (size_t i = 0; i < voxels; i++) {
        ck_assert(fabsf(values[i] - (amos_batch_get_sample(batch, 0)->damaged ? 0.0f : (float)look.stored)) < 0.001f);
        if (type != AMOS_LABEL_TYPE_NONE)
            ck_assert_int_eq(label_at(&info->label, voxels, type, i),
                             amos_batch_get_sample(batch, 0)->damaged ? 0 : look.label);
    }
}

/* Draws and checks `batches` batches, over as many epochs as needed. */
static void draw(amos_loader *loader, int batches, amos_label_type type)
{
    for (int i = 0; i < batches;) {
        amos_batch *batch;
        assert_ok(amos_loader_next(loader, &batch, &err), &err);
        if (!batch)
            continue;
        check_batch(batch, type);
        amos_batch_free(batch);
        i++;
    }
}

/* The damaged case, and the reason. */
static void assert_damaged(amos_loader *loader, const char *id, amos_status status)
{
    amos_status found = amos_loader_get_damaged(loader, 0, &err);
    assert_status(found, status, &err);
    assert_sentence(&err, status, id);
    ck_assert_str_eq(err.case_id, id);
    ck_assert_int_eq(amos_loader_get_damaged(loader, 1, NULL), AMOS_OK);
}

/* ---- files that are replaced by others ---- */

/* The ways to put new bytes under the old name. */
enum manner { IN_PLACE, RENAMED, REMOVED, MANNERS };

static void replace(const char *path, const struct bytes *by, enum manner manner)
{
    char name[64];
    snprintf(name, sizeof name, "replacement-%ld", (long)getpid());
    char *other = tmp_write_bytes(name, by);
    if (manner == RENAMED)
        ck_assert_int_eq(rename(other, path), 0);
    else
        ck_assert_int_eq(unlink(manner == REMOVED ? path : other), 0);
    if (manner == IN_PLACE) {
        FILE *file = fopen(path, "r+b");
        ck_assert_ptr_nonnull(file);
        ck_assert_uint_eq(fwrite(by->data, 1, by->size, file), by->size);
        ck_assert_int_eq(ftruncate(fileno(file), (off_t)by->size), 0);
        ck_assert_int_eq(fclose(file), 0);
    }
    free(other);
}

static char *case_path(const char *tree, const char *kind, int number)
{
    char name[128];
    snprintf(name, sizeof name, "%s/%s/amos_%04d.nii.gz", tree, kind, number);
    return tmp_path(name);
}

struct finding {
    int number;
    char name[256];
};

static amos_status find_item(void *user, const amos_cache_item *item)
{
    struct finding *f = user;
    char id[16];
    snprintf(id, sizeof id, "amos_%04d-", f->number);
    if (strncmp(item->name, id, strlen(id)) == 0)
        snprintf(f->name, sizeof f->name, "%s", item->name);
    return AMOS_OK;
}

static char *entry_path(const amos_cache *cache, int number)
{
    struct finding f = {number, ""};
    assert_ok(amos_cache_list(cache, find_item, &f, &err), &err);
    ck_assert_str_ne(f.name, "");
    size_t bytes = strlen(amos_cache_folder(cache)) + strlen(f.name) + 2;
    char *path = must_alloc(bytes);
    snprintf(path, bytes, "%s/%s", amos_cache_folder(cache), f.name);
    return path;
}

/* The entry of case 2 from another data set. */
static struct bytes other_entry(const char *tree, struct look look)
{
    char other[64], folder[72];
    snprintf(other, sizeof other, "%s-other-%ld", tree, (long)getpid());
    snprintf(folder, sizeof folder, "%s-cache", other);
    write_case(other, 2, look);
    amos_dataset *dataset = cache_tree_open(other);
    amos_cache *cache = cache_open(folder, NULL);
    assert_ok(amos_cache_build(cache, dataset, NULL, &err), &err);
    char *path = cache_only_path(cache);
    struct bytes b = read_file(path);
    free(path);
    amos_cache_free(cache);
    amos_dataset_free(dataset);
    return b;
}

/* The new content of case 2: one of its files, or its entry. */
static const struct change {
    const char *kind; /* NULL: the entry in the cache */
    struct look look;
} changes[] = {
    {"imagesTr", {200, 2, 2}}, {"imagesTr", {100, 2, 2}}, {"imagesTr", {7, 1, 2}},
    {"labelsTr", {200, 1, 9}}, {"labelsTr", {200, 1, 1}}, {NULL, {200, 2, 2}},
    {NULL, {200, 1, 9}},       {NULL, {200, 1, 0}},       {NULL, {7, 1, 2}},
};
/* Those of files come first. */
enum { CHANGES = sizeof changes / sizeof changes[0], FILE_CHANGES = 5, STEPS = 2 * CASES };

static void apply(const struct world *w, const struct change *change, enum manner manner)
{
    char *path, other[64];
    struct bytes by;
    snprintf(other, sizeof other, "%s-new-%ld", w->tree, (long)getpid());
    if (change->kind) {
        write_case(other, 2, change->look);
        char *from = case_path(other, change->kind, 2);
        by = read_file(from);
        free(from);
        path = case_path(w->tree, change->kind, 2);
    } else {
        by = other_entry(w->tree, change->look);
        path = entry_path(w->cache, 2);
    }
    replace(path, &by, manner);
    bytes_free(&by);
    free(path);
}

/* Each kind of file, replaced in each way, after each step of two epochs. */
START_TEST(what_changes_at_any_step_is_noticed)
{
    const struct change *change = &changes[_i / MANNERS];
    enum manner manner = (enum manner)(_i % MANNERS);
    for (int step = 0; step <= STEPS; step++) {
        char tree[64];
        snprintf(tree, sizeof tree, "step-%d-%d", _i, step);
        struct world w = world_make(tree, change->kind == NULL);
        amos_label_type type = step % 2 ? AMOS_LABEL_TYPE_ONEHOT : AMOS_LABEL_TYPE_INT64;
        amos_loader *loader = open_loader(
            &w,
            (amos_loader_options){.draw = AMOS_SAMPLING_WHOLE, .label_type = type, .accept = ACCEPT(.max_label = 3)});
        draw(loader, step, type);
        apply(&w, change, manner);
        draw(loader, 2 * STEPS, type);
        amos_status found = amos_loader_get_damaged(loader, 0, &err);
        if (found)
            ck_assert_str_eq(err.case_id, "amos_0002");
        if (step == 0) /* an entry that is gone was removed by a build or a prune: that is a change */
            assert_damaged(loader, "amos_0002", manner == REMOVED && change->kind ? AMOS_E_OPEN : AMOS_E_CHANGED);
        amos_loader_free(loader);
        world_free(&w);
    }
}
END_TEST

/* A loader that stops at damage reports the case that changed. */
START_TEST(a_file_with_another_slope_is_no_longer_the_case)
{
    struct world w = world_make(_i ? "slope-cached" : "slope", _i == 1);
    amos_loader *loader =
        open_loader(&w, (amos_loader_options){.draw = AMOS_SAMPLING_WHOLE, .flags = AMOS_LOADER_STOP_AT_DAMAGE});
    for (int number = 1; number <= CASES; number++)
        write_case("slope-new", number, (struct look){100 * number, 2, number});
    for (int number = 1; number <= CASES; number++) {
        char *from = case_path("slope-new", "imagesTr", number), *to = case_path(w.tree, "imagesTr", number);
        ck_assert_int_eq(rename(from, to), 0);
        free(from);
        free(to);
    }
    if (w.cache) { /* the new entries have other names: they are renamed to the old ones */
        char *old[CASES];
        for (int i = 0; i < CASES; i++) {
            old[i] = entry_path(w.cache, i + 1);
            ck_assert_int_eq(unlink(old[i]), 0);
        }
        assert_ok(amos_cache_build(w.cache, w.dataset, NULL, &err), &err);
        for (int i = 0; i < CASES; i++) {
            char *path = entry_path(w.cache, i + 1);
            ck_assert_int_eq(rename(path, old[i]), 0);
            free(path);
            free(old[i]);
        }
    }
    amos_batch *batch;
    assert_status(amos_loader_next(loader, &batch, &err), AMOS_E_CHANGED, &err);
    ck_assert_ptr_nonnull(strstr(err.message, "changed after the loader was opened"));
    amos_loader_free(loader);
    world_free(&w);
}
END_TEST

/* A hard link to a file changes its change time, but it is still the same file. */
START_TEST(a_link_to_a_file_is_no_change)
{
    struct world w = world_make("linked", false);
    amos_loader *loader = open_loader(&w, (amos_loader_options){.draw = AMOS_SAMPLING_WHOLE});
    char *path = case_path(w.tree, "imagesTr", 2), *other = tmp_path("linked-other");
    usleep(20000);
    ck_assert_int_eq(link(path, other), 0);
    draw(loader, 2 * CASES, AMOS_LABEL_TYPE_UINT8);
    ck_assert_int_eq(amos_loader_get_damaged(loader, 0, NULL), AMOS_OK);
    free(other);
    free(path);
    amos_loader_free(loader);
    world_free(&w);
}
END_TEST

/* A file that was damaged at opening and is repaired later is another file: a new loader continues from the
 * position of the old. */
START_TEST(a_file_that_is_repaired_needs_a_new_loader)
{
    struct world w = world_make("repaired", false);
    char *path = case_path(w.tree, "imagesTr", 2);
    loader_set_damage(path);
    const amos_loader_options o = {.draw = AMOS_SAMPLING_WHOLE, .flags = AMOS_LOADER_STOP_AT_DAMAGE};
    amos_loader *loader = open_loader(&w, o), *second;
    amos_batch *batch;
    amos_status status;
    while ((status = amos_loader_next(loader, &batch, &err)) == AMOS_OK)
        amos_batch_free(batch);
    assert_status(status, AMOS_E_GZ_CRC, &err);
    amos_loader_state state = AMOS_LOADER_STATE_INIT;
    assert_ok(amos_loader_get_state(loader, &state, &err), &err);
    usleep(20000);
    loader_set_damage(path); /* the same bit */
    assert_ok(amos_loader_seek(loader, &state, &err), &err);
    assert_status(amos_loader_next(loader, &batch, &err), AMOS_E_CHANGED, &err);
    ck_assert_str_eq(err.case_id, "amos_0002");
    second = open_loader(&w, o);
    assert_ok(amos_loader_seek(second, &state, &err), &err);
    assert_ok(amos_loader_next(second, &batch, &err), &err);
    ck_assert_str_eq(amos_batch_get_sample(batch, 0)->case_id, "amos_0002");
    check_batch(batch, AMOS_LABEL_TYPE_UINT8);
    amos_batch_free(batch);
    amos_loader_free(second);
    amos_loader_free(loader);
    free(path);
    world_free(&w);
}
END_TEST

/* ---- a header in a file of its own ---- */

static void write_pair(const char *tree, const char *kind, int number, amos_type type, int value, int slope)
{
    char name[128];
    struct nifti_file file = make_volume(type, value, slope, 1);
    snprintf(name, sizeof name, "%s/%s/amos_%04d.hdr", tree, kind, number);
    free(tmp_write_bytes(name, &file.bytes));
    snprintf(name, sizeof name, "%s/%s/amos_%04d.img", tree, kind, number);
    free(tmp_write_bytes(name, &file.image));
    nifti_free(&file);
}

/* Only the .hdr or only the .img of the image changes. */
START_TEST(a_header_or_voxels_that_change_alone_are_noticed)
{
    char tree[16], path[128];
    const char *suffix = _i ? "img" : "hdr";
    snprintf(tree, sizeof tree, "pair-%s", suffix);
    for (int number = 1; number <= 2; number++) {
        write_pair(tree, "imagesTr", number, AMOS_TYPE_INT16, 100 * number, 1);
        write_pair(tree, "labelsTr", number, AMOS_TYPE_UINT8, number, 0);
    }
    struct world w = {.tree = tree};
    const char *json = "{\"modality\":{\"0\":\"CT\"},\"labels\":{\"0\":\"background\"},\"training\":["
                       "{\"image\":\"./imagesTr/amos_0001.hdr\",\"label\":\"./labelsTr/amos_0001.hdr\"},"
                       "{\"image\":\"./imagesTr/amos_0002.hdr\",\"label\":\"./labelsTr/amos_0002.hdr\"}],"
                       "\"validation\":[],\"test\":[]}";
    snprintf(path, sizeof path, "%s/dataset.json", tree);
    free(tmp_write(path, json, strlen(json)));
    w.dataset = cache_tree_open(tree);
    amos_loader *loader = open_loader(&w, (amos_loader_options){.draw = AMOS_SAMPLING_WHOLE});
    write_pair("pair-new", "imagesTr", 2, AMOS_TYPE_INT16, 150, 2);
    snprintf(path, sizeof path, "pair-new/imagesTr/amos_0002.%s", suffix);
    char *from = tmp_path(path);
    snprintf(path, sizeof path, "%s/imagesTr/amos_0002.%s", tree, suffix);
    char *to = tmp_path(path);
    ck_assert_int_eq(rename(from, to), 0);
    draw(loader, 4, AMOS_LABEL_TYPE_UINT8);
    assert_damaged(loader, "amos_0002", AMOS_E_CHANGED);
    free(from);
    free(to);
    amos_loader_free(loader);
    world_free(&w);
}
END_TEST

#ifdef AMOS_HAVE_LZ4

/* ---- entries ---- */

START_TEST(an_entry_that_loses_its_labels_is_reported)
{
    struct world w = world_make("unlabelled", true);
    amos_loader *loader =
        open_loader(&w, (amos_loader_options){.draw = _i ? AMOS_SAMPLING_PATCHES : AMOS_SAMPLING_WHOLE});
    struct bytes by = other_entry(w.tree, (struct look){200, 1, 0});
    char *path = entry_path(w.cache, 2);
    replace(path, &by, RENAMED);
    draw(loader, 3 * CASES, AMOS_LABEL_TYPE_UINT8);
    assert_damaged(loader, "amos_0002", AMOS_E_CHANGED);
    free(path);
    bytes_free(&by);
    amos_loader_free(loader);
    world_free(&w);
}
END_TEST

static const amos_label_type label_types[] = {AMOS_LABEL_TYPE_ONEHOT, AMOS_LABEL_TYPE_UINT8, AMOS_LABEL_TYPE_INT64};
enum { LABEL_TYPES = sizeof label_types / sizeof label_types[0] };

START_TEST(larger_labels_of_a_rebuilt_entry_are_refused)
{
    char tree[32];
    snprintf(tree, sizeof tree, "rebuilt-%d", _i);
    struct world w = world_make(tree, true);
    amos_loader *loader = open_loader(
        &w, (amos_loader_options){.accept = ACCEPT(.max_label = 3), .label_type = label_types[_i], .steps = 40});
    write_case(tree, 2, (struct look){200, 1, 15});
    assert_ok(amos_cache_build(w.cache, w.dataset, NULL, &err), &err);
    draw(loader, 40, label_types[_i]);
    assert_damaged(loader, "amos_0002", AMOS_E_CHANGED);
    amos_loader_free(loader);
    world_free(&w);
}
END_TEST

/* Replaces a text in an entry's attributes by another of the same length, with correct checksums. */
static void forge(const char *path, const char *is, const char *becomes)
{
    struct bytes b = read_file(path);
    size_t length = strlen(is), at = 0;
    ck_assert_uint_eq(length, strlen(becomes));
    while (at + length <= b.size && memcmp(b.data + at, is, length) != 0)
        at++;
    ck_assert_msg(at + length <= b.size, "%s is not there", is);
    memcpy(b.data + at, becomes, length);
    cache_reseal(b.data, b.size);
    replace(path, &b, RENAMED);
    bytes_free(&b);
}

/* The entry states that its largest label is 3, but has 15; nothing changes after opening. A rotated patch is read
 * by other code than one that is only cut out. */
START_TEST(labels_that_an_entry_does_not_admit_are_refused)
{
    char tree[32];
    amos_label_type type = label_types[_i / 2];
    amos_augment augment = {
        .size = sizeof augment, .affine_share = 1, .rotate_degrees = {0, 0, 0}, .zoom_low = 1, .zoom_high = 1};
    snprintf(tree, sizeof tree, "forged-%d", _i);
    struct world w = world_make(tree, true);
    write_case(tree, 2, (struct look){200, 1, 15});
    assert_ok(amos_cache_build(w.cache, w.dataset, NULL, &err), &err);
    char *path = entry_path(w.cache, 2);
    forge(path, "\"label\":15", "\"label\": 3");
    amos_loader *loader = open_loader(&w, (amos_loader_options){.accept = ACCEPT(.max_label = 3),
                                                                .label_type = type,
                                                                .steps = 40,
                                                                .augment = _i % 2 ? &augment : NULL});
    draw(loader, 40, type);
    assert_damaged(loader, "amos_0002", AMOS_E_LABEL);
    free(path);
    amos_loader_free(loader);
    world_free(&w);
}
END_TEST

/* The key is unchanged, but the entry states that it has no labels. */
START_TEST(labels_that_a_forged_entry_loses_are_missed)
{
    struct world w = world_make("forged-labels", true);
    amos_loader *loader = open_loader(&w, (amos_loader_options){.draw = AMOS_SAMPLING_WHOLE});
    char *path = entry_path(w.cache, 2);
    struct bytes b = read_file(path);
    forge(path, "\"label_path\"", "\"label_paht\"");
    draw(loader, 2 * CASES, AMOS_LABEL_TYPE_UINT8);
    ck_assert_int_ne(amos_loader_get_damaged(loader, 0, &err), AMOS_OK);
    ck_assert_str_eq(err.case_id, "amos_0002");
    bytes_free(&b);
    free(path);
    amos_loader_free(loader);
    world_free(&w);
}
END_TEST

/* Two files exchange their names. */
static void swap(const char *a, const char *b)
{
    char *between = tmp_path("between");
    ck_assert_int_eq(rename(a, between), 0);
    ck_assert_int_eq(rename(b, a), 0);
    ck_assert_int_eq(rename(between, b), 0);
    free(between);
}

START_TEST(entries_that_are_swapped_are_reported)
{
    struct world w = world_make("swapped", true);
    amos_loader *loader = open_loader(&w, (amos_loader_options){.steps = 40});
    char *one = entry_path(w.cache, 1), *two = entry_path(w.cache, 2);
    swap(one, two);
    draw(loader, 40, AMOS_LABEL_TYPE_UINT8);
    for (size_t i = 0; i < 2; i++)
        assert_status(amos_loader_get_damaged(loader, i, &err), AMOS_E_CHANGED, &err);
    const char *const names[] = {strrchr(one, '/') + 1, strrchr(two, '/') + 1};
    for (int i = 0; i < 2; i++) {
        amos_cache_entry *entry;
        assert_status(amos_cache_entry_open_name(w.cache, names[i], &entry, &err), AMOS_E_INDEX, &err);
        ck_assert_ptr_nonnull(strstr(err.message, i ? "of case amos_0001" : "of case amos_0002"));
    }
    swap(one, two);
    for (int i = 0; i < 2; i++) {
        amos_cache_entry *entry;
        assert_ok(amos_cache_entry_open_name(w.cache, names[i], &entry, &err), &err);
        amos_cache_entry_free(entry);
    }
    free(one);
    free(two);
    amos_loader_free(loader);
    world_free(&w);
}
END_TEST

/* An entry under the name and with the key of another case. */
START_TEST(an_entry_of_another_case_is_refused)
{
    struct world w = world_make("other-case", true);
    char *path = entry_path(w.cache, 2);
    amos_loader *loader = open_loader(&w, (amos_loader_options){.draw = AMOS_SAMPLING_WHOLE});
    forge(path, "\"case\":\"amos_0002\"", "\"case\":\"amos_0003\"");
    draw(loader, 2 * CASES, AMOS_LABEL_TYPE_UINT8);
    assert_damaged(loader, "amos_0002", AMOS_E_CHANGED);
    amos_cache_entry *entry;
    assert_status(amos_cache_entry_open(w.cache, amos_dataset_find(w.dataset, "amos_0002"), &entry, &err), AMOS_E_INDEX,
                  &err);
    assert_status(amos_cache_entry_open_name(w.cache, strrchr(path, '/') + 1, &entry, &err), AMOS_E_INDEX, &err);
    amos_cache_outcome outcome;
    assert_ok(amos_cache_build_case(w.cache, amos_dataset_find(w.dataset, "amos_0002"), &outcome, &err), &err);
    ck_assert_int_eq(outcome, AMOS_CACHE_REBUILT);
    free(path);
    amos_loader_free(loader);
    world_free(&w);
}
END_TEST

#endif

int main(void)
{
    Suite *suite = suite_create("loader changes");
    TCase *files = add_case(suite, "files", 60);
#ifdef AMOS_HAVE_LZ4
    TCase *entries = add_case(suite, "entries", 60);
    tcase_add_loop_test(files, what_changes_at_any_step_is_noticed, 0, CHANGES * MANNERS);
    tcase_add_loop_test(files, a_file_with_another_slope_is_no_longer_the_case, 0, 2);
    tcase_add_loop_test(entries, an_entry_that_loses_its_labels_is_reported, 0, 2);
    tcase_add_test(entries, labels_that_a_forged_entry_loses_are_missed);
    tcase_add_loop_test(entries, larger_labels_of_a_rebuilt_entry_are_refused, 0, LABEL_TYPES);
    tcase_add_loop_test(entries, labels_that_an_entry_does_not_admit_are_refused, 0, 2 * LABEL_TYPES);
    tcase_add_test(entries, entries_that_are_swapped_are_reported);
    tcase_add_test(entries, an_entry_of_another_case_is_refused);
#else
    tcase_add_loop_test(files, what_changes_at_any_step_is_noticed, 0, FILE_CHANGES * MANNERS);
    tcase_add_loop_test(files, a_file_with_another_slope_is_no_longer_the_case, 0, 1);
#endif
    tcase_add_test(files, a_file_that_is_repaired_needs_a_new_loader);
    tcase_add_test(files, a_link_to_a_file_is_no_change);
    tcase_add_loop_test(files, a_header_or_voxels_that_change_alone_are_noticed, 0, 2);
    return run_suite(suite);
}
