/* SPDX-License-Identifier: BSD-3-Clause */
/* The container of a cache entry: a ZIP archive whose members are stored uncompressed, one after the other.
 *
 * The reader accepts exactly what the writer produces: members without gaps from the first byte on, then their
 * directory. The CRC-32 of the directory is in the archive's comment. Each member has the usual CRC-32 of ZIP. */
#ifndef AMOSI_CACHE_ZIP_H
#define AMOSI_CACHE_ZIP_H

#include "io/folder.h"
#include "io/source.h"
#include "io/zip/write.h"

/* ---- writing ---- */

/* Begins to write to an empty file. See io/zip/write.h for the rest. */
void amosi_cache_zip_begin(struct amosi_zip_writer *zip, struct amosi_folder_file *file);

/* Writes the directory, and its CRC-32 in the comment. */
amos_status amosi_cache_zip_end(struct amosi_zip_writer *zip, amos_error *err);

/* ---- reading ---- */

struct amosi_zip_member {
    const char *name; /* without a NUL; borrowed from the archive */
    size_t name_bytes;
    struct amosi_zip_data data;
};

struct amosi_zip {
    const struct amosi_source *source;
    unsigned char *directory;
    struct amosi_zip_member *members;
    size_t count;
};

/* Reads and checks the directory. The source must outlive the archive. AMOS_E_INDEX if it is damaged or
 * not such an archive. The archive must be closed, also on failure. */
amos_status amosi_zip_open(struct amosi_zip *zip, const struct amosi_source *source, amos_error *err);
void amosi_zip_close(struct amosi_zip *zip);

/* The member with a name, or NULL. */
const struct amosi_zip_member *amosi_zip_find(const struct amosi_zip *zip, const char *name);

/* Reads a member's data into a buffer of data->bytes bytes and verifies its CRC-32. */
amos_status amosi_zip_read(const struct amosi_source *source, const struct amosi_zip_data *data, void *buffer,
                           amos_error *err);

/* Verifies the CRC-32 of data that is already read. */
amos_status amosi_zip_check(const struct amosi_source *source, const struct amosi_zip_data *data, const void *buffer,
                            amos_error *err);

/* Checks the local header of each member, which reading does not need. */
amos_status amosi_zip_check_headers(const struct amosi_zip *zip, amos_error *err);

#endif
