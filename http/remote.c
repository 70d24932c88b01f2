/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "http/remote.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "http/blocks.h"
#include "http/fail.h"
#include "http/request.h"

#define MOST_CONNECTIONS 16
#define STREAMS 4 /* places at which reads go on, that are remembered */

/* Where a read ended, and how much was asked for then. */
struct stream {
    uint64_t next; /* number of the block that follows */
    size_t asked;
    uint64_t used;
};

struct amosi_http_remote {
    char *url;
    const struct amosi_curl *curl;
    amos_http_options options;
    char *ca_file; /* copied; options.ca_file */
    bool shared;
    struct amosi_http_state state;  /* constant once it is open */
    struct amosi_http_remote *next; /* of all remotes; guarded by `remotes.lock`, as `users` */
    int users;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t news;  /* a block is there, or a connection is free */
    struct amosi_http_blocks blocks;
    struct stream streams[STREAMS];
    uint64_t clock; /* of streams */
    char *place;    /* where redirects have led to */
    CURL *idle[MOST_CONNECTIONS];
    int idles, active;
    amos_error failure; /* the last */
    bool changed;       /* for good */
};

static struct {
    pthread_mutex_t lock;
    pthread_once_t once;
    struct amosi_http_remote *first;
} remotes = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_ONCE_INIT, NULL};

/* ---- forks ---- */

static void before_fork(void)
{
    pthread_mutex_lock(&remotes.lock);
    for (struct amosi_http_remote *r = remotes.first; r; r = r->next)
        pthread_mutex_lock(&r->lock);
}

static void after_fork(void)
{
    for (struct amosi_http_remote *r = remotes.first; r; r = r->next)
        pthread_mutex_unlock(&r->lock);
    pthread_mutex_unlock(&remotes.lock);
}

/* The connections are the parent's: not even to be closed. Blocks that the parent's threads were filling are given up. */
static void forget_threads(struct amosi_http_remote *r)
{
    r->idles = r->active = 0;
    for (size_t i = 0; i < r->blocks.count; i++)
        if (r->blocks.all[i].loading)
            amosi_http_blocks_drop(&r->blocks.all[i]);
    pthread_cond_init(&r->news, NULL);
}

static void in_child(void)
{
    for (struct amosi_http_remote *r = remotes.first; r; r = r->next)
        forget_threads(r);
    after_fork();
}

static void watch_forks(void)
{
    pthread_atfork(before_fork, after_fork, in_child);
}

/* ---- connections ---- */

static CURL *begin_transfer(struct amosi_http_remote *r)
{
    while (r->active >= r->options.connections)
        pthread_cond_wait(&r->news, &r->lock);
    r->active++;
    return r->idles ? r->idle[--r->idles] : r->curl->easy_init();
}

static void end_transfer(struct amosi_http_remote *r, CURL *easy, bool reuse)
{
    r->active--;
    if (easy && reuse)
        r->idle[r->idles++] = easy;
    else if (easy)
        r->curl->easy_cleanup(easy);
    pthread_cond_broadcast(&r->news);
}

static char *copy_text(const char *text)
{
    char *copy = text ? malloc(strlen(text) + 1) : NULL;
    return copy ? strcpy(copy, text) : NULL;
}

/* Performs a request without the lock, which the caller holds before and after. */
static amos_status perform(struct amosi_http_remote *r, struct amosi_http_request *request, amos_error *err)
{
    CURL *easy = begin_transfer(r);
    request->curl = r->curl;
    request->easy = easy;
    request->options = &r->options;
    request->url = r->url;
    request->place = copy_text(r->place);
    request->state = r->state;
    pthread_mutex_unlock(&r->lock);
    amos_status status = easy ? amosi_http_request(request, err) : amosi_http_nomem(err, r->url);
    pthread_mutex_lock(&r->lock);
    end_transfer(r, easy, !status);
    free(r->place);
    r->place = request->place;
    return status;
}

/* ---- loading blocks ---- */

/* Blocks that a request fills, one after the other. */
struct filling {
    struct amosi_http_block *blocks[AMOSI_HTTP_MOST];
    size_t count;
    uint64_t done; /* bytes */
};

static bool fill(void *user, const char *bytes, size_t n)
{
    struct filling *f = user;
    while (n) {
        size_t at = (size_t)(f->done % AMOSI_HTTP_BLOCK), room = AMOSI_HTTP_BLOCK - at, part = n < room ? n : room;
        memcpy(f->blocks[f->done / AMOSI_HTTP_BLOCK]->bytes + at, bytes, part);
        f->done += part;
        bytes += part;
        n -= part;
    }
    return true;
}

static uint64_t block_bytes(const struct amosi_http_remote *r, uint64_t number)
{
    uint64_t left = r->state.size - number * AMOSI_HTTP_BLOCK;
    return left < AMOSI_HTTP_BLOCK ? left : AMOSI_HTTP_BLOCK;
}

/* How many blocks to ask for, from one that is missing: those that are wanted; and where a read goes on, twice as many as
 * last time. */
static size_t plan(struct amosi_http_remote *r, uint64_t number, uint64_t wanted)
{
    struct stream *stream = &r->streams[0];
    for (size_t i = 0; i < STREAMS; i++) {
        if (r->streams[i].next == number && r->streams[i].asked) {
            stream = &r->streams[i];
            break;
        }
        if (r->streams[i].used < stream->used)
            stream = &r->streams[i];
    }
    bool goes_on = stream->next == number && stream->asked;
    uint64_t count = goes_on && 2 * stream->asked > wanted ? 2 * stream->asked : wanted;
    uint64_t end = (r->state.size + AMOSI_HTTP_BLOCK - 1) / AMOSI_HTTP_BLOCK, most = r->blocks.count / 4;
    most = most < AMOSI_HTTP_MOST ? most : AMOSI_HTTP_MOST;
    count = count < most ? count : most;
    count = count < end - number ? count : end - number;
    *stream = (struct stream){number + count, (size_t)count, ++r->clock};
    return (size_t)count;
}

/* Takes blocks for a request, up to one that is there already. */
static void reserve(struct amosi_http_remote *r, uint64_t number, size_t count, struct filling *f)
{
    while (f->count < count && (f->count == 0 || !amosi_http_blocks_find(&r->blocks, number + f->count))) {
        struct amosi_http_block *block = amosi_http_blocks_take(&r->blocks, number + f->count);
        if (!block)
            break;
        f->blocks[f->count++] = block;
    }
}

static bool any_loading(const struct amosi_http_blocks *blocks)
{
    for (size_t i = 0; i < blocks->count; i++)
        if (blocks->all[i].loading)
            return true;
    return false;
}

/* Loads the block of that number, with those that come after it. */
static amos_status load(struct amosi_http_remote *r, uint64_t number, uint64_t wanted)
{
    struct filling f = {.count = 0};
    reserve(r, number, plan(r, number, wanted), &f);
    if (f.count == 0 && any_loading(&r->blocks)) {
        pthread_cond_wait(&r->news, &r->lock);
        return AMOS_OK;
    }
    if (f.count == 0)
        return amosi_http_nomem(&r->failure, r->url);
    uint64_t last = number + f.count - 1;
    struct amosi_http_request request = {.first = number * AMOSI_HTTP_BLOCK, .known = true, .sink = fill, .user = &f};
    request.count = (last - number) * AMOSI_HTTP_BLOCK + block_bytes(r, last);
    amos_error failure;
    amos_status status = perform(r, &request, &failure);
    for (size_t i = 0; i < f.count; i++) {
        f.blocks[i]->loading = false;
        if (status && f.done < (i + 1) * AMOSI_HTTP_BLOCK)
            amosi_http_blocks_drop(f.blocks[i]);
    }
    if (status)
        r->failure = failure;
    r->changed = r->changed || status == AMOS_E_CHANGED;
    pthread_cond_broadcast(&r->news);
    return status;
}

/* ---- reading ---- */

static int64_t read_at(void *user, uint64_t offset, void *buffer, size_t bytes)
{
    struct amosi_http_remote *r = user;
    size_t done = 0;
    amos_status status = AMOS_OK;
    if (offset >= r->state.size)
        return 0;
    if (bytes > r->state.size - offset)
        bytes = (size_t)(r->state.size - offset);
    pthread_mutex_lock(&r->lock);
    while (done < bytes && !status && !r->changed) {
        uint64_t at = offset + done, number = at / AMOSI_HTTP_BLOCK;
        struct amosi_http_block *block = amosi_http_blocks_find(&r->blocks, number);
        if (!block) {
            status = load(r, number, (offset + bytes - 1) / AMOSI_HTTP_BLOCK - number + 1);
        } else if (block->loading) {
            pthread_cond_wait(&r->news, &r->lock);
        } else {
            size_t from = (size_t)(at % AMOSI_HTTP_BLOCK), room = AMOSI_HTTP_BLOCK - from, left = bytes - done;
            size_t part = left < room ? left : room;
            memcpy((char *)buffer + done, block->bytes + from, part);
            done += part;
        }
    }
    pthread_mutex_unlock(&r->lock);
    return done < bytes ? -EIO : (int64_t)bytes;
}

static amos_status explain(void *user, amos_error *err)
{
    struct amosi_http_remote *r = user;
    pthread_mutex_lock(&r->lock);
    *err = r->failure;
    pthread_mutex_unlock(&r->lock);
    return err->status;
}

/* ---- opening and closing ---- */

static void free_remote(struct amosi_http_remote *r)
{
    if (!r)
        return;
    while (r->idles)
        r->curl->easy_cleanup(r->idle[--r->idles]);
    amosi_http_blocks_free(&r->blocks);
    pthread_cond_destroy(&r->news);
    pthread_mutex_destroy(&r->lock);
    free(r->place);
    free(r->ca_file);
    free(r->url);
    free(r);
}

static void close_remote(void *user)
{
    struct amosi_http_remote *r = user, **link = &remotes.first;
    pthread_mutex_lock(&remotes.lock);
    bool last = --r->users == 0;
    while (last && *link != r)
        link = &(*link)->next;
    if (last)
        *link = r->next;
    pthread_mutex_unlock(&remotes.lock);
    if (last)
        free_remote(r);
}

static struct amosi_http_remote *make_remote(const char *url, const struct amosi_curl *curl,
                                             const amos_http_options *options, bool shared)
{
    struct amosi_http_remote *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->news, NULL);
    r->curl = curl;
    r->options = *options;
    r->options.ca_file = r->ca_file = copy_text(options->ca_file);
    r->shared = shared;
    r->users = 1;
    r->url = copy_text(url);
    if (amosi_http_blocks_make(&r->blocks, options->cache_bytes) && r->url && (r->ca_file || !options->ca_file))
        return r;
    free_remote(r);
    return NULL;
}

/* Asks for the first block, and for the state of the file. The remote is still the caller's alone. */
static amos_status look(struct amosi_http_remote *r, amos_error *err)
{
    struct filling f = {.blocks = {amosi_http_blocks_take(&r->blocks, 0)}, .count = 1};
    struct amosi_http_request request = {.count = AMOSI_HTTP_BLOCK, .sink = fill, .user = &f};
    if (!f.blocks[0])
        return amosi_http_nomem(err, r->url);
    pthread_mutex_lock(&r->lock);
    amos_status status = perform(r, &request, err);
    r->state = request.state;
    f.blocks[0]->loading = false;
    pthread_mutex_unlock(&r->lock);
    r->streams[0] = (struct stream){1, 1, ++r->clock};
    return status;
}

/* Names in URLs would be printed and stored with them. */
static bool has_user(const char *url)
{
    const char *host = strstr(url, "://");
    const char *at = host ? strchr(host + 3, '@') : NULL;
    return at && at < host + 3 + strcspn(host + 3, "/?#");
}

amos_status amosi_http_check_url(const char *url, amos_error *err)
{
    const char *host = strstr(url, "://");
    if (!host || !host[3] || strchr("/?#", host[3]))
        return amosi_http_fail(err, AMOS_E_ARG, 0, NULL, "\"%.500s\" is no URL; one begins with https://HOST/.", url);
    if (has_user(url))
        return amosi_http_fail(err, AMOS_E_ARG, 0, NULL,
                               "The URL has a user name in it, which would be shown in messages; put the name and the "
                               "password into ~/.netrc, and leave them out of the URL.");
    return AMOS_OK;
}

/* One that is open, or NULL. */
static struct amosi_http_remote *find_shared(const char *url)
{
    struct amosi_http_remote *r;
    pthread_mutex_lock(&remotes.lock);
    for (r = remotes.first; r; r = r->next) {
        pthread_mutex_lock(&r->lock);
        bool same = r->shared && !r->changed && strcmp(r->url, url) == 0;
        pthread_mutex_unlock(&r->lock);
        if (same)
            break;
    }
    if (r)
        r->users++;
    pthread_mutex_unlock(&remotes.lock);
    return r;
}

static void add_remote(struct amosi_http_remote *r)
{
    pthread_mutex_lock(&remotes.lock);
    r->next = remotes.first;
    remotes.first = r;
    pthread_mutex_unlock(&remotes.lock);
}

static amos_status open_new(const char *url, const amos_http_options *options, bool shared,
                            struct amosi_http_remote **out, amos_error *err)
{
    const struct amosi_curl *curl;
    amos_status status = amosi_http_load_curl(&curl, url, err);
    if (status)
        return status;
    pthread_once(&remotes.once, watch_forks);
    struct amosi_http_remote *r = make_remote(url, curl, options, shared);
    status = r ? look(r, err) : amosi_http_nomem(err, url);
    if (status) {
        free_remote(r);
        return status;
    }
    add_remote(r);
    *out = r;
    return AMOS_OK;
}

amos_status amosi_http_remote_open(const char *url, const amos_http_options *options, bool shared,
                                   amos_byte_source *out, amos_error *err)
{
    amos_status status = amosi_http_check_url(url, err);
    struct amosi_http_remote *r = !status && shared ? find_shared(url) : NULL;
    if (!status && !r)
        status = open_new(url, options, shared, &r, err);
    if (status)
        return status;
    *out = (amos_byte_source)AMOS_BYTE_SOURCE_INIT;
    out->name = r->url;
    out->bytes = r->state.size;
    out->read_at = read_at;
    out->close = close_remote;
    out->user = r;
    out->flags = AMOS_SOURCE_KEEP;
    out->explain = explain;
    return AMOS_OK;
}
