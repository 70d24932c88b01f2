/* SPDX-License-Identifier: BSD-3-Clause */
/* `amos serve` as a process, and clients of it that behave well or badly. */
#ifndef TESTS_CLIENT_H
#define TESTS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct served {
    pid_t pid;
    int port;
    char token[64];
};

/* Starts it with these arguments after "serve" (NULL ends them) and waits for its address; a failure ends the test. Its
 * indexes go below the temporary directory. */
void served_begin(struct served *served, const char *const *arguments);

/* Sends it a signal and returns what waitpid() says. */
int served_end(struct served *served, int signal);

struct reply {
    int status;    /* 0: the connection ended without an answer */
    char *headers; /* with the status line */
    char *body;    /* a NUL follows */
    size_t count;
};

/* A connection to the port; -1 if nobody listens there. */
int client_try(const struct served *served);

/* The same; a failure ends the test. */
int client_open(const struct served *served);

/* Sends bytes; false if the other side has gone. */
bool client_send(int fd, const char *bytes, size_t count);

/* Reads one answer, and leaves the connection open. */
struct reply client_read(int fd);
void reply_free(struct reply *reply);

/* Sends a GET with the cookie on an open connection, and reads the answer. */
struct reply client_get(const struct served *served, int fd, const char *target);

/* The same with a connection of its own. */
struct reply ask(const struct served *served, const char *target);

/* The same with other headers: "Host: x\r\nCookie: y\r\n"; what it sends instead of "GET" is `method`. */
struct reply ask_with(const struct served *served, const char *method, const char *target, const char *headers,
                      const char *body);

/* Posts a verdict as the viewer does. */
struct reply post_verdict(const struct served *served, const char *body);

#endif
