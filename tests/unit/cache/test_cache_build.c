/* SPDX-License-Identifier: BSD-3-Clause */
/* The cache of decoded cases: when entries are built and rebuilt, concurrent builds, and the folder. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/accept.h"
#include "support/make/cache.h"
#include "support/main.h"
#include "support/tmp.h"

#ifdef AMOS_HAVE_LZ4

/* ---- rebuilding ---- */

START_TEST(C08_C09_a_file_that_changed_is_built_anew)
{
    amos_cache_options options = body_options();
    struct body_opened o = body_open("stale", &options);
    amos_error err;
    amos_cache_entry_free(cache_entry_built(o.cache, o.c, AMOS_CACHE_KEPT));
    struct stat before;
    ck_assert_int_eq(stat(amos_case_get_info(o.c)->label_path, &before), 0);
    const struct timespec times[2] = {before.st_atim, before.st_mtim};
    FILE *label =
        fopen(amos_case_get_info(o.c)->label_path, "r+b"); /* the same size, the same time of change of content */
    ck_assert_ptr_nonnull(label);
    ck_assert_int_eq(fseek(label, 4, SEEK_SET), 0);
    ck_assert_int_eq(fputc(9, label), 9); /* the time in the gzip header */
    ck_assert_int_eq(fclose(label), 0);
    ck_assert_int_eq(utimensat(AT_FDCWD, amos_case_get_info(o.c)->label_path, times, 0), 0);
    amos_cache_entry *entry;
    assert_status(amos_cache_entry_open(o.cache, o.c, &entry, &err), AMOS_E_OPEN, &err);
    ck_assert_int_eq(err.sys_errno, ENOENT);
    ck_assert_ptr_nonnull(strstr(err.message, ": the cache has no entry for this case with these settings; "));
    ck_assert_ptr_null(entry);
    ck_assert_str_eq(err.case_id, "amos_0001");
    amos_cache_entry_free(cache_entry_built(o.cache, o.c, AMOS_CACHE_REBUILT));
    amos_cache_entry_free(cache_entry_built(o.cache, o.c, AMOS_CACHE_KEPT));
    free(cache_only_path(o.cache)); /* the new entry replaced the old one */
    body_close(&o);
}
END_TEST

START_TEST(settings_have_entries_of_their_own)
{
    amos_cache_options options = body_options(), others[4];
    struct body_opened o = body_open("settings", &options);
    amos_error err;
    for (int i = 0; i < 4; i++)
        others[i] = options;
    others[0].positions = 51;
    others[1].chunk[2] = 6;
    others[2].orientation = "RAS";
    others[3].spacing[1] = 1;
    for (int i = 0; i < 4; i++) {
        amos_cache *cache = cache_open("settings-cache", &others[i]);
        amos_cache_entry *entry;
        assert_status(amos_cache_entry_open(cache, o.c, &entry, &err), AMOS_E_OPEN, &err);
        ck_assert_int_eq(err.sys_errno, ENOENT);
        amos_cache_entry_free(cache_entry_built(cache, o.c, AMOS_CACHE_BUILT));
        amos_cache_free(cache);
    }
    amos_cache_entry_free(cache_entry_built(o.cache, o.c, AMOS_CACHE_KEPT));
    body_close(&o);
}
END_TEST

START_TEST(C07_a_damaged_entry_is_built_anew)
{
    amos_cache_options options = body_options();
    struct body_opened o = body_open("damaged", &options);
    char *path = cache_only_path(o.cache);
    struct stat state;
    ck_assert_int_eq(stat(path, &state), 0);
    for (int i = 0; i < 6; i++) {
        FILE *file = fopen(path, "r+b");
        ck_assert_ptr_nonnull(file);
        ck_assert_int_eq(fseek(file, (long)(state.st_size * (2 * i + 1) / 13), SEEK_SET), 0);
        int byte = fgetc(file);
        ck_assert_int_eq(fseek(file, -1, SEEK_CUR), 0);
        ck_assert_int_ne(fputc(byte ^ 1, file), EOF);
        ck_assert_int_eq(fclose(file), 0);
        amos_cache_entry_free(cache_entry_built(o.cache, o.c, AMOS_CACHE_REBUILT));
    }
    ck_assert_int_eq(truncate(path, state.st_size / 2), 0);
    amos_cache_entry_free(cache_entry_built(o.cache, o.c, AMOS_CACHE_REBUILT));
    ck_assert_int_eq(truncate(path, 0), 0);
    amos_cache_entry_free(cache_entry_built(o.cache, o.c, AMOS_CACHE_REBUILT));
    amos_cache_entry_free(cache_entry_built(o.cache, o.c, AMOS_CACHE_KEPT));
    free(path);
    body_close(&o);
}
END_TEST

/* ---- the folder ---- */

START_TEST(C11_folders_that_cannot_be_used)
{
    body_write("folders", 1);
    amos_dataset *dataset = cache_tree_open("folders");
    const amos_case *c = amos_dataset_get(dataset, 0);
    char *real = tmp_path("folders-real"), *file = tmp_write("folders-file", "", 0);
    amos_error err;
    ck_assert_int_eq(mkdir(real, 0700), 0);
    const char *bad[] = {"folders-file", "folders-none/below"};
    for (int i = 0; i < 2; i++) {
        amos_cache *cache = cache_open(bad[i], NULL);
        assert_status(amos_cache_build_case(cache, c, NULL, &err), AMOS_E_OPEN, &err);
        amos_cache_free(cache);
    }
    ck_assert_int_eq(chmod(real, 0777), 0);
    amos_cache *cache = cache_open("folders-real", NULL);
    assert_status(amos_cache_build_case(cache, c, NULL, &err), AMOS_E_OPEN, &err);
    ck_assert_int_eq(chmod(real, 0700), 0);
    amos_cache_entry_free(cache_entry_built(cache, c, AMOS_CACHE_BUILT));
    char *entry = cache_only_path(cache), *elsewhere = tmp_path("folders-elsewhere");
    ck_assert_int_eq(rename(entry, elsewhere), 0); /* a symbolic link is not an entry */
    ck_assert_int_eq(symlink(elsewhere, entry), 0);
    amos_cache_entry *opened;
    assert_status(amos_cache_entry_open(cache, c, &opened, &err), AMOS_E_OPEN, &err);
    amos_cache_free(cache);
    amos_dataset_free(dataset);
    free(real);
    free(file);
    free(entry);
    free(elsewhere);
}
END_TEST

struct counted {
    int count;
    uint64_t bytes;
    char names[4][128];
};

static amos_status count_item(void *user, const amos_cache_item *item)
{
    struct counted *counted = user;
    snprintf(counted->names[counted->count % 4], sizeof counted->names[0], "%s", item->name);
    counted->count++;
    counted->bytes += item->bytes;
    return AMOS_OK;
}

static struct counted count_items(const amos_cache *cache)
{
    struct counted counted = {0};
    amos_error err;
    assert_ok(amos_cache_list(cache, count_item, &counted, &err), &err);
    return counted;
}

START_TEST(pruning_takes_what_was_not_used)
{
    struct counted removed = {0};
    amos_error err;
    for (int number = 1; number <= 3; number++)
        body_write("pruned", number);
    amos_dataset *dataset = cache_tree_open("pruned");
    amos_cache *cache = cache_open("pruned-cache", NULL);
    ck_assert_int_eq(count_items(cache).count, 0); /* no folder yet */
    assert_ok(amos_cache_prune(cache, 0, NULL, NULL, &err), &err);
    assert_ok(amos_cache_build(cache, dataset, NULL, &err), &err);
    struct counted all = count_items(cache);
    ck_assert_int_eq(all.count, 3);
    nanosleep(&(struct timespec){0, 20000000}, NULL);
    amos_cache_entry *entries[2];
    assert_ok(amos_cache_entry_open(cache, amos_dataset_get(dataset, 2), &entries[0], &err), &err);
    assert_ok(amos_cache_entry_open(cache, amos_dataset_get(dataset, 0), &entries[1], &err), &err);
    free(tmp_write("pruned-cache/some.other", "x", 1)); /* it is not ours */
    free(tmp_write("pruned-cache/a.zarr.zip.1-1.tmp", "x", 1));
    assert_ok(amos_cache_prune(cache, all.bytes - 1, count_item, &removed, &err), &err);
    ck_assert_int_eq(removed.count, 2);
    ck_assert_str_eq(removed.names[0], "a.zarr.zip.1-1.tmp");
    ck_assert_str_eq(removed.names[1], all.names[1]);
    ck_assert_int_eq(count_items(cache).count, 2);
    assert_ok(amos_cache_prune(cache, 0, NULL, NULL, &err), &err);
    ck_assert_int_eq(count_items(cache).count, 0);
    for (int i = 0; i < 2; i++) { /* an open entry can still be read */
        assert_ok(amos_cache_entry_verify(entries[i], &err), &err);
        amos_cache_entry_free(entries[i]);
    }
    char *other = tmp_path("pruned-cache/some.other");
    ck_assert_int_eq(access(other, F_OK), 0);
    free(other);
    amos_cache_free(cache);
    amos_dataset_free(dataset);
}
END_TEST

/* ---- many cases ---- */

static amos_status note_outcome(void *user, const amos_case *c, amos_cache_outcome outcome, amos_status status,
                                const amos_error *err)
{
    int *outcomes = user;
    ck_assert((status == AMOS_OK) == (err == NULL));
    outcomes[amos_case_get_info(c)->index] = (int)outcome;
    return AMOS_OK;
}

static int cancel_soon(void *user, uint64_t done, uint64_t total)
{
    (void)total;
    *(uint64_t *)user = done;
    return done >= 1;
}

START_TEST(a_build_goes_on_where_it_was)
{
    int outcomes[4] = {-1, -1, -1, -1};
    uint64_t done = 0;
    amos_error err;
    for (int number = 1; number <= 4; number++)
        body_write("build", number);
    char *third = tmp_path("build/imagesTr/amos_0003.nii.gz");
    ck_assert_int_eq(truncate(third, 200), 0);
    amos_dataset *dataset = cache_tree_open("build");
    amos_cache *cache = cache_open("build-cache", NULL);
    amos_cache_build_options options = {.size = sizeof options, .threads = 1, .progress = {cancel_soon, &done}};
    assert_status(amos_cache_build(cache, dataset, &options, &err), AMOS_E_CANCEL, &err);
    options =
        (amos_cache_build_options){.size = sizeof options, .threads = 2, .built = note_outcome, .built_user = outcomes};
    assert_ok(amos_cache_build(cache, dataset, &options, &err), &err);
    ck_assert_int_eq(outcomes[0], AMOS_CACHE_KEPT);
    ck_assert_int_eq(outcomes[2], AMOS_CACHE_FAILED);
    ck_assert_int_ne(outcomes[3], AMOS_CACHE_FAILED);
    ck_assert_int_eq(count_items(cache).count, 3);
    amos_status status = amos_cache_build(cache, dataset, NULL, &err); /* no callback: the first failure ends it */
    ck_assert_int_ne(status, AMOS_OK);
    ck_assert_str_eq(err.case_id, "amos_0003");
    free(third);
    amos_cache_free(cache);
    amos_dataset_free(dataset);
}
END_TEST

/* Each shard has every shards-th case, together all, and none twice. */
START_TEST(shards_of_a_build)
{
    amos_error err;
    for (int number = 1; number <= 4; number++)
        body_write("shards", number);
    amos_dataset *dataset = cache_tree_open("shards");
    amos_cache *cache = cache_open("shards-cache", NULL);
    int outcomes[4] = {-1, -1, -1, -1};
    amos_cache_build_options options = AMOS_CACHE_BUILD_OPTIONS_INIT;
    options.built = note_outcome;
    options.built_user = outcomes;
    options.shards = 3;
    for (options.shard = 1; options.shard <= 3; options.shard++) {
        assert_ok(amos_cache_build(cache, dataset, &options, &err), &err);
        for (size_t i = 0; i < 4; i++)
            ck_assert_int_eq(outcomes[i] >= 0, i % 3 < options.shard);
    }
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(outcomes[i], AMOS_CACHE_BUILT);
    options.shards = 9; /* more than there are cases */
    assert_ok(amos_cache_build(cache, dataset, &options, &err), &err);
    static const size_t wrong[][2] = {{0, 3}, {4, 3}, {1, 0}, {SIZE_MAX, 3}};
    for (int i = 0; i < 4; i++) {
        options.shard = wrong[i][0];
        options.shards = wrong[i][1];
        assert_status(amos_cache_build(cache, dataset, &options, &err), AMOS_E_ARG, &err);
        ck_assert_ptr_nonnull(strstr(err.message, "1 to shards was expected"));
    }
    amos_cache_free(cache);
    amos_dataset_free(dataset);
}
END_TEST

static int files_in(const char *folder)
{
    int count = 0;
    DIR *directory = opendir(folder);
    ck_assert_ptr_nonnull(directory);
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(directory);
    return count;
}

/* The report about the last failed case. */
struct failure {
    int outcomes[4];
    amos_error err;
};

static amos_status note_failure(void *user, const amos_case *c, amos_cache_outcome outcome, amos_status status,
                                const amos_error *err)
{
    struct failure *failure = user;
    if (status)
        failure->err = *err;
    return note_outcome(failure->outcomes, c, outcome, status, err);
}

/* A folder has the name of the second entry, so that the entry is written and only the rename fails. */
START_TEST(an_entry_that_cannot_be_put_in_its_place_is_told)
{
    struct failure failure = {{-1, -1, -1, -1}, {0}};
    amos_cache_outcome outcome;
    amos_error err;
    for (int number = 1; number <= 4; number++)
        body_write("taken", number);
    amos_dataset *dataset = cache_tree_open("taken");
    amos_cache *cache = cache_open("taken-cache", NULL);
    amos_cache_entry_free(cache_entry_built(cache, amos_dataset_get(dataset, 1), AMOS_CACHE_BUILT));
    char *path = cache_only_path(cache);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    assert_status(amos_cache_build_case(cache, amos_dataset_get(dataset, 1), &outcome, &err), AMOS_E_IO, &err);
    assert_sentence(&err, AMOS_E_IO, path);
    ck_assert_int_eq(outcome, AMOS_CACHE_FAILED);

    amos_cache_build_options options = {
        .size = sizeof options, .threads = 2, .built = note_failure, .built_user = &failure};
    assert_ok(amos_cache_build(cache, dataset, &options, &err), &err);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(failure.outcomes[i], i == 1 ? AMOS_CACHE_FAILED : AMOS_CACHE_BUILT);
    assert_sentence(&failure.err, AMOS_E_IO, path);
    ck_assert_str_eq(failure.err.case_id, "amos_0002");

    err = (amos_error){0};
    assert_status(amos_cache_build(cache, dataset, NULL, &err), AMOS_E_IO, &err);
    assert_sentence(&err, AMOS_E_IO, path);
    ck_assert_str_eq(err.case_id, "amos_0002");
    ck_assert_int_eq(files_in(amos_cache_folder(cache)), 4); /* the folder, and no temporary file */
    free(path);
    amos_cache_free(cache);
    amos_dataset_free(dataset);
}
END_TEST

/* ---- killed, at once, and on a full disk ---- */

/* A child that builds all cases and returns the result. */
static pid_t start_build(const amos_cache *cache, const amos_dataset *dataset)
{
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        const amos_cache_build_options options = {.size = sizeof options, .threads = 2};
        amos_error err;
        if (amos_cache_build(cache, dataset, &options, &err) == AMOS_OK)
            _exit(0);
        fprintf(stderr, "a process that built the cache: %s\n", err.message);
        _exit(1);
    }
    return child;
}

static int end_of(pid_t child)
{
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static amos_status verify_item(void *user, const amos_cache_item *item)
{
    amos_cache_entry *entry;
    amos_error err;
    ck_assert_int_eq(item->unfinished, 0);
    assert_ok(amos_cache_entry_open_name(user, item->name, &entry, &err), &err);
    assert_ok(amos_cache_entry_verify(entry, &err), &err);
    amos_cache_entry_free(entry);
    return AMOS_OK;
}

/* Killed a hundred times at random moments: files with final names are whole, temporary ones are cleaned up. */
START_TEST(C04_F34_a_killed_build_leaves_nothing_half)
{
    amos_cache_options options = body_options();
    amos_error err;
    int killed = 0;
    uint64_t random = 1;
    for (int number = 1; number <= 6; number++)
        body_write("killed", number);
    amos_dataset *dataset = cache_tree_open("killed");
    amos_cache *cache = cache_open("killed-cache", &options);
    for (int i = 0; i < 100; i++) {
        pid_t child = start_build(cache, dataset);
        nanosleep(&(struct timespec){0, (long)random_below(&random, 12000000)}, NULL);
        kill(child, SIGKILL);
        killed += end_of(child) == 128 + SIGKILL;
        if (i % 3 == 0 && access(amos_cache_folder(cache), F_OK) == 0)
            assert_ok(amos_cache_prune(cache, 0, NULL, NULL, &err), &err);
        else if (i % 10 == 4)
            assert_ok(amos_cache_prune(cache, UINT64_MAX, NULL, NULL, &err), &err);
        if (i % 10 == 4)
            assert_ok(amos_cache_list(cache, verify_item, cache, &err), &err);
    }
    ck_assert_int_ge(killed, 20);
    assert_ok(amos_cache_prune(cache, 0, NULL, NULL, &err), &err);
    assert_ok(amos_cache_build(cache, dataset, NULL, &err), &err);
    assert_ok(amos_cache_list(cache, verify_item, cache, &err), &err);
    ck_assert_int_eq(count_items(cache).count, 6);
    ck_assert_int_eq(files_in(amos_cache_folder(cache)), 6);
    amos_cache_free(cache);
    amos_dataset_free(dataset);
}
END_TEST

START_TEST(what_a_killed_build_left_is_swept_away)
{
    amos_cache_options options = body_options();
    body_write("swept", 1);
    amos_dataset *dataset = cache_tree_open("swept");
    amos_cache *cache = cache_open("swept-cache", &options);
    char *left = tmp_write("swept-cache/amos_0001-1-1.zarr.zip.77-1.tmp", "half", 4);
    char *busy = tmp_write("swept-cache/amos_0001-1-1.zarr.zip.77-2.tmp", "half", 4);
    char *index = tmp_write("swept-cache/1-1.amosidx.77-2.tmp", "half", 4);
    int fd = open(busy, O_RDONLY | O_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(flock(fd, LOCK_EX), 0); /* like a process that is still writing it */
    ck_assert_int_eq(chmod(amos_cache_folder(cache), 0700), 0);
    amos_cache_entry_free(cache_entry_built(cache, amos_dataset_get(dataset, 0), AMOS_CACHE_BUILT));
    ck_assert_int_ne(access(left, F_OK), 0);
    ck_assert_int_eq(access(busy, F_OK), 0);
    ck_assert_int_ne(access(index, F_OK), 0);
    close(fd);
    free(left);
    free(busy);
    free(index);
    amos_cache_free(cache);
    amos_dataset_free(dataset);
}
END_TEST

START_TEST(C05_processes_build_at_once)
{
    amos_cache_options options = body_options();
    amos_error err;
    pid_t children[4];
    for (int number = 1; number <= 6; number++)
        body_write("at-once", number);
    amos_dataset *dataset = cache_tree_open("at-once");
    amos_cache *cache = cache_open("at-once-cache", &options);
    for (int i = 0; i < 4; i++)
        children[i] = start_build(cache, dataset);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(end_of(children[i]), 0);
    assert_ok(amos_cache_list(cache, verify_item, cache, &err), &err);
    ck_assert_int_eq(files_in(amos_cache_folder(cache)), 6);
    amos_cache_free(cache);
    amos_dataset_free(dataset);
}
END_TEST

/* A limit on file size simulates a full disk: writing fails after a part. */
START_TEST(C12_a_full_disk_leaves_nothing_behind)
{
    amos_cache_options options = body_options();
    amos_error err;
    struct body_opened o = body_open("full", &options);
    ck_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    struct rlimit limit, small;
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    options.positions = 49;
    amos_cache *cache = cache_open("full-other", &options);
    for (rlim_t bytes = 0; bytes < 40000; bytes += 3001) {
        small = (struct rlimit){bytes, limit.rlim_max};
        ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
        amos_status status = amos_cache_build_case(cache, o.c, NULL, &err);
        ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
        if (status == AMOS_OK) {
            ck_assert_uint_gt(bytes, 3001);
            break;
        }
        assert_status(status, AMOS_E_IO, &err);
        ck_assert_int_eq(err.sys_errno, EFBIG);
        assert_sentence(&err, AMOS_E_IO, "full");
        ck_assert_int_eq(files_in(amos_cache_folder(cache)), 0);
    }
    amos_cache_entry_free(cache_entry_built(cache, o.c, AMOS_CACHE_KEPT));
    amos_cache_free(cache);
    body_close(&o);
}
END_TEST

/* ---- odd cases and arguments ---- */

START_TEST(cases_without_organs_or_labels)
{
    uint8_t *empty = must_alloc(BODY_VOXELS);
    memset(empty, 0, BODY_VOXELS);
    struct nifti_spec spec = {
        .dim = {37, 29, 21}, .type = AMOS_TYPE_INT16, .no_forms = 1, .voxels = body_make()->image};
    cache_case_write("bare", "Tr", 1, &spec, empty);
    cache_case_write("bare", "Tr", 2, &spec, NULL);
    amos_dataset *dataset = cache_tree_open("bare");
    amos_cache *cache = cache_open("bare-cache", NULL);
    amos_fingerprint f = AMOS_FINGERPRINT_INIT;
    amos_error err;
    for (size_t i = 0; i < 2; i++) {
        amos_cache_entry *entry = cache_entry_built(cache, amos_dataset_get(dataset, i), AMOS_CACHE_BUILT);
        const amos_cache_entry_info *info = amos_cache_entry_get_info(entry);
        ck_assert_int_eq(info->has_labels, i == 0);
        ck_assert_uint_eq(info->organs.voxels, 0);
        ck_assert((amos_cache_entry_get_organ(entry, 1) != NULL) == (i == 0));
        uint8_t voxel = 9;
        const amos_read_options one = {.size = sizeof one, .box = {{1, 1, 1}, {2, 2, 2}}};
        assert_status(amos_cache_entry_read_labels(entry, &one, &voxel, 1, &err), i ? AMOS_E_UNSUPPORTED : AMOS_OK,
                      &err);
        ck_assert_int_eq(voxel, i ? 9 : 0);
        assert_ok(amos_cache_entry_verify(entry, &err), &err);
        amos_cache_entry_free(entry);
    }
    assert_ok(amos_cache_get_fingerprint(cache, dataset, NULL, &f, &err), &err);
    ck_assert_uint_eq(f.cases, 0);
    amos_cache_free(cache);
    amos_dataset_free(dataset);
    free(empty);
}
END_TEST

START_TEST(a_constant_image_in_large_chunks)
{
    int16_t *image = must_alloc(BODY_VOXELS * 2);
    for (int i = 0; i < BODY_VOXELS; i++)
        image[i] = 0x0101;
    struct nifti_spec spec = {.dim = {37, 29, 21}, .type = AMOS_TYPE_INT16, .voxels = image};
    cache_case_write("constant", "Tr", 1, &spec, NULL);
    amos_cache_options options = {.size = sizeof options, .chunk = {512, 512, 16}};
    amos_dataset *dataset = cache_tree_open("constant");
    amos_cache *cache = cache_open("constant-cache", &options);
    amos_cache_entry *entry = cache_entry_built(cache, amos_dataset_get(dataset, 0), AMOS_CACHE_BUILT);
    amos_error err;
    memset(image, 0, BODY_VOXELS * 2);
    assert_ok(amos_cache_entry_read_image(entry, NULL, image, BODY_VOXELS * 2, &err), &err);
    for (int i = 0; i < BODY_VOXELS; i++)
        ck_assert_int_eq(image[i], 0x0101);
    amos_cache_entry_free(entry);
    amos_cache_free(cache);
    amos_dataset_free(dataset);
    free(image);
}
END_TEST

static amos_status stop(void *user, const amos_cache_item *item)
{
    (void)item;
    ++*(int *)user;
    return AMOS_E_CANCEL;
}

START_TEST(who_is_told_of_the_files_can_stop_the_work)
{
    body_write("stopped", 1);
    body_write("stopped", 2);
    amos_dataset *dataset = cache_tree_open("stopped");
    amos_cache *cache = cache_open("stopped-cache", NULL);
    amos_error err;
    int reported = 0;
    assert_ok(amos_cache_build(cache, dataset, NULL, &err), &err);
    assert_status(amos_cache_list(cache, stop, &reported, &err), AMOS_E_CANCEL, &err);
    assert_sentence(&err, AMOS_E_CANCEL, "stopped");
    ck_assert_int_eq(reported, 1);
    amos_cache_free(cache);
    amos_dataset_free(dataset);
}
END_TEST

START_TEST(arguments_that_name_no_entry_are_explained)
{
    body_write("unnamed", 1);
    amos_dataset *dataset = cache_tree_open("unnamed");
    amos_cache *cache = cache_open("unnamed-cache", NULL);
    const amos_cache_build_options old = {.size = 3};
    const amos_case *c = amos_dataset_get(dataset, 0);
    amos_error err;
    amos_cache_entry *entry = (void *)&err;
    assert_status(amos_cache_entry_open(cache, NULL, &entry, &err), AMOS_E_ARG, &err);
    ck_assert_ptr_null(entry);
    assert_status(amos_cache_entry_open(NULL, c, &entry, &err), AMOS_E_ARG, &err);
    assert_status(amos_cache_entry_open(cache, c, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_cache_entry_open_name(cache, NULL, &entry, &err), AMOS_E_ARG, &err);
    assert_status(amos_cache_entry_open_name(cache, "x", NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_cache_entry_open_name(cache, "../unnamed/imagesTr", &entry, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, "name");
    assert_status(amos_cache_build(cache, dataset, &old, &err), AMOS_E_ARG, &err);
    amos_cache_free(cache);
    amos_dataset_free(dataset);
}
END_TEST

START_TEST(mistakes_in_options_are_explained)
{
    const amos_cache_options good = AMOS_CACHE_OPTIONS_INIT;
    amos_cache_options bad[9];
    amos_error err;
    amos_cache *cache;
    for (int i = 0; i < 9; i++)
        bad[i] = good;
    bad[0].flags = 4;
    bad[1].orientation = "RAR";
    bad[2].spacing[1] = -1;
    bad[3].spacing[1] = NAN;
    bad[4].interpolation = (amos_interpolation)4;
    bad[5].chunk[0] = 1025;
    bad[6].positions = 65537;
    bad[7].accept = ACCEPT(.max_label = 256);
    bad[8].chunk[0] = bad[8].chunk[1] = bad[8].chunk[2] = 1024;
    for (int i = 0; i < 9; i++) {
        assert_status(amos_cache_open("x", &bad[i], &cache, &err), AMOS_E_ARG, &err);
        assert_sentence(&err, AMOS_E_ARG, "options");
        ck_assert_ptr_null(cache);
    }
    assert_status(amos_cache_open("", NULL, &cache, &err), AMOS_E_ARG, &err);
    assert_status(amos_cache_open("x", NULL, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_cache_build_case(NULL, NULL, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_cache_build(NULL, NULL, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_cache_list(NULL, NULL, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_cache_prune(NULL, 0, NULL, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_cache_get_fingerprint(NULL, NULL, NULL, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_cache_entry_read_image(NULL, NULL, NULL, 0, &err), AMOS_E_ARG, &err);
    assert_status(amos_cache_entry_read_labels(NULL, NULL, NULL, 0, &err), AMOS_E_ARG, &err);
    assert_status(amos_cache_entry_verify(NULL, &err), AMOS_E_ARG, &err);
    ck_assert_ptr_null(amos_cache_entry_get_info(NULL));
    ck_assert_ptr_null(amos_cache_entry_get_organ(NULL, 0));
    ck_assert_ptr_null(amos_cache_entry_get_positions(NULL, 1, NULL));
    ck_assert_ptr_null(amos_cache_folder(NULL));
    amos_cache_entry_free(NULL);
    amos_cache_free(NULL);
}
END_TEST

static void add_tests(Suite *suite)
{
    TCase *building = add_case(suite, "building", 30);
    tcase_add_test(building, C08_C09_a_file_that_changed_is_built_anew);
    tcase_add_test(building, settings_have_entries_of_their_own);
    tcase_add_test(building, C07_a_damaged_entry_is_built_anew);
    tcase_add_test(building, a_build_goes_on_where_it_was);
    tcase_add_test(building, shards_of_a_build);
    tcase_add_test(building, cases_without_organs_or_labels);
    tcase_add_test(building, a_constant_image_in_large_chunks);
    tcase_add_test(building, who_is_told_of_the_files_can_stop_the_work);
    tcase_add_test(building, arguments_that_name_no_entry_are_explained);
    tcase_add_test(building, mistakes_in_options_are_explained);
    TCase *trouble = add_case(suite, "trouble", 60);
    tcase_add_test(trouble, C04_F34_a_killed_build_leaves_nothing_half);
    tcase_add_test(trouble, what_a_killed_build_left_is_swept_away);
    tcase_add_loop_test(trouble, C05_processes_build_at_once, 0, 8); /* races are rare */
    tcase_add_test(trouble, C12_a_full_disk_leaves_nothing_behind);
    tcase_add_test(trouble, an_entry_that_cannot_be_put_in_its_place_is_told);
    TCase *folder = add_case(suite, "folder", 30);
    tcase_add_test(folder, C11_folders_that_cannot_be_used);
    tcase_add_test(folder, pruning_takes_what_was_not_used);
}

#else

START_TEST(nothing_is_built_without_lz4)
{
    amos_cache *cache;
    amos_error err;
    assert_status(amos_cache_open("x", NULL, &cache, &err), AMOS_E_UNSUPPORTED, &err);
    ck_assert_ptr_null(cache);
}
END_TEST

static void add_tests(Suite *suite)
{
    tcase_add_test(add_case(suite, "absent", 10), nothing_is_built_without_lz4);
}

#endif

int main(void)
{
    Suite *suite = suite_create("cache build");
    add_tests(suite);
    return run_suite(suite);
}
