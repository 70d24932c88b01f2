/* SPDX-License-Identifier: BSD-3-Clause */
/* amos serve among many clients: 200 at once get what they ask for, beside some that read slowly or never finish their
 * requests, and those are cut off in the end. */
#define _DEFAULT_SOURCE
#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/client.h"
#include "support/command.h"
#include "support/main.h"
#include "support/tmp.h"

#ifdef AMOS_HAVE_MICROHTTPD

enum { CLIENTS = 200, REQUESTS = 6, BAD = 10, DEPTH = 8, SIDE = 128, PIPELINED = 400, MOST = 256 };

static struct served served;
static struct reply expected[2][DEPTH];

static void begin(const char *seconds)
{
    char *root = tmp_path("crowd"), *journal = tmp_path("crowd.jsonl");
    struct outcome made = run_amos("phantom %s --cases 2 --size 128x128x8", root);
    ck_assert_msg(made.code == 0, "%s", made.err);
    outcome_free(&made);
    const char *const arguments[] = {root, "--verdicts", journal, "--timeout", seconds, "--memory", "64M", NULL};
    served_begin(&served, arguments);
    free(root);
    free(journal);
}

static void end(void)
{
    if (served.pid)
        (void)served_end(&served, SIGKILL);
}

static const char *target_of(int number, int plane, char target[100])
{
    static const char *const ids[] = {"amos_0001", "amos_0004"}; /* of the phantom's first two cases */
    snprintf(target, 100, "/slice/%s/image/axial/%d", ids[number], plane);
    return target;
}

/* What a client alone is given. */
static void learn(void)
{
    char target[100];
    for (int number = 0; number < 2; number++)
        for (int plane = 0; plane < DEPTH; plane++) {
            expected[number][plane] = ask(&served, target_of(number, plane, target));
            ck_assert_msg(expected[number][plane].status == 200 && expected[number][plane].count == SIDE * SIDE * 2,
                          "%s", target);
        }
}

static pthread_barrier_t all_are_here;
static atomic_uint right;

static void *be_client(void *user)
{
    unsigned seed = *(const unsigned *)user;
    char target[100];
    int fd = client_open(&served);
    pthread_barrier_wait(&all_are_here);
    for (unsigned i = 0; i < REQUESTS; i++) {
        int number = (int)((seed + i) % 2), plane = (int)((seed / 2 + 3 * i) % DEPTH);
        struct reply reply = client_get(&served, fd, target_of(number, plane, target));
        const struct reply *known = &expected[number][plane];
        if (reply.status == 200 && reply.count == known->count && memcmp(reply.body, known->body, known->count) == 0)
            atomic_fetch_add(&right, 1);
        reply_free(&reply);
    }
    close(fd);
    return NULL;
}

/* Asks for more than any buffer holds and reads nothing. */
static int open_slow_reader(void)
{
    char target[100], text[400];
    int fd = client_open(&served);
    int count = snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: localhost\r\nCookie: amos_%d=%s\r\n\r\n",
                         target_of(0, 3, target), served.port, served.token);
    for (int i = 0; i < PIPELINED; i++)
        if (send(fd, text, (size_t)count, MSG_NOSIGNAL | MSG_DONTWAIT) != count)
            break;
    return fd;
}

static int open_half_request(void)
{
    int fd = client_open(&served);
    ck_assert(client_send(fd, "GET /set.js HTTP/1.1\r\nHost: loc", 31));
    return fd;
}

START_TEST(two_hundred_clients_beside_bad_ones)
{
    pthread_t threads[CLIENTS];
    unsigned seeds[CLIENTS];
    int bad[2 * BAD];
    begin("60");
    learn();
    for (int i = 0; i < BAD; i++) {
        bad[2 * i] = open_slow_reader();
        bad[2 * i + 1] = open_half_request();
    }
    ck_assert_int_eq(pthread_barrier_init(&all_are_here, NULL, CLIENTS), 0);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 1 << 18);
    for (unsigned i = 0; i < CLIENTS; i++) {
        seeds[i] = i;
        ck_assert_int_eq(pthread_create(&threads[i], &attributes, be_client, &seeds[i]), 0);
    }
    for (int i = 0; i < CLIENTS; i++)
        pthread_join(threads[i], NULL);
    ck_assert_uint_eq(right, CLIENTS * REQUESTS);
    for (int i = 0; i < 2 * BAD; i++)
        close(bad[i]);
    int status = served_end(&served, SIGINT);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

/* The sockets of the server: the one that listens, and the connections that it has not ended. */
static int count_sockets(void)
{
    char folder[64], path[400], link[64];
    int count = 0;
    snprintf(folder, sizeof folder, "/proc/%ld/fd", (long)served.pid);
    DIR *open_files = opendir(folder);
    ck_assert_ptr_nonnull(open_files);
    for (const struct dirent *entry; (entry = readdir(open_files)) != NULL;) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        ssize_t length = readlink(path, link, sizeof link - 1);
        count += length > 7 && memcmp(link, "socket:", 7) == 0;
    }
    closedir(open_files);
    return count;
}

START_TEST(S11_slow_and_unfinished_requests_are_cut_off)
{
    begin("1");
    int before = count_sockets();
    learn();
    int slow = open_slow_reader();
    while (count_sockets() <= before)
        usleep(1000);
    int half = open_half_request(), silent = client_open(&served), trickling = client_open(&served);
    ck_assert(client_send(trickling, "GET / HTTP/1.1\r\nX-A: ", 21));
    while (count_sockets() > before) { /* or the test runs out of time */
        (void)send(trickling, "a", 1, MSG_NOSIGNAL);
        usleep(50000);
    }
    size_t taken = 0;
    static char bytes[1 << 16];
    for (ssize_t got; (got = recv(slow, bytes, sizeof bytes, 0)) > 0;)
        taken += (size_t)got;
    ck_assert_uint_lt(taken, (size_t)PIPELINED * SIDE * SIDE * 2);
    close(half);
    close(silent);
    close(trickling);
    close(slow);
    struct reply reply = ask(&served, "/set.js");
    ck_assert_int_eq(reply.status, 200);
    reply_free(&reply);
}
END_TEST

START_TEST(S12_more_connections_than_allowed_are_turned_away)
{
    int held[MOST + 50];
    begin("60");
    for (int i = 0; i < MOST + 50; i++)
        held[i] = client_open(&served); /* the system's queue takes them */
    int served_ones = 0;
    for (int i = 0; i < MOST + 50; i++) {
        struct timeval most = {.tv_sec = 20};
        setsockopt(held[i], SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
        struct reply reply = client_get(&served, held[i], "/viewer.css");
        served_ones += reply.status == 200;
        reply_free(&reply);
    }
    ck_assert_msg(served_ones > 100 && served_ones <= MOST, "%d", served_ones);
    for (int i = 0; i < MOST + 50; i++)
        close(held[i]);
    struct reply reply = {0, NULL, NULL, 0};
    for (int i = 0; i < 100 && reply.status != 200; i++) { /* until it has noticed that they are gone */
        int fd = client_try(&served);
        reply_free(&reply);
        if (fd >= 0)
            reply = client_get(&served, fd, "/set.js");
        close(fd);
        usleep(20000);
    }
    ck_assert_int_eq(reply.status, 200);
    reply_free(&reply);
}
END_TEST

#endif

int main(void)
{
    Suite *suite = suite_create("crowd");
    TCase *crowd = add_case(suite, "threads", 60);
#ifdef AMOS_HAVE_MICROHTTPD
    tcase_add_checked_fixture(crowd, NULL, end);
    tcase_add_test(crowd, two_hundred_clients_beside_bad_ones);
    tcase_add_test(crowd, S11_slow_and_unfinished_requests_are_cut_off);
    tcase_add_test(crowd, S12_more_connections_than_allowed_are_turned_away);
#else
    (void)crowd;
#endif
    return run_suite(suite);
}
