/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "kit/interrupt.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define SLOTS 256 /* a thread that builds writes one file at a time */
#define PATH_BYTES 4096

/* The handler reads only slots marked USED. Marks change atomically, paths only while FILLING. */
enum { SLOT_FREE, SLOT_FILLING, SLOT_USED };

static struct {
    atomic_int mark;
    char path[PATH_BYTES];
} slots[SLOTS];

/* How long the handler waits for threads that are creating a file; a file system may hang. */
#define WAIT_MILLISECONDS 2000

static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};

static atomic_int bar_shown;
static atomic_int holding; /* threads between interrupt_hold() and interrupt_release() */
static atomic_bool dying;
static pthread_once_t installed = PTHREAD_ONCE_INIT;

/* A thread that begins to hold either sees `dying` or is counted here. The handler never runs on such a thread. */
static void await_holders(void)
{
    atomic_store(&dying, true);
    for (int i = 0; i < WAIT_MILLISECONDS && atomic_load(&holding); i++)
        poll(NULL, 0, 1);
}

static void tidy_and_die(int number)
{
    await_holders();
    for (int i = 0; i < SLOTS; i++)
        if (atomic_load(&slots[i].mark) == SLOT_USED)
            unlink(slots[i].path);
    if (atomic_load(&bar_shown)) {
        ssize_t ignored = write(STDERR_FILENO, "\r\033[K", 4);
        (void)ignored;
    }
    signal(number, SIG_DFL);
    raise(number); /* blocked until this handler returns */
}

static void install_handlers(void)
{
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct sigaction old, action = {.sa_handler = tidy_and_die};
        sigfillset(&action.sa_mask);
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
            sigaction(numbers[i], &action, NULL);
    }
}

void interrupt_hold(sigset_t *before)
{
    sigset_t blocked;
    pthread_once(&installed, install_handlers);
    sigemptyset(&blocked);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        sigaddset(&blocked, numbers[i]);
    pthread_sigmask(SIG_BLOCK, &blocked, before);
    atomic_fetch_add(&holding, 1);
    if (!atomic_load(&dying))
        return;
    atomic_fetch_sub(&holding, 1);
    for (;;)
        pause();
}

void interrupt_release(const sigset_t *before)
{
    atomic_fetch_sub(&holding, 1);
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

bool interrupt_pending(void)
{
    sigset_t pending;
    bool any = false;
    sigemptyset(&pending);
    sigpending(&pending);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        any = any || sigismember(&pending, numbers[i]) == 1;
    return any;
}

int interrupt_add_file(const char *path)
{
    pthread_once(&installed, install_handlers);
    size_t length = strlen(path);
    for (int i = 0; i < SLOTS && length < PATH_BYTES; i++) {
        int expected = SLOT_FREE;
        if (atomic_compare_exchange_strong(&slots[i].mark, &expected, SLOT_FILLING)) {
            memcpy(slots[i].path, path, length + 1);
            atomic_store(&slots[i].mark, SLOT_USED);
            return i;
        }
    }
    return -1;
}

void interrupt_forget_file(int slot)
{
    if (slot >= 0)
        atomic_store(&slots[slot].mark, SLOT_FREE);
}

void interrupt_watch(void *user, const char *path)
{
    int *slot = user;
    interrupt_forget_file(*slot);
    *slot = path ? interrupt_add_file(path) : -1;
}

static void forget_path(const char *path)
{
    for (int i = 0; i < SLOTS; i++)
        if (atomic_load(&slots[i].mark) == SLOT_USED && strcmp(slots[i].path, path) == 0)
            interrupt_forget_file(i);
}

/* MADE or GONE follows MAKING on the same thread; in between no signal ends the process. */
void interrupt_temporaries(void *user, const char *path, amos_temporary_event event)
{
    static _Thread_local sigset_t before;
    static _Thread_local bool held;
    (void)user;
    if (event == AMOS_TEMPORARY_MAKING) {
        interrupt_hold(&before);
        held = true;
        (void)interrupt_add_file(path);
    } else if (event == AMOS_TEMPORARY_GONE) {
        forget_path(path);
    }
    if (event != AMOS_TEMPORARY_MAKING && held) {
        held = false;
        interrupt_release(&before);
    }
}

void interrupt_set_bar(bool shown)
{
    pthread_once(&installed, install_handlers);
    atomic_store(&bar_shown, shown);
}
