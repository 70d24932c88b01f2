/* SPDX-License-Identifier: BSD-3-Clause */
/* The library inside a process that does other things (rows F20 to F31): many threads on one handle, forks, small
 * stacks, closed descriptors, being loaded and unloaded; and the state of the process is unchanged afterwards. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <fenv.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faults/operations.h"
#include "support/command.h"
#include "support/main.h"
#include "support/tmp.h"

static struct world *world;
static uint64_t *truths; /* the result of each operation */

static void make_named(const char *name)
{
    world = world_make(name, AMOS_INFLATE_AUTO);
    truths = must_alloc((size_t)operation_count * sizeof *truths);
    for (int i = 0; i < operation_count; i++) {
        amos_error err;
        assert_status(operation_run(&operations[i], world, &truths[i], &err), operations[i].expected, &err);
    }
}

static void make_world(void)
{
    make_named("world");
}

static void make_world_of_forks(void)
{
    make_named("forks");
}

static void free_world(void)
{
    world_free(world);
    free(truths);
}

/* Some operations, run one after the other with a buffer of their own. All threads share the handles. */
struct runner {
    int first, count, step; /* which operations */
    unsigned without;       /* leave out those with one of these OPERATION_... */
    const char *wrong;      /* the name of the first with a wrong result */
};

static void run_operations(struct runner *r)
{
    struct world mine = *world;
    mine.buffer = malloc(mine.buffer_bytes);
    if (!mine.buffer)
        r->wrong = "malloc";
    for (int i = 0; i < r->count && !r->wrong; i++) {
        int n = (r->first + i * r->step) % operation_count;
        uint64_t digest;
        amos_error err;
        if (operations[n].flags & r->without)
            continue;
        amos_status status = operation_run(&operations[n], &mine, &digest, &err);
        if (status != operations[n].expected || digest != truths[n] || mine.promise)
            r->wrong = operations[n].name;
    }
    free(mine.buffer);
}

static void *run_thread(void *argument)
{
    run_operations(argument);
    return NULL;
}

/* ---- threads ---- */

#define THREADS 64

/* Without the copy from upstream, whose operation removes the entry first: a copy that others remove again and again is
 * given up. test_cache_stage has threads and processes that copy. */
START_TEST(F28_many_threads_use_one_handle)
{
    static pthread_t threads[THREADS];
    static struct runner runners[THREADS];
    for (int i = 0; i < THREADS; i++) {
        runners[i] = (struct runner){.first = i, .count = 8, .step = 7, .without = OPERATION_RETRIES};
        ck_assert_int_eq(pthread_create(&threads[i], NULL, run_thread, &runners[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    for (int i = 0; i < THREADS; i++)
        ck_assert_msg(!runners[i].wrong, "%s gave something else in thread %d", runners[i].wrong, i);
}
END_TEST

START_TEST(F21_a_small_stack_is_enough)
{
    struct runner runner = {.first = _i, .count = 1, .step = 1};
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    set_small_stack(&attributes);
    ck_assert_int_eq(pthread_create(&thread, &attributes, run_thread, &runner), 0);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    pthread_attr_destroy(&attributes);
    ck_assert_msg(!runner.wrong, "%s gave something else", runner.wrong);
}
END_TEST

/* ---- forks ---- */

/* Runs operations in a child; a child of a process with threads skips those that start threads. */
static pid_t fork_runner(unsigned without)
{
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        struct runner runner = {.count = operation_count, .step = 1, .without = without};
        alarm(50);
        run_operations(&runner);
        _exit(runner.wrong ? 1 : 0);
    }
    return child;
}

static void await_child(pid_t child)
{
    int result = -1;
    ck_assert_int_eq(waitpid(child, &result, 0), child);
    ck_assert_msg(WIFEXITED(result) && WEXITSTATUS(result) == 0, "the child ended with %d", result);
}

START_TEST(F22_child_and_parent_read_through_one_handle)
{
    pid_t children[4];
    for (int i = 0; i < 4; i++)
        children[i] = fork_runner(0);
    struct runner runner = {.count = operation_count, .step = 1};
    run_operations(&runner);
    for (int i = 0; i < 4; i++)
        await_child(children[i]);
    ck_assert_msg(!runner.wrong, "%s gave something else", runner.wrong);
}
END_TEST

static atomic_bool enough;

static void *read_on(void *argument)
{
    struct runner *runner = argument;
    while (!atomic_load(&enough) && !runner->wrong)
        run_operations(runner);
    return NULL;
}

/* The parent's threads are busy when the child begins. */
START_TEST(F23_a_child_of_reading_threads_reads)
{
    pthread_t threads[4];
    struct runner runners[4];
    for (int i = 0; i < 4; i++) {
        runners[i] = (struct runner){
            .first = 10 * i, .count = operation_count, .step = 1, .without = OPERATION_THREADS | OPERATION_RETRIES};
        ck_assert_int_eq(pthread_create(&threads[i], NULL, read_on, &runners[i]), 0);
    }
    for (int i = 0; i < 12; i++)
        await_child(fork_runner(OPERATION_THREADS));
    atomic_store(&enough, true);
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
        ck_assert_msg(!runners[i].wrong, "%s gave something else", runners[i].wrong);
    }
}
END_TEST

/* A child that just ends runs the library's destructors, if it had any. */
START_TEST(F24_a_child_may_exit)
{
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0)
        exit(0);
    await_child(child);
}
END_TEST

/* ---- the state of a process ---- */

struct state {
    int rounding, descriptors;
    mode_t mask;
    char locale[256], folder[4096];
    sigset_t blocked;
    struct sigaction handlers[64];
    off_t printed;
};

static void on_signal(int number)
{
    (void)number;
}

static int count_descriptors(void)
{
    int count = 0;
    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static void look_at_state(struct state *s)
{
    memset(s, 0, sizeof *s);
    s->rounding = fegetround();
    s->descriptors = count_descriptors();
    s->mask = umask(0);
    umask(s->mask);
    snprintf(s->locale, sizeof s->locale, "%s", setlocale(LC_ALL, NULL));
    ck_assert_ptr_nonnull(getcwd(s->folder, sizeof s->folder));
    pthread_sigmask(SIG_SETMASK, NULL, &s->blocked);
    for (int n = 1; n < 64; n++)
        sigaction(n, NULL, &s->handlers[n]);
    s->printed = lseek(STDOUT_FILENO, 0, SEEK_END) + lseek(STDERR_FILENO, 0, SEEK_END);
}

/* A process with unusual state, and streams that show whether anything was printed. */
static void prepare_state(void)
{
    sigset_t some;
    char *path = tmp_path("printed");
    int fd = open(path, O_RDWR | O_CREAT | O_APPEND, 0600);
    ck_assert_int_ge(fd, 0);
    fflush(NULL);
    dup2(fd, STDOUT_FILENO);
    dup2(fd, STDERR_FILENO);
    close(fd);
    free(path);
    sigemptyset(&some);
    sigaddset(&some, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &some, NULL);
    signal(SIGUSR2, on_signal);
    signal(SIGPIPE, SIG_IGN);
    setlocale(LC_ALL, "C.UTF-8");
    umask(0137);
    fesetround(FE_UPWARD);
}

static void compare(const struct state *a, const struct state *b, const char *name)
{
    ck_assert_msg(a->rounding == b->rounding, "%s changed the rounding mode", name);
    ck_assert_msg(a->descriptors == b->descriptors, "%s left %d descriptors", name, b->descriptors - a->descriptors);
    ck_assert_msg(a->mask == b->mask, "%s changed umask", name);
    ck_assert_msg(strcmp(a->locale, b->locale) == 0, "%s changed the locale", name);
    ck_assert_msg(strcmp(a->folder, b->folder) == 0, "%s changed the folder", name);
    ck_assert_msg(memcmp(&a->blocked, &b->blocked, sizeof a->blocked) == 0, "%s changed the signal mask", name);
    for (int n = 1; n < 64; n++)
        ck_assert_msg(a->handlers[n].sa_handler == b->handlers[n].sa_handler &&
                          a->handlers[n].sa_flags == b->handlers[n].sa_flags,
                      "%s changed the handler of signal %d", name, n);
    ck_assert_msg(a->printed == b->printed, "%s printed something", name);
}

START_TEST(F29_F30_everything_is_as_before)
{
    static struct state before, after;
    const struct operation *o = &operations[_i];
    amos_error err;
    uint64_t digest;
    prepare_state();
    look_at_state(&before);
    amos_status status = operation_run(o, world, &digest, &err);
    look_at_state(&after);
    fesetround(FE_TONEAREST);
    compare(&before, &after, o->name);
    assert_status(status, o->expected, &err);
}
END_TEST

/* The same after the files are removed: opening fails, reading through a handle works. */
START_TEST(F29_F30_everything_is_as_before_when_it_fails)
{
    static struct state before, after;
    const struct operation *o = &operations[_i];
    struct world gone = *world;
    amos_error err;
    uint64_t digest;
    char nowhere[] = "/nowhere/at/all.nii.gz";
    gone.plain = gone.gzip = gone.pair = gone.pairs = gone.offset = gone.image = gone.label = gone.small = nowhere;
    gone.tree = gone.folders = gone.raw = gone.near = gone.large = gone.archive = gone.zipped = gone.set = gone.masks =
        nowhere;
    prepare_state();
    look_at_state(&before);
    amos_status status = operation_run(o, &gone, &digest, &err);
    look_at_state(&after);
    fesetround(FE_TONEAREST);
    compare(&before, &after, o->name);
    int opens = o->flags & OPERATION_OPENS && !(o->flags & OPERATION_CASES);
    assert_status(status, opens ? AMOS_E_OPEN : o->expected, &err);
}
END_TEST

START_TEST(F31_closed_streams_do_no_harm)
{
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        struct runner runner = {.count = operation_count, .step = 1};
        close(STDIN_FILENO);
        close(STDOUT_FILENO);
        close(STDERR_FILENO);
        run_operations(&runner);
        int descriptors = 0;
        for (int fd = 0; fd <= STDERR_FILENO; fd++)
            descriptors += fcntl(fd, F_GETFD) >= 0;
        _exit(runner.wrong || descriptors ? 1 : 0);
    }
    await_child(child);
}
END_TEST

/* ---- loading and unloading ---- */

/* BUILD/lib/libamos.so, or lib/libamos.so if BUILD is the project's default build folder. */
static const char *library_path(void)
{
    static char path[4096];
    const char *command = command_path(), *end = strrchr(command, '/');
    snprintf(path, sizeof path, "%.*s/lib/libamos.so", (int)(end - command), command);
    if (access(path, R_OK) != 0)
        snprintf(path, sizeof path, "%.*s/../lib/libamos.so", (int)(end - command), command);
    return path;
}

static void find(void *library, const char *name, void *function)
{
    void *found = dlsym(library, name);
    ck_assert_msg(found != NULL, "%s is not in the library", name);
    memcpy(function, &found, sizeof found);
}

START_TEST(F25_it_can_be_loaded_twice)
{
    for (int i = 0; i < 2; i++) {
        amos_status (*open_volume)(const char *, const amos_volume_options *, amos_volume **, amos_error *);
        amos_status (*verify)(const amos_volume *, const amos_progress *, uint64_t *, amos_error *);
        void (*free_volume)(amos_volume *);
        void *library = dlopen(library_path(), RTLD_NOW | RTLD_LOCAL);
        ck_assert_msg(library != NULL, "%s", dlerror());
        find(library, "amos_volume_open", &open_volume);
        find(library, "amos_volume_verify", &verify);
        find(library, "amos_volume_free", &free_volume);
        amos_volume *volume = NULL;
        amos_error err;
        assert_ok(open_volume(world->image, NULL, &volume, &err), &err);
        assert_ok(verify(volume, NULL, NULL, &err), &err);
        free_volume(volume);
        ck_assert_int_eq(dlclose(library), 0);
        ck_assert_ptr_null(dlopen(library_path(), RTLD_NOW | RTLD_NOLOAD));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("process");
    TCase *all = add_case(suite, "process", 60);
    tcase_add_unchecked_fixture(all, make_world, free_world);
    tcase_add_test(all, F28_many_threads_use_one_handle);
    tcase_add_loop_test(all, F21_a_small_stack_is_enough, 0, operation_count);
    tcase_add_test(all, F22_child_and_parent_read_through_one_handle);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    puts("Skipped: a fork while threads read, as the child may find the sanitizer's own allocator locked.");
    (void)F23_a_child_of_reading_threads_reads;
    (void)make_world_of_forks;
#else
    TCase *forks = add_thorough_case(suite, "forks", 60);
    tcase_add_unchecked_fixture(forks, make_world_of_forks, free_world);
    tcase_add_test(forks, F23_a_child_of_reading_threads_reads);
#endif
    tcase_add_test(all, F24_a_child_may_exit);
    tcase_add_loop_test(all, F29_F30_everything_is_as_before, 0, operation_count);
    tcase_add_loop_test(all, F29_F30_everything_is_as_before_when_it_fails, 0, operation_count);
    tcase_add_test(all, F31_closed_streams_do_no_harm);
    tcase_add_test(all, F25_it_can_be_loaded_twice);
    return run_suite(suite);
}
