/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: paths that are URLs.
 *
 * libamos itself opens no connections. A program can give it a function that opens URLs; from then on every function that
 * opens a volume, a label or a data set takes a path that begins with http:// or https://. amos_http_enable() of
 * <amos/http.h>, a library of its own (libamos-http), sets such a function; `amos` and the Python package call it.
 *
 * A data set at a URL is a ZIP archive there, and a path goes on into an archive as into a folder:
 *   https://example.org/amos22.zip/amos22/imagesTr/amos_0018.nii.gz
 * The archive ends at the first part of the URL whose name ends in ".zip", or with the query after it. */
#ifndef AMOS_URL_H
#define AMOS_URL_H

#include <amos/volume.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A function that opens URLs. Start from AMOS_URL_OPENER_INIT. */
typedef struct amos_url_opener {
    size_t size; /* sizeof(amos_url_opener) */
    /* Opens a URL. On success fills *out, whose `close` then ends it; its name may be NULL, which stands for the URL. On
     * failure returns the status, and fills *err (never NULL) with one sentence; AMOS_E_OPEN with ENOENT: there is nothing
     * at that URL. Any thread. */
    amos_status (*open)(void *user, const char *url, amos_byte_source *out, amos_error *err);
    void *user; /* argument of open */
} amos_url_opener;

/* The initial value; open must be set: amos_url_opener opener = AMOS_URL_OPENER_INIT; */
#define AMOS_URL_OPENER_INIT \
    { \
        sizeof(amos_url_opener), NULL, NULL \
    }

/* Sets the function that opens URLs, for all of this process. The struct is borrowed: it must stay as it is until another
 * is set and all that it opened is closed. NULL: URLs are refused again, as at first.
 * Returns AMOS_OK or AMOS_E_ARG (no function, or a size that is impossible). Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_url_opener_set(const amos_url_opener *opener, amos_error *err);

#ifdef __cplusplus
}
#endif

#endif
