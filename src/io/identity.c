/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/identity.h"

#include <string.h>

amos_status amosi_identity_of(const struct amosi_source *source, struct amosi_identity *identity, amos_error *err)
{
    memset(identity, 0, sizeof *identity);
    if (!amosi_source_is_file(source))
        return AMOS_OK;
    identity->links = (uint64_t)source->identity.st_nlink;
    return amosi_index_key_of(source, &identity->key, err);
}

bool amosi_identity_same(const struct amosi_identity *a, const struct amosi_identity *b)
{
    const struct amosi_index_key *p = &a->key, *q = &b->key;
    return p->size == q->size && p->mtime_ns == q->mtime_ns && p->inode == q->inode &&
           (p->ctime_ns == q->ctime_ns || a->links != b->links) &&
           memcmp(p->trailer, q->trailer, sizeof p->trailer) == 0;
}
