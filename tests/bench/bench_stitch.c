/* SPDX-License-Identifier: BSD-3-Clause */
/* The speed and the memory of stitching: tiles of 16 channels over a volume, half overlapping, with Gaussian weights.
 * The tiles take turns between a few in memory, so that no time goes into making them. areas/stitch.py compares it with
 * the same in numpy and torch. Prints "name<tab>number" lines: milliseconds, or bytes.
 *
 * bench_stitch WAY SHAPE PATCH [THREADS], such as: bench_stitch sum 256x256x128 128x128x64 2
 *   sum      amos_tiling_add() for each tile, then amos_tiling_argmax()
 *   again    the same into memory that was used before
 *   limit    as many values added from one stretch of memory to another
 *   labels   amos_stitcher_add() with float32 tiles
 *   half     the same with float16 tiles
 *   planes   the same with float16 tiles; the labels of finished planes go to a function, as into a file
 * "WAY memory" is the largest resident size beyond that before the first tile, without the tiles; "WAY result" are the
 * bytes of the result: the sum or else the labels. "WAY promised" is what the stitcher says that it needs. */
#define _XOPEN_SOURCE 700
#include <amos/amos.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CHANNELS = 16, TILES = 2 };

struct job {
    const char *way;
    int64_t shape[3], patch[3];
    amos_tiling *tiling;
    amos_tile_type type;
    void *tiles[TILES];
    size_t tile_bytes, voxels;
    uint64_t promised;
    float *sum; /* of `again`: memory that was used before */
    uint8_t *labels;
};

static bool is_sum(const struct job *job)
{
    return strcmp(job->way, "sum") == 0 || strcmp(job->way, "again") == 0 || strcmp(job->way, "limit") == 0;
}

static double now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static void need(amos_status status, const amos_error *err)
{
    if (status) {
        fprintf(stderr, "bench_stitch: %s\n", err->message);
        exit(1);
    }
}

static void *must(void *memory)
{
    if (!memory) {
        fputs("bench_stitch: memory ran out\n", stderr);
        exit(1);
    }
    return memory;
}

/* A line of /proc/self/status, in bytes. */
static double status_of(const char *name)
{
    char line[256];
    double kilobytes = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, name, strlen(name)) == 0)
            kilobytes = atof(line + strlen(name));
    if (file)
        fclose(file);
    return kilobytes * 1024;
}

/* The largest resident size begins anew: a process inherits that of the one that started it. */
static double begin_memory(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");
    if (file) {
        fputs("5", file);
        fclose(file);
    }
    return status_of("VmRSS:");
}

/* Values of logits: any numbers will do. A half of 0x3C00 + n is 1 + n / 1024. */
static void make_tiles(struct job *job)
{
    size_t values = CHANNELS;
    for (int i = 0; i < 3; i++)
        values *= (size_t)job->patch[i];
    job->tile_bytes = values * (job->type == AMOS_TILE_TYPE_FLOAT32 ? 4 : 2);
    for (int k = 0; k < TILES; k++) {
        job->tiles[k] = must(malloc(job->tile_bytes));
        for (size_t i = 0; i < values; i++) {
            unsigned number = (unsigned)(i * 2654435761u) >> 22;
            if (job->type == AMOS_TILE_TYPE_FLOAT32)
                ((float *)job->tiles[k])[i] = 1 + (float)number / 1024;
            else
                ((uint16_t *)job->tiles[k])[i] = (uint16_t)(0x3C00 + number);
        }
    }
}

static void stitch_into(struct job *job, float *sum, uint8_t *labels)
{
    amos_error err;
    size_t values = job->voxels * CHANNELS;
    for (int64_t i = 0; i < amos_tiling_count(job->tiling); i++)
        need(amos_tiling_add(job->tiling, i, job->tiles[i % TILES], CHANNELS, sum, values, &err), &err);
    need(amos_tiling_argmax(job->tiling, sum, CHANNELS, labels, job->voxels, &err), &err);
}

static void stitch_sum(struct job *job)
{
    float *sum = must(calloc(job->voxels * CHANNELS, sizeof *sum));
    uint8_t *labels = must(malloc(job->voxels));
    stitch_into(job, sum, labels);
    free(labels);
    free(sum);
}

/* The sum of the volume before is used again. */
static void stitch_again(struct job *job)
{
    memset(job->sum, 0, job->voxels * CHANNELS * sizeof *job->sum);
    stitch_into(job, job->sum, job->labels);
}

/* As many values added as the tiles have, from one stretch of memory to another: the limit of adding. */
static void add_only(struct job *job)
{
    const size_t n = job->tile_bytes / sizeof(float), stretches = job->voxels * CHANNELS / n;
    for (int64_t i = 0; i < amos_tiling_count(job->tiling); i++) {
        const float *tile = job->tiles[i % TILES];
        float *sum = job->sum + (size_t)i % stretches * n;
        for (size_t k = 0; k < n; k++)
            sum[k] += tile[k];
    }
}

static amos_status forget(void *user, const uint8_t *labels, int64_t start, int64_t stop, amos_error *err)
{
    *(unsigned *)user += labels[0] + (unsigned)(stop - start);
    (void)err;
    return AMOS_OK;
}

static void stitch_labels(struct job *job, bool planes)
{
    amos_error err;
    amos_stitcher *stitcher;
    amos_stitcher_options o = AMOS_STITCHER_OPTIONS_INIT;
    unsigned seen = 0;
    uint8_t *labels = planes ? NULL : must(malloc(job->voxels));
    o.channels = CHANNELS;
    o.labels = labels;
    o.bytes = job->voxels;
    o.planes = planes ? forget : NULL;
    o.user = &seen;
    need(amos_stitcher_make(job->tiling, &o, &stitcher, &err), &err);
    job->promised = amos_stitcher_get_info(stitcher)->bytes;
    for (int64_t i = 0; i < amos_tiling_count(job->tiling); i++)
        need(amos_stitcher_add(stitcher, i, 0, job->tiles[i % TILES], job->type, job->tile_bytes, &err), &err);
    amos_stitcher_free(stitcher);
    free(labels);
}

static void run(struct job *job)
{
    double before = begin_memory(), begin = now(CLOCK_MONOTONIC), used = now(CLOCK_PROCESS_CPUTIME_ID);
    if (strcmp(job->way, "sum") == 0)
        stitch_sum(job);
    else if (strcmp(job->way, "again") == 0)
        stitch_again(job);
    else if (strcmp(job->way, "limit") == 0)
        add_only(job);
    else
        stitch_labels(job, strcmp(job->way, "planes") == 0);
    printf("%s\t%.3f\n", job->way, now(CLOCK_MONOTONIC) - begin);
    printf("%s, processors\t%.3f\n", job->way, now(CLOCK_PROCESS_CPUTIME_ID) - used);
    printf("%s memory\t%.0f\n", job->way, status_of("VmHWM:") - before);
    printf("%s result\t%.0f\n", job->way, (double)job->voxels * (is_sum(job) ? CHANNELS * 4.0 : 1.0));
    printf("%s promised\t%.0f\n", job->way, (double)job->promised);
}

static bool take_sizes(const char *text, int64_t out[3])
{
    long n[3];
    if (sscanf(text, "%ldx%ldx%ld", &n[0], &n[1], &n[2]) != 3)
        return false;
    for (int i = 0; i < 3; i++)
        out[i] = n[i];
    return true;
}

int main(int argc, char **argv)
{
    struct job job = {.type = AMOS_TILE_TYPE_FLOAT16};
    amos_tiling_options o = AMOS_TILING_OPTIONS_INIT;
    amos_error err;
    if (argc < 4 || !take_sizes(argv[2], job.shape) || !take_sizes(argv[3], job.patch)) {
        fputs("usage: bench_stitch sum|again|limit|labels|half|planes SHAPE PATCH [THREADS]\n", stderr);
        return 2;
    }
    job.way = argv[1];
    if (is_sum(&job) || strcmp(job.way, "labels") == 0)
        job.type = AMOS_TILE_TYPE_FLOAT32;
    memcpy(o.patch, job.patch, sizeof o.patch);
    o.threads = argc > 4 ? atoi(argv[4]) : 2;
    job.voxels = (size_t)(job.shape[0] * job.shape[1] * job.shape[2]);
    need(amos_tiling_make(job.shape, &o, &job.tiling, &err), &err);
    make_tiles(&job);
    if (is_sum(&job) && strcmp(job.way, "sum") != 0) {
        job.sum = must(malloc(job.voxels * CHANNELS * sizeof *job.sum));
        job.labels = must(malloc(job.voxels));
        stitch_again(&job);
    }
    run(&job);
    free(job.labels);
    free(job.sum);
    for (int k = 0; k < TILES; k++)
        free(job.tiles[k]);
    amos_tiling_free(job.tiling);
    return 0;
}
