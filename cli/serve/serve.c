/* SPDX-License-Identifier: BSD-3-Clause */
/* amos serve: a data set in the browser. */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "commands.h"
#include "kit/json.h"
#include "kit/message.h"
#include "kit/options.h"
#include "review/set.h"

struct serve_values {
    struct review_question question;
    const char *verdicts, *address;
    int64_t port, threads, seconds;
    uint64_t memory;
    bool open, no_index, json;
};

#ifdef AMOS_HAVE_MICROHTTPD

#include "serve/browser.h"
#include "serve/server.h"
#include "serve/service.h"

enum { LEAST_MEMORY = 64000000 };

static void say_address(const struct serve_values *given, const struct service *service, const struct server *server)
{
    if (given->json) {
        cJSON *object = cJSON_CreateObject();
        json_put_text(object, "url", server_url(server));
        json_put_integer(object, "port", server_port(server));
        json_put_integer(object, "cases", (int64_t)service->set.count);
        json_put_text(object, "verdicts", service->journal);
        (void)json_print_line(object);
    } else {
        cli_print("%s\n", server_url(server));
        fprintf(stderr, "%zu case%s; verdicts go to ", service->set.count, service->set.count == 1 ? "" : "s");
        cli_put(stderr, service->journal);
        fprintf(stderr, "; Ctrl-C ends. From another machine: ssh -L %d:localhost:%d HOST, then the same address.\n",
                server_port(server), server_port(server));
    }
    cli_flush();
}

/* All threads leave these signals to this one. */
static void block_signals(sigset_t *waited, sigset_t *before)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    sigset_t blocked;
    sigemptyset(waited);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        sigaddset(waited, numbers[i]);
    blocked = *waited;
    sigaddset(&blocked, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &blocked, before);
}

static int serve_until_asked(const struct serve_values *given, struct service *service, const sigset_t *waited,
                             const sigset_t *before)
{
    const struct server_options options = {given->address, (int)given->port, (int)given->seconds};
    struct browser browser = {NULL};
    int number;
    struct server *server = server_start(service, &options);
    if (!server)
        return CLI_FAILED;
    say_address(given, service, server);
    if (given->open)
        (void)browser_open(&browser, server_url(server));
    sigwait(waited, &number);
    pthread_sigmask(SIG_SETMASK, before, NULL); /* a second one ends the program at once */
    browser_close(&browser);
    server_stop(server);
    return CLI_OK;
}

static int threads_of(const struct serve_values *given)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return given->threads ? (int)given->threads : processors > 1 ? (int)processors : 1;
}

static int serve(const struct args *args, void *values)
{
    struct serve_values *given = values;
    struct service service;
    sigset_t waited, before;
    given->question.root = args->operands[0];
    if (given->memory < LEAST_MEMORY) {
        cli_error("serve: --memory: at least 64M are needed.");
        return CLI_USAGE;
    }
    const struct service_options options = {given->question, given->verdicts, given->memory, threads_of(given),
                                            !given->no_index};
    int code = service_open(&service, &options);
    if (code == CLI_OK) {
        block_signals(&waited, &before);
        code = serve_until_asked(given, &service, &waited, &before);
    }
    service_close(&service);
    return code;
}

#else

static int serve(const struct args *args, void *values)
{
    (void)args;
    (void)values;
    cli_error("serve: This amos was built without libmicrohttpd; build it with its headers (Debian: "
              "libmicrohttpd-dev), or use amos report, which needs no server.");
    return CLI_FAILED;
}

#endif

static const struct serve_values defaults = {.memory = 1000000000, .seconds = 60};

static const struct args_option options[] = {
    OPTIONS_REVIEW(struct serve_values, question),
    ARGS_VALUE(0, "verdicts", "FILE",
               "the file that verdicts are appended to (default: DIR.verdicts.jsonl in the present folder)", args_file,
               struct serve_values, verdicts),
    ARGS_RANGE(0, "port", "N", "listen at this port (default: 0, a free one)", args_integer, struct serve_values, port,
               0, 65535),
    ARGS_VALUE(0, "address", "IP", "listen at this address of the machine (default: 127.0.0.1, for this machine alone)",
               args_file, struct serve_values, address),
    ARGS_FLAG("open", "open the page in the browser, by xdg-open", struct serve_values, open),
    ARGS_VALUE(0, "memory", "BYTES", "keep decoded volumes in at most so much memory (default: 1G)", args_bytes,
               struct serve_values, memory),
    ARGS_FLAG("no-index", "neither use nor build seek indexes", struct serve_values, no_index),
    ARGS_RANGE(0, "timeout", "SECONDS", "what a request or its answer may take at most (default: 60)", args_integer,
               struct serve_values, seconds, 1, 3600),
    OPTION_THREADS(struct serve_values),
    OPTION_JSON("print the address as JSON", struct serve_values),
    ARGS_END};

static const char *const examples[] = {"amos serve amos22 --open",
                                       "amos serve amos22 -p predictions --verdicts review.jsonl --port 8018", NULL};

const struct command command_serve = {
    .name = "serve",
    .title = "look at a data set in the browser",
    .operands = "DIR",
    .summary = "Show the cases of a data set in the browser, with predictions and scores, and keep verdicts.",
    .details = "Prints an address with a secret, and answers until Ctrl-C. Volumes are read when they are looked at; "
               "nothing has to be prepared. Verdicts are lines of JSON, which list, export and the loader take as "
               "--verdicts.",
    .examples = examples,
    .options = options,
    .min_operands = 1,
    .max_operands = 1,
    .values_bytes = sizeof(struct serve_values),
    .defaults = &defaults,
    .run = serve,
};
