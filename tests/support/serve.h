/* SPDX-License-Identifier: BSD-3-Clause */
/* The server of tests/http/server.py on loopback, which serves the directory of the tests. Nothing else is reached. */
#ifndef TESTS_SERVE_H
#define TESTS_SERVE_H

#include <check.h>
#include <cjson/cJSON.h>

/* Calls `add(suite)`, or says what is skipped if the build has no libcurl; then `add` need not exist. */
#ifdef AMOS_HAVE_CURL
#define serve_add(add, suite) add(suite)
#else
#define serve_add(add, suite) serve_skip()
#endif
void serve_skip(void);

/* Starts and ends it: an unchecked fixture of a test case. */
void serve_begin(void);
void serve_end(void);

/* "http://127.0.0.1:PORT/MODE/NAME", or https; from malloc(). */
char *serve_url(const char *mode, const char *name);
char *serve_secure_url(const char *mode, const char *name);

/* The same https server under another name, which only a proxy can reach. */
char *serve_secure_url_of(const char *host, const char *mode, const char *name);

/* "http://127.0.0.1:PORT", a proxy; `login` is "" or "user:secret@". */
char *serve_proxy(const char *login);

/* The certificate of the https server, which it made itself; below the directory of the tests. */
char *serve_certificate(void);

/* What was asked for since the last call: {"requests", "bytes", "ranges", "most", "proxied"}. */
cJSON *serve_count(void);
int serve_requests(void); /* the same, its requests alone */

#endif
