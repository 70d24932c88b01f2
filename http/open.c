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
