/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: what unusual input is accepted, and what of it was found. One set of options, with one meaning for label
 * maps, pairs, scores, caches and loaders. */
#ifndef AMOS_ACCEPT_H
#define AMOS_ACCEPT_H

#include <amos/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One row of a table that maps the labels of another data set to ours. */
typedef struct amos_relabel {
    int64_t from; /* value in the file, after scaling */
    uint8_t to;   /* label in the map; at most max_label */
} amos_relabel;

/* Flags of amos_accept; only with a table, and only one of them. */
#define AMOS_ACCEPT_DROP_UNLISTED 1u /* a value that the table lacks becomes background */
#define AMOS_ACCEPT_KEEP_UNLISTED 2u /* a value that the table lacks stays as it is */

/* Value of amos_accept.frame: a file with several frames is refused. */
#define AMOS_FRAME_ONLY (-1)

/* The default of amos_accept.tolerance_voxels. docs/conventions.md has the measurements behind it. */
#define AMOS_TOLERANCE_VOXELS 0.2

/* What is accepted. Start from AMOS_ACCEPT_INIT, which accepts nothing unusual; a NULL pointer to it means the same.
 * Whoever takes it copies it with all that it points to. */
typedef struct amos_accept {
    size_t size;               /* sizeof(amos_accept) */
    uint32_t flags;            /* AMOS_ACCEPT_... */
    int max_label;             /* largest label, after the table; at most 255. 0: the largest of the data set's own
                                * label table if there is a data set, else 15 */
    double round_within;       /* 0: a fraction is an error. Up to 0.02: a value this close to an integer is rounded */
    const amos_relabel *table; /* NULL: values stay. Else it lists every value except 0, unless a flag says otherwise */
    size_t table_count;        /* rows of the table, at most 65,536 */
    const int64_t *ignore;     /* values that become background (0), before the table is asked. Scores leave out the
                                * voxels where the reference has one of them. Not 0 itself */
    size_t ignore_count;       /* at most 256 */
    double tolerance_voxels;   /* largest displacement of a label against its image, or of a prediction against its
                                * reference, in units of the smallest spacing; 0: none */
    double tolerance_mm;       /* the same in mm; the larger of both counts */
    int64_t frame;             /* which frame of a file with several is read, 0 the first; files with one frame are
                                * read as ever. AMOS_FRAME_ONLY: a file with several is refused */
} amos_accept;

/* The defaults: amos_accept accept = AMOS_ACCEPT_INIT; */
#define AMOS_ACCEPT_INIT \
    { \
        sizeof(amos_accept), 0, 0, 0, NULL, 0, NULL, 0, AMOS_TOLERANCE_VOXELS, 0, AMOS_FRAME_ONLY \
    }

/* What was accepted in the voxels of one label. Later versions may add members at its end. */
typedef struct amos_accepted {
    uint64_t rounded;        /* voxels whose value was no integer and was rounded (AMOS_W_ROUNDED) */
    uint64_t ignored;        /* voxels with an ignored value (AMOS_W_IGNORED) */
    uint64_t relabelled;     /* voxels that the table gave another label (AMOS_W_RELABELLED) */
    double largest_rounding; /* largest difference between a value and its integer; 0 if none was rounded */
} amos_accepted;

#ifdef __cplusplus
}
#endif

#endif
