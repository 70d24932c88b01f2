/* SPDX-License-Identifier: BSD-3-Clause */
/* Measures writing a volume as .nii.gz, and the compressors alone.
 *
 * usage: bench_write VOLUME FOLDER [THREADS]    bench_write levels VOLUME FOLDER
 *
 * The first form is one round: the default level with one thread and with THREADS (2), with and without the seek index,
 * three times in turns; the best level, zlib's level 9 and libdeflate's level 12 from memory to memory, and building the
 * index by reading. It prints "work<TAB>number": "cpu" and "wall" are milliseconds, "size" bytes. The second form prints a
 * line for each level of the interface: milliseconds of processor time and bytes. FOLDER gets the written file, which is
 * removed. */
#define _DEFAULT_SOURCE
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <amos/amos.h>

#include <zlib.h>
#ifdef BENCH_LIBDEFLATE
#include <libdeflate.h>
#endif

struct times {
    double cpu, wall;
};

struct subject {
    amos_volume *volume;
    amos_array *array;
    char path[4096]; /* of the written file */
    const char *folder;
};

static void fail(const char *message)
{
    fprintf(stderr, "bench_write: %s\n", message);
    exit(1);
}

static void check(amos_status status, const amos_error *err)
{
    if (status)
        fail(err->message);
}

static double now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static struct times start(void)
{
    return (struct times){now(CLOCK_PROCESS_CPUTIME_ID), now(CLOCK_MONOTONIC)};
}

static struct times since(struct times begin)
{
    struct times end = start();
    return (struct times){end.cpu - begin.cpu, end.wall - begin.wall};
}

static void print(const char *what, struct times t, double size)
{
    printf("%s cpu\t%.3f\n%s wall\t%.3f\n%s size\t%.0f\n", what, t.cpu, what, t.wall, what, size);
}

static double file_size(const char *path)
{
    struct stat state;
    if (stat(path, &state) != 0)
        fail("a written file is missing");
    return (double)state.st_size;
}

static struct times write_once(struct subject *s, int level, int threads, bool index)
{
    amos_error err;
    amos_write_options options = AMOS_WRITE_OPTIONS_INIT;
    const amos_layout *layout = amos_array_layout(s->array);
    options.reference = s->volume;
    options.level = level;
    options.threads = threads;
    options.index = index ? AMOS_INDEX_BUILD : AMOS_INDEX_NEVER;
    options.index_folder = s->folder;
    struct times begin = start();
    check(amos_file_write(s->path, layout, amos_array_data(s->array), layout->bytes, &options, &err), &err);
    return since(begin);
}

static void write_and_print(struct subject *s, const char *what, int level, int threads, bool index)
{
    struct times t = write_once(s, level, threads, index);
    print(what, t, file_size(s->path));
}

/* What the index costs that is built by reading the written file. */
static void build_index(struct subject *s)
{
    amos_error err;
    amos_volume *volume;
    amos_volume_options options = AMOS_VOLUME_OPTIONS_INIT;
    options.index = AMOS_INDEX_USE;
    options.index_folder = s->folder;
    check(amos_volume_open(s->path, &options, &volume, &err), &err);
    struct times begin = start();
    check(amos_volume_build_index(volume, NULL, &err), &err);
    print("index by reading", since(begin), (double)amos_volume_index_bytes(volume));
    amos_volume_free(volume);
}

static void run_zlib(const struct subject *s, unsigned char *out, size_t room)
{
    z_stream z;
    memset(&z, 0, sizeof z);
    struct times begin = start();
    if (deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        fail("zlib cannot start");
    z.next_in = (Bytef *)(uintptr_t)amos_array_data(s->array);
    z.avail_in = (uInt)amos_array_layout(s->array)->bytes;
    z.next_out = out;
    z.avail_out = (uInt)room;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END)
        fail("zlib cannot compress");
    print("zlib 9", since(begin), (double)z.total_out);
    deflateEnd(&z);
}

static void run_libdeflate(const struct subject *s, unsigned char *out, size_t room)
{
#ifdef BENCH_LIBDEFLATE
    struct times begin = start();
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(12);
    size_t size =
        libdeflate_gzip_compress(compressor, amos_array_data(s->array), amos_array_layout(s->array)->bytes, out, room);
    libdeflate_free_compressor(compressor);
    print("libdeflate 12", since(begin), (double)size);
#else
    (void)s, (void)out, (void)room;
#endif
}

static void run_peers(const struct subject *s)
{
    size_t room = amos_array_layout(s->array)->bytes / 8 * 9 + 100000;
    unsigned char *out = malloc(room);
    if (!out)
        fail("out of memory");
    run_zlib(s, out, room);
    run_libdeflate(s, out, room);
    free(out);
}

#define TURNS 3 /* of what takes little time */

static void round_of(struct subject *s, int threads)
{
    write_once(s, 0, threads, false); /* the memory is warm then */
    for (int i = 0; i < TURNS; i++) {
        write_and_print(s, "default", 0, 1, false);
        write_and_print(s, "default with index", 0, 1, true);
        write_and_print(s, "default, threads", 0, threads, false);
    }
    build_index(s);
    write_and_print(s, "best", 9, 1, false);
    write_and_print(s, "best, threads", 9, threads, false);
    run_peers(s);
}

static void print_levels(struct subject *s)
{
    printf("level\tms\tMB/s\tbytes\n");
    for (int level = 1; level <= 9; level++) {
        struct times best = write_once(s, level, 1, false);
        for (int i = 0; i < 4 && best.cpu < 1000; i++) {
            struct times t = write_once(s, level, 1, false);
            best = t.cpu < best.cpu ? t : best;
        }
        printf("%d\t%.1f\t%.0f\t%.0f\n", level, best.cpu, (double)amos_array_layout(s->array)->bytes / best.cpu / 1e3,
               file_size(s->path));
    }
}

int main(int argc, char **argv)
{
    bool levels = argc == 4 && strcmp(argv[1], "levels") == 0;
    if (argc < 3 || argc > 4)
        fail("usage: bench_write VOLUME FOLDER [THREADS] | levels VOLUME FOLDER");
    struct subject s = {.folder = argv[levels ? 3 : 2]};
    amos_error err;
    amos_read_options reading = AMOS_READ_OPTIONS_INIT;
    snprintf(s.path, sizeof s.path, "%s/written-%ld.nii.gz", s.folder, (long)getpid());
    check(amos_volume_open(argv[levels ? 2 : 1], NULL, &s.volume, &err), &err);
    check(amos_volume_load(s.volume, &reading, &s.array, &err), &err);
    if (levels)
        print_levels(&s);
    else
        round_of(&s, argc > 3 ? atoi(argv[3]) : 2);
    unlink(s.path);
    amos_array_free(s.array);
    amos_volume_free(s.volume);
    return 0;
}
