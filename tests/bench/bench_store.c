/* SPDX-License-Identifier: BSD-3-Clause */
/* Compares layouts of a store for patches: bench_store IMAGE LABEL... For chunk shapes, and for one file against a
 * folder of files, prints the size of the store and the time of a labelled patch at a random place from the page
 * cache: the touched chunks are decoded and copied. The layout of amos_cache was chosen by this program. The last
 * rows are the same patches through amos_cache itself. */
#define _XOPEN_SOURCE 700
#include <amos/amos.h>

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>
#ifdef BENCH_ISAL
#include <isa-l.h>
#define CRC(data, bytes) crc32_gzip_refl(0, data, bytes)
#else
#define CRC(data, bytes) crc32(0, data, (uInt)(bytes))
#endif

#include "cache/chunk.h"

enum { PATCHES = 60 };

struct array {
    const unsigned char *voxels; /* x fastest */
    int64_t shape[3];
    amos_type type;
    size_t item;
    int64_t chunk[3], grid[3];
    long *at, *bytes; /* of each chunk in the file; bytes 0: left out */
    size_t compressed;
};

struct store {
    struct array arrays[2];
    unsigned char *file; /* the bytes to write */
    size_t bytes, room;
    int fd;
    const unsigned char *map;
    char folder[64];
};

enum way { PREAD, PREAD_CRC, MAPPED, FOLDER, WAYS };
static const char *const way_names[WAYS] = {"one file, pread", "one file, pread, CRC-32", "one file, mapped", "folder"};

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
    fprintf(stderr, "bench_store: %s\n", err->message);
    exit(1);
}

/* ---- building a store ---- */

static void gather(const struct array *a, const int64_t start[3], unsigned char *out)
{
    memset(out, 0, (size_t)(a->chunk[0] * a->chunk[1] * a->chunk[2]) * a->item);
    for (int64_t z = 0; z < a->chunk[2] && start[2] + z < a->shape[2]; z++)
        for (int64_t y = 0; y < a->chunk[1] && start[1] + y < a->shape[1]; y++) {
            int64_t n = a->shape[0] - start[0] < a->chunk[0] ? a->shape[0] - start[0] : a->chunk[0];
            int64_t from = ((start[2] + z) * a->shape[1] + start[1] + y) * a->shape[0] + start[0];
            memcpy(out + (size_t)((z * a->chunk[1] + y) * a->chunk[0]) * a->item, a->voxels + (size_t)from * a->item,
                   (size_t)n * a->item);
        }
}

static void add_chunk(struct store *s, struct array *a, int which, long index, const unsigned char *chunk, size_t bytes,
                      void *work)
{
    if (s->room - s->bytes < bytes + AMOSI_CHUNK_OVERHEAD + 64) {
        s->room = 2 * s->room + bytes + 4096;
        s->file = realloc(s->file, s->room);
    }
    s->bytes += 50; /* the header of a ZIP entry before its data */
    unsigned char *to = s->file + s->bytes;
    a->at[index] = (long)s->bytes;
    a->bytes[index] = 0;
    size_t i = 0;
    while (i < bytes && chunk[i] == 0)
        i++;
    if (i == bytes)
        return;
    const struct amosi_chunk_rows all = {chunk, bytes / a->item, 1, 0, 0, 0};
    amosi_chunk_split(a->type, work, bytes / a->item, &all);
    a->bytes[index] = (long)amosi_chunk_compress(a->type, work, bytes, to);
    s->bytes += (size_t)a->bytes[index];
    char name[128];
    snprintf(name, sizeof name, "%s/%d.%ld", s->folder, which, index);
    FILE *f = fopen(name, "wb");
    if (!f || fwrite(to, 1, (size_t)a->bytes[index], f) != (size_t)a->bytes[index] || fclose(f) != 0)
        exit(1);
}

static void add_array(struct store *s, int which, const int64_t chunk[3])
{
    struct array *a = &s->arrays[which];
    long count = 1, index = 0;
    for (int i = 0; i < 3; i++) {
        a->chunk[i] = chunk[i];
        a->grid[i] = (a->shape[i] + chunk[i] - 1) / chunk[i];
        count *= (long)a->grid[i];
    }
    a->at = calloc((size_t)count, sizeof(long));
    a->bytes = calloc((size_t)count, sizeof(long));
    size_t bytes = (size_t)(chunk[0] * chunk[1] * chunk[2]) * a->item, before = s->bytes;
    unsigned char *buffer = malloc(bytes), *work = malloc(amosi_chunk_work(bytes));
    for (int64_t z = 0; z < a->grid[2]; z++)
        for (int64_t y = 0; y < a->grid[1]; y++)
            for (int64_t x = 0; x < a->grid[0]; x++) {
                const int64_t start[3] = {x * chunk[0], y * chunk[1], z * chunk[2]};
                gather(a, start, buffer);
                add_chunk(s, a, which, index++, buffer, bytes, work);
            }
    a->compressed = s->bytes - before;
    free(work);
    free(buffer);
}

static void open_store(struct store *s)
{
    char name[128];
    snprintf(name, sizeof name, "%s/store", s->folder);
    s->fd = open(name, O_RDWR | O_CREAT, 0600);
    for (size_t done = 0; done < s->bytes;) {
        ssize_t n = write(s->fd, s->file + done, s->bytes - done);
        if (n <= 0)
            exit(1);
        done += (size_t)n;
    }
    s->map = mmap(NULL, s->bytes, PROT_READ, MAP_SHARED, s->fd, 0);
}

static void close_store(struct store *s)
{
    char command[128];
    munmap((void *)(uintptr_t)s->map, s->bytes);
    close(s->fd);
    free(s->file);
    for (int i = 0; i < 2; i++) {
        free(s->arrays[i].at);
        free(s->arrays[i].bytes);
    }
    snprintf(command, sizeof command, "rm -r %s", s->folder);
    if (system(command) != 0) // NOLINT(cert-env33-c): words of its own
        exit(1);
}

/* ---- random places: any, as long as they are the same in every round ---- */

static void draw_again(void)
{
    srand(1); // NOLINT(cert-msc32-c,cert-msc51-cpp): see above
}

static int64_t draw_below(int64_t n)
{
    return rand() % n; // NOLINT(cert-msc30-c,cert-msc50-cpp): see above
}

/* ---- reading a patch ---- */

struct reading {
    const struct store *s;
    enum way way;
    bool copy;
    unsigned char *compressed, *chunk, *work, *out;
    int64_t start[3], stop[3];
};

static const unsigned char *fetch(struct reading *r, const struct array *a, int which, long index)
{
    size_t bytes = (size_t)a->bytes[index];
    if (r->way == MAPPED)
        return r->s->map + a->at[index];
    int fd = r->s->fd;
    off_t at = a->at[index];
    if (r->way == FOLDER) {
        char name[128];
        snprintf(name, sizeof name, "%s/%d.%ld", r->s->folder, which, index);
        fd = open(name, O_RDONLY);
        at = 0;
    }
    if (pread(fd, r->compressed, bytes, at) != (ssize_t)bytes)
        exit(1);
    if (r->way == FOLDER)
        close(fd);
    static volatile uint32_t sum;
    (void)sum;
    if (r->way == PREAD_CRC)
        sum = CRC(r->compressed, bytes);
    return r->compressed;
}

static void scatter(struct reading *r, const struct array *a, const int64_t at[3], bool empty)
{
    int64_t low[3], high[3], shape[3];
    for (int i = 0; i < 3; i++) {
        low[i] = at[i] * a->chunk[i] > r->start[i] ? at[i] * a->chunk[i] : r->start[i];
        high[i] = (at[i] + 1) * a->chunk[i] < r->stop[i] ? (at[i] + 1) * a->chunk[i] : r->stop[i];
        shape[i] = r->stop[i] - r->start[i];
    }
    size_t row = (size_t)(high[0] - low[0]) * a->item;
    for (int64_t z = low[2]; z < high[2]; z++)
        for (int64_t y = low[1]; y < high[1]; y++) {
            int64_t to = ((z - r->start[2]) * shape[1] + y - r->start[1]) * shape[0] + low[0] - r->start[0];
            int64_t from = ((z - at[2] * a->chunk[2]) * a->chunk[1] + y - at[1] * a->chunk[1]) * a->chunk[0] + low[0] -
                           at[0] * a->chunk[0];
            if (empty)
                memset(r->out + (size_t)to * a->item, 0, row);
            else
                memcpy(r->out + (size_t)to * a->item, r->chunk + (size_t)from * a->item, row);
        }
}

static size_t read_array(struct reading *r, int which)
{
    const struct array *a = &r->s->arrays[which];
    size_t bytes = (size_t)(a->chunk[0] * a->chunk[1] * a->chunk[2]) * a->item, touched = 0;
    int64_t at[3];
    for (at[2] = r->start[2] / a->chunk[2]; at[2] * a->chunk[2] < r->stop[2]; at[2]++)
        for (at[1] = r->start[1] / a->chunk[1]; at[1] * a->chunk[1] < r->stop[1]; at[1]++)
            for (at[0] = r->start[0] / a->chunk[0]; at[0] * a->chunk[0] < r->stop[0]; at[0]++) {
                long index = (long)((at[2] * a->grid[1] + at[1]) * a->grid[0] + at[0]);
                if (a->bytes[index] && !amosi_chunk_decompress(a->type, fetch(r, a, which, index),
                                                               (size_t)a->bytes[index], r->chunk, bytes, r->work))
                    exit(1);
                scatter(r, a, at, a->bytes[index] == 0);
                touched += bytes;
            }
    return touched;
}

static void measure(struct store *s, const int64_t patch[3])
{
    struct reading r = {.s = s};
    r.compressed = malloc((size_t)32 << 20);
    r.chunk = malloc((size_t)32 << 20);
    r.work = malloc(amosi_chunk_work((size_t)32 << 20));
    r.out = malloc((size_t)(patch[0] * patch[1] * patch[2]) * 8);
    for (int way = 0; way < WAYS; way++) {
        double best = 1e9;
        size_t touched = 0;
        r.way = (enum way)way;
        for (int round = 0; round < 3; round++) {
            draw_again();
            touched = 0;
            double begin = now();
            for (int i = 0; i < PATCHES; i++) {
                for (int k = 0; k < 3; k++) {
                    int64_t n = patch[k] < s->arrays[0].shape[k] ? patch[k] : s->arrays[0].shape[k];
                    r.start[k] = draw_below(s->arrays[0].shape[k] - n + 1);
                    r.stop[k] = r.start[k] + n;
                }
                touched += read_array(&r, 0) + read_array(&r, 1);
            }
            double seconds = (now() - begin) / PATCHES;
            best = seconds < best ? seconds : best;
        }
        printf("  %-24s %lldx%lldx%lld: %6.2f ms a patch, %5.1f MB decoded\n", way_names[way], (long long)patch[0],
               (long long)patch[1], (long long)patch[2], best * 1e3, (double)touched / PATCHES / 1e6);
    }
    free(r.compressed);
    free(r.chunk);
    free(r.work);
    free(r.out);
}

static void bench(const amos_array *image, const amos_labelmap *label, const int64_t chunk[3])
{
    struct store s = {.folder = "/tmp/amos-store-XXXXXX"};
    if (!mkdtemp(s.folder))
        exit(1);
    const amos_layout *layout = amos_array_layout(image);
    s.arrays[0].voxels = amos_array_data(image);
    s.arrays[1].voxels = amos_labelmap_voxels(label);
    s.arrays[0].item = amos_type_bytes(layout->type);
    s.arrays[1].item = 1;
    s.arrays[0].type = layout->type;
    s.arrays[1].type = AMOS_TYPE_UINT8;
    double begin = now();
    for (int i = 0; i < 2; i++) {
        memcpy(s.arrays[i].shape, layout->shape, sizeof s.arrays[i].shape);
        add_array(&s, i, chunk);
    }
    double seconds = now() - begin;
    open_store(&s);
    printf("chunk %lldx%lldx%lld (x, y, z): image %.1f MB of %.1f, labels %.2f MB, made in %.2f s\n",
           (long long)chunk[0], (long long)chunk[1], (long long)chunk[2], (double)s.arrays[0].compressed / 1e6,
           (double)layout->bytes / 1e6, (double)s.arrays[1].compressed / 1e6, seconds);
    measure(&s, (const int64_t[3]){160, 160, 96});
    measure(&s, (const int64_t[3]){128, 128, 128});
    close_store(&s);
}

/* ---- the same by amos_cache ---- */

static void random_patch(amos_box *box, const int64_t *shape, const int64_t patch[3])
{
    for (int k = 0; k < 3; k++) {
        int64_t n = patch[k] < shape[k] ? patch[k] : shape[k];
        box->start[k] = draw_below(shape[k] - n + 1);
        box->stop[k] = box->start[k] + n;
    }
}

static void measure_cache(const amos_cache_entry *entry, const int64_t patch[3], amos_type type)
{
    const amos_layout *layout = &amos_cache_entry_get_info(entry)->layout;
    size_t bytes = (size_t)(patch[0] * patch[1] * patch[2]) * 8;
    unsigned char *out = malloc(bytes);
    double best = 1e9;
    amos_error err;
    for (int round = 0; round < 3; round++) {
        draw_again();
        double begin = now();
        for (int i = 0; i < PATCHES; i++) {
            amos_read_options image = {.size = sizeof image, .type = type}, labels = {.size = sizeof labels};
            random_patch(&image.box, layout->shape, patch);
            labels.box = image.box;
            need(amos_cache_entry_read_image(entry, &image, out, bytes, &err), &err);
            need(amos_cache_entry_read_labels(entry, &labels, out, bytes, &err), &err);
        }
        double seconds = (now() - begin) / PATCHES;
        best = seconds < best ? seconds : best;
    }
    printf("  %-24s %lldx%lldx%lld: %6.2f ms a patch\n", type ? "amos_cache, as float32" : "amos_cache, as stored",
           (long long)patch[0], (long long)patch[1], (long long)patch[2], best * 1e3);
    free(out);
}

static void link_file(const char *root, const char *folder, const char *path)
{
    char name[300], *real = realpath(path, NULL);
    snprintf(name, sizeof name, "%s/%s", root, folder);
    if (!real || mkdir(name, 0700) != 0)
        exit(1);
    snprintf(name, sizeof name, "%s/%s/amos_0001.nii.gz", root, folder);
    if (symlink(real, name) != 0)
        exit(1);
    free(real);
}

static void bench_cache(const char *image, const char *label)
{
    char root[] = "/tmp/amos-cache-XXXXXX", folder[300], command[300];
    amos_dataset *dataset;
    amos_cache *cache;
    amos_cache_entry *entry;
    amos_error err;
    if (!mkdtemp(root))
        exit(1);
    link_file(root, "imagesTr", image);
    link_file(root, "labelsTr", label);
    snprintf(folder, sizeof folder, "%s/cache", root);
    need(amos_dataset_open(root, NULL, &dataset, &err), &err);
    need(amos_cache_open(folder, NULL, &cache, &err), &err);
    double begin = now();
    need(amos_cache_build(cache, dataset, NULL, &err), &err);
    printf("amos_cache, built in %.2f s\n", now() - begin);
    need(amos_cache_entry_open(cache, amos_dataset_get(dataset, 0), &entry, &err), &err);
    for (int type = 0; type < 2; type++) {
        measure_cache(entry, (const int64_t[3]){160, 160, 96}, type ? AMOS_TYPE_FLOAT32 : AMOS_TYPE_STORED);
        measure_cache(entry, (const int64_t[3]){128, 128, 128}, type ? AMOS_TYPE_FLOAT32 : AMOS_TYPE_STORED);
    }
    amos_cache_entry_free(entry);
    amos_cache_free(cache);
    amos_dataset_free(dataset);
    snprintf(command, sizeof command, "rm -r %s", root);
    if (system(command) != 0) // NOLINT(cert-env33-c): words of its own
        exit(1);
}

int main(int argc, char **argv)
{
    static const int64_t chunks[][3] = {{64, 64, 32}, {64, 64, 16}, {64, 32, 32}, {32, 32, 32},
                                        {64, 32, 16}, {32, 32, 16}, {64, 32, 8},  {64, 16, 16}};
    amos_error err;
    for (int i = 1; i + 1 < argc; i += 2) {
        amos_volume *volume;
        amos_array *image;
        amos_labelmap *label;
        need(amos_volume_open(argv[i], NULL, &volume, &err), &err);
        need(amos_volume_load(volume, NULL, &image, &err), &err);
        need(amos_labelmap_open(argv[i + 1], NULL, NULL, &label, &err), &err);
        printf("%s\n", argv[i]);
        for (size_t k = 0; k < sizeof chunks / sizeof chunks[0]; k++)
            bench(image, label, chunks[k]);
        bench_cache(argv[i], argv[i + 1]);
        amos_labelmap_free(label);
        amos_array_free(image);
        amos_volume_free(volume);
    }
    return 0;
}
