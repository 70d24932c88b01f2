/* SPDX-License-Identifier: BSD-3-Clause */
/* To which files an entry belongs: those of the same content, wherever they lie, and no others. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "support/make/cache.h"
#include "support/make/gzip.h"
#include "support/main.h"
#include "support/tmp.h"

#ifdef AMOS_HAVE_LZ4

#define SIDE 32
#define VOXELS (SIDE * SIDE * SIDE)

/* How the image of a case is stored. */
enum form { GZIP, PLAIN, MEMBERS, TWICE, FORMS };
static const char *const form_names[] = {"one gzip member", ".nii", "members of stored bytes", "a file behind another"};

static struct bytes image_bytes(enum form form, int changed_voxel)
{
    static int16_t voxels[VOXELS];
    for (int i = 0; i < VOXELS; i++)
        voxels[i] = (int16_t)(i % 999);
    if (changed_voxel)
        voxels[changed_voxel] = 1001;
    struct nifti_spec spec = {.dim = {SIDE, SIDE, SIDE}, .type = AMOS_TYPE_INT16, .voxels = voxels};
    nifti_set_sform(&spec, "LAS", (double[3]){1, 1, 1}, (double[3]){0, 0, 0});
    struct nifti_file file = nifti_make(&spec);
    const struct gzip_member stored = {.form = GZIP_BODY_STORED};
    struct bytes out = {0};
    if (form == GZIP)
        out = gzip_of(&file.bytes);
    else if (form == MEMBERS)
        out = gzip_in_members(&file.bytes, 20000, &stored);
    else
        bytes_add(&out, file.bytes.data, file.bytes.size);
    if (form == TWICE) { /* the trailer has the length of the image, but is that of what follows it */
        bytes_free(&out);
        out = (struct bytes){0};
        gzip_add(&out, file.bytes.data, file.bytes.size, &stored);
        memset(file.bytes.data + 400, 7, file.bytes.size - 400);
        gzip_add(&out, file.bytes.data, file.bytes.size, &stored);
    }
    nifti_free(&file);
    return out;
}

static char *write_case(const char *tree, enum form form, int changed_voxel)
{
    char name[128];
    snprintf(name, sizeof name, "%s/imagesTr/amos_0001.nii%s", tree, form == PLAIN ? "" : ".gz");
    struct bytes bytes = image_bytes(form, changed_voxel);
    char *path = tmp_write_bytes(name, &bytes);
    bytes_free(&bytes);
    return path;
}

struct set {
    char name[64];
    char *image;
    amos_dataset *dataset;
    const amos_case *c;
};

static struct set set_made(const char *name, enum form form, int changed_voxel)
{
    struct set set;
    snprintf(set.name, sizeof set.name, "%s-%d", name, (int)form);
    set.image = write_case(set.name, form, changed_voxel);
    set.dataset = cache_tree_open(set.name);
    set.c = amos_dataset_get(set.dataset, 0);
    return set;
}

static void set_free(struct set *set)
{
    amos_dataset_free(set->dataset);
    free(set->image);
}

static int16_t voxel_of(const amos_cache_entry *entry, int at)
{
    static int16_t voxels[VOXELS];
    amos_error err;
    assert_ok(amos_cache_entry_read_image(entry, NULL, voxels, sizeof voxels, &err), &err);
    return voxels[at];
}

static amos_cache *cache_of(const char *name, int i)
{
    char folder[64];
    snprintf(folder, sizeof folder, "%s-%d-cache", name, i);
    return cache_open(folder, NULL);
}

/* Other inode, other times, other folder. */
START_TEST(a_copy_has_the_entry_of_its_original)
{
    struct set one = set_made("one", (enum form)_i, 0);
    amos_cache *cache = cache_of("copies", _i);
    amos_cache_entry_free(cache_entry_built(cache, one.c, AMOS_CACHE_BUILT));
    usleep(20000);
    struct set copy = set_made("copy", (enum form)_i, 0);
    amos_cache_entry_free(cache_entry_built(cache, copy.c, AMOS_CACHE_KEPT));
    const struct timespec old[2] = {{1000000000, 0}, {1000000000, 0}}; /* as after cp -a, rsync or tar */
    ck_assert_int_eq(utimensat(AT_FDCWD, copy.image, old, 0), 0);
    amos_cache_entry_free(cache_entry_built(cache, copy.c, AMOS_CACHE_KEPT));
    amos_cache_entry_free(cache_entry_built(cache, one.c, AMOS_CACHE_KEPT));
    free(cache_only_path(cache));
    amos_cache_free(cache);
    set_free(&copy);
    set_free(&one);
}
END_TEST

/* One voxel differs, in the middle: size, both ends and times may be the same. */
START_TEST(another_content_has_never_that_entry)
{
    const int at = VOXELS / 3;
    struct set one = set_made("first", (enum form)_i, 0), other = set_made("other", (enum form)_i, at);
    amos_cache *cache = cache_of("others", _i);
    struct stat state;
    ck_assert_int_eq(stat(one.image, &state), 0);
    const struct timespec times[2] = {state.st_atim, state.st_mtim};
    ck_assert_int_eq(utimensat(AT_FDCWD, other.image, times, 0), 0);
    amos_cache_entry_free(cache_entry_built(cache, one.c, AMOS_CACHE_BUILT));
    amos_cache_entry *entry = NULL;
    amos_error err;
    amos_status status = amos_cache_entry_open(cache, other.c, &entry, &err);
    ck_assert_msg(status == AMOS_E_INDEX || (status == AMOS_E_OPEN && err.sys_errno == ENOENT), "%s: %s",
                  form_names[_i], amos_status_name(status));
    assert_ok(amos_cache_build_case(cache, other.c, NULL, &err), &err);
    assert_ok(amos_cache_entry_open(cache, other.c, &entry, &err), &err);
    ck_assert_int_eq(voxel_of(entry, at), 1001);
    amos_cache_entry_free(entry);
    amos_cache_free(cache);
    set_free(&other);
    set_free(&one);
}
END_TEST

/* The same path with another content: the old entry goes. */
START_TEST(C08_a_rewritten_file_replaces_its_entry)
{
    const int at = VOXELS / 3;
    struct set one = set_made("rewritten", (enum form)_i, 0);
    amos_cache *cache = cache_of("rewritten", _i);
    amos_cache_entry_free(cache_entry_built(cache, one.c, AMOS_CACHE_BUILT));
    struct stat state;
    ck_assert_int_eq(stat(one.image, &state), 0);
    const struct timespec times[2] = {state.st_atim, state.st_mtim};
    usleep(20000); /* the clock of the file system ticks in between */
    free(write_case(one.name, (enum form)_i, at));
    ck_assert_int_eq(utimensat(AT_FDCWD, one.image, times, 0), 0);
    amos_cache_entry *entry = cache_entry_built(cache, one.c, AMOS_CACHE_REBUILT);
    ck_assert_int_eq(voxel_of(entry, at), 1001);
    amos_cache_entry_free(entry);
    free(cache_only_path(cache));
    amos_cache_free(cache);
    set_free(&one);
}
END_TEST

static void add_tests(Suite *suite)
{
    TCase *content = add_case(suite, "content", 20);
    tcase_add_loop_test(content, a_copy_has_the_entry_of_its_original, 0, FORMS);
    tcase_add_loop_test(content, another_content_has_never_that_entry, 0, FORMS);
    tcase_add_loop_test(content, C08_a_rewritten_file_replaces_its_entry, 0, FORMS);
}

#else

START_TEST(without_lz4_there_are_no_entries)
{
    amos_cache *cache;
    amos_error err;
    assert_status(amos_cache_open("x", NULL, &cache, &err), AMOS_E_UNSUPPORTED, &err);
}
END_TEST

static void add_tests(Suite *suite)
{
    tcase_add_test(add_case(suite, "content", 20), without_lz4_there_are_no_entries);
}

#endif

int main(void)
{
    Suite *suite = suite_create("cache_copies");
    add_tests(suite);
    return run_suite(suite);
}
