/* SPDX-License-Identifier: BSD-3-Clause */
/* The entries of a listed folder by a key that forgives what people change in names. Two names are near if their keys are
 * equal, the case of letters (ASCII) aside. */
#ifndef AMOSI_DATASET_TREE_NAMES_H
#define AMOSI_DATASET_TREE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "dataset/tree/listing.h"

/* What an index holds and what its keys are: the length of the key at the start of a name, 0 if it is not held. */
typedef size_t (*amosi_key_fn)(const struct amosi_entry *entry);

/* Volumes: the name without suffix and without nnU-Net's "_0000". */
size_t amosi_key_volume(const struct amosi_entry *entry);

/* What may be a folder: the whole name. */
size_t amosi_key_folder(const struct amosi_entry *entry);

struct amosi_names {
    const struct amosi_entry **entries; /* of the listing, sorted by key */
    size_t count;
    amosi_key_fn key;
    bool made;
};

/* Indexes a listing, which must outlive the index. False: memory ran out. Zeroed memory is an empty index. */
bool amosi_names_make(struct amosi_names *names, const struct amosi_listing *listing, amosi_key_fn key);
void amosi_names_free(struct amosi_names *names);

/* The first entry near `name`, and how many there are. NULL: none. */
const struct amosi_entry *amosi_names_find(const struct amosi_names *names, const char *name, size_t *count);

#endif
