/* SPDX-License-Identifier: BSD-3-Clause */
/* The server of tests/http/server.py on loopback, which serves the directory of the tests. Nothing else is reached. */
#ifndef TESTS_SERVE_H
#define TESTS_SERVE_H

#include <cjson/cJSON.h>

/* Starts and ends it: an unchecked fixture of a test case. */
void serve_begin(void);
void serve_end(void);

/* "http://127.0.0.1:PORT/MODE/NAME", or https; from malloc(). */
char *serve_url(const char *mode, const char *name);
char *serve_secure_url(const char *mode, const char *name);

/* The certificate of the https server, which it made itself; below the directory of the tests. */
char *serve_certificate(void);

/* What was asked for since the last call: {"requests", "bytes", "ranges", "most"}. */
cJSON *serve_count(void);
int serve_requests(void); /* the same, its requests alone */

#endif
