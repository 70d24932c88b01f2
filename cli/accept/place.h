/* SPDX-License-Identifier: BSD-3-Clause */
/* What is known about where voxels lie, as notes for people: it is a guess, or it had to be made to fit. Outputs for
 * programs have the same as warnings. */
#ifndef CLI_ACCEPT_PLACE_H
#define CLI_ACCEPT_PLACE_H

#include <amos/amos.h>

#include <stdbool.h>
#include <stdio.h>

/* The notes of many cases. All zero: none. */
struct place_notes {
    size_t cases; /* that were added */
    struct {
        size_t count;
        const char *first;   /* the id of the first case; not owned */
    } of[AMOS_WARNING_BITS]; /* by bit of the warning */
};

/* Adds a case, whose id must stay. Warnings of anything else are left out. */
void place_notes_add(struct place_notes *notes, const char *id, amos_warnings warnings);

/* A line for each warning: "note        2 of 3 cases (amos_0001, ...): the axes of the affine are not at right angles
 * (W_SHEAR)". */
void place_notes_print(FILE *out, const struct place_notes *notes);

/* A line for each warning of one case. turned_from: the letters of amos_pair_info, or NULL. */
void place_print(FILE *out, amos_warnings warnings, const char *turned_from);

/* The sentence of a warning, with the letters if it is AMOS_W_TURNED: "the same place, but stored SPR; ...". Returns
 * `text` or a static text. */
#define PLACE_TEXT 128
const char *place_text(amos_warnings bit, const char *turned_from, char text[PLACE_TEXT]);

#endif
