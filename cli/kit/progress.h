/* SPDX-License-Identifier: BSD-3-Clause */
/* The progress bar. It is shown on stderr, and only if stderr is a terminal. One at a time, on the command's thread.
 *
 *   progress_start("reading", PROGRESS_CASES);
 *   options.progress.function = progress_show;
 *   ... work ...
 *   progress_stop();
 */
#ifndef CLI_KIT_PROGRESS_H
#define CLI_KIT_PROGRESS_H

#include <stdint.h>

enum progress_unit { PROGRESS_FILES, PROGRESS_CASES, PROGRESS_BYTES };

/* `title` must stay valid until progress_stop(). */
void progress_start(const char *title, enum progress_unit unit);

/* An amos_progress_fn: draws at most ten times a second; `user` is not used. Always returns 0. */
int progress_show(void *user, uint64_t done, uint64_t total);

/* Removes the bar from the terminal, so that a line can be printed; the next progress_show() draws it again. */
void progress_hide(void);

/* Removes the bar and ends it. */
void progress_stop(void);

#endif
