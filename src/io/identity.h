/* SPDX-License-Identifier: BSD-3-Clause */
/* The state of a file when it was first opened, for code that opens it again later and relies on what it knows of
 * it. */
#ifndef AMOSI_IO_IDENTITY_H
#define AMOSI_IO_IDENTITY_H

#include "io/gzip/index.h"

struct amosi_identity {
    struct amosi_index_key key;
    uint64_t links; /* number of names (hard links) of the file */
};

/* The identity of an open source; zeros if it is not a file. Fails like reading the source. */
amos_status amosi_identity_of(const struct amosi_source *source, struct amosi_identity *identity, amos_error *err);

/* Whether both describe the same file in the same state. As in amosi_source_check(), a new change time (ctime) alone
 * counts as a change, unless the number of links changed too. */
bool amosi_identity_same(const struct amosi_identity *a, const struct amosi_identity *b);

#endif
