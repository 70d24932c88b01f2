/* SPDX-License-Identifier: BSD-3-Clause */
/* amos serve: what is answered, whoever asks and by whatever protocol. */
#ifndef CLI_SERVE_SERVICE_H
#define CLI_SERVE_SERVICE_H

#include <pthread.h>

#include "review/facts.h"
#include "serve/request.h"
#include "serve/shelf.h"

/* A case and what is known about it so far. */
struct service_case {
    const struct review_item *item;
    struct review_facts facts; /* under service.lock */
    bool complete;             /* volumes and scores are known */
    amos_quality *quality;     /* under service.heavy; NULL: not measured yet */
};

struct service {
    struct review_set set;
    struct shelf *shelf;
    struct shelf_case *files;
    struct service_case *cases; /* in the order of the set */
    struct service_case **by_id;
    amos_accept accept;
    char *journal; /* path of the file of verdicts */
    int threads;
    pthread_mutex_t lock;    /* of facts */
    pthread_mutex_t heavy;   /* one case is scored at a time */
    pthread_mutex_t writing; /* one verdict is written at a time */
};

struct service_options {
    struct review_question question;
    const char *journal; /* NULL: the default */
    uint64_t memory;
    int threads;
    bool index;
};

/* Opens the set and the headers of its images, a damaged one of which is a fault of its case. Returns an enum cli_exit, with
 * a failure reported. Release with service_close() in either case. `options` must stay. */
int service_open(struct service *service, const struct service_options *options);

/* No other thread may use the service. */
void service_close(struct service *service);

/* An answer. Its bytes are given back by answer_free(), which must be called before the service is closed. */
struct answer {
    int status;       /* of HTTP */
    const char *type; /* for Content-Type */
    const unsigned char *bytes;
    size_t count;
    char *text;               /* owned; or */
    struct shelf_plane plane; /* of */
    struct shelf *shelf;
};

#define ANSWER_TEXT "text/plain; charset=utf-8"
#define ANSWER_JSON "application/json"

/* Answers a request. `body` is that of a POST of verdicts, NULL for GET. Any thread. */
void service_answer(struct service *service, const struct request *request, const char *body, size_t bytes,
                    struct answer *out);

/* Fills an answer with a sentence. */
void answer_say(struct answer *out, int status, const char *format, ...) __attribute__((format(printf, 3, 4)));

void answer_free(struct answer *answer);

#endif
