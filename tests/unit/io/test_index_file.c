/* SPDX-License-Identifier: BSD-3-Clause */
/* The file of an index: rows C01 to C12 of the catalogue of malformed inputs. C13 is in test_index.c. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/seek/cache.h"
#include "io/seek/file.h"
#include "support/make/index.h"
#include "support/main.h"
#include "support/tmp.h"

/* Built once, before the tests fork: a volume, its index, and the index as bytes. */
static struct nifti_file model;
static char *volume_path, *made_in;
static struct amosi_index *made;
static struct bytes good;

static void make_once(void)
{
    amos_error err;
    if (made)
        return;
    model = index_volume(1, 7);
    struct bytes packed = pack_gzip(&model.bytes, PACK_DYNAMIC);
    volume_path = tmp_write_bytes("volume.nii.gz", &packed);
    bytes_free(&packed);
    made_in = index_folder("made");
    amos_volume *volume = open_indexed(volume_path, made_in, AMOS_INDEX_NEVER, NULL);
    assert_ok(amos_volume_build_index(volume, NULL, &err), &err);
    amos_volume_free(volume);
    made = load_index(volume_path, made_in);
    good = index_bytes(made);
}

static struct bytes copy_of(const struct bytes *b)
{
    struct bytes copy = {0};
    bytes_add(&copy, b->data, b->size);
    return copy;
}

static void assert_refused(const struct bytes *b, const char *what)
{
    struct amosi_index *index = (struct amosi_index *)1;
    amos_error err;
    /* A copy of exactly that size, so that a sanitizer detects reads beyond it. */
    unsigned char *exact = must_alloc(b->size ? b->size : 1);
    if (b->size)
        memcpy(exact, b->data, b->size);
    amos_status status = amosi_index_file_parse(exact, b->size, &made->key, "index", &index, &err);
    free(exact);
    assert_status_at(__FILE__, __LINE__, what, status, AMOS_E_INDEX, &err);
    assert_sentence(&err, AMOS_E_INDEX, what);
    ck_assert_ptr_null(index);
}

/* Writes bytes to the path of the index: a volume then reads without index, logs it, and builds a new one. */
static void assert_rebuilt(const struct bytes *b, const char *what)
{
    char *folder = index_folder(what), *there = only_file(made_in), *path = NULL;
    ck_assert_int_gt(asprintf(&path, "%s%s", folder, strrchr(there, '/')), 0);
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(b->data, 1, b->size, file), b->size);
    ck_assert_int_eq(fclose(file), 0);
    amos_error err;
    int warnings = 0;
    amos_volume *volume = open_indexed(volume_path, folder, AMOS_INDEX_USE, &warnings);
    ck_assert_uint_eq(amos_volume_index_bytes(volume), 0);
    ck_assert_int_eq(warnings, 1);
    int16_t voxel;
    amos_read_options options = {.size = sizeof options, .box = {{5, 90, 119}, {6, 91, 120}}};
    assert_ok(amos_volume_read(volume, &options, &voxel, sizeof voxel, &err), &err);
    ck_assert_int_eq(voxel, (int)nifti_stored(&model, 5 + 128 * (90 + 96 * 119)));
    amos_volume_free(volume);
    volume = open_indexed(volume_path, folder, AMOS_INDEX_BUILD, NULL);
    assert_ok(amos_volume_read(volume, &options, &voxel, sizeof voxel, &err), &err);
    amos_volume_free(volume);
    struct amosi_index *index = load_index(volume_path, folder);
    struct bytes rebuilt = index_bytes(index);
    ck_assert_uint_eq(rebuilt.size, good.size);
    ck_assert_mem_eq(rebuilt.data, good.data, good.size);
    bytes_free(&rebuilt);
    amosi_index_free(index);
    free(path);
    free(there);
    free(folder);
}

/* ---- writing and reading back ---- */

START_TEST(round_trip)
{
    char *path = only_file(made_in);
    struct bytes written = read_file(path);
    ck_assert_uint_eq(written.size, good.size);
    ck_assert_mem_eq(written.data, good.data, good.size);
    ck_assert_uint_gt(made->count, 3);
    ck_assert_uint_eq(made->out_bytes, model.bytes.size);
    bytes_free(&written);
    free(path);
}
END_TEST

/* ---- C01 ---- */

START_TEST(c01_truncated_at_every_byte)
{
    for (size_t size = 0; size < good.size; size += size < 2000 ? 1 : 97) {
        struct bytes cut = {good.data, size, size};
        assert_refused(&cut, "truncated");
    }
    struct bytes cut = {good.data, good.size - 1, good.size};
    assert_refused(&cut, "truncated by one byte");
}
END_TEST

START_TEST(c01_truncated_file_is_rebuilt)
{
    static const size_t sizes[] = {0, 1, 95, 96, 97, 1000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char name[32];
        snprintf(name, sizeof name, "c01-%zu", i);
        struct bytes cut = {good.data, sizes[i], sizes[i]};
        assert_rebuilt(&cut, name);
    }
}
END_TEST

/* ---- C02, C03: right checksums, impossible numbers ---- */

static void put64(unsigned char *to, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        to[i] = (unsigned char)(value >> 8 * i);
}

static void assert_number_refused(size_t offset, uint64_t value, const char *what)
{
    struct bytes b = copy_of(&good);
    put64(b.data + offset, value);
    index_seal(&b);
    assert_refused(&b, what);
    bytes_free(&b);
}

START_TEST(c02_counts_that_cannot_be)
{
    static const uint64_t counts[] = {
        0, 1, 0xffffffff, 0x100000000, UINT64_MAX, UINT64_MAX / 24 + 1, (uint64_t)1 << 61};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        assert_number_refused(72, counts[i], "number of points");
        assert_number_refused(80, counts[i], "bytes of windows");
    }
    assert_number_refused(64, UINT64_MAX, "output");
    /* Wrong numbers that compensate each other. */
    struct bytes b = copy_of(&good);
    put64(b.data + 72, made->count - 1);
    put64(b.data + 80, made->windows_bytes + 24);
    index_seal(&b);
    assert_refused(&b, "a point as window");
    put64(b.data + 72, made->count + 1);
    put64(b.data + 80, made->windows_bytes - 24);
    index_seal(&b);
    assert_refused(&b, "a window as point");
    bytes_free(&b);
}
END_TEST

/* An index far larger than its file is refused by its header alone. */
START_TEST(c02_too_large_for_its_file)
{
    struct bytes b = {0};
    bytes_add(&b, good.data, AMOSI_INDEX_HEADER);
    bytes_add_fill(&b, 0, (size_t)made->key.size * 2 + 24);
    put64(b.data + 72, 1);
    put64(b.data + 80, made->key.size * 2);
    index_seal(&b);
    assert_refused(&b, "too large");
    bytes_free(&b);
}
END_TEST

START_TEST(c03_offsets_that_cannot_be)
{
    const size_t second = AMOSI_INDEX_HEADER + 24, third = second + 24;
    assert_number_refused(AMOSI_INDEX_HEADER, 8, "the first point behind the beginning");
    assert_number_refused(AMOSI_INDEX_HEADER + 8, 1, "output before the first point");
    assert_number_refused(second, 0, "not increasing");
    assert_number_refused(second + 8, 0, "output not increasing");
    assert_number_refused(third, made->points[1].bit, "the same place twice");
    assert_number_refused(third + 8, made->points[1].out, "the same output twice");
    assert_number_refused(second, UINT64_MAX - 7, "negative");
    assert_number_refused(second + 8, UINT64_MAX, "output negative");
    assert_number_refused(AMOSI_INDEX_HEADER + 24 * (made->count - 1), made->key.size * 8, "behind the file");
    assert_number_refused(AMOSI_INDEX_HEADER + 24 * (made->count - 1) + 8, made->out_bytes, "behind the output");
    assert_number_refused(second + 16, (uint64_t)UINT32_MAX << 32, "a window of 4 GiB");
    assert_number_refused(second + 16, (uint64_t)(made->points[1].window_bytes + 1) << 32, "windows that overlap");
    assert_number_refused(second + 16, (uint64_t)(made->points[1].window_bytes - 1) << 32, "a gap between windows");
}
END_TEST

/* ---- C06, C07 ---- */

START_TEST(c06_other_versions)
{
    for (size_t offset = 8; offset < 24; offset += 4)
        for (int add = 1; add < 256; add += 127) {
            struct bytes b = copy_of(&good);
            b.data[offset] = (unsigned char)(b.data[offset] + add);
            index_seal(&b);
            assert_refused(&b, "another format");
            bytes_free(&b);
        }
    struct bytes b = copy_of(&good); /* as if written by a big-endian machine */
    b.data[11] = 1;
    b.data[8] = 0;
    index_seal(&b);
    assert_refused(&b, "another byte order");
    assert_rebuilt(&b, "c06");
    bytes_free(&b);
}
END_TEST

START_TEST(c07_bit_flips)
{
    for (size_t bit = 0; bit < good.size * 8; bit += bit < 2400 * 8 ? 1 : 1009) {
        struct bytes b = {good.data, good.size, good.size};
        good.data[bit / 8] ^= (unsigned char)(1u << bit % 8);
        assert_refused(&b, "a bit was flipped");
        good.data[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    struct bytes b = copy_of(&good);
    b.data[b.size - 5] ^= 16;
    assert_rebuilt(&b, "c07");
    bytes_free(&b);
}
END_TEST

/* ---- C08, C09 ---- */

START_TEST(c08_any_part_of_the_key_counts)
{
    struct amosi_content_id keys[8];
    for (int i = 0; i < 8; i++)
        keys[i] = made->key;
    keys[0].size++;
    keys[1].size += (uint64_t)1 << 40;
    keys[2].head++;
    keys[3].head ^= (uint64_t)1 << 63;
    keys[4].trailer[0] ^= 1;
    keys[5].trailer[3] ^= 128;
    keys[6].trailer[7] ^= 1;
    keys[7].trailer[4] ^= 1;
    for (int i = 0; i < 8; i++) {
        struct amosi_index *index;
        amos_error err;
        amos_status status = amosi_index_file_parse(good.data, good.size, &keys[i], "index", &index, &err);
        assert_status(status, AMOS_E_INDEX, &err);
    }
}
END_TEST

static void write_in_place(const char *path, const struct bytes *b)
{
    int fd = open(path, O_WRONLY);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, b->data, b->size), (ssize_t)b->size);
    close(fd);
}

/* Same inode, same size, and the modification time set back: the content reveals it. */
START_TEST(c08_rewritten_file_with_its_old_time)
{
    struct bytes packed = pack_gzip(&model.bytes, PACK_DYNAMIC);
    char *path = tmp_write_bytes("stale.nii.gz", &packed), *folder = index_folder("c08");
    amos_error err;
    amos_volume *volume = open_indexed(path, folder, AMOS_INDEX_NEVER, NULL);
    assert_ok(amos_volume_build_index(volume, NULL, &err), &err);
    amos_volume_free(volume);
    struct stat before;
    ck_assert_int_eq(stat(path, &before), 0);
    packed.data[4] ^= 9; /* the time in the gzip header */
    write_in_place(path, &packed);
    const struct timespec times[2] = {before.st_atim, before.st_mtim};
    ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
    int warnings = 0;
    volume = open_indexed(path, folder, AMOS_INDEX_USE, &warnings);
    ck_assert_uint_eq(amos_volume_index_bytes(volume), 0);
    ck_assert_int_eq(warnings, 0);
    assert_ok(amos_volume_build_index(volume, NULL, &err), &err);
    ck_assert_int_eq(folder_count(folder), 2);
    amos_volume_free(volume);
    bytes_free(&packed);
    free(path);
    free(folder);
}
END_TEST

START_TEST(c09_index_of_another_file)
{
    struct nifti_file other = index_volume(1, 8);
    struct bytes packed = pack_gzip(&other.bytes, PACK_DYNAMIC);
    char *path = tmp_write_bytes("other.nii.gz", &packed), *folder = index_folder("other");
    amos_error err;
    amos_volume *volume = open_indexed(path, folder, AMOS_INDEX_NEVER, NULL);
    assert_ok(amos_volume_build_index(volume, NULL, &err), &err);
    amos_volume_free(volume);
    char *index = only_file(folder);
    struct bytes b = read_file(index);
    assert_refused(&b, "of another file");
    assert_rebuilt(&b, "c09");
    bytes_free(&b);
    bytes_free(&packed);
    nifti_free(&other);
    free(index);
    free(path);
    free(folder);
}
END_TEST

/* ---- C04, C05, C10: writers that are killed, that race, and readers meanwhile ---- */

static void save_for_ever(const char *folder)
{
    for (;;)
        if (amosi_index_cache_save(folder, made, NULL, NULL, NULL) != AMOS_OK)
            _exit(3);
}

/* The file is whole or missing. */
static bool load_whole(const char *folder)
{
    struct amosi_index *index;
    amos_error err;
    amos_status status = amosi_index_cache_load(folder, &made->key, &index, &err);
    if (status == AMOS_E_OPEN && err.sys_errno == ENOENT)
        return false;
    assert_ok(status, &err);
    ck_assert_uint_eq(index->count, made->count);
    amosi_index_free(index);
    return true;
}

START_TEST(c04_killed_writers)
{
    char *folder = index_folder("c04");
    uint64_t seed = 4;
    for (int i = 0; i < 20; i++) {
        pid_t child = fork();
        ck_assert_int_ge(child, 0);
        if (child == 0)
            save_for_ever(folder);
        usleep((useconds_t)random_below(&seed, 4000));
        kill(child, SIGKILL);
        int how;
        ck_assert_int_eq(waitpid(child, &how, 0), child);
        ck_assert(WIFSIGNALED(how));
        load_whole(folder);
    }
    /* Their leftovers do no harm. */
    amos_error err;
    assert_ok(amosi_index_cache_save(folder, made, NULL, NULL, &err), &err);
    ck_assert(load_whole(folder));
    free(folder);
}
END_TEST

static void *save_often(void *folder)
{
    for (int i = 0; i < 30; i++)
        if (amosi_index_cache_save(folder, made, NULL, NULL, NULL) != AMOS_OK)
            return "a writer failed";
    return NULL;
}

/* C10 too: an open index is never written to, so that a reader cannot see it change. */
START_TEST(c05_two_writers_and_c10_a_reader)
{
    char *folder = index_folder("c05");
    pthread_t writers[2];
    pid_t child = fork(); /* one more, in another process */
    ck_assert_int_ge(child, 0);
    if (child == 0)
        _exit(save_often(folder) ? 1 : 0);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_create(&writers[i], NULL, save_often, folder), 0);
    bool seen = false;
    for (int i = 0; i < 200; i++) {
        bool there = load_whole(folder);
        ck_assert(there || !seen);
        seen = there;
    }
    for (int i = 0; i < 2; i++) {
        void *fault;
        pthread_join(writers[i], &fault);
        ck_assert_msg(!fault, "%s", (char *)fault);
    }
    int how;
    ck_assert_int_eq(waitpid(child, &how, 0), child);
    ck_assert(WIFEXITED(how) && WEXITSTATUS(how) == 0);
    ck_assert(load_whole(folder));
    ck_assert_int_eq(folder_count(folder), 1);
    free(folder);
}
END_TEST

START_TEST(c10_a_writer_never_touches_an_open_index)
{
    char *folder = index_folder("c10");
    amos_error err;
    assert_ok(amosi_index_cache_save(folder, made, NULL, NULL, &err), &err);
    char *path = only_file(folder);
    struct stat before, after;
    ck_assert_int_eq(stat(path, &before), 0);
    int held = open(path, O_RDONLY); /* keeps the inode from being used again */
    assert_ok(amosi_index_cache_save(folder, made, NULL, NULL, &err), &err);
    ck_assert_int_eq(stat(path, &after), 0);
    ck_assert_uint_ne(before.st_ino, after.st_ino);
    ck_assert_int_eq(fstat(held, &after), 0);
    ck_assert_int_eq(before.st_size, after.st_size);
    close(held);
    free(path);
    free(folder);
}
END_TEST

/* ---- C11: unusable folders ---- */

/* Reading works without an index and logs the reason; amos_index_build() reports it too. */
static void assert_works_without(const char *folder, const char *what)
{
    amos_error err;
    int warnings = 0;
    int16_t voxel = 0;
    amos_volume *volume = open_indexed(volume_path, folder, AMOS_INDEX_BUILD, &warnings);
    amos_read_options options = {.size = sizeof options, .box = {{5, 90, 119}, {6, 91, 120}}};
    amos_status status = amos_volume_read(volume, &options, &voxel, sizeof voxel, &err);
    assert_status_at(__FILE__, __LINE__, what, status, AMOS_OK, &err);
    ck_assert_int_eq(voxel, (int)nifti_stored(&model, 5 + 128 * (90 + 96 * 119)));
    ck_assert_msg(warnings > 0, "%s: nothing was logged", what);
    status = amos_volume_build_index(volume, NULL, &err);
    ck_assert_msg(status == AMOS_E_OPEN || status == AMOS_E_IO, "%s: %s", what, amos_status_name(status));
    assert_sentence(&err, status, what);
    amos_volume_free(volume);
}

START_TEST(c11_folder_is_missing_or_a_file)
{
    char *missing = tmp_path("c11-nowhere/deeper/folder"), *file = tmp_write("c11-file", "x", 1);
    assert_works_without(missing, "missing");
    assert_works_without(file, "a file");
    free(missing);
    free(file);
}
END_TEST

START_TEST(c11_folder_that_everybody_may_write_to)
{
    char *folder = index_folder("c11-open");
    ck_assert_int_eq(chmod(folder, 0777), 0);
    assert_works_without(folder, "open to everybody");
    ck_assert_int_eq(folder_count(folder), 0);
    free(folder);
}
END_TEST

/* Root may write everywhere, so the test changes its user; for other users, the only folder of another owner is /. */
START_TEST(c11_folder_of_another_owner_and_read_only)
{
    if (geteuid() != 0) {
        char *folder = index_folder("c11-read-only");
        ck_assert_int_eq(chmod(folder, 0500), 0);
        assert_works_without(folder, "read-only");
        assert_works_without("/", "another owner");
        free(folder);
        return;
    }
    char *foreign = index_folder("c11-foreign"), *own = index_folder("c11-own");
    ck_assert_int_eq(chown(foreign, 12345, 12345), 0);
    assert_works_without(foreign, "another owner");
    ck_assert_int_eq(chown(own, 65534, 65534), 0);
    ck_assert_int_eq(chmod(own, 0500), 0);
    ck_assert_int_eq(chmod(tmp_dir(), 0755), 0);
    ck_assert_int_eq(chmod(volume_path, 0644), 0);
    ck_assert_int_eq(seteuid(65534), 0);
    assert_works_without(own, "read-only");
    ck_assert_int_eq(seteuid(0), 0);
    ck_assert_int_eq(folder_count(own), 0);
    free(foreign);
    free(own);
}
END_TEST

/* At the path of the index: a symbolic link to a good one, a folder, a pipe. */
START_TEST(c11_index_is_no_plain_file)
{
    char *there = only_file(made_in), *folder = index_folder("c11-odd"), *path = NULL;
    ck_assert_int_gt(asprintf(&path, "%s%s", folder, strrchr(there, '/')), 0);
    for (int kind = 0; kind < 3; kind++) {
        amos_error err;
        struct amosi_index *index;
        if (kind == 0)
            ck_assert_int_eq(symlink(there, path), 0);
        else if (kind == 1)
            ck_assert_int_eq(mkfifo(path, 0600), 0);
        else
            ck_assert_int_eq(mkdir(path, 0700), 0);
        amos_status status = amosi_index_cache_load(folder, &made->key, &index, &err);
        ck_assert_msg(status == AMOS_E_INDEX || status == AMOS_E_OPEN || status == AMOS_E_IO, "kind %d gives %s", kind,
                      amos_status_name(status));
        status = amosi_index_cache_save(folder, made, NULL, NULL, &err);
        assert_status(status, kind == 2 ? AMOS_E_IO : AMOS_OK, &err);
        ck_assert_int_eq(folder_count(folder), 1);
        ck_assert_int_eq(kind == 2 ? rmdir(path) : unlink(path), 0);
    }
    ck_assert_int_eq(access(there, R_OK), 0); /* the target of the link still exists */
    free(path);
    free(there);
    free(folder);
}
END_TEST

/* ---- C12 ---- */

/* A limit on file size simulates a full disk: write() writes a part, then fails. */
START_TEST(c12_no_room)
{
    char *folder = index_folder("c12");
    const struct rlimit small = {good.size / 2, good.size / 2};
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    amos_error err;
    assert_status(amosi_index_cache_save(folder, made, NULL, NULL, &err), AMOS_E_IO, &err);
    ck_assert_int_eq(err.sys_errno, EFBIG);
    ck_assert_int_eq(folder_count(folder), 0);
    assert_works_without(folder, "no room");
    ck_assert_int_eq(folder_count(folder), 0);
    free(folder);
}
END_TEST

/* ---- the user's folder ---- */

START_TEST(folder_of_the_user)
{
    char *home = index_folder("home"), *path = NULL;
    amos_error err;
    setenv("HOME", home, 1);
    unsetenv("XDG_CACHE_HOME");
    assert_ok(amosi_index_cache_save(NULL, made, NULL, NULL, &err), &err);
    ck_assert_int_gt(asprintf(&path, "%s/.cache/amos", home), 0);
    ck_assert_int_eq(folder_count(path), 1);
    struct stat state;
    ck_assert_int_eq(stat(path, &state), 0);
    ck_assert_uint_eq(state.st_mode & 0777, 0700);
    free(path);
    ck_assert_int_gt(asprintf(&path, "%s/xdg", home), 0);
    setenv("XDG_CACHE_HOME", path, 1);
    assert_ok(amosi_index_cache_save(NULL, made, NULL, NULL, &err), &err);
    ck_assert(load_whole(NULL));
    amosi_index_cache_remove(NULL, &made->key);
    ck_assert(!load_whole(NULL));
    setenv("XDG_CACHE_HOME", "relative", 1); /* the standard says to ignore it */
    ck_assert(load_whole(NULL));
    unsetenv("HOME");
    assert_status(amosi_index_cache_save(NULL, made, NULL, NULL, &err), AMOS_E_OPEN, &err);
    assert_sentence(&err, AMOS_E_OPEN, "no folder");
    free(path);
    free(home);
}
END_TEST

static void add_row(Suite *suite, const char *name, const TTest *test)
{
    TCase *tc = add_case(suite, name, 20);
    tcase_add_unchecked_fixture(tc, make_once, NULL);
    tcase_add_test(tc, test);
}

int main(void)
{
    Suite *suite = suite_create("index_file");
    add_row(suite, "round trip", round_trip);
    add_row(suite, "C01 truncated at every byte", c01_truncated_at_every_byte);
    add_row(suite, "C01 truncated file is rebuilt", c01_truncated_file_is_rebuilt);
    add_row(suite, "C02 counts that cannot be", c02_counts_that_cannot_be);
    add_row(suite, "C02 too large for its file", c02_too_large_for_its_file);
    add_row(suite, "C03 offsets that cannot be", c03_offsets_that_cannot_be);
    add_row(suite, "C04 killed writers", c04_killed_writers);
    add_row(suite, "C05 two writers, C10 a reader", c05_two_writers_and_c10_a_reader);
    add_row(suite, "C06 other versions", c06_other_versions);
    add_row(suite, "C07 bit flips", c07_bit_flips);
    add_row(suite, "C08 any part of the key counts", c08_any_part_of_the_key_counts);
    add_row(suite, "C08 rewritten file with its old time", c08_rewritten_file_with_its_old_time);
    add_row(suite, "C09 index of another file", c09_index_of_another_file);
    add_row(suite, "C10 a writer never touches an open index", c10_a_writer_never_touches_an_open_index);
    add_row(suite, "C11 folder is missing or a file", c11_folder_is_missing_or_a_file);
    add_row(suite, "C11 folder that everybody may write to", c11_folder_that_everybody_may_write_to);
    add_row(suite, "C11 folder of another owner, read-only", c11_folder_of_another_owner_and_read_only);
    add_row(suite, "C11 index is no plain file", c11_index_is_no_plain_file);
    add_row(suite, "C12 no room", c12_no_room);
    add_row(suite, "folder of the user", folder_of_the_user);
    return run_suite(suite);
}
