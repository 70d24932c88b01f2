/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "io/identity.h"

#include <string.h>

static int64_t nanoseconds(const struct timespec *time)
{
    return (int64_t)((uint64_t)time->tv_sec * 1000000000u + (uint64_t)time->tv_nsec);
}

amos_status amosi_file_key_of(const struct amosi_source *source, struct amosi_file_key *key, amos_error *err)
{
    const struct stat *identity = &source->identity;
    memset(key, 0, sizeof *key);
    key->size = source->size;
    key->mtime_ns = nanoseconds(&identity->st_mtim);
    key->ctime_ns = nanoseconds(&identity->st_ctim);
    key->inode = (uint64_t)identity->st_ino;
    size_t bytes = source->size < sizeof key->trailer ? (size_t)source->size : sizeof key->trailer;
    return amosi_source_read(source, source->size - bytes, key->trailer, bytes, err);
}

amos_status amosi_identity_of(const struct amosi_source *source, struct amosi_identity *identity, amos_error *err)
{
    memset(identity, 0, sizeof *identity);
    if (!amosi_source_is_file(source))
        return AMOS_OK;
    identity->links = (uint64_t)source->identity.st_nlink;
    return amosi_file_key_of(source, &identity->key, err);
}

bool amosi_identity_same(const struct amosi_identity *a, const struct amosi_identity *b)
{
    const struct amosi_file_key *p = &a->key, *q = &b->key;
    return p->size == q->size && p->mtime_ns == q->mtime_ns && p->inode == q->inode &&
           (p->ctime_ns == q->ctime_ns || a->links != b->links) &&
           memcmp(p->trailer, q->trailer, sizeof p->trailer) == 0;
}
