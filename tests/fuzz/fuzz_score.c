/* SPDX-License-Identifier: BSD-3-Clause */
/* Two small label maps from memory: the score must be that of brute force, and the same with threads. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "fuzz/kit/fuzz.h"
#include "support/accept.h"
#include "support/model/score.h"

#define LARGEST_LABEL 3
#define MOST_VOXELS 400 /* all pairs of points are compared */

static const double tolerances[] = {0, 1, 2.5}, percentiles[] = {95, 50, 100};

static void put(uint8_t *header, size_t at, const void *value, size_t bytes)
{
    memcpy(header + at, value, bytes);
}

/* A NIfTI-1 file in this machine's byte order, with the voxels from byte 352 on; malloc'd. */
static uint8_t *make_file(const int64_t shape[3], const float spacing[3], const uint8_t *voxels, size_t count)
{
    uint8_t *file = calloc(352 + count, 1);
    FUZZ_REQUIRE(file != NULL);
    const int32_t size = 348;
    const int16_t dim[8] = {3, (int16_t)shape[0], (int16_t)shape[1], (int16_t)shape[2], 1, 1, 1, 1}, one = 1;
    const int16_t datatype[2] = {2, 8};
    const float pixdim[8] = {1, spacing[0], spacing[1], spacing[2], 0, 0, 0, 0}, offset = 352;
    put(file, 0, &size, sizeof size);
    put(file, 40, dim, sizeof dim);
    put(file, 70, datatype, sizeof datatype);
    put(file, 76, pixdim, sizeof pixdim);
    put(file, 108, &offset, sizeof offset);
    file[123] = 2; /* mm */
    put(file, 254, &one, sizeof one);
    for (size_t a = 0; a < 3; a++)
        put(file, 280 + 16 * a + 4 * a, &spacing[a], sizeof spacing[a]);
    memcpy(file + 344, "n+1", 4);
    memcpy(file + 352, voxels, count);
    return file;
}

static amos_labelmap *load(const int64_t shape[3], const float spacing[3], const uint8_t *voxels, size_t count)
{
    uint8_t *file = make_file(shape, spacing, voxels, count);
    amos_volume *volume;
    amos_labelmap *map;
    FUZZ_REQUIRE(amos_volume_open_memory(file, 352 + count, NULL, &volume, NULL) == AMOS_OK);
    FUZZ_REQUIRE(amos_labelmap_load(volume, NULL, &map, NULL) == AMOS_OK);
    amos_volume_free(volume);
    free(file);
    return map;
}

static amos_score *score_by(const amos_labelmap *reference, const amos_labelmap *prediction,
                            const struct score_model_rules *rules, int threads)
{
    amos_score_options options = {.size = sizeof options,
                                  .convention = rules->convention,
                                  .absent = rules->absent,
                                  .tolerances = tolerances,
                                  .tolerance_count = 3,
                                  .percentiles = percentiles,
                                  .percentile_count = 3,
                                  .accept = ACCEPT(.max_label = LARGEST_LABEL),
                                  .threads = threads};
    amos_score *score;
    FUZZ_REQUIRE(amos_score_make(reference, prediction, &options, &score, NULL) == AMOS_OK);
    return score;
}

static void check(const amos_labelmap *reference, const amos_labelmap *prediction, const int64_t shape[3],
                  const struct score_model_rules *rules)
{
    amos_score *score = score_by(reference, prediction, rules, 0);
    for (int label = 1; label <= LARGEST_LABEL; label++) {
        struct score_model model;
        score_model_make(amos_labelmap_voxels(reference), amos_labelmap_voxels(prediction), shape,
                         amos_score_get_info(score)->spacing, label, rules, &model);
        FUZZ_REQUIRE(score_model_differs(&model, rules, amos_score_get_organ(score, label)) == NULL);
    }
    amos_score_free(score);
}

static void compare_threads(const amos_labelmap *reference, const amos_labelmap *prediction,
                            const struct score_model_rules *rules)
{
    amos_score *one = score_by(reference, prediction, rules, 1), *two = score_by(reference, prediction, rules, 2);
    for (int label = 1; label <= LARGEST_LABEL; label++) {
        const amos_organ_score *a = amos_score_get_organ(one, label), *b = amos_score_get_organ(two, label);
        FUZZ_REQUIRE(memcmp(a, b, offsetof(amos_organ_score, nsd)) == 0);
        /* The same bits, of NaN too. NOLINTBEGIN(bugprone-suspicious-memory-comparison,cert-flp37-c,cert-exp42-c) */
        FUZZ_REQUIRE(memcmp(a->nsd, b->nsd, sizeof tolerances) == 0);
        FUZZ_REQUIRE(memcmp(a->hd_percentile, b->hd_percentile, sizeof percentiles) == 0);
        /* NOLINTEND(bugprone-suspicious-memory-comparison,cert-flp37-c,cert-exp42-c) */
    }
    amos_score_free(two);
    amos_score_free(one);
}

/* Runs of voxels: the label in both maps by the low bits of a byte, the length by the others. */
static void fill(const uint8_t *data, size_t size, uint8_t *reference, uint8_t *prediction, size_t count)
{
    size_t at = 0;
    for (size_t i = 0; i < size && at < count; i++)
        for (int run = data[i] >> 4; run >= 0 && at < count; run--, at++) {
            reference[at] = data[i] & 3;
            prediction[at] = data[i] >> 2 & 3;
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const float spacings[] = {1, 0.5f, 0.846f, 5, 3, 1.25f, 0.1f, 40};
    uint8_t how = fuzz_byte(&data, &size);
    int64_t shape[3];
    float spacing[3];
    size_t count = 1;
    for (int a = 0; a < 3; a++) {
        uint8_t byte = fuzz_byte(&data, &size);
        spacing[a] = spacings[byte & 7];
        shape[a] = 1 + (byte >> 3) * (a == 0 && how & 8 ? 8 : 1);
        count *= (size_t)shape[a];
    }
    if (count > MOST_VOXELS)
        return 0;
    const struct score_model_rules rules = {(amos_convention)((how & 3) % AMOS_CONVENTION_COUNT),
                                            (amos_absent)(how >> 2 & 1),
                                            tolerances,
                                            percentiles,
                                            3,
                                            3};
    uint8_t *voxels = calloc(2, count);
    FUZZ_REQUIRE(voxels != NULL);
    fill(data, size, voxels, voxels + count, count);
    amos_labelmap *reference = load(shape, spacing, voxels, count),
                  *prediction = load(shape, spacing, voxels + count, count);
    if (how & 16)
        compare_threads(reference, prediction, &rules);
    else
        check(reference, prediction, shape, &rules);
    amos_labelmap_free(prediction);
    amos_labelmap_free(reference);
    free(voxels);
    return 0;
}
