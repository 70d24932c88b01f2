/* SPDX-License-Identifier: BSD-3-Clause */
/* The directory of a ZIP archive that somebody else has written: members that are stored or deflated, ZIP64, comments,
 * gaps between members. The container of cache entries (cache/zip.h) is stricter: there, a byte that libamos would not
 * have written means damage. */
#ifndef AMOSI_IO_ZIP_DIRECTORY_H
#define AMOSI_IO_ZIP_DIRECTORY_H

#include "io/source.h"

/* How a member is packed. Others exist, and cannot be read here. */
enum { AMOSI_ZIP_STORED = 0, AMOSI_ZIP_DEFLATED = 8 };

struct amosi_zip_file {
    const char *name; /* as the archive has it: '/' between folders; never empty, never ends in '/' */
    uint64_t at;      /* of its local header in the archive */
    uint64_t packed;  /* bytes in the archive */
    uint64_t bytes;   /* bytes unpacked */
    uint32_t crc;     /* CRC-32 of the unpacked bytes */
    unsigned method;  /* AMOSI_ZIP_..., or the number of another */
    bool encrypted;
};

struct amosi_zip_directory {
    struct amosi_zip_file *files; /* folders left out, in the archive's order */
    size_t count;
    uint64_t at;          /* of the directory: the members are before it */
    unsigned char *bytes; /* holds the names */
};

/* Whether a source begins like a ZIP archive. Fails like reading it. */
amos_status amosi_zip_look(const struct amosi_source *source, bool *is_zip, amos_error *err);

/* Reads and checks the directory. AMOS_E_GZ_TRUNC (it has none: the archive is cut off, or is no archive),
 * AMOS_E_GZ_DATA (damaged), AMOS_E_UNSUPPORTED (in several parts), AMOS_E_LIMIT (a directory of more than 64 MiB),
 * AMOS_E_NOMEM, or a failure of the source. It must be freed, also on failure. */
amos_status amosi_zip_read_directory(struct amosi_zip_directory *directory, const struct amosi_source *source,
                                     amos_error *err);
void amosi_zip_free_directory(struct amosi_zip_directory *directory);

/* The member with a name, or NULL. Of several, the last counts, as for unzip. */
const struct amosi_zip_file *amosi_zip_find_file(const struct amosi_zip_directory *directory, const char *name);

#endif
