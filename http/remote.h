/* SPDX-License-Identifier: BSD-3-Clause */
/* A file at a URL that is open: its blocks, its connections, its state. */
#ifndef AMOSI_HTTP_REMOTE_H
#define AMOSI_HTTP_REMOTE_H

#include <stdbool.h>

#include <amos/http.h>

struct amosi_http_remote;

/* AMOS_E_ARG for what is no URL, and for one with a user name in it. */
amos_status amosi_http_check_url(const char *url, amos_error *err);

/* Opens a URL. If `shared`, what was opened so, and is still open, is used again. `options` have all fields set, and live as
 * long as the remote if shared, else they are copied. */
amos_status amosi_http_remote_open(const char *url, const amos_http_options *options, bool shared,
                                   amos_byte_source *out, amos_error *err);

#endif
