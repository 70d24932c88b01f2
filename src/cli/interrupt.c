#define _POSIX_C_SOURCE 200809L
#include "interrupt.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define SLOTS 64
#define PATH_BYTES 4096

/* The handler may only read what is marked USED; the marks change atomically, the paths only while FREE. */
enum { SLOT_FREE, SLOT_FILLING, SLOT_USED };

static struct {
    atomic_int mark;
    char path[PATH_BYTES];
} slots[SLOTS];

static atomic_int bar_shown;
static pthread_once_t installed = PTHREAD_ONCE_INIT;

static void tidy_and_die(int number)
{
    for (int i = 0; i < SLOTS; i++)
        if (atomic_load(&slots[i].mark) == SLOT_USED)
            unlink(slots[i].path);
    if (atomic_load(&bar_shown)) {
        ssize_t ignored = write(STDERR_FILENO, "\r\033[K", 4);
        (void)ignored;
    }
    signal(number, SIG_DFL);
    raise(number); /* it is blocked until this handler returns */
}

static void install(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct sigaction old, action = {.sa_handler = tidy_and_die};
        sigfillset(&action.sa_mask);
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
            sigaction(numbers[i], &action, NULL);
    }
}

int interrupt_add_file(const char *path)
{
    pthread_once(&installed, install);
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

void interrupt_set_bar(bool shown)
{
    pthread_once(&installed, install);
    atomic_store(&bar_shown, shown);
}
