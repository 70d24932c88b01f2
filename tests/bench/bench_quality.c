/* SPDX-License-Identifier: BSD-3-Clause */
/* Label quality: bench_quality IMAGE.nii.gz LABEL.nii.gz. Prints one round, "name<TAB>milliseconds" of processor time a
 * line, on one thread: decoding label and image, and the facts of the label alone and of both, from memory. */
#define _POSIX_C_SOURCE 200809L
#include <amos/amos.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static void need(amos_status status, const amos_error *err)
{
    if (!status)
        return;
    fprintf(stderr, "bench_quality: %s\n", err->message);
    exit(1);
}

/* Measures, and frees the facts within the time. */
static void measure(const amos_labelmap *map, const amos_array *image, const char *name)
{
    amos_error err;
    amos_quality *quality;
    amos_quality_options options = AMOS_QUALITY_OPTIONS_INIT;
    options.threads = 1;
    double begin = now();
    need(amos_quality_measure(map, amos_array_data(image), &options, &quality, &err), &err);
    amos_quality_free(quality);
    printf("%s\t%.4f\n", name, now() - begin);
}

int main(int argc, char **argv)
{
    amos_error err;
    amos_volume *volume;
    amos_labelmap *map;
    amos_array *image;
    const amos_labelmap_options options = {.size = sizeof options, .threads = 1};
    const amos_read_options reading = {.size = sizeof reading, .type = AMOS_TYPE_FLOAT32, .threads = 1};
    if (argc != 3) {
        fprintf(stderr, "usage: bench_quality IMAGE.nii.gz LABEL.nii.gz\n");
        return 2;
    }
    double begin = now();
    need(amos_labelmap_open(argv[2], NULL, &options, &map, &err), &err);
    printf("decode label\t%.4f\n", now() - begin);
    begin = now();
    need(amos_volume_open(argv[1], NULL, &volume, &err), &err);
    need(amos_volume_load(volume, &reading, &image, &err), &err);
    printf("decode image\t%.4f\n", now() - begin);
    measure(map, NULL, "facts of the label"); /* the first touches fresh memory */
    measure(map, NULL, "facts of the label");
    measure(map, image, "facts of both");
    amos_array_free(image);
    amos_volume_free(volume);
    amos_labelmap_free(map);
    return 0;
}
