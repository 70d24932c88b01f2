/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataset/tree/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/math/sort.h"
#include "base/system/alloc.h"
#include "base/text/case_id.h"
#include "base/text/volume_name.h"

size_t amosi_key_volume(const struct amosi_entry *entry)
{
    int channel;
    if (entry->kind == AMOSI_KIND_OTHER || !amosi_volume_name_is_listed(entry->name))
        return 0;
    size_t stem = amosi_volume_name_id_length(entry->name), cut = amosi_channel_cut(entry->name, stem, &channel);
    return channel == 0 ? cut : stem;
}

size_t amosi_key_folder(const struct amosi_entry *entry)
{
    return entry->kind == AMOSI_KIND_FILE ? 0 : strlen(entry->name);
}

/* ASCII only: strcasecmp() depends on the locale. */
static int lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

static int compare_keys(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t shorter = a_length < b_length ? a_length : b_length;
    for (size_t i = 0; i < shorter; i++)
        if (lower(a[i]) != lower(b[i]))
            return lower(a[i]) < lower(b[i]) ? -1 : 1;
    return (a_length > b_length) - (a_length < b_length);
}

static int compare_volumes(const void *first, const void *second)
{
    const struct amosi_entry *a = *(const struct amosi_entry *const *)first;
    const struct amosi_entry *b = *(const struct amosi_entry *const *)second;
    int order = compare_keys(a->name, amosi_key_volume(a), b->name, amosi_key_volume(b));
    return order ? order : strcmp(a->name, b->name);
}

static int compare_folders(const void *first, const void *second)
{
    const struct amosi_entry *a = *(const struct amosi_entry *const *)first;
    const struct amosi_entry *b = *(const struct amosi_entry *const *)second;
    int order = compare_keys(a->name, strlen(a->name), b->name, strlen(b->name));
    return order ? order : strcmp(a->name, b->name);
}

bool amosi_names_make(struct amosi_names *names, const struct amosi_listing *listing, amosi_key_fn key)
{
    *names = (struct amosi_names){.key = key, .made = true};
    names->entries = amosi_alloc_array(listing->count, sizeof(const struct amosi_entry *));
    if (!names->entries)
        return false;
    for (size_t i = 0; i < listing->count; i++)
        if (key(&listing->entries[i]) > 0)
            names->entries[names->count++] = &listing->entries[i];
    amosi_sort(names->entries, names->count, sizeof(const struct amosi_entry *),
               key == amosi_key_volume ? compare_volumes : compare_folders);
    return true;
}

void amosi_names_free(struct amosi_names *names)
{
    amosi_free(names->entries);
    *names = (struct amosi_names){.entries = NULL};
}

/* The index of the first entry whose key is not less (`after` false), or is greater, than the given one. */
static size_t bound(const struct amosi_names *names, const char *key, size_t length, bool after)
{
    size_t low = 0, high = names->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct amosi_entry *entry = names->entries[middle];
        int order = compare_keys(entry->name, names->key(entry), key, length);
        if (order < 0 || (order == 0 && after))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct amosi_entry *amosi_names_find(const struct amosi_names *names, const char *name, size_t *count)
{
    const struct amosi_entry wanted = {name, AMOSI_KIND_ASK};
    size_t length = names->count ? names->key(&wanted) : 0;
    size_t first = length ? bound(names, name, length, false) : 0;
    *count = length ? bound(names, name, length, true) - first : 0;
    return *count ? names->entries[first] : NULL;
}
