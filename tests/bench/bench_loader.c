/* How fast patches come: bench_loader TREE CACHE [PATCHES] prints milliseconds for a labelled patch of 160x160x96, one
 * "name<tab>number" a line. The cache is built where it is missing; everything comes from the page cache.
 *
 *   chunks raw          the chunks that patches touch, decoded by LZ4, and copied: the limit, by as many threads
 *   loader cache        clipped and scaled to float32, from the cache
 *   loader cache half   to float16
 *   loader augmented    with flips and noise too
 *   loader balanced     each forced to contain an organ, balanced
 *   loader memory       without a cache, once the cases are decoded
 *   loader cold         without a cache and with room for four cases, so that they are decoded again and again */
#define _XOPEN_SOURCE 700
#include <amos/amos.h>

#include <blosc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { THREADS = 2, CHUNK_X = 64, CHUNK_Y = 64, CHUNK_Z = 32 };
static const int64_t patch[3] = {160, 160, 96};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void need(amos_status status, const amos_error *err)
{
    if (!status)
        return;
    fprintf(stderr, "bench_loader: %s\n", err->message);
    exit(1);
}

static void *must(void *memory)
{
    if (!memory) {
        fprintf(stderr, "bench_loader: memory ran out\n");
        exit(1);
    }
    return memory;
}

/* ---- the limit ---- */

struct array {
    size_t item;
    int64_t shape[3], grid[3];
    unsigned char **chunks; /* NULL: all zeros */
};

struct limit {
    struct array arrays[2];
    unsigned char *chunk[THREADS], *out[THREADS];
    int patches;
};

#define CHUNK_VOXELS ((size_t)CHUNK_X * CHUNK_Y * CHUNK_Z)
static const int64_t chunk_side[3] = {CHUNK_X, CHUNK_Y, CHUNK_Z};

static void gather(const struct array *a, const unsigned char *voxels, const int64_t start[3], unsigned char *out)
{
    memset(out, 0, CHUNK_VOXELS * a->item);
    int64_t n = a->shape[0] - start[0] < CHUNK_X ? a->shape[0] - start[0] : CHUNK_X;
    for (int64_t z = 0; z < CHUNK_Z && start[2] + z < a->shape[2]; z++)
        for (int64_t y = 0; y < CHUNK_Y && start[1] + y < a->shape[1]; y++)
            memcpy(out + (size_t)(z * CHUNK_Y + y) * CHUNK_X * a->item,
                   voxels + (size_t)(((start[2] + z) * a->shape[1] + start[1] + y) * a->shape[0] + start[0]) * a->item,
                   (size_t)n * a->item);
}

static int is_zero(const unsigned char *data, size_t bytes)
{
    return data[0] == 0 && memcmp(data, data + 1, bytes - 1) == 0;
}

static void compress(struct array *a, const int64_t shape[3], size_t item, const void *voxels)
{
    size_t bytes = CHUNK_VOXELS * item, count = 1, n = 0;
    unsigned char *chunk = must(malloc(bytes)), *packed = must(malloc(bytes + BLOSC_MAX_OVERHEAD));
    a->item = item;
    for (int i = 0; i < 3; i++) {
        a->shape[i] = shape[i];
        a->grid[i] = (shape[i] + chunk_side[i] - 1) / chunk_side[i];
        count *= (size_t)a->grid[i];
    }
    a->chunks = must(calloc(count, sizeof *a->chunks));
    for (int64_t z = 0; z < a->grid[2]; z++)
        for (int64_t y = 0; y < a->grid[1]; y++)
            for (int64_t x = 0; x < a->grid[0]; x++, n++) {
                gather(a, voxels, (const int64_t[3]){x * CHUNK_X, y * CHUNK_Y, z * CHUNK_Z}, chunk);
                if (is_zero(chunk, bytes))
                    continue;
                int size =
                    blosc_compress_ctx(5, 1, item, bytes, chunk, packed, bytes + BLOSC_MAX_OVERHEAD, "lz4", 0, 1);
                a->chunks[n] = must(malloc((size_t)size));
                memcpy(a->chunks[n], packed, (size_t)size);
            }
    free(packed);
    free(chunk);
}

static void copy_part(const struct array *a, const int64_t at[3], const int64_t start[3], const unsigned char *chunk,
                      unsigned char *out)
{
    int64_t low[3], high[3];
    for (int i = 0; i < 3; i++) {
        low[i] = at[i] * chunk_side[i] > start[i] ? at[i] * chunk_side[i] : start[i];
        high[i] = (at[i] + 1) * chunk_side[i] < start[i] + patch[i] ? (at[i] + 1) * chunk_side[i] : start[i] + patch[i];
    }
    for (int64_t z = low[2]; z < high[2]; z++)
        for (int64_t y = low[1]; y < high[1]; y++) {
            int64_t from = ((z - at[2] * CHUNK_Z) * CHUNK_Y + y - at[1] * CHUNK_Y) * CHUNK_X + low[0] - at[0] * CHUNK_X;
            int64_t to = ((z - start[2]) * patch[1] + y - start[1]) * patch[0] + low[0] - start[0];
            memcpy(out + (size_t)to * a->item, chunk + (size_t)from * a->item, (size_t)(high[0] - low[0]) * a->item);
        }
}

static void decode_patch(const struct array *a, const int64_t start[3], unsigned char *chunk, unsigned char *out)
{
    int64_t at[3];
    for (at[2] = start[2] / CHUNK_Z; at[2] * CHUNK_Z < start[2] + patch[2]; at[2]++)
        for (at[1] = start[1] / CHUNK_Y; at[1] * CHUNK_Y < start[1] + patch[1]; at[1]++)
            for (at[0] = start[0] / CHUNK_X; at[0] * CHUNK_X < start[0] + patch[0]; at[0]++) {
                const unsigned char *packed = a->chunks[(at[2] * a->grid[1] + at[1]) * a->grid[0] + at[0]];
                if (!packed)
                    memset(chunk, 0, CHUNK_VOXELS * a->item);
                else if (blosc_decompress_ctx(packed, chunk, CHUNK_VOXELS * a->item, 1) <= 0)
                    exit(1);
                copy_part(a, at, start, chunk, out);
            }
}

/* Each of the threads makes its share of patches at random places. */
static amos_status decode_patches(void *user, size_t thread, amos_error *err)
{
    (void)err;
    struct limit *l = user;
    unsigned seed = (unsigned)thread + 1;
    for (int i = 0; i < l->patches; i++) {
        int64_t start[3];
        for (int k = 0; k < 3; k++)
            start[k] = rand_r(&seed) % (l->arrays[0].shape[k] - patch[k] + 1);
        for (int k = 0; k < 2; k++)
            decode_patch(&l->arrays[k], start, l->chunk[thread], l->out[thread]);
    }
    return AMOS_OK;
}

static void measure_limit(const amos_dataset *dataset, int patches)
{
    amos_case_filter labelled = {.size = sizeof labelled, .has_label = 1, .modality = AMOS_MODALITY_CT};
    amos_pair *pair;
    amos_array *image;
    amos_labelmap *label;
    amos_error err;
    need(amos_pair_open(amos_dataset_next(dataset, &labelled, NULL), NULL, &pair, &err), &err);
    need(amos_pair_load(pair, NULL, NULL, &image, &label, &err), &err);
    const amos_layout *layout = amos_array_layout(image);
    struct limit l = {.patches = patches / THREADS};
    for (int i = 0; i < 3; i++)
        if (layout->shape[i] < patch[i])
            return;
    compress(&l.arrays[0], layout->shape, amos_type_bytes(layout->type), amos_array_data(image));
    compress(&l.arrays[1], layout->shape, 1, amos_labelmap_voxels(label));
    for (int i = 0; i < THREADS; i++) {
        l.chunk[i] = must(malloc(CHUNK_VOXELS * 8));
        l.out[i] = must(malloc((size_t)(patch[0] * patch[1] * patch[2]) * 8));
    }
    amos_workers_options workers = {.size = sizeof workers, .threads = THREADS};
    need(amos_workers_run(THREADS, &workers, decode_patches, NULL, &l, &err), &err);
    double begin = now();
    need(amos_workers_run(THREADS, &workers, decode_patches, NULL, &l, &err), &err);
    printf("chunks raw\t%.3f\n", (now() - begin) * 1e3 / (l.patches * THREADS));
    amos_labelmap_free(label);
    amos_array_free(image);
    amos_pair_free(pair);
}

/* ---- the loader ---- */

static void draw(amos_loader *loader, int batches)
{
    amos_error err;
    while (batches > 0) {
        amos_batch *batch;
        need(amos_loader_next(loader, &batch, &err), &err);
        batches -= batch != NULL;
        amos_batch_free(batch);
    }
}

static void measure(const char *name, const amos_dataset *dataset, const amos_loader_options *options, int patches)
{
    amos_loader *loader;
    amos_error err;
    need(amos_loader_open(dataset, options, &loader, &err), &err);
    draw(loader, (int)amos_loader_steps(loader)); /* an epoch, so that all is as it will be */
    double begin = now();
    draw(loader, patches / 2);
    printf("%s\t%.3f\n", name, (now() - begin) * 1e3 / (patches / 2 * 2));
    fflush(stdout);
    if (getenv("BENCH_STATS")) {
        amos_loader_stats s = {.size = sizeof s};
        need(amos_loader_get_stats(loader, &s, &err), &err);
        fprintf(stderr,
                "%s: %llu samples: decode %.3f ms, copy %.3f ms a sample; waiting %.3f s, idle %.3f s; %llu hits, %llu "
                "misses; %.0f MB\n",
                name, (unsigned long long)s.samples, (double)s.decode_ns / 1e6 / (double)s.samples,
                (double)s.copy_ns / 1e6 / (double)s.samples, (double)s.wait_ns / 1e9, (double)s.idle_ns / 1e9,
                (unsigned long long)s.hits, (unsigned long long)s.misses, (double)s.memory_peak / 1e6);
    }
    amos_loader_free(loader);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: %s TREE CACHE [PATCHES]\n", argv[0]);
        return 2;
    }
    int patches = argc > 3 ? atoi(argv[3]) : 400;
    const amos_case_filter ct_only = {.size = sizeof ct_only, .modality = AMOS_MODALITY_CT};
    const amos_scaling ct = {.size = sizeof ct, .scale = AMOS_SCALE_RANGE, .low = -160, .high = 240};
    const amos_augment changes = {.size = sizeof changes,
                                  .flips = AMOS_FLIP_X | AMOS_FLIP_Y | AMOS_FLIP_Z,
                                  .noise_share = 1,
                                  .noise_low = 0,
                                  .noise_high = 0.1};
    amos_loader_options o = {.size = sizeof o,
                             .patch = {patch[0], patch[1], patch[2]},
                             .filter = &ct_only,
                             .batch_size = 2,
                             .threads = THREADS,
                             .ct = &ct,
                             .memory_budget = (uint64_t)16 << 30};
    amos_dataset *dataset;
    amos_cache *cache;
    amos_error err;
    need(amos_dataset_open(argv[1], NULL, &dataset, &err), &err);
    need(amos_cache_open(argv[2], NULL, &cache, &err), &err);
    const amos_cache_build_options build = {.size = sizeof build, .filter = &ct_only};
    need(amos_cache_build(cache, dataset, &build, &err), &err);
    measure_limit(dataset, patches);
    o.cache = cache;
    measure("loader cache", dataset, &o, patches);
    o.image_type = AMOS_IMAGE_FLOAT16;
    measure("loader cache half", dataset, &o, patches);
    o.image_type = AMOS_IMAGE_FLOAT32;
    o.augment = &changes;
    measure("loader augmented", dataset, &o, patches);
    o.augment = NULL;
    o.foreground = 1;
    o.balanced = 1;
    measure("loader balanced", dataset, &o, patches);
    o.foreground = 0;
    o.balanced = 0;
    o.cache = NULL;
    measure("loader memory", dataset, &o, patches);
    o.memory_budget = (uint64_t)700 << 20;
    measure("loader cold", dataset, &o, patches / 4);
    amos_cache_free(cache);
    amos_dataset_free(dataset);
    return 0;
}
