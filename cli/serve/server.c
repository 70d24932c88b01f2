/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "serve/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit/message.h"
#include "serve/deadlines.h"
#include "serve/http.h"
#include "serve/listen.h"

enum {
    MOST_CONNECTIONS = 256,
    MOST_OF_ONE_ADDRESS = 224,
    HEADER_BYTES = 32 << 10,
    BODY_BYTES = 64 << 10,
    STACK_BYTES = 1 << 20,
    BLOCK_BYTES = 64 << 10
};

struct server {
    struct service *service;
    struct http http;
    struct MHD_Daemon *daemon;
    struct deadlines *deadlines;
    char token[TOKEN_BYTES];
    char cookie[32];              /* its name, with the port: cookies of all ports are sent to each */
    char name[LISTEN_NAME_BYTES]; /* of the address */
    char url[LISTEN_NAME_BYTES + 80];
    int port;
};

/* A request on its way. */
struct asked {
    struct request request;
    bool begun, refused;
    char *body;
    size_t count;
};

/* ---- answers ---- */

static const char policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

static const char *const headers[][2] = {
    {"Content-Security-Policy", policy},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cache-Control", "no-store"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"X-Frame-Options", "DENY"},
};

static ssize_t read_answer(void *user, uint64_t at, char *out, size_t most)
{
    const struct answer *answer = user;
    size_t left = at < answer->count ? answer->count - (size_t)at : 0;
    size_t count = left < most ? left : most;
    if (count == 0)
        return MHD_CONTENT_READER_END_OF_STREAM;
    memcpy(out, answer->bytes + at, count);
    return (ssize_t)count;
}

static void release_answer(void *user)
{
    answer_free(user);
    free(user);
}

static void add_headers(const struct server *server, const struct asked *asked, const struct answer *answer,
                        struct MHD_Response *response)
{
    char cookie[128];
    const struct http *http = &server->http;
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
        (void)http->add_response_header(response, headers[i][0], headers[i][1]);
    (void)http->add_response_header(response, "Content-Type", answer->type);
    if (answer->status == 405)
        (void)http->add_response_header(response, "Allow", "GET");
    if (answer->status == 503)
        (void)http->add_response_header(response, "Retry-After", "1");
    if (answer->status == 200 && asked && asked->request.kind == REQUEST_PAGE) {
        snprintf(cookie, sizeof cookie, "%s=%s; Path=/; HttpOnly; SameSite=Strict", server->cookie, server->token);
        (void)http->add_response_header(response, "Set-Cookie", cookie);
    }
}

/* Sends an answer, which it takes over. */
static enum MHD_Result send_answer(const struct server *server, struct MHD_Connection *connection,
                                   const struct asked *asked, const struct answer *answer)
{
    struct answer *kept = malloc(sizeof *kept);
    struct answer lost = *answer;
    struct MHD_Response *response = NULL;
    if (kept) {
        *kept = *answer;
        response =
            server->http.create_response_from_callback(kept->count, BLOCK_BYTES, read_answer, kept, release_answer);
    }
    if (!response) {
        answer_free(&lost);
        free(kept);
        return MHD_NO;
    }
    add_headers(server, asked, kept, response);
    enum MHD_Result result = server->http.queue_response(connection, (unsigned)kept->status, response);
    server->http.destroy_response(response);
    return result;
}

/* ---- who may ask ---- */

static const char *header_of(const struct server *server, struct MHD_Connection *connection, const char *name)
{
    return server->http.lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static bool has_token(const struct server *server, struct MHD_Connection *connection, const struct request *request)
{
    char value[REQUEST_TOKEN_BYTES];
    const char *cookies = header_of(server, connection, "Cookie");
    bool by_cookie =
        cookies && request_cookie(cookies, server->cookie, value, sizeof value) && token_equal(server->token, value);
    return token_equal(server->token, request->token) || by_cookie;
}

static bool is_json(const char *type)
{
    static const char json[] = "application/json";
    return type && strncmp(type, json, sizeof json - 1) == 0 && strchr(" ;", type[sizeof json - 1]) != NULL;
}

/* Fills an answer for what is refused whatever it asks for. */
static bool refuse(const struct server *server, struct MHD_Connection *connection, const char *method,
                   const struct asked *asked, struct answer *out)
{
    const char *host = header_of(server, connection, "Host"), *origin = header_of(server, connection, "Origin");
    bool post = strcmp(method, "POST") == 0;
    if (!request_host_fits(host, server->name))
        answer_say(out, 403, "This server is asked as localhost, 127.0.0.1 or [::1] alone.");
    else if (origin && !request_origin_fits(origin, host))
        answer_say(out, 403, "Pages of other places may not ask this server.");
    else if (!has_token(server, connection, &asked->request))
        answer_say(out, 403, "Open the address that amos serve printed: it has the token that belongs to this server.");
    else if (post ? asked->request.kind != REQUEST_VERDICTS : strcmp(method, "GET") != 0)
        answer_say(out, 405, "Only GET is allowed here.");
    else if (post && !is_json(header_of(server, connection, "Content-Type")))
        answer_say(out, 415, "A verdict is sent as application/json.");
    else
        return false;
    return true;
}

/* ---- requests ---- */

static struct deadline *deadline_of(const struct server *server, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        server->http.get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

/* The request line was read. */
static void *begin_request(void *user, const char *target, struct MHD_Connection *connection)
{
    struct server *server = user;
    struct asked *asked = calloc(1, sizeof *asked);
    if (asked)
        request_read(target, &asked->request);
    deadline_renew(server->deadlines, deadline_of(server, connection));
    return asked;
}

static void end_request(void *user, struct MHD_Connection *connection, void **state,
                        enum MHD_RequestTerminationCode code)
{
    struct server *server = user;
    struct asked *asked = *state;
    (void)code;
    deadline_renew(server->deadlines, deadline_of(server, connection));
    if (asked)
        free(asked->body);
    free(asked);
    *state = NULL;
}

/* The bytes of a body, one piece after the other. */
static enum MHD_Result take_body(struct asked *asked, const char *data, size_t *bytes)
{
    if (!asked->body && !(asked->body = malloc(BODY_BYTES)))
        return MHD_NO;
    if (*bytes > BODY_BYTES - asked->count)
        asked->refused = true;
    else
        memcpy(asked->body + asked->count, data, *bytes);
    asked->count += asked->refused ? 0 : *bytes;
    *bytes = 0;
    return MHD_YES;
}

static bool is_too_long(const struct server *server, struct MHD_Connection *connection)
{
    const char *length = header_of(server, connection, "Content-Length");
    return length && strtoull(length, NULL, 10) > BODY_BYTES;
}

static void say_too_long(struct answer *out)
{
    answer_say(out, 413, "The verdict is too long; at most %d bytes are taken.", BODY_BYTES);
}

static enum MHD_Result handle(void *user, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *data, size_t *bytes, void **state)
{
    struct server *server = user;
    struct asked *asked = *state;
    struct answer answer;
    bool post = strcmp(method, "POST") == 0;
    (void)url;
    (void)version;
    if (!asked)
        return MHD_NO;
    if (!asked->begun) {
        asked->begun = true;
        if (refuse(server, connection, method, asked, &answer))
            return send_answer(server, connection, NULL, &answer);
        if (post && is_too_long(server, connection)) {
            say_too_long(&answer);
            return send_answer(server, connection, NULL, &answer);
        }
        return MHD_YES; /* an answer now would end the connection */
    }
    if (*bytes)
        return take_body(asked, data, bytes);
    if (asked->refused)
        say_too_long(&answer);
    else
        service_answer(server->service, &asked->request, post ? (asked->body ? asked->body : "") : NULL, asked->count,
                       &answer);
    deadline_renew(server->deadlines, deadline_of(server, connection));
    return send_answer(server, connection, asked, &answer);
}

static void note_connection(void *user, struct MHD_Connection *connection, void **context,
                            enum MHD_ConnectionNotificationCode code)
{
    struct server *server = user;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        deadline_end(server->deadlines, *context);
        *context = NULL;
        return;
    }
    const union MHD_ConnectionInfo *info =
        server->http.get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    *context = info ? deadline_begin(server->deadlines, info->connect_fd) : NULL;
}

/* ---- the server ---- */

static bool start_daemon(struct server *server, int fd, int seconds)
{
    server->daemon = server->http.start_daemon(
        MHD_USE_AUTO | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ITC, 0, NULL, NULL,
        handle, server, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned)MOST_CONNECTIONS,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)MOST_OF_ONE_ADDRESS, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)seconds, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADER_BYTES, MHD_OPTION_THREAD_STACK_SIZE,
        (size_t)STACK_BYTES, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, begin_request, server,
        MHD_OPTION_NOTIFY_COMPLETED, end_request, server, MHD_OPTION_NOTIFY_CONNECTION, note_connection, server,
        MHD_OPTION_END);
    if (!server->daemon)
        cli_error("serve: libmicrohttpd cannot start the server.");
    return server->daemon != NULL;
}

struct server *server_start(struct service *service, const struct server_options *options)
{
    struct server *server = calloc(1, sizeof *server);
    if (!server) {
        cli_error("serve: Memory ran out.");
        return NULL;
    }
    server->service = service;
    server->port = options->port;
    int fd = -1;
    bool good = http_load(&server->http) && token_make(server->token) &&
                (fd = listen_at(options->address ? options->address : "127.0.0.1", &server->port, server->name)) >= 0;
    if (good && !(server->deadlines = deadlines_open(options->seconds))) {
        cli_error("serve: The system starts no thread.");
        good = false;
    }
    if (good) {
        snprintf(server->cookie, sizeof server->cookie, "amos_%d", server->port);
        snprintf(server->url, sizeof server->url, "http://%s:%d/?token=%s", server->name, server->port, server->token);
        good = start_daemon(server, fd, options->seconds);
    }
    if (good)
        return server;
    if (fd >= 0)
        close(fd);
    server_stop(server);
    return NULL;
}

void server_stop(struct server *server)
{
    if (!server)
        return;
    if (server->daemon)
        server->http.stop_daemon(server->daemon); /* and closes its socket */
    deadlines_close(server->deadlines);
    free(server);
}

const char *server_url(const struct server *server)
{
    return server->url;
}

int server_port(const struct server *server)
{
    return server->port;
}
