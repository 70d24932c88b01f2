/* SPDX-License-Identifier: BSD-3-Clause */
/* Copying entries from upstream: what is copied, what is refused, the budget, many processes, and processes that die. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/make/cache.h"
#include "support/make/loader_set.h"
#include "support/main.h"
#include "support/tmp.h"

#ifdef AMOS_HAVE_LZ4

#define CASES 6

/* ---- a data set, an upstream with its entries, and a place to copy to ---- */

struct world {
    amos_dataset *dataset;
    char *upstream, *scratch; /* paths */
    size_t bytes[CASES];      /* of the entries upstream */
};

static amos_cache *open_scratch(const struct world *w, const char *upstream, uint64_t max_bytes)
{
    amos_cache_options options = body_options();
    amos_cache *cache = NULL;
    amos_error err;
    options.upstream = upstream;
    options.max_bytes = max_bytes;
    assert_ok(amos_cache_open(w->scratch, &options, &cache, &err), &err);
    return cache;
}

static struct world open_world(const char *name)
{
    struct world w = {0};
    char folder[128];
    amos_error err;
    amos_cache_options options = body_options();
    for (int number = 1; number <= CASES; number++)
        body_write(name, number);
    w.dataset = cache_tree_open(name);
    snprintf(folder, sizeof folder, "%s-upstream", name);
    amos_cache *cache = cache_open(folder, &options);
    w.upstream = strdup(amos_cache_folder(cache));
    assert_ok(amos_cache_build(cache, w.dataset, NULL, &err), &err);
    for (size_t i = 0; i < CASES; i++) {
        amos_cache_entry *entry = NULL;
        assert_ok(amos_cache_entry_open(cache, amos_dataset_get(w.dataset, i), &entry, &err), &err);
        w.bytes[i] = (size_t)amos_cache_entry_get_info(entry)->file_bytes;
        amos_cache_entry_free(entry);
    }
    amos_cache_free(cache);
    snprintf(folder, sizeof folder, "%s-scratch", name);
    w.scratch = tmp_path(folder);
    return w;
}

static void close_world(struct world *w)
{
    amos_dataset_free(w->dataset);
    free(w->upstream);
    free(w->scratch);
}

static const amos_case *case_of(const struct world *w, size_t index)
{
    return amos_dataset_get(w->dataset, index);
}

static void stage(const amos_cache *cache, const amos_case *c, amos_cache_outcome expected)
{
    amos_cache_outcome outcome;
    amos_error err;
    assert_ok(amos_cache_stage_case(cache, c, &outcome, &err), &err);
    ck_assert_str_eq(amos_cache_outcome_name(outcome), amos_cache_outcome_name(expected));
}

static void refuse(const amos_cache *cache, const amos_case *c, amos_status expected, const char *words)
{
    amos_cache_outcome outcome;
    amos_error err;
    assert_status(amos_cache_stage_case(cache, c, &outcome, &err), expected, &err);
    assert_sentence(&err, expected, words);
    ck_assert_msg(strstr(err.message, words) != NULL, "%s", err.message);
    ck_assert_int_eq(outcome, AMOS_CACHE_FAILED);
}

/* Names in a folder with this suffix. */
static int count(const char *folder, const char *suffix)
{
    int found = 0;
    DIR *directory = opendir(folder);
    for (const struct dirent *d; directory && (d = readdir(directory)) != NULL;) {
        size_t length = strlen(d->d_name), end = strlen(suffix);
        found += length >= end && strcmp(d->d_name + length - end, suffix) == 0;
    }
    if (directory)
        closedir(directory);
    return found;
}

/* The path of the entry of a case in a folder; from malloc(). */
static char *path_in(const char *folder, const amos_case *c)
{
    DIR *directory = opendir(folder);
    char *path = NULL;
    const char *id = amos_case_get_info(c)->id;
    for (const struct dirent *d; directory && (d = readdir(directory)) != NULL;)
        if (strncmp(d->d_name, id, strlen(id)) == 0 && strstr(d->d_name, ".zarr.zip") && !strstr(d->d_name, ".tmp"))
            ck_assert_int_ge(asprintf(&path, "%s/%s", folder, d->d_name), 0);
    if (directory)
        closedir(directory);
    return path;
}

static bool has(const struct world *w, size_t index)
{
    char *path = path_in(w->scratch, case_of(w, index));
    bool found = path != NULL;
    free(path);
    return found;
}

static void assert_same_entry(const struct world *w, size_t index)
{
    char *a = path_in(w->upstream, case_of(w, index)), *b = path_in(w->scratch, case_of(w, index));
    struct bytes upstream = read_file(a), copy = read_file(b);
    ck_assert_uint_eq(upstream.size, copy.size);
    ck_assert_int_eq(memcmp(upstream.data, copy.data, copy.size), 0);
    bytes_free(&upstream);
    bytes_free(&copy);
    free(a);
    free(b);
}

/* ---- copying ---- */

START_TEST(an_entry_is_copied_once_and_whole)
{
    struct world w = open_world("copied");
    amos_cache *cache = open_scratch(&w, w.upstream, 0);
    struct stat before, after;
    char *path = path_in(w.upstream, case_of(&w, 0));
    ck_assert_int_eq(stat(path, &before), 0);
    stage(cache, case_of(&w, 0), AMOS_CACHE_STAGED);
    stage(cache, case_of(&w, 0), AMOS_CACHE_KEPT);
    assert_same_entry(&w, 0);
    ck_assert_int_eq(stat(path, &after), 0);
    ck_assert_int_eq(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
    ck_assert_int_eq(before.st_ctim.tv_nsec, after.st_ctim.tv_nsec); /* upstream is only read */
    amos_cache_entry *entry = NULL;
    amos_error err;
    assert_ok(amos_cache_entry_open(cache, case_of(&w, 1), &entry, &err), &err); /* opening copies too */
    assert_ok(amos_cache_entry_verify(entry, &err), &err);
    amos_cache_entry_free(entry);
    assert_same_entry(&w, 1);
    ck_assert_int_eq(count(w.scratch, ".tmp"), 0);
    ck_assert_int_eq(count(w.scratch, ".zarr.zip"), 2);
    free(path);
    amos_cache_free(cache);
    close_world(&w);
}
END_TEST

/* A build copies what upstream has and builds the rest, and both are found by a cache without upstream. */
START_TEST(a_build_copies_what_there_is)
{
    struct world w = open_world("mixed");
    char *gone = path_in(w.upstream, case_of(&w, 2));
    ck_assert_int_eq(unlink(gone), 0);
    amos_cache *cache = open_scratch(&w, w.upstream, 0);
    for (size_t i = 0; i < CASES; i++) {
        amos_cache_outcome outcome;
        amos_error err;
        assert_ok(amos_cache_build_case(cache, case_of(&w, i), &outcome, &err), &err);
        ck_assert_int_eq(outcome, i == 2 ? AMOS_CACHE_BUILT : AMOS_CACHE_STAGED);
    }
    amos_cache_options options = body_options();
    amos_cache *plain = NULL;
    amos_error err;
    assert_ok(amos_cache_open(w.scratch, &options, &plain, &err), &err);
    for (size_t i = 0; i < CASES; i++)
        stage(plain, case_of(&w, i), AMOS_CACHE_KEPT);
    amos_cache_free(plain);
    amos_cache_free(cache);
    free(gone);
    close_world(&w);
}
END_TEST

/* Nothing is remembered of an entry that was not there. */
START_TEST(C14_an_entry_may_appear_upstream_later)
{
    struct world w = open_world("later");
    char *path = path_in(w.upstream, case_of(&w, 0)), *aside = tmp_path("aside");
    amos_error err;
    amos_cache_outcome outcome;
    ck_assert_int_eq(rename(path, aside), 0);
    amos_cache *cache = open_scratch(&w, w.upstream, 0);
    assert_status(amos_cache_stage_case(cache, case_of(&w, 0), &outcome, &err), AMOS_E_OPEN, &err);
    ck_assert_int_eq(err.sys_errno, ENOENT);
    ck_assert_ptr_nonnull(strstr(err.message, "neither the cache nor its upstream has"));
    ck_assert_int_eq(rename(aside, path), 0);
    stage(cache, case_of(&w, 0), AMOS_CACHE_STAGED);
    amos_cache_free(cache);
    free(path);
    free(aside);
    close_world(&w);
}
END_TEST

START_TEST(C15_an_entry_that_is_wrong_upstream_is_refused)
{
    struct world w = open_world("wrong");
    amos_cache *cache = open_scratch(&w, w.upstream, 0);
    char *path = path_in(w.upstream, case_of(&w, 0)), *other = path_in(w.upstream, case_of(&w, 1));
    struct bytes good = read_file(path);
    const struct {
        size_t at; /* a byte that is changed, or the new size */
        bool is_cut;
    } faults[] = {{100, false}, {good.size / 2, false}, {good.size - 5, false}, {good.size - 1, true}, {60, true},
                  {0, true}};
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        FILE *file = fopen(path, "wb");
        ck_assert_ptr_nonnull(file);
        good.data[faults[i].at] ^= faults[i].is_cut ? 0 : 1;
        size_t size = faults[i].is_cut ? faults[i].at : good.size;
        ck_assert_uint_eq(fwrite(good.data, 1, size, file), size);
        ck_assert_int_eq(fclose(file), 0);
        good.data[faults[i].at] ^= faults[i].is_cut ? 0 : 1;
        refuse(cache, case_of(&w, 0), AMOS_E_INDEX, w.upstream); /* names the file upstream */
        ck_assert_int_eq(count(w.scratch, ".zarr.zip") + count(w.scratch, ".tmp"), 0);
    }
    ck_assert_int_eq(unlink(path), 0); /* an entry of another case under this name */
    ck_assert_int_eq(link(other, path), 0);
    refuse(cache, case_of(&w, 0), AMOS_E_INDEX, "cached");
    ck_assert_int_eq(count(w.scratch, ".zarr.zip") + count(w.scratch, ".tmp"), 0);
    amos_cache_outcome outcome;
    amos_error err;
    assert_ok(amos_cache_build_case(cache, case_of(&w, 0), &outcome, &err), &err); /* it is built instead */
    ck_assert_int_eq(outcome, AMOS_CACHE_REBUILT);
    bytes_free(&good);
    free(path);
    free(other);
    amos_cache_free(cache);
    close_world(&w);
}
END_TEST

START_TEST(C15_a_damaged_copy_is_replaced)
{
    struct world w = open_world("damaged");
    amos_cache *cache = open_scratch(&w, w.upstream, 0);
    stage(cache, case_of(&w, 0), AMOS_CACHE_STAGED);
    char *path = path_in(w.scratch, case_of(&w, 0));
    ck_assert_int_eq(truncate(path, 500), 0);
    stage(cache, case_of(&w, 0), AMOS_CACHE_STAGED);
    assert_same_entry(&w, 0);
    free(path);
    amos_cache_free(cache);
    close_world(&w);
}
END_TEST

START_TEST(C11_an_upstream_that_everybody_may_write_to_is_not_used)
{
    struct world w = open_world("open-to-all");
    ck_assert_int_eq(chmod(w.upstream, 0777), 0);
    amos_cache *cache = open_scratch(&w, w.upstream, 0);
    refuse(cache, case_of(&w, 0), AMOS_E_OPEN, "everybody may write");
    amos_cache_free(cache);
    close_world(&w);
}
END_TEST

START_TEST(options_of_upstream_are_checked)
{
    amos_cache *cache = NULL;
    amos_error err;
    amos_cache_options options = body_options();
    options.max_bytes = 1000;
    assert_status(amos_cache_open("x", &options, &cache, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, "max_bytes");
    options.upstream = "";
    assert_status(amos_cache_open("x", &options, &cache, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, "upstream");
    assert_status(amos_cache_stage_case(NULL, NULL, NULL, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, "arguments");
}
END_TEST

/* ---- an upstream at a URL, played by a function of this program ---- */

static struct liar {
    const char *folder;
    int64_t more;           /* is added to the length that is announced */
    atomic_int stale;       /* as many reads fail with ESTALE; each needs the file to be opened again */
    atomic_int opened;      /* files */
    _Atomic uint64_t bytes; /* read */
} liar;

struct opened {
    int fd;
    bool stale;
};

static int64_t liar_read(void *user, uint64_t offset, void *buffer, size_t bytes)
{
    struct opened *o = user;
    if (o->stale || atomic_fetch_sub(&liar.stale, 1) > 0) {
        o->stale = true;
        return -ESTALE;
    }
    ssize_t n = pread(o->fd, buffer, bytes, (off_t)offset);
    if (n > 0)
        atomic_fetch_add(&liar.bytes, (uint64_t)n);
    return n < 0 ? -errno : n;
}

static void liar_close(void *user)
{
    struct opened *o = user;
    close(o->fd);
    free(o);
}

static amos_status liar_open(void *user, const char *url, amos_byte_source *out, amos_error *err)
{
    char path[8192], place[4096];
    struct stat state;
    (void)user;
    snprintf(place, sizeof place, "%.*s", (int)strcspn(url, "?"), url);
    snprintf(path, sizeof path, "%s%s", liar.folder, strrchr(place, '/'));
    struct opened *o = must_alloc(sizeof *o);
    *o = (struct opened){open(path, O_RDONLY | O_CLOEXEC), false};
    if (o->fd < 0 || fstat(o->fd, &state) != 0) {
        free(o);
        *err = (amos_error){.status = AMOS_E_OPEN, .sys_errno = ENOENT};
        snprintf(err->message, sizeof err->message, "%s: there is nothing at this URL.", url);
        return AMOS_E_OPEN;
    }
    atomic_fetch_add(&liar.opened, 1);
    out->read_at = liar_read;
    out->close = liar_close;
    out->user = o;
    out->bytes = (uint64_t)((int64_t)state.st_size + liar.more);
    out->flags = AMOS_SOURCE_KEEP;
    return AMOS_OK;
}

static const amos_url_opener liar_opener = {sizeof liar_opener, liar_open, NULL};

static void begin_lies(const struct world *w)
{
    amos_error err;
    liar.folder = w->upstream;
    assert_ok(amos_url_opener_set(&liar_opener, &err), &err);
}

START_TEST(C15_lengths_that_are_lies_are_noticed)
{
    struct world w = open_world("lengths");
    begin_lies(&w);
    amos_cache *cache = open_scratch(&w, "http://127.0.0.1/entries/?token=a/b", 0);
    static const int64_t lies[] = {1, 70, 1 << 20, -1, -70};
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        amos_cache_outcome outcome;
        amos_error err;
        liar.more = lies[i];
        amos_status expected = lies[i] > 0 ? AMOS_E_IO : AMOS_E_INDEX; /* the bytes end early; it is no whole entry */
        assert_status(amos_cache_stage_case(cache, case_of(&w, 0), &outcome, &err), expected, &err);
        assert_sentence(&err, expected, "length");
        ck_assert_int_eq(count(w.scratch, ".zarr.zip") + count(w.scratch, ".tmp"), 0);
    }
    liar.more = -(int64_t)w.bytes[0]; /* nothing, and more than an entry can have */
    refuse(cache, case_of(&w, 0), AMOS_E_INDEX, "0 bytes are no cached case");
    liar.more = (int64_t)5 << 30;
    refuse(cache, case_of(&w, 0), AMOS_E_INDEX, "no cached case");
    liar.more = 0;
    stage(cache, case_of(&w, 0), AMOS_CACHE_STAGED);
    assert_same_entry(&w, 0);
    amos_cache_free(cache);
    close_world(&w);
}
END_TEST

START_TEST(C16_stale_handles_are_opened_again_once)
{
    struct world w = open_world("stale");
    begin_lies(&w);
    amos_cache *cache = open_scratch(&w, "http://127.0.0.1/entries", 0);
    liar.stale = 1;
    stage(cache, case_of(&w, 0), AMOS_CACHE_STAGED);
    ck_assert_int_eq(liar.opened, 2);
    assert_same_entry(&w, 0);
    liar.stale = 1000;
    refuse(cache, case_of(&w, 1), AMOS_E_IO, "Stale");
    ck_assert_int_eq(liar.opened, 4);
    ck_assert_int_eq(count(w.scratch, ".tmp"), 0);
    amos_cache_free(cache);
    close_world(&w);
}
END_TEST

/* ---- the budget ---- */

static uint64_t budget_of(const struct world *w, size_t entries)
{
    uint64_t most = 0;
    for (size_t i = 0; i < CASES; i++)
        most = w->bytes[i] > most ? w->bytes[i] : most;
    return entries * most + most / 2;
}

START_TEST(those_opened_longest_ago_make_room)
{
    struct world w = open_world("room");
    amos_cache *cache = open_scratch(&w, w.upstream, budget_of(&w, 3));
    const struct timespec tick = {0, 20000000};
    for (size_t i = 0; i < 3; i++) {
        stage(cache, case_of(&w, i), AMOS_CACHE_STAGED);
        nanosleep(&tick, NULL);
    }
    stage(cache, case_of(&w, 0), AMOS_CACHE_KEPT); /* now 1 is the oldest */
    nanosleep(&tick, NULL);
    stage(cache, case_of(&w, 3), AMOS_CACHE_STAGED);
    ck_assert(has(&w, 0) && !has(&w, 1) && has(&w, 2) && has(&w, 3));
    stage(cache, case_of(&w, 4), AMOS_CACHE_STAGED);
    ck_assert(has(&w, 0) && !has(&w, 2) && has(&w, 3) && has(&w, 4));
    ck_assert_int_eq(count(w.scratch, ".zarr.zip"), 3);
    amos_cache_free(cache);

    cache = open_scratch(&w, w.upstream, w.bytes[0] - 1); /* too little for any */
    refuse(cache, case_of(&w, 1), AMOS_E_LIMIT, "max_bytes");
    ck_assert_int_eq(count(w.scratch, ".zarr.zip"), 3);
    amos_cache_free(cache);
    close_world(&w);
}
END_TEST

/* An entry that is open, here or in another process, is never removed. */
START_TEST(an_entry_in_use_stays)
{
    struct world w = open_world("in-use");
    amos_cache *cache = open_scratch(&w, w.upstream, budget_of(&w, 2));
    amos_cache_entry *entries[2] = {NULL};
    amos_error err;
    amos_cache_outcome outcome;
    for (size_t i = 0; i < 2; i++)
        assert_ok(amos_cache_entry_open(cache, case_of(&w, i), &entries[i], &err), &err);
    pid_t child = fork(); /* another process fares no better */
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        amos_cache *own = open_scratch(&w, w.upstream, budget_of(&w, 2));
        _exit(amos_cache_stage_case(own, case_of(&w, 2), NULL, NULL) == AMOS_E_LIMIT ? 0 : 1);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    assert_status(amos_cache_stage_case(cache, case_of(&w, 2), &outcome, &err), AMOS_E_LIMIT, &err);
    assert_sentence(&err, AMOS_E_LIMIT, "in use");
    ck_assert_ptr_nonnull(strstr(err.message, "are in use"));
    ck_assert(has(&w, 0) && has(&w, 1));
    for (size_t i = 0; i < 2; i++)
        assert_ok(amos_cache_entry_verify(entries[i], &err), &err);
    amos_cache_entry_free(entries[1]);
    stage(cache, case_of(&w, 2), AMOS_CACHE_STAGED);
    ck_assert(has(&w, 0) && !has(&w, 1) && has(&w, 2));
    amos_cache_entry_free(entries[0]);
    amos_cache_free(cache);
    close_world(&w);
}
END_TEST

/* ---- many processes ---- */

/* Shared by the processes of a test. */
struct shared {
    atomic_int staged, kept, failed, over, built;
    atomic_bool end;
};

static struct shared *share(void)
{
    struct shared *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert(s != MAP_FAILED);
    return s;
}

static void stage_all(const struct world *w, const amos_cache *cache, struct shared *s, unsigned from)
{
    for (size_t i = 0; i < CASES; i++) {
        amos_cache_outcome outcome;
        amos_error err;
        amos_status status = amos_cache_stage_case(cache, case_of(w, (from + i) % CASES), &outcome, &err);
        if (status)
            fprintf(stderr, "a process that staged: %s\n", err.message);
        atomic_fetch_add(status ? &s->failed : outcome == AMOS_CACHE_STAGED ? &s->staged : &s->kept, 1);
    }
}

#define PROCESSES 6

START_TEST(C05_one_of_many_copies)
{
    char name[32];
    snprintf(name, sizeof name, "many-%d", _i);
    struct world w = open_world(name);
    struct shared *s = share();
    pid_t children[PROCESSES];
    for (unsigned n = 0; n < PROCESSES; n++) {
        children[n] = fork();
        ck_assert_int_ge(children[n], 0);
        if (children[n] == 0) {
            stage_all(&w, open_scratch(&w, w.upstream, 0), s, n % 2); /* each with a cache of its own */
            _exit(0);
        }
    }
    for (int n = 0; n < PROCESSES; n++)
        ck_assert_int_eq(waitpid(children[n], NULL, 0), children[n]);
    ck_assert_int_eq(s->failed, 0);
    ck_assert_int_eq(s->staged, CASES);
    ck_assert_int_eq(s->kept, (PROCESSES - 1) * CASES);
    ck_assert_int_eq(count(w.scratch, ".tmp"), 0);
    for (size_t i = 0; i < CASES; i++)
        assert_same_entry(&w, i);
    munmap(s, sizeof *s);
    close_world(&w);
}
END_TEST

/* All that counts for the budget, as another process sees it that has the lock of the folder: a listing is no snapshot. */
static uint64_t bytes_in(const char *folder)
{
    char lock[4096];
    uint64_t bytes = 0;
    snprintf(lock, sizeof lock, "%s/.amos-stage.lock", folder);
    int fd = open(lock, O_RDONLY | O_CLOEXEC);
    if (fd >= 0)
        ck_assert_int_eq(flock(fd, LOCK_EX), 0);
    DIR *directory = opendir(folder);
    for (const struct dirent *d; directory && (d = readdir(directory)) != NULL;) {
        struct stat state;
        if (strstr(d->d_name, ".zarr.zip") && fstatat(dirfd(directory), d->d_name, &state, 0) == 0)
            bytes += (uint64_t)state.st_size;
    }
    if (directory)
        closedir(directory);
    if (fd >= 0)
        close(fd);
    return bytes;
}

/* Processes go round and round in a folder that holds three of six entries, while one looks at its size. */
START_TEST(a_budget_is_that_of_all_processes)
{
    struct world w = open_world("budget");
    const uint64_t budget = budget_of(&w, 3);
    struct shared *s = share();
    pid_t children[3], watcher = fork();
    ck_assert_int_ge(watcher, 0);
    if (watcher == 0) {
        while (!s->end)
            s->over += bytes_in(w.scratch) > budget;
        _exit(0);
    }
    for (unsigned n = 0; n < 3; n++) {
        children[n] = fork();
        ck_assert_int_ge(children[n], 0);
        if (children[n] == 0) {
            for (unsigned round = 0; round < 10; round++)
                stage_all(&w, open_scratch(&w, w.upstream, budget), s, 2 * n + round);
            _exit(0);
        }
    }
    for (int n = 0; n < 3; n++)
        ck_assert_int_eq(waitpid(children[n], NULL, 0), children[n]);
    s->end = true;
    ck_assert_int_eq(waitpid(watcher, NULL, 0), watcher);
    ck_assert_int_eq(s->failed, 0);
    ck_assert_int_eq(s->over, 0);
    ck_assert_int_gt(s->staged, 3 * CASES); /* it was really too small */
    ck_assert_int_eq(count(w.scratch, ".tmp"), 0);
    munmap(s, sizeof *s);
    close_world(&w);
}
END_TEST

/* ---- processes that die ---- */

/* Killed at many moments: no entry is half, and what they left goes with the next one. */
START_TEST(C04_a_process_that_dies_while_it_copies_leaves_nothing)
{
    struct world w = open_world("killed");
    struct shared *s = share();
    int left = 0, kills = 0;
    for (unsigned round = 0; round < 100; round++) {
        pid_t child = fork();
        ck_assert_int_ge(child, 0);
        if (child == 0) {
            stage_all(&w, open_scratch(&w, w.upstream, budget_of(&w, 4)), s, round);
            for (size_t i = 0; i < CASES; i++) { /* so that there is something to do in the next round */
                char *path = path_in(w.scratch, case_of(&w, i));
                if (path)
                    unlink(path);
                free(path);
            }
            _exit(0);
        }
        nanosleep(&(struct timespec){0, 50000L * (long)(round % 80)}, NULL);
        kills += kill(child, SIGKILL) == 0;
        int status;
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        kills -= WIFEXITED(status);
        left += count(w.scratch, ".tmp");
        amos_cache *plain = NULL;
        amos_cache_options options = body_options();
        amos_error err;
        assert_ok(amos_cache_open(w.scratch, &options, &plain, &err), &err);
        for (size_t i = 0; i < CASES; i++) {
            char *path = path_in(w.scratch, case_of(&w, i));
            amos_cache_entry *entry = NULL;
            if (path) {
                assert_ok(amos_cache_entry_open(plain, case_of(&w, i), &entry, &err), &err);
                assert_ok(amos_cache_entry_verify(entry, &err), &err);
            }
            amos_cache_entry_free(entry);
            free(path);
        }
        amos_cache_free(plain);
    }
    printf("%d of 100 processes were killed while they copied or removed; %d temporary files were seen.\n", kills,
           left);
    ck_assert_int_gt(kills, 10);
    amos_cache *cache = open_scratch(&w, w.upstream, 0);
    stage_all(&w, cache, s, 0);
    ck_assert_int_eq(s->failed, 0);
    ck_assert_int_eq(count(w.scratch, ".tmp"), 0);
    ck_assert_int_eq(count(w.scratch, ".zarr.zip"), CASES);
    amos_cache_free(cache);
    munmap(s, sizeof *s);
    close_world(&w);
}
END_TEST

/* One that holds the claim of an entry dies; the one that waits for it takes over. */
START_TEST(C04_the_next_takes_over_from_one_that_died)
{
    struct world w = open_world("heir");
    amos_cache *cache = open_scratch(&w, w.upstream, 0);
    stage(cache, case_of(&w, 0), AMOS_CACHE_STAGED);
    char *path = path_in(w.scratch, case_of(&w, 0)), *temporary = NULL;
    ck_assert_int_ge(asprintf(&temporary, "%s.stage.tmp", path), 0);
    ck_assert_int_eq(rename(path, temporary), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) { /* it has the lock, and writes nothing */
        int fd = open(temporary, O_RDWR | O_CLOEXEC);
        if (fd < 0 || ftruncate(fd, 100) != 0 || flock(fd, LOCK_EX) != 0)
            _exit(1);
        nanosleep(&(struct timespec){0, 300000000}, NULL);
        raise(SIGKILL);
    }
    nanosleep(&(struct timespec){0, 100000000}, NULL);
    stage(cache, case_of(&w, 0), AMOS_CACHE_STAGED);
    int status;
    ck_assert_int_eq(waitpid(child, &status, WNOHANG), child); /* it waited for its end */
    ck_assert(WIFSIGNALED(status));
    assert_same_entry(&w, 0);
    ck_assert_int_ne(access(temporary, F_OK), 0);
    free(path);
    free(temporary);
    amos_cache_free(cache);
    close_world(&w);
}
END_TEST

/* ---- building at once ---- */

static amos_status note_outcome(void *user, const amos_case *c, amos_cache_outcome outcome, amos_status status,
                                const amos_error *err)
{
    struct shared *s = user;
    (void)c;
    (void)err;
    atomic_fetch_add(status ? &s->failed : outcome == AMOS_CACHE_BUILT ? &s->built : &s->kept, 1);
    return AMOS_OK;
}

START_TEST(C05_one_of_many_builders_wins)
{
    char name[32];
    snprintf(name, sizeof name, "winner-%d", _i);
    struct world w = open_world(name);
    struct shared *s = share();
    pid_t children[PROCESSES];
    for (int n = 0; n < PROCESSES; n++) {
        children[n] = fork();
        ck_assert_int_ge(children[n], 0);
        if (children[n] == 0) {
            amos_cache_options options = body_options();
            const amos_cache_build_options build = {
                .size = sizeof build, .threads = 2, .built = note_outcome, .built_user = s};
            amos_cache *cache = NULL;
            _exit(amos_cache_open(w.scratch, &options, &cache, NULL) ||
                  amos_cache_build(cache, w.dataset, &build, NULL));
        }
    }
    for (int n = 0; n < PROCESSES; n++) {
        int status;
        ck_assert_int_eq(waitpid(children[n], &status, 0), children[n]);
        ck_assert_int_eq(status, 0);
    }
    ck_assert_int_eq(s->failed, 0);
    ck_assert_int_eq(s->built, CASES);
    ck_assert_int_eq(s->kept, (PROCESSES - 1) * CASES);
    ck_assert_int_eq(count(w.scratch, ".tmp"), 0);
    ck_assert_int_eq(count(w.scratch, ".zarr.zip"), CASES);
    munmap(s, sizeof *s);
    close_world(&w);
}
END_TEST

/* ---- a loader ---- */

static void draw_epochs(const amos_dataset *dataset, const amos_cache *cache, int threads, uint32_t crc[64], int *count)
{
    amos_loader_options o = AMOS_LOADER_OPTIONS_INIT;
    amos_loader *loader = NULL;
    amos_error err;
    o.cache = cache;
    o.patch[0] = o.patch[1] = o.patch[2] = 12;
    o.batch_size = 2;
    o.patches_per_case = 3;
    o.threads = threads;
    assert_ok(amos_loader_open(dataset, &o, &loader, &err), &err);
    *count = 0;
    for (int epoch = 0; epoch < 3;) {
        amos_batch *batch = NULL;
        assert_ok(amos_loader_next(loader, &batch, &err), &err);
        epoch += !batch;
        if (batch)
            crc[(*count)++] = loader_batch_crc(batch);
        amos_batch_free(batch);
    }
    amos_loader_stats stats = AMOS_LOADER_STATS_INIT;
    assert_ok(amos_loader_get_stats(loader, &stats, &err), &err);
    ck_assert_uint_eq(stats.damaged, 0);
    amos_loader_free(loader);
}

/* The same batches, whatever is on this machine, with room for all, for a half and for two entries; each entry is copied
 * at most once in an epoch. */
START_TEST(a_loader_draws_the_same_from_upstream)
{
    struct world w = open_world("loader");
    amos_cache_options options = body_options();
    amos_cache *plain = NULL;
    amos_error err;
    uint32_t expected[64], found[64];
    int all, these;
    assert_ok(amos_cache_open(w.upstream, &options, &plain, &err), &err);
    draw_epochs(w.dataset, plain, 1, expected, &all);
    ck_assert_int_gt(all, 20);
    amos_cache_free(plain);
    begin_lies(&w);
    uint64_t sum = 0;
    for (size_t i = 0; i < CASES; i++)
        sum += w.bytes[i];
    const uint64_t budgets[] = {0, budget_of(&w, 5), budget_of(&w, 2)};
    for (size_t i = 0; i < 3; i++)
        for (int threads = 1; threads <= 3; threads += 2) {
            amos_cache *cache = open_scratch(&w, "http://127.0.0.1/entries", budgets[i]);
            liar.bytes = 0;
            draw_epochs(w.dataset, cache, threads, found, &these);
            ck_assert_int_eq(these, all);
            ck_assert_int_eq(memcmp(found, expected, (size_t)all * sizeof *found), 0);
            ck_assert_int_eq(count(w.scratch, ".tmp"), 0);
            if (budgets[i] == 0) /* tables at opening, and one copy */
                ck_assert_uint_le(liar.bytes, 2 * sum);
            ck_assert(budgets[i] == 0 || bytes_in(w.scratch) <= budgets[i]);
            amos_cache_free(cache);
            for (size_t c = 0; c < CASES; c++) {
                char *path = path_in(w.scratch, case_of(&w, c));
                ck_assert(!path || unlink(path) == 0);
                free(path);
            }
        }
    close_world(&w);
}
END_TEST

/* Opening a loader copies nothing; drawing one batch copies its cases and the next ones, not all. */
START_TEST(a_loader_copies_what_it_needs)
{
    struct world w = open_world("needs");
    amos_cache *cache = open_scratch(&w, w.upstream, 0);
    amos_loader_options o = AMOS_LOADER_OPTIONS_INIT;
    amos_loader *loader = NULL;
    amos_batch *batch = NULL;
    amos_error err;
    o.cache = cache;
    o.draw = AMOS_SAMPLING_WHOLE;
    o.threads = 1;
    assert_ok(amos_loader_open(w.dataset, &o, &loader, &err), &err);
    ck_assert_int_eq(count(w.scratch, ".zarr.zip"), 0);
    assert_ok(amos_loader_next(loader, &batch, &err), &err);
    ck_assert_int_eq(count(w.scratch, ".zarr.zip"), 1); /* without threads none ahead */
    amos_batch_free(batch);
    amos_loader_free(loader);
    o.threads = 2;
    o.prefetch = 1;
    assert_ok(amos_loader_open(w.dataset, &o, &loader, &err), &err);
    assert_ok(amos_loader_next(loader, &batch, &err), &err);
    amos_batch_free(batch);
    for (int i = 0; i < 500 && count(w.scratch, ".zarr.zip") < 5; i++)
        nanosleep(&(struct timespec){0, 10000000}, NULL);
    ck_assert_int_ge(count(w.scratch, ".zarr.zip"), 5); /* 2 or 3 batches, and 4 cases ahead of them */
    amos_loader_free(loader);
    amos_cache_free(cache);
    close_world(&w);
}
END_TEST

static void add_tests(Suite *suite)
{
    TCase *copying = add_case(suite, "copying", 30);
    tcase_add_test(copying, an_entry_is_copied_once_and_whole);
    tcase_add_test(copying, a_build_copies_what_there_is);
    tcase_add_test(copying, C14_an_entry_may_appear_upstream_later);
    tcase_add_test(copying, C15_an_entry_that_is_wrong_upstream_is_refused);
    tcase_add_test(copying, C15_a_damaged_copy_is_replaced);
    tcase_add_test(copying, C11_an_upstream_that_everybody_may_write_to_is_not_used);
    tcase_add_test(copying, options_of_upstream_are_checked);
    tcase_add_test(copying, C15_lengths_that_are_lies_are_noticed);
    tcase_add_test(copying, C16_stale_handles_are_opened_again_once);
    TCase *room = add_case(suite, "room", 30);
    tcase_add_test(room, those_opened_longest_ago_make_room);
    tcase_add_test(room, an_entry_in_use_stays);
    TCase *processes = add_thorough_case(suite, "processes", 60);
    tcase_add_loop_test(processes, C05_one_of_many_copies, 0, 4);
    tcase_add_test(processes, a_budget_is_that_of_all_processes);
    tcase_add_test(processes, C04_a_process_that_dies_while_it_copies_leaves_nothing);
    tcase_add_test(processes, C04_the_next_takes_over_from_one_that_died);
    tcase_add_loop_test(processes, C05_one_of_many_builders_wins, 0, 4);
    TCase *loader = add_case(suite, "loader", 60);
    tcase_add_test(loader, a_loader_draws_the_same_from_upstream);
    tcase_add_test(loader, a_loader_copies_what_it_needs);
}

#else

START_TEST(nothing_is_staged_without_lz4)
{
    amos_error err;
    assert_status(amos_cache_stage_case(NULL, NULL, NULL, &err), AMOS_E_ARG, &err);
}
END_TEST

static void add_tests(Suite *suite)
{
    tcase_add_test(add_case(suite, "absent", 10), nothing_is_staged_without_lz4);
}

#endif

int main(void)
{
    Suite *suite = suite_create("cache stage");
    add_tests(suite);
    return run_suite(suite);
}
