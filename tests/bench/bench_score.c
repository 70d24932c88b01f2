/* SPDX-License-Identifier: BSD-3-Clause */
/* The cost of scoring: bench_score LABEL.nii.gz. Predictions are derived from the label with errors of several
 * kinds. Prints "work<TAB>milliseconds" of one round, and the bytes that scoring needs and that the label maps have.
 * The predictions are written to a folder of their own, which is removed. */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include <amos/amos.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

enum mistake { SHIFTED, SCATTERED, MISPLACED, MISTAKES };

/* Organs shifted by 1 or 2 voxels; and 600 false positives anywhere; or 3 organs missed and found elsewhere. */
static const char *const names[MISTAKES] = {"shifted", "anywhere", "elsewhere"};

struct bench {
    const char *reference, *folder;
    char prediction[4096];
    int64_t shape[3];
    size_t voxels;
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
    fprintf(stderr, "bench_score: %s\n", err->message);
    exit(1);
}

static void require(int holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "bench_score: %s\n", what);
    exit(1);
}

static uint64_t random_below(uint64_t *state, uint64_t bound)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (*state >> 33) % bound;
}

/* ---- predictions ---- */

/* Copies an organ, moved by n voxels. */
static void move_organ(const struct bench *b, const uint8_t *from, uint8_t *to, const amos_organ_stats *organ,
                       const int64_t by[3])
{
    for (int64_t z = organ->box.start[2]; z < organ->box.stop[2]; z++)
        for (int64_t y = organ->box.start[1]; y < organ->box.stop[1]; y++)
            for (int64_t x = organ->box.start[0]; x < organ->box.stop[0]; x++) {
                int64_t at[3] = {x + by[0], y + by[1], z + by[2]};
                int inside = 1;
                for (int a = 0; a < 3; a++)
                    inside &= at[a] >= 0 && at[a] < b->shape[a];
                if (inside && from[(z * b->shape[1] + y) * b->shape[0] + x] == organ->label)
                    to[(at[2] * b->shape[1] + at[1]) * b->shape[0] + at[0]] = (uint8_t)organ->label;
            }
}

/* Adds blobs of 3 x 3 x 2 voxels anywhere. */
static void scatter(const struct bench *b, uint8_t *to, int label, int count, uint64_t *seed)
{
    while (count-- > 0) {
        int64_t x = (int64_t)random_below(seed, (uint64_t)b->shape[0] - 3);
        int64_t y = (int64_t)random_below(seed, (uint64_t)b->shape[1] - 3);
        int64_t z = (int64_t)random_below(seed, (uint64_t)b->shape[2] - 2);
        for (int64_t i = 0; i < 18; i++)
            to[((z + i / 9) * b->shape[1] + y + i / 3 % 3) * b->shape[0] + x + i % 3] = (uint8_t)label;
    }
}

/* The largest shift of an organ within the volume, towards the side with more room. */
static void far_away(const struct bench *b, const amos_organ_stats *organ, int64_t by[3])
{
    for (int a = 0; a < 3; a++) {
        int64_t before = organ->box.start[a], after = b->shape[a] - organ->box.stop[a];
        by[a] = before > after ? -before : after;
    }
}

static void make_prediction(const struct bench *b, const amos_labelmap *map, enum mistake mistake, uint8_t *to)
{
    static const int64_t shifts[5][3] = {{1, 0, 0}, {0, 2, 0}, {-1, 1, 0}, {0, 0, 1}, {2, -1, 0}};
    uint64_t seed = 1;
    memset(to, 0, b->voxels);
    for (int label = 1; label <= 15; label++) {
        const amos_organ_stats *organ = amos_labelmap_get_stats(map, label);
        int64_t by[3];
        memcpy(by, shifts[label % 5], sizeof by);
        if (mistake == MISPLACED && label % 5 == 1) /* the liver is one */
            far_away(b, organ, by);
        move_organ(b, amos_labelmap_voxels(map), to, organ, by);
    }
    for (int label = 1; label <= 15 && mistake == SCATTERED; label++)
        scatter(b, to, label, 40, &seed);
}

/* The reference's own header before the voxels, which are uint8 in both. */
static void write_prediction(struct bench *b, enum mistake mistake)
{
    amos_labelmap *map;
    amos_error err;
    unsigned char header[352];
    need(amos_labelmap_open(b->reference, NULL, NULL, &map, &err), &err);
    memcpy(b->shape, amos_labelmap_layout(map)->shape, sizeof b->shape);
    b->voxels = amos_labelmap_layout(map)->bytes;
    uint8_t *voxels = malloc(b->voxels);
    require(voxels != NULL, "no memory");
    make_prediction(b, map, mistake, voxels);
    amos_labelmap_free(map);
    gzFile from = gzopen(b->reference, "rb"), to = gzopen(b->prediction, "wb6");
    require(from && to && gzread(from, header, sizeof header) == sizeof header, "the label cannot be copied");
    require(header[70] == 2, "the label's voxels are not uint8");
    require(gzwrite(to, header, sizeof header) == sizeof header, "the prediction cannot be written");
    for (size_t done = 0; done < b->voxels; done += 1 << 20) {
        unsigned n = (unsigned)(b->voxels - done < 1 << 20 ? b->voxels - done : 1 << 20);
        require(gzwrite(to, voxels + done, n) == (int)n, "the prediction cannot be written");
    }
    require(gzclose(from) == Z_OK && gzclose(to) == Z_OK, "the prediction cannot be written");
    free(voxels);
}

/* ---- measuring ---- */

static double score_seconds(const amos_labelmap *maps[2], amos_convention convention, int threads)
{
    amos_score_options options = {.size = sizeof options, .convention = convention, .threads = threads};
    amos_score *score;
    amos_error err;
    double begin = now();
    need(amos_score_make(maps[0], maps[1], &options, &score, &err), &err);
    double seconds = now() - begin;
    amos_score_free(score);
    return seconds;
}

static void print_times(const struct bench *b, const char *name)
{
    amos_labelmap *maps[2];
    amos_error err;
    double begin = now();
    need(amos_labelmap_open(b->reference, NULL, NULL, &maps[0], &err), &err);
    need(amos_labelmap_open(b->prediction, NULL, NULL, &maps[1], &err), &err);
    printf("%s read\t%.6f\n", name, (now() - begin) * 1e3);
    const amos_labelmap *both[2] = {maps[0], maps[1]};
    printf("%s score\t%.6f\n", name, score_seconds(both, AMOS_CONVENTION_DEEPMIND, 1) * 1e3);
    printf("%s score, 2 threads\t%.6f\n", name, score_seconds(both, AMOS_CONVENTION_DEEPMIND, 2) * 1e3);
    printf("%s medpy\t%.6f\n", name, score_seconds(both, AMOS_CONVENTION_MEDPY, 1) * 1e3);
    amos_labelmap_free(maps[1]);
    amos_labelmap_free(maps[0]);
}

/* The peak size of this program; getrusage() would count the process that started it. */
static double resident_mb(void)
{
    char line[256];
    double kib = 0;
    FILE *status = fopen("/proc/self/status", "r");
    require(status != NULL, "/proc/self/status cannot be read");
    while (fgets(line, sizeof line, status))
        if (strncmp(line, "VmHWM:", 6) == 0)
            kib = strtod(line + 6, NULL);
    fclose(status);
    return kib / 1024;
}

/* Runs in a process of its own: prints how much one score adds to the process's size. */
static int print_memory(const char *reference, const char *prediction, const char *name)
{
    amos_score *score;
    amos_error err;
    double before = resident_mb();
    need(amos_score_open(reference, prediction, NULL, NULL, &score, &err), &err);
    double used = resident_mb() - before;
    size_t voxels = 1;
    amos_volume *volume;
    need(amos_volume_open(reference, NULL, &volume, &err), &err);
    for (int a = 0; a < 3; a++)
        voxels *= (size_t)amos_volume_get_info(volume)->shape[a];
    amos_volume_free(volume);
    amos_score_free(score);
    printf("%s memory\t%.0f\n%s maps\t%zu\n", name, used * (1 << 20), name, 2 * voxels);
    return 0;
}

static void measure_memory(struct bench *b, char *self, const char *name)
{
    fflush(stdout);
    pid_t child = fork();
    require(child >= 0, "no process could be made");
    if (child == 0) {
        execl("/proc/self/exe", self, b->reference, b->prediction, name, (char *)NULL);
        require(0, "no process could be started");
    }
    int status;
    require(waitpid(child, &status, 0) == child && status == 0, "scoring in a process of its own failed");
}

int main(int argc, char **argv)
{
    char folder[4000];
    const char *place = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/bench_score.XXXXXX", place && *place ? place : P_tmpdir);
    if (argc == 4)
        return print_memory(argv[1], argv[2], argv[3]);
    require(argc == 2, "usage: bench_score LABEL.nii.gz");
    require(mkdtemp(folder) != NULL, "no folder could be made");
    struct bench b = {.reference = argv[1], .folder = folder};
    snprintf(b.prediction, sizeof b.prediction, "%s/prediction.nii.gz", folder);
    for (int mistake = 0; mistake < MISTAKES; mistake++) {
        pid_t child = fork(); /* so that memory is measured in a small process */
        require(child >= 0, "no process could be made");
        if (child == 0) {
            write_prediction(&b, (enum mistake)mistake);
            exit(0);
        }
        int status;
        require(waitpid(child, &status, 0) == child && status == 0, "no prediction could be made");
        amos_volume *volume;
        amos_error err;
        need(amos_volume_open(b.reference, NULL, &volume, &err), &err);
        memcpy(b.shape, amos_volume_get_info(volume)->shape, sizeof b.shape);
        b.voxels = (size_t)(b.shape[0] * b.shape[1] * b.shape[2]);
        amos_volume_free(volume);
        measure_memory(&b, argv[0], names[mistake]);
        print_times(&b, names[mistake]);
        fflush(stdout);
    }
    unlink(b.prediction);
    rmdir(folder);
    return 0;
}
