/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "cache/stage/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/system/alloc.h"
#include "base/system/file.h"
#include "base/system/platform.h"
#include "base/error/fail.h"
#include "base/error/passing.h"
#include "cache/stage/claim.h"
#include "cache/stage/room.h"
#include "cache/stage/upstream.h"

#define PIECE ((size_t)1 << 20)
#define WRITEBACK ((uint64_t)8 << 20) /* written before more is read, so that little is left to flush at the end */
#define MOST_BYTES UINT32_MAX         /* of an entry; see cache/zip.c */

/* ---- copying ---- */

static amos_status copy_bytes(const struct amosi_staging *s, const struct amosi_source *from,
                              const struct amosi_claim *to, unsigned char *piece, amos_error *err)
{
    for (uint64_t at = 0; at < from->size;) {
        size_t n = from->size - at < PIECE ? (size_t)(from->size - at) : PIECE;
        if (s->stop && atomic_load_explicit(s->stop, memory_order_relaxed))
            return amosi_fail(err, AMOS_E_CANCEL, from->path, "the copying of this entry was cancelled.");
        amos_status status = amosi_source_read(from, at, piece, n, err);
        if (status)
            return status;
        if (!amosi_file_write(to->fd, piece, n))
            return amosi_fail_errno(err, AMOS_E_IO, to->temporary_full, errno, "the file cannot be written");
        at += n;
        if (at % WRITEBACK == 0)
            amosi_advise_writeback(to->fd, at - WRITEBACK, WRITEBACK);
    }
    return amosi_source_check(from, err);
}

/* Checks what was written, under the name that it has upstream. */
static amos_status check_copy(const struct amosi_staging *s, const struct amosi_source *from, int fd, amos_error *err)
{
    struct amosi_source copy;
    int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (own < 0)
        return amosi_fail_errno(err, AMOS_E_IO, from->path, errno, "the copy cannot be read");
    amos_status status = amosi_source_adopt(&copy, own, from->path, err);
    return status ? status : s->check(s->user, &copy, err);
}

static amos_status copy(const struct amosi_staging *s, const struct amosi_source *from, const struct amosi_claim *to,
                        const char *full, amos_error *err)
{
    unsigned char *piece = amosi_alloc(PIECE);
    if (!piece)
        return amosi_fail_nomem(err, full);
    amos_status status = amosi_room_take(s->folder, to->fd, from->size, s->max_bytes, full, err);
    if (!status && amosi_source_is_file(from))
        amosi_advise_reading(from->fd);
    if (!status)
        status = copy_bytes(s, from, to, piece, err);
    amosi_free(piece);
    return status ? status : check_copy(s, from, to->fd, err);
}

/* Flushes the copy to the disk, and puts it in its place. */
static amos_status finish(const struct amosi_staging *s, struct amosi_claim *claim, const char *full, int *held,
                          amos_error *err)
{
    int lock = -1;
    amos_status status = AMOS_OK;
    if (!amosi_file_sync(claim->fd))
        status = amosi_fail_errno(err, AMOS_E_IO, full, errno, "the file cannot be written");
    if (!status)
        status = amosi_room_lock(s->folder, s->max_bytes, &lock, err);
    if (status)
        amosi_claim_drop(claim);
    else
        status = amosi_claim_finish(claim, full, held, err);
    if (lock >= 0)
        close(lock);
    return status;
}

/* ---- all of it ---- */

/* Those who may read the file upstream, as far as the umask allows; nobody but this user what is at a URL. */
static mode_t mode_of(const struct amosi_staging *s, const struct amosi_source *from)
{
    if (!amosi_source_is_file(from))
        return 0600;
    struct amosi_readers readers = amosi_readers_of(&from->identity);
    bool group = readers.group && (readers.others || readers.gid == s->folder->gid);
    return (mode_t)(0600 | (group ? 0040 : 0) | (readers.others ? 0004 : 0));
}

static amos_status check_size(const struct amosi_source *from, amos_error *err)
{
    if (from->size > 0 && from->size <= MOST_BYTES)
        return AMOS_OK;
    return amosi_fail(err, AMOS_E_INDEX, from->path, "%llu bytes are no cached case; the case has to be cached again.",
                      (unsigned long long)from->size);
}

static amos_status bring(const struct amosi_staging *s, const char *full, int *held, amos_error *err)
{
    bool ours = false;
    struct amosi_source from;
    struct amosi_claim claim;
    amos_status status = amosi_upstream_open(s->upstream, s->name, &from, err);
    if (status)
        return status;
    const struct amosi_claim_want want = {s->name, full, mode_of(s, &from), s->bad, s->stop};
    status = check_size(&from, err);
    if (!status)
        status = amosi_claim_take(s->folder, &want, &claim, &ours, err);
    if (!status && ours) {
        status = copy(s, &from, &claim, full, err);
        if (status)
            amosi_claim_drop(&claim);
        else
            status = finish(s, &claim, full, held, err);
    }
    amosi_source_close(&from);
    return status;
}

amos_status amosi_stage_bring(const struct amosi_staging *s, int *held, amos_error *err)
{
    amos_error why = {.status = AMOS_OK};
    *held = -1;
    amos_status status = amosi_folder_check_writable(s->folder, err);
    if (status)
        return status;
    char *full = amosi_folder_join(s->folder->path, s->name);
    if (!full)
        return amosi_fail_nomem(err, s->folder->path);
    for (unsigned tries = 0;; tries++) {
        status = bring(s, full, held, &why);
        bool again =
            status == AMOS_E_CHANGED || (status && amosi_passing(&why)); /* replaced upstream while it was read */
        if (!again || tries == AMOSI_PASSING_TRIES)
            break;
        amosi_passing_wait();
    }
    amosi_free(full);
    if (status && err)
        *err = why;
    return status;
}
