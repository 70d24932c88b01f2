/* SPDX-License-Identifier: BSD-3-Clause */
/* Clean-up when SIGINT, SIGTERM, SIGHUP or SIGPIPE ends the process: removes temporary files and the progress bar.
 * The process then dies by that signal, so that the shell sees it. A signal that was ignored stays ignored. */
#ifndef CLI_KIT_INTERRUPT_H
#define CLI_KIT_INTERRUPT_H

#include <amos/context.h>

#include <signal.h>
#include <stdbool.h>

/* Between these two calls no signal ends the process, whichever thread receives it. Used to create a file and note
 * its path in one step. If a signal is already ending the process, the first call does not return. Any thread. */
void interrupt_hold(sigset_t *before);
void interrupt_release(const sigset_t *before);

/* Whether a signal that would end the process waits for interrupt_release() of this thread: long work between the two then
 * gives up, and cleans up what cannot be noted as a file. */
bool interrupt_pending(void);

/* Notes a path to be removed and returns its slot; -1 if it is too long or all slots are used. Any thread. */
int interrupt_add_file(const char *path);

/* Forgets the path of a slot. */
void interrupt_forget_file(int slot);

/* The same as an amos_temporary_fn; `user` is an int for the slot, -1 at first. */
void interrupt_watch(void *user, const char *path);

/* Notes the temporary files of indexes and cached cases; an amos_temporaries_fn whose `user` is not used. */
void interrupt_temporaries(void *user, const char *path, amos_temporary_event event);

/* Notes whether a progress bar is shown on the terminal's last line. */
void interrupt_set_bar(bool shown);

#endif
