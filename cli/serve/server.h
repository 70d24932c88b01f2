/* SPDX-License-Identifier: BSD-3-Clause */
/* amos serve: HTTP. Who may ask, how much and for how long; what is answered is service.h's. */
#ifndef CLI_SERVE_SERVER_H
#define CLI_SERVE_SERVER_H

#include <stdbool.h>

#include "serve/service.h"
#include "serve/token.h"

struct server_options {
    const char *address; /* numeric; NULL: 127.0.0.1 */
    int port;            /* 0: a free one */
    int seconds;         /* that a request, its answer, or silence may take */
};

struct server;

/* Listens and answers in threads of its own, until server_stop(). NULL after a failure, which is reported. */
struct server *server_start(struct service *service, const struct server_options *options);

/* Ends all connections. NULL is allowed. */
void server_stop(struct server *server);

/* "http://127.0.0.1:40123/?token=..."; valid until the server is stopped. */
const char *server_url(const struct server *server);
int server_port(const struct server *server);

#endif
