/* SPDX-License-Identifier: BSD-3-Clause */
/* amos serve: how long a connection may take for a request, an answer or silence. One that sends or reads a byte now and
 * then would keep its place for ever otherwise. */
#ifndef CLI_SERVE_DEADLINES_H
#define CLI_SERVE_DEADLINES_H

struct deadlines;
struct deadline; /* of a connection */

/* NULL if memory ran out or no thread could be started. */
struct deadlines *deadlines_open(int seconds);
void deadlines_close(struct deadlines *deadlines);

/* A connection begins, goes on with something else, and ends; `fd` must stay open until then. NULL: memory ran out. A
 * connection whose time is over is shut down, so that its thread sees its end. Any thread. */
struct deadline *deadline_begin(struct deadlines *deadlines, int fd);
void deadline_renew(struct deadlines *deadlines, struct deadline *deadline);
void deadline_end(struct deadlines *deadlines, struct deadline *deadline);

#endif
