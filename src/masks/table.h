/* SPDX-License-Identifier: BSD-3-Clause */
/* Labels that are a file for each organ, as TotalSegmentator's: s0001/segmentations/liver.nii.gz, .../spleen.nii.gz. A path
 * that ends in such a folder stands for one label map, see merge.h.
 *
 * The numbers of the labels are those of the data set: the masks of its first subject, the first folder beside s0001 in the
 * order of the alphabet that has such a folder, in the order of the alphabet, from 1. So a path alone gives the numbers, and
 * a mask that a subject lacks shifts none. */
#ifndef AMOSI_MASKS_TABLE_H
#define AMOSI_MASKS_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include <amos/error.h>

#define AMOSI_MASKS_FOLDER "segmentations"
#define AMOSI_MASKS_MOST 255

/* The masks in a folder. */
struct amosi_masks {
    char *names[AMOSI_MASKS_MOST]; /* of the organs, sorted */
    char *files[AMOSI_MASKS_MOST]; /* theirs, in the folder */
    int count;
};

/* Whether a path is that of such a folder. */
bool amosi_masks_are_at(const char *path);

/* Lists the masks of a folder. AMOS_E_OPEN, AMOS_E_NOMEM, or AMOS_E_LIMIT: there are more than a label map holds. Release
 * with amosi_masks_free(), also after a failure. */
amos_status amosi_masks_list(const char *folder, struct amosi_masks *masks, amos_error *err);
void amosi_masks_free(struct amosi_masks *masks);

/* The masks of the first subject: name n is label n + 1. `folder` is that of any subject. *first, if not NULL, becomes the
 * path of that subject's folder; amosi_free() it. As amosi_masks_list(). */
amos_status amosi_masks_table(const char *folder, struct amosi_masks *table, char **first, amos_error *err);

/* The place of a name; -1 if it is not there. */
int amosi_masks_find(const struct amosi_masks *masks, const char *name);

/* The bytes of all files of masks in a folder. AMOS_E_OPEN, AMOS_E_NOMEM or AMOS_E_LIMIT. */
amos_status amosi_masks_bytes(const char *folder, uint64_t *bytes, amos_error *err);

/* The path of a mask; NULL if memory ran out; amosi_free() it. */
char *amosi_masks_path(const struct amosi_masks *masks, const char *folder, int which);

#endif
