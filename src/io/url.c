/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/url.h"

#include <amos/url.h>

#include <stdatomic.h>
#include <string.h>

#include "base/error/fail.h"
#include "base/error/options.h"
#include "base/text/url.h"

/* The one thing that a program can change for all of the library: see the rules of the public interface. */
static _Atomic(const amos_url_opener *) opener_now;

amos_status amos_url_opener_set(const amos_url_opener *opener, amos_error *err)
{
    amos_url_opener own = AMOS_URL_OPENER_INIT;
    amos_status status = opener ? amosi_options_copy(&own, sizeof own, opener, "amos_url_opener", err) : AMOS_OK;
    if (!status && opener && !own.open)
        status = amosi_fail(err, AMOS_E_ARG, NULL, "An amos_url_opener needs a function that opens.");
    if (!status)
        atomic_store(&opener_now, opener);
    return status;
}

static amos_status open_url(struct amosi_source *source, const char *url, amos_error *err)
{
    const amos_url_opener *opener = atomic_load(&opener_now);
    amos_byte_source opened = AMOS_BYTE_SOURCE_INIT;
    amos_error failure = {0};
    memset(source, 0, sizeof *source);
    if (!opener)
        return amosi_fail(err, AMOS_E_UNSUPPORTED, url,
                          "this program opens no URLs; download the file and give its path.");
    amos_status status = opener->open(opener->user, url, &opened, &failure);
    if (status) {
        if (err)
            *err = failure;
        return status;
    }
    if (!opened.name)
        opened.name = url;
    return amosi_source_open_caller(source, &opened, err);
}

amos_status amosi_source_open_path(struct amosi_source *source, const char *path, amos_error *err)
{
    return amosi_is_url(path) ? open_url(source, path, err) : amosi_source_open_file(source, path, err);
}
