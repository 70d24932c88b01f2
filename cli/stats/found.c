/* SPDX-License-Identifier: BSD-3-Clause */
#include "stats/found.h"

#include <stdlib.h>
#include <string.h>

struct found_map *found_map_of(const amos_labelmap *map)
{
    const amos_layout *layout = amos_labelmap_layout(map);
    struct found_map *found = calloc(1, sizeof *found);
    if (!found)
        return NULL;
    memcpy(found->shape, layout->shape, sizeof found->shape);
    found->warnings = layout->warnings;
    found->has_geometry = layout->has_geometry;
    found->accepted = amos_labelmap_get_info(map)->accepted;
    found->max_label = amos_labelmap_max_label(map);
    for (int label = 0; label <= found->max_label; label++)
        found->organs[label] = *amos_labelmap_get_stats(map, label);
    return found;
}

struct found_parts *found_parts_new(size_t count)
{
    struct found_parts *found = calloc(1, sizeof *found + count * sizeof *found->parts);
    if (found)
        found->count = count;
    return found;
}

static size_t listed(const amos_component_organ *organ)
{
    return organ->count < STATS_PARTS ? (size_t)organ->count : STATS_PARTS;
}

struct found_parts *found_parts_of(const amos_components *components)
{
    const int max_label = amos_components_get_info(components)->max_label;
    size_t count = 0;
    for (int label = 1; label <= max_label; label++)
        count += listed(amos_components_get_organ(components, label));
    struct found_parts *found = found_parts_new(count);
    if (!found)
        return NULL;
    found->max_label = max_label;
    count = 0;
    for (int label = 1; label <= max_label; label++) {
        struct found_organ_parts *to = &found->organs[label];
        amos_error unused;
        to->organ = *amos_components_get_organ(components, label);
        to->first = count;
        for (uint64_t i = 0; i < listed(&to->organ); i++) {
            amos_component *part = &found->parts[count];
            *part = (amos_component){.size = sizeof *part};
            if (amos_components_get(components, to->organ.first + i, part, &unused))
                break;
            to->listed++;
            count++;
        }
    }
    return found;
}
