/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "support/serve.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/main.h"
#include "support/tmp.h"

void serve_skip(void)
{
    printf("Skipped: what needs libcurl, as this build has none\n");
}

static pid_t server;
static int keep_alive = -1; /* the server ends when this is closed */
static int port, secure_port, proxy_port;

static pid_t run(const char *const *words, int in, int out)
{
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        dup2(in, 0);
        dup2(out, 1);
        execvp(words[0], (char *const *)words);
        _exit(127);
    }
    return child;
}

static void make_certificate(const char *certificate, const char *key)
{
    const char *const words[] = {"openssl",
                                 "req",
                                 "-x509",
                                 "-newkey",
                                 "ec",
                                 "-pkeyopt",
                                 "ec_paramgen_curve:prime256v1",
                                 "-nodes",
                                 "-days",
                                 "2",
                                 "-subj",
                                 "/CN=127.0.0.1",
                                 "-addext",
                                 "subjectAltName=IP:127.0.0.1,DNS:guarded.invalid",
                                 "-keyout",
                                 key,
                                 "-out",
                                 certificate,
                                 NULL};
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC), state;
    pid_t child = fork();
    if (child == 0) {
        dup2(nothing, 2);
        execvp(words[0], (char *const *)words);
        _exit(127);
    }
    ck_assert_int_eq(waitpid(child, &state, 0), child);
    ck_assert_msg(state == 0, "openssl could not make a certificate");
    close(nothing);
}

char *serve_certificate(void)
{
    return tmp_path("server.pem");
}

void serve_begin(void)
{
    char *certificate = serve_certificate(), *key = tmp_path("server.key"), line[64] = "";
    make_certificate(certificate, key);
    int in[2], out[2];
    ck_assert_int_eq(pipe(in) | pipe(out), 0);
    fcntl(in[1], F_SETFD, FD_CLOEXEC);
    fcntl(out[0], F_SETFD, FD_CLOEXEC);
    const char *const words[] = {"python3", "tests/http/server.py", tmp_dir(), certificate, key, NULL};
    server = run(words, in[0], out[1]);
    close(in[0]);
    close(out[1]);
    keep_alive = in[1];
    FILE *said = fdopen(out[0], "r");
    ck_assert_msg(fgets(line, sizeof line, said) && sscanf(line, "%d %d %d", &port, &secure_port, &proxy_port) == 3,
                  "the server did not start: %s", line);
    fclose(said);
    free(key);
    free(certificate);
    (void)!setenv("no_proxy", "127.0.0.1", 1);
}

void serve_end(void)
{
    int state;
    close(keep_alive);
    kill(server, SIGTERM);
    waitpid(server, &state, 0);
}

static char *make_url(const char *scheme, const char *host, int to, const char *mode, const char *name)
{
    size_t bytes = strlen(host) + strlen(mode) + strlen(name) + 64;
    char *url = must_alloc(bytes);
    snprintf(url, bytes, "%s://%s:%d/%s/%s", scheme, host, to, mode, name);
    return url;
}

char *serve_url(const char *mode, const char *name)
{
    return make_url("http", "127.0.0.1", port, mode, name);
}

char *serve_secure_url(const char *mode, const char *name)
{
    return serve_secure_url_of("127.0.0.1", mode, name);
}

char *serve_secure_url_of(const char *host, const char *mode, const char *name)
{
    return make_url("https", host, secure_port, mode, name);
}

char *serve_proxy(const char *login)
{
    char *url = must_alloc(100);
    snprintf(url, 100, "http://%s127.0.0.1:%d", login, proxy_port);
    return url;
}

cJSON *serve_count(void)
{
    static const char ask[] = "GET /-/reset HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    static char text[1 << 20];
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    size_t n = 0;
    ssize_t got;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(connect(fd, (const struct sockaddr *)&to, sizeof to), 0);
    ck_assert_int_eq(write(fd, ask, sizeof ask - 1), (ssize_t)(sizeof ask - 1));
    while (n < sizeof text - 1 && (got = read(fd, text + n, sizeof text - 1 - n)) > 0)
        n += (size_t)got;
    close(fd);
    text[n] = '\0';
    const char *body = strstr(text, "\r\n\r\n");
    cJSON *count = body ? cJSON_Parse(body + 4) : NULL;
    ck_assert_ptr_nonnull(count);
    return count;
}

int serve_requests(void)
{
    cJSON *count = serve_count();
    int requests = cJSON_GetObjectItem(count, "requests")->valueint;
    cJSON_Delete(count);
    return requests;
}
