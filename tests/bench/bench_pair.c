/* SPDX-License-Identifier: BSD-3-Clause */
/* The cost of scoring a given pair: bench_pair ROUNDS REFERENCE PREDICTION. Prints "work<TAB>milliseconds" for each
 * round: reading both files as label maps, and every measure of every organ, at tolerances of 1 and 2 mm, on one
 * thread. The first round is left out. */
#define _POSIX_C_SOURCE 200809L
#include <amos/amos.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static void need(amos_status status, const amos_error *err)
{
    if (!status)
        return;
    fprintf(stderr, "bench_pair: %s\n", err->message);
    exit(EXIT_FAILURE);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: bench_pair ROUNDS REFERENCE PREDICTION\n");
        return 2;
    }
    long rounds = strtol(argv[1], NULL, 10);
    for (long round = 0; round <= rounds; round++) {
        amos_labelmap *reference, *prediction;
        amos_score *score;
        amos_error err;
        double begin = now();
        need(amos_labelmap_open(argv[2], NULL, NULL, &reference, &err), &err);
        need(amos_labelmap_open(argv[3], NULL, NULL, &prediction, &err), &err);
        double read = now();
        need(amos_score_make(reference, prediction, NULL, &score, &err), &err);
        double scored = now();
        if (round > 0)
            printf("read\t%.6f\nscore\t%.6f\n", read - begin, scored - read);
        amos_score_free(score);
        amos_labelmap_free(prediction);
        amos_labelmap_free(reference);
    }
    return EXIT_SUCCESS;
}
