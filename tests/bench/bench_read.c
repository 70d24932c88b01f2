/* SPDX-License-Identifier: BSD-3-Clause */
/* Measures reading: libamos, the inflate libraries alone, and nifti_clib, interleaved in rounds.
 *
 * usage: bench_read ROUNDS IMAGE LABEL    bench_read tree TREE    bench_read labels TREE    bench_read open TREE
 *        bench_read run COMMAND...    bench_read kernels
 *
 * The second form reads all cases of a data set by one thread and by two, the third inflates every label of it by each
 * library, the fourth opens it, the fifth runs a command without its output and also prints its largest resident size in bytes, the last prints the chosen set
 * of vector kernels. Prints "work<TAB>milliseconds" for each work in each round, without the first round, which is
 * the warm-up; of the first form it is the time of the processor, and one thread. tests/bench/bench.py calls this program and prints the table. */
#define _DEFAULT_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <amos/amos.h>

#include "base/system/alloc.h"
#include "nifti/kernels.h"

#include <nifti2_io.h>
#include <zlib.h>
#ifdef BENCH_ISAL
#include <isa-l/igzip_lib.h>
#endif
#ifdef BENCH_LIBDEFLATE
#include <libdeflate.h>
#endif

/* A file and everything that its works need, set up once. */
struct subject {
    const char *path;
    unsigned char *packed;
    size_t packed_bytes;
    amos_volume *volume;
    unsigned char *buffer; /* space for the stored bytes and the header */
    float *floats;
    size_t raw_bytes, voxels;
};

static void fail(const char *message)
{
    fprintf(stderr, "bench_read: %s\n", message);
    exit(1);
}

static void check(amos_status status, const amos_error *err)
{
    if (status)
        fail(err->message);
}

static double at_clock(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double now(void)
{
    return at_clock(CLOCK_MONOTONIC);
}

/* Of works that have one thread: what else the machine does disturbs it least. */
static double used(void)
{
    return at_clock(CLOCK_PROCESS_CPUTIME_ID);
}

static void *allocate(size_t bytes)
{
    void *memory = malloc(bytes);
    if (!memory)
        fail("memory ran out");
    memset(memory, 1, bytes);
    return memory;
}

static void read_packed(struct subject *s)
{
    FILE *file = fopen(s->path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0)
        fail(s->path);
    s->packed_bytes = (size_t)ftell(file);
    rewind(file);
    s->packed = allocate(s->packed_bytes);
    if (fread(s->packed, 1, s->packed_bytes, file) != s->packed_bytes)
        fail(s->path);
    fclose(file);
}

static void prepare(struct subject *s, const char *path)
{
    amos_error err;
    s->path = path;
    read_packed(s);
    check(amos_volume_open(path, NULL, &s->volume, &err), &err);
    const amos_volume_info *info = amos_volume_get_info(s->volume);
    s->voxels = (size_t)(info->shape[0] * info->shape[1] * info->shape[2]);
    s->raw_bytes = (size_t)info->stored_bytes + (size_t)info->vox_offset;
    s->buffer = allocate(s->raw_bytes);
    s->floats = allocate(s->voxels * sizeof(float));
}

static void release(struct subject *s)
{
    amos_volume_free(s->volume);
    free(s->floats);
    free(s->buffer);
    free(s->packed);
}

/* ---- the limits: one call that inflates the whole file into warm memory ---- */

static void raw_zlib(struct subject *s)
{
    z_stream z;
    memset(&z, 0, sizeof z);
    if (inflateInit2(&z, 15 + 16) != Z_OK)
        fail("zlib");
    z.next_in = s->packed;
    z.avail_in = (uInt)s->packed_bytes;
    z.next_out = s->buffer;
    z.avail_out = (uInt)s->raw_bytes;
    if (inflate(&z, Z_FINISH) != Z_STREAM_END)
        fail("zlib");
    inflateEnd(&z);
}

#ifdef BENCH_LIBDEFLATE
static void raw_libdeflate(struct subject *s)
{
    struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
    size_t got;
    if (!d || libdeflate_gzip_decompress(d, s->packed, s->packed_bytes, s->buffer, s->raw_bytes, &got))
        fail("libdeflate");
    libdeflate_free_decompressor(d);
}
#endif

#ifdef BENCH_ISAL
static void raw_isal(struct subject *s)
{
    struct inflate_state *state = malloc(sizeof *state);
    if (!state)
        fail("memory ran out");
    isal_inflate_init(state);
    state->crc_flag = ISAL_GZIP;
    state->next_in = s->packed;
    state->avail_in = (uint32_t)s->packed_bytes;
    state->next_out = s->buffer;
    state->avail_out = (uint32_t)s->raw_bytes;
    if (isal_inflate(state) != ISAL_DECOMP_OK || state->block_state != ISAL_BLOCK_FINISH)
        fail("ISA-L");
    free(state);
}
#endif

/* ---- libamos ---- */

static void read_as(struct subject *s, amos_type type, const char *orientation, void *buffer, size_t bytes)
{
    amos_read_options options = {.size = sizeof options, .type = type, .orientation = orientation, .threads = 1};
    amos_error err;
    check(amos_volume_read(s->volume, &options, buffer, bytes, &err), &err);
}

static void amos_stored(struct subject *s)
{
    read_as(s, AMOS_TYPE_STORED, NULL, s->buffer, s->raw_bytes);
}

static void amos_ras(struct subject *s)
{
    read_as(s, AMOS_TYPE_STORED, "RAS", s->buffer, s->raw_bytes);
}

static void amos_float32(struct subject *s)
{
    read_as(s, AMOS_TYPE_FLOAT32, NULL, s->floats, s->voxels * sizeof(float));
}

/* What fresh memory for the voxels costs without reading: one byte of each page is written. */
static void memory_fresh(struct subject *s)
{
    char *memory = amosi_alloc_voxels(s->raw_bytes);
    if (!memory)
        fail("memory ran out");
    for (size_t i = 0; i < s->raw_bytes; i += 4096)
        ((volatile char *)memory)[i] = 1;
    amosi_free(memory);
}

/* Memory that was freed before is used again here too. */
static void amos_own(struct subject *s)
{
    amos_array *array;
    amos_error err;
    const amos_read_options options = {.size = sizeof options, .threads = 1};
    check(amos_volume_load(s->volume, &options, &array, &err), &err);
    amos_array_free(array);
}

/* Like a training loop: freed memory is used again. */
static void amos_pooled(struct subject *s)
{
    static amos_buffer_pool *pool;
    amos_error err;
    if (!pool)
        check(amos_buffer_pool_make(0, &pool, &err), &err);
    amos_read_options options = {.size = sizeof options, .pool = pool, .threads = 1};
    amos_array *array;
    check(amos_volume_load(s->volume, &options, &array, &err), &err);
    amos_array_free(array);
}

static void amos_open(struct subject *s)
{
    amos_volume *volume;
    amos_error err;
    check(amos_volume_open(s->path, NULL, &volume, &err), &err);
    amos_volume_free(volume);
}

static void amos_labels(struct subject *s)
{
    amos_labelmap *map;
    amos_error err;
    const amos_labelmap_options options = {.size = sizeof options, .threads = 1};
    check(amos_labelmap_load(s->volume, &options, &map, &err), &err);
    amos_labelmap_free(map);
}

static void amos_labels_pooled(struct subject *s)
{
    static amos_buffer_pool *pool;
    amos_labelmap *map;
    amos_error err;
    if (!pool)
        check(amos_buffer_pool_make(0, &pool, &err), &err);
    amos_labelmap_options options = {.size = sizeof options, .pool = pool, .threads = 1};
    check(amos_labelmap_load(s->volume, &options, &map, &err), &err);
    amos_labelmap_free(map);
}

static void amos_counts(struct subject *s)
{
    amos_labelmap_options options = {.size = sizeof options, .flags = AMOS_LABELMAP_STATS_ONLY, .threads = 1};
    amos_labelmap *map;
    amos_error err;
    check(amos_labelmap_load(s->volume, &options, &map, &err), &err);
    amos_labelmap_free(map);
}

/* ---- nifti_clib ---- */

static void clib_whole(struct subject *s)
{
    nifti_image *image = nifti_image_read(s->path, 1);
    if (!image || !image->data)
        fail("nifti_clib");
    nifti_image_free(image);
}

static void clib_header(struct subject *s)
{
    nifti_image *image = nifti_image_read(s->path, 0);
    if (!image)
        fail("nifti_clib");
    nifti_image_free(image);
}

/* ---- a whole data set ---- */

struct tree {
    amos_dataset *dataset;
    amos_buffer_pool *pool;
};

static amos_status load_case(void *user, size_t index, amos_error *err)
{
    const struct tree *tree = user;
    const amos_case *c = amos_dataset_get(tree->dataset, index);
    const amos_read_options read = {.size = sizeof read, .pool = tree->pool, .threads = 1};
    const amos_labelmap_options label_options = {.size = sizeof label_options, .pool = tree->pool, .threads = 1};
    amos_pair *pair = NULL;
    amos_array *image = NULL;
    amos_labelmap *label = NULL;
    amos_volume *alone = NULL; /* a test case has no label */
    amos_status status = amos_case_get_info(c)->has_label
                             ? amos_pair_open_case(c, NULL, &pair, err)
                             : amos_volume_open(amos_case_get_info(c)->image_path, NULL, &alone, err);
    if (!status && pair)
        status = amos_pair_load(pair, &read, &label_options, &image, &label, err);
    else if (!status)
        status = amos_volume_load(alone, &read, &image, err);
    amos_labelmap_free(label);
    amos_array_free(image);
    amos_pair_free(pair);
    amos_volume_free(alone);
    return status;
}

static double load_tree(const char *path, int threads)
{
    struct tree tree;
    amos_error err;
    amos_workers_options options = {.size = sizeof options, .threads = threads};
    check(amos_dataset_open(path, NULL, &tree.dataset, &err), &err);
    check(amos_buffer_pool_make(0, &tree.pool, &err), &err);
    double start = now();
    check(amos_workers_run(amos_dataset_get_info(tree.dataset)->count, &options, load_case, NULL, &tree, &err), &err);
    double spent = now() - start;
    amos_buffer_pool_free(tree.pool);
    amos_dataset_free(tree.dataset);
    return spent;
}

/* ---- rounds ---- */

struct work {
    const char *name;
    void (*run)(struct subject *);
    int times;
    int label; /* on the label, else on the image */
};

static const struct work works[] = {
    {"raw zlib", raw_zlib, 1, 0},
#ifdef BENCH_LIBDEFLATE
    {"raw libdeflate", raw_libdeflate, 1, 0},
#endif
#ifdef BENCH_ISAL
    {"raw isal", raw_isal, 1, 0},
#endif
    {"amos stored", amos_stored, 1, 0},
    {"memory fresh", memory_fresh, 1, 0},
    {"amos array", amos_own, 1, 0},
    {"amos pooled", amos_pooled, 1, 0},
    {"amos float32", amos_float32, 1, 0},
    {"amos RAS", amos_ras, 1, 0},
    {"clib stored", clib_whole, 1, 0},
    {"amos open", amos_open, 50, 0},
    {"clib open", clib_header, 50, 0},
    {"label raw zlib", raw_zlib, 3, 1},
#ifdef BENCH_LIBDEFLATE
    {"label raw libdeflate", raw_libdeflate, 3, 1},
#endif
#ifdef BENCH_ISAL
    {"label raw isal", raw_isal, 3, 1},
#endif
    {"label amos", amos_labels, 3, 1},
    {"label amos pooled", amos_labels_pooled, 3, 1},
    {"label amos counts", amos_counts, 3, 1},
    {"label clib", clib_whole, 3, 1},
};

static void run_round(struct subject *image, struct subject *label, int counts)
{
    for (size_t i = 0; i < sizeof works / sizeof works[0]; i++) {
        double start = used();
        for (int n = 0; n < works[i].times; n++)
            works[i].run(works[i].label ? label : image);
        if (counts)
            printf("%s\t%.6f\n", works[i].name, (used() - start) / works[i].times);
    }
}

static void read_tree(const char *tree)
{
    for (int threads = 1; threads <= 2; threads++)
        printf("tree %d thread%s\t%.6f\n", threads, threads == 1 ? "" : "s", load_tree(tree, threads));
}

/* All labels of a data set, each inflated whole by each library: the limit of `amos stats`. */
static void inflate_labels(const char *path)
{
    amos_dataset *dataset;
    amos_error err;
    double spent[sizeof works / sizeof works[0]] = {0};
    check(amos_dataset_open(path, NULL, &dataset, &err), &err);
    for (size_t i = 0; i < amos_dataset_get_info(dataset)->count; i++) {
        const amos_case *c = amos_dataset_get(dataset, i);
        if (!amos_case_get_info(c)->has_label)
            continue;
        struct subject label;
        prepare(&label, amos_case_get_info(c)->label_path);
        for (size_t w = 0; w < sizeof works / sizeof works[0]; w++) {
            double start = now();
            if (strncmp(works[w].name, "label raw ", 10) == 0)
                works[w].run(&label);
            spent[w] += now() - start;
        }
        release(&label);
    }
    amos_dataset_free(dataset);
    for (size_t w = 0; w < sizeof works / sizeof works[0]; w++)
        if (strncmp(works[w].name, "label raw ", 10) == 0)
            printf("labels%s\t%.6f\n", works[w].name + 5, spent[w]);
}

static void open_tree(const char *path)
{
    amos_dataset *dataset;
    amos_error err;
    double start = now();
    check(amos_dataset_open(path, NULL, &dataset, &err), &err);
    amos_dataset_free(dataset);
    printf("tree open\t%.6f\n", now() - start);
}

static void run_command(char **command)
{
    int how;
    struct rusage usage;
    double start = now();
    pid_t child = fork();
    if (child == 0) {
        if (freopen("/dev/null", "w", stdout))
            execv(command[0], command);
        _exit(127);
    }
    if (wait4(child, &how, 0, &usage) != child || how)
        fail("the command failed");
    printf("run\t%.6f\nrun bytes\t%.0f\n", now() - start, (double)usage.ru_maxrss * 1024);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "kernels") == 0) {
        puts(amosi_kernels()->name);
        return 0;
    }
    if (argc >= 3 && strcmp(argv[1], "run") == 0) {
        run_command(argv + 2);
        return 0;
    }
    if (argc == 3 && strcmp(argv[1], "labels") == 0) {
        inflate_labels(argv[2]);
        return 0;
    }
    if (argc == 3 && strcmp(argv[1], "open") == 0) {
        open_tree(argv[2]);
        return 0;
    }
    if (argc == 3 && strcmp(argv[1], "tree") == 0) {
        read_tree(argv[2]);
        return 0;
    }
    if (argc < 4)
        fail("usage: bench_read ROUNDS IMAGE LABEL");
    struct subject image, label;
    prepare(&image, argv[2]);
    prepare(&label, argv[3]);
    for (int round = 0; round <= atoi(argv[1]); round++)
        run_round(&image, &label, round > 0);
    release(&label);
    release(&image);
    return 0;
}
