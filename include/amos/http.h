/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos-http: files at an HTTP or HTTPS URL, read by range requests. A library of its own beside libamos (link
 * libamos-http and libamos), so that libamos needs no libcurl. libcurl itself is loaded when the first URL is opened.
 *
 *   amos_http_enable(NULL, &err);                            once; from then on paths can be URLs
 *   amos_volume_open("https://example.org/amos_0018.nii.gz", NULL, &volume, &err);
 *   amos_dataset_open("https://example.org/amos22.zip", NULL, &dataset, &err);
 *
 * What is read: blocks of 64 KiB, neighbours in one request, more at once the longer a read goes on (up to 4 MiB). The last
 * blocks are kept in memory. Nothing is written to the disk but the indexes of volumes, in the folder of indexes.
 *
 * The file must stay the same: each answer is compared with the ETag, or else Last-Modified, and the size that the first one
 * had; a change is AMOS_E_CHANGED, for all later reads too. Whether the server knows ranges is seen from its answer (206)
 * alone, never from Accept-Ranges; one that sends the whole file instead is AMOS_E_UNSUPPORTED.
 *
 * Answers 429 and 503, and others that pass, are tried again, after the time that Retry-After says, else after a wait that
 * doubles. Redirects are followed, five at most, never from https to http. Certificates are checked. User names and passwords
 * come from ~/.netrc alone, proxies from the variables that curl reads (https_proxy, ...).
 *
 * Any number of threads may read through one source, and a forked child may use it too. */
#ifndef AMOS_HTTP_H
#define AMOS_HTTP_H

#include <amos/volume.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How URLs are read; zeros are the defaults. Start from AMOS_HTTP_OPTIONS_INIT. */
typedef struct amos_http_options {
    size_t size;          /* sizeof(amos_http_options) */
    uint64_t cache_bytes; /* of blocks that are kept for each URL; 0: 16 MiB; at least 1 MiB */
    int connections;      /* at most, for each URL; 0: 2; at most 16 */
    int attempts;         /* of a request that brings no byte; 0: 5 */
    int wait_ms;          /* before the second attempt; each later wait is twice as long; 0: 500 */
    int longest_wait_ms;  /* of one wait; if Retry-After asks for more, the request fails; 0: 120000 */
    int connect_seconds;  /* to connect; 0: 30 */
    int stall_seconds;    /* with less than 100 bytes a second, after which a connection is given up; 0: 30 */
    const char *ca_file;  /* certificates to trust, PEM; NULL: those of $CURL_CA_BUNDLE or $SSL_CERT_FILE, else the
                             system's */
} amos_http_options;

/* The defaults; NULL means the same: amos_http_options o = AMOS_HTTP_OPTIONS_INIT; */
#define AMOS_HTTP_OPTIONS_INIT \
    { \
        sizeof(amos_http_options), 0, 0, 0, 0, 0, 0, 0, NULL \
    }

/* Opens what is at a URL as a source of bytes, for amos_volume_open_source(). Asks for its first 64 KiB. On success *out
 * belongs to the caller, who gives it to a function that takes a source, or calls out->close(out->user). Its name is valid
 * until then. `options` are copied.
 * Returns AMOS_OK; AMOS_E_ARG (no URL, one with a user name in it, or wrong options); AMOS_E_NOMEM; AMOS_E_OPEN (there is
 * nothing, with ENOENT; or no access, no such server, a certificate that is not trusted); AMOS_E_UNSUPPORTED (the server sends
 * whole files only, or libcurl is missing); AMOS_E_IO (no answer, or a wrong one). Reads can also give AMOS_E_CHANGED.
 * Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_http_open(const char *url, const amos_http_options *options,
                                                    amos_byte_source *out, amos_error *err);

/* A download: which bytes, of which state of the file, and who takes them. Start from AMOS_HTTP_TRANSFER_INIT. */
typedef struct amos_http_transfer {
    size_t size;    /* sizeof(amos_http_transfer) */
    uint64_t first; /* the first byte that is wanted */
    uint64_t count; /* how many; UINT64_MAX: all that follow */
    uint64_t bytes; /* of the whole file; UINT64_MAX: not known. Set before the first bytes are taken */
    char
        etag[200]; /* of the file, with its quotes, as the last call has set it; "": not known. If anything is known, */
    char modified[64];                                        /* the file must be the same still, else AMOS_E_CHANGED */
    uint64_t per_second;                                      /* bytes at most; 0: no limit */
    int (*take)(void *user, const void *bytes, size_t count); /* gets the next bytes; any value but 0 ends the call */
    void *user;                                               /* argument of take */
} amos_http_transfer;

/* The initial values; take must be set. */
#define AMOS_HTTP_TRANSFER_INIT \
    { \
        sizeof(amos_http_transfer), 0, UINT64_MAX, UINT64_MAX, "", "", 0, NULL, NULL \
    }

/* Downloads a part of what is at a URL, by one request if nothing goes wrong. A server without ranges will do if the first
 * byte and all others are wanted. What ends early is asked for again. `take` runs on this thread.
 * Returns the statuses of amos_http_open(); AMOS_E_CHANGED; AMOS_E_CANCEL if `take` ended it. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_http_get(const char *url, const amos_http_options *options,
                                                   amos_http_transfer *transfer, amos_error *err);

/* Lets all functions of libamos that take a path take a URL, by amos_url_opener_set(). Paths into one archive share its
 * blocks and connections. `options` are copied, and count for the rest of the process; a second call changes nothing.
 * Costs nothing until a URL is opened.
 * Returns AMOS_OK, AMOS_E_ARG or AMOS_E_NOMEM. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_http_enable(const amos_http_options *options, amos_error *err);

#ifdef __cplusplus
}
#endif

#endif
