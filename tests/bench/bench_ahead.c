/* SPDX-License-Identifier: BSD-3-Clause */
/* One round of reading a .nii.gz without an index by several threads: helpers decode ahead of the reader.
 *
 * usage: bench_ahead FILE.nii.gz
 *
 * Prints "name<TAB>milliseconds". "ahead 1 thread" and "ahead 2 threads" are amos_volume_read(). "ahead side by side" is
 * two reads on one thread each at once: what the machine gives two threads that share nothing. "ahead path of N" is the
 * processor time of the busiest of N threads, of the stream alone: what a read takes if each thread has a processor of its
 * own. With "ahead path of 1" it can be judged on a machine with fewer processors than threads. */
#define _XOPEN_SOURCE 700
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <amos/volume.h>

#include "io/gzip/stream.h"

#define MOST_HELPERS 3

static void fail(const char *message)
{
    fprintf(stderr, "bench_ahead: %s\n", message);
    exit(1);
}

static double now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

/* ---- whole reads ---- */

struct reading {
    const amos_volume *volume;
    unsigned char *buffer;
    size_t bytes;
    int threads;
};

static void *read_whole(void *user)
{
    const struct reading *r = user;
    const amos_read_options options = {.size = sizeof options, .frame = AMOS_FRAME_ALL, .threads = r->threads};
    amos_error err;
    if (amos_volume_read(r->volume, &options, r->buffer, r->bytes, &err))
        fail(err.message);
    return NULL;
}

static double time_of(struct reading *reading, int threads)
{
    reading->threads = threads;
    double start = now(CLOCK_MONOTONIC);
    read_whole(reading);
    return now(CLOCK_MONOTONIC) - start;
}

static double time_side_by_side(struct reading readings[2])
{
    pthread_t other;
    readings[0].threads = readings[1].threads = 1;
    double start = now(CLOCK_MONOTONIC);
    if (pthread_create(&other, NULL, read_whole, &readings[1]))
        fail("no thread");
    read_whole(&readings[0]);
    pthread_join(other, NULL);
    return now(CLOCK_MONOTONIC) - start;
}

/* ---- the path ---- */

struct helper {
    struct amosi_ahead *ahead;
    double spent;
};

static void *help(void *user)
{
    struct helper *h = user;
    double start = now(CLOCK_THREAD_CPUTIME_ID);
    amosi_ahead_help(h->ahead);
    h->spent = now(CLOCK_THREAD_CPUTIME_ID) - start;
    return NULL;
}

static double read_stream(const struct amosi_source *source, struct amosi_ahead *ahead, uint64_t bytes)
{
    static unsigned char tile[AMOSI_TILE_BYTES];
    const struct amosi_stream_settings settings = {
        .limits = {.max_members = 1 << 20, .max_gzip_header = 1 << 20, .max_idle_input = 1 << 30},
        .inflate = AMOS_INFLATE_OWN,
        .input_bytes = AMOSI_INPUT_BYTES};
    struct amosi_stream stream;
    amos_error err;
    size_t got = sizeof tile;
    double start = now(CLOCK_THREAD_CPUTIME_ID);
    if (amosi_stream_open(&stream, source, true, &settings, &err))
        fail(err.message);
    amosi_stream_expect(&stream, bytes);
    if (ahead)
        amosi_stream_use_ahead(&stream, ahead);
    while (got == sizeof tile)
        if (amosi_stream_read(&stream, tile, sizeof tile, &got, &err))
            fail(err.message);
    amosi_stream_close(&stream);
    return now(CLOCK_THREAD_CPUTIME_ID) - start;
}

static double path_of(const struct amosi_source *source, unsigned helpers, uint64_t bytes)
{
    if (helpers == 0)
        return read_stream(source, NULL, bytes);
    struct amosi_ahead *ahead = amosi_ahead_new(source, bytes, helpers);
    struct helper h[MOST_HELPERS];
    pthread_t threads[MOST_HELPERS];
    if (!ahead)
        fail("memory ran out");
    for (unsigned i = 0; i < helpers; i++) {
        h[i] = (struct helper){ahead, 0};
        if (pthread_create(&threads[i], NULL, help, &h[i]))
            fail("no thread");
    }
    double spent = read_stream(source, ahead, bytes), sum = 0;
    amosi_ahead_end(ahead);
    for (unsigned i = 0; i < helpers; i++) {
        pthread_join(threads[i], NULL);
        sum += h[i].spent;
    }
    amosi_ahead_free(ahead);
    printf("ahead reader of %u\t%.4f\nahead helper of %u\t%.4f\n", helpers + 1, spent, helpers + 1, sum / helpers);
    return spent > sum / helpers ? spent : sum / helpers;
}

int main(int argc, char **argv)
{
    amos_volume_options options = {.size = sizeof options, .index = AMOS_INDEX_NEVER};
    struct reading readings[2] = {{0}};
    struct amosi_source source = {0};
    amos_volume *volume;
    amos_error err;
    if (argc != 2)
        fail("usage: bench_ahead FILE.nii.gz");
    if (amos_volume_open(argv[1], &options, &volume, &err) || amosi_source_open_file(&source, argv[1], &err))
        fail(err.message);
    const size_t bytes = (size_t)amos_volume_get_info(volume)->stored_bytes;
    for (int i = 0; i < 2; i++) {
        readings[i] = (struct reading){volume, malloc(bytes), bytes, 1};
        if (!readings[i].buffer)
            fail("memory ran out");
        read_whole(&readings[i]);
    }
    printf("ahead 1 thread\t%.4f\n", time_of(&readings[0], 1));
    printf("ahead 2 threads\t%.4f\n", time_of(&readings[0], 2));
    printf("ahead side by side\t%.4f\n", time_side_by_side(readings));
    for (unsigned helpers = 0; helpers <= MOST_HELPERS; helpers += helpers + 1)
        printf("ahead path of %u\t%.4f\n", helpers + 1, path_of(&source, helpers, bytes));
    free(readings[0].buffer);
    free(readings[1].buffer);
    amosi_source_close(&source);
    amos_volume_free(volume);
    return 0;
}
