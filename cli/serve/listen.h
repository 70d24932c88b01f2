/* SPDX-License-Identifier: BSD-3-Clause */
/* amos serve: the socket that listens. */
#ifndef CLI_SERVE_LISTEN_H
#define CLI_SERVE_LISTEN_H

#define LISTEN_NAME_BYTES 64

/* Listens at a numeric address and a port, 0 for a free one; *port is then that. `name` becomes the address as it stands in
 * a URL, "127.0.0.1" or "[::1]". Returns the socket, or -1 after a failure, which is reported. */
int listen_at(const char *address, int *port, char name[LISTEN_NAME_BYTES]);

#endif
