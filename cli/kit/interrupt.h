/* SPDX-License-Identifier: BSD-3-Clause */
/* What must be tidied when SIGINT, SIGTERM, SIGHUP or SIGPIPE ends the process: temporary files and the progress bar.
 * The process then dies by that signal, so that the shell sees it. A signal that was ignored stays ignored. */
#ifndef CLI_KIT_INTERRUPT_H
#define CLI_KIT_INTERRUPT_H

#include <signal.h>
#include <stdbool.h>

/* Between these two no signal ends the process, whatever thread it comes to: for creating a file and noting its path.
 * Where one is just ending it, the first does not return. Any thread. */
void interrupt_hold(sigset_t *before);
void interrupt_release(const sigset_t *before);

/* Notes a path to be removed; -1 where it is too long or too many are noted. Any thread. */
int interrupt_add_file(const char *path);

/* Forgets it again. */
void interrupt_forget_file(int slot);

/* The same as an amos_temporary_fn; `user` is an int for the slot, -1 at first. */
void interrupt_watch(void *user, const char *path);

/* Whether a progress bar stands on the terminal's last line. */
void interrupt_set_bar(bool shown);

#endif
