/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "io/identity.h"

#include <string.h>

#include "base/math/bytes.h"
#include "base/system/alloc.h"
#include "base/error/fail.h"

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
    key->inode = (uint64_t)identity->st_ino ^ source->base * UINT64_C(0x9e3779b97f4a7c15);
    if (source->base) /* the state of the archive says enough */
        return AMOS_OK;
    size_t bytes = source->size < sizeof key->trailer ? (size_t)source->size : sizeof key->trailer;
    return amosi_source_read(source, source->size - bytes, key->trailer, bytes, err);
}

/* ---- content ---- */

#define BLOCK ((size_t)256 << 10)

/* FNV-1a. */
static uint64_t mix(uint64_t hash, const unsigned char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
    return hash;
}

static const uint64_t mix_begin = UINT64_C(14695981039346656037);

amos_status amosi_content_id_of(const struct amosi_source *source, struct amosi_content_id *content, amos_error *err)
{
    unsigned char head[AMOSI_CONTENT_HEAD];
    size_t bytes = source->size < sizeof head ? (size_t)source->size : sizeof head;
    size_t end = source->size < sizeof content->trailer ? (size_t)source->size : sizeof content->trailer;
    memset(content, 0, sizeof *content);
    content->size = source->size;
    amos_status status = amosi_source_read(source, 0, head, bytes, err);
    if (!status)
        status = amosi_source_read(source, source->size - end, content->trailer, end, err);
    content->head = status ? 0 : mix(mix_begin, head, bytes);
    return status;
}

struct amosi_content_id amosi_content_id_made(uint64_t size, const unsigned char *head, const unsigned char *trailer)
{
    struct amosi_content_id content = {.size = size};
    content.head = mix(mix_begin, head, size < AMOSI_CONTENT_HEAD ? (size_t)size : AMOSI_CONTENT_HEAD);
    memcpy(content.trailer, trailer, sizeof content.trailer);
    return content;
}

uint64_t amosi_content_hash(const struct amosi_content_id *content)
{
    unsigned char bytes[16];
    amosi_put64(bytes, content->size);
    amosi_put64(bytes + 8, content->head);
    return mix(mix(mix_begin, bytes, sizeof bytes), content->trailer, sizeof content->trailer);
}

/* Each step is a bijection of the word and of the digest: one changed word always changes the digest. */
static uint64_t digest_words(uint64_t digest, const unsigned char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i += 8) {
        digest = (digest ^ amosi_get64(bytes + i, false)) * UINT64_C(0x9e3779b97f4a7c15);
        digest ^= digest >> 29;
    }
    return digest;
}

amos_status amosi_content_digest(const struct amosi_source *source, uint64_t *digest, amos_error *err)
{
    unsigned char *block = amosi_alloc(BLOCK);
    amos_status status = block ? AMOS_OK : amosi_fail_nomem(err, source->path);
    *digest = source->size;
    for (uint64_t at = 0; !status && at < source->size; at += BLOCK) {
        size_t n = source->size - at < BLOCK ? (size_t)(source->size - at) : BLOCK, words = (n + 7) / 8 * 8;
        memset(block + n, 0, words - n);
        status = amosi_source_read(source, at, block, n, err);
        if (!status)
            *digest = digest_words(*digest, block, words);
    }
    amosi_free(block);
    return status;
}

/* ---- state ---- */

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
