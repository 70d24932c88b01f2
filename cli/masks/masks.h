/* SPDX-License-Identifier: BSD-3-Clause */
/* amos export labelmaps: the masks of subjects, one file for each organ, and the label map that is made of them. */
#ifndef CLI_MASKS_MASKS_H
#define CLI_MASKS_MASKS_H

#include <amos/amos.h>

#include <stdbool.h>

enum { MASKS_MOST = 255 };

/* The organs that some subject has a mask of, sorted: organ n is label n + 1. */
struct mask_table {
    char *names[MASKS_MOST];
    size_t count;
};

/* Lists the masks of all cases, in the folders "segmentations" beside their images. False after a failure, which is reported:
 * no case has any, or there are more than a label map holds. Release with mask_table_free() in either case. */
bool mask_table_read(const amos_dataset *dataset, struct mask_table *out);
void mask_table_free(struct mask_table *table);

/* Whether a case has masks. */
bool masks_are_there(const amos_case_info *info);

/* Reads the masks of a case on the grid of its image, into voxels from malloc() with the layout of the image's shape. Each has
 * 0 and 1 alone. A voxel of several gets the lowest label; *overlaps counts them. Masks that the case lacks are empty. Free
 * *image and *voxels, also after a failure. */
amos_status masks_merge(const struct mask_table *table, const amos_case_info *info, amos_volume **image,
                        unsigned char **voxels, uint64_t *overlaps, amos_error *err);

#endif
