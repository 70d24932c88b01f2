/* SPDX-License-Identifier: BSD-3-Clause */
/* What other programs look for in a cache entry: the metadata of an OME-NGFF 0.4 image with labels, and the header array
 * of NIfTI-Zarr. libamos itself reads the `amos` attributes alone. docs/cache-format.md says why it is laid out so. */
#ifndef AMOSI_CACHE_OME_OME_H
#define AMOSI_CACHE_OME_OME_H

#include <stdbool.h>

#include <amos/cache.h>
#include <cjson/cJSON.h>

/* Names of arrays and groups in an entry. */
#define AMOSI_ENTRY_IMAGE "0"
#define AMOSI_ENTRY_LABELS "labels"
#define AMOSI_ENTRY_ORGANS "labels/organs"
#define AMOSI_ENTRY_ORGANS_ARRAY "labels/organs/0"
#define AMOSI_ENTRY_NIFTI "nifti"
#define AMOSI_ENTRY_POSITIONS "positions"
#define AMOSI_ENTRY_VALUES "values"

/* Adds `multiscales` of the image to the attributes of the entry. */
void amosi_ome_put_image(cJSON *attributes, const amos_cache_entry_info *info, bool *good);

/* The attributes of the group of labels and of the organs in it. The caller owns the text (cJSON_free). NULL if out of
 * memory. */
char *amosi_ome_labels(void);
char *amosi_ome_organs(const amos_cache_entry_info *info);

/* The NIfTI-1 header of the image as it is cached. False if NIfTI-1 cannot say it (more than 32,767 voxels along an
 * axis, say): then the entry has no such array. */
#define AMOSI_OME_HEADER 348
bool amosi_ome_header(const amos_cache_entry_info *info, unsigned char header[AMOSI_OME_HEADER]);

#endif
