/* SPDX-License-Identifier: BSD-3-Clause */
/* What a caller accepts (amos_accept), copied and checked; the one text of each way to accept what was refused. */
#ifndef AMOSI_VOLUME_ACCEPT_H
#define AMOSI_VOLUME_ACCEPT_H

#include <stdbool.h>

#include <amos/accept.h>

#include "base/text/fields.h"

/* The largest round_within, and what --round-labels alone stands for. */
#define AMOSI_ROUND_MOST 0.02
#define AMOSI_ROUND_USUAL 0.01

struct amosi_accept {
    amos_accept o;       /* table and ignore point to what follows */
    amos_relabel *table; /* owned; sorted by `from`, none twice */
    int64_t *ignore;     /* owned; sorted */
};

/* Copies and checks `from` (NULL: the defaults). AMOS_E_ARG with a message if a field is not valid. Whether the table
 * stays within max_label is checked when that is known. `to` must be freed, also after a failure. */
amos_status amosi_accept_copy(struct amosi_accept *to, const amos_accept *from, amos_error *err);
void amosi_accept_free(struct amosi_accept *accept);

/* The largest label: the caller's, else `otherwise` if it is not 0, else 15. */
int amosi_accept_max_label(const struct amosi_accept *accept, int otherwise);

/* Writes all fields but max_label that change the labels or the choice of voxels, for keys and fingerprints; the table
 * and the ignored values as hashes. */
void amosi_accept_write_voxels(const struct amosi_accept *accept, amosi_fields_fn write, void *user);

/* Writes the rest but max_label: what decides whether a case is refused. */
void amosi_accept_write_limits(const struct amosi_accept *accept, amosi_fields_fn write, void *user);

/* Which of the frames of a file or array is read: *frame is 0 if there is one. AMOS_E_UNSUPPORTED if there are several and
 * the caller selects none, or one that does not exist. `path` may be NULL; `what` is the role: "the image of a case", or
 * NULL for a label. */
amos_status amosi_accept_frame(const struct amosi_accept *accept, int64_t frames, const char *path, const char *what,
                               int64_t *frame, amos_error *err);

/* The ways to accept what was refused, as the end of a sentence: "--frame N (frame) reads one of them". The texts serve
 * C, the command and Python. */
enum amosi_hint {
    AMOSI_HINT_ROUND,      /* a value close to an integer */
    AMOSI_HINT_ROUND_MORE, /* the same, but not as close as the command rounds by itself */
    AMOSI_HINT_BETWEEN,    /* a value far from every integer */
    AMOSI_HINT_FRAME,      /* a file with several frames */
    AMOSI_HINT_ONE_HOT,    /* the same, where a label was expected */
    AMOSI_HINT_UNLISTED,   /* a value that the table lacks */
    AMOSI_HINT_TOLERANCE   /* a displacement */
};
const char *amosi_hint(enum amosi_hint hint);

/* The ways of an integer that is no label, with its number. Returns `text`. */
#define AMOSI_HINT_BYTES 160
const char *amosi_hint_integer(char text[AMOSI_HINT_BYTES], double value);

#endif
