/* SPDX-License-Identifier: BSD-3-Clause */
/* A folder of volumes that is no data set. */
#ifndef CLI_FOLDER_H
#define CLI_FOLDER_H

/* Gives the path of each volume in the folder, in the order of their names: .nii and .nii.gz files, and the .hdr and
 * .hdr.gz of pairs; not what is in folders below it, nor hidden files. The path is good during the call.
 * Returns how many there are, or -1 with errno. */
int folder_each_volume(const char *folder, void (*take)(void *user, const char *path), void *user);

#endif
