/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads and writes fail in every way that an operating system knows (rows F08 to F12, F20). Each public operation
 * is run with its first call of a kind failing, then its second, and so on until none is left to fail; and with
 * short reads. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "faults/interpose.h"
#include "faults/operations.h"
#include "support/main.h"
#include "support/opened.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* Every test is a process of its own; its counts are returned in this shared memory. */
static struct counts {
    uint64_t calls; /* failed calls, without those that were only short */
    uint64_t runs;  /* of operations with at least one of them */
} * counts;

static struct world *world;

enum outcome {
    SAME,  /* the result is unaffected */
    FAILS, /* with E_OPEN, E_IO or E_NOMEM and the errno; or it is reported as a warning */
    EITHER /* either, perhaps with another errno: the failed query may not have mattered */
};

static const struct fault {
    enum fault_kind kind;
    int code;
    enum fault_mode mode;
    enum outcome outcome;
} faults[] = {
    {FAULT_OPEN, EINTR, FAULT_ONCE, SAME},
    {FAULT_OPEN, EMFILE, FAULT_ONCE, FAILS},
    {FAULT_OPEN, ENFILE, FAULT_FROM_THEN_ON, FAILS},
    {FAULT_OPEN, EIO, FAULT_ONCE, SAME}, /* passing errors are tried again */
    {FAULT_OPEN, ESTALE, FAULT_ONCE, SAME},
    {FAULT_OPEN, ESTALE, FAULT_FROM_THEN_ON, FAILS},
    {FAULT_PREAD, EINTR, FAULT_ONCE, SAME},
    {FAULT_PREAD, EIO, FAULT_ONCE, SAME},
    {FAULT_PREAD, EIO, FAULT_FROM_THEN_ON, FAILS},
    {FAULT_PREAD, ESTALE, FAULT_ONCE, SAME},
    {FAULT_PREAD, EAGAIN, FAULT_ONCE, SAME},
    {FAULT_PREAD, ETIMEDOUT, FAULT_FROM_THEN_ON, FAILS},
    {FAULT_READ, EIO, FAULT_ONCE, FAILS},
    {FAULT_FSTAT, EIO, FAULT_ONCE, FAILS},
    {FAULT_FSTAT, ESTALE, FAULT_FROM_THEN_ON, FAILS},
    {FAULT_STAT, EIO, FAULT_ONCE, EITHER},
    {FAULT_STAT, ESTALE, FAULT_FROM_THEN_ON, EITHER},
    {FAULT_FOLDER, ENOMEM, FAULT_ONCE, FAILS},
    {FAULT_READDIR, EIO, FAULT_ONCE, FAILS},
    {FAULT_READDIR, ESTALE, FAULT_FROM_THEN_ON, FAILS},
    {FAULT_REALPATH, EIO, FAULT_ONCE, FAILS},
    {FAULT_REALPATH, ENOMEM, FAULT_ONCE, FAILS},
    {FAULT_CLOSE, EIO, FAULT_FROM_THEN_ON, SAME},
    {FAULT_CLOSE, EINTR, FAULT_ONCE, SAME},
    {FAULT_WRITE, EINTR, FAULT_ONCE, SAME},
    {FAULT_WRITE, FAULT_SHORT(1), FAULT_ONCE, SAME},
    {FAULT_WRITE, ENOSPC, FAULT_ONCE, FAILS},
    {FAULT_WRITE, EIO, FAULT_FROM_THEN_ON, FAILS},
    {FAULT_FSYNC, EINTR, FAULT_ONCE, SAME},
    {FAULT_FSYNC, EIO, FAULT_ONCE, FAILS},
    {FAULT_RENAME, EACCES, FAULT_ONCE, FAILS},
    {FAULT_THREAD, EAGAIN, FAULT_ONCE, SAME},
    {FAULT_THREAD, EAGAIN, FAULT_FROM_THEN_ON, SAME},
};

static int count_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int count = 0;
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

struct run {
    amos_status status;
    amos_error err;
    uint64_t digest;
    int reported;
    int hit; /* calls that failed */
};

static struct run run_with(const struct operation *o, const struct fault *fault, int nth)
{
    struct run run = {.err = {.message = ""}};
    fault_arm(fault->kind, nth, fault->code, fault->mode);
    run.status = operation_run(o, world, &run.digest, &run.err);
    run.hit = fault_disarm();
    run.reported = world->reported;
    counts->calls += fault->code > 0 ? (uint64_t)run.hit : 0;
    counts->runs += run.hit > 0;
    return run;
}

static struct run run_undisturbed(const struct operation *o)
{
    static const struct fault none = {FAULT_READ, EIO, FAULT_COUNT, SAME};
    struct run run = run_with(o, &none, 0);
    assert_status(run.status, o->expected, &run.err);
    return run;
}

static int is_same(const struct run *run, const struct run *truth)
{
    return run->status == truth->status && run->digest == truth->digest;
}

/* The failure has the right error, or the operation went on and reported it. */
static int is_failure(const struct run *run, const struct run *truth, const struct fault *fault)
{
    if (run->status == AMOS_OK)
        return run->reported > truth->reported;
    if (run->status == AMOS_E_NOMEM)
        return fault->code == ENOMEM;
    return (run->status == AMOS_E_OPEN || run->status == AMOS_E_IO) &&
           (run->err.sys_errno == fault->code || fault->outcome == EITHER);
}

static void check_run(const struct operation *o, const struct fault *fault, const struct run *run,
                      const struct run *truth, int nth)
{
    char what[200];
    snprintf(what, sizeof what, "%s, %s %d: %s", o->name, fault_name(fault->kind), nth,
             fault->code > 0 ? strerrorname_np(fault->code) : "short");
    int may_not_matter = fault->outcome != FAILS || o->flags & OPERATION_SPARES;
    int good = (may_not_matter && is_same(run, truth)) || (fault->outcome != SAME && is_failure(run, truth, fault));
    ck_assert_msg(good, "%s gave %s (%s)", what, amos_status_name(run->status), run->status ? run->err.message : "");
    ck_assert_msg(world->promise == NULL, "%s: not so: %s", what, world->promise);
    if (run->status != AMOS_OK)
        assert_sentence(&run->err, run->status, what);
}

static void fail_everywhere(const struct operation *o, const struct fault *fault)
{
    int descriptors = count_descriptors();
    struct run truth = run_undisturbed(o);
    for (int nth = 1;; nth++) {
        struct run run = run_with(o, fault, nth);
        if (run.hit == 0)
            break;
        check_run(o, fault, &run, &truth, nth);
        struct run again = run_undisturbed(o);
        ck_assert_msg(is_same(&again, &truth), "%s, after %s %d failed: another result", o->name,
                      fault_name(fault->kind), nth);
        ck_assert_msg(count_descriptors() == descriptors, "%s, %s %d: a descriptor was left open", o->name,
                      fault_name(fault->kind), nth);
    }
}

START_TEST(F08_F09_F11_F12_F20_a_failing_call_is_reported)
{
    for (int i = 0; i < COUNT(faults); i++)
        fail_everywhere(&operations[_i], &faults[i]);
}
END_TEST

/* Short reads of all sizes that could matter, from the smallest to the largest. */
START_TEST(F10_G42_short_reads_change_nothing)
{
    static const int sizes[] = {1, 2, 3, 7, 9, 347, 1000, 65537};
    const struct operation *o = &operations[_i];
    struct run truth = run_undisturbed(o);
    for (int i = 0; i < COUNT(sizes); i++) {
        struct fault fault = {FAULT_PREAD, FAULT_SHORT(sizes[i]), FAULT_FROM_THEN_ON, SAME};
        struct run run = run_with(o, &fault, 1);
        check_run(o, &fault, &run, &truth, 1);
    }
}
END_TEST

/* A read returns no bytes where there should be some: the file was truncated. */
START_TEST(F13_an_early_end_is_a_change)
{
    static const struct fault early = {FAULT_PREAD, FAULT_SHORT(0), FAULT_ONCE, FAILS};
    const struct operation *o = &operations[_i];
    struct run truth = run_undisturbed(o);
    for (int nth = 1;; nth++) {
        struct run run = run_with(o, &early, nth);
        if (run.hit == 0)
            break;
        /* Batches that the threads of a loader prefetch may never be requested; a copy that failed is made again. */
        int spared = run.reported > truth.reported ||
                     (o->flags & (OPERATION_THREADS | OPERATION_RETRIES) && run.digest == truth.digest);
        ck_assert_msg(run.status == AMOS_E_CHANGED || (run.status == AMOS_OK && spared), "%s: %s", o->name,
                      amos_status_name(run.status));
    }
}
END_TEST

/* ---- the same through a caller's functions ---- */

struct source {
    const struct bytes *bytes;
    size_t most; /* bytes at a time */
    int nth, code, calls;
    int64_t instead; /* the result of the failing call if code is 0 */
};

static int64_t read_at(void *user, uint64_t offset, void *buffer, size_t bytes)
{
    struct source *s = user;
    if (++s->calls == s->nth)
        return s->code ? -s->code : s->instead;
    size_t left = s->bytes->size - (size_t)offset;
    size_t n = bytes < left ? bytes : left;
    n = n < s->most ? n : s->most;
    memcpy(buffer, s->bytes->data + offset, n);
    return (int64_t)n;
}

/* Opens and reads all; *digest is set on success. */
static amos_status read_source(struct source *s, uint64_t *digest, amos_error *err)
{
    amos_byte_source source = {
        .size = sizeof source, .name = "x.nii.gz", .bytes = s->bytes->size, .read_at = read_at, .user = s};
    amos_volume_options options = {.size = sizeof options, .inflate = world->inflate};
    amos_volume *volume;
    amos_status status = amos_volume_open_source(&source, &options, &volume, err);
    if (!status)
        status = amos_volume_read(volume, NULL, world->buffer, world->buffer_bytes, err);
    if (!status) {
        *digest = 1;
        for (uint64_t i = 0; i < amos_volume_get_info(volume)->stored_bytes; i++)
            *digest = (*digest ^ world->buffer[i]) * 1099511628211u;
    }
    amos_volume_free(volume);
    return status;
}

START_TEST(G42_callbacks_may_give_little)
{
    static const size_t sizes[] = {1, 2, 3, 7, 8, 9, 64, 1000, 8192};
    amos_error err;
    uint64_t truth, digest;
    struct source whole = {.bytes = &world->memory, .most = SIZE_MAX};
    assert_ok(read_source(&whole, &truth, &err), &err);
    for (int i = 0; i < COUNT(sizes); i++) {
        struct source s = {.bytes = &world->memory, .most = sizes[i]};
        assert_ok(read_source(&s, &digest, &err), &err);
        ck_assert_msg(digest == truth, "reads of %zu bytes give other voxels", sizes[i]);
    }
}
END_TEST

START_TEST(F11_F12_callbacks_may_fail)
{
    static const int codes[] = {EIO, EINTR, ESTALE, EAGAIN, ETIMEDOUT};
    amos_error err;
    uint64_t digest;
    for (int i = 0; i < COUNT(codes); i++)
        for (int nth = 1;; nth++) {
            struct source s = {.bytes = &world->memory, .most = 20000, .nth = nth, .code = codes[i]};
            amos_status status = read_source(&s, &digest, &err);
            if (s.calls < nth)
                break;
            counts->calls++;
            counts->runs++;
            assert_status(status, AMOS_E_IO, &err);
            ck_assert_int_eq(err.sys_errno, codes[i]);
        }
}
END_TEST

/* Too many bytes, too few, none, and numbers that are not an errno. */
START_TEST(callbacks_may_lie)
{
    static const int64_t answers[] = {0, INT64_MAX, INT64_MIN, -5000, 1 << 30};
    amos_error err;
    uint64_t digest;
    for (int i = 0; i < COUNT(answers); i++)
        for (int nth = 1; nth < 8; nth++) {
            struct source s = {.bytes = &world->memory, .most = 20000, .nth = nth, .instead = answers[i]};
            counts->calls++;
            counts->runs++;
            assert_status(read_source(&s, &digest, &err), AMOS_E_IO, &err);
        }
}
END_TEST

/* The precondition of these tests: the library's calls are intercepted. */
START_TEST(the_calls_are_seen)
{
    static const enum fault_kind kinds[] = {FAULT_OPEN,   FAULT_PREAD,   FAULT_FSTAT,    FAULT_STAT,
                                            FAULT_FOLDER, FAULT_READDIR, FAULT_REALPATH, FAULT_CLOSE,
                                            FAULT_WRITE,  FAULT_FSYNC,   FAULT_RENAME,   FAULT_THREAD};
    for (int i = 0; i < COUNT(kinds); i++) {
        int calls = 0;
        for (int n = 0; n < operation_count; n++) {
            struct fault none = {kinds[i], EIO, FAULT_COUNT, SAME};
            run_with(&operations[n], &none, 0);
            calls += fault_calls();
        }
        ck_assert_msg(calls > 0, "no call of %s was seen", fault_name(kinds[i]));
    }
}
END_TEST

/* Once for both cases. */
static void make_world(void)
{
    if (!world)
        world = world_make("world", AMOS_INFLATE_AUTO);
}

int main(void)
{
    counts = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (counts == MAP_FAILED)
        return EXIT_FAILURE;
    Suite *suite = suite_create("io_faults");
    TCase *calls = add_case(suite, "calls", 60), *others = add_thorough_case(suite, "little at a time", 60);
    tcase_add_unchecked_fixture(calls, make_world, NULL);
    tcase_add_unchecked_fixture(others, make_world, NULL);
    tcase_add_test(calls, the_calls_are_seen);
    tcase_add_loop_test(calls, F08_F09_F11_F12_F20_a_failing_call_is_reported, 0, operation_count);
    tcase_add_loop_test(others, F10_G42_short_reads_change_nothing, 0, operation_count);
    tcase_add_loop_test(others, F13_an_early_end_is_a_change, 0, operation_count);
    tcase_add_test(calls, G42_callbacks_may_give_little);
    tcase_add_test(calls, F11_F12_callbacks_may_fail);
    tcase_add_test(calls, callbacks_may_lie);
    int code = run_suite(suite);
    if (world)
        world_free(world);
    printf("%llu calls were made to fail in %llu runs of %d operations.\n", (unsigned long long)counts->calls,
           (unsigned long long)counts->runs, operation_count);
    return code;
}
