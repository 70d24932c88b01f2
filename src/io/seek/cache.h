/* SPDX-License-Identifier: BSD-3-Clause */
/* The folder that holds the indexes; see io/folder.h.
 *
 * The name of an index is made from the content of its file, so a copy of the file has the same index. An index of
 * another content that passes for this one by its two ends does no harm: every segment that is read is compared with its
 * CRC-32 in the index. */
#ifndef AMOSI_IO_SEEK_CACHE_H
#define AMOSI_IO_SEEK_CACHE_H

#include "io/folder.h"
#include "io/gzip/index.h"

/* AMOS_E_OPEN with errno ENOENT: there is no index. AMOS_E_INDEX: it is damaged, or of another file. Other statuses are
 * those of opening and reading the folder and the file. `folder` NULL: the user's. */
amos_status amosi_index_cache_load(const char *folder, const struct amosi_content_id *key, struct amosi_index **out,
                                   amos_error *err);

/* Creates the folder if it is missing. `readers` and `temporaries` may be NULL. The new file appears whole or not at all, even if others write or read it. */
amos_status amosi_index_cache_save(const char *folder, const struct amosi_index *index,
                                   const struct amosi_readers *readers, const amos_temporaries *temporaries,
                                   amos_error *err);

/* Removes the index of a file, if there is one. */
void amosi_index_cache_remove(const char *folder, const struct amosi_content_id *key);

#endif
