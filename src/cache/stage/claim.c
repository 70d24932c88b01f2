/* SPDX-License-Identifier: BSD-3-Clause */
#define _DEFAULT_SOURCE /* flock() */
#include "cache/stage/claim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/system/alloc.h"
#include "base/system/file.h"
#include "base/error/fail.h"

#define TICK_NS 20000000L   /* between looks at the work of another: 20 ms */
#define MOST_VANISHED 1000u /* files that somebody removed before they were locked */
#define TICKS 3000u         /* without a byte, until it counts as stuck: a minute */

static void report(const struct amosi_claim *claim, amos_temporary_event event)
{
    const amos_temporaries *watch = &claim->folder->temporaries;
    int saved_errno = errno;
    if (watch->function)
        watch->function(watch->user, claim->temporary_full, event);
    errno = saved_errno;
}

static bool make_names(struct amosi_claim *claim, const char *name)
{
    snprintf(claim->temporary, sizeof claim->temporary, "%s.stage.tmp", name);
    claim->temporary_full = amosi_folder_join(claim->folder->path, claim->temporary);
    return claim->temporary_full != NULL;
}

/* Whether the entry is there, and not the one that is to be replaced. */
static bool is_done(const struct amosi_folder *folder, const struct amosi_claim_want *want)
{
    struct stat state;
    return fstatat(folder->fd, want->name, &state, AT_SYMLINK_NOFOLLOW) == 0 && state.st_ino != want->bad;
}

/* Whether the open file still has its temporary name: the one who held it before may have renamed or removed it. */
static bool is_named(const struct amosi_claim *claim)
{
    struct stat own, named;
    return fstat(claim->fd, &own) == 0 &&
           fstatat(claim->folder->fd, claim->temporary, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           own.st_ino == named.st_ino && own.st_dev == named.st_dev;
}

void amosi_claim_drop(struct amosi_claim *claim)
{
    (void)unlinkat(claim->folder->fd, claim->temporary, 0);
    close(claim->fd);
    report(claim, AMOS_TEMPORARY_GONE);
    amosi_free(claim->temporary_full);
}

/* ---- waiting for another ---- */

/* What tells that another goes on. */
struct watch {
    struct timespec changed;
    off_t bytes;
    unsigned ticks;    /* since it did */
    unsigned vanished; /* files of our own that were gone before they were locked */
};

static bool went_on(struct watch *watch, int fd)
{
    struct stat state;
    if (fstat(fd, &state) != 0)
        return false;
    bool same = state.st_mtim.tv_sec == watch->changed.tv_sec && state.st_mtim.tv_nsec == watch->changed.tv_nsec &&
                state.st_size == watch->bytes;
    watch->changed = state.st_mtim;
    watch->bytes = state.st_size;
    return !same;
}

static amos_status wait_a_little(struct watch *watch, const struct amosi_claim_want *want, int fd, amos_error *err)
{
    watch->ticks = went_on(watch, fd) ? 0 : watch->ticks + 1;
    if (want->stop && atomic_load_explicit(want->stop, memory_order_relaxed))
        return amosi_fail(err, AMOS_E_CANCEL, want->full, "the copying of this entry was cancelled.");
    if (watch->ticks < TICKS) {
        nanosleep(&(struct timespec){0, TICK_NS}, NULL);
        return AMOS_OK;
    }
    amos_status status = amosi_fail(err, AMOS_E_IO, want->full,
                                    "another process has been copying this entry without writing a byte for a minute; "
                                    "end it, or use another folder.");
    if (err)
        err->sys_errno = ETIMEDOUT;
    return status;
}

/* ---- claiming ---- */

enum outcome { OURS, OTHERS, VANISHED };

/* Opens and locks the file; fd stays open, whatever the outcome. */
static amos_status open_and_lock(struct amosi_claim *claim, const struct amosi_claim_want *want, enum outcome *outcome,
                                 amos_error *err)
{
    claim->fd = amosi_file_open(claim->folder->fd, claim->temporary,
                                O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, want->mode);
    if (claim->fd < 0)
        return amosi_fail_errno(err, AMOS_E_IO, want->full, errno, "the file cannot be created");
    bool locked = flock(claim->fd, LOCK_EX | LOCK_NB) == 0;
    *outcome = !locked ? OTHERS : is_named(claim) ? OURS : VANISHED;
    if (locked || errno == EWOULDBLOCK || errno == EINTR)
        return AMOS_OK;
    amos_status status = amosi_fail_errno(err, AMOS_E_IO, want->full, errno,
                                          "the file cannot be locked; staging needs a file system with flock()");
    close(claim->fd);
    return status;
}

/* The same, reported. */
static amos_status claim_once(struct amosi_claim *claim, const struct amosi_claim_want *want, enum outcome *outcome,
                              amos_error *err)
{
    *outcome = OTHERS;
    report(claim, AMOS_TEMPORARY_MAKING);
    amos_status status = open_and_lock(claim, want, outcome, err);
    report(claim, *outcome == OURS ? AMOS_TEMPORARY_MADE : AMOS_TEMPORARY_GONE);
    return status;
}

/* One attempt. *over: it is ours, or done. */
static amos_status attempt(struct amosi_claim *claim, const struct amosi_claim_want *want, struct watch *watch,
                           bool *ours, bool *over, amos_error *err)
{
    enum outcome outcome;
    amos_status status = claim_once(claim, want, &outcome, err);
    if (status)
        return status;
    *over = is_done(claim->folder, want);
    *ours = outcome == OURS && !*over;
    if (*ours) {
        *over = true;
        return ftruncate(claim->fd, 0) == 0
                   ? AMOS_OK
                   : amosi_fail_errno(err, AMOS_E_IO, want->full, errno, "the file is not usable");
    }
    if (outcome == OURS) {
        (void)unlinkat(claim->folder->fd, claim->temporary, 0);
        report(claim, AMOS_TEMPORARY_GONE);
    } else if (outcome == OTHERS && !*over) {
        status = wait_a_little(watch, want, claim->fd, err);
    } else if (outcome == VANISHED && ++watch->vanished == MOST_VANISHED) {
        status = amosi_fail_errno(err, AMOS_E_IO, want->full, EIO,
                                  "its temporary file was gone %u times before it could be used", MOST_VANISHED);
    }
    close(claim->fd);
    return status;
}

amos_status amosi_claim_take(const struct amosi_folder *folder, const struct amosi_claim_want *want,
                             struct amosi_claim *claim, bool *ours, amos_error *err)
{
    struct watch watch = {.ticks = 0};
    bool over = false;
    *claim = (struct amosi_claim){.folder = folder, .name = want->name, .fd = -1};
    *ours = false;
    if (!make_names(claim, want->name))
        return amosi_fail_nomem(err, want->full);
    amos_status status = AMOS_OK;
    while (!over && !status)
        status = attempt(claim, want, &watch, ours, &over, err);
    if (status && *ours)
        amosi_claim_drop(claim);
    else if (!*ours)
        amosi_free(claim->temporary_full);
    return status;
}

amos_status amosi_claim_finish(struct amosi_claim *claim, const char *full, int *held, amos_error *err)
{
    int folder = claim->folder->fd;
    amos_status status = AMOS_OK;
    *held = -1;
    if (flock(claim->fd, LOCK_SH) != 0 || renameat(folder, claim->temporary, folder, claim->name) != 0)
        status = amosi_fail_errno(err, AMOS_E_IO, full, errno, "the file cannot be put in its place");
    if (status) {
        amosi_claim_drop(claim);
        return status;
    }
    *held = claim->fd;
    report(claim, AMOS_TEMPORARY_GONE);
    amosi_free(claim->temporary_full);
    return AMOS_OK;
}
