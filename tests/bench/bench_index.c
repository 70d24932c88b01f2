/* SPDX-License-Identifier: BSD-3-Clause */
/* Costs and gains of the seek index.
 *
 * usage: bench_index ROUNDS FILE.nii.gz
 *
 * Prints "work<TAB>milliseconds" (or bytes): medians of interleaved rounds, without the first round. The index is
 * stored in a folder of its own, which is removed. tests/bench/bench.py calls this program and prints the table. */
#define _XOPEN_SOURCE 700
#include <amos/volume.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#define MOST_ROUNDS 100

enum work { ZLIB, BUILD, WHOLE, WHOLE_2, SLICE, SLICE_OPENED, SLICE_PLAIN, BOX, WORKS };

static const char *const names[WORKS] = {"index zlib whole",   "index build", "index whole",         "index 2 threads",
                                         "index slice opened", "index slice", "index slice without", "index box"};

struct bench {
    const char *path, *folder;
    amos_volume *indexed, *plain;
    unsigned char *buffer;
    size_t bytes;
    amos_box slice, middle, box;
    double seconds[WORKS][MOST_ROUNDS];
    int rounds;
};

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
    fprintf(stderr, "bench_index: %s\n", err->message);
    exit(1);
}

static amos_volume *open_volume(const struct bench *b, amos_index_use use)
{
    amos_volume_options options = {.size = sizeof options, .index = use, .index_folder = b->folder};
    amos_volume *volume;
    amos_error err;
    need(amos_volume_open(b->path, &options, &volume, &err), &err);
    return volume;
}

static void read_box(const struct bench *b, const amos_volume *volume, const amos_box *box, int threads)
{
    amos_read_options options = {.size = sizeof options, .frame = AMOS_FRAME_ALL, .threads = threads};
    amos_error err;
    if (box) {
        options.box = *box;
        options.frame = 0;
    }
    need(amos_volume_read(volume, &options, b->buffer, b->bytes, &err), &err);
}

static void inflate_with_zlib(const struct bench *b)
{
    static unsigned char tile[256 << 10];
    gzFile file = gzopen(b->path, "rb");
    int n = file ? 1 : -1;
    if (file)
        gzbuffer(file, 128 << 10);
    while (n > 0)
        n = gzread(file, tile, sizeof tile);
    if (n < 0 || gzclose(file) != Z_OK) {
        fprintf(stderr, "bench_index: zlib cannot read %s\n", b->path);
        exit(1);
    }
}

static void build(const struct bench *b)
{
    amos_error err;
    amos_volume *volume = open_volume(b, AMOS_INDEX_NEVER);
    need(amos_volume_build_index(volume, NULL, &err), &err);
    amos_volume_free(volume);
}

static void open_and_read_slice(const struct bench *b)
{
    amos_volume *volume = open_volume(b, AMOS_INDEX_USE);
    read_box(b, volume, &b->slice, 1);
    amos_volume_free(volume);
}

static void run(const struct bench *b, enum work work)
{
    switch (work) {
    case ZLIB:
        inflate_with_zlib(b);
        break;
    case BUILD:
        build(b);
        break;
    case WHOLE:
        read_box(b, b->plain, NULL, 1);
        break;
    case WHOLE_2:
        read_box(b, b->indexed, NULL, 2);
        break;
    case SLICE:
        open_and_read_slice(b);
        break;
    case SLICE_OPENED:
        read_box(b, b->indexed, &b->slice, 1);
        break;
    case SLICE_PLAIN:
        read_box(b, b->plain, &b->middle, 1);
        break;
    case BOX:
        read_box(b, b->indexed, &b->box, 1);
        break;
    default:
        break;
    }
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(const struct bench *b, enum work work)
{
    double sorted[MOST_ROUNDS];
    memcpy(sorted, b->seconds[work], sizeof sorted);
    qsort(sorted, (size_t)b->rounds, sizeof *sorted, compare);
    return sorted[b->rounds / 2];
}

/* The box is in the middle, clipped to a smaller volume. */
static void choose_boxes(struct bench *b, const amos_volume_info *info)
{
    static const int64_t sizes[3] = {160, 160, 80};
    for (int i = 0; i < 3; i++) {
        int64_t n = sizes[i] < info->shape[i] ? sizes[i] : info->shape[i];
        b->box.start[i] = (info->shape[i] - n) / 2;
        b->box.stop[i] = b->box.start[i] + n;
        b->slice.stop[i] = b->middle.stop[i] = info->shape[i];
    }
    b->middle.start[2] = info->shape[2] / 2;
    b->middle.stop[2] = b->middle.start[2] + 1;
}

static void print(const char *work, double value)
{
    printf("%s\t%.6f\n", work, value);
}

/* Results that follow from the box and the file's size. */
static void report(const struct bench *b, const amos_volume_info *info)
{
    double slices = (double)(info->shape[2] * info->frames);
    for (enum work work = 0; work < WORKS; work++)
        print(names[work], median(b, work) * 1e3);
    print("index whole times share of box",
          median(b, WHOLE) * 1e3 * (double)(b->box.stop[2] - b->box.start[2]) / slices);
    print("index bytes", (double)amos_volume_index_bytes(b->indexed));
    print("file bytes", (double)info->file_bytes);
}

static void bench_file(const char *path, const char *folder, int rounds)
{
    struct bench b = {.path = path, .folder = folder, .rounds = rounds};
    build(&b);
    b.indexed = open_volume(&b, AMOS_INDEX_USE);
    b.plain = open_volume(&b, AMOS_INDEX_NEVER);
    const amos_volume_info *info = amos_volume_get_info(b.plain);
    b.bytes = (size_t)info->stored_bytes;
    b.buffer = malloc(b.bytes);
    if (!b.buffer || !amos_volume_index_bytes(b.indexed)) {
        fprintf(stderr, "bench_index: %s has no index, or memory ran out.\n", path);
        exit(1);
    }
    memset(b.buffer, 1, b.bytes);
    choose_boxes(&b, info);
    for (int round = -1; round < rounds; round++)
        for (enum work work = 0; work < WORKS; work++) {
            b.slice.start[2] = (round + 1) * 37 % info->shape[2]; /* as bench_nibabel.py */
            b.slice.stop[2] = b.slice.start[2] + 1;
            double start = now();
            run(&b, work);
            if (round >= 0)
                b.seconds[work][round] = now() - start;
        }
    report(&b, info);
    free(b.buffer);
    amos_volume_free(b.indexed);
    amos_volume_free(b.plain);
}

static void remove_folder(const char *folder)
{
    char path[4096];
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        unlink(path);
    }
    if (dir)
        closedir(dir);
    rmdir(folder);
}

int main(int argc, char **argv)
{
    char folder[] = "/tmp/amos-bench-XXXXXX";
    int rounds = argc == 3 ? atoi(argv[1]) : 0;
    if (rounds < 1 || rounds > MOST_ROUNDS || !mkdtemp(folder)) {
        fprintf(stderr, "usage: bench_index ROUNDS FILE.nii.gz\n");
        return 2;
    }
    bench_file(argv[2], folder, rounds);
    remove_folder(folder);
    return 0;
}
