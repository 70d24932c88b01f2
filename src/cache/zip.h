/* SPDX-License-Identifier: BSD-3-Clause */
/* The container of a cache entry: a ZIP archive whose members are stored as they are, one after the other.
 *
 * What is read is exactly what is written here: members without gaps from the first byte on, then their directory, whose
 * own CRC-32 stands in the archive's comment. Each member has the CRC-32 that ZIP gives it. */
#ifndef AMOSI_CACHE_ZIP_H
#define AMOSI_CACHE_ZIP_H

#include "io/folder.h"
#include "io/source.h"

#define AMOSI_ZIP_MOST_MEMBERS 65534u /* one more would mean ZIP64 */

/* ---- writing ---- */

struct amosi_zip_writer {
    struct amosi_folder_file *file;
    uint64_t bytes; /* written so far */
    unsigned char *directory;
    size_t directory_bytes, directory_room;
    size_t count;
};

/* Writes to a file that is empty so far. Whatever happens, the writer is to be freed. */
void amosi_zip_begin(struct amosi_zip_writer *zip, struct amosi_folder_file *file);
void amosi_zip_free_writer(struct amosi_zip_writer *zip);

/* AMOS_E_LIMIT where the archive would need ZIP64. */
amos_status amosi_zip_add(struct amosi_zip_writer *zip, const char *name, const void *data, size_t bytes, amos_error *err);

/* Writes the directory. */
amos_status amosi_zip_end(struct amosi_zip_writer *zip, amos_error *err);

/* ---- reading ---- */

/* Where a member's data lies. */
struct amosi_zip_data {
    uint64_t at;
    uint32_t bytes;
    uint32_t crc;
};

struct amosi_zip_member {
    const char *name; /* not ended by NUL; borrowed from the archive */
    size_t name_bytes;
    struct amosi_zip_data data;
};

struct amosi_zip {
    const struct amosi_source *source;
    unsigned char *directory;
    struct amosi_zip_member *members;
    size_t count;
};

/* Reads and checks the directory. The source must outlive the archive. AMOS_E_INDEX: damaged, or not ours.
 * Whatever happens, the archive is to be closed. */
amos_status amosi_zip_open(struct amosi_zip *zip, const struct amosi_source *source, amos_error *err);
void amosi_zip_close(struct amosi_zip *zip);

/* The member of a name, or NULL. */
const struct amosi_zip_member *amosi_zip_find(const struct amosi_zip *zip, const char *name);

/* Reads a member's data, checked against its CRC-32, into a buffer of data->bytes bytes. */
amos_status amosi_zip_read(const struct amosi_source *source, const struct amosi_zip_data *data, void *buffer,
                           amos_error *err);

/* The same of data that have been read. */
amos_status amosi_zip_check(const struct amosi_source *source, const struct amosi_zip_data *data, const void *buffer,
                            amos_error *err);

/* Checks what stands before each member's data, which reading does not need. */
amos_status amosi_zip_check_headers(const struct amosi_zip *zip, amos_error *err);

#endif
