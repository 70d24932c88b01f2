/* SPDX-License-Identifier: BSD-3-Clause */
#include "loader/draw/mirror.h"

#include <stdio.h>
#include <string.h>

#include "base/error/fail.h"
#include "base/text/words.h"

#define FLIPS_XY (AMOS_FLIP_X | AMOS_FLIP_Y)
#define NAME_ROOM 256

/* ---- the pairs of labels ---- */

static void add_pair(struct amosi_loader_settings *s, int a, int b)
{
    s->exchange[a] = (uint8_t)b;
    s->exchange[b] = (uint8_t)a;
    s->has_pairs = true;
}

static amos_status take_given(struct amosi_loader_settings *s, amos_error *err)
{
    const amos_augment *a = &s->augment;
    if (!a->pairs)
        return amosi_fail(err, AMOS_E_ARG, NULL, "the changes (augment): pair_count is set and pairs is NULL.");
    for (size_t i = 0; i < a->pair_count; i++) {
        int left = a->pairs[i][0], right = a->pairs[i][1], most = amosi_settings_max_label(s);
        if (left < 1 || left > most || right < 1 || right > most)
            return amosi_fail(err, AMOS_E_ARG, NULL,
                              "the changes (augment): pairs has the labels %d and %d; labels are 1..%d.", left, right,
                              most);
        if (left == right || s->exchange[left] != left || s->exchange[right] != right)
            return amosi_fail(err, AMOS_E_ARG, NULL,
                              "the changes (augment): pairs has label %d twice; a label is in one pair at most.",
                              left == right || s->exchange[left] != left ? left : right);
        add_pair(s, left, right);
    }
    return AMOS_OK;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The length of `word` if the text begins with it as a whole word, in any case; else 0. */
static size_t begins_with(const char *text, const char *word)
{
    size_t n = 0;
    for (; word[n]; n++)
        if ((text[n] | 0x20) != word[n])
            return 0;
    return is_letter(text[n]) ? 0 : n;
}

/* The place of a whole word in a name; NULL if it is not there. */
static const char *find_word(const char *name, const char *word)
{
    for (const char *at = name; *at; at++)
        if ((at == name || !is_letter(at[-1])) && begins_with(at, word))
            return at;
    return NULL;
}

/* A name without a word of it; false if the word is not there, or the name too long. */
static bool without(const char *name, const char *word, char rest[NAME_ROOM])
{
    const char *at = find_word(name, word);
    return at && snprintf(rest, NAME_ROOM, "%.*s%s", (int)(at - name), name, at + strlen(word)) < NAME_ROOM;
}

/* Whether two names differ only in that one has "left" where the other has "right". */
static bool is_pair(const char *a, const char *b)
{
    char left[NAME_ROOM], right[NAME_ROOM];
    return without(a, "left", left) && without(b, "right", right) && amosi_words_equal(left, right);
}

static void take_names(struct amosi_loader_settings *s, const amos_dataset *dataset)
{
    for (int a = 1; a <= amosi_settings_max_label(s); a++)
        for (int b = 1; b <= amosi_settings_max_label(s); b++) {
            const char *left = amos_dataset_label_name(dataset, a), *right = amos_dataset_label_name(dataset, b);
            if (left && right && s->exchange[a] == a && s->exchange[b] == b && is_pair(left, right))
                add_pair(s, a, b);
        }
}

amos_status amosi_mirror_set(struct amosi_loader_settings *s, const amos_dataset *dataset, amos_error *err)
{
    for (int i = 0; i < 256; i++)
        s->exchange[i] = (uint8_t)i;
    if (s->augment.pair_count)
        return take_given(s, err);
    take_names(s, dataset);
    return AMOS_OK;
}

/* ---- the axis ---- */

int amosi_mirror_axis(const amos_geometry *geometry)
{
    if (geometry->source == AMOS_AFFINE_SPACING)
        return -1;
    for (int i = 0; i < 3; i++)
        if (geometry->orientation[i] == 'L' || geometry->orientation[i] == 'R')
            return i;
    return -1;
}

bool amosi_mirror_is(const struct amosi_loader_settings *s, int axis, uint32_t flips)
{
    if (axis < 0)
        return false;
    if (axis < 2 && s->augment.quarter_turns)
        return (flips & FLIPS_XY) == AMOS_FLIP_X || (flips & FLIPS_XY) == AMOS_FLIP_Y;
    return flips >> axis & 1;
}

/* Whether a sample of a case with this axis can be mirrored. */
static bool may_mirror(const struct amosi_loader_settings *s, int axis)
{
    if (axis < 2 && s->augment.quarter_turns)
        return s->augment.flips & FLIPS_XY;
    return s->augment.flips >> axis & 1;
}

amos_status amosi_mirror_check(const struct amosi_loader_settings *s, const struct amosi_loader_case *c,
                               amos_error *err)
{
    const amos_mirror mirror = s->augment.mirror;
    int axis = amosi_mirror_axis(&c->geometry);
    if (mirror == AMOS_MIRROR_KEEP || !s->has_labels || !s->has_pairs || !s->augment.flips)
        return AMOS_OK;
    if (axis < 0)
        return amosi_fail(err, AMOS_E_ARG, c->image_path,
                          "the orientation is not known, so it is not known whether a flip mirrors left and right; "
                          "mirror = \"keep\" flips without asking.");
    if (mirror == AMOS_MIRROR_EXCHANGE || !may_mirror(s, axis))
        return AMOS_OK;
    return amosi_fail(
        err, AMOS_E_ARG, c->image_path,
        "the %c axis runs between the patient's left and right (%s), so a flip mirrors them, and the "
        "there are labels of a left and a right organ; mirror = \"exchange\" exchanges the labels of each pair, "
        "\"keep\" keeps them.",
        "xyz"[axis], c -> geometry.orientation);
}

/* ---- the labels ---- */

static void exchange_bytes(const uint8_t exchange[256], uint8_t *label, size_t voxels)
{
    for (size_t i = 0; i < voxels; i++)
        label[i] = exchange[label[i]];
}

static void exchange_wide(const uint8_t exchange[256], int64_t *label, size_t voxels)
{
    for (size_t i = 0; i < voxels; i++)
        label[i] = exchange[label[i]];
}

static void exchange_planes(const struct amosi_loader_settings *s, uint8_t *planes, size_t voxels)
{
    for (int a = 1; a < s->label_planes; a++) {
        uint8_t *p = planes + (size_t)a * voxels, *q = planes + s->exchange[a] * voxels;
        for (size_t i = 0; i < voxels && q > p; i++) {
            uint8_t value = p[i];
            p[i] = q[i];
            q[i] = value;
        }
    }
}

void amosi_mirror_labels(const struct amosi_loader_settings *s, void *label, size_t voxels)
{
    if (s->o.label_type == AMOS_LABEL_TYPE_UINT8)
        exchange_bytes(s->exchange, label, voxels);
    else if (s->o.label_type == AMOS_LABEL_TYPE_INT64)
        exchange_wide(s->exchange, label, voxels);
    else if (s->o.label_type == AMOS_LABEL_TYPE_ONEHOT)
        exchange_planes(s, label, voxels);
}
