/* SPDX-License-Identifier: BSD-3-Clause */
#include "faults/digest.h"

#include <string.h>

void digest_add(uint64_t *digest, const void *data, size_t bytes)
{
    const unsigned char *p = data;
    for (size_t i = 0; i < bytes; i++)
        *digest = (*digest ^ p[i]) * 1099511628211u;
}

void digest_text(uint64_t *digest, const char *text)
{
    digest_add(digest, text ? text : "(null)", text ? strlen(text) + 1 : 7);
}

void promise(struct world *world, int kept, const char *what)
{
    if (!kept && !world->promise)
        world->promise = what;
}

void give(struct world *world, amos_status status, const void *handle)
{
    promise(world, (status == AMOS_OK) == (handle != NULL), "*out is set exactly where the call succeeds");
}

void digest_array(uint64_t *digest, const amos_array *array)
{
    if (array)
        digest_add(digest, amos_array_data(array), amos_array_layout(array)->bytes);
}

void digest_map(uint64_t *digest, const amos_labelmap *map)
{
    for (int label = 0; label <= amos_labelmap_max_label(map); label++)
        digest_add(digest, &amos_labelmap_get_stats(map, label)->voxels, sizeof(uint64_t));
    if (amos_labelmap_voxels(map))
        digest_add(digest, amos_labelmap_voxels(map), amos_labelmap_layout(map)->bytes);
}

void digest_volume(uint64_t *digest, const amos_volume *volume)
{
    if (!volume)
        return;
    amos_warnings warnings = amos_volume_warnings(volume);
    digest_add(digest, amos_volume_get_info(volume)->shape, sizeof amos_volume_get_info(volume)->shape);
    digest_add(digest, &warnings, sizeof warnings);
}
