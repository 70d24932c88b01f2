/* SPDX-License-Identifier: BSD-3-Clause */
#include "support/make/score.h"

#include <stdlib.h>
#include <string.h>

#include "support/main.h"
#include "support/opened.h"

enum form {
    FORM_NOISE,                    /* every voxel random */
    FORM_SPARSE,                   /* a few voxels */
    FORM_BOXES = SCORE_FORM_BOXES, /* boxes, some of which touch the border */
    FORM_SHEETS,                   /* planes of one voxel's thickness */
    FORM_FULL,                     /* one map is full of one label */
    FORM_EMPTY,                    /* one map or both are empty */
    FORM_EQUAL,                    /* both are equal */
    FORM_SHIFTED,                  /* the same boxes a little aside */
    FORM_LONG,                     /* long rows: several words of bits */
    FORM_APART,                    /* small objects far from each other */
    FORM_SHELL = SCORE_FORM_SHELL
};

static void put_box(const struct score_pair *p, uint8_t *map, const int64_t start[3], const int64_t size[3],
                    uint8_t label)
{
    for (int64_t z = start[2]; z < start[2] + size[2]; z++)
        for (int64_t y = start[1]; y < start[1] + size[1]; y++)
            for (int64_t x = start[0]; x < start[0] + size[0]; x++)
                if (x >= 0 && y >= 0 && z >= 0 && x < p->shape[0] && y < p->shape[1] && z < p->shape[2])
                    map[(z * p->shape[1] + y) * p->shape[0] + x] = label;
}

static uint8_t any_label(uint64_t *seed)
{
    return (uint8_t)random_below(seed, 4);
}

static void put_boxes(const struct score_pair *p, uint8_t *map, int count, uint64_t *seed)
{
    for (int i = 0; i < count; i++) {
        int64_t start[3], size[3];
        for (int a = 0; a < 3; a++) {
            start[a] = random_below(seed, p->shape[a] + 2) - 2;
            size[a] = random_below(seed, p->shape[a]) + 1;
        }
        put_box(p, map, start, size, any_label(seed));
    }
}

static void put_sheets(const struct score_pair *p, uint8_t *map, uint64_t *seed)
{
    for (int i = 0; i < 3; i++) {
        int64_t start[3] = {0, 0, 0}, size[3] = {p->shape[0], p->shape[1], p->shape[2]};
        int axis = (int)random_below(seed, 3);
        start[axis] = random_below(seed, p->shape[axis]);
        size[axis] = 1;
        put_box(p, map, start, size, any_label(seed));
    }
}

static void put_voxels(const struct score_pair *p, uint8_t *map, int64_t count, uint64_t *seed)
{
    for (int64_t i = 0; i < count; i++)
        map[random_below(seed, (int64_t)p->voxels)] = any_label(seed);
}

static void put_noise(const struct score_pair *p, uint8_t *map, uint64_t *seed)
{
    int64_t share = random_below(seed, 9) + 1;
    for (size_t i = 0; i < p->voxels; i++)
        map[i] = random_below(seed, 10) < share ? any_label(seed) : 0;
}

static void shift(const struct score_pair *p, uint64_t *seed)
{
    int64_t by[3];
    for (int a = 0; a < 3; a++)
        by[a] = random_below(seed, 5) - 2;
    for (int64_t z = 0; z < p->shape[2]; z++)
        for (int64_t y = 0; y < p->shape[1]; y++)
            for (int64_t x = 0; x < p->shape[0]; x++) {
                int64_t start[3] = {x + by[0], y + by[1], z + by[2]};
                put_box(p, p->prediction, start, (const int64_t[3]){1, 1, 1},
                        p->reference[(z * p->shape[1] + y) * p->shape[0] + x]);
            }
}

/* Label 1 is a ball in one map and a shell around it in the other; 2 and 3 are beside them. */
static void put_shell(const struct score_pair *p, uint64_t *seed)
{
    const int64_t *n = p->shape;
    int64_t ball = 16 + random_below(seed, 10), shell = 190 + random_below(seed, 40);
    for (int64_t z = 0; z < n[2]; z++)
        for (int64_t y = 0; y < n[1]; y++)
            for (int64_t x = 0; x < n[0]; x++) {
                int64_t dx = x - n[0] / 2, dy = y - n[1] / 2, dz = z - n[2] / 2, square = dx * dx + dy * dy + dz * dz;
                size_t at = (size_t)((z * n[1] + y) * n[0] + x);
                p->reference[at] = square <= ball;
                p->prediction[at] = square >= shell && square <= shell + 30;
            }
    p->reference[0] = p->prediction[5] = 2;
    p->reference[p->voxels - 1] = p->prediction[0] = 3;
}

static void fill_pair(int form, struct score_pair *p, uint64_t *seed)
{
    uint8_t *maps[2] = {p->reference, p->prediction};
    if (form == FORM_SHELL) {
        put_shell(p, seed);
        return;
    }
    for (int m = 0; m < 2; m++)
        switch ((enum form)form) {
        case FORM_NOISE:
            put_noise(p, maps[m], seed);
            break;
        case FORM_SHEETS:
            put_sheets(p, maps[m], seed);
            break;
        case FORM_BOXES:
        case FORM_EQUAL:
        case FORM_SHIFTED:
            put_boxes(p, maps[m], 4, seed);
            break;
        case FORM_FULL:
            put_boxes(p, maps[m], 2, seed);
            break;
        default:
            put_voxels(p, maps[m], 1 + random_below(seed, 12), seed);
        }
    int which = (int)random_below(seed, 2);
    if (form == FORM_FULL)
        memset(maps[which], 1 + (int)random_below(seed, 3), p->voxels);
    if (form == FORM_EMPTY)
        memset(maps[which], 0, p->voxels);
    if (form == FORM_EMPTY && random_below(seed, 3) == 0)
        memset(maps[1 - which], 0, p->voxels);
    if (form == FORM_EQUAL)
        memcpy(p->prediction, p->reference, p->voxels);
    if (form == FORM_SHIFTED)
        shift(p, seed);
}

void score_pair_make(int form, uint64_t seed, struct score_pair *pair)
{
    static const double spacings[] = {1, 0.5, 0.84600001573562622, 5, 3, 1.25, 0.1, 7.5};
    seed = seed * SCORE_FORMS + (uint64_t)form;
    for (int a = 0; a < 3; a++) {
        pair->shape[a] = 1 + random_below(&seed, form == FORM_APART ? 40 : 9);
        pair->spacing[a] = spacings[random_below(&seed, 8)];
    }
    if (form == FORM_LONG) {
        pair->shape[0] = 60 + random_below(&seed, 220);
        pair->shape[1] = 1 + random_below(&seed, 4);
        pair->shape[2] = 1 + random_below(&seed, 4);
    }
    for (int a = 0; a < 3 && form == FORM_SHELL; a++) {
        pair->shape[a] = 31 + random_below(&seed, 4);
        pair->spacing[a] = random_below(&seed, 2) ? 1 : 1.1;
    }
    pair->voxels = (size_t)(pair->shape[0] * pair->shape[1] * pair->shape[2]);
    pair->reference = calloc(pair->voxels, 1);
    pair->prediction = calloc(pair->voxels, 1);
    ck_assert(pair->reference && pair->prediction);
    fill_pair(form, pair, &seed);
}

void score_pair_free(struct score_pair *pair)
{
    free(pair->prediction);
    free(pair->reference);
}

amos_labelmap *score_map(const uint8_t *voxels, const int64_t shape[3], const double spacing[3],
                         const char *orientation)
{
    struct nifti_file file = label_file(voxels, shape, AMOS_TYPE_UINT8, orientation, spacing);
    amos_volume *volume = open_made(&file);
    amos_labelmap *map = NULL;
    amos_error err = {0};
    assert_ok(amos_labelmap_load(volume, NULL, &map, &err), &err);
    amos_volume_free(volume);
    nifti_free(&file);
    return map;
}
