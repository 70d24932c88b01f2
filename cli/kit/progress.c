/* SPDX-License-Identifier: BSD-3-Clause */
#define _DEFAULT_SOURCE
#include "kit/progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "kit/interrupt.h"

#define DRAW_EVERY 0.1 /* seconds */
#define FIRST_DRAW 0.3 /* shorter work shows no bar */
#define BAR_MAX 30     /* letters */
#define BAR_MIN 5
#define WIDTH_MAX 200

/* Guarded by the lock of stderr after work has begun. */
static struct {
    const char *title; /* NULL: no bar */
    enum progress_unit unit;
    double start, next_draw;
    bool shown;
} bar;

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int terminal_width(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col < WIDTH_MAX ? size.ws_col : WIDTH_MAX;
    return 80;
}

void progress_start(const char *title, enum progress_unit unit)
{
    if (!isatty(STDERR_FILENO))
        return;
    bar.title = title;
    bar.unit = unit;
    bar.start = seconds_now();
    bar.next_draw = bar.start + FIRST_DRAW;
}

static void format_time(char *text, size_t bytes, double seconds)
{
    if (seconds >= 360000.0)
        snprintf(text, bytes, ">99 h");
    else if (seconds >= 3600.0)
        snprintf(text, bytes, "%d:%02d:%02d", (int)(seconds / 3600.0), (int)(seconds / 60.0) % 60, (int)seconds % 60);
    else
        snprintf(text, bytes, "%d:%02d", (int)(seconds / 60.0), (int)seconds % 60);
}

/* " 12/240 cases  3.1/s  1:13 left" */
static void format_numbers(char *text, size_t bytes, double done, double total, double seconds)
{
    char left[16] = "";
    double rate = seconds > 0.0 ? done / seconds : 0.0;
    if (rate > 0.0)
        format_time(left, sizeof left, (total - done) / rate + 0.5);
    const char *left_word = rate > 0.0 ? " left" : "";
    if (bar.unit == PROGRESS_BYTES)
        snprintf(text, bytes, "%3.0f%%  %.0f MB/s  %s%s", 100.0 * done / total, rate / 1e6, left, left_word);
    else
        snprintf(text, bytes, "%.0f/%.0f %s  %.3g/s  %s%s", done, total, bar.unit == PROGRESS_CASES ? "cases" : "files",
                 rate, left, left_word);
}

/* The bar gets the columns that the numbers leave. If these are too few, the bar is left out, then the title, then
 * the end of the line. The last column stays free, because some terminals wrap after it. */
static void draw_bar(double done, double total, double seconds)
{
    char numbers[96], line[WIDTH_MAX + sizeof numbers] = "", blocks[BAR_MAX + 1];
    int width = terminal_width() - 1;
    format_numbers(numbers, sizeof numbers, done, total, seconds);
    int room = width - (int)strlen(bar.title) - (int)strlen(numbers) - 6;
    if (room > BAR_MAX)
        room = BAR_MAX;
    if (room >= BAR_MIN) {
        int full = (int)(done / total * room);
        memset(blocks, '.', sizeof blocks);
        memset(blocks, '#', (size_t)full);
        snprintf(line, sizeof line, "%s  [%.*s]  %s", bar.title, room, blocks, numbers);
    } else if (room >= -4) {
        snprintf(line, sizeof line, "%s  %s", bar.title, numbers);
    } else {
        snprintf(line, sizeof line, "%s", numbers);
    }
    fprintf(stderr, "\r%.*s\033[K", width, line);
    fflush(stderr);
}

int progress_show(void *user, uint64_t done, uint64_t total)
{
    (void)user;
    flockfile(stderr);
    double now = bar.title ? seconds_now() : 0.0;
    if (bar.title && total > 0 && now >= bar.next_draw) {
        bar.next_draw = now + DRAW_EVERY;
        bar.shown = true;
        interrupt_set_bar(true);
        draw_bar((double)(done < total ? done : total), (double)total, now - bar.start);
    }
    funlockfile(stderr);
    return 0;
}

void progress_hide(void)
{
    flockfile(stderr);
    if (bar.shown) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
        bar.shown = false;
        bar.next_draw = 0.0;
        interrupt_set_bar(false);
    }
    funlockfile(stderr);
}

void progress_stop(void)
{
    progress_hide();
    bar.title = NULL;
}
