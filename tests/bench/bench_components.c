/* SPDX-License-Identifier: BSD-3-Clause */
/* Connected components: bench_components LABEL.nii.gz. Prints one round, "name<TAB>milliseconds" of processor time a
 * line: decoding the label, and, on one thread, finding the components of all labels, holes too, and dropping specks. */
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
    fprintf(stderr, "bench_components: %s\n", err->message);
    exit(1);
}

/* Finds components, and frees them within the time. */
static void find(const amos_labelmap *map, const char *name, int connectivity, int threads, uint32_t flags)
{
    amos_error err;
    amos_components *components;
    const amos_components_options options = {sizeof options, flags, connectivity, threads};
    double begin = now();
    need(amos_components_find(map, &options, &components, &err), &err);
    amos_components_free(components);
    printf("%s\t%.4f\n", name, now() - begin);
}

static void drop(const amos_labelmap *map)
{
    amos_error err;
    amos_components *components;
    amos_labelmap *clean;
    const amos_components_options finding = {sizeof finding, 0, 26, 1};
    const amos_drop_options rules = {sizeof rules, 0, 50, 0};
    double begin = now();
    need(amos_components_find(map, &finding, &components, &err), &err);
    need(amos_components_drop(components, map, &rules, &clean, NULL, &err), &err);
    amos_labelmap_free(clean);
    amos_components_free(components);
    printf("drop specks\t%.4f\n", now() - begin);
}

int main(int argc, char **argv)
{
    amos_error err;
    amos_labelmap *map;
    const amos_labelmap_options options = {.size = sizeof options, .threads = 1};
    if (argc != 2) {
        fprintf(stderr, "usage: bench_components LABEL.nii.gz\n");
        return 2;
    }
    double begin = now();
    need(amos_labelmap_open(argv[1], NULL, &options, &map, &err), &err);
    printf("decode\t%.4f\n", now() - begin);
    find(map, "components 26, 1 thread", 26, 1, 0); /* the first touches fresh memory */
    find(map, "components 26, 1 thread", 26, 1, 0);
    find(map, "components 6, 1 thread", 6, 1, 0);
    find(map, "components and holes, 1 thread", 26, 1, AMOS_COMPONENTS_HOLES);
    drop(map);
    amos_labelmap_free(map);
    return 0;
}
