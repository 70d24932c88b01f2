/* SPDX-License-Identifier: BSD-3-Clause */
/* The command on a failing system: each command is run with its first call of a kind failing, then its second, and
 * so on (see step()). It must end with exit code 1 and a sentence, or give its usual result. It must leave no temporary
 * file and no half-written result behind. Also rows F31 and F32: outputs that are full or closed. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "faults/interpose.h"
#include "support/bytes.h"
#include "support/command.h"
#include "support/folder.h"
#include "support/main.h"
#include "support/make/small_set.h"
#include "support/tmp.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static struct counts {
    uint64_t calls, runs, signals;
} * counts;

static char *set;    /* the data set */
static char *single; /* one case of it, without dataset.json: drawing a picture takes long */
static char *image;  /* a file of it */
static char *result; /* the result of `score --json` for it */
static char *folder; /* folder of the outputs */

/* `output` is the file written below `folder`, or NULL. The arguments name the input, the output and the input
 * again; without an output, the input twice. */
static const struct command {
    const char *words;
    const char *output;
    enum { NOTHING, IMAGE, SET, SINGLE, RESULT } input;
} commands[] = {
    {"info %s", NULL, IMAGE},
    {"list %s", NULL, SET},
    {"stats %s -j 1", NULL, SET},
    {"stats %s --json -j 1", NULL, SET},
    {"check %s -j 1", NULL, SET},
    {"check %s --quality -j 1", NULL, SET},
    {"dump %s -o %s", "voxels.raw", IMAGE},
    {"convert %s --output %s --type float32 --orient RAS --force -j 1", "out.nii.gz", IMAGE},
    {"convert %s --output %s/ --spacing 1,1,0 -j 1", "converted", SET},
    {"view %s -o %s", "picture.png", IMAGE},
    {"score -r %s -p %s -j 1", NULL, SET},
    {"score -r %s -o %s -p %s --json -j 1", "score.json", SET},
    {"score -r %s --worst 1 --pictures %s -p %s -j 1", "pictures", SINGLE},
    {"score-compare %s %s", NULL, RESULT},
    {"score -r %s --summary %s -p %s -j 1", "summary.json", SET},
    {"report %s --output %s -p %s -j 1", "report", SET},
    {"export nnunet %s --output %s --task ct --force -j 1", "raw", SET},
    {"export nnunet %s --output %s --task ct --copy --force -j 1", "copied", SET},
    {"export csv %s -o %s --force -j 1", "cases.csv", SET},
    {"pack -r %s --output %s -p %s --task 2 --force -j 1", "results.zip", SET},
    {"phantom %s --cases 1 --size 24x20x16 -j 1", "tree", NOTHING},
    {"cache build %s --folder %s -j 1", "cache", SET},
    {"index %s --folder %s -j 1", "indexes", SET},
};

static const struct fault {
    enum fault_kind kind;
    int code;
    enum fault_mode mode;
} faults[] = {
    {FAULT_OPEN, EMFILE, FAULT_ONCE},  {FAULT_PREAD, EIO, FAULT_ONCE}, {FAULT_FSTAT, EIO, FAULT_ONCE},
    {FAULT_READDIR, EIO, FAULT_ONCE},  {FAULT_CLOSE, EIO, FAULT_ONCE}, {FAULT_WRITE, ENOSPC, FAULT_FROM_THEN_ON},
    {FAULT_WRITE, EIO, FAULT_ONCE},    {FAULT_FSYNC, EIO, FAULT_ONCE}, {FAULT_RENAME, EIO, FAULT_ONCE},
    {FAULT_MKDIR, ENOSPC, FAULT_ONCE},
};

/* What a command must do its work in spite of. */
static const struct fault hindrances[] = {
    {FAULT_OPEN, EINTR, FAULT_ONCE},  {FAULT_PREAD, FAULT_SHORT(3), FAULT_FROM_THEN_ON},
    {FAULT_WRITE, EINTR, FAULT_ONCE}, {FAULT_WRITE, FAULT_SHORT(5), FAULT_FROM_THEN_ON},
    {FAULT_FSYNC, EINTR, FAULT_ONCE}, {FAULT_THREAD, EAGAIN, FAULT_FROM_THEN_ON},
};

/* Whether this build has the libraries that the command needs. */
static bool is_built(const struct command *c)
{
    bool built = true;
#ifndef AMOS_HAVE_LIBPNG
    built &= strncmp(c->words, "view", 4) != 0 && !strstr(c->words, "--pictures");
#endif
#ifndef AMOS_HAVE_LZ4
    built &= strncmp(c->words, "cache", 5) != 0;
#endif
    (void)c;
    return built;
}

static const char *input_of(const struct command *c)
{
    static char output[512];
    snprintf(output, sizeof output, "%s/%s", folder, c->output ? c->output : "");
    const char *const inputs[] = {output, image, set, single, result};
    return inputs[c->input];
}

/* The path of its output; `file` is the path if the output is a file. */
static const char *second_of(const struct command *c, const char *file)
{
    static char output[512];
    if (!c->output)
        return input_of(c);
    if (file && strstr(c->words, "-o %s"))
        return file;
    snprintf(output, sizeof output, "%s/%s", folder, c->output);
    return output;
}

static struct outcome run_row(const struct command *c)
{
    return run_amos(c->words, input_of(c), second_of(c, NULL), input_of(c));
}

/* ---- leftovers ---- */

/* Finds temporary files below a folder; with `remove_all`, removes everything. */
static int look_through(const char *path, bool remove_all)
{
    int temporary = 0;
    DIR *dir = opendir(path);
    for (struct dirent *e; dir && (e = readdir(dir)) != NULL;) {
        char below[1024];
        snprintf(below, sizeof below, "%s/%s", path, e->d_name);
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        size_t length = strlen(e->d_name);
        temporary += length > 4 && strcmp(e->d_name + length - 4, ".tmp") == 0;
        temporary += look_through(below, remove_all);
        if (remove_all)
            remove(below);
    }
    if (dir)
        closedir(dir);
    return temporary;
}

/* Every line of stderr is a sentence of the command. */
static void check_sentences(const char *err, const char *what)
{
    ck_assert_msg(err[0] != '\0', "%s: nothing on stderr", what);
    for (const char *line = err; *line; line = strchr(line, '\n') + 1) {
        const char *end = strchr(line, '\n');
        ck_assert_msg(end && strncmp(line, "amos: ", 6) == 0 && (end[-1] == '.' || end[-1] == ')'), "%s: %s", what,
                      err);
    }
}

/* ---- failing calls ---- */

static char *report_path;

/* Runs with a fault; *hit is the number of failed calls. */
static struct outcome run_with(const struct command *c, const struct fault *f, int nth, int *hit)
{
    char orders[64], library[4096], sanitizer[512];
    const char *options = getenv("ASAN_OPTIONS"), *build = command_path();
    int calls = 0;
    snprintf(orders, sizeof orders, "%d %d %d %d", f->kind, nth, f->code, f->mode);
    snprintf(library, sizeof library, "%.*s/tests/faults/interpose.so", (int)(strrchr(build, '/') - build), build);
    /* AddressSanitizer asks to be loaded first, but works otherwise too. Looking for leaks at each exit takes half of
     * the time; test_io_faults and test_nomem look for those of the library. */
    bool asked = options && strstr(options, "verify_asan_link_order");
    snprintf(sanitizer, sizeof sanitizer, "%s%s:detect_leaks=0", options ? options : "",
             asked ? "" : ":verify_asan_link_order=0");
    setenv("AMOS_FAULT", orders, 1);
    setenv("AMOS_FAULT_REPORT", report_path, 1);
    setenv(preload_name(), library, 1);
    setenv("ASAN_OPTIONS", sanitizer, 1);
    unlink(report_path);
    struct outcome outcome = run_row(c);
    unsetenv(preload_name());
    if (f->mode == FAULT_SIGNAL && outcome.signal) {
        *hit = 1;
        return outcome;
    }
    FILE *report = fopen(report_path, "r");
    ck_assert_msg(report && fscanf(report, "%d %d", &calls, hit) == 2, "interpose.so was not loaded: %s", outcome.err);
    fclose(report);
    return outcome;
}

/* A report of scores is written even if cases were refused, and states it. */
static bool tells_of_failure(const char *path)
{
    struct bytes text = read_file(path);
    static const char state[] = "\"state\":\t\"refused\"", list[] = "\"refused\":\t[\"";
    bool found = memmem(text.data, text.size, state, sizeof state - 1) != NULL ||
                 memmem(text.data, text.size, list, sizeof list - 1) != NULL;
    bytes_free(&text);
    return found;
}

static void check_failure(const struct command *c, const struct outcome *got, const struct outcome *truth,
                          const char *what)
{
    struct stat info;
    char output[512];
    /* `check` reports its findings on stdout, so stderr may be empty. */
    if (strcmp(got->out, truth->out) == 0 || got->err[0])
        check_sentences(got->err, what);
    snprintf(output, sizeof output, "%s/%s", folder, c->output ? c->output : "");
    bool written = c->output && stat(output, &info) == 0 && S_ISREG(info.st_mode);
    ck_assert_msg(!written || tells_of_failure(output), "%s: the output is there although it failed", what);
}

/* Each of the first calls, then fewer and fewer: later ones mostly repeat for the next case or organ. AMOS_TEST_LONG=1
 * tests all of them. */
static int step(int nth)
{
    return getenv("AMOS_TEST_LONG") ? 1 : 1 + nth / 8;
}

static void fail_everywhere(const struct command *c, const struct fault *f)
{
    look_through(folder, true);
    struct outcome truth = run_row(c);
    ck_assert_msg(truth.code == 0, "%s: %s", c->words, truth.err);
    uint64_t files = folder_digest(folder);
    for (int nth = 1, hit = 1; hit > 0;
         nth = f->mode == FAULT_FROM_THEN_ON && f->code <= 0 ? 1000000 : nth + step(nth)) {
        char what[200];
        look_through(folder, true);
        struct outcome got = run_with(c, f, nth, &hit);
        snprintf(what, sizeof what, "%s, %s %d: %s", c->words, fault_name(f->kind), nth,
                 f->code > 0 ? strerrorname_np(f->code) : "little at a time");
        counts->calls += f->code > 0 ? (uint64_t)hit : 0;
        counts->runs += hit > 0;
        ck_assert_msg(got.code == 0 || got.code == 1, "%s: exit code %d, signal %d: %s", what, got.code, got.signal,
                      got.err);
        ck_assert_msg(look_through(folder, false) == 0, "%s: a temporary file is left", what);
        if (got.code == 1)
            check_failure(c, &got, &truth, what);
        else
            ck_assert_msg(strcmp(got.out, truth.out) == 0 && folder_digest(folder) == files,
                          "%s: success with another result: %s", what, got.out);
        bool harmless = f->code <= 0 || f->code == EINTR || f->kind == FAULT_THREAD;
        ck_assert_msg(!harmless || got.code == 0, "%s: %s", what, got.err);
        bool output =
            f->kind == FAULT_WRITE || f->kind == FAULT_FSYNC || f->kind == FAULT_RENAME || f->kind == FAULT_MKDIR;
        ck_assert_msg(harmless || !output || !hit || got.code == 1, "%s: success", what);
        outcome_free(&got);
    }
    outcome_free(&truth);
}

START_TEST(a_failing_call_is_reported)
{
    const struct command *c = &commands[_i / COUNT(faults)];
    if (is_built(c))
        fail_everywhere(c, &faults[_i % COUNT(faults)]);
}
END_TEST

START_TEST(a_hindrance_changes_nothing)
{
    const struct command *c = &commands[_i / COUNT(hindrances)];
    if (is_built(c))
        fail_everywhere(c, &hindrances[_i % COUNT(hindrances)]);
}
END_TEST

/* ---- signals, raised right before each call of a kind ---- */

static const struct fault signals[] = {
    {FAULT_OPEN, SIGINT, FAULT_SIGNAL},   {FAULT_PREAD, SIGINT, FAULT_SIGNAL}, {FAULT_CLOSE, SIGTERM, FAULT_SIGNAL},
    {FAULT_WRITE, SIGINT, FAULT_SIGNAL},  {FAULT_FSYNC, SIGHUP, FAULT_SIGNAL}, {FAULT_RENAME, SIGINT, FAULT_SIGNAL},
    {FAULT_MKDIR, SIGTERM, FAULT_SIGNAL},
};

START_TEST(a_signal_ends_it_and_leaves_nothing)
{
    const struct command *c = &commands[_i / COUNT(signals)];
    const struct fault *f = &signals[_i % COUNT(signals)];
    for (int nth = 1, hit = is_built(c); hit > 0; nth += step(nth)) {
        look_through(folder, true);
        struct outcome got = run_with(c, f, nth, &hit);
        ck_assert_msg(hit ? got.signal == f->code : got.code == 0,
                      "%s, signal before %s %d: exit code %d, signal %d: %s", c->words, fault_name(f->kind), nth,
                      got.code, got.signal, got.err);
        ck_assert_msg(look_through(folder, false) == 0, "%s, signal before %s %d: a temporary file is left", c->words,
                      fault_name(f->kind), nth);
        counts->signals += hit > 0;
        outcome_free(&got);
    }
}
END_TEST

/* ---- killed without warning, before each call of a kind ---- */

static const struct fault kills[] = {
    {FAULT_OPEN, SIGKILL, FAULT_SIGNAL},
    {FAULT_WRITE, SIGKILL, FAULT_SIGNAL},
    {FAULT_FSYNC, SIGKILL, FAULT_SIGNAL},
    {FAULT_RENAME, SIGKILL, FAULT_SIGNAL},
};

START_TEST(what_a_kill_leaves_goes_with_the_next_run)
{
    const struct command *c = &commands[_i / COUNT(kills)];
    const struct fault *f = &kills[_i % COUNT(kills)];
    bool repeats = c->output && strncmp(c->words, "phantom", 7) != 0; /* that needs a new folder */
    for (int nth = 1, hit = is_built(c) && repeats; hit > 0; nth += step(nth)) {
        look_through(folder, true);
        struct outcome got = run_with(c, f, nth, &hit), again = run_row(c);
        ck_assert_msg(got.signal == SIGKILL || got.code == 0, "%s, %s %d: %d", c->words, fault_name(f->kind), nth,
                      got.code);
        hit = got.signal == SIGKILL;
        assert_exit(&again, 0);
        ck_assert_msg(look_through(folder, false) == 0, "%s, killed before %s %d: a temporary file is left", c->words,
                      fault_name(f->kind), nth);
        outcome_free(&again);
        outcome_free(&got);
    }
}
END_TEST

/* ---- outputs that cannot be written ---- */

static void check_unwritten(int output, const struct command *c, const char *reason)
{
    look_through(folder, true);
    struct outcome got = run_amos_to(output, c->words, input_of(c), second_of(c, "-"), input_of(c));
    ck_assert_msg(got.code == 1, "%s: exit code %d, signal %d: %s", c->words, got.code, got.signal, got.err);
    check_sentences(got.err, c->words);
    ck_assert_msg(strstr(got.err, reason) != NULL, "%s: %s", c->words, got.err);
    ck_assert_int_eq(look_through(folder, false), 0);
    counts->runs++;
    outcome_free(&got);
}

START_TEST(F32_a_full_device_is_reported)
{
    int full = open("/dev/full", O_WRONLY);
    ck_assert_int_ge(full, 0);
    if (is_built(&commands[_i]))
        check_unwritten(full, &commands[_i], "No space left on device");
    close(full);
}
END_TEST

START_TEST(a_closed_pipe_is_reported_where_its_signal_is_ignored)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    close(ends[0]);
    signal(SIGPIPE, SIG_IGN);
    if (is_built(&commands[_i]))
        check_unwritten(ends[1], &commands[_i], "Broken pipe");
    close(ends[1]);
}
END_TEST

START_TEST(a_full_pipe_that_does_not_wait_is_reported)
{
    int ends[2];
    char block[4096] = {0};
    ck_assert_int_eq(pipe2(ends, O_NONBLOCK), 0);
    while (write(ends[1], block, sizeof block) > 0)
        continue;
    if (is_built(&commands[_i]))
        check_unwritten(ends[1], &commands[_i], "Resource temporarily unavailable");
    close(ends[1]);
    close(ends[0]);
}
END_TEST

static void make_single(void)
{
    static const char *const others[] = {"dataset.json", "imagesTr/amos_0002.nii.gz", "labelsTr/amos_0002.nii.gz",
                                         "imagesVa/amos_0501.nii.gz", "labelsVa/amos_0501.nii.gz"};
    single = small_set_make("single");
    for (int i = 0; i < COUNT(others); i++) {
        char *path = small_set_path(single, others[i]);
        ck_assert_int_eq(unlink(path), 0);
        free(path);
    }
}

/* Once for all cases. */
static void make_files(void)
{
    if (set)
        return;
    make_single();
    set = small_set_make("set");
    image = small_set_path(set, "imagesTr/amos_0001.nii.gz");
    folder = tmp_path("out");
    report_path = tmp_path("report");
    result = tmp_path("result.json");
    ck_assert_int_eq(mkdir(folder, 0777), 0);
    struct outcome scored = run_amos("score -r %s -p %s --json -o %s", set, set, result);
    assert_exit(&scored, 0);
    outcome_free(&scored);
}

static void free_names(void)
{
    free(set);
    free(single);
    free(image);
    free(result);
    free(folder);
    free(report_path);
}

int main(void)
{
    counts = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (counts == MAP_FAILED)
        return EXIT_FAILURE;
    Suite *suite = suite_create("command_faults");
    TCase *calls = add_case(suite, "calls", 120), *others = add_thorough_case(suite, "other calls", 120);
    tcase_add_unchecked_fixture(calls, make_files, NULL);
    tcase_add_unchecked_fixture(others, make_files, NULL);
    tcase_add_loop_test(calls, a_failing_call_is_reported, 0, COUNT(commands) * COUNT(faults));
    tcase_add_loop_test(others, a_hindrance_changes_nothing, 0, COUNT(commands) * COUNT(hindrances));
    tcase_add_loop_test(others, a_signal_ends_it_and_leaves_nothing, 0, COUNT(commands) * COUNT(signals));
    tcase_add_loop_test(others, what_a_kill_leaves_goes_with_the_next_run, 0, COUNT(commands) * COUNT(kills));
    tcase_add_loop_test(calls, F32_a_full_device_is_reported, 0, COUNT(commands));
    tcase_add_loop_test(calls, a_closed_pipe_is_reported_where_its_signal_is_ignored, 0, COUNT(commands));
    tcase_add_loop_test(calls, a_full_pipe_that_does_not_wait_is_reported, 0, COUNT(commands));
    int code = run_suite(suite);
    free_names();
    printf("%llu calls were made to fail in %llu runs of the command; %llu signals were sent.\n",
           (unsigned long long)counts->calls, (unsigned long long)counts->runs, (unsigned long long)counts->signals);
    return code;
}
