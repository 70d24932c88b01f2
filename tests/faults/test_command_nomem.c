/* SPDX-License-Identifier: BSD-3-Clause */
/* The command while memory runs out: each command is run with its first allocation failing, then its second, and so
 * on; with only that one failing, and with all after it failing too. It must end with exit code 1 and a sentence,
 * or give its usual result, and leave no temporary file behind. Allocations inside libamos, cJSON, libpng, zlib and
 * libc count as the command's. */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "faults/heap.h"
#include "support/bytes.h"
#include "support/command.h"
#include "support/main.h"
#include "support/make/small_set.h"
#include "support/tmp.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static struct counts {
    uint64_t failed, runs, without;
} * counts;

static char *set;                         /* the data set */
static char *image;                       /* a file of it */
static char *result;                      /* the result of `score --json` for it */
static char *folder;                      /* folder of the outputs */
static char *checked, *measured, *scored; /* folders of parts: of amos check, stats and score */
static char *report_path;
static bool started_by_another;

/* `output` is the file written below `folder`, or NULL. The arguments name the input, the output and the input
 * again; without an output, the input twice. */
static const struct command {
    const char *words;
    const char *output;
    enum { NOTHING, IMAGE, SET, RESULT, CHECKED, MEASURED, SCORED } input;
} commands[] = {
    {"info %s", NULL, IMAGE},
    {"info --json %s", NULL, IMAGE},
    {"list %s", NULL, SET},
    {"list --json %s", NULL, SET},
    {"stats %s -j 1", NULL, SET},
    {"stats %s --json -j 1", NULL, SET},
    {"stats %s amos_0001 -j 1", NULL, SET},
    {"check %s -j 1", NULL, SET},
    {"check %s --json -j 1", NULL, SET},
    {"check %s --quality -j 1", NULL, SET},
    {"check %s --quality --facts --json -j 1", NULL, SET},
    {"dump %s -o %s", "voxels.raw", IMAGE},
    {"dump --json --orient RAS %s -o %s", "voxels.raw", IMAGE},
    {"convert %s -o %s --type float32 --box 1:3,0:4,0:4 -j 1", "out.nii.gz", IMAGE},
    {"convert %s -o %s/ --drop-specks 3 --spacing 1,1,0 -j 1", "converted", SET},
    {"convert %s -o %s/ --labels --json -j 1", "converted", SET},
    {"index %s --folder %s -j 1", "", SET},
    {"index --json %s --folder %s -j 1", "", SET},
    {"score -r %s -p %s -j 1 --bootstrap 20", NULL, SET},
    {"score -r %s -o %s -p %s --json -j 1", "score.json", SET},
    {"score -r %s -o %s -p %s --csv -j 1 --missing zero", "score.csv", SET},
    {"score-compare %s %s", NULL, RESULT},
    {"score-compare --json %s %s", NULL, RESULT},
#ifdef AMOS_HAVE_LIBPNG
    {"score -r %s --worst 1 --pictures %s -p %s -j 1", "pictures", SET},
    {"view %s amos_0001 -o %s", "picture.png", SET},
    {"view %s -o %s", "picture.png", IMAGE},
    {"view --json %s --sheet %s --montage 2x1 --size 400 -j 1", "sheet.png", SET},
#endif
    {"score -r %s --summary %s -p %s -j 1", "summary.json", SET},
    {"report %s -o %s -p %s -j 1", "report", SET},
    {"report %s -o %s -p %s -j 1 --worst 1 --json", "report", SET},
    {"export nnunet %s -o %s --task ct -j 1", "raw", SET},
    {"export monai %s -o %s -j 1", "list.json", SET},
    {"pack -r %s -o %s -p %s --task 2 -j 1", "results.zip", SET},
    {"check %s --shard 1/2 --parts %s -j 1", "parts", SET},
    {"stats %s --components --shard 2/2 --parts %s -j 1", "parts", SET},
    {"score -r %s --shard 1/2 --parts %s -p %s -j 1", "parts", SET},
    {"index %s --shard 1/2 --folder %s -j 1", "", SET},
    {"export csv %s --shard 1/2 --parts %s -j 1", "parts", SET},
    {"merge %s -o %s --json", "checked.json", CHECKED},
    {"merge %s", NULL, MEASURED},
    {"merge %s -o %s --json", "measured.json", MEASURED},
    {"merge %s -o %s --csv", "scored.csv", SCORED},
    {"merge %s --missing", NULL, SCORED},
    {"phantom %s --cases 1 --size 24x20x16 -j 1", "tree", NOTHING},
};

/* ---- running it ---- */

static void output_path(const struct command *c, char path[512])
{
    snprintf(path, 512, "%s/%s", folder, c->output ? c->output : "");
}

static struct outcome run_row(const struct command *c)
{
    char output[512];
    output_path(c, output);
    const char *inputs[] = {output, image, set, result, checked, measured, scored};
    const char *input = inputs[c->input];
    return run_amos(c->words, input, c->output ? output : input, input);
}

/* *failed is the number of failed allocations. */
static struct outcome run_failing(const struct command *c, uint64_t nth, enum heap_mode mode,
                                  unsigned long long *failed)
{
    char orders[64];
    snprintf(orders, sizeof orders, "%llu %d", (unsigned long long)nth, (int)mode);
    setenv("AMOS_HEAP", orders, 1);
    setenv("AMOS_HEAP_REPORT", report_path, 1);
    unlink(report_path);
    struct outcome outcome = run_row(c);
    unsetenv("AMOS_HEAP");
    FILE *report = fopen(report_path, "r");
    ck_assert_msg(report && fscanf(report, "%llu", failed) == 1, "%s, allocation %llu: exit code %d, signal %d: %.900s",
                  c->words, (unsigned long long)nth, outcome.code, outcome.signal, outcome.err);
    fclose(report);
    return outcome;
}

/* ---- leftovers ---- */

/* Removes everything below a folder. Returns the number of temporary files. */
static int clear(const char *path)
{
    int temporary = 0;
    DIR *dir = opendir(path);
    for (const struct dirent *e; dir && (e = readdir(dir)) != NULL;) {
        char below[1024];
        snprintf(below, sizeof below, "%s/%s", path, e->d_name);
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        size_t length = strlen(e->d_name);
        temporary += length > 4 && strcmp(e->d_name + length - 4, ".tmp") == 0;
        temporary += clear(below);
        remove(below);
    }
    if (dir)
        closedir(dir);
    return temporary;
}

/* The output, if it is a file. */
static struct bytes written(const struct command *c)
{
    struct stat info;
    char output[512];
    output_path(c, output);
    bool file = c->output && stat(output, &info) == 0 && S_ISREG(info.st_mode);
    return file ? read_file(output) : (struct bytes){0};
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

static void check_outcome(const struct outcome *got, const struct bytes *file, const struct outcome *truth,
                          const struct bytes *true_file, const char *what)
{
    ck_assert_msg(got->code == 0 || got->code == 1, "%s: exit code %d, signal %d: %.900s", what, got->code, got->signal,
                  got->err);
    ck_assert_msg(clear(folder) == 0, "%s: a temporary file is left", what);
    bool whole = file->size == true_file->size;
    if (whole && file->data && true_file->data)
        whole = memcmp(file->data, true_file->data, file->size) == 0;
    if (got->code == 0) {
        ck_assert_msg(strcmp(got->out, truth->out) == 0, "%s: success with another result: %.900s", what, got->out);
        ck_assert_msg(whole, "%s: success with another file", what);
        return;
    }
    /* The whole file is renamed before anything is printed about it. */
    ck_assert_msg(whole || file->size == 0, "%s: half of the output is there", what);
    /* `check` reports its findings on stdout, so stderr may be empty. */
    if (strcmp(got->out, truth->out) == 0 || got->err[0])
        check_sentences(got->err, what);
}

/* Fails each of the first allocations, then fewer and fewer: later ones mostly repeat for the next case or organ.
 * AMOS_TEST_LONG=1 tests more of them. */
static uint64_t step(uint64_t nth, enum heap_mode mode)
{
    if (!getenv("AMOS_TEST_LONG"))
        return mode == HEAP_FROM_THEN_ON ? 1 + nth / 4 : 1 + nth / 8;
    return mode == HEAP_FROM_THEN_ON ? 1 + nth / 8 : nth < 150 ? 1 : 1 + nth / 32;
}

static void fail_everywhere(const struct command *c, enum heap_mode mode)
{
    clear(folder);
    struct outcome truth = run_row(c);
    struct bytes true_file = written(c);
    ck_assert_msg(truth.code == 0, "%s: %s", c->words, truth.err);
    unsigned long long failed = 1;
    for (uint64_t nth = 1; failed > 0; nth += step(nth, mode)) {
        char what[200];
        clear(folder);
        struct outcome got = run_failing(c, nth, mode, &failed);
        struct bytes file = written(c);
        snprintf(what, sizeof what, "%s, allocation %llu", c->words, (unsigned long long)nth);
        check_outcome(&got, &file, &truth, &true_file, what);
        counts->failed += failed;
        counts->runs += failed > 0;
        counts->without += failed > 0 && got.code == 0;
        bytes_free(&file);
        outcome_free(&got);
    }
    bytes_free(&true_file);
    outcome_free(&truth);
}

START_TEST(F16_the_command_says_that_memory_ran_out)
{
    if (!started_by_another)
        fail_everywhere(&commands[_i / 2], _i % 2 ? HEAP_FROM_THEN_ON : HEAP_ONCE);
}
END_TEST

/* The command linked with heap.o is next to this program's parts. */
static void choose_command(void)
{
    char path[4096];
    const char *built = command_path();
    snprintf(path, sizeof path, "%.*s/tests/faults/amos", (int)(strrchr(built, '/') - built), built);
    setenv("AMOS_COMMAND", path, 1);
}

static char *make_parts(const char *name, const char *words)
{
    char *parts = tmp_path(name), line[256];
    for (int i = 1; i <= 2; i++) {
        snprintf(line, sizeof line, "%s --shard %d/2 --parts %%s -j 1", words, i);
        struct outcome made = run_amos(line, set, strncmp(name, "scored", 6) ? parts : set, parts);
        assert_exit(&made, 0);
        outcome_free(&made);
    }
    return parts;
}

static void make_files(void)
{
    choose_command();
    set = small_set_make("set");
    image = small_set_path(set, "imagesTr/amos_0001.nii.gz");
    folder = tmp_path("out");
    report_path = tmp_path("report");
    ck_assert_int_eq(mkdir(folder, 0700), 0);
    result = tmp_path("result.json");
    struct outcome made = run_amos("score -r %s -p %s --json -o %s", set, set, result);
    assert_exit(&made, 0);
    outcome_free(&made);
    checked = make_parts("checked", "check %s");
    measured = make_parts("measured", "stats %s --components");
    scored = make_parts("scored", "score -r %s -p %s --bootstrap 20");
}

static void free_names(void)
{
    free(set);
    free(image);
    free(result);
    free(checked);
    free(measured);
    free(scored);
    free(folder);
    free(report_path);
}

int main(void)
{
    counts = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (counts == MAP_FAILED)
        return EXIT_FAILURE;
    started_by_another = getenv("AMOS_COMMAND") != NULL;
    if (started_by_another)
        printf(
            "Skipped: the command without memory; $AMOS_COMMAND is another command than the one with such a heap.\n");
    Suite *suite = suite_create("command_nomem");
    TCase *all = add_case(suite, "commands", 120);
    tcase_add_unchecked_fixture(all, make_files, free_names);
    tcase_add_loop_test(all, F16_the_command_says_that_memory_ran_out, 0, 2 * COUNT(commands));
    int code = run_suite(suite);
    printf("%llu allocations failed in %llu runs of the command; %llu runs did without the memory.\n",
           (unsigned long long)counts->failed, (unsigned long long)counts->runs, (unsigned long long)counts->without);
    return code;
}
