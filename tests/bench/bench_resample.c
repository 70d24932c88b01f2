/* SPDX-License-Identifier: BSD-3-Clause */
/* One round of resampling for `make bench`: bench_resample IMAGE LABEL THREADS. Voxels are in memory before the clock
 * starts, and memory comes from a pool, as for the second case of many. Prints names and milliseconds. */
#define _POSIX_C_SOURCE 200809L
#include <amos/amos.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const struct {
    const char *name;
    amos_interpolation interpolation;
    amos_type type; /* of the voxels */
} images[] = {
    {"linear", AMOS_INTERPOLATION_LINEAR, AMOS_TYPE_INT16},
    {"linear float32", AMOS_INTERPOLATION_LINEAR, AMOS_TYPE_FLOAT32},
    {"cubic", AMOS_INTERPOLATION_CUBIC, AMOS_TYPE_INT16},
    {"bspline", AMOS_INTERPOLATION_BSPLINE, AMOS_TYPE_INT16},
    {"bspline float32", AMOS_INTERPOLATION_BSPLINE, AMOS_TYPE_FLOAT32},
};
static const struct {
    const char *name;
    uint32_t flags;
} maps[] = {{"labels nearest", 0}, {"labels majority", AMOS_RESAMPLE_MAJORITY}};

/* With one thread the time of the processor, which depends less on what else the machine does. */
static clockid_t clock_used = CLOCK_MONOTONIC;

static double now(void)
{
    struct timespec t;
    clock_gettime(clock_used, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static void need(amos_status status, const amos_error *err)
{
    if (status == AMOS_OK)
        return;
    fprintf(stderr, "%s\n", err->message);
    exit(1);
}

static amos_array *load(const char *path, amos_type type)
{
    amos_read_options read = AMOS_READ_OPTIONS_INIT;
    amos_volume *volume;
    amos_array *array;
    amos_error err;
    read.type = type;
    read.flags = AMOS_READ_SATURATE;
    need(amos_volume_open(path, NULL, &volume, &err), &err);
    need(amos_volume_load(volume, &read, &array, &err), &err);
    amos_volume_free(volume);
    return array;
}

#define CALLS 3 /* a call takes a few milliseconds */

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median without the first one, which fills the pool. */
static double median_of(double took[CALLS + 1])
{
    qsort(took + 1, CALLS, sizeof *took, compare);
    return took[1 + CALLS / 2];
}

static double time_image(const amos_array *from, const amos_resample_options *o)
{
    const amos_layout *layout = amos_array_layout(from);
    amos_error err;
    double took[CALLS + 1];
    for (int i = 0; i <= CALLS; i++) {
        amos_array *to;
        const double begin = now();
        need(amos_array_resample(layout, amos_array_data(from), layout->bytes, o, &to, NULL, &err), &err);
        took[i] = now() - begin;
        amos_array_free(to);
    }
    return median_of(took);
}

static double time_map(const amos_labelmap *from, const amos_resample_options *o)
{
    amos_error err;
    double took[CALLS + 1];
    for (int i = 0; i <= CALLS; i++) {
        amos_labelmap *to;
        const double begin = now();
        need(amos_labelmap_resample(from, o, &to, NULL, &err), &err);
        took[i] = now() - begin;
        amos_labelmap_free(to);
    }
    return median_of(took);
}

int main(int argc, char **argv)
{
    amos_resample_options o = AMOS_RESAMPLE_OPTIONS_INIT;
    amos_labelmap *map;
    amos_error err;
    if (argc != 4) {
        fprintf(stderr, "usage: bench_resample IMAGE LABEL THREADS\n");
        return 2;
    }
    o.spacing[0] = o.spacing[1] = 1.5;
    o.spacing[2] = 2;
    o.threads = atoi(argv[3]);
    clock_used = o.threads == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC;
    need(amos_buffer_pool_make(0, &o.pool, &err), &err);
    for (size_t i = 0; i < sizeof images / sizeof images[0]; i++) {
        amos_array *array = load(argv[1], images[i].type);
        o.interpolation = images[i].interpolation;
        printf("amos %s %d\t%.3f\n", images[i].name, o.threads, time_image(array, &o));
        amos_array_free(array);
    }
    need(amos_labelmap_open(argv[2], NULL, NULL, &map, &err), &err);
    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) {
        o.flags = maps[i].flags;
        printf("amos %s %d\t%.3f\n", maps[i].name, o.threads, time_map(map, &o));
    }
    amos_labelmap_free(map);
    amos_buffer_pool_free(o.pool);
    return 0;
}
