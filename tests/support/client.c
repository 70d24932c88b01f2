/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "support/client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/bytes.h"
#include "support/command.h"
#include "support/main.h"
#include "support/tmp.h"

enum { WORDS = 32, LINE = 4096, HEADERS = 16384 };

/* ---- the server ---- */

static void become_server(const char *const *arguments, int out)
{
    const char *words[WORDS] = {"amos", "serve", "--json"};
    char *cache = tmp_path("cache");
    int count = 3;
    for (; *arguments && count < WORDS - 1; arguments++)
        words[count++] = *arguments;
    signal(SIGINT, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    dup2(out, STDOUT_FILENO);
    setenv("XDG_CACHE_HOME", cache, 1);
    free(cache);
    execv(command_path(), (char **)(void *)words);
    _exit(127);
}

void served_begin(struct served *served, const char *const *arguments)
{
    char line[LINE];
    int streams[2];
    *served = (struct served){0};
    ck_assert_int_eq(pipe(streams), 0);
    served->pid = fork();
    ck_assert_int_ge(served->pid, 0);
    if (served->pid == 0) {
        close(streams[0]);
        become_server(arguments, streams[1]);
    }
    close(streams[1]);
    FILE *out = fdopen(streams[0], "r");
    ck_assert_msg(out && fgets(line, sizeof line, out), "amos serve printed no address");
    fclose(out);
    const char *port = strstr(line, "\"port\":"), *token = strstr(line, "token=");
    ck_assert_msg(port && token, "%s", line);
    served->port = atoi(port + 7);
    size_t length = strcspn(token + 6, "\"");
    ck_assert_uint_lt(length, sizeof served->token);
    memcpy(served->token, token + 6, length);
}

int served_end(struct served *served, int signal)
{
    int status;
    kill(served->pid, signal);
    ck_assert_int_eq(waitpid(served->pid, &status, 0), served->pid);
    served->pid = 0;
    return status;
}

/* ---- connections ---- */

int client_try(const struct served *served)
{
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons((uint16_t)served->port)};
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(fd, 0);
    if (connect(fd, (struct sockaddr *)&place, sizeof place) == 0)
        return fd;
    close(fd);
    return -1;
}

int client_open(const struct served *served)
{
    int fd = client_try(served);
    ck_assert_msg(fd >= 0, "port %d: %s", served->port, strerror(errno));
    return fd;
}

bool client_send(int fd, const char *bytes, size_t count)
{
    while (count) {
        ssize_t sent = send(fd, bytes, count, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes += sent;
        count -= (size_t)sent;
    }
    return true;
}

/* Up to the blank line; false if the connection ends before. */
static bool read_headers(int fd, char headers[HEADERS])
{
    for (size_t used = 0; used < HEADERS - 1;) {
        if (recv(fd, headers + used, 1, 0) != 1)
            return false;
        headers[++used] = '\0';
        if (used >= 4 && strcmp(headers + used - 4, "\r\n\r\n") == 0)
            return true;
    }
    return false;
}

static const char *find_header(const char *headers, const char *name)
{
    for (const char *line = headers; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        if (strncasecmp(line, name, strlen(name)) == 0)
            return line + strlen(name);
    return NULL;
}

struct reply client_read(int fd)
{
    char headers[HEADERS] = "";
    struct reply reply = {0, NULL, NULL, 0};
    if (!read_headers(fd, headers))
        return reply;
    const char *length = find_header(headers, "Content-Length:");
    ck_assert_msg(length != NULL, "%s", headers);
    reply.count = strtoul(length, NULL, 10);
    reply.headers = strdup(headers);
    reply.body = must_alloc(reply.count + 1);
    for (size_t used = 0; used < reply.count;) {
        ssize_t got = recv(fd, reply.body + used, reply.count - used, 0);
        if (got <= 0) {
            reply_free(&reply);
            return reply;
        }
        used += (size_t)got;
    }
    reply.body[reply.count] = '\0';
    reply.status = atoi(headers + strlen("HTTP/1.1 "));
    return reply;
}

void reply_free(struct reply *reply)
{
    free(reply->headers);
    free(reply->body);
    *reply = (struct reply){0, NULL, NULL, 0};
}

struct reply client_get(const struct served *served, int fd, const char *target)
{
    char text[LINE];
    int count = snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nCookie: amos_%d=%s\r\n\r\n",
                         target, served->port, served->port, served->token);
    if (!client_send(fd, text, (size_t)count))
        return (struct reply){0, NULL, NULL, 0};
    return client_read(fd);
}

struct reply ask(const struct served *served, const char *target)
{
    int fd = client_open(served);
    struct reply reply = client_get(served, fd, target);
    close(fd);
    return reply;
}

struct reply ask_with(const struct served *served, const char *method, const char *target, const char *headers,
                      const char *body)
{
    char text[2 * LINE];
    int fd = client_open(served);
    int count = snprintf(text, sizeof text, "%s %s HTTP/1.1\r\n%s\r\n", method, target, headers);
    struct reply reply = {0, NULL, NULL, 0};
    if (client_send(fd, text, (size_t)count)) {
        (void)client_send(fd, body, strlen(body));
        reply = client_read(fd);
    }
    close(fd);
    return reply;
}

struct reply post_verdict(const struct served *served, const char *body)
{
    char headers[LINE];
    snprintf(headers, sizeof headers,
             "Host: localhost:%d\r\nOrigin: http://localhost:%d\r\nCookie: a=b; amos_%d=%s\r\n"
             "Content-Type: application/json\r\nContent-Length: %zu\r\n",
             served->port, served->port, served->port, served->token, strlen(body));
    return ask_with(served, "POST", "/verdicts", headers, body);
}
