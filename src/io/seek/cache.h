/* SPDX-License-Identifier: BSD-3-Clause */
/* The folder that indexes are kept in; see io/folder.h.
 *
 * An index is named after its file's inode and last gzip checksum, so that the index of a file that was touched takes the
 * place of the old one. */
#ifndef AMOSI_IO_SEEK_CACHE_H
#define AMOSI_IO_SEEK_CACHE_H

#include "io/gzip/index.h"

/* AMOS_E_OPEN with errno ENOENT: there is none. AMOS_E_INDEX: what is there is damaged or of another file. Others as the
 * folder and the file give them. `folder` NULL: the user's. */
amos_status amosi_index_cache_load(const char *folder, const struct amosi_file_key *key, struct amosi_index **out,
                                   amos_error *err);

/* Makes the folder where it is missing. The new file appears whole or not at all, whoever else writes or reads it. */
amos_status amosi_index_cache_save(const char *folder, const struct amosi_index *index, amos_error *err);

/* Removes the index of a file, if there is one. */
void amosi_index_cache_remove(const char *folder, const struct amosi_file_key *key);

#endif
