/* SPDX-License-Identifier: BSD-3-Clause */
/* The speed of libamos's own inflate decoder against its peers, on files of every kind.
 *
 * usage: bench_inflate [--rounds N] [--json] FILE.nii.gz...
 *
 * Each file is inflated as stored, and recompressed by zlib at levels 1 and 9. The decoders take turns, in another
 * order each round. They inflate the body of the file into a tile of 256 KiB that stays in the cache, like a read,
 * without CRC-32; libdeflate, which cannot stream, inflates all of it at once into memory that was used before. The
 * processor time of this process is measured. A ratio is the peer's median time divided by ours: 1.05 means that
 * the peer takes 5 % longer than ours. With --json, prints one object per line and row with all medians in
 * milliseconds. */
#define _DEFAULT_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <zlib.h>
#ifdef BENCH_LIBDEFLATE
#include <libdeflate.h>
#endif
#ifdef BENCH_ISAL
#include <isa-l/igzip_lib.h>
#endif

#include "io/inflate/inflate.h"
#include "io/gzip/stream.h"

#define MOST_ROUNDS 1000
#define SHORTEST_TURN 0.004 /* seconds: smaller files are inflated several times in a turn */

/* One body of raw DEFLATE. */
struct subject {
    unsigned char *packed, *plain; /* packed has SPARE extra bytes */
    size_t packed_bytes, plain_bytes;
};
#define SPARE 64

static void fail(const char *message)
{
    fprintf(stderr, "bench_inflate: %s\n", message);
    exit(1);
}

static void *allocate(size_t bytes)
{
    void *memory = malloc(bytes);
    if (!memory)
        fail("memory ran out");
    memset(memory, 1, bytes);
    return memory;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* ---- the decoders ---- */

static unsigned char tile[AMOSI_TILE_BYTES];

/* Like a stream: 128 KiB of input and 256 KiB of output at a time. */
static size_t run_backend(const struct amosi_inflate_backend *backend, void *state, const struct subject *s)
{
    size_t at = 0, given = 0;
    enum amosi_inflate_result result = AMOSI_INFLATE_MORE;
    struct amosi_inflate_io io = {.out = tile, .out_bytes = sizeof tile};
    backend->begin(state);
    while (result == AMOSI_INFLATE_MORE) {
        if (io.out_bytes == 0) {
            io.out = tile;
            io.out_bytes = sizeof tile;
        }
        size_t left = s->packed_bytes - at, in = left < AMOSI_INPUT_BYTES ? left : AMOSI_INPUT_BYTES,
               room = io.out_bytes;
        io.in = s->packed + at;
        io.in_bytes = in;
        result = backend->run(state, &io);
        at += in - io.in_bytes;
        given += room - io.out_bytes;
    }
    return result == AMOSI_INFLATE_END ? given : 0;
}

static size_t run_own(void *state, struct subject *s)
{
    return run_backend(&amosi_inflate_own, state, s);
}

static size_t run_zlib(void *state, struct subject *s)
{
    return run_backend(&amosi_inflate_zlib, state, s);
}

static void *create_own(void)
{
    return amosi_inflate_own.create();
}

static void *create_zlib(void)
{
    return amosi_inflate_zlib.create();
}

#ifdef BENCH_ISAL
static void *create_isal(void)
{
    return malloc(sizeof(struct inflate_state));
}

static size_t run_isal(void *state, struct subject *s)
{
    struct inflate_state *z = state;
    size_t given = 0;
    isal_inflate_init(z);
    z->crc_flag = ISAL_DEFLATE;
    z->next_out = tile;
    z->avail_out = sizeof tile;
    for (size_t at = 0; z->block_state != ISAL_BLOCK_FINISH;) {
        if (z->avail_out == 0) {
            z->next_out = tile;
            z->avail_out = sizeof tile;
        }
        size_t left = s->packed_bytes - at, in = left < AMOSI_INPUT_BYTES ? left : AMOSI_INPUT_BYTES;
        uint32_t room = z->avail_out;
        z->next_in = s->packed + at;
        z->avail_in = (uint32_t)in;
        if (isal_inflate(z) < ISAL_DECOMP_OK)
            return 0;
        at += in - z->avail_in;
        given += room - z->avail_out;
    }
    return given;
}
#endif

#ifdef BENCH_LIBDEFLATE
static void *create_libdeflate(void)
{
    return libdeflate_alloc_decompressor();
}

static size_t run_libdeflate(void *state, struct subject *s)
{
    size_t given = 0;
    libdeflate_deflate_decompress(state, s->packed, s->packed_bytes, s->plain, s->plain_bytes, &given);
    return given;
}
#endif

static const struct decoder {
    const char *name;
    void *(*create)(void);
    size_t (*run)(void *state, struct subject *s); /* returns the bytes of output; a wrong number means failure */
} decoders[] = {
    {"own", create_own, run_own},
#ifdef BENCH_ISAL
    {"isal", create_isal, run_isal},
#endif
#ifdef BENCH_LIBDEFLATE
    {"libdeflate", create_libdeflate, run_libdeflate},
#endif
    {"zlib", create_zlib, run_zlib},
};
#define DECODERS (sizeof decoders / sizeof decoders[0])

/* ---- input ---- */

static unsigned char *read_file(const char *path, size_t *bytes)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0)
        fail(path);
    *bytes = (size_t)ftell(file);
    rewind(file);
    unsigned char *data = allocate(*bytes + SPARE);
    if (fread(data, 1, *bytes, file) != *bytes)
        fail(path);
    fclose(file);
    return data;
}

/* The first member of a file, without its header. */
static void take_file(struct subject *s, const char *path)
{
    size_t bytes;
    unsigned char *file = read_file(path, &bytes);
    z_stream z;
    gz_header header;
    memset(&z, 0, sizeof z);
    memset(&header, 0, sizeof header);
    unsigned char none[1];
    if (bytes < 18 || inflateInit2(&z, 15 + 16) != Z_OK || inflateGetHeader(&z, &header) != Z_OK)
        fail(path);
    s->plain_bytes = (size_t)file[bytes - 4] | (size_t)file[bytes - 3] << 8 | (size_t)file[bytes - 2] << 16 |
                     (size_t)file[bytes - 1] << 24;
    s->plain = allocate(s->plain_bytes + SPARE);
    z.next_in = file;
    z.avail_in = (uInt)bytes;
    z.next_out = none;
    z.avail_out = 0;
    if (inflate(&z, Z_BLOCK) != Z_OK)
        fail(path);
    size_t start = bytes - z.avail_in;
    z.next_out = s->plain;
    z.avail_out = (uInt)s->plain_bytes;
    if (inflate(&z, Z_FINISH) != Z_STREAM_END)
        fail(path);
    inflateEnd(&z);
    s->packed_bytes = bytes - z.avail_in - 8 - start;
    s->packed = file;
    memmove(s->packed, s->packed + start, s->packed_bytes);
}

static void pack_again(struct subject *s, int level)
{
    z_stream z;
    memset(&z, 0, sizeof z);
    if (deflateInit2(&z, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        fail("deflate");
    size_t room = deflateBound(&z, (uLong)s->plain_bytes);
    free(s->packed);
    s->packed = allocate(room + SPARE);
    z.next_in = s->plain;
    z.avail_in = (uInt)s->plain_bytes;
    z.next_out = s->packed;
    z.avail_out = (uInt)room;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END)
        fail("deflate");
    s->packed_bytes = room - z.avail_out;
    deflateEnd(&z);
}

/* ---- rounds ---- */

static double seconds[DECODERS][MOST_ROUNDS];

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double turn(const struct decoder *decoder, void *state, struct subject *s, int times)
{
    double start = now();
    for (int i = 0; i < times; i++)
        if (decoder->run(state, s) != s->plain_bytes)
            fail(decoder->name);
    return (now() - start) / times;
}

static void measure(struct subject *s, int rounds, double medians[DECODERS])
{
    void *states[DECODERS];
    for (size_t d = 0; d < DECODERS; d++)
        if (!(states[d] = decoders[d].create()))
            fail("memory ran out");
    double once = turn(&decoders[0], states[0], s, 1);
    int times = 1 + (int)(SHORTEST_TURN / once);
    for (int round = -1; round < rounds; round++)
        for (size_t i = 0; i < DECODERS; i++) {
            size_t d = (i + (size_t)(round + 1)) % DECODERS;
            double spent = turn(&decoders[d], states[d], s, times);
            if (round >= 0)
                seconds[d][round] = spent;
        }
    for (size_t d = 0; d < DECODERS; d++) {
        qsort(seconds[d], (size_t)rounds, sizeof(double), compare);
        medians[d] = seconds[d][rounds / 2];
    }
    amosi_inflate_own.destroy(states[0]);
    amosi_inflate_zlib.destroy(states[DECODERS - 1]);
    for (size_t d = 1; d + 1 < DECODERS; d++)
        free(states[d]);
}

static void print_head(void)
{
    printf("%-36s %8s %6s %9s", "file", "MB", "ratio", "own MB/s");
    for (size_t d = 1; d < DECODERS; d++)
        printf(" %12s", decoders[d].name);
    printf("\n");
}

static void print_row(const char *name, const char *how, const struct subject *s, const double medians[DECODERS],
                      int json)
{
    double ratio = (double)s->plain_bytes / (double)s->packed_bytes, mb = (double)s->plain_bytes * 1e-6;
    if (json) {
        printf("{\"file\": \"%s\", \"packed\": \"%s\", \"bytes\": %zu, \"compression\": %.3f", name, how,
               s->plain_bytes, ratio);
        for (size_t d = 0; d < DECODERS; d++)
            printf(", \"%s\": %.6f", decoders[d].name, medians[d] * 1e3);
        printf("}\n");
        return;
    }
    printf("%-28.28s %-7s %8.1f %6.1f %9.0f", name, how, mb, ratio, mb / medians[0]);
    for (size_t d = 1; d < DECODERS; d++)
        printf(" %10.3f x", medians[d] / medians[0]);
    printf("\n");
    fflush(stdout);
}

/* The last two parts of a path. */
static const char *short_name(const char *path)
{
    const char *end = path + strlen(path);
    for (int slashes = 0; end > path; end--)
        if (end[-1] == '/' && ++slashes == 2)
            break;
    return end;
}

static void run_file(const char *path, int rounds, int json)
{
    static const char *const hows[] = {"as is", "level 1", "level 9"};
    static const int levels[] = {0, 1, 9};
    struct subject s;
    double medians[DECODERS];
    take_file(&s, path);
    for (int i = 0; i < 3; i++) {
        if (levels[i])
            pack_again(&s, levels[i]);
        measure(&s, rounds, medians);
        print_row(short_name(path), hows[i], &s, medians, json);
    }
    free(s.packed);
    free(s.plain);
}

int main(int argc, char **argv)
{
    int rounds = 9, json = 0, first = 1;
    for (; first < argc && argv[first][0] == '-'; first++) {
        if (strcmp(argv[first], "--json") == 0)
            json = 1;
        else if (strcmp(argv[first], "--rounds") == 0 && first + 1 < argc)
            rounds = atoi(argv[++first]);
        else
            fail("usage: bench_inflate [--rounds N] [--json] FILE.nii.gz...");
    }
    if (first == argc || rounds < 1 || rounds > MOST_ROUNDS)
        fail("usage: bench_inflate [--rounds N] [--json] FILE.nii.gz...");
    if (!json)
        print_head();
    for (int i = first; i < argc; i++)
        run_file(argv[i], rounds, json);
    return 0;
}
