/* SPDX-License-Identifier: BSD-3-Clause */
/* amos stats: what was found in a label, free of the library's objects, so that a shard can keep it and amos merge can read
 * it back. */
#ifndef CLI_STATS_FOUND_H
#define CLI_STATS_FOUND_H

#include <amos/amos.h>

#include <stddef.h>

#define STATS_LABELS 256 /* a voxel of a label map is a byte */

/* How many parts of an organ are listed; all are counted. */
#define STATS_PARTS 100

struct found_map {
    int64_t shape[4];
    amos_warnings warnings;
    int has_geometry;
    amos_accepted accepted;
    int max_label;
    amos_organ_stats organs[STATS_LABELS]; /* 0..max_label */
};

struct found_organ_parts {
    amos_component_organ organ;
    size_t first, listed; /* among the parts that are listed */
};

struct found_parts {
    int max_label;
    struct found_organ_parts organs[STATS_LABELS];
    size_t count;
    amos_component parts[]; /* of all organs, the largest of each first */
};

/* Both are NULL if memory ran out; release with free(). */
struct found_map *found_map_of(const amos_labelmap *map);
struct found_parts *found_parts_of(const amos_components *components);

/* With room for so many parts. */
struct found_parts *found_parts_new(size_t count);

#endif
