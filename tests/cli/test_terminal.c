/* SPDX-License-Identifier: BSD-3-Clause */
/* Output that differs on a terminal: the progress bar, tables cut to its width, no pictures. */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "kit/progress.h"
#include "support/command.h"
#include "support/main.h"
#include "support/make/small_set.h"
#include "view/load.h"

/* A terminal of n columns, 0 if it does not report its width: one end for us, one for the program. */
struct terminal {
    int ours, theirs;
};

static struct terminal terminal_open(int columns)
{
    struct terminal t = {.ours = posix_openpt(O_RDWR | O_NOCTTY)};
    const struct winsize size = {.ws_row = 25, .ws_col = (unsigned short)columns};
    ck_assert_int_ge(t.ours, 0);
    ck_assert_int_eq(grantpt(t.ours), 0);
    ck_assert_int_eq(unlockpt(t.ours), 0);
    t.theirs = open(ptsname(t.ours), O_RDWR | O_NOCTTY);
    ck_assert_int_ge(t.theirs, 0);
    ck_assert_int_eq(ioctl(t.theirs, TIOCSWINSZ, &size), 0);
    return t;
}

/* The text written to it since the last call; static storage. A terminal ends lines with "\r\n". */
static const char *terminal_text(const struct terminal *t)
{
    static char text[16384];
    size_t used = 0;
    for (struct pollfd ready = {.fd = t->ours, .events = POLLIN}; poll(&ready, 1, 50) > 0 && used < sizeof text - 1;) {
        ssize_t n = read(t->ours, text + used, sizeof text - 1 - used);
        if (n <= 0)
            break;
        used += (size_t)n;
    }
    text[used] = '\0';
    return text;
}

static void terminal_close(const struct terminal *t)
{
    close(t->ours);
    close(t->theirs);
}

/* ---- the progress bar ---- */

/* Makes a terminal this process's stderr. Each test is a process of its own. */
static struct terminal stderr_becomes_terminal(int columns)
{
    struct terminal t = terminal_open(columns);
    ck_assert_int_eq(dup2(t.theirs, STDERR_FILENO), STDERR_FILENO);
    return t;
}

/* The bar's clock: replaces the C library's, so that load on the machine does not delay it. */
static struct timespec clock_now = {1000, 0};

int clock_gettime(clockid_t id, struct timespec *now)
{
    (void)id;
    *now = clock_now;
    return 0;
}

static void let_milliseconds_pass(long milliseconds)
{
    clock_now.tv_nsec += milliseconds * 1000000;
    clock_now.tv_sec += clock_now.tv_nsec / 1000000000;
    clock_now.tv_nsec %= 1000000000;
}

static const struct {
    const char *title;
    enum progress_unit unit;
    int columns;
    uint64_t done, total;
    const char *line; /* after 0.35 s */
} bars[] = {
    {"reading", PROGRESS_BYTES, 100, 30, 100,
     "\rreading  [#########.....................]   30%  0 MB/s  0:01 left\033[K"},
    {"checking", PROGRESS_CASES, 120, 2, 8,
     "\rchecking  [#######.......................]  2/8 cases  5.71/s  0:01 left\033[K"},
    {"indexing", PROGRESS_FILES, 120, 9, 8,
     "\rindexing  [##############################]  8/8 files  22.9/s  0:00 left\033[K"},
    {"measuring", PROGRESS_CASES, 50, 2, 8, "\rmeasuring  [#.....]  2/8 cases  5.71/s  0:01 left\033[K"},
    {"measuring", PROGRESS_CASES, 45, 2, 8, "\rmeasuring  2/8 cases  5.71/s  0:01 left\033[K"},
    {"a title that is far too long", PROGRESS_CASES, 40, 2, 8, "\r2/8 cases  5.71/s  0:01 left\033[K"},
    {"reading", PROGRESS_CASES, 9, 2, 8, "\r2/8 case\033[K"},
    {"reading", PROGRESS_FILES, 0, 0, 8, "\rreading  [..............................]  0/8 files  0/s  \033[K"},
    {"reading", PROGRESS_FILES, 300, 1, 21000,
     "\rreading  [..............................]  1/21000 files  2.86/s  2:02:30 left\033[K"},
    {"reading", PROGRESS_FILES, 300, 1, 99000000,
     "\rreading  [..............................]  1/99000000 files  2.86/s  >99 h left\033[K"},
};

START_TEST(the_bar_fits_and_goes_again)
{
    struct terminal t = stderr_becomes_terminal(bars[_i].columns);
    progress_start(bars[_i].title, bars[_i].unit);
    progress_show(NULL, bars[_i].done, bars[_i].total);
    let_milliseconds_pass(299);
    progress_show(NULL, bars[_i].done, bars[_i].total);
    ck_assert_str_eq(terminal_text(&t), ""); /* too early */
    let_milliseconds_pass(51);
    progress_show(NULL, bars[_i].done, bars[_i].total);
    ck_assert_str_eq(terminal_text(&t), bars[_i].line);
    progress_hide();
    ck_assert_str_eq(terminal_text(&t), "\r\033[K");
    progress_show(NULL, bars[_i].done, bars[_i].total); /* returns at once */
    ck_assert_str_ne(terminal_text(&t), "");
    let_milliseconds_pass(99);
    progress_show(NULL, bars[_i].done, bars[_i].total); /* but is not redrawn every time */
    ck_assert_str_eq(terminal_text(&t), "");
    let_milliseconds_pass(1);
    progress_show(NULL, bars[_i].done, bars[_i].total);
    ck_assert_str_ne(terminal_text(&t), "");
    progress_stop();
    ck_assert_str_eq(terminal_text(&t), "\r\033[K");
    progress_show(NULL, bars[_i].done, bars[_i].total);
    ck_assert_str_eq(terminal_text(&t), "");
    terminal_close(&t);
}
END_TEST

/* Reading counts bytes. It must not draw them as cases into a bar of cases, as of `amos score --pictures`. */
START_TEST(reading_a_picture_leaves_the_bar_of_cases)
{
    char *set = small_set_make("bar"), *path = small_set_path(set, "imagesTr/amos_0001.nii.gz");
    struct terminal t = stderr_becomes_terminal(100);
    const view_source source = {.image = path}, with = {.image = path, .progress = {progress_show, NULL}};
    view_loaded loaded;
    amos_error err;
    progress_start("drawing", PROGRESS_CASES);
    let_milliseconds_pass(400);
    assert_ok(view_load(&source, &loaded, &err), &err);
    view_unload(&loaded);
    ck_assert_str_eq(terminal_text(&t), "");
    progress_show(NULL, 1, 2);
    ck_assert_ptr_nonnull(strstr(terminal_text(&t), "1/2 cases"));
    let_milliseconds_pass(400);
    assert_ok(view_load(&with, &loaded, &err), &err);
    view_unload(&loaded);
    ck_assert_str_ne(terminal_text(&t), ""); /* the reading does report, if asked to */
    progress_stop();
    terminal_close(&t);
    free(path);
    free(set);
}
END_TEST

START_TEST(nothing_to_do_shows_no_bar)
{
    struct terminal t = stderr_becomes_terminal(80);
    progress_start("reading", PROGRESS_FILES);
    let_milliseconds_pass(350);
    progress_show(NULL, 0, 0);
    progress_stop();
    ck_assert_str_eq(terminal_text(&t), "");
    terminal_close(&t);
}
END_TEST

START_TEST(a_file_gets_no_bar)
{
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(dup2(fileno(file), STDERR_FILENO), STDERR_FILENO);
    progress_start("reading", PROGRESS_BYTES);
    let_milliseconds_pass(350);
    progress_show(NULL, 1, 2);
    progress_stop();
    ck_assert_int_eq(lseek(fileno(file), 0, SEEK_END), 0);
    fclose(file);
}
END_TEST

/* ---- the command ---- */

/* "\r\n" becomes "\n" again. */
static void drop_returns(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++)
        if (*from != '\r')
            *to++ = *from;
    *to = '\0';
}

START_TEST(the_last_column_is_cut_to_the_width)
{
    char *root = small_set_make("table");
    struct terminal narrow = terminal_open(43), wide = terminal_open(0);
    struct outcome kept = run_amos("list %s", root), first = run_amos_to(narrow.theirs, "list %s", root);
    struct outcome second = run_amos_to(wide.theirs, "list %s", root);
    assert_exit(&first, 0);
    assert_exit(&second, 0);
    char *text = strdup(terminal_text(&narrow)), *all = strdup(terminal_text(&wide));
    ck_assert(text && all);
    drop_returns(text);
    drop_returns(all);
    ck_assert_ptr_nonnull(strstr(text, "\namos_0501  "));
    ck_assert_ptr_nonnull(strstr(all, "  image  label\n"));
    ck_assert_ptr_nonnull(strstr(text, "  image  lab\n"));
    ck_assert_str_eq(all, kept.out); /* an unknown width cuts nothing */
    free(text);
    free(all);
    outcome_free(&kept);
    outcome_free(&first);
    outcome_free(&second);
    terminal_close(&narrow);
    terminal_close(&wide);
    free(root);
}
END_TEST

#ifdef AMOS_HAVE_LIBPNG
START_TEST(a_picture_is_not_written_to_it)
{
    char *root = small_set_make("picture");
    struct terminal t = terminal_open(80);
    struct outcome outcome = run_amos_to(t.theirs, "view %s amos_0001 -o -", root);
    assert_exit(&outcome, 2);
    ck_assert_ptr_nonnull(
        strstr(outcome.err, "stdout is a terminal, where a picture cannot be shown; give -o OUT.png."));
    ck_assert_str_eq(terminal_text(&t), "");
    outcome_free(&outcome);
    terminal_close(&t);
    free(root);
}
END_TEST
#endif

int main(void)
{
    Suite *suite = suite_create("terminal");
    TCase *bar = add_case(suite, "bar", 10);
    tcase_add_loop_test(bar, the_bar_fits_and_goes_again, 0, (int)(sizeof bars / sizeof bars[0]));
    tcase_add_test(bar, reading_a_picture_leaves_the_bar_of_cases);
    tcase_add_test(bar, nothing_to_do_shows_no_bar);
    tcase_add_test(bar, a_file_gets_no_bar);
    TCase *command = add_case(suite, "command", 10);
    tcase_add_test(command, the_last_column_is_cut_to_the_width);
#ifdef AMOS_HAVE_LIBPNG
    tcase_add_test(command, a_picture_is_not_written_to_it);
#endif
    return run_suite(suite);
}
