/* SPDX-License-Identifier: BSD-3-Clause */
/* Writes ZIP archives: members that are stored uncompressed, one after the other, then their directory. Cache entries and
 * the archives of amos_archive_writer_open() are made of it. */
#ifndef AMOSI_IO_ZIP_WRITE_H
#define AMOSI_IO_ZIP_WRITE_H

#include <amos/error.h>

#include <stddef.h>

#define AMOSI_ZIP_MOST_MEMBERS 65534u /* one more would require ZIP64 */

/* Where the bytes go. */
struct amosi_zip_sink {
    amos_status (*write)(void *user, const void *data, size_t bytes, amos_error *err);
    /* For amosi_zip_place(), else NULL: a place for at most `most` bytes, of which `extend` writes the first ones. */
    void *(*place)(void *user, size_t most);
    amos_status (*extend)(void *user, size_t bytes, amos_error *err);
    void *user;
    const char *path; /* of the archive, for messages */
    const char
        *limit; /* what is said if the archive would need ZIP64: the end of a sentence that begins with the path */
};

struct amosi_zip_writer {
    struct amosi_zip_sink sink;
    uint64_t bytes; /* written so far */
    unsigned char *directory;
    size_t directory_bytes, directory_room;
    size_t count;
};

/* Begins an archive. The writer must be freed, also on failure. */
void amosi_zip_begin(struct amosi_zip_writer *zip, const struct amosi_zip_sink *sink);
void amosi_zip_free_writer(struct amosi_zip_writer *zip);

/* Adds a member with a name of at most AMOSI_ZIP_NAME_MOST bytes. AMOS_E_LIMIT if the archive would need ZIP64. */
amos_status amosi_zip_add(struct amosi_zip_writer *zip, const char *name, const void *data, size_t bytes,
                          amos_error *err);

/* The same without a copy, if the sink can: a place for a member of at most `most` bytes with this name, of which
 * amosi_zip_commit() adds the first `bytes`. NULL: out of memory. */
void *amosi_zip_place(struct amosi_zip_writer *zip, const char *name, size_t most);
amos_status amosi_zip_commit(struct amosi_zip_writer *zip, const char *name, size_t bytes, amos_error *err);

/* Writes the directory and the comment. */
amos_status amosi_zip_end(struct amosi_zip_writer *zip, const char *comment, amos_error *err);

/* ---- the records, for a reader that accepts nothing else ---- */

#define AMOSI_ZIP_LOCAL_BYTES ((size_t)30)
#define AMOSI_ZIP_CENTRAL_BYTES ((size_t)46)
#define AMOSI_ZIP_END_BYTES ((size_t)22)
#define AMOSI_ZIP_NAME_MOST 255

/* Position and checksum of a member's data. */
struct amosi_zip_data {
    uint64_t at;
    uint32_t bytes;
    uint32_t crc;
};

/* Each writes the record of a member, and returns its length: before the data, and in the directory. `at` is where the first
 * stands. The name need not end with a NUL. */
size_t amosi_zip_put_local(unsigned char *p, const char *name, size_t name_bytes, const struct amosi_zip_data *data);
size_t amosi_zip_put_central(unsigned char *p, const char *name, size_t name_bytes, const struct amosi_zip_data *data,
                             uint64_t at);

/* The end of an archive: the record and a comment. Returns its length. */
size_t amosi_zip_put_end(unsigned char *p, size_t count, size_t directory_bytes, uint64_t at, const char *comment);

#endif
