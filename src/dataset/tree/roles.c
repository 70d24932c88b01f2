/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataset/tree/roles.h"

#include <stdlib.h>
#include <string.h>

#include "base/error/fail.h"
#include "base/math/sort.h"
#include "base/system/alloc.h"

static const char *const words[] = {"image", "img", "volume", "vol", "scan",         "ct", "mri",  "mr",
                                    "label", "lab", "labels", "seg", "segmentation", "gt", "mask", "masks"};

static const char separators[] = "_-. ";

/* A name without such a word. */
struct key {
    const char *text;
    size_t length;
    struct amosi_shelf_volume *volume;
};

static bool is_separator(char c)
{
    return memchr(separators, c, sizeof separators - 1) != NULL;
}

/* ASCII only: strncasecmp() depends on the locale. */
static bool is_word(const char *text, size_t length, const char *word)
{
    for (size_t i = 0; i < length; i++) {
        char c = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i];
        if (c != word[i])
            return false;
    }
    return true;
}

/* A word at the beginning must be followed by a digit or a separator, and something must be left. */
static void cut_beginning(struct key *key)
{
    for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
        size_t length = strlen(words[w]);
        if (key->length <= length || !is_word(key->text, length, words[w]))
            continue;
        char next = key->text[length];
        while (length < key->length && is_separator(key->text[length]))
            length++;
        if (length == key->length || !(is_separator(next) || (next >= '0' && next <= '9')))
            continue;
        key->text += length;
        key->length -= length;
        return;
    }
}

/* A word at the end must follow a separator. */
static void cut_end(struct key *key)
{
    for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
        size_t length = strlen(words[w]);
        if (key->length < length + 2 || !is_word(key->text + key->length - length, length, words[w]) ||
            !is_separator(key->text[key->length - length - 1]))
            continue;
        key->length -= length;
        while (key->length > 1 && is_separator(key->text[key->length - 1]))
            key->length--;
        return;
    }
}

static struct key key_of(struct amosi_shelf_volume *volume)
{
    struct key key = {volume->id, volume->id_length, volume};
    cut_beginning(&key);
    cut_end(&key);
    return key;
}

static int compare_keys(const void *first, const void *second)
{
    const struct key *a = first, *b = second;
    int order = memcmp(a->text, b->text, a->length < b->length ? a->length : b->length);
    return order ? order : (a->length > b->length) - (a->length < b->length);
}

/* The keys of the volumes of one shelf whose ids the other lacks. Both are sorted by id. */
static size_t list_alone(const struct amosi_shelf *shelf, const struct amosi_shelf *other, struct key *keys)
{
    size_t count = 0;
    for (size_t i = 0, k = 0; i < shelf->count;) {
        int order = k < other->count ? amosi_shelf_compare(&shelf->volumes[i], &other->volumes[k]) : -1;
        if (order < 0)
            keys[count++] = key_of(&shelf->volumes[i]);
        i += order <= 0;
        k += order >= 0;
    }
    amosi_sort(keys, count, sizeof *keys, compare_keys);
    return count;
}

/* The number of keys from the first on that are equal. */
static size_t run_of(const struct key *keys, size_t count)
{
    size_t n = 1;
    while (n < count && compare_keys(keys, keys + n) == 0)
        n++;
    return n;
}

static void match_keys(const struct key *images, size_t image_count, const struct key *labels, size_t label_count)
{
    for (size_t i = 0, l = 0; i < image_count && l < label_count;) {
        int order = compare_keys(images + i, labels + l);
        size_t same_images = order ? 1 : run_of(images + i, image_count - i);
        size_t same_labels = order ? 1 : run_of(labels + l, label_count - l);
        if (order == 0 && same_images == 1 && same_labels == 1) {
            labels[l].volume->id = images[i].volume->id;
            labels[l].volume->id_length = images[i].volume->id_length;
        }
        i += order <= 0 ? same_images : 0;
        l += order >= 0 ? same_labels : 0;
    }
}

amos_status amosi_roles_match(const struct amosi_shelf *images, struct amosi_shelf *labels, amos_error *err)
{
    struct key *of_images = amosi_alloc_array(images->count, sizeof *of_images);
    struct key *of_labels = amosi_alloc_array(labels->count, sizeof *of_labels);
    amos_status status = of_images && of_labels ? AMOS_OK : amosi_fail_nomem(err, images->listing.folder);
    if (!status)
        match_keys(of_images, list_alone(images, labels, of_images), of_labels, list_alone(labels, images, of_labels));
    amosi_free(of_labels);
    amosi_free(of_images);
    amosi_shelf_sort(labels);
    return status;
}
