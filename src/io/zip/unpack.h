/* SPDX-License-Identifier: BSD-3-Clause */
/* The bytes of a member of a ZIP archive, as far as they are wanted. */
#ifndef AMOSI_IO_ZIP_UNPACK_H
#define AMOSI_IO_ZIP_UNPACK_H

#include <amos/context.h>

#include "io/inflate/inflate.h"
#include "io/input.h"
#include "io/zip/directory.h"

/* A member that is being unpacked. */
struct amosi_unpacking {
    const struct amosi_source *archive;
    struct amosi_zip_file file;
    const char *path; /* of the member, for messages */
    uint64_t at;      /* where its packed bytes begin */
    unsigned char *bytes;
    uint64_t done; /* bytes unpacked so far */
    struct amosi_input input;
    const struct amosi_inflate_backend *backend;
    void *state; /* of the backend; NULL: not begun, or ended */
};

/* Finds where the data of a member are, and checks that they can be read: not encrypted, stored or deflated, at most
 * max_uncompressed bytes. AMOS_E_UNSUPPORTED, AMOS_E_LIMIT, AMOS_E_GZ_DATA, or a failure of the archive. `end` is where the
 * directory begins. */
amos_status amosi_unpacking_find(struct amosi_unpacking *u, uint64_t end, const amos_limits *limits, amos_error *err);

/* Makes room for the bytes, all of them; nothing is unpacked yet. AMOS_E_NOMEM. */
amos_status amosi_unpacking_begin(struct amosi_unpacking *u, amos_error *err);

/* Unpacks until at least `wanted` bytes are done. At the last byte the CRC-32 of all of them is checked. AMOS_E_GZ_DATA,
 * AMOS_E_GZ_CRC, AMOS_E_NOMEM, or a failure of the archive. After a failure it cannot go on. */
amos_status amosi_unpacking_go_on(struct amosi_unpacking *u, uint64_t wanted, amos_error *err);

/* Frees all but the bytes. */
void amosi_unpacking_end(struct amosi_unpacking *u);

#endif
