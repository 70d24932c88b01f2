/* SPDX-License-Identifier: BSD-3-Clause */
/* System calls that fail when a test wants it. interpose.c stands in front of libc's functions: linked into a test
 * program, or as interpose.so in front of another program (LD_PRELOAD), which then takes its orders from $AMOS_FAULT,
 * "KIND NTH ERRNO MODE", and writes "CALLS INJECTED" into the file $AMOS_FAULT_REPORT when it ends. */
#ifndef TESTS_INTERPOSE_H
#define TESTS_INTERPOSE_H

enum fault_kind {
    FAULT_OPEN,     /* open() and openat() */
    FAULT_READ,     /* read() */
    FAULT_PREAD,    /* pread() */
    FAULT_FSTAT,    /* fstat() */
    FAULT_STAT,     /* stat() and lstat() */
    FAULT_FOLDER,   /* fdopendir() and opendir() */
    FAULT_READDIR,  /* readdir() */
    FAULT_REALPATH, /* realpath() */
    FAULT_CLOSE,    /* close(), which closes all the same, as Linux does */
    FAULT_WRITE,    /* write() */
    FAULT_FSYNC,    /* fsync() */
    FAULT_RENAME,   /* rename() */
    FAULT_MKDIR,    /* mkdir() */
    FAULT_THREAD,   /* pthread_create() */
    FAULT_KINDS
};

enum fault_mode {
    FAULT_ONCE,
    FAULT_FROM_THEN_ON,
    FAULT_COUNT, /* nothing fails: only count */
    FAULT_SIGNAL /* the code is a signal, which arrives right before the call */
};

/* Reads give at most this many bytes at a time instead of failing: in place of an errno. */
#define FAULT_SHORT(bytes) (-(bytes))

/* Call number `nth` (1 is the next one) of a kind fails with the errno, or gives less. */
void fault_arm(enum fault_kind kind, int nth, int code, enum fault_mode mode);

/* Nothing fails any more. How many calls did. */
int fault_disarm(void);

/* How many calls of the kind there were since fault_arm(). */
int fault_calls(void);

/* "open", "pread", ... */
const char *fault_name(enum fault_kind kind);

#endif
