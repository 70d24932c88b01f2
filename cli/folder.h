/* SPDX-License-Identifier: BSD-3-Clause */
/* The volumes of a folder that is not a data set, or of a ZIP archive; and making folders. */
#ifndef CLI_FOLDER_H
#define CLI_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

/* Where the volumes are. */
enum folder_layout {
    FOLDER_NONE,   /* there are none, or the path is neither a folder nor an archive */
    FOLDER_FLAT,   /* directly in the folder */
    FOLDER_BELOW,  /* one level down, as MONAI writes them: amos_0001/amos_0001_trans.nii.gz, or all in results/ */
    FOLDER_ARCHIVE /* in a ZIP archive, at the highest level that has any; paths are "results.zip/amos_0001.nii.gz" */
};

struct folder {
    enum folder_layout layout;
    char **paths; /* in the order of their bytes */
    size_t count, room;
    bool holds_dataset; /* the archive is one of a data set: it has a folder imagesTr or the like */
};

/* Lists the volumes at a path: .nii and .nii.gz files, and the .hdr and .hdr.gz of pairs. Hidden files and folders, and
 * __MACOSX, are left out. A path that cannot be opened has no volumes. False after an error, such as a damaged archive
 * or a subfolder that cannot be listed, which is reported. Release with folder_free() in either case. */
bool folder_list(struct folder *folder, const char *path);

void folder_free(struct folder *folder);

/* For programs: "flat", "subfolders", "archive"; NULL for FOLDER_NONE. */
const char *folder_layout_name(enum folder_layout layout);

/* For people: "volumes one level down"; NULL if there is nothing to say. */
const char *folder_layout_text(enum folder_layout layout);

/* Joins a folder and a name; from malloc(). NULL if memory ran out. */
char *folder_join(const char *folder, const char *name);

/* Make a folder, or the one that a path lies in, and those above it, as mkdir -p does. A failure is reported. */
bool folder_make(const char *path);
bool folder_make_for(const char *path);

/* The largest label of the data set that a folder of labels is part of: that in the folder above it, if it has a
 * dataset.json. 0 if there is none. */
int folder_max_label(const char *folder);

#endif
