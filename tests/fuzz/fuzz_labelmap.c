/* SPDX-License-Identifier: BSD-3-Clause */
/* A label file from memory: a whole map and statistics only must agree, and the voxels with the statistics. */
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "fuzz/kit/fuzz.h"

static void check_counts(const amos_labelmap *map)
{
    const amos_layout *layout = amos_labelmap_layout(map);
    const uint8_t *voxels = amos_labelmap_voxels(map);
    uint64_t counts[256] = {0};
    for (size_t i = 0; i < layout->bytes; i++)
        counts[voxels[i]]++;
    for (int label = 0; label <= amos_labelmap_max_label(map); label++) {
        const amos_organ_stats *stats = amos_labelmap_get_stats(map, label);
        FUZZ_REQUIRE(stats->voxels == counts[label]);
        for (int axis = 0; axis < 3 && stats->present; axis++)
            FUZZ_REQUIRE(stats->box.start[axis] >= 0 && stats->box.start[axis] < stats->box.stop[axis] &&
                         stats->box.stop[axis] <= layout->shape[axis]);
    }
}

static void compare(const amos_labelmap *a, const amos_labelmap *b)
{
    for (int label = 0; label <= amos_labelmap_max_label(a); label++) {
        const amos_organ_stats *s = amos_labelmap_get_stats(a, label), *t = amos_labelmap_get_stats(b, label);
        FUZZ_REQUIRE(s->voxels == t->voxels && memcmp(&s->box, &t->box, sizeof s->box) == 0);
    }
}

/* Components hold each voxel of a label once, in boxes that lie in the volume. */
static void check_components(const amos_labelmap *map, int connectivity)
{
    const amos_components_options options = {sizeof options, AMOS_COMPONENTS_HOLES, connectivity, 1};
    const int64_t *shape = amos_labelmap_layout(map)->shape;
    amos_components *components;
    amos_error err;
    if (amos_components_find(map, &options, &components, &err) != AMOS_OK)
        return;
    for (uint64_t i = 0; i < amos_components_get_info(components)->count; i++) {
        amos_component part = {.size = sizeof part};
        FUZZ_REQUIRE(amos_components_get(components, i, &part, &err) == AMOS_OK && part.voxels > 0);
        for (int axis = 0; axis < 3; axis++)
            FUZZ_REQUIRE(part.box.start[axis] <= part.first[axis] && part.first[axis] < part.box.stop[axis] &&
                         part.box.stop[axis] <= shape[axis]);
    }
    for (int label = 1; label <= amos_labelmap_max_label(map); label++)
        FUZZ_REQUIRE(amos_components_get_organ(components, label)->voxels ==
                     amos_labelmap_get_stats(map, label)->voxels);
    amos_components_free(components);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t ignore[] = {3, 255};
    static const amos_relabel table[] = {{1, 6}, {2, 6}, {300, 1}, {-1, 0}};
    uint8_t a = fuzz_byte(&data, &size);
    amos_limits limits = {.size = sizeof limits, .max_uncompressed = 4 << 20, .max_extra = 65536};
    amos_volume_options open = {.size = sizeof open, .limits = &limits};
    amos_accept accept = AMOS_ACCEPT_INIT;
    accept.max_label = a & 1 ? 255 : 0;
    accept.round_within = a & 2 ? 0.02 : 0;
    accept.frame = a & 64 ? 0 : AMOS_FRAME_ONLY;
    accept.ignore = ignore;
    accept.ignore_count = a & 32 ? 2 : 0;
    if (a & 8) {
        accept.table = table;
        accept.table_count = 4;
        accept.flags = a & 16 ? AMOS_ACCEPT_DROP_UNLISTED : 0;
    }
    amos_labelmap_options options = {.size = sizeof options, .accept = &accept, .orientation = a & 4 ? "RAS" : NULL};
    amos_volume *volume;
    amos_labelmap *map = NULL, *counted = NULL;
    amos_error err;
    uint8_t *file = fuzz_copy(data, size);
    if (amos_volume_open_memory(file, size, &open, &volume, &err) == AMOS_OK) {
        amos_status whole = amos_labelmap_load(volume, &options, &map, &err);
        options.flags |= AMOS_LABELMAP_STATS_ONLY;
        amos_status only = amos_labelmap_load(volume, &options, &counted, &err);
        FUZZ_REQUIRE(whole == only && (whole == AMOS_OK) == (map != NULL));
        if (map) {
            check_counts(map);
            compare(map, counted);
            check_components(map, a & 128 ? 6 : 26);
        }
    }
    amos_labelmap_free(counted);
    amos_labelmap_free(map);
    amos_volume_free(volume);
    free(file);
    return 0;
}
