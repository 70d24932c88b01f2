/* SPDX-License-Identifier: BSD-3-Clause */
/* The speed of drawing patches and of building a cache; bench_patches.py prints a table of it. Prints
 * "name<tab>milliseconds" lines; "name, processors" is processor time, "name, user" that outside the system. Two threads
 * everywhere.
 *
 * bench_loader draw TREE CACHE [PATCHES]: a labelled patch of 160x160x96, from a cache that was built:
 *   chunks              the limit: the chunks that the same patches touch, in memory, decoded by LZ4 and copied
 *   chunks float        the same, copied to float32
 *   loader cache        clipped and scaled to float32, from the cache
 *   loader cache half   to float16
 *   loader augmented    with flips and noise too
 *   loader balanced     each forced to contain an organ, balanced
 *   loader memory       without a cache, once the cases are decoded
 *   loader cold         without a cache and with room for four cases, so that they are decoded again and again
 *
 * bench_loader build TREE FOLDER: the whole data set:
 *   read once           all images and labels, decoded into the memory of a pool
 *   cache build         the cache, built in FOLDER, which must not exist
 * bench_loader resample TREE FOLDER: the same with resampling to 1.5 x 1.5 x 2 mm:
 *   resampled build     the cache, built in FOLDER, which must not exist
 *   copy resampled      copying as many bytes as its decoded voxels have, divided by the threads */
#define _XOPEN_SOURCE 700
#include <amos/amos.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/system/alloc.h"
#include "cache/chunk.h"
#include "cache/entry.h"
#include "nifti/kernels.h"

enum { THREADS = 2, BATCH = 2, RING = 4 };
static const int64_t patch[3] = {160, 160, 96};
static const amos_case_filter labelled = {.size = sizeof labelled, .has_label = 1, .has_image = 1};

/* Wall-clock time and processor time. */
struct watch {
    double begin, cpu, user;
};

static double seconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double user_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec * 1e-6;
}

static struct watch start(void)
{
    return (struct watch){seconds(CLOCK_MONOTONIC), seconds(CLOCK_PROCESS_CPUTIME_ID), user_seconds()};
}

static void stop(const char *why)
{
    fprintf(stderr, "bench_loader: %s\n", why);
    exit(1);
}

static void need(amos_status status, const amos_error *err)
{
    if (status)
        stop(err->message);
}

static void *must(void *memory)
{
    if (!memory)
        stop("memory ran out");
    return memory;
}

static void print(const char *name, const struct watch *watch, int count)
{
    double time = seconds(CLOCK_MONOTONIC) - watch->begin, cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - watch->cpu;
    printf("%s\t%.3f\n%s, processors\t%.3f\n%s, user\t%.3f\n", name, time * 1e3 / count, name, cpu * 1e3 / count, name,
           (user_seconds() - watch->user) * 1e3 / count);
    fflush(stdout);
}

/* ---- the limit ---- */

/* The compressed chunks of a case, as in its cache entry. */
struct packed {
    amos_cache_entry *entry;
    unsigned char *file;
};

/* The place of a patch. */
struct target {
    const struct packed *packed;
    amos_box box; /* within the volume */
};

struct limit {
    struct packed *cases;
    size_t count;
    struct target *targets;
    bool as_float;
    unsigned char *chunk[THREADS], *work[THREADS];
    void *image[THREADS][RING];
    unsigned char *label[THREADS][RING];
    int patches; /* per thread */
};

static void load_packed(struct packed *p, const amos_cache *cache, const amos_case *c)
{
    amos_error err;
    need(amos_cache_entry_open(cache, c, &p->entry, &err), &err);
    size_t bytes = (size_t)p->entry->source.size;
    p->file = must(malloc(bytes));
    need(amosi_source_read(&p->entry->source, 0, p->file, bytes, &err), &err);
}

/* Copies n voxels of a row, unchanged or as float32. */
static void put_row(const void *from, void *to, int64_t n, size_t item, bool as_float)
{
    if (as_float)
        amosi_kernels()->float_from_i16(to, from, (size_t)n);
    else
        memcpy(to, from, (size_t)n * item);
}

/* Copies the part of a chunk inside the box; `chunk` NULL: zeros. */
static void copy_part(const struct amosi_chunked *a, const int64_t at[3], const amos_box *box,
                      const unsigned char *chunk, unsigned char *out, size_t item, bool as_float)
{
    int64_t low[3], high[3], side[3];
    size_t to_item = as_float ? sizeof(float) : item;
    for (int i = 0; i < 3; i++) {
        low[i] = at[i] * a->chunk[i] > box->start[i] ? at[i] * a->chunk[i] : box->start[i];
        high[i] = (at[i] + 1) * a->chunk[i] < box->stop[i] ? (at[i] + 1) * a->chunk[i] : box->stop[i];
        side[i] = box->stop[i] - box->start[i];
    }
    for (int64_t z = low[2]; z < high[2]; z++)
        for (int64_t y = low[1]; y < high[1]; y++) {
            int64_t from = ((z - at[2] * a->chunk[2]) * a->chunk[1] + y - at[1] * a->chunk[1]) * a->chunk[0] + low[0] -
                           at[0] * a->chunk[0];
            int64_t to = ((z - box->start[2]) * side[1] + y - box->start[1]) * side[0] + low[0] - box->start[0];
            if (chunk)
                put_row(chunk + (size_t)from * item, out + (size_t)to * to_item, high[0] - low[0], item, as_float);
            else
                memset(out + (size_t)to * to_item, 0, (size_t)(high[0] - low[0]) * to_item);
        }
}

static void decode_box(const struct limit *l, size_t thread, const struct packed *p, const struct amosi_chunked *a,
                       const amos_box *box, void *out, bool as_float)
{
    const int64_t *side = a->chunk;
    unsigned char *chunk = l->chunk[thread];
    amos_type type = a->view.header.info.type;
    int64_t at[3];
    for (at[2] = box->start[2] / side[2]; at[2] * side[2] < box->stop[2]; at[2]++)
        for (at[1] = box->start[1] / side[1]; at[1] * side[1] < box->stop[1]; at[1]++)
            for (at[0] = box->start[0] / side[0]; at[0] * side[0] < box->stop[0]; at[0]++) {
                const struct amosi_zip_data *data = &a->chunks[(at[2] * a->grid[1] + at[1]) * a->grid[0] + at[0]];
                if (data->bytes && !amosi_chunk_decompress(type, p->file + data->at, data->bytes, chunk, a->chunk_bytes,
                                                           l->work[thread]))
                    stop("a chunk cannot be decoded");
                copy_part(a, at, box, data->bytes ? chunk : NULL, out, amos_type_bytes(type), as_float);
            }
}

/* Each thread reads its share of the patches, into as many buffers as a loader would have. */
static amos_status decode_patches(void *user, size_t thread, amos_error *err)
{
    (void)err;
    struct limit *l = user;
    for (int i = 0; i < l->patches; i++) {
        const struct target *t = &l->targets[i * THREADS + (int)thread];
        const amos_cache_entry *entry = t->packed->entry;
        decode_box(l, thread, t->packed, &entry->image, &t->box, l->image[thread][i % RING], l->as_float);
        decode_box(l, thread, t->packed, &entry->labels, &t->box, l->label[thread][i % RING], false);
    }
    return AMOS_OK;
}

static void make_buffers(struct limit *l)
{
    size_t voxels = (size_t)(patch[0] * patch[1] * patch[2]);
    for (int i = 0; i < THREADS; i++) {
        l->chunk[i] = must(amosi_alloc_voxels(l->cases[0].entry->image.chunk_bytes));
        l->work[i] = must(amosi_alloc_voxels(amosi_chunk_work(l->cases[0].entry->image.chunk_bytes)));
        for (int k = 0; k < RING; k++) {
            l->image[i][k] = must(amosi_alloc_voxels(voxels * sizeof(float)));
            l->label[i][k] = must(amosi_alloc_voxels(voxels));
        }
    }
}

static void load_limit(struct limit *l, const amos_dataset *dataset, const amos_cache *cache)
{
    l->cases = must(calloc(amos_dataset_get_info(dataset)->count, sizeof *l->cases));
    amos_error err;
    const amos_case *c = NULL;
    for (;; l->count++) {
        need(amos_dataset_next(dataset, &labelled, &c, &err), &err);
        if (!c)
            break;
        load_packed(&l->cases[l->count], cache, c);
        const amos_layout *layout = &amos_cache_entry_get_info(l->cases[l->count].entry)->layout;
        if (layout->type != AMOS_TYPE_INT16)
            stop("the limit needs cases of int16");
    }
    if (l->count == 0)
        stop("there are no labelled cases");
    make_buffers(l);
}

static void free_limit(struct limit *l)
{
    for (int i = 0; i < THREADS; i++)
        for (int k = 0; k < RING; k++) {
            amosi_free(l->image[i][k]);
            amosi_free(l->label[i][k]);
        }
    for (int i = 0; i < THREADS; i++) {
        amosi_free(l->chunk[i]);
        amosi_free(l->work[i]);
    }
    for (size_t i = 0; i < l->count; i++) {
        amos_cache_entry_free(l->cases[i].entry);
        free(l->cases[i].file);
    }
    free(l->targets);
    free(l->cases);
}

static void measure_limit(struct limit *l, const char *name, bool as_float)
{
    const amos_workers_options workers = {.size = sizeof workers, .threads = THREADS};
    amos_error err;
    l->as_float = as_float;
    struct watch watch = start();
    need(amos_workers_run(THREADS, &workers, decode_patches, NULL, l, &err), &err);
    print(name, &watch, l->patches * THREADS);
}

/* ---- the loader ---- */

/* Notes where the elements of a batch lie. */
static void note(const struct limit *l, const amos_batch *batch, struct target *targets)
{
    for (int i = 0; i < BATCH; i++) {
        const amos_batch_sample *sample = amos_batch_get_sample(batch, i);
        const struct packed *p = &l->cases[sample->loader_case];
        const int64_t *shape = amos_cache_entry_get_info(p->entry)->layout.shape;
        if (strcmp(amos_cache_entry_get_info(p->entry)->case_id, sample->case_id) != 0)
            stop("the loader has its cases in another order");
        targets[i] = (struct target){p, sample->box};
        for (int k = 0; k < 3; k++) {
            targets[i].box.start[k] = sample->box.start[k] < 0 ? 0 : sample->box.start[k];
            targets[i].box.stop[k] = sample->box.stop[k] < shape[k] ? sample->box.stop[k] : shape[k];
        }
    }
}

/* `limit` NULL: the places of the elements are not needed. */
static void draw(amos_loader *loader, int patches, const struct limit *limit)
{
    amos_error err;
    for (int n = 0; n < patches;) {
        amos_batch *batch;
        need(amos_loader_next(loader, &batch, &err), &err);
        if (batch && limit)
            note(limit, batch, &limit->targets[n]);
        n += batch ? BATCH : 0;
        amos_batch_free(batch);
    }
}

/* Measures from the second epoch on; the first one loads everything into memory. */
static void measure(const char *name, const amos_dataset *dataset, const amos_loader_options *options, int patches,
                    const struct limit *limit)
{
    amos_loader *loader;
    amos_error err;
    need(amos_loader_open(dataset, options, &loader, &err), &err);
    draw(loader, (int)amos_loader_get_info(loader)->steps * BATCH, NULL);
    struct watch watch = start();
    draw(loader, patches, limit);
    print(name, &watch, patches);
    amos_loader_free(loader);
}

static void measure_draws(const amos_dataset *dataset, const amos_cache *cache, int patches)
{
    const amos_scaling scaling = {.size = sizeof scaling, .scale = AMOS_SCALING_RANGE, .low = -160, .high = 240};
    const amos_augment changes = {.size = sizeof changes,
                                  .flips = AMOS_FLIP_X | AMOS_FLIP_Y | AMOS_FLIP_Z,
                                  .mirror = AMOS_MIRROR_KEEP,
                                  .noise_share = 1,
                                  .noise_low = 0,
                                  .noise_high = 0.1};
    const amos_loader_options plain = {.size = sizeof plain,
                                       .cache = cache,
                                       .patch = {patch[0], patch[1], patch[2]},
                                       .filter = &labelled,
                                       .batch_size = BATCH,
                                       .threads = THREADS,
                                       .ct = &scaling,
                                       .mri = &scaling,
                                       .memory_budget = (uint64_t)16 << 30};
    struct limit limit = {.patches = patches / THREADS};
    amos_loader_options o = plain;
    limit.targets = must(calloc((size_t)patches, sizeof *limit.targets));
    load_limit(&limit, dataset, cache);
    measure("loader cache", dataset, &o, patches, &limit);
    measure_limit(&limit, "chunks", false);
    measure_limit(&limit, "chunks float", true);
    o.image_type = AMOS_IMAGE_TYPE_FLOAT16;
    measure("loader cache half", dataset, &o, patches, NULL);
    o = plain;
    o.augment = &changes;
    measure("loader augmented", dataset, &o, patches, NULL);
    o = plain;
    o.foreground = 1;
    o.balanced = 1;
    measure("loader balanced", dataset, &o, patches, NULL);
    o = plain;
    o.cache = NULL;
    measure("loader memory", dataset, &o, patches, NULL);
    o.memory_budget = (uint64_t)700 << 20;
    measure("loader cold", dataset, &o, patches / 10 * 2, NULL);
    free_limit(&limit);
}

/* ---- the whole data set ---- */

struct tree {
    const amos_case **cases;
    size_t count;
    amos_buffer_pool *pool;
};

static amos_status read_alone(const amos_case *c, const amos_read_options *options, amos_error *err)
{
    amos_volume *volume;
    amos_array *image = NULL;
    amos_status status = amos_volume_open(amos_case_get_info(c)->image_path, NULL, &volume, err);
    if (!status)
        status = amos_volume_load(volume, options, &image, err);
    amos_array_free(image);
    amos_volume_free(volume);
    return status;
}

static amos_status read_case(void *user, size_t index, amos_error *err)
{
    const struct tree *tree = user;
    const amos_read_options image_options = {.size = sizeof image_options, .pool = tree->pool};
    const amos_labelmap_options label_options = {.size = sizeof label_options, .pool = tree->pool};
    amos_pair *pair;
    amos_array *image = NULL;
    amos_labelmap *label = NULL;
    if (!amos_case_get_info(tree->cases[index])->has_label)
        return read_alone(tree->cases[index], &image_options, err);
    amos_status status = amos_pair_open_case(tree->cases[index], NULL, &pair, err);
    if (!status)
        status = amos_pair_load(pair, &image_options, &label_options, &image, &label, err);
    amos_labelmap_free(label);
    amos_array_free(image);
    amos_pair_free(pair);
    return status;
}

static void measure_reading(const amos_dataset *dataset)
{
    const amos_workers_options workers = {.size = sizeof workers, .threads = THREADS};
    struct tree tree = {.cases = must(calloc(amos_dataset_get_info(dataset)->count, sizeof *tree.cases))};
    amos_error err;
    const amos_case *c = NULL;
    do {
        need(amos_dataset_next(dataset, NULL, &c, &err), &err);
        if (c && amos_case_get_info(c)->has_image)
            tree.cases[tree.count++] = c;
    } while (c);
    struct watch watch = start();
    need(amos_buffer_pool_make(0, &tree.pool, &err), &err);
    need(amos_workers_run(tree.count, &workers, read_case, NULL, &tree, &err), &err);
    amos_buffer_pool_free(tree.pool);
    print("read once", &watch, 1);
    free(tree.cases);
}

static void measure_building(const amos_dataset *dataset, const amos_cache *cache, const char *name)
{
    const amos_cache_build_options options = {.size = sizeof options, .threads = THREADS};
    amos_error err;
    struct watch watch = start();
    need(amos_cache_build(cache, dataset, &options, &err), &err);
    print(name, &watch, 1);
}

/* Copies as many bytes as the decoded voxels of the cache have, in pieces as large as a case, by one thread. */
static void measure_copying(const amos_dataset *dataset, const amos_cache *cache)
{
    amos_error err;
    struct watch watch = {0};
    size_t room = 0, bytes;
    char *from = NULL, *to = NULL;
    double total = 0;
    for (const amos_case *c = NULL;;) {
        amos_cache_entry *entry;
        need(amos_dataset_next(dataset, NULL, &c, &err), &err);
        if (!c)
            break;
        if (!amos_case_get_info(c)->has_image)
            continue;
        need(amos_cache_entry_open(cache, c, &entry, &err), &err);
        const amos_layout *layout = &amos_cache_entry_get_info(entry)->layout;
        bytes = layout->bytes + layout->bytes / amos_type_bytes(layout->type);
        if (bytes > room) {
            from = must(realloc(from, bytes));
            to = must(realloc(to, bytes));
            memset(from, 1, bytes);
            memset(to, 1, bytes);
            room = bytes;
        }
        watch = start();
        memcpy(to, from, bytes);
        total += (seconds(CLOCK_MONOTONIC) - watch.begin) * 1e3;
        amos_cache_entry_free(entry);
    }
    printf("copy resampled\t%.3f\n", total / THREADS);
    free(to);
    free(from);
}

int main(int argc, char **argv)
{
    const bool draws = argc >= 4 && strcmp(argv[1], "draw") == 0;
    const bool resamples = argc == 4 && strcmp(argv[1], "resample") == 0;
    amos_cache_options options = AMOS_CACHE_OPTIONS_INIT;
    if (!draws && !resamples && !(argc == 4 && strcmp(argv[1], "build") == 0)) {
        fprintf(stderr, "usage: %s draw TREE CACHE [PATCHES], or %s build|resample TREE FOLDER\n", argv[0], argv[0]);
        return 2;
    }
    for (int i = 0; i < 3 && resamples; i++)
        options.spacing[i] = i < 2 ? 1.5 : 2;
    amos_dataset *dataset;
    amos_cache *cache;
    amos_error err;
    need(amos_dataset_open(argv[2], NULL, &dataset, &err), &err);
    need(amos_cache_open(argv[3], &options, &cache, &err), &err);
    if (draws) {
        measure_draws(dataset, cache, argc > 4 ? (int)strtol(argv[4], NULL, 10) / 4 * 4 : 400);
    } else if (resamples) {
        measure_building(dataset, cache, "resampled build");
        measure_copying(dataset, cache);
    } else {
        measure_reading(dataset);
        measure_building(dataset, cache, "cache build");
    }
    amos_cache_free(cache);
    amos_dataset_free(dataset);
    return 0;
}
