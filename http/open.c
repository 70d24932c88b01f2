/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include <amos/http.h>
#include <amos/url.h>

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "http/fail.h"
#include "http/remote.h"
#include "http/request.h"

static bool take_number(int *value, int otherwise, int most)
{
    bool good = *value >= 0 && *value <= most;
    if (*value == 0)
        *value = otherwise;
    return good;
}

/* Copies the caller's options and replaces zeros by the defaults. */
static amos_status take_options(amos_http_options *to, const amos_http_options *from, amos_error *err)
{
    const amos_http_options none = AMOS_HTTP_OPTIONS_INIT;
    *to = none;
    if (from && (from->size < sizeof from->size || from->size > 65536))
        return amosi_http_fail(err, AMOS_E_ARG, 0, NULL,
                               "amos_http_options.size is %zu; start from AMOS_HTTP_OPTIONS_INIT.", from->size);
    if (from)
        memcpy(to, from, from->size < sizeof *to ? from->size : sizeof *to);
    if (to->cache_bytes == 0)
        to->cache_bytes = (uint64_t)16 << 20;
    bool good = to->cache_bytes >= (uint64_t)1 << 20 && to->cache_bytes <= (uint64_t)1 << 30;
    good = take_number(&to->connections, 2, 16) && good;
    good = take_number(&to->attempts, 5, 100) && good;
    good = take_number(&to->wait_ms, 500, 3600000) && good;
    good = take_number(&to->longest_wait_ms, 120000, 86400000) && good;
    good = take_number(&to->connect_seconds, 30, 3600) && good;
    good = take_number(&to->stall_seconds, 30, 3600) && good;
    return good ? AMOS_OK
                : amosi_http_fail(err, AMOS_E_ARG, 0, NULL, "A number in amos_http_options is out of its range.");
}

amos_status amos_http_open(const char *url, const amos_http_options *options, amos_byte_source *out, amos_error *err)
{
    amos_http_options own;
    if (!url || !out)
        return amosi_http_fail(err, AMOS_E_ARG, 0, NULL, "amos_http_open needs a URL and a place for the source.");
    amos_status status = take_options(&own, options, err);
    return status ? status : amosi_http_remote_open(url, &own, false, out, err);
}

/* ---- downloads ---- */

struct taker {
    amos_http_transfer *transfer;
    const struct amosi_http_request *request;
};

/* What is known of the file is there before its bytes. */
static void tell_state(const struct taker *taker)
{
    const struct amosi_http_state *state = &taker->request->state;
    memcpy(taker->transfer->etag, state->etag, sizeof state->etag);
    memcpy(taker->transfer->modified, state->modified, sizeof state->modified);
    taker->transfer->bytes = state->size;
}

static bool take_bytes(void *user, const char *bytes, size_t n)
{
    const struct taker *taker = user;
    tell_state(taker);
    return taker->transfer->take(taker->transfer->user, bytes, n) == 0;
}

static amos_status get(struct amosi_http_request *request, amos_http_transfer *t, amos_error *err)
{
    memcpy(request->state.etag, t->etag, sizeof t->etag);
    memcpy(request->state.modified, t->modified, sizeof t->modified);
    request->state.size = t->bytes;
    request->known = t->bytes != UINT64_MAX || t->etag[0] || t->modified[0];
    if (t->bytes != UINT64_MAX && t->first > t->bytes)
        return amosi_http_fail(err, AMOS_E_ARG, 0, request->url, "byte %llu lies beyond the end of the file.",
                               (unsigned long long)t->first);
    uint64_t rest = t->bytes - t->first; /* of an unknown size: all numbers */
    request->count = t->count < rest ? t->count : rest;
    request->whole = t->first == 0 && request->count == rest;
    return amosi_http_request(request, err);
}

amos_status amos_http_get(const char *url, const amos_http_options *options, amos_http_transfer *transfer,
                          amos_error *err)
{
    amos_http_options own;
    if (!url || !transfer || transfer->size != sizeof *transfer || !transfer->take)
        return amosi_http_fail(
            err, AMOS_E_ARG, 0, NULL,
            "amos_http_get needs a URL, and a transfer that began as AMOS_HTTP_TRANSFER_INIT and has a "
            "function that takes the bytes.");
    amos_status status = take_options(&own, options, err);
    if (!status)
        status = amosi_http_check_url(url, err);
    struct taker taker = {.transfer = transfer};
    struct amosi_http_request request = {.options = &own, .url = url, .first = transfer->first, .user = &taker};
    taker.request = &request;
    request.sink = take_bytes;
    request.per_second = transfer->per_second;
    if (!status)
        status = amosi_http_load_curl(&request.curl, url, err);
    if (status)
        return status;
    request.easy = request.curl->easy_init();
    if (!request.easy)
        return amosi_http_nomem(err, url);
    status = get(&request, transfer, err);
    request.curl->easy_cleanup(request.easy);
    free(request.place);
    return status;
}

/* ---- for paths ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool enabled;
static amos_http_options enabled_options;

static amos_status open_path(void *user, const char *url, amos_byte_source *out, amos_error *err)
{
    return amosi_http_remote_open(url, user, true, out, err);
}

static const amos_url_opener opener = {sizeof opener, open_path, &enabled_options};

static amos_status enable(const amos_http_options *options, amos_error *err)
{
    amos_status status = take_options(&enabled_options, options, err);
    char *file = NULL;
    if (!status && enabled_options.ca_file) {
        file = malloc(strlen(enabled_options.ca_file) + 1);
        if (!file)
            return amosi_http_nomem(err, NULL);
        enabled_options.ca_file = strcpy(file, enabled_options.ca_file);
    }
    if (!status)
        status = amos_url_opener_set(&opener, err);
    enabled = !status;
    if (status)
        free(file);
    return status;
}

amos_status amos_http_enable(const amos_http_options *options, amos_error *err)
{
    pthread_mutex_lock(&lock);
    amos_status status = enabled ? AMOS_OK : enable(options, err);
    pthread_mutex_unlock(&lock);
    return status;
}
