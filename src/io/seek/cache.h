/* SPDX-License-Identifier: BSD-3-Clause */
/* The folder that holds the indexes; see io/folder.h.
 *
 * The name of an index is made from its file's inode and last gzip checksum, so that the new index of a file that was
 * touched replaces the old one. */
#ifndef AMOSI_IO_SEEK_CACHE_H
#define AMOSI_IO_SEEK_CACHE_H

#include "io/gzip/index.h"

/* AMOS_E_OPEN with errno ENOENT: there is no index. AMOS_E_INDEX: it is damaged, or of another file. Other statuses are
 * those of opening and reading the folder and the file. `folder` NULL: the user's. */
amos_status amosi_index_cache_load(const char *folder, const struct amosi_file_key *key, struct amosi_index **out,
                                   amos_error *err);

/* Creates the folder if it is missing. The new file appears whole or not at all, even if others write or read it. */
amos_status amosi_index_cache_save(const char *folder, const struct amosi_index *index, amos_error *err);

/* Removes the index of a file, if there is one. */
void amosi_index_cache_remove(const char *folder, const struct amosi_file_key *key);

#endif
