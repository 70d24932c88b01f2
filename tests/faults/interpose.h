/* SPDX-License-Identifier: BSD-3-Clause */
/* System calls that fail on request. interpose.c replaces libc's functions: linked into a test program, or as
 * interpose.so in another program (LD_PRELOAD). The latter takes its orders from $AMOS_FAULT, "KIND NTH ERRNO
 * MODE", and writes "CALLS INJECTED" to the file $AMOS_FAULT_REPORT at exit. */
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
    FAULT_CLOSE,    /* close(), which still closes the file, like on Linux */
    FAULT_WRITE,    /* write() */
    FAULT_FSYNC,    /* fsync() */
    FAULT_RENAME,   /* rename() */
    FAULT_MKDIR,    /* mkdir() */
    FAULT_THREAD,   /* pthread_create() */
    FAULT_KINDS
};

enum fault_mode {
    FAULT_ONCE,
    FAULT_FOUR_TIMES, /* one more than a read tries again */
    FAULT_FROM_THEN_ON,
    FAULT_COUNT, /* nothing fails; calls are counted */
    FAULT_SIGNAL /* the code is a signal, raised right before the call */
};

/* Given instead of an errno: reads do not fail, but return at most this number of bytes. */
#define FAULT_SHORT(bytes) (-(bytes))

/* Call number `nth` (1 is the next one) of a kind fails with the errno, or returns fewer bytes. */
void fault_arm(enum fault_kind kind, int nth, int code, enum fault_mode mode);

/* Ends the failures. Returns the number of failed calls. */
int fault_disarm(void);

/* The number of calls of the kind since fault_arm(). */
int fault_calls(void);

/* "open", "pread", ... */
const char *fault_name(enum fault_kind kind);

#endif
