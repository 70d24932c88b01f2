/* SPDX-License-Identifier: BSD-3-Clause */
/* A folder of volumes that is not a data set. */
#ifndef CLI_FOLDER_H
#define CLI_FOLDER_H

/* Calls `take` with the path of each volume in the folder, in the order of names: .nii and .nii.gz files, and the
 * .hdr and .hdr.gz of pairs. Subfolders and hidden files are left out. The path is valid during the call. Returns the
 * number of volumes, or -1 with errno. */
int folder_each_volume(const char *folder, void (*take)(void *user, const char *path), void *user);

/* The largest label of the data set that a folder of labels is part of: that in the folder above it, if it has a
 * dataset.json. 0 if there is none. */
int folder_max_label(const char *folder);

#endif
